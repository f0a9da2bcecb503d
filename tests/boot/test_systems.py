# SPDX-License-Identifier: BSD-2-Clause
"""Systems that boot, judged by what their domains say from inside."""

import re

from conftest import on_one
from domains import XEN_OPTIONS, Report, domain_node, wait_for_reports
from esp import make_ramdisk
from machine import RUN_CPUS


def check_report(report: Report, *, cpus: int, memory_mib: int, command_line: str) -> None:
    """A domain has these CPUs, this command line, and memory less what Linux keeps."""
    assert report.cpus == cpus
    assert 0.75 * memory_mib * 1024 < report.memory_kib < memory_mib * 1024
    assert report.command_line == command_line


def kernel_addresses(text: str) -> list[str]:
    """The address at which Xen found the kernel of each domain."""
    return re.findall(r"kernel from boot module @ ([0-9a-f]+)", text)


def check_console(text: str, patterns: list[str]) -> None:
    """The console has lines that match these regular expressions, in this order."""
    position = 0
    for pattern in patterns:
        found = re.compile(pattern).search(text, position)
        assert found, f"/{pattern}/ is not in {text[position:]}"
        position = found.end()


def check_read_once(system, read: int) -> None:
    """All files were read, and the kernel, by far the largest file, was not read twice."""
    kernel = max(path.stat().st_size for path in system.files.iterdir())
    assert system.size() <= read < system.size() + kernel // 2


def test_two_domains(system):
    """The example: two domains with their own CPUs, memory and ramdisk, and one kernel."""
    system.use_example("two-domains", cpus=RUN_CPUS)
    with system.boot_as_planned(cpus=RUN_CPUS) as machine:
        first, second = wait_for_reports(machine, "domA", "domB")
        check_read_once(system, machine.bytes_read())
        text = machine.text
    check_console(text, [
        r"muster.cfg, section \[section1\]",
        r"domain domU1: 2 vCPUs, 128 MiB, vmlinuz-guest \+ ramdisk-domA.img",
        r"domain domU2: 3 vCPUs, 512 MiB, vmlinuz-guest \+ ramdisk-domB.img",
        r"binary vmlinuz-guest: \d+\.\d MiB at 0x[0-9a-f]+",
        r"binary ramdisk-domA.img: 1\.\d MiB at 0x[0-9a-f]+",
        r"binary ramdisk-domB.img: 1\.\d MiB at 0x[0-9a-f]+",
        r"\(XEN\) Xen version"])
    check_report(first, cpus=2, memory_mib=128, command_line="console=ttyAMA0 who=domA")
    check_report(second, cpus=3, memory_mib=512, command_line="console=ttyAMA0 who=domB")
    assert len(kernel_addresses(text)) == 2
    assert len(set(kernel_addresses(text))) == 1


def test_domain_sections(system):
    """The same two domains described in the configuration alone, on the firmware's own tree."""
    system.use_example("domain-sections")
    with system.boot_as_planned() as machine:
        first, second = wait_for_reports(machine, "domA", "domB")
    check_report(first, cpus=2, memory_mib=128, command_line="console=ttyAMA0 who=domA")
    check_report(second, cpus=3, memory_mib=512, command_line="console=ttyAMA0 who=domB")


def test_overlay(system):
    """A domain that an overlay adds to the firmware's own tree."""
    system.use_example("overlay")
    with system.boot_as_planned() as machine:
        report, = wait_for_reports(machine, "domA")
    check_report(report, cpus=2, memory_mib=128, command_line="console=ttyAMA0 who=domA")


def test_dom0_and_domains(system):
    """dom0 from kernel= and ramdisk= in the section; the two domains run beside it."""
    system.use_example("dom0-and-domains", cpus=RUN_CPUS)
    with system.boot_as_planned(cpus=RUN_CPUS) as machine:
        first, second = wait_for_reports(machine, "domA", "domB")
        machine.wait_for("^dom0 # ")
        # Others no longer talk in between, as they may have done the first time.
        machine.send("clear; report\n")
        dom0, = wait_for_reports(machine, "dom0")
        check_read_once(system, machine.bytes_read())
        text = machine.text
    check_report(dom0, cpus=2, memory_mib=256, command_line="console=hvc0 quiet")
    check_report(first, cpus=2, memory_mib=128, command_line="console=ttyAMA0 quiet who=domA")
    check_report(second, cpus=3, memory_mib=512, command_line="console=ttyAMA0 quiet who=domB")
    assert len(kernel_addresses(text)) == 3
    assert len(set(kernel_addresses(text))) == 1


@on_one("edk2", "u-boot")
def test_eight_domains(system):
    """Eight domains share one kernel, which they name by file; each has its own ramdisk."""
    marks = [f"guest{number}" for number in range(1, 9)]
    for mark in marks:
        make_ramdisk(mark, system.files / f"{mark}.img")
    system.write_tree("eight.dtb", *(
        domain_node(f"dom{mark}", f"{mark}.img", kernel="vmlinuz-guest",
                    bootargs=f"console=ttyAMA0 quiet who={mark}") for mark in marks))
    system.write("muster.cfg", f"[eight]\noptions={XEN_OPTIONS}\ndtb=eight.dtb\n")
    for unused in system.files.glob("ramdisk-*"):
        unused.unlink()
    with system.boot_as_planned() as machine:
        found = wait_for_reports(machine, *marks)
        check_read_once(system, machine.bytes_read())
        text = machine.text
    for report in found:
        check_report(report, cpus=1, memory_mib=128,
                     command_line=f"console=ttyAMA0 quiet who={report.mark}")
    assert len(kernel_addresses(text)) == 8
    assert len(set(kernel_addresses(text))) == 1


def test_load_options(system):
    """Load options name a section that is not the default, and add to Xen's command line."""
    system.write_single("muster.cfg", "section2")
    with system.boot_with("section2 -- loglvl=all") as machine:
        machine.wait_for(r"\(XEN\) Std. Loglevel: All")
        report, = wait_for_reports(machine, "domB")
        assert "domA" not in machine.text
    check_report(report, cpus=1, memory_mib=128, command_line="console=ttyAMA0 quiet")


def test_chain(system):
    """A section that the first file lacks is found in the file that chain= names."""
    config = (system.files / "muster.cfg").read_text()
    system.write("muster.cfg", config.replace("[global]", "[global]\nchain=more.cfg"))
    system.write_single("more.cfg", "elsewhere")
    with system.boot_as_planned("elsewhere") as machine:
        machine.wait_for(r"more\.cfg")
        report, = wait_for_reports(machine, "domB")
    check_report(report, cpus=1, memory_mib=128, command_line="console=ttyAMA0 quiet")
