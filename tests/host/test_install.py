# SPDX-License-Identifier: BSD-2-Clause
"""Install, update, status and remove, on a directory that stands for the mounted partition."""

import fcntl
import hashlib
import os
import re
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

from conftest import HERE, MUSTER, ROOT
from system import compile_tree, cpio, image
from test_state import EMPTY, record, write as write_state

BOARD = HERE / "machine.dts"
CONFIG = """\
[global]
default=server
timeout=5

[server]
title=A server
options=console=dtuart
kernel=vmlinuz root=/dev/vda2
ramdisk=initrd.img
domains=domU1

[domU1]
kernel=vmlinuz
ramdisk=initrd.img
cpus=1
memory=64M
"""
STATE = ["muster.state", "muster.state.2", "muster.state.ok"]
HEADING = "# Made by muster install, which writes it anew: change what it was made from.\n"
plain_build = pytest.mark.skipif("asan" in str(MUSTER), reason="a sanitized program has to be first")


class Machine:
    """A machine with a partition, a system to install, and EFI variables if they are asked for."""

    def __init__(self, place: Path):
        self.place = place
        self.esp = place / "esp"
        self.installed = self.esp / "EFI/muster"
        self.source = place / "source"
        self.sys = place / "sys"
        self.bin = place / "bin"
        self.environment = {**os.environ, "MUSTER_SYS": str(self.sys), "MUSTER_FIRMWARE_TREE": ""}
        for directory in (self.esp, self.source, self.sys, self.bin):
            directory.mkdir()
        compile_tree(BOARD, place / "machine.dtb")
        self.write("xen.efi", image(20000, "xen"))
        self.write("vmlinuz", image(30000, "linux"))
        self.write("initrd.img", cpio(5000, "ramdisk"))
        self.write("muster.cfg", CONFIG.encode())

    def write(self, file, content):
        (self.source / file).write_bytes(content)

    def run(self, *arguments, **environment):
        return subprocess.run([MUSTER, *map(str, arguments)], cwd=self.place, timeout=60,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env={**self.environment, **environment})

    def install(self, *arguments, source="source/muster.cfg", **environment):
        return self.run("install", "--esp", "esp", "--dtb", "machine.dtb", "--memory", "8G",
                        *arguments, source, **environment)

    def update(self, *arguments, **environment):
        return self.run("update", "--esp", "esp", *arguments, **environment)

    def check(self, *arguments, at=None):
        """What boots: the section, without an error."""
        esp = at or self.esp
        result = self.run("check", "--dtb", "machine.dtb", "--memory", "8G", "--root", esp,
                          *arguments, esp / "EFI/muster/muster.cfg")
        assert result.returncode == 0, result.stdout + result.stderr

    def files(self, at=None):
        esp = at or self.esp
        return {str(path.relative_to(esp)): path.read_bytes()
                for path in sorted(esp.rglob("*")) if path.is_file()}

    def config(self, file="muster.cfg"):
        return (self.installed / file).read_text()

    def confirm(self, section):
        write_state(self.installed / "muster.state", record(5, confirmed=section))

    def add_variables(self):
        """EFI variables, a partition for the ESP, and an efibootmgr that keeps entries in a file."""
        (self.sys / "firmware/efi/efivars").mkdir(parents=True)
        (self.sys / "firmware/efi/efivars/BootOrder-x").touch()
        partition = self.sys / "devices/vda/vda3"
        partition.mkdir(parents=True)
        (partition / "partition").write_text("3\n")
        device = self.esp.stat().st_dev
        (self.sys / "dev/block").mkdir(parents=True)
        (self.sys / f"dev/block/{os.major(device)}:{os.minor(device)}").symlink_to(partition)
        self.write_entries("BootOrder: 0000", "Boot0000* debian\tHD(1)/File(\\EFI\\debian\\shim.efi)")
        program = self.bin / "efibootmgr"
        program.write_text(f"#!/bin/sh\necho \"$*\" >>{self.place}/calls\n"
                           f"case $* in *--verbose*) cat {self.place}/entries ;; esac\n")
        program.chmod(0o755)
        self.environment["PATH"] = f"{self.bin}:{os.environ['PATH']}"

    def write_entries(self, *lines):
        (self.place / "entries").write_text("BootCurrent: 0000\n" + "\n".join(lines) + "\n")

    def calls(self):
        calls = self.place / "calls"
        text = calls.read_text() if calls.exists() else ""
        calls.unlink(missing_ok=True)
        return [line for line in text.splitlines() if line not in ("", "--verbose")]


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def is_fine(result, output):
    assert (result.returncode, result.stderr) == (0, ""), result.stdout
    assert result.stdout == output


NO_VARIABLES = "no boot entry was made: this machine has no EFI variables\n"


def test_first_installation(machine):
    is_fine(machine.install(), "installed [server.1]\n" + NO_VARIABLES)
    assert machine.config() == HEADING + """\
[global]
default=server.1
state=/EFI/muster/muster.state
chain=/EFI/muster/muster.1.cfg
timeout=5
"""
    assert machine.config("muster.1.cfg") == HEADING + """\

[server.1]
xen="/EFI/muster/xen.efi"
title=A server
options=console=dtuart
kernel=vmlinuz root=/dev/vda2
ramdisk=initrd.img
domains=domU1
binary="/EFI/muster/vmlinuz" "vmlinuz"
binary="/EFI/muster/initrd.img" "initrd.img"

[domU1]
kernel=vmlinuz
ramdisk=initrd.img
cpus=1
memory=64M
"""
    files = machine.files()
    assert sorted(files) == sorted(
        ["EFI/BOOT/BOOTAA64.EFI", "EFI/BOOT/muster.cfg"] +
        ["EFI/muster/" + each for each in ("firmware.dtb", "initrd.img", "muster.1.cfg", "muster.cfg",
                                           "muster.files", "musteraa64.efi", "vmlinuz", "xen.efi",
                                           *STATE)])
    loader = (ROOT / "build/musteraa64.efi").read_bytes()
    assert files["EFI/BOOT/BOOTAA64.EFI"] == files["EFI/muster/musteraa64.efi"] == loader
    assert files["EFI/BOOT/muster.cfg"] == b"[global]\nchain=/EFI/muster/muster.cfg\n"
    machine.check()
    machine.check("-s", "server.1")
    # A loader at the removable path finds the same.
    result = machine.run("check", "--dtb", "machine.dtb", "--memory", "8G", "esp")
    assert result.returncode == 0 and "server.1" not in result.stdout
    assert machine.run("state", machine.installed / "muster.state").stdout == EMPTY
    manifest = machine.config("muster.files").splitlines()
    assert manifest[0] == "# What muster install wrote here: SHA-256 and file. muster remove takes it away."
    digests = dict(reversed(line.split("  ")) for line in manifest[1:])
    for path, content in files.items():
        if not path.endswith("muster.files"):
            is_state = path.rpartition("/")[2] in STATE
            digest = "-" if is_state else hashlib.sha256(content).hexdigest()
            assert digests["/" + path] == digest


