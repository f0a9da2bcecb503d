# SPDX-License-Identifier: BSD-2-Clause
"""A new system on trial as a person sees it: it hangs, the old one is back, and dom0 confirms."""

import re
import struct
import subprocess

import pytest

import esp
from domains import XEN_OPTIONS
from machine import ROOT
from test_trials import ON_TRIAL, TOOL, power_on, state_on

MOUNTED = "/boot/efi/EFI/BOOT"
USED_UP = r"warning: \[new\] has used up its tries; \[old\] boots instead"
DOM0 = f"""options={XEN_OPTIONS} dom0_mem=256M
ramdisk=ramdisk-dom0.img
"""
CONFIG = f"""[global]
default=new
fallback=old
tries=2

[new]
title=The new system
kernel=vmlinuz-new console=hvc0 quiet
{DOM0}
[old]
title=The old system
kernel=vmlinuz-guest console=hvc0 quiet
{DOM0}"""


def hanging_kernel() -> bytes:
    """An Image (Linux, booting.rst for arm64) whose only instruction branches to itself."""
    header = struct.pack("<IIQQQQQQ4sI", 0x14000000, 0, 0, 4096, 0xA, 0, 0, 0, b"ARM\x64", 0)
    return header.ljust(4096, b"\0")


@pytest.fixture(name="pair")
def fixture_pair(system):
    """A disk with a new and an old system, both with dom0, and the state that belongs to them."""
    for path in system.files.glob("ramdisk-*"):
        path.unlink()
    esp.make_ramdisk("dom0", system.files / "ramdisk-dom0.img", disk=True)
    system.write("muster.cfg", CONFIG)
    (system.files / "vmlinuz-new").write_bytes((system.files / "vmlinuz-guest").read_bytes())
    subprocess.run([TOOL, "state", "--init", system.files / "muster.state"], check=True)
    return system


def in_dom0(machine, *lines: str) -> str:
    """Run lines in dom0, with the system partition mounted; what they print."""
    machine.wait_for("^dom0 # ")
    machine.send("mount-esp\n")
    machine.wait_for("^mounted the EFI system partition\n")
    start = len(machine.text)
    for line in lines:
        machine.send(f"{line} && echo good-$?\n")
        machine.wait_for("^good-0\n")
    return machine.text[start:]


def test_the_new_system_hangs(pair):
    """The third power-on runs the old system, and says why; confirmed from dom0, it stays."""
    (pair.files / "vmlinuz-new").write_bytes(hanging_kernel())
    pair.boot()
    assert power_on(pair, ON_TRIAL)[1] == "1"
    assert power_on(pair, ON_TRIAL)[1] == "0"
    with pair.again(writable=True) as machine:
        machine.wait_for(USED_UP)
        shown = in_dom0(machine, f"muster-state {MOUNTED}/muster.state",
                        f"muster-state --confirm {MOUNTED}/muster.state")
    assert re.search("^last fallback  new has used up its tries$", shown, re.M)
    assert re.search("^confirmed old$", shown, re.M)
    with pair.again(writable=True) as machine:
        machine.wait_for(USED_UP)
        machine.wait_for("^dom0 # ")
    shown = subprocess.run([TOOL, "state", state_on(pair.disk)], check=True, capture_output=True,
                           text=True).stdout
    assert shown == ("on trial       new: 0 of 2 tries left\n"
                     "booted last    old\n"
                     "confirmed      old\n"
                     "next, once     -\n"
                     "last fallback  new has used up its tries\n")


def confirming_lines() -> list[str]:
    """The lines of docs/boot.md for a domain without the tool."""
    lines = re.findall("^    (dd .*)$", (ROOT / "docs/boot.md").read_text(), re.M)
    assert len(lines) == 2
    return [f"cd {MOUNTED}", *lines]


@pytest.mark.parametrize("how", ("tool", "dd"))
def test_the_new_system_works(pair, how):
    """Confirmed from dom0, with the tool or as docs/boot.md has it, the new system stays."""
    lines = ([f"muster-state --confirm {MOUNTED}/muster.state"] if how == "tool"
             else confirming_lines())
    pair.boot()
    with pair.again(writable=True) as machine:
        assert machine.wait_for(ON_TRIAL)[1] == "1"
        in_dom0(machine, *lines)
    for _ in range(3):
        with pair.again(writable=True) as machine:
            machine.wait_for(r"starting Xen")
            assert "section [new]" in machine.text and "on trial" not in machine.text
