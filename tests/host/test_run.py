# SPDX-License-Identifier: BSD-2-Clause
"""Run, with a stand-in for QEMU: who is said to say what, how a run ends, and what it leaves."""

import json
import os
import re
import pty
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conftest import HERE, MUSTER, ROOT
from system import cpio, image

sys.path.append(str(ROOT / "tests/boot"))
import variables  # pylint: disable=wrong-import-position

KEYS = Path("/usr/share/AAVMF/AAVMF_VARS.snakeoil.fd")

BOARD = """
/include/ "machine.dts"
/ { chosen { #address-cells = <2>; #size-cells = <2>; }; };
"""

TWO = """\
[global]
default=one
[one]
options=console=dtuart
domains=first second
[first]
kernel=vmlinuz console=ttyAMA0
ramdisk=a.img
cpus=1
memory=128M
vpl011
[second]
kernel=vmlinuz
cpus=1
memory=128M
vpl011
"""
WITH_DOM0 = TWO.replace("options=console=dtuart", "options=console=dtuart\nkernel=vmlinuz x")

XEN = "(XEN) Xen version 4.17\r\n"


class Machine:
    """A system to run, and the stand-in for QEMU that it runs on."""

    def __init__(self, directory):
        self.directory = directory
        self.fake = directory / "fake"
        self.fake.mkdir()
        self.path = directory / "path"
        self.path.mkdir()
        (self.path / "qemu-system-aarch64").symlink_to(HERE / "fake_qemu.py")
        subprocess.run(["dtc", "-q", "-i", HERE, "-I", "dts", "-O", "dtb", "-o",
                        self.fake / "machine.dtb"], input=BOARD.encode(), check=True)
        self.boot = directory / "esp/EFI/BOOT"
        self.boot.mkdir(parents=True)
        (self.boot / "BOOTAA64.EFI").write_bytes(image(20000, "loader"))
        (self.boot / "xen.efi").write_bytes(image(20000, "xen"))
        (self.boot / "vmlinuz").write_bytes(image(50000, "vmlinuz"))
        (self.boot / "a.img").write_bytes(cpio(5000, "a"))
        (directory / "tmp").mkdir()
        self.environment = {**os.environ, "PATH": f"{self.path}:{os.environ['PATH']}",
                            "FAKE_QEMU": str(self.fake), "TMPDIR": str(directory / "tmp")}

    def prepare(self, config, *steps):
        """Write the configuration, and what the machine does: texts are said, pairs are steps."""
        (self.boot / "muster.cfg").write_text(config)
        lines = [json.dumps(step if isinstance(step, tuple) else ("say", step)) for step in steps]
        (self.fake / "script").write_text("\n".join(lines))

    def run(self, *arguments, source="esp"):
        result = subprocess.run([MUSTER, "run", *arguments, source], cwd=self.directory,
                                capture_output=True, text=True, timeout=60,
                                stdin=subprocess.DEVNULL, env=self.environment)
        self.check_left()
        return result

    def check_left(self):
        """Neither files nor the machine are left."""
        assert not list((self.directory / "tmp").iterdir())
        process = self.fake / "process"
        if process.exists():
            assert not Path(f"/proc/{process.read_text()}").exists()

    def lines(self, config, *steps):
        """What a run shows of these steps: pairs of a name and a text."""
        self.prepare(config, *steps)
        result = self.run()
        assert result.returncode == 0, result.stdout + result.stderr
        return [tuple(part.strip() for part in line.split("|", 1))
                for line in result.stdout.splitlines()]


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_names(machine):
    """Xen's numbers become the names that the configuration gives."""
    assert machine.lines(
        TWO, "UEFI firmware\r\n", "Muster\r\n", XEN,
        "(XEN) DOM1: [    0.0] Booting\r\r\n(XEN) DOM2: hello | there\r\r\n",
        "(XEN) DOM1: \r\r\n", "(XEN) DOM3: stray\r\r\n") == [
            ("", "UEFI firmware"), ("", "Muster"), ("xen", "Xen version 4.17"),
            ("first", "[    0.0] Booting"), ("second", "hello | there"), ("first", ""),
            ("DOM3", "stray")]


