#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Makes the ramdisk of one test domain: tools/ramdisk.sh MARK FILE.
# The same MARK gives the same bytes.
set -eu
umask 022

root=$(cd "$(dirname "$0")/.." && pwd)
mark=$1
image=$2

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/bin" "$tree/dev" "$tree/proc" "$tree/sys"
install -m 755 "$root/build/payload/busybox" "$tree/bin/busybox"
install -m 755 "$root/tools/ramdisk-init" "$tree/init"
install -m 755 "$root/tools/ramdisk-report" "$tree/bin/report"
echo "$mark" >"$tree/mark"
chmod 644 "$tree/mark"
find "$tree" -exec touch -d @0 {} +

mkdir -p "$(dirname "$image")"
(cd "$tree" && find . -mindepth 1 | LC_ALL=C sort |
    cpio --quiet -o -H newc --reproducible -R 0:0) >"$image.part"
mv "$image.part" "$image"
