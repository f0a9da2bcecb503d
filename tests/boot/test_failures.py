# SPDX-License-Identifier: BSD-2-Clause
"""Systems that cannot boot: what Muster says, and that the firmware then goes on."""

import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import LOADER, System
from domains import domain_node
from machine import MachineError
from u_boot import Prompt

# Pages of firmware pools that come and go with the handles of one started image.
POOL_PAGES = 16

# What each firmware says of an application that returns EFI_LOAD_ERROR.
LOAD_ERROR = {"edk2": r"BdsDxe: failed to start Boot[0-9A-F]{4} \"BOOTAA64.EFI\" .*: Load Error",
              "u-boot": "## Application failed, r = 1 "}


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
        "hint: make it with dtc -O dtb",)),
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
        "hint: did you mean ramdisk-domA.img?",
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


class State(NamedTuple):
    """The firmware's state as `next` found it; see next.c."""

    tree: str
    free_pages: int
    loader_pages: int


class Failures:
    """One boot in which Muster was started, and failed, once for each of some load options.

    `next` runs twice before the first start, and after each start.
    """

    def __init__(self, system: System, text: str):
        self.log_path = system.log_path
        self._firmware = system.firmware
        # What Muster said stands between two runs of `next`; the first part is the firmware's.
        self._parts = re.split(r"^NEXT BOOT OPTION$", text, flags=re.MULTILINE)

    def said(self, number: int) -> str:
        """What the console shows of the numbered start of Muster, without white space runs."""
        assert number + 3 < len(self._parts), f"nothing ran after start {number}"
        return " ".join(self._parts[number + 2].split("next: done", 1)[1].split())

    def state(self, run: int) -> State:
        """What the numbered run of `next` reported."""
        match = re.search(r"next: (?:no )?device tree(?: at )?(\S*)(.*)\n"
                          r"next: (\d+) free pages, (\d+) loader pages", self._parts[run + 1])
        assert match is not None, "`next` did not report"
        # U-Boot gives each application a copy of its tree; EDK2's stays where it is.
        place = match[1] if self._firmware == "edk2" else ""
        return State(place + match[2], int(match[3]), int(match[4]))

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
        assert re.search(LOAD_ERROR[self._firmware], said)
        assert "(XEN)" not in said
        before, after = self.state(number + 1), self.state(number + 2)
        assert after.tree == before.tree
        # What the firmware itself keeps of each application that it started: U-Boot, its tree.
        kept = self.state(0).free_pages - self.state(1).free_pages
        assert abs(before.free_pages - after.free_pages - 2 * kept) <= POOL_PAGES
        assert after.loader_pages == before.loader_pages


def boot_failing(system: System, *options: str, **machine) -> Failures:
    """Start Muster with each of the load options, and return what was seen.

    On EDK2, each start is the next boot option of the one before. U-Boot does not go on to its
    next boot option, but back to its prompt.
    """
    following = system.add_next("EFI/next.efi")
    sequence = [(following, ""), (following, "")]
    for each in options:
        sequence += [(LOADER, each), (following, "")]
    by_itself = system.firmware == "edk2"
    with system.boot_options(sequence if by_itself else [], **machine) as running:
        try:
            if by_itself:
                for _ in range(len(options) + 2):
                    running.wait_for("^next: done$", timeout=60)
            else:
                prompt = Prompt(running)
                for path, load_options in sequence:
                    prompt.start(path.replace("\\", "/"), load_options)
                prompt.wait()
        except MachineError:
            pass  # the test of the start that did not end says so
        return Failures(system, running.text)


@pytest.fixture(scope="module")
def failures(firmware):
    """All cases in one boot of each firmware."""
    system = System(f"failures-{firmware}", firmware)
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


def test_next_boot_option(system):
    """What the firmware tries next by itself, when its only boot option fails, is started."""
    system.move_loader("EFI/muster")
    system.add_next("EFI/BOOT/BOOTAA64.EFI")
    with system.boot_options([(r"\EFI\muster\muster.efi", "-cfg=gone.cfg")]) as machine:
        machine.wait_for("error: cannot read configuration gone.cfg: there is no such file\n"
                         "  hint: put it into /EFI/muster of the loader's partition\n"
                         "nothing was started; back to the firmware")
        machine.wait_for("^NEXT BOOT OPTION$")
        machine.wait_for("^next: done$")