def test_newer_xen(machine):
    """Xen 4.19 and later number domains in another way."""
    assert machine.lines(TWO, XEN, "(d1) one\r\r\n(d2) two\r\r\n(XEN) three\r\n") == [
        ("xen", "Xen version 4.17"), ("first", "one"), ("second", "two"), ("xen", "three")]


def test_timestamps(machine):
    assert machine.lines(TWO, "(XEN) [0000000014] Xen\r\n",
                         "(XEN) [2026-11-22 16:00:00] DOM2: two\r\r\n") == [
        ("xen", "[0000000014] Xen"), ("second", "two")]


def test_dom0_has_no_prefix(machine):
    """Xen breaks into dom0's lines."""
    assert machine.lines(
        WITH_DOM0, "firmware\r\n", XEN, "dom0 # (XEN) DOM1: up\r\r\nMARK\r\n(XEN) own\r\n") == [
            ("", "firmware"), ("xen", "Xen version 4.17"), ("dom0", "dom0 #"), ("first", "up"),
            ("dom0", "MARK"), ("xen", "own")]


def test_domain_with_the_keyboard(machine):
    """Xen no longer names the domain that it gives the keyboard to."""
    assert machine.lines(
        TWO, XEN, "(XEN) *** Serial input to DOM1 (type 'CTRL-a' three times)\r\n",
        "(XEN) # ls\r\r\n(XEN) d2v0 something of Xen\r\n(XEN) DOM2: other\r\r\n",
        "(XEN) *** Serial input to Xen\r\n", "(XEN) own\r\n") == [
            ("xen", "Xen version 4.17"),
            ("xen", "*** Serial input to DOM1 (type 'CTRL-a' three times)"),
            ("first", "# ls"), ("xen", "d2v0 something of Xen"), ("second", "other"),
            ("xen", "*** Serial input to Xen"), ("xen", "own")]


def test_keyboard_changes_within_a_line(machine):
    """Xen does not wait for the end of a domain's line before it says who has the keyboard."""
    assert machine.lines(
        TWO, XEN, "(XEN) *** Serial input to DOM1 (type)\r\n",
        "(XEN) / # *** Serial input to DOM2 (type)\r\n(XEN) two\r\n",
        "(XEN) [2026-11-22 16:00:00] *** Serial input to DOM1 (type)\r\n(XEN) one\r\n") == [
            ("xen", "Xen version 4.17"), ("xen", "*** Serial input to DOM1 (type)"),
            ("first", "/ #"), ("xen", "*** Serial input to DOM2 (type)"), ("second", "two"),
            ("xen", "[2026-11-22 16:00:00] *** Serial input to DOM1 (type)"), ("first", "one")]


def test_bytes_that_come_one_by_one(machine):
    text = "(XEN) DOM1: slow\r\r\n"
    steps = [step for byte in text for step in (byte, ("sleep", 0.02))]
    assert machine.lines(TWO, *steps) == [("first", "slow")]


def test_escape_sequences(machine):
    """What would command a terminal is left out, and of a progress bar only its end is shown."""
    assert machine.lines(
        TWO, "\x1b[2J\x1b[01;01H\x1b[=3hBoot\x1b]0;title\x07ing\r\n", "10 %\r20 %\r\x1b[K30 %\r\n",
        "(XEN) DOM1: \x1b[1;31mred\x1b[0m \x07bell\x00\r\r\n") == [
            ("", "Booting"), ("", "30 %"), ("first", "red bell")]


