# SPDX-License-Identifier: BSD-2-Clause
"""Sealed systems: they boot with Secure Boot on, and nothing that was altered is used."""

import re
import shutil
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Optional

import pytest

import secure
import esp
from conftest import BUILD, LOADER, System, only
from domains import XEN_OPTIONS, domain_node, system_source, wait_for_reports
from failing import Failures, boot_failing
from machine import FIRMWARE_FILES

SEALED_HINT = "hint: put the sealed file back, or seal the system again with muster seal"


def seal_whole(system: System, **options) -> None:
    """Seal the system of the test, as the loader that the firmware finds by itself."""
    secure.seal(system.files / "muster.cfg", system.files / "BOOTAA64.EFI", **options)
    (system.files / "muster.cfg").unlink()


def both_domains(machine) -> None:
    """They are up, and Muster said nothing against it."""
    wait_for_reports(machine, "domA", "domB")
    assert "error" not in machine.text.partition("(XEN)")[0]


def boot_secure(system: System, options: str, **machine) -> str:
    """Boot the system, sealed and signed, with Secure Boot on; what the loader said of it."""
    secure.SNAKEOIL.sign(system.files / "BOOTAA64.EFI")
    with system.boot_options([(LOADER, options)], secure.SNAKEOIL, **machine) as running:
        both_domains(running)
        assert system.firmware == "edk2" or "enrol: SecureBoot is 1" in running.text
        return running.text.partition("Muster ")[2].partition("starting Xen")[0]


def test_secure_boot(system):
    """The example, with the section that is asked for."""
    seal_whole(system)
    assert "warning" not in boot_secure(system, "section1")


@only("u-boot")
def test_newer_u_boot(system):
    """The same on U-Boot 2025.01."""
    seal_whole(system)
    boot_secure(system, "", code=FIRMWARE_FILES["u-boot-2025.01"])


# What the firmware's tree says of the system, which is not its to say.
INTRUDER = """
        bootargs = "console=none";
        xen,xen-bootargs = "console=none";
""" + domain_node("intruder", "ramdisk-domA.img", kernel="vmlinuz-guest")
NOT_TAKEN = (
    "/chosen: warning: bootargs is not taken from the firmware, as the loader is sealed",
    "/chosen: warning: xen,xen-bootargs is not taken from the firmware, as the loader is sealed",
    "/chosen/intruder: warning: this node is not taken from the firmware, as the loader is sealed",
)
FORBIDDEN = "-cfg=other.cfg -force -debug section1 -- console=none"
IGNORED = (
    "warning: -cfg= is ignored, as the loader is sealed",
    "warning: -force is ignored, as the loader is sealed",
    "warning: -debug writes no file, as the loader is sealed",
    "warning: what follows -- is ignored, as the loader is sealed",
)


def write_intruder(system: System) -> Path:
    """The machine's tree with a domain and command lines, for the firmware to provide."""
    tree = system.directory / "intruder.dtb"
    esp.make_tree(system_source(INTRUDER), tree)
    return tree


def test_intruders(system):
    """Load options and a tree of the firmware that want another system do not get it."""
    system.use_example("domain-sections")
    system.write("other.cfg", "[section1]\nxen=other.efi\n")
    seal_whole(system, machine=True)
    said = boot_secure(system, FORBIDDEN, tree=write_intruder(system))
    for sentence in IGNORED + NOT_TAKEN:
        assert sentence in said
    assert said.count("warning: ") == len(IGNORED + NOT_TAKEN)
    assert re.findall(r"^  domain (\S+):", said, re.MULTILINE) == ["domA", "domB"]


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
    "shorter": "cannot open shorter.img: it is not the file that was sealed " + SEALED_HINT,
    "longer": "cannot open longer.img: it is not the file that was sealed " + SEALED_HINT,
    "another": "cannot read another.img: it is not the file that was sealed " + SEALED_HINT,
}
CONFIG = """[section]
xen={xen}
dtb={tree}
binary={kernel} domu-kernel
binary=ramdisk-domA.img domA-ramdisk
binary={ramdisk} domB-ramdisk
options={options}
"""
SECTIONS = """[section]
xen={xen}
binary={kernel} domu-kernel
options={options}
domains=domA
[domA]
kernel=domu-kernel
memory=128M
cpus=1
"""
RETURNED = ("error: exit-xen.efi returned without starting, its reason stands above: aborted")


