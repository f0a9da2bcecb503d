# SPDX-License-Identifier: BSD-2-Clause
"""Sections on trial: what noise, a disk that cannot be written, and power cuts leave of the state."""

import re
import subprocess
from pathlib import Path

import pytest

import esp
from cut_disk import SECTOR, CutDisk
from domains import XEN_OPTIONS
from machine import BUILD, MachineError

STATE = "EFI/BOOT/muster.state"
SUFFIXES = ("", ".2", ".ok")
TOOL = BUILD / "muster"
CONFIG = f"""[global]
default=new
fallback=old
tries=2

[new]
options={XEN_OPTIONS}
dtb=single.dtb
binary=vmlinuz-guest domu-kernel
binary=ramdisk-domB.img single-ramdisk

[old]
options={XEN_OPTIONS}
dtb=single.dtb
binary=vmlinuz-guest domu-kernel
binary=ramdisk-domB.img single-ramdisk
"""
# Muster's words about whose turn it is, before Xen starts.
ON_TRIAL = r"note: \[new\] is on trial; after this, (\d) of 2 tries are left"


@pytest.fixture(name="trial")
def fixture_trial(system):
    """A system with a section on trial, and its state; the disk is made."""
    system.write_single("muster.cfg", "unused")
    system.write("muster.cfg", CONFIG)
    subprocess.run([TOOL, "state", "--init", system.files / "muster.state"], check=True)
    system.boot()
    return system


def state_on(disk: Path) -> Path:
    """A copy of the state on a disk, beside the disk."""
    copy = disk.with_name("muster.state")
    for suffix in SUFFIXES:
        subprocess.run(["mcopy", "-o", "-i", esp.partition(disk), f"::/{STATE}{suffix}",
                        f"{copy}{suffix}"], check=True)
    return copy


def tries_left(disk: Path) -> int | None:
    """The tries that the state has left for the section on trial; None before the first boot."""
    shown = subprocess.run([TOOL, "state", state_on(disk)], check=True, capture_output=True,
                           text=True).stdout
    found = re.search(r"on trial +new: (\d) of 2 tries left", shown)
    return int(found[1]) if found else None


def power_on(system, pattern: str, **arguments):
    """Power on until Muster has said this and Xen runs; then the power goes. What was matched."""
    with system.again(writable=True, **arguments) as machine:
        found = machine.wait_for(pattern)
        machine.wait_for(r"\(XEN\) Xen version")
        return found


def test_cannot_be_written(trial):
    """On a disk that is write-protected the boot is not counted, and goes on."""
    with trial.again(writable=False) as machine:
        machine.wait_for(r"warning: boots are not counted: muster.state: ")
        machine.wait_for(r"\(XEN\) Xen version")


def test_noise(trial):
    """A state of noise is told, and counting starts anew."""
    for suffix in SUFFIXES[:2]:
        esp.add_file(trial.disk, bytes([0xa5]) * 512, STATE + suffix)
    with trial.again(writable=True) as machine:
        machine.wait_for("warning: muster.state is damaged; counting starts anew")
        assert machine.wait_for(ON_TRIAL)[1] == "1"
        machine.wait_for(r"\(XEN\) Xen version")
    assert power_on(trial, ON_TRIAL)[1] == "0"


def test_pulled_out(trial):
    """Without its state the system boots, and nothing is counted."""
    for suffix in SUFFIXES:
        subprocess.run(["mdel", "-i", esp.partition(trial.disk), f"::/{STATE}{suffix}"], check=True)
    with trial.again(writable=True) as machine:
        machine.wait_for("warning: boots are not counted: muster.state: there is no such file")
        machine.wait_for(r"\(XEN\) Xen version")


def test_a_full_partition(trial):
    """The state has its place already, so that a full partition does not matter."""
    room = subprocess.run(["mdir", "-i", esp.partition(trial.disk), "::/"], check=True,
                          capture_output=True, text=True).stdout
    free = int(re.search(r"([\d ]+) bytes free", room)[1].replace(" ", ""))
    esp.add_file(trial.disk, bytes(free), "full")
    assert power_on(trial, ON_TRIAL)[1] == "1"
    assert power_on(trial, ON_TRIAL)[1] == "0"


def cut(system, event: int, torn: int) -> bool:
    """Power on with a disk that loses power at an event; false when Xen runs before it comes."""
    with CutDisk(system.disk, event, torn) as disk, \
            system.again(writable=True, drives=[disk.drive]) as machine:
        def is_over(text: str) -> bool:
            return disk.is_cut.is_set() or "(XEN) Xen version" in text

        while not is_over(machine.text):
            try:
                machine.wait_until(is_over, timeout=2)
            except MachineError:
                assert machine.seconds() < 300
        return disk.is_cut.is_set()


def check_cut(system, whole: bytes, event: int, torn: int) -> bool:
    """Power goes at an event: the machine boots again, and at most one try is miscounted. False when
    Xen runs before the event comes."""
    system.disk.write_bytes(whole)
    if not cut(system, event, torn):
        return False
    left = tries_left(system.disk)
    assert left in (None, 1), f"event {event}, {torn} bytes of it"
    # The boot that was cut may have counted, and this one does.
    assert int(power_on(system, ON_TRIAL)[1]) == (1 if left is None else 0)
    return True


def test_a_torn_sector(trial):
    """Power goes in the midst of the sector that counts."""
    assert check_cut(trial, trial.disk.read_bytes(), 0, SECTOR // 2)


@pytest.mark.long
@pytest.mark.parametrize("torn", (0, SECTOR // 2, SECTOR - 1))
def test_power_cuts(trial, torn):
    """Whichever write or flush is the last one, and whatever it leaves of a sector."""
    whole = trial.disk.read_bytes()
    events = 0
    while check_cut(trial, whole, events, torn):
        events += 1
    assert events >= 1