def test_again_is_nothing_new(machine):
    machine.install()
    before = machine.files()
    is_fine(machine.install(), "nothing is new in [server.1]\n" + NO_VARIABLES)
    is_fine(machine.update(), "nothing is new in [server.1]\n")
    assert machine.files() == before


def test_former_system_is_the_fallback(machine):
    machine.install()
    machine.write("vmlinuz", image(31000, "new"))
    is_fine(machine.install(), "installed [server.2], with [server.1] as its fallback\n" + NO_VARIABLES)
    assert "default=server.2\nfallback=server.1\ntries=3\n" in machine.config()
    assert machine.config("muster.2.cfg").startswith(HEADING + "[global]\nchain=/EFI/muster/muster.1.cfg\n")
    assert machine.files()["EFI/muster/vmlinuz"] == image(30000, "linux")
    assert machine.files()["EFI/muster/vmlinuz.2"] == image(31000, "new")
    machine.check("-s", "server.1")
    machine.check("-s", "server.2")
    # The third one drops the first, once the second was confirmed.
    machine.confirm("server.2")
    machine.write("vmlinuz", image(32000, "newer"))
    is_fine(machine.install(), "installed [server.3], with [server.2] as its fallback\n" + NO_VARIABLES)
    assert sorted(machine.files()) == sorted(
        ["EFI/BOOT/BOOTAA64.EFI", "EFI/BOOT/muster.cfg"] +
        ["EFI/muster/" + each for each in ("firmware.dtb", "initrd.img", "muster.2.cfg", "muster.3.cfg",
                                           "muster.cfg", "muster.files", "musteraa64.efi", "vmlinuz.2",
                                           "vmlinuz.3", "xen.efi", *STATE)])
    machine.check("-s", "server.2")


def test_unconfirmed_system_is_no_fallback(machine):
    machine.install()
    for size in (31000, 32000):
        machine.write("vmlinuz", image(size, "new"))
        result = machine.install()
    is_fine(result, "[server.2] was never confirmed: [server.1] stays the fallback\n"
            "installed [server.3], with [server.1] as its fallback\n" + NO_VARIABLES)
    assert not (machine.installed / "muster.2.cfg").exists()
    machine.check("-s", "server.1")


def test_update_replaces_files_of_dom0(machine):
    machine.install()
    (machine.place / "boot").mkdir()
    (machine.place / "boot/vmlinuz-6.2").write_bytes(image(33000, "6.2"))
    (machine.place / "boot/initrd.img-6.2").write_bytes(cpio(6000, "6.2"))
    (machine.place / "boot/xen-4.20.efi").write_bytes(image(21000, "4.20"))
    is_fine(machine.update("--kernel", "boot/vmlinuz-6.2", "--ramdisk", "boot/initrd.img-6.2"),
            "installed [server.2], with [server.1] as its fallback\n")
    assert machine.config("muster.2.cfg") == HEADING + """\
[global]
chain=/EFI/muster/muster.1.cfg

[server.2]
xen="/EFI/muster/xen.efi"
title=A server
options=console=dtuart
kernel=dom0-kernel root=/dev/vda2
ramdisk=dom0-ramdisk
domains=domU1
binary="/EFI/muster/vmlinuz-6.2" "dom0-kernel"
binary="/EFI/muster/initrd.img-6.2" "dom0-ramdisk"
binary="/EFI/muster/vmlinuz" "vmlinuz"
binary="/EFI/muster/initrd.img" "initrd.img"

[domU1]
kernel=vmlinuz
ramdisk=initrd.img
cpus=1
memory=64M
"""
    assert "timeout=5\n" in machine.config()
    machine.check("-s", "server.2")
    machine.confirm("server.2")
    is_fine(machine.update("--xen", "boot/xen-4.20.efi"),
            "installed [server.3], with [server.2] as its fallback\n")
    assert 'xen="/EFI/muster/xen-4.20.efi"\n' in machine.config("muster.3.cfg")
    is_fine(machine.update(), "nothing is new in [server.3], with [server.2] as its fallback\n")
    machine.check("-s", "server.3")


def test_update_adds_a_ramdisk(machine):
    machine.write("muster.cfg", CONFIG.replace("ramdisk=initrd.img\n", "", 1).encode())
    machine.install()
    assert machine.update("--ramdisk", "source/initrd.img").returncode == 0
    assert "ramdisk=dom0-ramdisk\n" in machine.config("muster.2.cfg")
    assert 'binary="/EFI/muster/initrd.img" "dom0-ramdisk"\n' in machine.config("muster.2.cfg")
    machine.check("-s", "server.2")


def test_update_that_is_wrong_changes_nothing(machine):
    machine.install()
    before = machine.files()
    (machine.place / "empty").touch()
    result = machine.update("--kernel", "empty")
    assert result.returncode == 1
    assert "empty is empty" in result.stderr
    assert result.stderr.endswith("  hint: what booted before stays\n")
    assert machine.update("--kernel", "gone").stderr.startswith(
        "muster: error: cannot read gone: No such file or directory\n")
    machine.update()
    assert machine.files() == before