def test_rows_of_a_menu(machine):
    """Each row is a line, and a countdown is shown as it was in the end."""
    assert machine.lines(
        TWO, "\x1b[2J\x1b[01;01HMuster\x1b[03;01H>  1  new\x1b[23;01H[new] boots in 2 s",
        "\x1b[23;01H[new] boots in 1 s", "\x1b[24;1H\x1b[25;1HEsc: firmware\x1b[25;9Hboard",
        "\x1b[HMuster\r\n", "\x1b[1;2xone\r\ntwo\x1b[1;1Hthree\n") == [
            ("", "Muster"), ("", ">  1  new"), ("", "[new] boots in 1 s"),
            ("", "Esc: firmwareboard"), ("", "Muster"), ("", "one"), ("", "two"), ("", "three")]


def test_long_line(machine):
    shown = machine.lines(TWO, XEN, "x" * 5000 + "\n")
    assert "".join(text for _, text in shown[1:]) == "x" * 5000


def test_end_without_line_end(machine):
    assert machine.lines(TWO, XEN, "(XEN) DOM1: login: ") == [
        ("xen", "Xen version 4.17"), ("first", "login:")]


def test_until(machine):
    """The run ends well when each domain with a console has written the text."""
    machine.prepare(TWO, XEN, "(XEN) DOM1: first is up\r\r\n(XEN) DOM2: second is up\r\r\n",
                    ("sleep", 50))
    start = time.monotonic()
    result = machine.run("--until", "is up")
    assert result.returncode == 0 and time.monotonic() - start < 30
    assert "second is up" in result.stdout
    assert re.search('muster run: every domain wrote "is up" within [0-9.]+ s of power-on\n',
                     result.stderr)


def test_until_at_a_prompt(machine):
    """A prompt has no end of line."""
    machine.prepare(TWO, XEN, "(XEN) DOM1: login: \r\r\n(XEN) DOM2: login: ", ("sleep", 50))
    assert machine.run("--until", "login:").returncode == 0


@pytest.mark.parametrize("config, steps, missing", [
    (TWO, ["(XEN) DOM1: is up\r\r\n"], "second"),
    (TWO, ["(XEN) is up\r\n"], "first, second"),
    (WITH_DOM0, [XEN, "(XEN) DOM1: is up\r\r\n(XEN) DOM2: is up\r\r\n"], "dom0"),
    (WITH_DOM0, ["is up\r\n", XEN, "(XEN) DOM2: is up\r\r\n"], "dom0, first"),
])
def test_until_of_some_is_not_enough(machine, config, steps, missing):
    machine.prepare(config, *steps)
    result = machine.run("--until", "is up")
    assert result.returncode == 1
    assert result.stderr == f'muster run: the machine stopped before {missing} wrote "is up"\n'


def test_timeout(machine):
    machine.prepare(TWO, XEN, "(XEN) DOM1: is up\r\r\n", ("sleep", 50))
    start = time.monotonic()
    result = machine.run("--timeout", "2", "--until", "is up")
    assert result.returncode == 1 and time.monotonic() - start < 30
    assert result.stderr == 'muster run: the time ran out before second wrote "is up"\n'


def test_timeout_alone(machine):
    machine.prepare(TWO, XEN, ("sleep", 50))
    result = machine.run("--timeout", "1")
    assert result.returncode == 1
    assert result.stderr == "muster run: the time ran out\n"


def test_machine_that_takes_no_keys(machine):
    """A console that nobody reads does not keep the run from its end."""
    machine.prepare(TWO, XEN, ("sleep", 50))
    with subprocess.Popen(["yes"], stdout=subprocess.PIPE) as typist:
        result = subprocess.run([MUSTER, "run", "--timeout", "2", "esp"], cwd=machine.directory,
                                capture_output=True, text=True, timeout=30, stdin=typist.stdout,
                                env=machine.environment)
        typist.kill()
    assert result.returncode == 1
    assert result.stderr == "muster run: the time ran out\n"


