#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Fetches the arm64 packages that Muster is built with and tested on into build/payload/.
#
# apt works here with its own lists and an empty list of installed packages, so the machine's
# architectures and package state stay as they are. Sources, keys and signature checks are the
# machine's.
set -eu
umask 022

root=$(cd "$(dirname "$0")/.." && pwd)
payload=$root/build/payload
state=$payload/apt

# What the build links with, what the boot tests start, and what the ramdisks are made of.
packages="gnu-efi libfdt-dev
xen-hypervisor-4.17-arm64 linux-image-cloud-arm64 busybox-static
grub-efi-arm64-bin"

fail() {
    echo "payload: $*" >&2
    exit 1
}

private_apt() {
    tool=$1
    shift
    "$tool" -q \
        -o APT::Architecture=arm64 -o APT::Architectures=arm64 \
        -o APT::Sandbox::User=root \
        -o Dir::State="$state" -o Dir::State::Lists="$state/lists" \
        -o Dir::State::status="$state/status" \
        -o Dir::Cache="$state/cache" \
        -o Acquire::Languages=none -o Acquire::Retries=3 \
        -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
        -o Acquire::IndexTargets::deb::CNF::DefaultEnabled=false \
        "$@"
}

# The kernel's package name holds its version; the cloud metapackage depends on it.
kernel_package() {
    private_apt apt-cache depends --important linux-image-cloud-arm64 |
        sed -n 's/^ *Depends: *\(linux-image-[^ ]*\)$/\1/p' | head -n 1
}

real_packages() {
    for package in $packages; do
        case $package in
        linux-image-cloud-arm64) kernel_package ;;
        *) echo "$package" ;;
        esac
    done
}

download() {
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$payload/debs"
    : >"$state/status"
    echo "payload: reading the arm64 package lists"
    private_apt apt-get update >"$state/update.log" 2>&1 ||
        fail "apt cannot read arm64 package lists: $(cat "$state/update.log")"
    wanted=$(real_packages | sort -u)
    rm -f "$payload/debs"/*.deb
    # shellcheck disable=SC2086 # one word a package
    echo "payload: downloading" $wanted
    # shellcheck disable=SC2086
    (cd "$payload/debs" && private_apt apt-get download $wanted >"$state/download.log" 2>&1) ||
        fail "apt cannot download $(cat "$state/download.log")"
}

# Kernel modules are 100 MB that no ramdisk here uses, so only /boot of that package is unpacked.
unpack() {
    rm -rf "$payload/sysroot"
    mkdir -p "$payload/sysroot"
    for deb in "$payload/debs"/*.deb; do
        case $deb in
        */linux-image-*)
            dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$payload/sysroot" ./boot
            ;;
        *) dpkg-deb -x "$deb" "$payload/sysroot" ;;
        esac
    done
}

# Short names for the three files that every test system uses.
name_files() {
    cp "$payload"/sysroot/boot/vmlinuz-* "$payload/vmlinuz"
    cp "$payload/sysroot/bin/busybox" "$payload/busybox"
    cp "$payload"/sysroot/boot/xen-*.efi "$payload/xen.efi"
}

record_versions() {
    for deb in "$payload/debs"/*.deb; do
        dpkg-deb -W "$deb"
    done >"$payload/versions"
}

# The stamp is the list itself: a changed list is fetched anew, an unchanged one never.
if [ "$(cat "$payload/stamp" 2>/dev/null)" = "$packages" ]; then
    exit 0
fi
rm -f "$payload/stamp"
download
unpack
name_files
record_versions
echo "$packages" >"$payload/stamp"
sed 's/^/payload: /' "$payload/versions"
