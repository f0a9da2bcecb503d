#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# /etc/kernel/postrm.d/zz-muster: a kernel was removed. Called with its version and its image.
[ ! -x /usr/lib/muster/muster-hook ] || /usr/lib/muster/muster-hook removed "$@"
exit 0
