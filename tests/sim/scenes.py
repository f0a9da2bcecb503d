#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes the volumes that tests/sim boots: small files that look like kernels, ramdisks and Xen.

A scene is a directory with a list of `files`, as examples/ have; each name is relative to EFI/BOOT.
It may have the firmware's tree as firmware.dts, load options as `options`, `keys` that are pressed, and a file `writable` if
Muster may write to its volume. With a file `sealed`, the loader is sealed, and holds the files that are
named there. What Xen is to find is in expect/SCENE.
"""

import gzip
import hashlib
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import sealing

HERE = Path(__file__).resolve().parent
LOADER_DIRECTORY = Path("EFI/BOOT")
RAMDISK_SIZE = 5003
KERNEL_SIZE = 20000
POLICY_SIZE = 777


def filler(name: str, size: int) -> bytes:
    """Bytes that no other name gets, so that a file is known by its content."""
    return hashlib.shake_256(name.encode()).digest(size)


def make_kernel(name: str) -> bytes:
    """An arm64 Image (Documentation/arch/arm64/booting.rst of Linux) of KERNEL_SIZE bytes."""
    header = struct.pack("<IIQQQ24xII", 0x14000010, 0, 0, KERNEL_SIZE + 65536, 0xa, 0x644d5241, 0)
    return header + filler(name, KERNEL_SIZE - len(header))


def make_xen(name: str) -> bytes:
    """An arm64 EFI application, which as Xen's is an arm64 Image, too."""
    size = 8192
    image = struct.pack("<2sHIQQQ24xII", b"MZ", 0, 0x14000010, 0, size, 0xa, 0x644d5241, 64)
    coff = struct.pack("<4sHHIIIHH", b"PE\0\0", 0xaa64, 1, 0, 0, 0, 160, 0x206)
    optional = struct.pack("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20b, 2, 20, 4096, 0, 0, 4096, 4096,
                           0, 4096, 512, 0, 0, 0, 0, 0, 0, 0, size, 4096, 0, 10, 0, 0, 0, 0, 0, 0, 6)
    optional = optional.ljust(160, b"\0")
    text = struct.pack("<8sIIIIIIHHI", b".text", 4096, 4096, 4096, 4096, 0, 0, 0, 0, 0x60000020)
    head = image + coff + optional + text
    return head + bytes(4096 - len(head)) + filler(name, size - 4096)


def make_ramdisk(name: str) -> bytes:
    """The start of a cpio archive; its size is odd and no multiple of a page."""
    return b"070701" + filler(name, RAMDISK_SIZE - 6)


def make_policy(name: str) -> bytes:
    """The start of a Flask policy."""
    return struct.pack("<I", 0xf97cff8c) + filler(name, POLICY_SIZE - 4)


def make_tree(source: Path, target: Path) -> None:
    """Compile a tree or an overlay, which may include the machine's own one as machine.dts."""
    subprocess.run(["dtc", "-q", "-@", "-i", HERE, "-I", "dts", "-O", "dtb", "-o", target, source],
                   check=True)


def make_state(_name: str) -> bytes:
    """A copy of a boot state with nothing on trial (docs/boot.md)."""
    record = (b"MUSTERST" + struct.pack("<IQ", 1, 1)).ljust(508, b"\0")
    return record + struct.pack("<I", zlib.crc32(record))


def pack(kernel: bytes, kind: str) -> bytes:
    """A kernel in gzip, or in an EFI zboot image with gzip in it, without the program around it."""
    data = gzip.compress(kernel, mtime=0)
    if kind == "gzip":
        return data
    return b"MZ\0\0zimg" + struct.pack("<II8x", 64, len(data)) + b"gzip".ljust(40, b"\0") + data


BINARIES = {"kernel": make_kernel, "xen": make_xen, "ramdisk": make_ramdisk, "policy": make_policy,
            "muster": make_xen, "sealed": make_xen, "state": make_state}


def make_file(kind: str, argument: str, source: Path, target: Path) -> None:
    """Make one file of a scene."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if kind in BINARIES:
        target.write_bytes(BINARIES[kind](target.name))
    elif kind in ("gzip", "zboot"):
        # The content by which it is known when it is unpacked.
        kernel = make_kernel(target.name)
        target.with_name(target.name + ".unpacked").write_bytes(kernel)
        target.write_bytes(pack(kernel, kind))
    elif kind in ("tree", "overlay"):
        make_tree(source / argument, target)
    elif kind == "copy":
        shutil.copyfile(source / argument, target)
    else:
        raise ValueError(f"{source / 'files'}: unknown kind {kind}")


def seal_scene(loader: Path, embedded: tuple[str, ...]) -> None:
    """Seal what lies beside the loader, the configurations in it, and the files `embedded`."""
    files = {f"/{LOADER_DIRECTORY}/{path.relative_to(loader.parent)}": path
             for path in sorted(loader.parent.rglob("*")) if path.is_file() and path != loader}
    configs = {name: path.read_bytes() for name, path in files.items() if path.suffix == ".cfg"}
    first = [name for name in configs if name.endswith("/muster.cfg")]
    configs = {name: configs[name] for name in [*first, *configs]}
    contents = {name: path.read_bytes() for name, path in files.items() if name not in configs}
    loader.write_bytes(sealing.seal(
        loader.read_bytes(), configs, contents,
        tuple(name for name in contents if Path(name).name in embedded)))


def make_scene(source: Path, target: Path) -> None:
    """Make in `target` the volume and the firmware's tree of the scene in `source`."""
    shutil.rmtree(target, ignore_errors=True)
    directory = target / "volume" / LOADER_DIRECTORY
    directory.mkdir(parents=True)
    tree = source / "firmware.dts"
    embedded = (source / "sealed").read_text(encoding="utf-8").split() if (
        source / "sealed").exists() else None
    make_tree(tree if tree.exists() else HERE / "machine.dts", target / "firmware.dtb")
    for line in (source / "files").read_text(encoding="utf-8").splitlines():
        words = line.split("#")[0].split()
        if words:
            name, kind, argument = (words + [""])[:3]
            make_file(kind, argument, source, directory / name)
            if kind == "sealed":
                embedded = []
    if embedded is not None:
        seal_scene(directory / "BOOTAA64.EFI", tuple(embedded))
    extras = {"options": source / "options", "keys": source / "keys", "writable": source / "writable",
              "expect": HERE / "expect" / source.name}
    for name, extra in extras.items():
        if extra.exists():
            shutil.copyfile(extra, target / name)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: scenes.py TARGET SCENE…")
    for scene in map(Path, sys.argv[2:]):
        make_scene(scene, Path(sys.argv[1]) / scene.name)
