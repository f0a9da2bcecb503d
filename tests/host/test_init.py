# SPDX-License-Identifier: BSD-2-Clause
"""Init: a first system of what is in /boot, or of what is named, that checks."""

import os
import pty
import shutil
import subprocess

import pytest

from conftest import HERE, MUSTER
from system import compile_tree, cpio, image

BOARD = "/include/ \"machine.dts\"\n/ { chosen { }; };\n"


@pytest.fixture
def place(tmp_path):
    """A directory with a /boot in it, and the tree of a machine."""
    boot = tmp_path / "boot"
    boot.mkdir()
    (boot / "xen-4.9-arm64.efi").write_bytes(image(20000, "old"))
    (boot / "xen-4.17-arm64.efi").write_bytes(image(20000, "new"))
    for version in ("6.1.0-9", "6.1.0-44"):
        (boot / f"vmlinuz-{version}").write_bytes(image(50000, version))
        (boot / f"initrd.img-{version}").write_bytes(cpio(5000, version))
    compile_tree(HERE / "machine.dts", tmp_path / "machine.dtb")
    return tmp_path


def run(place, *arguments):
    return subprocess.run([MUSTER, "init", *arguments], cwd=place, capture_output=True, text=True,
                          timeout=60, stdin=subprocess.DEVNULL)


def run_command(place, *arguments, **environment):
    """Another command, on a machine without a device tree."""
    return subprocess.run([MUSTER, *arguments], cwd=place, capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, env={**os.environ, "MUSTER_FIRMWARE_TREE": "", **environment})