def test_first_keys_without_dom0(machine):
    """Xen gives the keyboard to a dom0 that is not there; the first key asks for the next one."""
    machine.prepare(TWO, XEN, "(XEN) *** Serial input to DOM0 (type)\r\n",
                    ("hear", "\x01\x01\x01a"), "(XEN) *** Serial input to DOM1 (type)\r\n",
                    "(XEN) a", ("hear", "b"), "b\r\n")
    terminal = Terminal(machine)
    terminal.wait_for(b"input to DOM0")
    terminal.type(b"a")
    terminal.wait_for(b"first >")
    terminal.type(b"b")
    assert terminal.end() == 0
    assert (machine.fake / "typed").read_bytes() == b"\x01\x01\x01ab"


def test_junit(machine):
    """Each domain is a test."""
    machine.prepare(TWO, XEN, "(XEN) DOM1: is <up>\r\r\n")
    result = machine.run("--until", "is <up>", "--junit", "result.xml")
    assert result.returncode == 1
    text = re.sub(r'time="[0-9]+\.[0-9]"', 'time="0"', (machine.directory / "result.xml").read_text())
    assert text == """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="muster run" tests="2" failures="1" time="0">
    <testcase classname="esp" name="first" time="0"/>
    <testcase classname="esp" name="second" time="0"><failure message="the machine stopped before \
it wrote &quot;is &lt;up>&quot;"/></testcase>
  </testsuite>
</testsuites>
"""


@pytest.mark.parametrize("steps, options, message", [
    ([XEN], [], None),
    ([XEN, ("sleep", 50)], ["--timeout", "1"], "the time ran out"),
    ([("fail", "no")], [], "the machine stopped"),
])
def test_junit_of_a_boot(machine, steps, options, message):
    """Without a text to wait for, the boot is one test."""
    machine.prepare(TWO, *steps)
    machine.run(*options, "--junit", "result.xml")
    suite = ElementTree.parse(machine.directory / "result.xml").getroot()[0]
    assert suite.get("tests") == "1" and suite[0].get("name") == "boot"
    assert [failure.get("message") for failure in suite[0]] == ([message] if message else [])


def test_junit_of_what_does_not_start(machine):
    machine.prepare(TWO.replace("ramdisk=a.img", "ramdisk=b.img"))
    machine.run("--junit", "result.xml")
    suite = ElementTree.parse(machine.directory / "result.xml").getroot()[0]
    assert suite[0][0].get("message") == "the system could not be prepared"
    machine.prepare(TWO.replace("vpl011\n", ""))
    machine.run("--junit", "result.xml", "--until", "is up")
    suite = ElementTree.parse(machine.directory / "result.xml").getroot()[0]
    assert suite[0][0].get("message") == "the machine could not be started"
    result = machine.run("--junit", "nowhere/result.xml")
    assert result.returncode == 1
    assert "cannot write nowhere/result.xml: No such file or directory\n" in result.stderr


def test_junit_of_a_run_that_was_left(machine):
    machine.prepare(TWO, XEN, ("sleep", 50))
    terminal = Terminal(machine, "--until", "up", "--junit", "result.xml")
    terminal.wait_for(b"Xen version")
    terminal.type(b"\x01x")
    assert terminal.end() == 1
    suite = ElementTree.parse(machine.directory / "result.xml").getroot()[0]
    assert suite[1][0].get("message") == 'the run was left before it wrote "up"'


def test_more_arguments(machine):
    """What is behind -- is QEMU's."""
    machine.prepare(TWO, XEN)
    result = subprocess.run([MUSTER, "run", "--net", "esp", "--", "-device", "virtio-rng-device"],
                            cwd=machine.directory, capture_output=True, text=True, timeout=60,
                            stdin=subprocess.DEVNULL, env=machine.environment)
    assert result.returncode == 0, result.stderr
    command = (machine.fake / "command").read_text()
    assert " -device virtio-rng-device" in command
    assert "-netdev user,id=net0 -device virtio-net-device,netdev=net0" in command
    result = subprocess.run([MUSTER, "run", "esp", "--", *["-x"] * 300], cwd=machine.directory,
                            capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                            env=machine.environment)
    assert result.returncode == 1
    assert result.stderr == "muster: error: there are too many arguments for QEMU\n"