def test_sections_of_all_kinds(machine):
    """Names with blanks, overlays, a passthrough fragment, a second section, its own fallback."""
    compile_tree(BOARD, machine.source / "board.dtb")
    machine.write("my kernel", image(30000, "mine"))
    machine.write("muster.cfg", b"""\
[global]
default=one
fallback=two
tries=2 always

[one]
xen=xen.efi
dtb=board.dtb
binary="my kernel" key
kernel=key console=hvc0
domains=domU1

[domU1]
kernel="my kernel"
memory=64M
cpus=1

[two]
kernel=vmlinuz
""")
    is_fine(machine.install(), "installed [one.1]\n" + NO_VARIABLES)
    text = machine.config("muster.1.cfg")
    assert '[one.1]\nxen="/EFI/muster/xen.efi"\ndtb="/EFI/muster/board.dtb"\n' in text
    assert 'binary="/EFI/muster/my kernel" "key"\nbinary="/EFI/muster/my kernel" "my kernel"\n' in text
    assert "[two.1]\n" in text
    assert "default=one.1\nfallback=two.1 \ntries=2 always\n" in machine.config()
    machine.check("-s", "one.1")
    machine.check("-s", "two.1")
    machine.write("my kernel", image(30100, "mine"))
    machine.install()
    assert "default=one.2\nfallback=two.2 one.1\ntries=2 always\n" in machine.config()
    is_fine(machine.update(), "nothing is new in [one.2], with [one.1] as its fallback\n")
    assert "fallback=two.2 one.1\n" in machine.config()


def test_once(machine):
    machine.install()
    machine.write("vmlinuz", image(31000, "new"))
    is_fine(machine.install("--once"),
            "installed [server.2], which boots once; [server.1] stays the default\n" + NO_VARIABLES)
    assert "default=server.1\n" in machine.config() and "muster.2.cfg" in machine.config()
    assert "next, once     server.2\n" in machine.run("state", machine.installed / "muster.state").stdout
    machine.check()
    machine.check("-s", "server.2")
    is_fine(machine.install(), "nothing is new in [server.2], with [server.1] as its fallback\n" +
            NO_VARIABLES)
    assert "default=server.2\nfallback=server.1\n" in machine.config()


# --- what is there by hand ----------------------------------------------------------------------------

def test_configuration_by_hand_is_the_fallback(machine):
    machine.installed.mkdir(parents=True)
    for file in ("xen.efi", "vmlinuz", "initrd.img"):
        shutil.copy(machine.source / file, machine.installed / file)
    (machine.installed / "muster.cfg").write_text(CONFIG)
    is_fine(machine.install(),
            "/EFI/muster/muster.cfg was written by hand: it is kept as /EFI/muster/muster.by-hand.cfg\n"
            "installed [server.1], with [server] as its fallback\n" + NO_VARIABLES)
    assert "default=server.1\nfallback=server\n" in machine.config()
    assert "chain=/EFI/muster/muster.by-hand.cfg\n" in machine.config("muster.1.cfg")
    assert 'xen="/EFI/muster/xen.efi.2"\n' in machine.config("muster.1.cfg")
    machine.check("-s", "server")
    machine.check("-s", "server.1")
    result = machine.run("remove", "--esp", "esp")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == (
        "no boot entry was removed: this machine has no EFI variables\n" +
        "".join(f"/EFI/muster/{file} was not written by muster install, and stays\n"
                for file in ("initrd.img", "muster.cfg", "vmlinuz", "xen.efi")) +
        f"removed from {machine.esp}\n")
    assert machine.config() == CONFIG
    assert len(machine.files()) == 4


def test_configuration_that_was_changed(machine):
    machine.install()
    changed = machine.config() + "# mine\n"
    (machine.installed / "muster.cfg").write_text(changed)
    machine.write("vmlinuz", image(31000, "new"))
    assert "was written by hand: it is kept" in machine.install().stdout
    assert machine.config("muster.by-hand.cfg") == changed
    machine.check("-s", "server.1")
    (machine.installed / "muster.cfg").write_text(CONFIG)
    result = machine.install()
    assert result.stderr.endswith(
        "muster: error: /EFI/muster/muster.cfg was written by hand, and "
        "/EFI/muster/muster.by-hand.cfg is there already\n  hint: move one of them away\n")
    assert machine.config() == CONFIG


def test_other_loaders_stay(machine):
    machine.installed.mkdir(parents=True)
    (machine.installed / "musteraa64.efi").write_text("signed")
    (machine.esp / "EFI/BOOT").mkdir()
    (machine.esp / "EFI/BOOT/BOOTAA64.EFI").write_text("grub")
    (machine.installed / "firmware.dtb").write_text("mine")
    (machine.installed / "muster.1.cfg").write_text("mine")
    result = machine.install()
    assert result.returncode == 1
    assert "/EFI/muster/muster.1.cfg was not written by muster install, and stays as it is" in result.stderr
    (machine.installed / "muster.1.cfg").unlink()
    result = machine.install()
    assert (result.returncode, result.stderr) == (0, "".join(
        f"muster: warning: /EFI/muster/{file} was not written by muster install, and stays as it is\n"
        for file in ("firmware.dtb", "musteraa64.efi")))
    status = machine.run("status", "--esp", "esp")
    assert "loader     /EFI/muster/musteraa64.efi: another loader\n" in status.stdout
    assert "removable  /EFI/BOOT/BOOTAA64.EFI: another loader\n" in status.stdout
    assert "by hand    /EFI/muster/firmware.dtb\n" in status.stdout
    machine.run("remove", "--esp", "esp")
    assert sorted(machine.files()) == ["EFI/BOOT/BOOTAA64.EFI", "EFI/muster/firmware.dtb",
                                       "EFI/muster/musteraa64.efi"]


def test_file_that_was_changed_stays(machine):
    machine.install()
    (machine.installed / "vmlinuz").write_text("mine")
    result = machine.run("remove", "--esp", "esp")
    assert result.stderr == ("muster: warning: /EFI/muster/vmlinuz was changed since it was installed, "
                             "and stays\n")
    assert list(machine.files()) == ["EFI/muster/vmlinuz"]


def test_remove(machine):
    machine.install()
    is_fine(machine.run("remove", "--esp", "esp"),
            f"no boot entry was removed: this machine has no EFI variables\nremoved from {machine.esp}\n")
    assert machine.files() == {} and not machine.installed.exists()
    result = machine.run("remove", "--esp", "esp")
    assert (result.returncode, result.stderr) == (
        1, f"muster: error: nothing is installed on {machine.esp}\n")


