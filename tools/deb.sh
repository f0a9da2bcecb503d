#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Makes Debian packages into build/: muster, the tool, for this machine's architecture, and muster-efi, the loader.
# ./dev deb builds what goes into them first.
set -eu

cd "$(dirname "$0")/.."
version=$(sed -n 's/^#define MUSTER_VERSION "\(.*\)"/\1/p' src/core/base/version.h)
architecture=$(dpkg --print-architecture)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH
maintainer="Muster authors <${DEBEMAIL:-muster@example.org}>"
work=build/deb

# The copyright file and the changelog that each package has: package
write_documents() {
    documents=$work/$1/usr/share/doc/$1
    mkdir -p "$documents"
    {
        printf 'This package is of Muster, made from its own sources by ./dev deb.\n\n'
        cat LICENSE
    } >"$documents/copyright"
    {
        printf 'muster (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n' "$version"
        printf ' -- %s  %s\n' "$maintainer" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")"
    } | gzip -9n >"$documents/changelog.gz"
}

# Finishes a package: name architecture depends summary; the description comes from standard input.
finish() {
    size=$(du -sk "$work/$1/usr" | cut -f 1)
    mkdir -p "$work/$1/DEBIAN"
    {
        printf 'Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: %s\n' "$1" "$version" "$2" "$maintainer"
        printf 'Installed-Size: %s\nSection: admin\nPriority: optional\n' "$size"
        [ -z "$3" ] || printf '%s\n' "$3"
        printf 'Description: %s\n' "$4"
        sed 's/^$/./; s/^/ /'
    } >"$work/$1/DEBIAN/control"
    (cd "$work/$1" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    chmod -R u=rwX,go=rX "$work/$1"
    find "$work/$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group --build "$work/$1" "build/$1_${version}_$2.deb"
}

# What the tool's libraries are, as dependencies.
libraries() {
    mkdir -p "$work/debian"
    printf 'Source: muster\n\nPackage: muster\nArchitecture: any\n' >"$work/debian/control"
    (cd "$work" && dpkg-shlibdeps -O muster/usr/bin/muster 2>/dev/null) | sed -n 's/^shlibs:Depends=//p'
}

rm -rf "$work"
mkdir -p "$work"
make -s install DESTDIR="$work/muster" prefix=/usr
mkdir -p "$work/muster-efi/usr/lib"
mv "$work/muster/usr/lib/muster" "$work/muster-efi/usr/lib/muster"
rmdir "$work/muster/usr/lib"
mkdir -p "$work/muster/usr/share/zsh"
mv "$work/muster/usr/share/zsh/site-functions" "$work/muster/usr/share/zsh/vendor-completions"
strip --remove-section=.comment --remove-section=.note "$work/muster/usr/bin/muster"
find "$work/muster/usr/share/man" -type f -exec gzip -9n {} +
write_documents muster
write_documents muster-efi
cp -r docs/*.md CHANGELOG.md examples "$work/muster/usr/share/doc/muster/"

finish muster "$architecture" "Depends: $(libraries)
Recommends: muster-efi, mtools, fdisk, qemu-system-arm, qemu-efi-aarch64" \
    "check, plan and try Xen systems for Arm before they boot" <<END
Muster starts a whole Xen system from UEFI on Arm: a loader completes the
device tree, and Xen starts all domains itself. This tool says on a
workstation what the loader would say, shows where everything goes in
memory, makes disks, and boots them in QEMU.
END
finish muster-efi all "Enhances: muster" "UEFI loader of Xen systems for Arm" <<END
Muster starts a whole Xen system from UEFI on Arm: this application loads
every kernel and ramdisk once, completes the device tree, checks it, and
starts an unmodified Xen, which then starts all domains itself.
END
