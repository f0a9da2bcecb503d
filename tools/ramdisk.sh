#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Makes the ramdisk of one test domain: tools/ramdisk.sh MARK FILE [disk].
# The same MARK gives the same bytes. With `disk` it can mount a disk's EFI system partition, and has
# muster-state.
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
if [ "${3:-}" = disk ]; then
    mkdir "$tree/modules"
    cp "$root"/build/payload/modules/*.ko "$tree/modules"
    install -m 755 "$root/build/muster-state.arm64" "$tree/bin/muster-state"
    install -m 755 "$root/tools/ramdisk-mount" "$tree/bin/mount-esp"
fi
find "$tree" -exec touch -d @0 {} +

mkdir -p "$(dirname "$image")"
(cd "$tree" && find . -mindepth 1 | LC_ALL=C sort |
    cpio --quiet -o -H newc --reproducible -R 0:0) >"$image.part"
mv "$image.part" "$image"