def served(machine):
    """The files that were served to the machine."""
    kept = machine.fake / "kept"
    return {str(path.relative_to(kept)): path.read_bytes() for path in kept.rglob("*")
            if path.is_file()}


def files(directory):
    return {str(path.relative_to(directory)): path.read_bytes()
            for path in directory.rglob("*") if path.is_file()}


def test_by_tftp(machine):
    """QEMU serves the directory, with a loader, and there is no disk."""
    machine.prepare(TWO, ("keep", r",tftp=(\S+) "), XEN)
    result = machine.run("--net", "tftp")
    assert result.returncode == 0, result.stderr
    command = (machine.fake / "command").read_text()
    assert " -netdev user,id=net0,bootfile=EFI/BOOT/BOOTAA64.EFI,tftp=" in command
    assert " -device virtio-net-device,netdev=net0 -device virtio-rng-device " in command
    assert "virtio-blk" not in command
    assert served(machine) == files(machine.directory / "esp")


@pytest.mark.parametrize("secure", (False, True))
def test_by_http(machine, secure):
    """The directory is served; EDK2's one boot option is the loader there."""
    names = [*files(machine.directory / "esp"), "EFI/BOOT/muster.cfg"]
    machine.prepare(TWO, ("fetch", names), XEN)
    result = machine.run("--net", "http", *["--secure-boot"] * secure)
    assert result.returncode == 0, result.stderr
    command = (machine.fake / "command").read_text()
    assert (" -netdev user,id=net0 -device virtio-net-device,netdev=net0"
            " -device virtio-rng-device " in command)
    assert "virtio-blk" not in command
    assert served(machine) == files(machine.directory / "esp")
    assert (machine.fake / "boot").read_text() == "EFI/BOOT/BOOTAA64.EFI"


@pytest.mark.parametrize("secure", (False, True))
def test_variables(machine, secure):
    """EDK2's store, byte for byte, as the boot tests write one."""
    machine.prepare(TWO, ("keep", r"if=pflash,format=raw,file=(\S+)"), XEN)
    assert machine.run("--net=http", *["--secure-boot"] * secure).returncode == 0
    kept = (machine.fake / "kept").read_bytes()
    url = re.search(rb"http://10\.0\.2\.2:\d+/EFI/BOOT/BOOTAA64.EFI", kept)[0].decode()
    option = [variables.WebOption("network", url)]
    if secure:
        variables.extend_store(KEYS, machine.directory / "store", option)
    else:
        variables.write_store(machine.directory / "store", option)
    assert kept == (machine.directory / "store").read_bytes()


def test_disk_by_http(machine):
    """The disk itself is served, under a name that EDK2 knows for a disk."""
    machine.prepare(TWO, ("fetch", ["disk.img"]), XEN)
    subprocess.run([MUSTER, "image", "-o", "a disk", "esp"], cwd=machine.directory, check=True,
                   capture_output=True, timeout=60)
    result = machine.run("--net", "http", source="a disk")
    assert result.returncode == 0, result.stderr
    assert served(machine) == {"disk.img": (machine.directory / "a disk").read_bytes()}
    assert (machine.fake / "boot").read_text() == "disk.img"
    result = machine.run("--net", "tftp", source="a disk")
    assert result.returncode == 1
    assert result.stderr == "muster: error: a disk is no directory: a disk does not boot by tftp\n"


