# SPDX-License-Identifier: BSD-2-Clause
"""Sealed loaders: what is in them, that sbsign and sbverify take them, and that nothing else than
what was sealed is taken for it."""

import hashlib
import os
import re
import struct
import subprocess
import time

import pytest

from conftest import MUSTER, ROOT

LOADER = ROOT / "build/musteraa64.efi"
FILES = ("vmlinuz", "initrd-a.img", "initrd-b.img", "xen.efi", "system.dtb", "extra.dtbo")


@pytest.fixture
def system(make):
    """A system of two sections, in two configurations, with an overlay."""
    return make("sealed")


def seal(system, *arguments, code=0, loader=LOADER):
    result = system.run("seal", "-o", "BOOTAA64.EFI", "--loader", str(loader), *arguments,
                        "muster.cfg")
    assert result.returncode == code, result.stdout + result.stderr
    return result


def sections_of(image: bytes) -> dict:
    """The sections of a PE file, each with its fields and its content."""
    header = struct.unpack_from("<I", image, 0x3c)[0]
    count, optional = struct.unpack_from("<H12xH", image, header + 6)
    sections = {}
    for at in range(count):
        fields = struct.unpack_from("<8sIIII12xI", image, header + 24 + optional + 40 * at)
        name = fields[0].rstrip(b"\0").decode()
        sections[name] = (*fields[1:], image[fields[4]:fields[4] + min(fields[1], fields[3])])
    return sections


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """A key and its certificate."""
    directory = tmp_path_factory.mktemp("keys")
    subprocess.run(["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj",
                    "/CN=test/", "-days", "2", "-keyout", directory / "key.pem", "-out",
                    directory / "cert.pem"], check=True, capture_output=True)
    return directory / "key.pem", directory / "cert.pem"


def test_sections(system):
    """The digests are those of sha256sum, and the image is as the format has it."""
    seal(system)
    image = (system.loader_directory / "BOOTAA64.EFI").read_bytes()
    plain = LOADER.read_bytes()
    sections = sections_of(image)
    assert list(sections)[-3:] == [".sbat", ".config", ".digests"]
    lines = sections[".digests"][-1].decode().splitlines()
    assert sorted(line.split(" ", 2)[2] for line in lines) == sorted(
        "/EFI/BOOT/" + name for name in FILES)
    for line in lines:
        digest, size, name = line.split(" ", 2)
        content = (system.root / name[1:]).read_bytes()
        assert (digest, int(size)) == (hashlib.sha256(content).hexdigest(), len(content))
    configs = b"".join(
        b"%d /EFI/BOOT/%s\n%s\n" % (len(content), name.encode(), content)
        for name in ("muster.cfg", "other.cfg")
        for content in [(system.loader_directory / name).read_bytes()])
    assert sections[".config"][-1] == configs
    version = system.run("--version").stdout.split()[1]
    assert sections[".sbat"][-1].decode() == (
        "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"
        f"muster,1,Muster,muster,{version},docs/security.md\n")
    address, offset = 0, 0
    for size, start, file_size, file_offset, characteristics, _ in sections.values():
        assert start % 4096 == file_size % 512 == 0 and start >= address
        assert file_offset == (offset or file_offset)
        address, offset = start + size, file_offset + file_size
        assert file_size >= size
    assert [fields[4] for fields in sections.values()][-3:] == [0x40000040] * 3
    assert offset == len(image)
    header = struct.unpack_from("<I", image, 0x3c)[0]
    assert struct.unpack_from("<I", image, header + 80)[0] == (address + 4095) // 4096 * 4096
    # Apart from the header's numbers, what was there is as it was.
    assert image[0x400:len(plain)] == plain[0x400:]


def test_same_input_same_bytes(system):
    images = []
    for embed in ([], ["--embed"]):
        for _ in range(2):
            seal(system, *embed)
            images.append((system.loader_directory / "BOOTAA64.EFI").read_bytes())
            time.sleep(0.01)
    assert images[0] == images[1] and images[2] == images[3] and images[0] != images[2]


