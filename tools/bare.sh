#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a new user does with the packages, on a Debian with nothing else on it: tools/bare.sh SUITE. As root; works in
# build/bare/SUITE, with mounts of its own that end with it.
set -eu

cd "$(dirname "$0")/.."
suite=$1
root=build/bare/$suite
packages="muster_*_$(dpkg --print-architecture).deb muster-efi_*_all.deb"

if [ "${2:-}" != mounted ]; then
    rm -rf "$root"
    mkdir -p build/bare build/logs
    echo "bare: $suite from its packages"
    mmdebstrap --mode=root --variant=apt --components=main "$suite" "$root" "$(tools/mirror.sh)" >"build/logs/bare-$suite.log" 2>&1 ||
        { cat "build/logs/bare-$suite.log"; exit 1; }
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    # What a machine for arm64 has in /boot.
    cp build/payload/xen.efi "$root/boot/xen-4.17-arm64.efi"
    cp build/payload/vmlinuz "$root/boot/vmlinuz-6.1.0-arm64"
    tools/ramdisk.sh bare "$root/boot/initrd.img-6.1.0-arm64"
    # shellcheck disable=SC2086 # two names
    (cd build && cp $packages "bare/$suite/root/")
    exec unshare -m "$0" "$suite" mounted
fi

mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
run() {
    echo "bare: $suite: $*"
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LC_ALL=C.UTF-8 ${http_proxy:+http_proxy="$http_proxy"} \
        sh -ec "cd /root; $*"
}
{
    run apt-get -q update
    run DEBIAN_FRONTEND=noninteractive apt-get -q -y install ./*.deb
} >>"build/logs/bare-$suite.log" 2>&1 || { tail -n 30 "build/logs/bare-$suite.log"; exit 1; }
run muster --version
run muster init --yes
run muster check --strict --machine qemu esp
run muster run --until "'bare is up'" --timeout 900 esp | tail -n 12
run 'mkdir -p /boot/efi; muster install --esp /boot/efi --machine qemu esp; muster status --esp /boot/efi; muster remove --esp /boot/efi'
run DEBIAN_FRONTEND=noninteractive apt-get -q -y install systemd >>"build/logs/bare-$suite.log" 2>&1
cp tools/bare-hooks.sh "$root/root/"
run ./bare-hooks.sh
run 'man --version >/dev/null 2>&1 && man -w muster || ls /usr/share/man/man1/muster.1.gz'
run DEBIAN_FRONTEND=noninteractive apt-get -q -y purge muster muster-efi >>"build/logs/bare-$suite.log" 2>&1
run '! ls /etc/kernel/postinst.d/zz-muster /usr/bin/muster 2>/dev/null'
echo "bare: $suite: 1 passed, 0 failed"