def test_file_that_cannot_be_removed(machine):
    machine.install()
    (machine.installed / "vmlinuz.new").mkdir()
    result = machine.run("remove", "--esp", "esp")
    assert (result.returncode, result.stderr) == (
        1, f"muster: error: cannot remove {machine.installed}/vmlinuz: Is a directory\n")
    (machine.installed / "vmlinuz.new").rmdir()
    assert machine.run("remove", "--esp", "esp").returncode == 0
    assert machine.files() == {}


def test_one_at_a_time(machine):
    directory = os.open(machine.esp, os.O_RDONLY)
    fcntl.flock(directory, fcntl.LOCK_EX)
    for result in (machine.install(), machine.run("remove", "--esp", "esp")):
        assert (result.returncode, result.stderr) == (
            1, f"muster: error: another muster is at work on {machine.esp}\n")
    os.close(directory)
    assert machine.install().returncode == 0


def test_no_loader(machine):
    """The program alone."""
    shutil.copy(MUSTER, machine.place / "muster")
    result = subprocess.run([machine.place / "muster", "install", "--esp", "esp", "--dtb", "machine.dtb",
                             "--memory", "8G", "source/muster.cfg"], cwd=machine.place, text=True,
                            capture_output=True, env=machine.environment)
    assert (result.returncode, result.stderr) == (
        1, "muster: error: musteraa64.efi is not where this program is: install the loader first\n")
    assert machine.files() == {}


# --- boot entries --------------------------------------------------------------------------------------

CREATE = "--quiet --create --disk /dev/vda --part 3 --label Muster --loader \\EFI\\muster\\musteraa64.efi"
ENTRY = "Boot0003* Muster\tHD(3)/File(\\EFI\\MUSTER\\MUSTERAA64.EFI)"


def test_entry(machine):
    machine.add_variables()
    is_fine(machine.install(), "installed [server.1]\n")
    assert machine.calls() == [CREATE]
    machine.install("--label", "Xen here")
    assert machine.calls() == [CREATE.replace("Muster", "Xen here", 1)]
    machine.write_entries("BootOrder: 0003,0000", ENTRY)
    machine.install()
    machine.update()
    assert machine.calls() == []
    assert "entry      Boot0003 Muster, the first in the order\n" in machine.run(
        "status", "--esp", "esp").stdout
    is_fine(machine.run("remove", "--esp", "esp"), f"removed from {machine.esp}\n")
    assert machine.calls() == ["--quiet --bootnum 0003 --delete-bootnum"]


def test_no_entry(machine):
    machine.add_variables()
    is_fine(machine.install("--no-entry"), "installed [server.1]\n")
    machine.run("remove", "--no-entry", "--esp", "esp")
    assert machine.calls() == []


def test_entry_for_once(machine):
    machine.add_variables()
    program = machine.bin / "efibootmgr"
    program.write_text(program.read_text() +
                       f"case $* in *--create*) cp {machine.place}/made {machine.place}/entries ;; esac\n")
    (machine.place / "made").write_text(f"BootOrder: 0000\n{ENTRY}\n")
    assert "entry      none for /EFI/muster/musteraa64.efi\n" in machine.run("status", "--esp", "esp").stdout
    assert machine.install("--once").returncode == 0
    assert machine.calls() == [CREATE.replace("--create", "--create-only"), "--quiet --bootnext 0003"]
    assert "entry      Boot0003 Muster, not in the order\n" in machine.run(
        "status", "--esp", "esp").stdout
    machine.write_entries("BootOrder: 0000,0003", ENTRY)
    assert "entry      Boot0003 Muster, not the first in the order\n" in machine.run(
        "status", "--esp", "esp").stdout
    machine.write("vmlinuz", image(31000, "new"))
    machine.update("--once", "--kernel", "source/vmlinuz")
    assert machine.calls() == ["--quiet --bootnext 0003"]


def test_without_efibootmgr(machine):
    machine.add_variables()
    (machine.bin / "efibootmgr").unlink()
    result = machine.install(PATH=str(machine.bin))
    assert (result.returncode, result.stdout) == (1, "installed [server.1]\n")
    assert result.stderr == (
        "muster: error: efibootmgr is missing: install the Debian package efibootmgr\n")


def test_under_xen(machine):
    machine.add_variables()
    (machine.sys / "hypervisor").mkdir()
    (machine.sys / "hypervisor/type").write_text("xen\n")
    reason = "under Xen no domain reaches EFI variables"
    is_fine(machine.install(), f"installed [server.1]\nno boot entry was made: {reason}\n")
    assert f"entry      not known: {reason}\n" in machine.run("status", "--esp", "esp").stdout
    machine.write("vmlinuz", image(31000, "new"))
    is_fine(machine.update("--kernel", "source/vmlinuz"),
            "installed [server.2], with [server.1] as its fallback\n")
    assert machine.calls() == []


def test_partition_that_no_entry_can_name(machine):
    machine.add_variables()
    shutil.rmtree(machine.sys / "dev")
    is_fine(machine.install(), "installed [server.1]\n"
            "no boot entry was made: this directory is no partition of a disk\n")


# --- what cannot be installed --------------------------------------------------------------------------

@pytest.mark.parametrize("config, message", [
    (CONFIG.replace("default=server\n", ""),
     "muster: error: muster.cfg does not say which section boots\n"
     "  hint: add default=SECTION to its [global]\n"),
    (CONFIG.replace("default=server", "default=nothing"), "there is no section [nothing]"),
    (CONFIG.replace("vmlinuz", "gone"), "section [server]\n"),
    (CONFIG.replace("server", 95 * "x"),
     f"muster: error: [{95 * 'x'}.1] is too long a name for the boot state\n"),
])
def test_wrong_configuration(machine, config, message):
    machine.write("muster.cfg", config.encode())
    result = machine.install()
    assert result.returncode == 1 and message in result.stderr
    assert machine.files() == {}