def test_embed(system):
    seal(system, "--embed")
    sections = sections_of((system.loader_directory / "BOOTAA64.EFI").read_bytes())
    for line in sections[".digests"][-1].decode().splitlines():
        _, size, offset, name = line.split(" ", 3)
        content = sections[".files"][-1][int(offset):int(offset) + int(size)]
        assert int(offset) % 4096 == 0
        assert content == (system.root / name[1:]).read_bytes()
    for name in FILES:
        (system.loader_directory / name).unlink()
    assert system.run("check", "BOOTAA64.EFI").returncode == 0
    assert system.run("seal", "--verify", "BOOTAA64.EFI", "../..").returncode == 0


def test_checksum(system):
    """The sum in the header is the one that the format has for it."""
    seal(system)
    image = bytearray((system.loader_directory / "BOOTAA64.EFI").read_bytes())
    at = struct.unpack_from("<I", image, 0x3c)[0] + 24 + 64
    stated = struct.unpack_from("<I", image, at)[0]
    image[at:at + 4] = bytes(4)
    total = sum(struct.unpack(f"<{len(image) // 2}H", image))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    assert stated == total + len(image)


@pytest.mark.parametrize("embed", [[], ["--embed"]], ids=["digests", "embed"])
def test_signed(system, keys, embed):
    """sbsign and sbverify have nothing to say of it but that it is good."""
    key, certificate = keys
    result = seal(system, *embed)
    assert result.stdout.endswith("wrote BOOTAA64.EFI, not signed yet\n")
    path = system.loader_directory / "BOOTAA64.EFI"
    output = subprocess.run(["sbsign", "--key", key, "--cert", certificate, "--output",
                             path.with_name("signed.efi"), path], check=True, capture_output=True,
                            text=True)
    assert "warning" not in (output.stdout + output.stderr).lower()
    result = seal(system, *embed, "--key", str(key), "--cert", str(certificate))
    assert result.stdout.endswith("wrote BOOTAA64.EFI, signed\n")
    for signed in (path, path.with_name("signed.efi")):
        output = subprocess.run(["sbverify", "--cert", certificate, signed], check=True,
                                capture_output=True, text=True)
        assert output.stdout + output.stderr == "Signature verification OK\n"
    assert system.run("check", "BOOTAA64.EFI").returncode == 0
    # A signature would be wrong after more sections.
    result = system.run("seal", "--loader", "BOOTAA64.EFI", "muster.cfg")
    assert result.stderr == ("muster: error: BOOTAA64.EFI cannot be sealed: it is signed, and its "
                             "signature would be wrong afterwards\n")


def test_the_digest_that_is_measured_is_the_signed_one(system, keys):
    """The signature holds the Authenticode digest, which is the same for the unsigned file."""
    key, certificate = keys
    path = system.loader_directory / "BOOTAA64.EFI"
    digests = []
    for options in ([], ["--key", str(key), "--cert", str(certificate)]):
        seal(system, *options)
        output = system.run("measure", "BOOTAA64.EFI").stdout
        digests.append(re.search(r"^  4  program (\w{64}) BOOTAA64.EFI$", output, re.M)[1])
    assert digests[0] == digests[1] and bytes.fromhex(digests[0]) in path.read_bytes()


def test_measured_registers(system):
    """The values are the events, extended one after the other."""
    seal(system)
    for firmware in ("edk2", "u-boot"):
        output = system.run("measure", "--firmware", firmware, "--dtb", "system.dtb",
                            "BOOTAA64.EFI").stdout
        registers = {}
        for pcr, text in re.findall(r"^ *(\d+)  (.*)$", output.partition("\n\n")[0], re.M):
            digest = hashlib.sha256(b"\0\0\0\0" if text == "separator" else text.encode()).digest()
            if text.startswith("program "):
                digest = bytes.fromhex(text.split()[1])
            registers[pcr] = hashlib.sha256(registers.get(pcr, bytes(32)) + digest).digest()
        shown = dict(re.findall(r"^ *(\d+)  (.*)$", output.partition("\n\n")[2], re.M))
        assert shown == {pcr: value.hex() for pcr, value in registers.items()}
        assert set(shown) == {"4", "11", "12"}


