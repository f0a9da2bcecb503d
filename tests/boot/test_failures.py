# SPDX-License-Identifier: BSD-2-Clause
"""Systems that cannot boot: what Muster says, and that the firmware then goes on."""

import shutil
from typing import NamedTuple

import pytest

from conftest import LOADER, System
from domains import domain_node
from failing import boot_failing

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
    "dtb that is not a tree": Case("no-tree", (
        "muster.cfg:18: error: notes.txt is not a device tree: it does not start with d0 0d fe ed "
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
        "muster.cfg:35: error: there is nothing to boot: no kernel for dom0 and no domain hint: "
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
    system.write("notes.txt", "This is not a device tree.\n")
    yield boot_failing(system, *((LOADER, case.options) for case in CASES.values()))
    shutil.rmtree(system.directory)


@pytest.mark.xdist_group("failures")
@pytest.mark.parametrize("name", CASES)
def test_failure(failures, name):
    """Mistakes in a system: one error for each, then the firmware goes on."""
    failures.check(list(CASES).index(name), CASES[name].errors)


def test_el1(system):
    """Firmware that runs at EL1 cannot start Xen, and Muster says why."""
    seen = boot_failing(system, (LOADER, ""), virtualization=False)
    seen.check(0, ("error: the firmware runs at EL1, but Xen needs EL2 "
                   "hint: enable virtualization in the firmware (QEMU: -machine "
                   "virt,virtualization=on)",))


def test_next_boot_option(system):
    """When its only boot option fails, the firmware tries the next by itself, and that starts."""
    system.move_loader("EFI/muster")
    system.add_next("EFI/BOOT/BOOTAA64.EFI")
    with system.boot_options([(r"\EFI\muster\muster.efi", "-cfg=gone.cfg")]) as machine:
        machine.wait_for("error: cannot read configuration gone.cfg: there is no such file\n"
                         "  hint: put it into /EFI/muster of the loader's partition\n"
                         "nothing was started; back to the firmware")
        machine.wait_for("^NEXT BOOT OPTION$")
        machine.wait_for("^next: done$")
