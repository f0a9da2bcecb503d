# SPDX-License-Identifier: BSD-2-Clause
"""Systems that cannot boot: what Muster says, and that the firmware then goes on."""

import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import System
from domains import domain_node
from machine import MachineError

# Pages of firmware pools that come and go with the handles of one started image.
POOL_PAGES = 16


class Case(NamedTuple):
    """Load options for Muster, and all errors that it must show, in this order."""

    options: str
    errors: tuple[str, ...]


UNDEFINED_KEY = ("/chosen/domU1/module@1: error: domu-kernel is neither a key of binary= "
                 "nor a file hint: did you mean the key domu-kernal?")
MISSING_XEN = ("error: cannot open the hypervisor gone.efi: there is no such file "
               "hint: put it into /EFI/BOOT of the loader's partition")

CASES = {
    "undefined key": Case("undefined-key", (UNDEFINED_KEY,)),
    "missing file": Case("missing-file", (
        "muster.cfg:13: error: cannot open vmlinuz-gone: there is no such file "
        "hint: did you mean vmlinuz-guest?",)),
    "dtb that is no tree": Case("no-tree", (
        "muster.cfg:18: error: notes.txt is no device tree: it does not start with d0 0d fe ed "
        "hint: make it with dtc -O dtb")),
    "no section": Case("section9", (
        "error: there is no section [section9] in muster.cfg "
        "hint: its sections are: undefined-key, missing-file, no-tree, no-xen, three-mistakes, "
        "nothing, incomplete",)),
    "no xen": Case("no-xen", (f"muster.cfg:22: {MISSING_XEN}",)),
    "no configuration": Case("-cfg=gone.cfg", (
        "error: cannot read configuration gone.cfg: there is no such file "
        "hint: put it into /EFI/BOOT of the loader's partition",)),
    "nothing to boot": Case("nothing", (
        "error: there is nothing to boot: no kernel for dom0 and no domain hint: "
        "give dom0 a kernel=, or describe domains in the device tree or with domains=",)),
    "incomplete domains": Case("incomplete", (
        "/chosen/idle: error: domain idle has 0 cpus hint: a domain has at least one",
        "/chosen/tight: error: domain tight has no memory "
        "hint: memory counts KiB: 128 MiB is <0 0x20000>",
        "/chosen/empty: error: domain empty has no kernel")),
    "three mistakes": Case("three-mistakes", (
        f"muster.cfg:29: {MISSING_XEN}",
        "muster.cfg:32: error: cannot open ramdisk-gone.img: there is no such file "
        "hint: did you mean ramdisk-domB.img?",
        UNDEFINED_KEY)),
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

[nothing]
options=console=dtuart

[incomplete]
dtb=incomplete.dtb
binary=vmlinuz-guest domu-kernel
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

    def check(self, number: int, errors: tuple[str, ...]) -> None:
        """Muster showed these errors and no other, and left the firmware as it was."""
        said = self.said(number)
        position = 0
        for error in errors:
            found = said.find(error, position)
            assert found >= 0, f"{error!r} is not in {said[position:]!r}"
            position = found + len(error)
        assert said.count("error: ") == sum(error.count("error: ") for error in errors)
        assert "nothing was started; back to the firmware" in said
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
    system.write_tree("incomplete.dtb",
                      domain_node("idle", "ramdisk-domA.img", cpus=0),
                      domain_node("tight", "ramdisk-domA.img", memory_mib=0),
                      domain_node("empty", "ramdisk-domA.img", kernel="ramdisk-domB.img")
                      .replace("multiboot,kernel", "multiboot,ramdisk"))
    system.write("notes.txt", "This is no device tree.\n")
    yield boot_failing(system, *(case.options for case in CASES.values()))
    shutil.rmtree(system.directory)


@pytest.mark.xdist_group("failures")
@pytest.mark.parametrize("name", CASES)
def test_failure(failures, name):
    """Mistakes in a system: one error for each, then the firmware goes on."""
    failures.check(list(CASES).index(name), CASES[name].errors)


def test_el1(system):
    """Firmware that runs at EL1 cannot start Xen, and Muster says why."""
    seen = boot_failing(system, "", virtualization=False)
    seen.check(0, ("error: the firmware runs at EL1, but Xen needs EL2 "
                   "hint: enable virtualization in the firmware (QEMU: -machine "
                   "virt,virtualization=on)",))