def bad_name(name: str) -> str:
    """The name of a copy that is changed."""
    stem, dot, extension = name.partition(".")
    return f"{stem}-bad{dot}{extension}"


def make_loader(system: System, name: str, config: str = CONFIG, machine: bool = False,
                signer: secure.Signer = secure.SNAKEOIL, **files: str) -> Path:
    """A sealed and signed loader for a configuration of its own."""
    names = {key: case.file for key, case in CASES.items()} | files
    system.write(f"{name}.cfg", config.format(options=XEN_OPTIONS, **names))
    loader = system.files / f"muster-{name}.efi"
    secure.seal(system.files / f"{name}.cfg", loader, machine=machine)
    signer.sign(loader)
    return loader


def flip(path: Path, at: Optional[int] = None) -> None:
    """Change one bit of a file, in its middle if not elsewhere."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if at is None else at] ^= 1
    path.write_bytes(content)


def start_of(loader: Path, options: str = "") -> tuple[str, str]:
    """What boot_failing() starts."""
    return rf"\EFI\BOOT\{loader.name}", options


def alter(system: System, name: str) -> Path:
    """A loader of which one of CASES is altered."""
    case = CASES[name]
    bad = system.files / bad_name(case.file)
    shutil.copyfile(system.files / case.file, bad)
    loader = make_loader(system, name, **{name: bad.name})
    flip(bad)
    return loader


def alter_files(system: System) -> dict[str, tuple[str, str]]:
    """Loaders of which a file is altered, exchanged or gone."""
    starts = {name: start_of(alter(system, name)) for name in CASES}
    for name in EXCHANGED:
        shutil.copyfile(system.files / "ramdisk-domB.img", system.files / f"{name}.img")
        starts[name] = start_of(make_loader(system, name, ramdisk=f"{name}.img"))
    (system.files / "gone.img").unlink()
    with open(system.files / "longer.img", "ab") as file:
        file.write(b"\0")
    with open(system.files / "shorter.img", "ab") as file:
        file.truncate(file.tell() - 1)
    shutil.copyfile(system.files / "ramdisk-domA.img", system.files / "another.img")
    return starts


def alter_seals(system: System) -> dict[str, tuple[str, str]]:
    """Loaders without a seal, with a damaged one that is signed, and with one changed afterwards."""
    unsealed = system.files / "muster-unsealed.efi"
    shutil.copyfile(esp.MUSTER, unsealed)
    damaged = make_loader(system, "damaged")
    forged = make_loader(system, "forged")
    digest = sha256((system.files / "xen.efi").read_bytes()).hexdigest().encode()
    flip(forged, forged.read_bytes().index(digest))
    damaged.write_bytes(damaged.read_bytes().replace(digest, b"x" + digest[1:]))
    for loader in unsealed, damaged:
        secure.SNAKEOIL.sign(loader)
    return {"unsealed": start_of(unsealed), "damaged": start_of(damaged),
            "forged": start_of(forged)}


def start_otherwise(system: System) -> dict[str, tuple[str, str]]:
    """A good loader, whose Xen comes back, that is asked for something else."""
    shutil.copyfile(BUILD / "boot/exit.efi", system.files / "exit-xen.efi")
    second = CONFIG.replace("[section]", "[second]").replace("{xen}", "second-xen.efi")
    shutil.copyfile(system.files / "xen.efi", system.files / "second-xen.efi")
    loader = make_loader(system, "exit", CONFIG + second, xen="exit-xen.efi")
    sections = make_loader(system, "sections", SECTIONS, machine=True, xen="exit-xen.efi")
    flip(system.files / "second-xen.efi")
    return {
        "exit": start_of(loader),
        "second": start_of(loader, "second"),
        "no section": start_of(loader, "third"),
        "domain": start_of(sections, "domA"),
        "options": start_of(loader, FORBIDDEN.replace("section1", "section")),
        "firmware": start_of(sections),
    }


class Altered(NamedTuple):
    """What was seen of all loaders in one boot of a firmware."""

    failures: Failures
    names: list[str]

    def check(self, name: str, *errors: str, returned: str = "Load Error") -> None:
        """It said this, ended as stated, and the next boot option ran."""
        self.failures.check(self.names.index(name), errors, returned)


@pytest.fixture(scope="module")
def altered(firmware):
    """All loaders in one boot of each firmware, with Secure Boot on."""
    system = System(f"altered-{firmware}", firmware)
    starts = alter_files(system) | alter_seals(system) | start_otherwise(system)
    yield Altered(boot_failing(system, *starts.values(), keys=secure.SNAKEOIL,
                               tree=write_intruder(system)), list(starts))
    shutil.rmtree(system.directory)


@pytest.mark.xdist_group("altered")
@pytest.mark.parametrize("name", CASES)
def test_altered(altered, name):
    """One bit of a file differs: it is named, and nothing is started."""
    case = CASES[name]
    altered.check(name, f"{name}.cfg:{case.line}: error: {case.error}")


@pytest.mark.xdist_group("altered")
@pytest.mark.parametrize("name", EXCHANGED)
def test_exchanged(altered, name):
    """A file is missing, has a byte more or less, or is another that was sealed, too."""
    altered.check(name, f"{name}.cfg:6: error: {EXCHANGED[name]}")


@pytest.mark.xdist_group("altered")
def test_signed_alone(altered):
    """With Secure Boot on, a loader that is signed and not sealed starts nothing."""
    altered.check("unsealed",
                  "error: Secure Boot is on, and this loader has no seal: it could not verify what "
                  "it starts hint: seal the system with muster seal, and sign the result",
                  returned="Security Violation")


@pytest.mark.xdist_group("altered")
def test_damaged(altered):
    """A seal that is damaged, whoever signed it, is no seal."""
    altered.check("damaged",
                  "error: the loader's seal cannot be used: .digests, line 2: there is no digest "
                  "hint: make it again with muster seal", returned="Security Violation")


@pytest.mark.xdist_group("altered")
def test_forged(altered):
    """A seal that was changed after it was signed: the firmware does not start it."""
    altered.failures.check_refused(altered.names.index("forged"))


@pytest.mark.xdist_group("altered")
def test_exit(altered):
    """A program in Xen's place ends by the boot service Exit: it comes back to Muster."""
    altered.check("exit", RETURNED, returned="Aborted")