def test_wrong_places(machine):
    result = machine.run("install", "--esp", "gone", "source/muster.cfg")
    assert (result.returncode, result.stderr) == (
        1, "muster: error: gone is no directory to install to\n")
    assert machine.update().stderr == (
        f"muster: error: no system is installed on {machine.esp}\n"
        "  hint: muster install DIR puts one in place\n")
    (machine.installed).mkdir(parents=True)
    (machine.installed / "musteraa64.cfg").touch()
    assert machine.install().stderr == (
        "muster: error: /EFI/muster/musteraa64.cfg would be read instead of /EFI/muster/muster.cfg\n"
        "  hint: move it away\n")
    (machine.installed / "musteraa64.cfg").unlink()
    machine.write("muster.cfg", CONFIG.replace("kernel=vmlinuz root=/dev/vda2\nramdisk=initrd.img\n", "")
                  .encode())
    machine.install()
    assert machine.update("--kernel", "source/vmlinuz").stderr == (
        "muster: error: [server.1] has no dom0 whose kernel= could be replaced\n")


def test_no_configuration(machine):
    (machine.source / "EFI/BOOT").mkdir(parents=True)
    result = machine.install(source="source")
    assert (result.returncode, result.stderr) == (
        1, "muster: error: there is no configuration in source\n")


def test_no_partition(machine):
    """Nothing is mounted where it is looked for, in a root without anything."""
    result = machine.run("status")
    if result.returncode == 0:
        pytest.skip("this machine has an EFI system partition")
    assert result.stderr == (
        "muster: error: no EFI system partition is mounted on /boot/efi, /efi or /boot\n"
        "  hint: mount it, or name where it is mounted with --esp DIR\n")


# --- further configurations ----------------------------------------------------------------------------

def test_chain(machine):
    """The sections of all files are one system; of two that boot under one name the first counts."""
    machine.write("other kernel", image(30100, "other"))
    machine.write("muster.cfg", b"[global]\ndefault=server\nfallback=old\nchain=sub/more.cfg\n"
                  b"[other]\nkernel=vmlinuz\n")
    (machine.source / "sub").mkdir()
    machine.write("sub/more.cfg", b"[global]\nchain=sub/last.cfg\n" + CONFIG[CONFIG.index("[server]"):].encode())
    machine.write("sub/last.cfg", b'[old]\nkernel="other kernel"\n[other]\nkernel=nothing\n')
    is_fine(machine.install(), "installed [server.1]\n" + NO_VARIABLES)
    text = machine.config("muster.1.cfg")
    assert [line for line in text.splitlines() if line.startswith("[")] == [
        "[other.1]", "[server.1]", "[domU1]", "[old.1]"]
    assert "default=server.1\nfallback=old.1 \n" in machine.config() and "sub/" not in machine.config()
    for section in ("server.1", "old.1", "other.1"):
        machine.check("-s", section)
    is_fine(machine.update(), "nothing is new in [server.1]\n")


def test_chain_with_two_domains_of_a_name(machine):
    machine.write("muster.cfg", CONFIG.replace("timeout=5", "chain=more.cfg").encode())
    machine.write("more.cfg", b"[old]\ndomains=domU1\n[domU1]\nkernel=vmlinuz\ncpus=1\nmemory=64M\n")
    result = machine.install()
    assert (result.returncode, result.stderr) == (
        1, "muster: error: [domU1] stands in muster.cfg and in more.cfg\n"
        "  hint: give one of them another name: they are put into one file\n")
    assert machine.files() == {}


# --- sealed systems ------------------------------------------------------------------------------------

SEALED = """\
[global]
default=server
[server]
xen=xen.efi
kernel=%s
"""
COUNTED = SEALED.replace("default=server\n", "default=server\nfallback=old\nstate=/EFI/muster/muster.state\n"
                         "tries=3\n") + "[old]\nkernel=vmlinuz\n"


class Sealed(Machine):
    """Systems that were sealed in source/EFI/BOOT, each with a kernel of its own."""

    def __init__(self, place):
        super().__init__(place)
        (self.source / "EFI").mkdir()
        shutil.copytree(self.source, self.source / "EFI/BOOT", ignore=lambda *_: ["EFI"])

    def seal(self, kernel, text=SEALED):
        """The sealed loader's content."""
        boot = self.source / "EFI/BOOT"
        (boot / kernel).write_bytes(image(30000, kernel))
        (boot / "muster.cfg").write_text(text.replace("%s", kernel))
        result = self.run("seal", "-o", boot / "BOOTAA64.EFI", "--dtb", "machine.dtb", "--memory", "8G",
                          boot / "muster.cfg")
        assert result.returncode == 0, result.stderr
        return (boot / "BOOTAA64.EFI").read_bytes()

    def install(self, *arguments, source="source", **environment):
        return super().install(*arguments, source=source, **environment)

    def seal_id(self):
        """What tells the seal of the last loader from another one, as docs/boot.md has it in the state."""
        boot = self.source / "EFI/BOOT"
        shown = self.run("seal", "--show", boot / "BOOTAA64.EFI").stdout
        text = b"/EFI/BOOT/muster.cfg\0" + (boot / "muster.cfg").read_bytes()
        for digest, name in re.findall(r"^(\w{64}) .* in the partition +(.*)$", shown, re.M):
            text += name.encode() + b"\0" + bytes.fromhex(digest)
        return hashlib.sha256(text).digest()

    def check_sealed(self, loader="musteraa64.efi"):
        result = self.run("check", "--dtb", "machine.dtb", "--memory", "8G", self.installed / loader)
        assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture
def sealed(tmp_path):
    return Sealed(tmp_path)


WAY_BACK = ", and /EFI/muster/former.efi is the way back\n"


