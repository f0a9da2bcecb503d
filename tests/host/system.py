# SPDX-License-Identifier: BSD-2-Clause
"""Makes the systems that the host tool's tests look at: small files like the real ones."""

import shutil
import struct
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
PE_OFFSET = 64
OPTIONAL_SIZE = 160  # of the optional header
TEXT = 512  # where the section begins, in the file and in memory
LOADER_DIRECTORY = Path("EFI/BOOT")


def filler(size: int, seed: str) -> bytes:
    """Bytes that look like nothing and are the same each time."""
    pattern = (seed.encode() + b" is only a test. ") or b"."
    return (pattern * (size // len(pattern) + 1))[:size]


def image(size: int, seed: str, words: bytes = b"") -> bytes:
    """An arm64 Image that is an EFI program as well (Linux, Documentation/arm64/booting.rst), with
    `words` at its end."""
    header = struct.pack("<2sHIQQQ24x4sI", b"MZ", 0, 0x14000010, 0, size, 0xa, b"ARM\x64",
                         PE_OFFSET)
    coff = struct.pack("<4sHHIIIHH", b"PE\0\0", 0xaa64, 1, 0, 0, 0, OPTIONAL_SIZE, 0x206)
    optional = struct.pack("<H14xI4xQIIQ8xIIIHH32x4xI", 0x20b, TEXT, 0, TEXT, TEXT, 0, size, TEXT, 0,
                           10, 0, 6).ljust(OPTIONAL_SIZE, b"\0")
    text = struct.pack("<8sIIIIIIHHI", b".text", size - TEXT, TEXT, size - TEXT, TEXT, 0, 0, 0, 0,
                       0x60000020)
    head = (header + coff + optional + text).ljust(TEXT, b"\0")
    return head + filler(size - TEXT - len(words), seed) + words


def cpio(size: int, seed: str) -> bytes:
    """The start of a cpio archive."""
    return (b"070701" + filler(size, seed))[:size]


def compile_tree(source: Path, target: Path) -> None:
    """Compile a tree that may include machine.dts; -@ is for those that overlays refer to."""
    subprocess.run(["dtc", "-q", "-@", "-i", HERE, "-I", "dts", "-O", "dtb", "-o", target, source],
                   check=True)


def make_system(case: Path, root: Path) -> Path:
    """Make the partition of a case in the directory `root`; returns the loader's directory.

    Each .dts becomes a .dtb, or a .dtbo when it is a plugin; machine.dtb is the firmware's tree,
    beside the partition. Other files are copied. Standard binaries are always there.
    """
    directory = root / LOADER_DIRECTORY
    directory.mkdir(parents=True)
    (directory / "xen.efi").write_bytes(image(20000, "xen"))
    (directory / "vmlinuz").write_bytes(image(300000, "vmlinuz"))
    (directory / "initrd-a.img").write_bytes(cpio(50000, "a"))
    (directory / "initrd-b.img").write_bytes(cpio(70001, "b"))
    compile_tree(HERE / "machine.dts", root.parent / "machine.dtb")
    for source in sorted(case.iterdir()):
        if source.suffix == ".dts":
            kind = ".dtbo" if "/plugin/" in source.read_text() else ".dtb"
            compile_tree(source, directory / (source.stem + kind))
        elif source.name not in ("commands", "expected", "make"):
            shutil.copyfile(source, directory / source.name)
    # Files that only a shell can make: empty files, links, copies with a mistake in them.
    if (case / "make").exists():
        subprocess.run(["sh", "-e", case / "make"], cwd=directory, check=True)
    return directory