@pytest.mark.xdist_group("altered")
def test_second_section(altered):
    """Load options choose among the sealed sections, and each is verified."""
    altered.check("second", "exit.cfg:9: error: cannot read second-xen.efi: it is not the file "
                            "that was sealed " + SEALED_HINT)
    altered.check("no section", "error: there is no section [third] in exit.cfg")
    altered.check("domain", "error: [domA] is no section to boot")


@pytest.mark.xdist_group("altered")
def test_load_options(altered):
    """Those that would change the system are ignored, with a warning each."""
    altered.check("options", *IGNORED, RETURNED, returned="Aborted")


@pytest.mark.xdist_group("altered")
def test_firmware_tree(altered):
    """What the firmware's tree has of a system is dropped, with a warning each."""
    altered.check("firmware", *NOT_TAKEN, RETURNED, returned="Aborted")


def put_under_shim(system: System, loader: Path, name: str) -> str:
    """Move a loader to where Debian's shim, signed for this firmware, starts it; shim's path."""
    directory = system.root / "EFI" / name
    directory.mkdir()
    loader.rename(directory / "grubaa64.efi")
    shutil.copyfile(esp.PAYLOAD / "sysroot/usr/lib/shim/shimaa64.efi", directory / "shimaa64.efi")
    secure.SNAKEOIL.sign(directory / "shimaa64.efi")
    return rf"\EFI\{name}\shimaa64.efi"


@only("edk2")
def test_shim(system):
    """Under shim, whose keys are the firmware's and the owner's, a seal counts as it does without."""
    owner = secure.OwnKey(system.directory)
    forged = make_loader(system, "forged")
    flip(forged, forged.read_bytes().index(b".cfg"))
    good = make_loader(system, "good", signer=owner)
    options = [(put_under_shim(system, alter(system, "kernel"), "kernel"), ""),
               (put_under_shim(system, forged, "forged"), ""),
               (put_under_shim(system, good, "good"), "grubaa64.efi section")]
    with system.boot_options(options, secure.SNAKEOIL, owner_keys=owner.list()) as machine:
        machine.wait_for("kernel.cfg:4: error: " + re.escape(CASES["kernel"].error.split(" hint")[0]))
        machine.wait_for("nothing was started; back to the firmware")
        machine.wait_for(r"Verification failed: \(0x1A\) Security Violation")
        machine.send("\r")
        machine.wait_for("good.cfg, section .section.")
        wait_for_reports(machine, "domA", "domB")
