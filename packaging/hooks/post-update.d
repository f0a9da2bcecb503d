#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# /etc/initramfs/post-update.d/zz-muster: a ramdisk was made anew. Called with the version of its kernel.
[ ! -x /usr/lib/muster/muster-hook ] || /usr/lib/muster/muster-hook ramdisk "$@"
exit 0
