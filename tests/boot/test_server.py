# SPDX-License-Identifier: BSD-2-Clause
"""The story of a server: Debian's kernel without Xen, muster install, a reboot into Xen, kernel upgrades, a rollback.

The server's root file system is its ramdisk, which has the Debian packages of ./dev deb unpacked in it; what a /boot
would hold is on the EFI system partition.
"""

import re
import shutil
import subprocess

import pytest

import esp
from cut_disk import CutDisk
from machine import BUILD, ROOT, Machine, dump_tree
from test_confirming import hanging_kernel
from variables import write_store

HOST = BUILD / "payload/host"
VERSION = re.search(r'"(.*)"', (ROOT / "src/core/base/version.h").read_text())[1]
PACKAGES = [BUILD / f"muster_{VERSION}_arm64.deb", BUILD / f"muster-efi_{VERSION}_all.deb"]
MODULES = "virtio_ring virtio virtio_mmio virtio_blk nls_cp437 nls_ascii fat vfat efivarfs"
LIBRARIES = ["libc.so.6", "ld-linux-aarch64.so.1", "libdl.so.2", "libm.so.6", "libpthread.so.0", "libz.so.1",
             "libfdt.so.1", "libnettle.so.8", "libefivar.so.1", "libefiboot.so.1", "libpopt.so.0"]
CONFIG = """\
[global]
default=server

[server]
options=console=dtuart bootscrub=0 dom0_mem=512M
xen=/boot/xen-4.17-arm64.efi
kernel=/boot/vmlinuz-6.1.0-1 console=hvc0 quiet
ramdisk=/boot/initrd.img-6.1.0-1
domains=guest

[guest]
kernel=/boot/vmlinuz-6.1.0-1 console=ttyAMA0 quiet
ramdisk=/boot/guest.img
cpus=1
memory=128M
vpl011
"""
INIT = f"""\
#!/bin/busybox sh
busybox mount -t proc proc /proc
busybox mount -t sysfs sysfs /sys
busybox mount -t devtmpfs devtmpfs /dev
busybox --install -s /bin
export PATH=/usr/bin:/bin PS1="server # "
for module in {MODULES}; do insmod /modules/$module.ko; done
mount -t efivarfs efivarfs /sys/firmware/efi/efivars 2>/dev/null
while [ ! -e /dev/vda1 ]; do sleep 0.1; done
mount -t vfat /dev/vda1 /boot/efi
for file in /boot/efi/linux/*; do ln -s "$file" /boot; done
[ -e /sys/hypervisor/type ] && echo "server runs under $(cat /sys/hypervisor/type)" || echo "server runs alone"
exec setsid cttyhack sh
"""
GRUB = "linux /linux/vmlinuz-6.1.0-1 console=ttyAMA0 quiet\ninitrd /linux/initrd.img-6.1.0-1\nboot\n"


def copy_libraries(root) -> None:
    """The libraries that the programs need, under one directory that the dynamic linker looks in."""
    target = root / "lib"
    target.mkdir(exist_ok=True)
    for name in LIBRARIES:
        source = next(path for path in HOST.rglob(name))
        shutil.copy(source.resolve() if source.exists() else source, target / name)


def make_root(root) -> None:
    """The server's root file system."""
    for deb in PACKAGES:
        subprocess.run(["dpkg-deb", "-x", deb, root], check=True)
    shutil.rmtree(root / "usr/share/doc")
    copy_libraries(root)
    for directory in ("bin", "boot/efi", "dev", "proc", "sys", "tmp", "modules", "etc/muster"):
        (root / directory).mkdir(parents=True, exist_ok=True)
    shutil.copy(esp.PAYLOAD / "busybox", root / "bin/busybox")
    shutil.copy(HOST / "bin/efibootmgr", root / "usr/bin/efibootmgr")
    kernel = next((esp.PAYLOAD / "debs").glob("linux-image-*.deb"))
    archive = subprocess.run(["dpkg-deb", "--fsys-tarfile", kernel], check=True, capture_output=True).stdout
    for module in MODULES.split():
        content = subprocess.run(["tar", "-xO", "--wildcards", f"*/{module}.ko"], input=archive, check=True,
                                 capture_output=True).stdout
        (root / "modules" / f"{module}.ko").write_bytes(content)
    (root / "etc/muster/muster.cfg").write_text(CONFIG)
    (root / "init").write_text(INIT)
    (root / "init").chmod(0o755)


