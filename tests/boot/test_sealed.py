# SPDX-License-Identifier: BSD-2-Clause
"""Sealed systems: they boot with Secure Boot on, and nothing that was altered is used."""

import shutil
from typing import NamedTuple

import pytest

import secure
from conftest import BUILD, LOADER, System, only
from domains import XEN_OPTIONS, wait_for_reports
from failing import boot_failing

SEALED_HINT = "hint: put the sealed file back, or seal the system again with muster seal"


def seal_whole(system: System, **options) -> None:
    """Seal the system of the test, as the loader that the firmware finds by itself."""
    secure.seal(system.files / "muster.cfg", system.files / "BOOTAA64.EFI", **options)
    (system.files / "muster.cfg").unlink()


def both_domains(machine) -> None:
    """They are up, and Muster said nothing against it."""
    wait_for_reports(machine, "domA", "domB")
    assert "error" not in machine.text.partition("(XEN)")[0]


def test_secure_boot(system):
    """The example, sealed and signed, with Secure Boot on where the firmware has the keys."""
    seal_whole(system)
    secure.SNAKEOIL.sign(system.files / "BOOTAA64.EFI")
    with system.boot_options([(LOADER, "section1")], secure.SNAKEOIL) as machine:
        both_domains(machine)


@only("edk2")
def test_strict_protection(system):
    """Firmware that executes no page of data, and wants signatures."""
    seal_whole(system)
    secure.STRICT.sign(system.files / "BOOTAA64.EFI")
    with system.boot_options([(LOADER, "")], secure.STRICT) as machine:
        both_domains(machine)


def test_one_file(system):
    """The whole system in the loader's file: nothing else is on the partition."""
    seal_whole(system, embed=True)
    for path in system.files.iterdir():
        if path.name != "BOOTAA64.EFI":
            path.unlink()
    with system.boot() as machine:
        both_domains(machine)


def test_digests(system):
    """SHA-256 on the target, by each kind of the library's code, of the standard's examples."""
    shutil.copyfile(BUILD / "boot/sha256.efi", system.files / "BOOTAA64.EFI")
    with system.boot() as machine:
        machine.wait_for("sha256: with instructions")
        for kind in ("0", "1", "11"):
            machine.wait_for(f"sha256: code {kind}, 0 wrong")
        machine.wait_for("sha256: done")


class Case(NamedTuple):
    """A sealed loader of which a file is changed afterwards, and what it has to say."""

    file: str
    line: int  # of its configuration, where the file is named
    error: str


CASES = {
    "xen": Case("xen.efi", 2, "cannot read xen-bad.efi: it is not the file that was sealed "
                              + SEALED_HINT),
    "kernel": Case("vmlinuz-guest", 4, "cannot read vmlinuz-guest-bad: it is not the file that was "
                                       "sealed " + SEALED_HINT),
    "ramdisk": Case("ramdisk-domB.img", 6, "cannot read ramdisk-domB-bad.img: it is not the file "
                                           "that was sealed " + SEALED_HINT),
    "tree": Case("two-domains.dtb", 3, "cannot read device tree two-domains-bad.dtb: it is not the "
                                       "file that was sealed " + SEALED_HINT),
}
EXCHANGED = {
    "gone": "cannot open gone.img: there is no such file",
    "longer": "cannot open longer.img: it is not the file that was sealed " + SEALED_HINT,
    "another": "cannot read another.img: it is not the file that was sealed " + SEALED_HINT,
}
OTHERS = (*EXCHANGED, "unsealed", "exit")
CONFIG = """[section]
xen={xen}
dtb={tree}
binary={kernel} domu-kernel
binary=ramdisk-domA.img domA-ramdisk
binary={ramdisk} domB-ramdisk
options={options}
"""


def bad_name(name: str) -> str:
    """The name of a copy that is changed."""
    stem, dot, extension = name.partition(".")
    return f"{stem}-bad{dot}{extension}"


def make_loader(system: System, name: str, **files: str) -> str:
    """A sealed and signed loader for a configuration of its own; its path."""
    names = {key: case.file for key, case in CASES.items()} | files
    system.write(f"{name}.cfg", CONFIG.format(options=XEN_OPTIONS, **names))
    loader = system.files / f"{name}.efi"
    secure.seal(system.files / f"{name}.cfg", loader)
    secure.SNAKEOIL.sign(loader)
    return rf"\EFI\BOOT\{name}.efi"


def flip(system: System, name: str) -> None:
    """Change one bit in the middle of a file."""
    path = system.files / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.fixture(scope="module")
def altered(firmware):
    """All loaders in one boot of each firmware."""
    system = System(f"altered-{firmware}", firmware)
    starts = []
    for name, case in CASES.items():
        shutil.copyfile(system.files / case.file, system.files / bad_name(case.file))
        starts.append(make_loader(system, name, **{name: bad_name(case.file)}))
        flip(system, bad_name(case.file))
    for name in EXCHANGED:
        shutil.copyfile(system.files / "ramdisk-domB.img", system.files / f"{name}.img")
        starts.append(make_loader(system, name, ramdisk=f"{name}.img"))
    (system.files / "gone.img").unlink()
    with open(system.files / "longer.img", "ab") as file:
        file.write(b"\0")
    shutil.copyfile(system.files / "ramdisk-domA.img", system.files / "another.img")
    secure.SNAKEOIL.sign(system.files / "BOOTAA64.EFI")
    starts.append(LOADER)
    shutil.copyfile(BUILD / "boot/exit.efi", system.files / "exit-xen.efi")
    starts.append(make_loader(system, "exit", xen="exit-xen.efi"))
    yield boot_failing(system, *((path, "") for path in starts), keys=secure.SNAKEOIL)
    shutil.rmtree(system.directory)


@pytest.mark.xdist_group("altered")
@pytest.mark.parametrize("name", CASES)
def test_altered(altered, name):
    """One bit of a file differs: it is named, and nothing is started."""
    case = CASES[name]
    altered.check(list(CASES).index(name), (f"{name}.cfg:{case.line}: error: {case.error}",))


@pytest.mark.xdist_group("altered")
@pytest.mark.parametrize("name", EXCHANGED)
def test_exchanged(altered, name):
    """A file is missing, has a byte more, or is another that was sealed, too."""
    altered.check(len(CASES) + OTHERS.index(name), (f"{name}.cfg:6: error: {EXCHANGED[name]}",))


@only("edk2")
@pytest.mark.xdist_group("altered")
def test_signed_alone(altered):
    """With Secure Boot on, a loader that is signed and not sealed starts nothing."""
    altered.check(len(CASES) + OTHERS.index("unsealed"), (
        "error: Secure Boot is on, and this loader has no seal: it could not verify what it starts "
        "hint: seal the system with muster seal, and sign the result",), "Security Violation")


@pytest.mark.xdist_group("altered")
def test_exit(altered):
    """A program in Xen's place ends by the boot service Exit: it comes back to Muster."""
    altered.check(len(CASES) + OTHERS.index("exit"),
                  ("error: exit-xen.efi returned without starting, its reason stands above: aborted",), "Aborted")