def test_sealed(sealed):
    first = sealed.seal("linux-1")
    is_fine(sealed.install(), "installed the sealed system [server]\n" + NO_VARIABLES)
    assert sorted(sealed.files()) == [
        "EFI/BOOT/BOOTAA64.EFI", "EFI/BOOT/linux-1", "EFI/BOOT/xen.efi", "EFI/muster/firmware.dtb",
        "EFI/muster/muster.files", "EFI/muster/musteraa64.efi"]
    assert sealed.files()["EFI/BOOT/BOOTAA64.EFI"] == sealed.files()["EFI/muster/musteraa64.efi"] == first
    sealed.check_sealed()
    is_fine(sealed.install(), "nothing is new in the sealed system [server]\n" + NO_VARIABLES)
    # Another one: its loader takes the place, and the former one stays with its files.
    second = sealed.seal("linux-2")
    is_fine(sealed.install(), "installed the sealed system [server]" + WAY_BACK + NO_VARIABLES)
    assert sealed.files()["EFI/muster/former.efi"] == first
    sealed.check_sealed()
    sealed.check_sealed("former.efi")
    # A third one: what the first one needed alone goes.
    sealed.seal("linux-3")
    sealed.install()
    assert sealed.files()["EFI/muster/former.efi"] == second
    assert "EFI/BOOT/linux-1" not in sealed.files() and "EFI/BOOT/linux-2" in sealed.files()
    # Back.
    is_fine(sealed.install(source=sealed.installed / "former.efi"),
            "installed the sealed system [server]" + WAY_BACK + NO_VARIABLES)
    assert sealed.files()["EFI/muster/musteraa64.efi"] == sealed.files()["EFI/muster/former.efi"] == second
    assert "EFI/BOOT/linux-3" not in sealed.files()
    is_fine(sealed.run("remove", "--esp", "esp"),
            f"no boot entry was removed: this machine has no EFI variables\nremoved from {sealed.esp}\n")
    assert sealed.files() == {}


def test_sealed_status(sealed):
    sealed.seal("linux-1")
    sealed.install()
    sealed.seal("linux-2")
    sealed.install()
    result = sealed.run("status", "--esp", "esp")
    version = sealed.run("-V").stdout.split()[1]
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.partition("\n")[2] == f"""\
loader     /EFI/muster/musteraa64.efi: Muster {version}, sealed
former     /EFI/muster/former.efi: Muster {version}, sealed
removable  /EFI/BOOT/BOOTAA64.EFI: Muster {version}, sealed
entry      not known: this machine has no EFI variables

SECTION  ROLE     XEN  DOM0'S KERNEL  CHECK
server   default  -    linux-2        no errors
"""
    (sealed.esp / "EFI/BOOT/linux-2").write_bytes(image(30000, "linux-3"))
    result = sealed.run("status", "--esp", "esp")
    assert result.returncode == 1 and "linux-2        1 error\n" in result.stdout
    assert result.stdout.endswith(f"muster check {sealed.installed}/musteraa64.efi tells the errors\n")


def test_sealed_entries(sealed):
    sealed.add_variables()
    program = sealed.bin / "efibootmgr"
    former = ENTRY.replace("0003", "0004").replace("MUSTERAA64", "FORMER")
    program.write_text("#!/bin/sh\n" f"printf '%s\\n' \"$*\" >>{sealed.place}/calls\n"
                       f"case $* in *--create*) cat {sealed.place}/made >>{sealed.place}/entries ;; esac\n"
                       f"case $* in *--verbose* | '') cat {sealed.place}/entries ;; esac\n")
    (sealed.place / "made").write_text(former + "\n")
    sealed.write_entries("BootOrder: 0003,0000", ENTRY)
    sealed.seal("linux-1")
    is_fine(sealed.install(), "installed the sealed system [server]\n")
    create = CREATE.replace("--create", "--create-only").replace("musteraa64", "former")
    assert sealed.calls() == [
        create.replace("--label Muster", "--label Muster, former"), "--quiet --bootorder 0003,0004,0000"]
    sealed.write_entries("BootOrder: 0003,0004,0000", ENTRY, former)
    sealed.install()
    assert sealed.calls() == []
    sealed.seal("linux-2")
    sealed.install()
    assert "entry      Boot0004 Muster, not the first in the order\n" in sealed.run(
        "status", "--esp", "esp").stdout
    sealed.write_entries("BootOrder: 0000", ENTRY, former)
    sealed.run("remove", "--esp", "esp")
    assert sealed.calls() == ["--quiet --bootnum 0003 --delete-bootnum",
                              "--quiet --bootnum 0004 --delete-bootnum"]


def test_sealed_on_trial_is_no_way_back(sealed):
    """The loader that never was confirmed gives its place away, and the one that worked stays."""
    first = sealed.seal("linux-1", COUNTED)
    is_fine(sealed.install(), "installed the sealed system [server]\n" + NO_VARIABLES)
    assert all((sealed.installed / each).exists() for each in STATE)
    sealed.seal("linux-2", COUNTED)
    sealed.install()
    assert sealed.files()["EFI/muster/former.efi"] == first
    trial = bytearray(record(5, "server", left=2))
    trial[408:440] = sealed.seal_id()
    trial[508:] = struct.pack("<I", zlib.crc32(trial[:508]))
    write_state(sealed.installed / "muster.state", bytes(trial))
    third = sealed.seal("linux-3", COUNTED)
    is_fine(sealed.install(), "installed the sealed system [server]" + WAY_BACK + NO_VARIABLES)
    assert sealed.files()["EFI/muster/former.efi"] == first
    assert sealed.files()["EFI/muster/musteraa64.efi"] == third
    assert "EFI/BOOT/linux-2" not in sealed.files()
    sealed.check_sealed("former.efi")


def test_sealed_over_a_system_without_seal(sealed):
    """What boots without Secure Boot stays as the way back, with its configuration."""
    Machine.install(sealed, source="source/muster.cfg")
    sealed.seal("linux-1")
    is_fine(sealed.install(), "installed the sealed system [server]" + WAY_BACK + NO_VARIABLES)
    assert sealed.files()["EFI/muster/former.efi"] == (ROOT / "build/musteraa64.efi").read_bytes()
    sealed.check()
    before = sealed.files()
    for command in (lambda: sealed.update("--kernel", "source/vmlinuz"), sealed.update):
        assert command().stderr == (
            f"muster: error: the system on {sealed.esp} is sealed\n"
            "  hint: seal the changed system, and give that to muster install\n")
    assert Machine.install(sealed, source="source/muster.cfg").stderr == (
        f"muster: error: the system on {sealed.esp} is sealed, and this one is not\n"
        "  hint: seal it, too; or muster remove takes the other one away first\n")
    sealed.seal("linux-2")
    assert sealed.install("--once").stderr == (
        "muster: error: a sealed system takes the place of the loader that is there, so that --once "
        "cannot be kept\n"
        "  hint: tries= and fallback= in its configuration have it on trial\n")
    assert {**sealed.files(), "EFI/muster/muster.files": b""} == {**before, "EFI/muster/muster.files": b""}


