# SPDX-License-Identifier: BSD-2-Clause
"""The menu on the serial line of each firmware."""

import threading

import pytest

DOWN = "\x1b[B"
READY = "Esc: firmware"


@pytest.fixture
def offer(system):
    """The example with another section, a title, and these seconds of menu."""
    def write(seconds=0):
        system.write_single("muster.cfg", "other")
        config = (system.files / "muster.cfg").read_text()
        config = config.replace("[section1]\n", "[section1]\ntitle=Zwei Gäste\n")
        if seconds:
            config = config.replace("default=section1\n", f"default=section1\ntimeout={seconds}\n")
        system.write("muster.cfg", config)
        return system
    return write


def test_the_time_runs_out(offer):
    with offer(2).boot() as machine:
        machine.wait_for(r">  1  section1  Zwei G..?ste  default")
        machine.wait_for(r"\[section1\] boots in 2 s; any key stops that")
        machine.wait_for(r"\[section1\] boots in 1 s; any key stops that")
        machine.wait_for(r"muster.cfg, section \[section1\]")
        machine.wait_for("^starting Xen")


def test_another_section(offer):
    with offer(60).boot() as machine:
        machine.wait_for("boots in 59 s")
        machine.send("x")
        machine.wait_for(READY)
        machine.send(DOWN)
        machine.wait_for(">  2  other")
        machine.wait_for(READY)
        machine.send("d")
        machine.wait_for(r"domain single: 1 vCPU, 128 MiB, vmlinuz-guest \+ ramdisk-domB.img")
        machine.wait_for("any other key: back")
        machine.send("x")
        machine.wait_for(READY)
        machine.send("e")
        machine.wait_for("No mistakes were found.")
        machine.wait_for("any other key: back")
        machine.send("x")
        machine.wait_for(READY)
        machine.send("\r")
        machine.wait_for(r"muster.cfg, section \[other\]")
        machine.wait_for("^starting Xen")
        machine.wait_for("single-ramdisk is up|MARK domB")


def test_back_to_the_firmware(offer):
    with offer(60).boot() as machine:
        machine.wait_for("boots in 59 s")
        machine.send("\x1b")
        machine.wait_for("nothing was started; back to the firmware")


def test_a_held_key(offer, firmware):
    """U-Boot has a countdown of its own, which a key would stop."""
    with offer().boot() as machine:
        machine.wait_for("UEFI firmware" if firmware.startswith("edk2") else r"(?s)autoboot: .*\b0 ")
        is_shown = threading.Event()

        def hold():
            while not is_shown.wait(0.02):
                machine.send(" ")
        thread = threading.Thread(target=hold)
        thread.start()
        try:
            machine.wait_for(">  1  section1")
            machine.wait_for(READY)
        finally:
            is_shown.set()
            thread.join()
        machine.send("2")
        machine.wait_for(">  2  other")
        machine.wait_for(READY)
        machine.send("\r")
        machine.wait_for(r"muster.cfg, section \[other\]")