def test_no_web_server(machine):
    """Python may be missing, or not serve."""
    machine.prepare(TWO, XEN)
    machine.environment["PATH"] = str(machine.path)
    result = machine.run("--net", "http")
    assert result.returncode == 1
    assert result.stderr == "muster: error: python3 is missing: install the Debian package python3\n"
    for name in ("sh", "sleep", "setpriv"):
        (machine.path / name).symlink_to(shutil.which(name))
    (machine.path / "python3").write_text("#!/bin/sh\n")
    (machine.path / "python3").chmod(0o755)
    result = machine.run("--net", "http")
    assert result.returncode == 1
    assert re.fullmatch(r"muster: error: python3 -m http.server does not serve port \d+\n",
                        result.stderr)


def test_usage_of_net(machine):
    machine.prepare(TWO, XEN)
    for arguments, message in (
            (("--net=nfs",), "--net boots by tftp or http, not by nfs"),
            (("--net", "tftp", "--firmware", "u-boot"),
             "--net tftp and --net http are for edk2 alone")):
        result = machine.run(*arguments)
        assert result.returncode == 2
        assert result.stderr.startswith(f"muster run: {message}\n")


def test_domain_without_console_is_not_awaited(machine):
    machine.prepare(TWO.removesuffix("vpl011\n"), XEN, "(XEN) DOM1: is up\r\r\n", ("sleep", 50))
    result = machine.run("--until", "is up")
    assert result.returncode == 0
    assert ("muster run: second has no console (vpl011), so it is not waited for\n"
            in result.stderr)


def test_no_console_at_all(machine):
    machine.prepare(TWO.replace("vpl011\n", ""))
    result = machine.run("--until", "is up")
    assert result.returncode == 1
    assert 'no domain has a console, so none can write "is up"' in result.stderr


def test_log(machine):
    """The log has every byte as it came."""
    text = "\x1b[2Jfirmware\r\n" + XEN + "(XEN) DOM1: \xc3\xbc\r\r\n"
    machine.prepare(TWO, text)
    assert machine.run("--log", "console.log").returncode == 0
    assert (machine.directory / "console.log").read_bytes() == text.encode("latin-1")


def test_secure_boot(machine):
    """A machine of EDK2 alone."""
    machine.prepare(TWO, XEN)
    machine.run("--secure-boot")
    assert "AAVMF_CODE.fd" in (machine.fake / "command").read_text()
    result = machine.run("--secure-boot", "--firmware", "u-boot")
    assert result.returncode == 2
    assert "muster run: --secure-boot is for edk2 alone\n" in result.stderr


@pytest.mark.parametrize("firmware", ["edk2", "u-boot"])
def test_command_line(machine, firmware):
    machine.prepare(TWO, XEN)
    machine.run("--firmware", firmware, "--memory", "3G", "--cpus", "4")
    command = (machine.fake / "command").read_text()
    assert "-m 3072M" in command and "-smp 4" in command and "-nic none" in command
    assert "virtualization=on" in command
    assert ("u-boot.bin" in command) == (firmware == "u-boot")
    assert ("AAVMF_CODE.fd" in command) == (firmware == "edk2")
    assert ("-boot menu=on,splash-time=0" in command) == (firmware == "edk2")


def test_cpus_take_turns_where_the_host_has_no_more(machine):
    machine.prepare(TWO, XEN)
    available = os.sysconf("SC_NPROCESSORS_ONLN")
    for number, takes_turns in ((available - 1, False), (available, True)):
        if number > 0:
            machine.run("--cpus", str(number))
            command = (machine.fake / "command").read_text()
            assert ("thread=single" in command) == takes_turns


def test_disk(machine):
    """A disk image is run as it is, and its system's names are known all the same."""
    machine.prepare(TWO, XEN, "(XEN) DOM2: here\r\r\n")
    subprocess.run([MUSTER, "image", "-o", "a,disk.img", "esp"], cwd=machine.directory, check=True,
                   stdout=subprocess.DEVNULL)
    before = (machine.directory / "a,disk.img").read_bytes()
    result = machine.run(source="a,disk.img")
    assert result.returncode == 0
    assert "second | here\n" in result.stdout
    assert "snapshot=on,file=a,,disk.img" in (machine.fake / "command").read_text()
    assert (machine.directory / "a,disk.img").read_bytes() == before


