#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Fetches the arm64 packages that Muster is built with and tested on into build/payload/.
#
# usage: payload.sh [boards|host]; `boards` fetches the device trees of Debian's kernel, `host` what the tool for arm64
# needs.
#
# apt works here with its own lists and an empty list of installed packages, so the machine's
# architectures and package state stay as they are. Mirror, keys and signature checks are the
# machine's.
set -eu
umask 022

root=$(cd "$(dirname "$0")/.." && pwd)
payload=$root/build/payload

# What the build links with, what the boot tests start, and what the ramdisks are made of.
packages="gnu-efi libfdt-dev libssl-dev zlib1g-dev libdeflate-dev
xen-hypervisor-4.17-arm64 linux-image-cloud-arm64 busybox-static
grub-efi-arm64-bin shim-unsigned"

# With these modules of that kernel a ramdisk mounts the EFI system partition of a virtio disk, and
# with the last two it reads a TPM.
modules="virtio_ring virtio virtio_mmio virtio_blk nls_cp437 nls_ascii fat vfat tpm_tis_core tpm_tis"

# They are of this Debian, whatever the machine has.
suite=bookworm

# A newer Xen and newer firmware, from the Debian after this one.
next_suite=trixie
next_packages="xen-hypervisor-4.20-arm64 qemu-efi-aarch64 u-boot-qemu"

# What the tool for arm64 links with, and what a server of the tests has beside it.
host_packages="libc6 libfdt-dev libfdt1 nettle-dev libnettle8 zlib1g-dev zlib1g
efibootmgr libefivar1 libefiboot1 libpopt0"

# The kernel for all boards, of which only the device trees are kept.
board_packages=linux-image-arm64

fail() {
    echo "payload: $*" >&2
    exit 1
}

# Works with the private state in the directory $state. Where that has a list of sources, it counts
# instead of the machine's.
private_apt() {
    tool=$1
    shift
    [ ! -f "$state/sources.list" ] ||
        set -- -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts=- "$@"
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

# Has private_apt work with the packages of a suite, by default of this machine's sources.
use_suite() {
    state=$payload/apt$2
    [ "$1" != "$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)" ] || return 0
    uri=$("$root/tools/mirror.sh") || fail "apt has no source of this machine's Debian"
    mkdir -p "$state"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $1 main" >"$state/sources.list"
}

# A kernel's package name holds its version; the metapackage $1 depends on it.
kernel_package() {
    private_apt apt-cache depends --important "$1" |
        sed -n 's/^ *Depends: *\(linux-image-[^ ]*\)$/\1/p' | head -n 1
}

real_packages() {
    for package in "$@"; do
        case $package in
        linux-image-*) kernel_package "$package" ;;
        *) echo "$package" ;;
        esac
    done
}

# Fetches the newest of the packages $2… into the directory $1.
download() {
    debs=$1
    shift
    rm -rf "$debs"
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$debs"
    : >"$state/status"
    echo "payload: reading the arm64 package lists"
    private_apt apt-get update >"$state/update.log" 2>&1 ||
        fail "apt cannot read arm64 package lists: $(cat "$state/update.log")"
    wanted=$(real_packages "$@" | sort -u)
    # shellcheck disable=SC2086 # one word a package
    echo "payload: downloading" $wanted
    # shellcheck disable=SC2086
    (cd "$debs" && private_apt apt-get download $wanted >"$state/download.log" 2>&1) ||
        fail "apt cannot download $(cat "$state/download.log")"
}

# Unpacks the packages of directory $1 into directory $2. Kernel modules are 100 MB of which ramdisks
# here use few, so only /boot of a kernel is unpacked.
unpack() {
    rm -rf "$2"
    mkdir -p "$2"
    for deb in "$1"/*.deb; do
        case $deb in
        */linux-image-*)
            dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$2" ./boot
            ;;
        *) dpkg-deb -x "$deb" "$2" ;;
        esac
    done
}

record_versions() {
    for deb in "$1"/*.deb; do
        dpkg-deb -W "$deb"
    done >"$2"
    sed 's/^/payload: /' "$2"
}

# A stamp is the list itself: a changed list is fetched anew, an unchanged one never.
have() {
    [ "$(cat "$1" 2>/dev/null)" = "$2" ] || {
        rm -f "$1"
        return 1
    }
}

# Short names for the files that every test system uses.
fetch_packages() {
    ! have "$payload/stamp" "$packages" || return 0
    use_suite "$suite" ""
    # shellcheck disable=SC2086 # one word a package
    download "$payload/debs" $packages
    unpack "$payload/debs" "$payload/sysroot"
    cp "$payload"/sysroot/boot/vmlinuz-* "$payload/vmlinuz"
    cp "$payload/sysroot/bin/busybox" "$payload/busybox"
    cp "$payload"/sysroot/boot/xen-*.efi "$payload/xen.efi"
    record_versions "$payload/debs" "$payload/versions"
    rm -f "$payload/stamp-modules"
    echo "$packages" >"$payload/stamp"
}

fetch_modules() {
    ! have "$payload/stamp-modules" "$modules" || return 0
    rm -rf "$payload/modules"
    mkdir -p "$payload/modules"
    for module in $modules; do
        dpkg-deb --fsys-tarfile "$payload"/debs/linux-image-*.deb |
            tar -xO --wildcards "*/$module.ko" >"$payload/modules/$module.ko"
    done
    echo "$modules" >"$payload/stamp-modules"
}


fetch_next_packages() {
    ! have "$payload/stamp-$next_suite" "$next_packages" || return 0
    use_suite "$next_suite" "-$next_suite"
    # shellcheck disable=SC2086 # one word a package
    download "$payload/debs-$next_suite" $next_packages
    unpack "$payload/debs-$next_suite" "$payload/$next_suite"
    cp "$payload/$next_suite"/boot/xen-*.efi "$payload/xen-4.20.efi"
    firmware=$payload/firmware/$next_suite
    rm -rf "$firmware"
    mkdir -p "$firmware"
    cp -lL "$payload/$next_suite"/usr/share/AAVMF/*.fd \
        "$payload/$next_suite/usr/lib/u-boot/qemu_arm64/u-boot.bin" "$firmware"
    record_versions "$payload/debs-$next_suite" "$payload/versions-$next_suite"
    echo "$next_packages" >"$payload/stamp-$next_suite"
}

fetch_boards() {
    ! have "$payload/stamp-boards" "$board_packages" || return 0
    use_suite "$suite" ""
    # shellcheck disable=SC2086 # one word a package
    download "$payload/debs-boards" $board_packages
    rm -rf "$payload/boards"
    mkdir -p "$payload/boards"
    dpkg-deb --fsys-tarfile "$payload/debs-boards"/*.deb |
        tar -x -C "$payload/boards" --wildcards --strip-components=4 './usr/lib/*.dtb'
    record_versions "$payload/debs-boards" "$payload/versions-boards"
    rm -rf "$payload/debs-boards"
    echo "$board_packages" >"$payload/stamp-boards"
}

fetch_host() {
    ! have "$payload/stamp-host" "$host_packages" || return 0
    use_suite "$suite" ""
    # shellcheck disable=SC2086 # one word a package
    download "$payload/debs-host" $host_packages
    unpack "$payload/debs-host" "$payload/host"
    record_versions "$payload/debs-host" "$payload/versions-host"
    echo "$host_packages" >"$payload/stamp-host"
}

case ${1:-} in
"")
    fetch_packages
    fetch_modules
    fetch_next_packages
    ;;
boards) fetch_boards ;;
host) fetch_host ;;
*) fail "there is nothing called $1" ;;
esac