def test_the_tree_of_a_known_machine_is_not_measured(system):
    """It tells what would be started, and register 12 is of another one."""
    path = system.loader_directory / "muster.cfg"
    path.write_text("[section]\nbinary=vmlinuz domu\ndomains=domA\n[domA]\nkernel=domu\nmemory=128M\n"
                    "cpus=1\n")
    seal(system, "--machine", "qemu")
    refused = system.run("measure", "BOOTAA64.EFI")
    assert refused.returncode == 1
    assert "--machine qemu that of muster run" in refused.stderr
    result = system.run("measure", "--machine", "qemu", "BOOTAA64.EFI")
    output = result.stdout
    assert "\n 11  section" in output, result.stderr
    assert output.endswith(" 12  not known without --dtb\n")


def test_nothing_is_measured_with_measure_no(system):
    """The registers of the loader stay as they are, and its Xen is not measured."""
    path = system.loader_directory / "muster.cfg"
    path.write_text(path.read_text().replace("[global]", "[global]\nmeasure=no"))
    seal(system)
    events, _, registers = system.run("measure", "BOOTAA64.EFI").stdout.partition("\n\n")
    assert events.count("program") == 1 and "file" not in events
    assert f" 11  {'0' * 64}\n 12  {'0' * 64}\n" in registers


def test_sbsign_is_missing(system, keys):
    result = system.run("seal", "--key", str(keys[0]), "--cert", str(keys[1]), "--loader",
                        str(LOADER), "muster.cfg", env={"PATH": "/nonexistent"})
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == ("muster: error: sbsign is missing: install the Debian package "
                             "sbsigntool\n")
    assert not (system.loader_directory / "muster-sealed.efi").exists()


def test_a_key_that_does_not_sign(system, keys):
    (system.loader_directory / "BOOTAA64.EFI").write_bytes(b"MZ before")
    result = seal(system, "--key", str(keys[1]), "--cert", str(keys[1]), code=1)
    assert result.stderr.startswith("muster: error: sbsign failed")
    assert (system.loader_directory / "BOOTAA64.EFI").read_bytes() == b"MZ before"


@pytest.mark.parametrize("name", FILES)
def test_each_file_altered(system, name):
    """One byte, a shorter or longer file, another sealed file, none: refused, and by its name."""
    seal(system)
    path = system.loader_directory / name
    content = path.read_bytes()
    other = (system.loader_directory / ("xen.efi" if name != "xen.efi" else "vmlinuz")).read_bytes()
    middle = len(content) // 2
    for altered in (content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1:],
                    content[:-1], content + b"\0", b"", other, None):
        if altered is None:
            path.unlink()
        else:
            path.write_bytes(altered)
        reason = ("there is no such file" if altered is None
                  else "it is not the file that was sealed")
        section = "other" if name in ("initrd-b.img", "extra.dtbo") else "one"
        result = system.run("check", "-s", section, "BOOTAA64.EFI")
        assert result.returncode == 1
        assert f"{name}: {reason}\n" in result.stdout
        result = system.run("seal", "--verify", "BOOTAA64.EFI", "../..")
        assert result.returncode == 1
        assert reason in result.stdout and result.stdout.endswith("\n1 difference\n")
    path.write_bytes(content)
    assert system.run("check", "-s", "other", "BOOTAA64.EFI").returncode == 0
    assert system.run("seal", "--verify", "BOOTAA64.EFI", "../..").returncode == 0


