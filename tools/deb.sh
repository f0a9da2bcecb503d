#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Makes Debian packages into build/: muster, the tool, for this machine's architecture and for arm64, and muster-efi, the
# loader.
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
    size=$(du -sk --exclude=DEBIAN "$work/$1" | cut -f 1)
    mkdir -p "$work/$1/DEBIAN"
    {
        printf 'Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: %s\n' "$1" "$version" "$2" "$maintainer"
        printf 'Installed-Size: %s\nSection: admin\nPriority: optional\n' "$size"
        [ -z "$3" ] || printf '%s\n' "$3"
        printf 'Description: %s\n' "$4"
        sed 's/^$/./; s/^/ /'
    } >"$work/$1/DEBIAN/control"
    (cd "$work/$1" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    chmod -R u=rwX,go=rX "$work/$1"
    find "$work/$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group --build "$work/$1" "build/$1_${version}_$2.deb"
}

# What the tool's libraries are, as dependencies; those of this machine's architecture and of arm64 have the same names.
libraries() {
    mkdir -p "$work/debian"
    printf 'Source: muster\n\nPackage: muster\nArchitecture: any\n' >"$work/debian/control"
    (cd "$work" && dpkg-shlibdeps -O native/usr/bin/muster 2>/dev/null) | sed -n 's/^shlibs:Depends=//p'
}

# What has the tool called when kernels and Xen are installed. Everything below /etc is the administrator's.
write_scripts() {
    control=$work/$1/DEBIAN
    mkdir -p "$control"
    (cd "$work/$1" && find etc -type f -printf '/%p\n' | sort) >"$control/conffiles"
    echo "interest-noawait /boot" >"$control/triggers"
    cat >"$control/postinst" <<'END'
#!/bin/sh
set -e
case $1 in
triggered) /usr/lib/muster/muster-hook xen || true ;;
configure)
    if command -v deb-systemd-helper >/dev/null; then
        deb-systemd-helper unmask muster-confirm.service >/dev/null || true
        if deb-systemd-helper --quiet was-enabled muster-confirm.service; then
            deb-systemd-helper enable muster-confirm.service >/dev/null || true
        else
            deb-systemd-helper update-state muster-confirm.service >/dev/null || true
        fi
    fi
    ;;
esac
END
    cat >"$control/postrm" <<'END'
#!/bin/sh
set -e
if [ "$1" = purge ] && command -v deb-systemd-helper >/dev/null; then
    deb-systemd-helper purge muster-confirm.service >/dev/null || true
fi
END
    chmod 755 "$control/postinst" "$control/postrm"
}

# The package muster for an architecture, from the tool that is installed in a directory: architecture directory
pack_tool() {
    rm -rf "$work/muster"
    cp -r "$work/$2" "$work/muster"
    rm -r "$work/muster/usr/lib/muster"
    make -s install-hooks DESTDIR="$work/muster"
    mkdir -p "$work/muster/usr/share/zsh"
    mv "$work/muster/usr/share/zsh/site-functions" "$work/muster/usr/share/zsh/vendor-completions"
    find "$work/muster/usr/share/man" -type f -exec gzip -9n {} +
    write_documents muster
    cp -r CHANGELOG.md examples "$work/muster/usr/share/doc/muster/"
    write_scripts muster
    finish muster "$1" "Depends: $depends
Recommends: muster-efi, efibootmgr, mtools, fdisk, qemu-system-arm, qemu-efi-aarch64" \
        "check, install and try Xen systems for Arm" <<END
Muster starts a whole Xen system from UEFI on Arm: a loader completes the
device tree, and Xen starts all domains itself. This tool says on a
workstation what the loader would say, shows where everything goes in
memory, makes disks, boots them in QEMU, and puts systems in place on an
EFI system partition, with the former one as a fallback.
END
}

rm -rf "$work"
mkdir -p "$work"
make -s install DESTDIR="$work/native" prefix=/usr
strip --remove-section=.comment --remove-section=.note "$work/native/usr/bin/muster"
depends=$(libraries)
mkdir -p "$work/muster-efi/usr/lib"
cp -r "$work/native/usr/lib/muster" "$work/muster-efi/usr/lib/muster"
pack_tool "$architecture" native
if [ "$architecture" != arm64 ]; then
    make -s install-arm64 DESTDIR="$work/arm64" prefix=/usr
    aarch64-linux-gnu-strip --remove-section=.comment --remove-section=.note "$work/arm64/usr/bin/muster"
    pack_tool arm64 arm64
fi
write_documents muster-efi
finish muster-efi all "Enhances: muster" "UEFI loader of Xen systems for Arm" <<END
Muster starts a whole Xen system from UEFI on Arm: this application loads
every kernel and ramdisk once, completes the device tree, checks it, and
starts an unmodified Xen, which then starts all domains itself.
END
