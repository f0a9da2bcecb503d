# SPDX-License-Identifier: BSD-2-Clause
"""Systems that cannot boot: what Muster says, and that the firmware then goes on."""

import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import System
from machine import MachineError

# Pages of firmware pools that come and go with the handles of one started image.
POOL_PAGES = 64


class Case(NamedTuple):
    """Load options for Muster, and sentences that it must show, in this order."""

    options: str
    sentences: tuple[str, ...]


CASES = {
    "undefined key": Case("undefined-key", ("domu-kernel",)),
    "missing file": Case("missing-file", ("vmlinuz-gone",)),
    "dtb that is no tree": Case("no-tree", ("notes.txt",)),
    "no section": Case("section9", ("there is no section [section9] in muster.cfg",)),
    "no xen": Case("no-xen", ("gone.efi",)),
    "three mistakes": Case("three-mistakes", ("domu-kernel", "ramdisk-gone.img", "gone.efi")),
}

CONFIG = """
[global]
default=section1

[undefined-key]
dtb=two-domains.dtb
binary=vmlinuz-guest domu-kernal
binary=ramdisk-domA.img domA-ramdisk
binary=ramdisk-domB.img domB-ramdisk

[missing-file]
dtb=two-domains.dtb
binary=vmlinuz-gone domu-kernel
binary=ramdisk-domA.img domA-ramdisk
binary=ramdisk-domB.img domB-ramdisk

[no-tree]
dtb=notes.txt
binary=vmlinuz-guest domu-kernel

[no-xen]
xen=gone.efi
dtb=two-domains.dtb
binary=vmlinuz-guest domu-kernel
binary=ramdisk-domA.img domA-ramdisk
binary=ramdisk-domB.img domB-ramdisk

[three-mistakes]
xen=gone.efi
dtb=two-domains.dtb
binary=vmlinuz-guest domu-kernal
binary=ramdisk-gone.img domA-ramdisk
binary=ramdisk-domB.img domB-ramdisk
"""


class Firmware(NamedTuple):
    """The firmware as `next` found it; see next.c."""

    tree: str
    free_pages: int
    loader_pages: int


class Failures:
    """One boot in which Muster was started, and failed, once for each of some load options."""

    def __init__(self, log_path: Path, text: str):
        self.log_path = log_path
        # What Muster said stands between two runs of `next`; the first part is the firmware's.
        self._parts = re.split(r"^NEXT BOOT OPTION$", text, flags=re.MULTILINE)

    def said(self, number: int) -> str:
        """What the console shows of the numbered start of Muster, without white space runs."""
        assert number + 2 < len(self._parts), f"no boot option ran after start {number}"
        return " ".join(self._parts[number + 1].split("next: done", 1)[1].split())

    def firmware(self, number: int) -> Firmware:
        """The firmware before start `number`; `number` + 1 is after it."""
        match = re.search(r"next: device tree at (.*)\nnext: (\d+) free pages, (\d+) loader pages",
                          self._parts[number + 1])
        assert match is not None, "`next` did not report"
        return Firmware(match[1], int(match[2]), int(match[3]))

    def check(self, number: int, sentences: tuple[str, ...]) -> None:
        """Muster said these sentences, failed, and left the firmware as it was."""
        said = self.said(number)
        position = 0
        for sentence in sentences:
            found = said.find(sentence, position)
            assert found >= 0, f"{sentence!r} is not in {said[position:]!r}"
            position = found + len(sentence)
        assert "BdsDxe: failed to start" in said
        assert "(XEN)" not in said
        before, after = self.firmware(number), self.firmware(number + 1)
        assert after.tree == before.tree
        assert abs(after.free_pages - before.free_pages) <= POOL_PAGES
        assert after.loader_pages == before.loader_pages


def boot_failing(system: System, *options: str, **machine) -> Failures:
    """Start Muster with each of the load options, and return what was seen."""
    with system.boot_failing(*options, **machine) as running:
        try:
            for _ in range(len(options) + 1):
                running.wait_for("^next: done$", timeout=60)
        except MachineError:
            pass  # the test of the start that did not end says so
        return Failures(system.log_path, running.text)


@pytest.fixture(scope="module")
def failures():
    """All cases in one boot: each start of Muster is the next boot option of the one before."""
    system = System("failures")
    system.write("muster.cfg", CONFIG)
    system.write("notes.txt", "This is no device tree.\n")
    yield boot_failing(system, *(case.options for case in CASES.values()))
    shutil.rmtree(system.directory)


@pytest.mark.xdist_group("failures")
@pytest.mark.parametrize("name", CASES)
def test_failure(failures, name):
    """One mistake: its sentences, then the firmware goes on."""
    failures.check(list(CASES).index(name), CASES[name].sentences)


def test_el1(system):
    """Firmware that runs at EL1 cannot start Xen, and Muster says why."""
    seen = boot_failing(system, "", virtualization=False)
    seen.check(0, ("EL1",))