def test_disk_without_partition(machine):
    """It may be booted by something else; then nobody's name is known."""
    machine.prepare(TWO, XEN, "(XEN) DOM2: here\r\r\n")
    (machine.directory / "raw.img").write_bytes(bytes(510) + b"\x55\xaa" + bytes(99488))
    result = machine.run("--until", "here", source="raw.img")
    assert result.returncode == 0
    assert "DOM2 | here\n" in result.stdout


def test_other_loader(machine):
    """Without a configuration of Muster's the system is run without names."""
    machine.prepare(TWO, "GRUB\r\n", XEN, "(XEN) DOM1: here\r\r\n")
    (machine.boot / "muster.cfg").unlink()
    result = machine.run()
    assert result.returncode == 0
    assert "DOM1 | here\n" in result.stdout


def test_no_disk(machine):
    """A file that no firmware would boot from."""
    machine.prepare(TWO, XEN)
    result = machine.run(source="esp/EFI/BOOT/muster.cfg")
    assert result.returncode == 1
    assert result.stderr == ("muster: error: esp/EFI/BOOT/muster.cfg is not a disk image: it has no "
                             "partition table\n")
    assert not (machine.fake / "command").exists()


def test_configuration_that_the_loader_does_not_read(machine):
    """Where the loader would be Muster's own, it has to find its configuration."""
    machine.prepare(TWO, XEN)
    (machine.boot / "BOOTAA64.EFI").unlink()
    (machine.boot / "muster.cfg").rename(machine.directory / "esp/muster.cfg")
    result = machine.run()
    assert result.returncode == 1
    assert result.stderr == ("muster: error: esp has no EFI/BOOT/muster.cfg, which the loader would "
                             "read\n")
    assert not (machine.fake / "command").exists()


def test_system_with_mistakes(machine):
    """It is not started; the mistakes are those that check finds."""
    machine.prepare(TWO.replace("ramdisk=a.img", "ramdisk=b.img"), XEN)
    result = machine.run()
    assert result.returncode == 1
    assert "b.img" in result.stdout and "error:" in result.stdout
    assert not (machine.fake / "command").exists()


def test_missing_qemu(machine):
    machine.prepare(TWO)
    (machine.path / "qemu-system-aarch64").unlink()
    for name in ("mformat", "mcopy", "mmd", "sfdisk", "setpriv"):
        (machine.path / name).symlink_to(shutil.which(name))
    machine.environment["PATH"] = str(machine.path)
    result = machine.run()
    assert result.returncode == 1
    assert (result.stderr == "muster: error: qemu-system-aarch64 is missing: install the Debian "
                             "package qemu-system-arm\n")


def test_no_temporary_directory(machine):
    machine.prepare(TWO)
    machine.environment["TMPDIR"] = "/nowhere"
    result = machine.run()
    assert result.returncode == 1
    assert (result.stderr
            == "muster: error: cannot make a directory in /nowhere: No such file or directory\n")


def test_qemu_fails(machine):
    machine.prepare(TWO, ("fail", "it has no such machine"))
    result = machine.run()
    assert result.returncode == 1
    assert "qemu-system-aarch64 failed: it has no such machine" in result.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(machine, number):
    """The machine ends with the program, and nothing is left."""
    machine.prepare(TWO, XEN, ("sleep", 50))
    with subprocess.Popen([MUSTER, "run", "esp"], cwd=machine.directory, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          env=machine.environment) as process:
        line = " "
        while "Xen version" not in line:
            line = process.stdout.readline()
            assert line, "the run ended"
        process.send_signal(number)
        assert process.wait(timeout=30) == -number
    machine.check_left()