def make_ramdisk(root, target) -> None:
    names = subprocess.run(["find", ".", "-mindepth", "1"], cwd=root, check=True, capture_output=True).stdout
    with open(target, "wb") as file:
        subprocess.run(["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0"], cwd=root, input=names, check=True,
                       stdout=file)


class Server:
    """Its disk, from which GRUB starts Debian's kernel."""

    def __init__(self, directory):
        self.disk = directory / "disk.img"
        self.variables = directory / "variables.fd"
        partition = directory / "esp"
        boot = partition / "linux"
        shutil.rmtree(directory, ignore_errors=True)
        boot.mkdir(parents=True)
        make_root(directory / "root")
        shutil.copy(esp.PAYLOAD / "vmlinuz", boot / "vmlinuz-6.1.0-1")
        shutil.copy(esp.PAYLOAD / "xen.efi", boot / "xen-4.17-arm64.efi")
        make_ramdisk(directory / "root", boot / "initrd.img-6.1.0-1")
        esp.make_ramdisk("guest", boot / "guest.img")
        # An upgrade: the same kernel, as far as anybody can tell but by its digest.
        (boot / "vmlinuz-6.1.0-2").write_bytes((boot / "vmlinuz-6.1.0-1").read_bytes() + b"upgrade")
        shutil.copy(boot / "initrd.img-6.1.0-1", boot / "initrd.img-6.1.0-2")
        # Another one, which hangs.
        (boot / "vmlinuz-6.1.0-3").write_bytes(hanging_kernel())
        (partition / "EFI/BOOT").mkdir(parents=True)
        (partition / "EFI/BOOT/grub.cfg").write_text(GRUB)
        esp.make_grub(partition / "EFI/BOOT/BOOTAA64.EFI", "/EFI/BOOT", "linux")
        size = sum(path.stat().st_size for path in partition.rglob("*") if path.is_file())
        esp.make_disk(partition, self.disk, size + 256 * esp.MIB)
        write_store(self.variables)

    def power_on(self, **options) -> Machine:
        return Machine("server", [self.disk], variables=self.variables, writable=True, **options)


@pytest.fixture(name="server")
def fixture_server():
    return Server(BUILD / "tests/server")


def run(machine, *lines) -> str:
    """Run lines in the server's shell; what they print."""
    start = len(machine.text)
    for line in lines:
        machine.send(f"{line} && echo good-$?\n")
        machine.wait_for("^good-0\n", 300)
    return machine.text[start:]


def come_up(machine, section=None) -> str:
    """Wait until the server is up, in a section under Xen, or without Xen; what the loader said."""
    start = len(machine.text)
    if section is None:
        machine.wait_for("server runs alone$", 300)
    else:
        machine.wait_for(rf"^muster.cfg, section \[{re.escape(section)}\]|section \[{re.escape(section)}\]", 300)
        # dom0 and the guest come up in either order.
        machine.wait_until(lambda text: "server runs under xen" in text and "guest is up" in text, 600,
                           "dom0 and the guest")
    machine.send("\n")
    machine.wait_for("^server # ", 300)
    return machine.text[start:]


def reboot(machine) -> None:
    machine.send("umount /boot/efi; sync; reboot -f\n")


