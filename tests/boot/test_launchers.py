# SPDX-License-Identifier: BSD-2-Clause
"""Muster started by others than the firmware's boot manager; each names a section and adds to
Xen's command line."""

import esp
from conftest import only
from domains import wait_for_reports
from machine import Machine
from u_boot import Prompt

MISTAKE = "-cfg=gone.cfg"
OPTIONS = "section2 -- loglvl=all"

STARTUP_SCRIPT = rf"""
fs0:\EFI\muster\muster.efi {MISTAKE}
fs0:\EFI\muster\muster.efi {OPTIONS}
"""

GRUB_CONFIG = f"""
set timeout=0
set fallback=1
menuentry "a mistake" {{
    chainloader /EFI/muster/muster.efi {MISTAKE}
}}
menuentry "Muster" {{
    chainloader /EFI/muster/muster.efi {OPTIONS}
}}
"""


def check_mistake(machine: Machine) -> None:
    """Muster got MISTAKE, and came back."""
    machine.wait_for("^error: cannot read configuration gone.cfg: there is no such file$")
    machine.wait_for("^nothing was started; back to the firmware$")


def check_options(machine: Machine) -> None:
    """Muster got OPTIONS."""
    machine.wait_for(r"^muster\.cfg, section \[section2\]$")
    machine.wait_for(r"\(XEN\) Std. Loglevel: All")
    report, = wait_for_reports(machine, "domB")
    assert report.cpus == 1
    assert report.command_line == "console=ttyAMA0 quiet"


@only("edk2")
def test_uefi_shell(system):
    """A script of the UEFI shell runs Muster, and goes on to its next line after a mistake."""
    system.write_single("muster.cfg", "section2")
    system.move_loader("EFI/muster")
    # The firmware starts its shell when nothing else starts.
    system.add_next("EFI/BOOT/BOOTAA64.EFI")
    (system.root / "startup.nsh").write_text(STARTUP_SCRIPT)
    with system.boot() as machine:
        machine.wait_for("Press ESC in . seconds to skip startup.nsh")
        machine.send("\r")
        check_mistake(machine)
        check_options(machine)


@only("u-boot")
def test_u_boot_prompt(system):
    """Muster is typed at U-Boot's prompt, which is back after a mistake."""
    system.write_single("muster.cfg", "section2")
    system.move_loader("EFI/muster")
    with system.boot() as machine:
        prompt = Prompt(machine)
        prompt.start("/EFI/muster/muster.efi", MISTAKE)
        check_mistake(machine)
        prompt.start("/EFI/muster/muster.efi", OPTIONS)
        check_options(machine)


def test_grub(system):
    """GRUB chain-loads Muster, and goes on to its fallback entry after a mistake."""
    system.write_single("muster.cfg", "section2")
    system.move_loader("EFI/muster")
    grub = system.root / "EFI/BOOT"
    grub.mkdir()
    esp.make_grub(grub / "BOOTAA64.EFI", "/EFI/BOOT", "chain")
    (grub / "grub.cfg").write_text(GRUB_CONFIG)
    with system.boot() as machine:
        check_mistake(machine)
        check_options(machine)
