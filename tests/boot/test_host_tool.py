# SPDX-License-Identifier: BSD-2-Clause
"""The host tool's import, image and run, with real files on the real machine."""

import subprocess
from pathlib import Path

import pytest

import esp
from conftest import make_example, only
from machine import LOGS, RUN_CPUS, dump_tree

SECONDS = 400

# The name that each firmware gives itself.
NAMES = {"edk2": "UEFI firmware", "u-boot": "U-Boot"}

CONFIG = """\
MEMORY_START="0x40000000"
MEMORY_END="0xc0000000"
LOAD_CMD="tftpb"

DEVICE_TREE="virt.dtb"
XEN="xen"
XEN_CMD="console=dtuart noreboot bootscrub=0"

NUM_DOMUS=2
DOMU_KERNEL[0]="Image"
DOMU_RAMDISK[0]="one.cpio"
DOMU_CMD[0]="console=ttyAMA0 quiet who=one"
DOMU_MEM[0]=128

DOMU_KERNEL[1]="Image"
DOMU_RAMDISK[1]="two.cpio"
DOMU_CMD[1]="console=ttyAMA0 quiet who=two"
DOMU_MEM[1]=256
DOMU_VCPUS[1]=2
DOMU_CPUPOOL[1]=0

NUM_CPUPOOLS=1
CPUPOOL[0]="cpu@1 credit"

UBOOT_SOURCE="boot.source"
UBOOT_SCRIPT="boot.scr"
"""


def run_tool(*arguments) -> str:
    """Run the tool, which has to succeed, and return what it shows."""
    result = subprocess.run([esp.TOOL, *arguments], stdin=subprocess.DEVNULL, text=True,
                            capture_output=True, errors="replace")
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr
    return result.stdout


def run_until_up(what: Path, firmware: str, name: str) -> str:
    """Run a directory or disk until each domain is up, and return what the tool shows."""
    return run_tool("run", "--firmware", firmware, "--until", "is up", "--timeout", str(SECONDS),
                    "--log", LOGS / f"host-tool-{name}-{firmware}.log", what)


def said_by(shown: str, name: str) -> list[str]:
    """The lines of a domain, as `muster run` shows them."""
    pairs = [line.split(" | ", 1) for line in shown.splitlines() if " | " in line]
    return [text for who, text in pairs if who.strip() == name]


@pytest.fixture
def directory(tmp_path):
    """Not within build/, so that nothing is found by chance."""
    return tmp_path


def test_import_boots(directory, firmware):
    """A system imported from ImageBuilder runs as it was described there."""
    (directory / "config").write_text(CONFIG)
    dump_tree(directory / "virt.dtb", cpus=RUN_CPUS)
    for name, source in (("xen", "xen.efi"), ("Image", "vmlinuz")):
        (directory / name).symlink_to(esp.PAYLOAD / source)
    for mark in ("one", "two"):
        esp.make_ramdisk(mark, directory / f"{mark}.cpio")
    run_tool("import", "-o", directory / "new", directory / "config")
    shown = run_until_up(directory / "new", firmware, "import")
    one, two = said_by(shown, "domU0"), said_by(shown, "domU1")
    assert "one is up" in one and "two is up" in two
    assert "nproc=1" in one and "nproc=2" in two
    assert "cmdline=console=ttyAMA0 quiet who=one" in one
    assert "cmdline=console=ttyAMA0 quiet who=two" in two
    assert "Using scheduler: SMP Credit Scheduler" in "\n".join(said_by(shown, "xen"))


def test_image_runs(directory, firmware):
    """A disk of the example, with the loader that the tool adds."""
    make_example("two-domains", directory / "esp", cpus=RUN_CPUS)
    (directory / "esp" / esp.LOADER_DIRECTORY / "BOOTAA64.EFI").unlink()
    run_tool("image", "-o", directory / "disk.img", directory / "esp")
    shown = run_until_up(directory / "disk.img", firmware, "image")
    assert "domA is up" in said_by(shown, "domU1")
    assert "domB is up" in said_by(shown, "domU2")
    assert any(NAMES[firmware] in text for text in said_by(shown, ""))


@only("edk2")
@pytest.mark.parametrize("net", ("tftp", "http"))
def test_from_a_server(directory, firmware, net):  # pylint: disable=unused-argument
    """The example from the servers that `muster run` brings."""
    make_example("two-domains", directory / "esp", cpus=RUN_CPUS)
    shown = run_tool("run", "--net", net, "--until", "is up", "--timeout", str(SECONDS), "--log",
                     LOGS / f"host-tool-{net}.log", directory / "esp")
    assert "domA is up" in said_by(shown, "domU1")
    assert "domB is up" in said_by(shown, "domU2")
