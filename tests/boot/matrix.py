#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Boots the examples on each firmware with each Xen, on machines of several kinds, and writes a table.

usage: matrix.py [--publish] [PATTERN]…    boot what a PATTERN stands in, "MACHINE FIRMWARE XEN", or all

What was booted is kept in build/matrix/, so that a run can go on where another one ended;
--publish writes docs/compatibility.md from all that is kept.
"""

import datetime
import json
import shutil
import sys
import time
from dataclasses import dataclass, field

import esp
from conftest import System
from domains import system_source, wait_until
from machine import BUILD, ROOT, RUN_CPUS, MachineError

KEPT = BUILD / "matrix/results.json"
PAGE = ROOT / "docs/compatibility.md"

FIRMWARE = {
    "edk2": "EDK2 2022.11", "edk2-2025.02": "EDK2 2025.02", "edk2-2025.02-strict": "EDK2 2025.02, strict no-execute",
    "u-boot": "U-Boot 2023.01", "u-boot-2025.01": "U-Boot 2025.01",
}
XENS = {"4.17": "xen.efi", "4.20": "xen-4.20.efi"}

# Machines on which a firmware does not even come up, and what it says.
NOT_UP = {("sections-numa", "u-boot"), ("sections-numa", "u-boot-2025.01")}
NOT_UP_SAYS = "Cannot initialize UEFI sub-system"

# A device that the machine has, for a domain; it needs no IOMMU, as it does not read memory by itself.
DEVICE = """
/dts-v1/;
/ {
    #address-cells = <2>;
    #size-cells = <2>;
    passthrough {
        compatible = "simple-bus";
        ranges;
        #address-cells = <2>;
        #size-cells = <2>;
        pl031@9010000 {
            compatible = "arm,pl031", "arm,primecell";
            reg = <0 0x9010000 0 0x1000>;
            interrupt-parent = <0xfde8>;
            interrupts = <0 2 4>;
            clocks = <&clock>;
            clock-names = "apb_pclk";
            xen,reg = <0 0x9010000 0 0x1000 0 0x9010000>;
            xen,path = "/pl031@9010000";
            xen,force-assign-without-iommu;
        };
        clock: clock {
            compatible = "fixed-clock";
            #clock-cells = <0>;
            clock-frequency = <24000000>;
        };
    };
};
"""
DEVICE_FOUND = "rtc-pl031 9010000.pl031: "  # the driver speaks, whatever Xen puts between its words


@dataclass(frozen=True)
class Kind:
    """A kind of machine with one of the examples on it."""

    title: str
    example: str
    marks: tuple[str, ...] = ("domA", "domB")
    hardware: dict = field(default_factory=dict)
    device: bool = False


KINDS = {
    "sections-1G": Kind("two domains by sections, GICv3, 1 GiB", "domain-sections", hardware={"memory_mib": 1024}),
    "sections-4G": Kind("the same, 4 GiB", "domain-sections", hardware={"memory_mib": 4096}),
    "sections-20G": Kind("the same, 20 GiB", "domain-sections", hardware={"memory_mib": 20480}),
    "sections-gicv2": Kind("the same, GICv2, 4 GiB", "domain-sections", hardware={"memory_mib": 4096, "gic": 2}),
    "sections-numa": Kind("the same, two NUMA nodes of 2 GiB", "domain-sections",
                          hardware={"memory_mib": 4096, "nodes": 2}),
    "sections-smmu": Kind("the same, an SMMUv3, a device passed through, 4 GiB", "domain-sections",
                          hardware={"memory_mib": 4096, "smmu": True}, device=True),
    "tree": Kind("two domains by a tree, GICv3, 2 GiB", "two-domains"),
    "overlay": Kind("a domain by an overlay, GICv3, 2 GiB", "overlay", marks=("domA",)),
    "dom0": Kind("dom0 and two domains, GICv3, 4 GiB", "dom0-and-domains", marks=("dom0", "domA", "domB"),
                 hardware={"memory_mib": 4096}),
}


def add_device(system: System, hardware: dict) -> dict:
    """Give the first domain a device; returns what the machine needs for it."""
    esp.make_tree(DEVICE, system.files / "device.dtb")
    config = (system.files / "muster.cfg").read_text()
    system.write("muster.cfg", config.replace("ramdisk=ramdisk-domA.img\n", "ramdisk=ramdisk-domA.img\ndtb=device.dtb\n"))
    tree = system.directory / "machine.dtb"
    esp.make_tree(system_source() + "/ { pl031@9010000 { xen,passthrough; }; };", tree, **hardware)
    return {"tree": tree}


def prepare(kind: Kind, firmware: str, xen: str, name: str) -> tuple[System, dict]:
    """The system of a kind, and the arguments of the machine that boots it."""
    system = System(name, firmware)
    hardware = {"cpus": RUN_CPUS, **kind.hardware}
    system.use_example(kind.example, **hardware)
    shutil.copyfile(esp.PAYLOAD / XENS[xen], system.files / "xen.efi")
    if kind.device:
        hardware |= add_device(system, hardware)
    return system, hardware


def is_up(text: str, mark: str) -> bool:
    """True if a domain said so. Xen 4.20 begins a line anew, with its own name, wherever two domains meet."""
    return f"{mark} is up" in text.replace("(XEN) ", "")


def boot(kind: Kind, firmware: str, xen: str, name: str) -> None:
    """Boot a system of a kind until its domains are up. Raises MachineError."""
    system, hardware = prepare(kind, firmware, xen, name)
    with system.boot(**hardware) as machine:
        wait_until(machine, lambda text: all(is_up(text, mark) for mark in kind.marks),
                   f"{', '.join(kind.marks)} being up")
        text = machine.text.replace("(XEN) ", "")
    if f"Xen version {xen}" not in text:
        raise MachineError(f"this is no Xen {xen}")
    if kind.device and DEVICE_FOUND not in text:
        raise MachineError("the domain does not find its device")
    shutil.rmtree(system.directory)


def kept() -> dict[str, str]:
    """The result of each boot so far: "" for a start, else the reason."""
    return json.loads(KEPT.read_text()) if KEPT.exists() else {}


def keep(results: dict[str, str]) -> None:
    """Write down what came of each boot."""
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(json.dumps(results, indent=1))


def run(patterns: list[str]) -> bool:
    """Boot all that is wanted and was not booted before; returns whether all of it came up."""
    results = kept()
    all_up = True
    for key, kind in KINDS.items():
        for firmware in FIRMWARE:
            for xen in XENS:
                name = f"{key} {firmware} {xen}"
                wanted = not patterns or any(pattern in name for pattern in patterns)
                if not wanted or results.get(name) == "" or (key, firmware) in NOT_UP:
                    continue
                started = time.monotonic()
                try:
                    boot(kind, firmware, xen, "matrix-" + name.replace(" ", "-"))
                    results[name] = ""
                except MachineError as error:
                    results[name] = str(error).splitlines()[0].partition("; last lines")[0]
                    all_up = False
                print(f"{name}: {results[name] or 'up'} ({time.monotonic() - started:.0f} s)", flush=True)
                keep(results)
    return all_up


def cell(results: dict[str, str], key: str, firmware: str, xen: str) -> str:
    """A boot in the table."""
    name = f"{key} {firmware} {xen}"
    if (key, firmware) in NOT_UP:
        return "firmware fails"
    if name not in results:
        return "-"
    return "**no**" if results[name] else "yes"


def page(results: dict[str, str]) -> str:
    """The text of docs/compatibility.md."""
    lines = ["# Compatibility", "",
             f"What was booted, on {datetime.date.today().isoformat()}, by `./dev matrix`: the [examples](../examples) in QEMU's",
             "virt machine, until each domain's Linux had said from inside that it is up. \"yes\" is such a boot; \"-\" was not tried.",
             "The firmware is Debian's: 2022.11 and 2023.01 of Debian 12, the others of Debian 13, as are Xen 4.17 and 4.20.", ""]
    columns = [(firmware, xen) for firmware in FIRMWARE for xen in XENS]
    for title, half in (("EDK2", "edk2"), ("U-Boot", "u-boot")):
        mine = [each for each in columns if each[0].startswith(half)]
        heads = [f"{FIRMWARE[firmware].removeprefix(title + ' ')}; Xen {xen}" for firmware, xen in mine]
        lines += [f"## {title}", "", "| | " + " | ".join(heads) + " |", "|---" * (len(mine) + 1) + "|"]
        for key, kind in KINDS.items():
            cells = [cell(results, key, *each) for each in mine]
            lines.append(f"| {kind.title} | " + " | ".join(cells) + " |")
        lines.append("")
    failed = {name: why for name, why in results.items() if why and tuple(name.split()[:2]) not in NOT_UP}
    lines += [f"- {name}: {why}" for name, why in failed.items()] + [""] * bool(failed)
    lines += [f'"firmware fails": U-Boot says "{NOT_UP_SAYS}" on QEMU\'s machine with two NUMA nodes, before it loads',
              "anything.", ""]
    lines += ["The device is the machine's clock (PL031), which does not read memory by itself: QEMU's SMMU stands before its PCI",
              "bus alone, and no Xen passes PCI devices to domains of a tree on Arm.", ""]
    return "\n".join(lines)


def main() -> int:
    """Boot what the command line asks for."""
    arguments = sys.argv[1:]
    patterns = [each for each in arguments if each != "--publish"]
    all_up = run(patterns)
    if "--publish" in arguments:
        PAGE.write_text(page(kept()))
    return 0 if all_up else 1


if __name__ == "__main__":
    sys.exit(main())
