#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What package managers do to a machine on which muster installed a system: tools/bare.sh runs this in its bare Debian, where
# the packages are installed and /boot has Xen and a kernel. Everything is called as Debian calls it.
set -eu

config=/boot/efi/EFI/muster/muster.cfg

fail() {
    echo "bare: $*" >&2
    cat /tmp/said "$config" >&2
    exit 1
}

# Runs a command that must not fail, whatever the hook in it does: text that it has to say, command.
says() {
    expected=$1
    shift
    "$@" >/tmp/said 2>&1 || fail "failed: $*"
    grep -qF "$expected" /tmp/said || fail "not said by $*: $expected"
    echo "bare: $expected"
}

# A package with one file: name version file content.
package() {
    rm -rf /tmp/package
    mkdir -p "/tmp/package/DEBIAN" "/tmp/package/${3%/*}"
    cp "$4" "/tmp/package/$3"
    printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\nDescription: test\n' \
        "$1" "$2" >/tmp/package/DEBIAN/control
    [ "$1" != linux-image ] || {
        # As the packages of Debian's kernel do.
        for script in postinst postrm; do
            printf '#!/bin/sh\nset -e\ntest ! -d /etc/kernel/%s.d || run-parts --report --exit-on-error --arg=%s --arg=/%s /etc/kernel/%s.d\n' \
                "$script" "$2" "$3" "$script" >"/tmp/package/DEBIAN/$script"
            chmod 755 "/tmp/package/DEBIAN/$script"
        done
    }
    dpkg-deb --root-owner-group --build /tmp/package /tmp/package.deb >/dev/null
}

mkdir -p /boot/efi /etc/muster
mount -t tmpfs -o size=400m,mode=755 tmpfs /boot/efi
printf '[global]\ndefault=server\n[server]\nxen=/boot/xen-4.17-arm64.efi\nkernel=/boot/vmlinuz-6.1.0-arm64 root=/dev/vda2\nramdisk=/boot/initrd.img-6.1.0-arm64\n' \
    >/etc/muster/muster.cfg
says "installed [server.1]" muster install --esp /boot/efi --machine qemu --root / /etc/muster/muster.cfg

# A kernel and Xen by dpkg.
cp /boot/vmlinuz-6.1.0-arm64 /tmp/kernel
echo newer >>/tmp/kernel
package linux-image 6.1.1-arm64 boot/vmlinuz-6.1.1-arm64 /tmp/kernel
says "installed [server.2], with [server.1] as its fallback" dpkg -i /tmp/package.deb
cp /boot/xen-4.17-arm64.efi /tmp/xen
echo newer >>/tmp/xen
package xen-hypervisor 4.99 boot/xen-4.99-arm64.efi /tmp/xen
says "installed [server.3], with [server.1] as its fallback" dpkg -i /tmp/package.deb
muster status --esp /boot/efi | grep -q "^server.3 .*vmlinuz-6.1.1-arm64" || fail "server.3 has another kernel"
grep -qF '"/EFI/muster/xen-4.99-arm64.efi"' /boot/efi/EFI/muster/muster.3.cfg || fail "server.3 has another Xen"

# kernel-install, of systemd.
mkdir -p /usr/lib/modules/6.1.2-arm64
cp /boot/vmlinuz-6.1.0-arm64 /usr/lib/modules/6.1.2-arm64/vmlinuz
echo newest >>/usr/lib/modules/6.1.2-arm64/vmlinuz
says "installed [server.4], with [server.1] as its fallback" \
    kernel-install add 6.1.2-arm64 /usr/lib/modules/6.1.2-arm64/vmlinuz /boot/initrd.img-6.1.0-arm64
says "installed [server.5], with [server.1] as its fallback" kernel-install remove 6.1.2-arm64
muster status --esp /boot/efi | grep -q "^server.5 .*vmlinuz-6.1.1-arm64" || fail "server.5 has another kernel"
says "installed [server.6], with [server.1] as its fallback" dpkg --remove linux-image

# What goes wrong never is dpkg's.
cp "$config" /tmp/good.cfg
echo another >>/tmp/xen
package xen-hypervisor 4.100 boot/xen-4.100-arm64.efi /tmp/xen
dd if=/dev/zero of=/boot/efi/full bs=1M >/dev/null 2>&1 || true
says "muster: Xen was not put in place, and what booted before stays" dpkg -i /tmp/package.deb
cmp "$config" /tmp/good.cfg
rm /boot/efi/full
echo "this is no configuration" >"$config"
says "muster: muster status does not tell what boots: Xen was not put in place" dpkg -i /tmp/package.deb
cp /tmp/good.cfg "$config"
echo "ESP=(" >/etc/default/muster
package xen-hypervisor 4.100.1 boot/xen-4.100-arm64.efi /tmp/xen
says "muster: /etc/default/muster is left out" dpkg -i /tmp/package.deb
rm /etc/default/muster
cp "$config" /tmp/good.cfg
mount -o remount,ro /boot/efi
package xen-hypervisor 4.101 boot/xen-4.101-arm64.efi /tmp/xen
says "muster: Xen was not put in place, and what booted before stays" dpkg -i /tmp/package.deb
mount -o remount,rw /boot/efi
muster status --esp /boot/efi >/tmp/said || fail "what booted before does not"
umount /boot/efi
package xen-hypervisor 4.102 boot/xen-4.102-arm64.efi /tmp/xen
says "Setting up xen-hypervisor" dpkg -i /tmp/package.deb
dpkg --purge xen-hypervisor >/dev/null

systemd-analyze verify --man=no /usr/lib/systemd/system/muster-confirm.service
[ "$(systemctl is-enabled muster-confirm.service)" = enabled ] || fail "muster-confirm.service is not enabled"