@pytest.mark.long
def test_server(server):
    with server.power_on() as machine:
        come_up(machine)
        said = run(machine, "muster install --root / /etc/muster/muster.cfg", "muster status", "efibootmgr")
        assert "installed [server.1]" in said
        assert re.search(r"^entry +Boot\w{4} Muster, the first in the order$", said, re.M)
        assert re.search(r"^server\.1 +default +4\.17 +vmlinuz-6\.1\.0-1 +no errors", said, re.M)
        reboot(machine)

        # Under Xen, with a domain beside it.
        come_up(machine, "server.1")
        said = run(machine, "muster status", "run-parts -a 6.1.0-2 -a /boot/vmlinuz-6.1.0-2 /etc/kernel/postinst.d")
        assert "not known: under Xen no domain reaches EFI variables" in said
        assert "installed [server.2], with [server.1] as its fallback" in said
        reboot(machine)

        # The upgrade, on trial.
        said = come_up(machine, "server.2")
        assert "[server.2] is on trial; after this, 2 of 3 tries are left" in said
        said = run(machine, "/usr/lib/muster/muster-hook confirm", "muster status")
        assert "confirmed server.2" in said
        assert re.search(r"^server\.2 +default, confirmed +4\.17 +vmlinuz-6\.1\.0-2 ", said, re.M)

        # One that hangs.
        said = run(machine, "run-parts -a 6.1.0-3 -a /boot/vmlinuz-6.1.0-3 /etc/kernel/postinst.d", "umount /boot/efi",
                   "sync")
        assert "installed [server.3], with [server.2] as its fallback" in said
    for left in (2, 1, 0):
        with server.power_on() as machine:
            machine.wait_for(rf"\[server.3\] is on trial; after this, {left} of 3 tries are left", 300)
            machine.wait_for("starting Xen", 300)
            machine.wait_for("Freed .* init memory", 300)
    with server.power_on() as machine:
        said = come_up(machine, "server.2")
        assert "[server.3] has used up its tries; [server.2] boots instead" in said
        said = run(machine, "muster status", "/usr/lib/muster/muster-hook removed 6.1.0-3", "muster remove",
                   "ls /boot/efi/EFI")
        assert re.search(r"^server\.3 +default, on trial: 0 of 3 tries left", said, re.M)
        assert "removed from /boot/efi" in said
        reboot(machine)
        # GRUB is where it was, and the entry's loader is gone.
        come_up(machine)


class Found:
    """What is found on a disk whose changes came to it only in part."""

    def __init__(self, image, directory):
        self.file = open(image, "r+b")
        self.image = image
        self.esp = directory / "found"
        self.tree = directory / "machine.dtb"
        dump_tree(self.tree)

    def write(self, offset, data) -> bytes:
        """Write, and return what was there."""
        self.file.seek(offset)
        before = self.file.read(len(data))
        self.file.seek(offset)
        self.file.write(data)
        self.file.flush()
        return before

    def names(self) -> list[str]:
        """The files in EFI/muster."""
        listed = subprocess.run(["mdir", "-b", "-i", esp.partition(self.image), "::/EFI/muster"], check=True,
                                capture_output=True, text=True).stdout
        return [line.removeprefix("::/") for line in listed.splitlines() if not line.endswith("/")]

    def check(self) -> str:
        """The section that boots, without an error; with a new one, the former one boots as well."""
        shutil.rmtree(self.esp, ignore_errors=True)
        self.esp.mkdir()
        # A file that nothing needs yet may be unreadable.
        for name in self.names():
            (self.esp / name).parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["mcopy", "-n", "-i", esp.partition(self.image), f"::/{name}", self.esp / name],
                           stderr=subprocess.DEVNULL)
        config = self.esp / "EFI/muster/muster.cfg"
        loader = self.tree.parent / "root/usr/lib/muster/musteraa64.efi"
        assert (self.esp / "EFI/muster/musteraa64.efi").read_bytes() == loader.read_bytes()
        section = re.search("^default=(.*)$", config.read_text(), re.M)[1]
        for each in ("server.1", section):
            result = subprocess.run([esp.TOOL, "check", "-s", each, "--dtb", self.tree, "--root", self.esp, config],
                                    capture_output=True, text=True)
            assert result.returncode == 0, result.stdout
        return section