def check(place, *arguments):
    """The output of check about the new system, without a mistake."""
    result = subprocess.run([MUSTER, "check", "--strict", "--dtb", "machine.dtb", "--memory", "8G",
                             *arguments], cwd=place, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
    return result.stdout


def test_newest_of_boot(place):
    result = run(place, "--boot", "boot")
    assert (result.returncode, result.stdout, result.stderr) == (
        0, "wrote esp\nnext: muster check --machine qemu esp, muster run esp\n", "")
    assert (place / "esp/EFI/BOOT/muster.cfg").read_text() == """\
# Made by muster init. docs/configuration.md explains every key.

[global]
default=system

[system]
options=console=dtuart
xen=xen-4.17-arm64.efi
domains=domU1 domU2

[domU1]
kernel=vmlinuz-6.1.0-44 console=ttyAMA0
ramdisk=initrd.img-6.1.0-44
cpus=1
memory=512M
vpl011

[domU2]
kernel=vmlinuz-6.1.0-44 console=ttyAMA0
ramdisk=initrd.img-6.1.0-44
cpus=1
memory=512M
vpl011
"""
    assert "2 domains" in check(place, "esp")
    assert not list(place.glob(".esp*"))


def test_named_files(place):
    """With blanks in their names, a dom0, and no ramdisk but a named one."""
    (place / "my kernel").write_bytes(image(50000, "mine"))
    assert run(place, "--boot", "boot", "--kernel", "my kernel", "--dom0", "--domains", "1",
               "new").returncode == 0
    config = (place / "new/EFI/BOOT/muster.cfg").read_text()
    assert 'options=console=dtuart dom0_mem=512M\n' in config
    assert 'kernel="my kernel" console=hvc0\n' in config and "ramdisk" not in config
    check(place, "new")
    assert run(place, "--boot", "boot", "--kernel", "my kernel", "--ramdisk",
               "boot/initrd.img-6.1.0-9", "--xen", "boot/xen-4.9-arm64.efi", "third").returncode == 0
    check(place, "third")
    assert "ramdisk=initrd.img-6.1.0-9\n" in (place / "third/EFI/BOOT/muster.cfg").read_text()


def test_without_names(place):
    """What init wrote is what others look at, for the machine that run starts."""
    for command, missing in (("check", "name a configuration"), ("plan", "name one configuration"),
                             ("run", "name one directory or disk")):
        result = run_command(place, command)
        assert result.returncode == 2 and result.stderr.startswith(f"muster {command}: {missing}\n")
    assert run(place, "--boot", "boot").returncode == 0
    note = ("note: the device tree is that of the machine that muster run starts\n"
            "  hint: --dtb FILE takes another one\n1 note\n")
    result = run_command(place, "check", "--strict")
    assert (result.returncode, result.stdout) == (0, f"{note}no errors: 2 domains, 3 files\n")
    result = run_command(place, "plan")
    assert (result.returncode, result.stderr) == (0, note)
    # A tree that is named, or this machine's own, is what counts.
    result = run_command(place, "check", "--dtb", "gone")
    assert result.stderr == "muster: error: cannot read the device tree gone: No such file or directory\n"
    own = run_command(place, "check", MUSTER_FIRMWARE_TREE=str(place / "gone"))
    assert own.stderr == f"muster: error: cannot read the device tree {place}/gone: No such file or directory\n"


def test_many_domains_fit(place):
    """Their memory is less then."""
    for arguments, memory in ((["--dom0", "--domains", "3"], 256), (["--dom0", "--domains", "16"], 64)):
        shutil.rmtree(place / "esp", ignore_errors=True)
        assert run(place, "--boot", "boot", *arguments).returncode == 0
        assert f"memory={memory}M\n" in (place / "esp/EFI/BOOT/muster.cfg").read_text()
        assert run_command(place, "check", "--strict").returncode == 0


@pytest.mark.parametrize("arguments, message", [
    (["--boot", "nowhere"], "there is no Xen in nowhere: name one with --xen FILE"),
    (["--boot", "nowhere", "--xen", "boot/xen-4.9-arm64.efi"],
     "there is no kernel in nowhere: name one with --kernel FILE"),
    (["--boot", "boot", "--domains", "0"],
     "there is neither a dom0 nor a domain: give --dom0 or --domains N"),
    (["--boot", "boot", "--kernel", "gone"], "cannot copy gone: No such file or directory"),
    (["--boot", "boot", "boot"], "boot is there already\n  hint: name another directory"),
])
def test_what_cannot_be_made(place, arguments, message):
    result = run(place, *arguments)
    assert (result.returncode, result.stderr) == (1, f"muster: error: {message}\n")
    assert not (place / "esp").exists() and not list(place.glob(".*"))


@pytest.mark.parametrize("arguments, message", [
    (["a", "b"], "name one directory"),
    (["--domains", "many"], "many is not a number of domains from 0 to 16"),
    (["--no-such"], "unknown or ambiguous option --no-such"),
])
def test_usage(place, arguments, message):
    result = run(place, *arguments)
    assert result.returncode == 2
    assert result.stderr.startswith(f"muster init: {message}\nusage: muster init ")


def answer(place, keys, *arguments):
    """What init says to keys on a terminal, with its exit code."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(place)
        os.execv(MUSTER, [MUSTER, "init", *arguments])
    os.write(terminal, keys)
    text = b""
    try:
        while part := os.read(terminal, 4096):
            text += part
    except OSError:
        pass
    os.close(terminal)
    return text.decode(), os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def test_questions(place):
    """On a terminal; an empty answer takes what is offered."""
    text, code = answer(place, b"\n\nboot/initrd.img-6.1.0-9\n1\n", "--boot", "boot")
    assert code == 0
    for question in ("Xen [boot/xen-4.17-arm64.efi]: ", "Kernel [boot/vmlinuz-6.1.0-44]: ",
                     "Ramdisk [boot/initrd.img-6.1.0-44]: ", "Domains [2]: "):
        assert question in text
    config = (place / "esp/EFI/BOOT/muster.cfg").read_text()
    assert "domains=domU1\n" in config and "ramdisk=initrd.img-6.1.0-9\n" in config


def test_wrong_answers(place):
    """Each is asked again, and what was answered before is kept."""
    text, code = answer(place, b"\nnone.efi\nboot\nboot/xen-4.17-arm64.efi\n"
                        b"boot/vmlinuz-6.1.0-9\n\ntwo\n0\n17\n3\n", "--boot", "nowhere")
    assert code == 0
    for message in ("this needs a file", "cannot read none.efi: No such file or directory",
                    "cannot read boot: Is a directory", "two is not a number from 1 to 16",
                    "0 is not a number from 1 to 16", "17 is not a number from 1 to 16"):
        assert text.count(message) == 1
    config = (place / "esp/EFI/BOOT/muster.cfg").read_text()
    assert "domains=domU1 domU2 domU3\n" in config and "kernel=vmlinuz-6.1.0-9 " in config


def test_questions_without_an_answer(place):
    """The end of the input, Ctrl-D, writes nothing, and says so."""
    text, code = answer(place, b"\n\x04", "--boot", "boot")
    assert code == 1
    assert "not all questions were answered, so nothing was written" in text
    assert not (place / "esp").exists()