def test_the_sealed_configuration_counts(system):
    seal(system)
    for config in ("", "[one]\nkernel=vmlinuz\n", None):
        path = system.loader_directory / "muster.cfg"
        if config is None:
            path.unlink()
        else:
            path.write_text(config)
        result = system.run("plan", "BOOTAA64.EFI")
        assert result.returncode == 0 and "domU1" in result.stdout
        result = system.run("seal", "--verify", "BOOTAA64.EFI", "../..")
        assert result.returncode == (0 if config is None else 1)
        text = ("not there, and not needed" if config is None
                else "another one, but the sealed one boots")
        assert text in result.stdout


def test_a_damaged_seal_is_no_seal(system):
    """Whatever byte of the digests is wrong: refused as a whole, or another file is wanted."""
    seal(system)
    path = system.loader_directory / "BOOTAA64.EFI"
    image = path.read_bytes()
    _, _, file_size, offset, _, content = sections_of(image)[".digests"]
    for at in range(0, len(content), 37):
        damaged = bytearray(image)
        damaged[offset + at] ^= 0x80
        path.write_bytes(damaged)
        result = system.run("seal", "--verify", "BOOTAA64.EFI", "../..")
        assert result.returncode == 1
    path.write_bytes(image[:offset + 10])
    result = system.run("check", "BOOTAA64.EFI")
    assert result.stderr == ("muster: error: the seal of BOOTAA64.EFI is damaged: section .digests "
                             "is cut off\n")


def test_elsewhere_in_the_partition(system):
    """The loader may be moved: names are those of the place where the system was sealed."""
    seal(system)
    (system.root / "EFI/other").mkdir()
    moved = system.root / "EFI/other/loader.efi"
    (system.loader_directory / "BOOTAA64.EFI").rename(moved)
    assert system.run("check", str(moved)).returncode == 0
    (system.loader_directory / "vmlinuz").write_bytes(b"other")
    result = system.run("check", str(moved))
    assert f"{system.root}/EFI/BOOT/muster.cfg:" in result.stdout


def test_image_and_directory(system):
    """A directory with a sealed loader is judged by the seal, and becomes a disk as any."""
    seal(system)
    assert system.run("check", "../..").returncode == 0
    disk = system.root.parent / "disk.img"
    result = subprocess.run([MUSTER, "image", "-o", disk, system.root], capture_output=True,
                            text=True)
    assert result.returncode == 0, result.stderr
    out = system.root.parent / "out.efi"
    subprocess.run(["mcopy", "-n", "-i", f"{disk}@@1M", "::/EFI/BOOT/BOOTAA64.EFI", out],
                   check=True)
    assert out.read_bytes() == (system.loader_directory / "BOOTAA64.EFI").read_bytes()
    (system.loader_directory / "xen.efi").write_bytes(b"MZ")
    assert system.run("check", "../..").returncode == 1


def test_two_names_of_one_file(system):
    """What a FAT file system has as one file can be sealed once only."""
    directory = system.loader_directory
    (directory / "VMLINUZ").write_bytes((directory / "vmlinuz").read_bytes())
    with open(directory / "muster.cfg", "a") as config:
        config.write(
            "[third]\ndtb=system.dtb\nbinary=VMLINUZ kernel\nbinary=initrd-a.img ramdisk\n")
    seal(system)
    with open(directory / "VMLINUZ", "ab") as file:
        file.write(b"more")
    result = seal(system, code=1)
    assert ("muster: error: /EFI/BOOT/vmlinuz and /EFI/BOOT/VMLINUZ are one file on a FAT file "
            "system\n") in result.stderr