def test_sealed_files_that_are_there(sealed):
    """A name with the right content is taken; with another one it is an error."""
    sealed.seal("linux-1")
    (sealed.esp / "EFI/BOOT").mkdir(parents=True)
    (sealed.esp / "EFI/BOOT/linux-1").write_bytes(image(30000, "linux-1"))
    assert sealed.install().returncode == 0
    assert "linux-1" not in sealed.config("muster.files")
    (sealed.source / "EFI/BOOT/xen.efi").write_bytes(image(20000, "newer"))
    sealed.seal("linux-2")
    before = sealed.files()
    result = sealed.install()
    assert (result.returncode, result.stderr) == (
        1, "muster: error: /EFI/BOOT/xen.efi is there already, with another content\n"
        "  hint: the seal fixes names: give the new file another one, as by its version, and seal it "
        "again\n")
    assert {**sealed.files(), "EFI/muster/muster.files": b""} == {**before, "EFI/muster/muster.files": b""}
    sealed.run("remove", "--esp", "esp")
    assert list(sealed.files()) == ["EFI/BOOT/linux-1"]


def test_sealed_that_is_refused(sealed):
    sealed.seal("linux-1", COUNTED.replace("state=/EFI/muster/muster.state\n", ""))
    assert sealed.install().stderr == (
        "muster: error: the boot state of the sealed system would be /EFI/BOOT/muster.state\n"
        "  hint: write state=/EFI/muster/muster.state in its [global], and seal it again\n")
    sealed.seal("linux-1")
    (sealed.source / "EFI/BOOT/linux-1").unlink()
    result = sealed.install()
    assert result.returncode == 1 and result.stderr.startswith("section [server]\n")
    (sealed.installed).mkdir(parents=True)
    for path, message in (("former.efi", "/EFI/muster/former.efi was not written by muster install\n"),
                          ("musteraa64.efi", "/EFI/muster/musteraa64.efi was not written by muster install\n"
                                             "  hint: move it away\n")):
        sealed.seal("linux-1")
        if path == "former.efi":
            sealed.install()
            sealed.seal("linux-2")
        else:
            sealed.run("remove", "--esp", "esp")
        (sealed.installed).mkdir(exist_ok=True)
        (sealed.installed / path).write_bytes(b"by hand")
        assert sealed.install().stderr == f"muster: error: {message}"
        (sealed.installed / path).unlink()


# --- status --------------------------------------------------------------------------------------------

def test_status(machine):
    result = machine.run("status", "--esp", "esp")
    assert result.returncode == 1
    assert result.stdout.endswith("""\
loader     /EFI/muster/musteraa64.efi: not there
removable  /EFI/BOOT/BOOTAA64.EFI: not there
entry      not known: this machine has no EFI variables
systems    no system is installed
""")
    machine.install("--once")
    machine.write("vmlinuz", image(31000, "new"))
    machine.install()
    result = machine.run("status", "--esp", "esp")
    assert (result.returncode, result.stderr) == (0, "")
    first, _, rest = result.stdout.partition("\n")
    free, size = re.search(", (.*) of (.*) free", first).groups()
    assert first == f"partition  {machine.esp}, {free} of {size} free"
    version = machine.run("-V").stdout.split()[1]
    assert rest == f"""\
loader     /EFI/muster/musteraa64.efi: Muster {version}
removable  /EFI/BOOT/BOOTAA64.EFI: Muster {version}
entry      not known: this machine has no EFI variables

SECTION   ROLE                                  XEN  DOM0'S KERNEL  CHECK
server.2  default, on trial: 3 of 3 tries left  -    vmlinuz.2      no errors
server.1  fallback                              -    vmlinuz        no errors
"""
    (machine.installed / "vmlinuz.2").unlink()
    result = machine.run("status", "--esp", "esp")
    assert result.returncode == 1
    assert "vmlinuz.2      1 error\n" in result.stdout
    assert result.stdout.endswith(
        f"muster check {machine.installed}/muster.cfg tells the errors\n")


def test_status_with_tries_used_up(machine):
    """Neither system has an error, and yet it is not the default that boots, or none."""
    machine.install()
    machine.write("vmlinuz", image(31000, "new"))
    machine.install()
    write_state(machine.installed / "muster.state", record(5, trial="server.2", left=0))
    result = machine.run("status", "--esp", "esp")
    assert result.returncode == 0
    assert "server.2  default, on trial: 0 of 3 tries left " in result.stdout
    assert result.stdout.endswith("no errors\n[server.1] boots next\n")
    config = machine.installed / "muster.cfg"
    config.write_text(config.read_text().replace("fallback=server.1\n", ""))
    result = machine.run("status", "--esp", "esp")
    assert result.returncode == 1
    assert result.stdout.endswith("no section boots next\n"
                                  f"muster check {config} tells the errors\n")


def test_older_loader(machine):
    machine.install()
    path = machine.installed / "musteraa64.efi"
    version = machine.run("-V").stdout.split()[1]
    path.write_bytes(path.read_bytes().replace(f"Muster {version}\n".encode(), b"Muster 9.9\n")
                     .replace(f"Muster {version}".encode(), b"Muster 9.9"))
    assert (f"musteraa64.efi: Muster 9.9, this program is {version}, not written by muster install\n"
            in machine.run("status", "--esp", "esp").stdout)


# --- power cuts ----------------------------------------------------------------------------------------

@pytest.fixture(scope="session")
def cut_library(tmp_path_factory):
    path = tmp_path_factory.mktemp("cut") / "cut.so"
    subprocess.run(["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", path,
                    HERE / "cut.c"], check=True)
    return path