class Terminal:
    """The tool on a terminal."""

    def __init__(self, machine, *arguments):
        self.process, self.file = pty.fork()
        if self.process == 0:
            os.chdir(machine.directory)
            os.execve(MUSTER, [MUSTER, "run", *arguments, "esp"],
                      {**machine.environment, "TERM": "xterm"})
        self.text = b""

    def wait_for(self, text):
        """Read until `text` has come."""
        while text not in self.text:
            try:
                part = os.read(self.file, 4096)
            except OSError:
                part = b""
            assert part, self.text
            self.text += part

    def type(self, text):
        os.write(self.file, text)

    def end(self):
        """The exit code."""
        try:
            while os.read(self.file, 4096):
                pass
        except OSError:
            pass
        os.close(self.file)
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


def test_keyboard(machine):
    """Keys go to the machine one by one; those behind Ctrl-A have a meaning here."""
    machine.prepare(WITH_DOM0, XEN, "login: ", ("hear", "a\x03\r"), "a\r\n", ("hear", "\x01\x01\x01"),
                    "(XEN) *** Serial input to DOM1 (type)\r\n", ("hear", "\x01"), "got it\r\n",
                    ("sleep", 50))
    terminal = Terminal(machine)
    terminal.wait_for(b"login: ")
    terminal.type(b"a\x03\r")
    terminal.wait_for(b"login: a")
    terminal.type(b"\x01n")
    terminal.wait_for(b"Serial input to DOM1")
    terminal.type(b"\x01a")
    terminal.wait_for(b"got it")
    terminal.type(b"\x01?")
    terminal.wait_for("Ctrl-A x leaves, Ctrl-A n gives the keyboard to the next domain, "
                      "Ctrl-A a is Ctrl-A itself\r\n".encode())
    terminal.type(b"\x01x")
    assert terminal.end() == 0
    assert (machine.fake / "typed").read_bytes() == b"a\x03\r\x01\x01\x01\x01"
    machine.check_left()


def test_leaving_before_the_text(machine):
    machine.prepare(TWO, XEN, ("sleep", 50))
    terminal = Terminal(machine, "--until", "is up")
    terminal.wait_for(b"Xen version")
    terminal.type(b"\x01x")
    assert terminal.end() == 1


def test_colours(machine):
    """Each domain has its own, on a terminal."""
    machine.prepare(TWO, XEN, "(XEN) DOM1: one\r\r\n(XEN) DOM2: two\r\r\n")
    terminal = Terminal(machine)
    terminal.wait_for(b"two")
    terminal.end()
    styles = [line.split(b"m", 1)[0] for line in terminal.text.split(b"\r\n")
              if b" | " in line.replace(b"\x1b[0m", b"")]
    assert len(set(styles)) == 3


def test_terminal_is_given_back(machine):
    import termios
    machine.prepare(TWO, XEN)
    master, slave = os.openpty()
    before = termios.tcgetattr(slave)
    subprocess.run(["setsid", "-c", "-w", MUSTER, "run", "esp"], cwd=machine.directory, stdin=slave,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60,
                   env=machine.environment, check=True)
    assert termios.tcgetattr(slave) == before
    os.close(master)
    os.close(slave)


@pytest.mark.parametrize("arguments", [
    [], ["a", "b"], ["--firmware", "bios", "a"], ["--memory", "x", "a"], ["--cpus", "0", "a"],
    ["--timeout", "soon", "a"], ["--until", "", "a"], ["--log"], ["--no-such", "a"]])
def test_usage(machine, arguments):
    result = subprocess.run([MUSTER, "run", *arguments], capture_output=True, text=True)
    assert result.returncode == 2
    assert "usage: muster run" in result.stderr


def test_no_source(machine):
    result = machine.run(source="nowhere")
    assert result.returncode == 1
    assert result.stderr == "muster: error: cannot read nowhere: No such file or directory\n"
