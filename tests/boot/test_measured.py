# SPDX-License-Identifier: BSD-2-Clause
"""Measured boots: what the registers of a TPM hold, and what the log says of it."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import secure
import tpm
from conftest import BUILD, LOADER
from domains import wait_for_reports
from esp import PAYLOAD, TOOL, extend_ramdisk, get_file
from machine import ROOT
from u_boot import Prompt


def sha256(content: bytes) -> str:
    """The digest as text."""
    return hashlib.sha256(content).hexdigest()


def show_measurements(system, options: str) -> str:
    """Start Muster, whose Xen comes back, then an application that saves the firmware's tree, and
    the one that shows the measurements."""
    shutil.copyfile(BUILD / "boot/exit.efi", system.files / "xen.efi")
    for name in "save_tree", "tpm":
        shutil.copyfile(BUILD / f"boot/{name}.efi", system.root / f"{name}.efi")
    starts = [(LOADER, options), (r"\save_tree.efi", options), (r"\tpm.efi", "")]
    by_itself = system.firmware == "edk2"
    with tpm.SoftwareTpm(system.directory) as chip, \
            system.boot_options(starts if by_itself else [], tpm=chip.socket,
                                writable=True) as machine:
        if not by_itself:
            prompt = Prompt(machine)
            for path, given in starts:
                prompt.start(path.replace("\\", "/"), given)
        machine.wait_for("^tpm: done$")
        return machine.text


def predicted(system) -> dict[int, str]:
    """The registers that `muster measure` expects for the sealed loader."""
    tree = system.directory / "firmware.dtb"
    get_file(system.disk, "firmware.dtb", tree)
    said = subprocess.run([TOOL, "measure", "--firmware", system.firmware, "-s", "section1",
                           "--dtb", tree, system.files / "BOOTAA64.EFI"],
                          check=True, text=True, stdout=subprocess.PIPE).stdout
    return {int(found[1]): found[2]
            for found in re.finditer(r"^ *(\d+)  ([0-9a-f]{64})$", said, re.MULTILINE)}


def check_registers(text: str) -> list[tpm.Event]:
    """The events of Muster; the registers hold what the log says, and texts have their digests."""
    events = tpm.events(text)
    values = tpm.registers(text)
    for pcr in (4, 11, 12):
        assert values[pcr] == tpm.replay([event.digest for event in events if event.pcr == pcr])
    return [event for event in events if event.kind == tpm.TEXT and event.pcr in (11, 12)]


def check_texts(events: list[tpm.Event]) -> None:
    """The digest in the log is that of the text."""
    for event in events:
        assert event.digest == sha256(event.text.encode())


@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "not sealed"])
def test_measured(system, sealed):
    """The request, the section and each file; and Xen in register 4, whoever loads it."""
    shutil.copyfile(BUILD / "boot/exit.efi", system.files / "xen.efi")
    config = system.files / "muster.cfg"
    config.write_text(config.read_text().replace("[global]", "[global]\nmeasure=required"))
    names = ["two-domains.dtb", "xen.efi", "vmlinuz-guest", "ramdisk-domA.img", "ramdisk-domB.img"]
    if sealed:
        secure.seal(config, system.files / "BOOTAA64.EFI")
    else:
        names.insert(0, "muster.cfg")
    text = show_measurements(system, "section1")
    events = check_registers(text)
    check_texts(events)
    contents = {name: (system.files / name).read_bytes() for name in names}
    assert [event.text for event in events if event.pcr == 11] == [
        "section section1",
        *(f"file {sha256(content)} {len(content)} /EFI/BOOT/{name}"
          for name, content in contents.items())]
    options, tree = [event.text for event in events if event.pcr == 12]
    assert options == "options section1"
    assert re.fullmatch(r"tree [0-9a-f]{64} \d+", tree)
    loaders = [event.digest for event in tpm.events(text) if event.pcr == 4]
    xen = loaders.index(tpm.program_digest(contents["xen.efi"]))
    if sealed:
        values = tpm.registers(text)
        assert predicted(system) == {4: tpm.replay(loaders[:xen + 1]), 11: values[11], 12: values[12]}


def test_measured_boot(system):
    """With a TPM, the system boots as it does without."""
    with tpm.SoftwareTpm(system.directory) as chip, system.boot(tpm=chip.socket) as machine:
        wait_for_reports(machine, "domA", "domB")
        assert "cannot be measured" not in machine.text


def add_drivers(ramdisk: Path) -> None:
    """Have a domain's ramdisk show the TPM, by the drivers of its kernel."""
    drivers = (PAYLOAD / "modules").glob("tpm_tis*.ko")
    extend_ramdisk(ramdisk, {"bin/report": ROOT / "tests/boot/ramdisk-tpm",
                             **{f"lib/{driver.name}": driver for driver in drivers}})


def test_log(system):
    """dom0 has the TPM, and the log of all that was measured before: its registers are explained."""
    system.use_example("dom0-and-domains")
    add_drivers(system.files / "ramdisk-dom0.img")
    config = system.files / "muster.cfg"
    config.write_text(config.read_text().replace("domains=domA domB\n", "").partition("[domA]")[0])
    secure.seal(config, system.files / "BOOTAA64.EFI", machine=True)
    with tpm.SoftwareTpm(system.directory) as chip, system.boot(tpm=chip.socket) as machine:
        machine.wait_for("^tpm: end$")
        text = machine.text
    log = "".join(re.findall("^tpm: log ([0-9a-f]+)$", text, re.MULTILINE))
    events = tpm.read_log(bytes.fromhex(log))
    for pcr, value in tpm.registers(text).items():
        assert value == tpm.replay([event.digest for event in events if event.pcr == pcr])
    names = ["xen.efi", "vmlinuz", "ramdisk-dom0.img"]
    said = [event.text for event in events if event.pcr in (11, 12)]
    assert [line.split("/")[-1] for line in said[:4]] == ["section section1", *names]
    assert said[4] == "options "
    assert said[5].startswith("tree ")
    assert set(tpm.registers(text)) == {4, 11, 12}