@plain_build
def test_room(machine, cut_library):
    result = machine.install(LD_PRELOAD=str(cut_library), CUT_FREE=str(100 * 1024))
    assert result.returncode == 1
    needed = " ".join(result.stderr.split(", and ")[1].split()[:2])
    assert result.stderr == (
        f"muster: error: {machine.esp} has 100 KiB free, and {needed} are needed\n"
        "  hint: nothing was changed; muster status shows what is there\n")
    assert machine.files() == {}


class Medium:
    """What had reached the medium when a program ended."""

    def __init__(self, esp: Path, shadow: Path):
        self.esp = esp
        self.shadow = shadow
        self.before = {path.stat().st_ino: path.read_bytes()
                       for path in esp.rglob("*") if path.is_file()}
        self.listings = {str(path): self.listing(path)
                         for path in [esp, *esp.rglob("*")] if path.is_dir()}
        shadow.mkdir()

    @staticmethod
    def listing(path):
        return {each.name: each.stat().st_ino for each in path.iterdir()}

    def restore(self, target: Path):
        """Make the directory that is found after the cut."""
        log = self.shadow / "log"
        for line in log.read_text().splitlines() if log.exists() else []:
            path, *entries = line.split("\t")
            self.listings[path] = {entry.rpartition("/")[0]: int(entry.rpartition("/")[2])
                                   for entry in entries}
        self.fill(self.esp, target)

    def fill(self, path, target):
        target.mkdir()
        for entry, inode in self.listings.get(str(path), {}).items():
            if str(path / entry) in self.listings:
                self.fill(path / entry, target / entry)
            elif (path / entry).is_dir():
                (target / entry).mkdir()
            elif (self.shadow / str(inode)).exists():
                shutil.copy(self.shadow / str(inode), target / entry)
            else:
                # What was never flushed may be anything.
                (target / entry).write_bytes(self.before.get(inode, b"torn"))


def boots(machine, esp, sections):
    """The sections that can boot are the ones that are expected, and the loader is a whole one."""
    loader = (ROOT / "build/musteraa64.efi").read_bytes()
    for path in ("EFI/muster/musteraa64.efi", "EFI/BOOT/BOOTAA64.EFI"):
        assert (esp / path).read_bytes() == loader
    for config in (esp, esp / "EFI/muster/muster.cfg"):
        result = machine.run("check", "--json", "--dtb", "machine.dtb", "--memory", "8G", "--root", esp,
                             config)
        assert result.returncode == 0, result.stdout
        assert any(f'"section": "{section}"' in result.stdout for section in sections)


def steps(machine, cut_library, command):
    """Run a command again and again, with the power cut a step later each time."""
    saved = machine.place / "saved"
    shutil.copytree(machine.esp, saved)
    for step in range(1000):
        shutil.rmtree(machine.esp)
        shutil.copytree(saved, machine.esp)
        shutil.rmtree(machine.place / "shadow", ignore_errors=True)
        shutil.rmtree(machine.place / "found", ignore_errors=True)
        medium = Medium(machine.esp, machine.place / "shadow")
        result = command(LD_PRELOAD=str(cut_library), CUT_ROOT=str(machine.esp), CUT_STEP=str(step),
                         CUT_SHADOW=str(medium.shadow))
        assert result.returncode in (0, 99), result.stderr
        medium.restore(machine.place / "found")
        yield step
        if result.returncode == 0:
            return
    assert False, "it has no end"


@plain_build
@pytest.mark.parametrize("kind", ["update", "install", "once"])
def test_power_cut(machine, cut_library, kind):
    """After each step: what boots is the former system or the new one, and the command can be done
    again."""
    machine.install()
    machine.write("vmlinuz", image(31000, "new"))
    if kind != "install":
        machine.install()
        machine.confirm("server.2")
    machine.write("vmlinuz", image(32000, "newer"))
    old, new = ("server.1", "server.2") if kind == "install" else ("server.2", "server.3")

    def command(**environment):
        if kind == "update":
            return machine.update("--kernel", "source/vmlinuz", **environment)
        return machine.install(*(["--once"] if kind == "once" else []), **environment)

    seen = set()
    for _ in steps(machine, cut_library, command):
        for esp in (machine.esp, machine.place / "found"):
            boots(machine, esp, (old, new))
            if "default=" + new in (esp / "EFI/muster/muster.cfg").read_text():
                machine.check("-s", old, at=esp)
                seen.add(new)
        assert command().returncode == 0
        boots(machine, machine.esp, (new,))
        machine.check("-s", old)
        files = machine.files()
        listed = [line.split("  ")[1] for line in machine.config("muster.files").splitlines()[1:]]
        assert sorted(listed + ["/EFI/muster/muster.files"]) == sorted("/" + each for each in files)
    assert seen == ({new} if kind != "once" else set())


@plain_build
@pytest.mark.parametrize("way", ["on", "back"])
def test_power_cut_of_a_sealed_system(sealed, cut_library, way):
    """After each step: the loader is the one before or the new one, and has all of its files."""
    loaders = []
    for kernel in ("linux-1", "linux-2", "linux-3"):
        loaders.append(sealed.seal(kernel))
        if kernel != "linux-3":
            assert sealed.install().returncode == 0
    source = sealed.installed / "former.efi" if way == "back" else "source"
    allowed = [loaders[1], loaders[0] if way == "back" else loaders[2]]
    for _ in steps(sealed, cut_library, lambda **environment: sealed.install(source=source, **environment)):
        found = sealed.place / "found"
        for path in ("EFI/muster/musteraa64.efi", "EFI/BOOT/BOOTAA64.EFI"):
            assert (found / path).read_bytes() in allowed
            result = sealed.run("check", "--dtb", "machine.dtb", "--memory", "8G", found / path)
            assert result.returncode == 0, result.stdout
        shutil.rmtree(sealed.esp)
        shutil.copytree(found, sealed.esp)
        assert sealed.install(source=source).returncode == 0
    assert (sealed.installed / "musteraa64.efi").read_bytes() == allowed[1]


@plain_build
def test_power_cut_of_remove(machine, cut_library):
    machine.install()
    for _ in steps(machine, cut_library,
                   lambda **environment: machine.run("remove", "--esp", "esp", **environment)):
        if (machine.installed / "muster.files").exists():
            assert machine.run("remove", "--esp", "esp").returncode == 0
        assert machine.files() == {}
