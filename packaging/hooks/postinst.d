#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# /etc/kernel/postinst.d/zz-muster: a kernel was installed. Called with its version and its image.
[ ! -x /usr/lib/muster/muster-hook ] || /usr/lib/muster/muster-hook kernel "$@"
exit 0
