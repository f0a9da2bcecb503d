# SPDX-License-Identifier: BSD-2-Clause
"""A directory as CONFIG: where its configuration is found."""

import shutil

import pytest

from system import image

CONFIG = "[global]\ndefault=one\n[one]\nkernel=vmlinuz\n"
NOTE = "note: the configuration is that of {}\n"
HINT = "  hint: name the file of another directory to look at that\n"


@pytest.fixture
def place(make):
    """A partition whose files are in EFI/muster, without a configuration."""
    system = make("usage")
    system.loader_directory.rename(system.root / "EFI/muster")
    system.loader_directory = system.root
    return system


def check(place, *arguments):
    result = place.run("check", "--dtb", "../machine.dtb", "--memory", "8G", *(arguments or ["."]))
    return result.returncode, result.stdout + result.stderr


def add(place, directory):
    target = place.root / "EFI" / directory
    if directory != "muster":
        shutil.copytree(place.root / "EFI/muster", target)
    (target / "muster.cfg").write_text(CONFIG)
    return target


def test_found(place):
    add(place, "muster")
    code, output = check(place)
    assert code == 0 and NOTE.format("./EFI/muster") + "1 note\n" in output
    # A loader of somebody else at the place where firmware looks.
    (place.root / "EFI/BOOT").mkdir()
    (place.root / "EFI/BOOT/BOOTAA64.EFI").write_bytes(image(20000, "shim"))
    assert check(place) == (code, output)
    code, output = check(place, "EFI/muster/muster.cfg")
    assert code == 0 and "note" not in output


def test_first_of_several(place):
    add(place, "muster")
    add(place, "another")
    code, output = check(place)
    assert code == 0 and NOTE.format("./EFI/another") + HINT in output


@pytest.mark.parametrize("name", ["muster.cfg", "XEN.CFG", "bootaa64.cfg"])
def test_what_firmware_finds_comes_first(place, name):
    add(place, "muster")
    add(place, "another")
    boot = add(place, "BOOT")
    (boot / "muster.cfg").rename(boot / name)
    code, output = check(place)
    assert code == 0 and "note" not in output


def test_sealed_loader_comes_first(place):
    add(place, "muster")
    boot = place.root / "EFI/BOOT"
    boot.mkdir()
    assert place.run("seal", "--dtb", "../machine.dtb", "--memory", "8G", "-o", "EFI/BOOT/BOOTAA64.EFI",
                     "EFI/muster/muster.cfg").returncode == 0
    code, output = check(place)
    assert code == 0 and "note" not in output
    loader = boot / "BOOTAA64.EFI"
    loader.write_bytes(loader.read_bytes().replace(b"muster-configs 1", b"muster-nothing 1")
                       .replace(b"/EFI/muster/muster.cfg", b" EFI/muster/muster.cfg"))
    code, output = check(place)
    assert code == 1 and output.count("error") == 1