@pytest.mark.long
def test_power_cut_of_an_update(server):
    """Whatever part of an update has reached the disk: all up to a change, or what was flushed and one change more."""
    with server.power_on() as machine:
        come_up(machine)
        run(machine, "muster install --root / /etc/muster/muster.cfg", "umount /boot/efi", "sync")
    # The machine would boot Xen now.
    write_store(server.variables)
    image = server.disk.with_suffix(".found")
    shutil.copy(server.disk, image)
    with CutDisk(server.disk, keeps=True) as disk, server.power_on(drives=[disk.drive]) as machine:
        come_up(machine)
        before = len(disk.events)
        run(machine, "muster update --kernel /boot/vmlinuz-6.1.0-2", "umount /boot/efi", "sync")
    found = Found(image, server.disk.parent)
    for offset, data in zip(disk.events[:before], disk.written):
        if offset is not None:
            found.write(offset, data)
    assert found.check() == "server.1"
    pending, seen = [], []
    for offset, data in list(zip(disk.events, disk.written))[before:]:
        if offset is None:
            for change in pending:
                found.write(*change)
            pending = []
            continue
        # This one alone has come to the medium of those since the flush, then all of them in their order.
        kept = [(offset, found.write(offset, data))]
        seen.append(found.check())
        kept += [(at, found.write(at, what)) for at, what in [*pending, (offset, data)]]
        seen.append(found.check())
        for change in reversed(kept):
            found.write(*change)
        pending.append((offset, data))
    assert len(seen) > 20 and "server.1" in seen and seen[-1] == "server.2"


SEALED = """\
[global]
default=system
tries=1
state=/EFI/muster/muster.state
[system]
options=console=dtuart bootscrub=0
domains=guest
[guest]
kernel={kernel} console=ttyAMA0 quiet
ramdisk=guest.img
cpus=1
memory=128M
vpl011
"""


class SealedServer:
    """A partition with two sealed systems, of which the newer one replaced the other, and a disk of it."""

    def __init__(self, directory, newer: bytes):
        boot, tree = directory / "source/EFI/BOOT", directory / "machine.dtb"
        self.partition, self.disk, self.variables = directory / "esp", directory / "disk.img", directory / "variables.fd"
        boot.mkdir(parents=True)
        self.partition.mkdir()
        dump_tree(tree)
        shutil.copy(esp.PAYLOAD / "xen.efi", boot / "xen.efi")
        esp.make_ramdisk("guest", boot / "guest.img")
        for kernel, content in (("vmlinuz-1", (esp.PAYLOAD / "vmlinuz").read_bytes()), ("vmlinuz-2", newer)):
            (boot / kernel).write_bytes(content)
            (boot / "muster.cfg").write_text(SEALED.format(kernel=kernel))
            for command in (["seal", "-o", boot / "BOOTAA64.EFI", boot / "muster.cfg"],
                            ["install", "--esp", self.partition, "--no-entry", directory / "source"]):
                subprocess.run([esp.TOOL, command[0], "--dtb", tree, *command[1:]], check=True)

    def power_on(self) -> Machine:
        if not self.disk.exists():
            esp.make_disk(self.partition, self.disk, 256 * esp.MIB)
            write_store(self.variables, [esp.boot_option(self.disk, f"\\EFI\\muster\\{loader}.efi")
                                         for loader in ("musteraa64", "former")])
        return Machine("sealed", [self.disk], variables=self.variables, writable=True)


@pytest.mark.long
def test_sealed_system_with_a_damaged_file(tmp_path):
    """The firmware goes on with the former loader, which has its files."""
    server = SealedServer(tmp_path, (esp.PAYLOAD / "vmlinuz").read_bytes() + b"newer")
    damaged = bytearray((server.partition / "EFI/BOOT/vmlinuz-2").read_bytes())
    damaged[-1] ^= 1
    (server.partition / "EFI/BOOT/vmlinuz-2").write_bytes(damaged)
    with server.power_on() as machine:
        machine.wait_for(r"error: .*vmlinuz-2", 300)
        machine.wait_for("^nothing was started; back to the firmware", 60)
        machine.wait_for("vmlinuz-1", 300)
        machine.wait_for("guest is up", 300)


@pytest.mark.long
def test_sealed_system_that_hangs(tmp_path):
    """Its tries are used up, and the firmware goes on with the former loader."""
    server = SealedServer(tmp_path, hanging_kernel())
    with server.power_on() as machine:
        machine.wait_for(r"\[system\] is on trial; after this, 0 of 1 tries are left", 300)
        machine.wait_for("Freed .* init memory", 300)
    with server.power_on() as machine:
        machine.wait_for(r"error: \[system\] has used up its tries, and has no fallback", 300)
        machine.wait_for("vmlinuz-1", 300)
        machine.wait_for("guest is up", 300)