def test_the_firmware_tree_describes_the_machine_only(system):
    """A sealed loader takes no modules from it, so that those files are not sealed either."""
    directory = system.loader_directory
    (directory / "other.cfg").unlink()
    (directory / "muster.cfg").write_text("[one]\ndomains=domB\n[domB]\nkernel=vmlinuz\n"
                                          "memory=64M\ncpus=1\n")
    (directory / "kernel").write_bytes((directory / "vmlinuz").read_bytes())
    (directory / "ramdisk").write_bytes((directory / "initrd-a.img").read_bytes())
    result = seal(system, "--dtb", "system.dtb")
    assert "/chosen/domU1: warning: this node is not taken from the firmware, as the loader is " \
           "sealed\n" in result.stderr
    assert "/EFI/BOOT/vmlinuz\n" in result.stdout and "/EFI/BOOT/kernel\n" not in result.stdout
    assert system.run("check", "--dtb", "system.dtb", "BOOTAA64.EFI").returncode == 0


def test_domain_sections_are_not_to_be_booted(system):
    """Not by the load options, and not by default=."""
    seal(system)
    result = system.run("check", "-s", "domB", "BOOTAA64.EFI")
    assert result.returncode == 1
    assert "error: [domB] is no section to boot\n" in result.stdout
    path = system.loader_directory / "muster.cfg"
    path.write_text(path.read_text().replace("default=one", "default=domB"))
    result = seal(system, code=1)
    assert "error: [domB] is no section to boot\n" in result.stderr


def test_no_configuration(system):
    """A tree of the firmware may describe a whole system, but a sealed loader does not take it."""
    directory = system.loader_directory
    for name in ("muster.cfg", "other.cfg"):
        (directory / name).unlink()
    (directory / "vmlinuz").rename(directory / "kernel")
    (directory / "initrd-a.img").rename(directory / "ramdisk")
    result = system.run("seal", "--dtb", "system.dtb", "../..")
    assert result.returncode == 1
    assert result.stderr.startswith("error: no configuration file in /EFI/BOOT (tried ")
    assert result.stderr.endswith("\n1 error, 1 warning\nnothing was sealed\n")


def test_a_large_loader(system):
    os.truncate(system.loader_directory / "initrd-a.img", 70 << 20)
    result = seal(system, "--embed")
    assert result.stderr == (
        "muster: warning: the sealed loader has 70 MiB\n"
        "  hint: firmware holds such a file and its image in memory at the same time, and some "
        "fails: without --embed the files stay in the partition\n")


# Fields of the headers, by their offset behind the one that has the signature's.
OPTIONAL, ENTRY, HEADERS_SIZE, TABLE = 24, 40, 84, 264


def put(image: bytes, field: int, value: bytes) -> bytes:
    at = struct.unpack_from("<I", image, 0x3c)[0] + field
    return image[:at] + value + image[at + len(value):]


def without_room(image: bytes) -> bytes:
    """The headers end where the last section's does."""
    header = struct.unpack_from("<I", image, 0x3c)[0]
    return put(image, HEADERS_SIZE, struct.pack("<I", header + TABLE + 40 * len(sections_of(image))))


@pytest.mark.parametrize("change, problem", [
    (lambda image: b"MZ" + bytes(100), "it is not an EFI program"),
    (lambda image: image[:0x2000], "it is cut off"),
    (lambda image: put(image, OPTIONAL, b"\x0b\x01"), "it is not of the 64-bit PE format"),
    (lambda image: put(image, ENTRY, bytes(4)), "its headers contradict each other"),
    (lambda image: image + bytes(512), "it has something behind its sections"),
    (without_room, "its headers have no room for another section"),
])
def test_loaders_that_cannot_be_sealed(system, change, problem):
    other = system.root.parent / "loader.efi"
    other.write_bytes(change(LOADER.read_bytes()))
    result = seal(system, code=1, loader=other)
    assert result.stderr == f"muster: error: {other} cannot be sealed: {problem}\n"


def test_no_loader(system, tmp_path):
    alone = tmp_path / "muster"
    alone.write_bytes(MUSTER.read_bytes())
    alone.chmod(0o755)
    result = subprocess.run([alone, "seal", "muster.cfg"], cwd=system.loader_directory,
                            capture_output=True, text=True)
    assert result.stderr == ("muster: error: musteraa64.efi is not where this program is: "
                             "--loader FILE names it\n")
