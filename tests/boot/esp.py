#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes EFI system partitions: a directory from an example's list of files, a disk from that."""

import shutil
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

from machine import BUILD, ROOT, RUN_CPUS, dump_tree
from variables import BootOption

PAYLOAD = BUILD / "payload"
MUSTER = BUILD / "musteraa64.efi"
TOOL = BUILD / "muster"
SNAKEOIL = Path("/usr/share/qemu-efi-aarch64/PkKek-1-snakeoil")
GRUB_MODULES = PAYLOAD / "sysroot/usr/lib/grub/arm64-efi"

# Firmware starts EFI/BOOT/BOOTAA64.EFI by itself; Muster's files are beside it.
LOADER_DIRECTORY = Path("EFI/BOOT")

# The disks of `muster image`: one partition, with a MiB before it and one behind it.
SECTOR = 512
MIB = 1024 * 1024
PARTITION_ID = uuid.UUID("6d757374-6572-4000-8000-000000000001")


def make_tree(source: str, target: Path, *, labels: bool = False, **hardware) -> None:
    """Compile a tree whose source may include the machine's own one as machine.dts.

    With `labels` the tree keeps its labels, so that overlays can refer to them.
    """
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        dump_tree(directory / "machine.dtb", **hardware)
        with open(directory / "machine.dts", "wb") as file:
            subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", directory / "machine.dtb"],
                           check=True, stdout=file)
        (directory / "system.dts").write_text(source)
        subprocess.run(["dtc", "-q", *(["-@"] if labels else []), "-i", directory, "-I", "dts",
                        "-O", "dtb", "-o", target, directory / "system.dts"], check=True)


def make_overlay(source: str, target: Path) -> None:
    """Compile an overlay."""
    subprocess.run(["dtc", "-q", "-@", "-I", "dts", "-O", "dtb", "-o", target],
                   input=source.encode(), check=True)


def make_ramdisk(mark: str, target: Path, *, disk: bool = False) -> None:
    """Make a ramdisk whose init reports under the name `mark`; with `disk` it can use one."""
    subprocess.run([ROOT / "tools/ramdisk.sh", mark, target, *(["disk"] if disk else [])],
                   check=True)


def extend_ramdisk(target: Path, files: dict[str, Path]) -> None:
    """Add files to a ramdisk, or put them in place of others: their names in it, and what they are."""
    with tempfile.TemporaryDirectory() as name:
        for inside, source in files.items():
            place = Path(name) / inside
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, place)
        names = "\n".join(str(path.relative_to(name)) for path in sorted(Path(name).rglob("*")))
        added = subprocess.run(["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0"], cwd=name,
                               input=names.encode(), check=True, stdout=subprocess.PIPE).stdout
    with open(target, "ab") as ramdisk:
        ramdisk.write(added)


def make_grub(target: Path, prefix: str, *modules: str) -> None:
    """Make GRUB with these modules built in; it reads grub.cfg in the ESP's directory `prefix`."""
    subprocess.run(["grub-mkimage", "-O", "arm64-efi", "-d", GRUB_MODULES, "-p", prefix,
                    "-o", target, "part_gpt", "fat", "normal", *modules], check=True)


def seal(config: Path, target: Path, **hardware) -> None:
    """Seal the system of a configuration for a machine of hardware_options(); qemu-efi-aarch64 has the key to sign it
    for tests."""
    with tempfile.TemporaryDirectory() as name:
        key = Path(name) / "key.pem"
        subprocess.run(["openssl", "rsa", "-in", SNAKEOIL.with_suffix(".key"), "-passin",
                        "pass:snakeoil", "-out", key], check=True, stderr=subprocess.DEVNULL)
        tree = Path(name) / "machine.dtb"
        dump_tree(tree, **hardware)
        subprocess.run([TOOL, "seal", "--key", key, "--cert", SNAKEOIL.with_suffix(".pem"),
                        "--loader", MUSTER, "--dtb", tree, "-o", target, config],
                       check=True, stdout=subprocess.DEVNULL)


def make_file(kind: str, argument: str, source: Path, target: Path, **hardware) -> None:
    """Make one file of a system; see the `files` list of an example for the kinds."""
    if kind == "muster":
        shutil.copyfile(MUSTER, target)
    elif kind == "xen":
        shutil.copyfile(PAYLOAD / "xen.efi", target)
    elif kind == "kernel":
        shutil.copyfile(PAYLOAD / "vmlinuz", target)
    elif kind == "ramdisk":
        make_ramdisk(argument, target)
    elif kind == "tree":
        make_tree((source / argument).read_text(), target, **hardware)
    elif kind == "overlay":
        make_overlay((source / argument).read_text(), target)
    elif kind == "sealed":
        seal(target.with_name(argument), target, **hardware)
    elif kind == "copy":
        shutil.copyfile(source / argument, target)
    else:
        raise ValueError(f"{source / 'files'}: unknown kind {kind}")


def make_example(source: Path, target: Path, **hardware) -> None:
    """Make the ESP directory `target` of the example that the directory `source` describes.

    Trees are those of a machine of hardware_options().
    """
    shutil.rmtree(target, ignore_errors=True)
    directory = target / LOADER_DIRECTORY
    directory.mkdir(parents=True)
    for line in (source / "files").read_text().splitlines():
        words = line.split("#")[0].split()
        if words:
            name, kind, argument = (words + [""])[:3]
            make_file(kind, argument, source, directory / name, **hardware)


def make_disk(directory: Path, image: Path, size: int) -> None:
    """Make a disk of `size` bytes whose one partition is an ESP with the files of `directory`."""
    subprocess.run([TOOL, "image", "--size", str(size), "-o", image, directory], check=True,
                   stdout=subprocess.DEVNULL)


def partition(image: Path) -> str:
    """The name that mtools have for the ESP of a disk of make_disk()."""
    return f"{image}@@{MIB}"


def add_file(image: Path, content: bytes, name: str) -> None:
    """Add a file to the root of a disk's ESP."""
    subprocess.run(["mcopy", "-i", partition(image), "-o", "-", f"::/{name}"],
                   input=content, check=True)


def get_file(image: Path, name: str, target: Path) -> None:
    """Copy a file of a disk's ESP to `target`."""
    subprocess.run(["mcopy", "-i", partition(image), "-n", f"::/{name}", target], check=True)


def boot_option(image: Path, path: str, options: str = "") -> BootOption:
    """The firmware's boot option for a file on a disk of make_disk()."""
    sectors = (image.stat().st_size - 2 * MIB) // SECTOR
    return BootOption(path.rpartition("\\")[2], PARTITION_ID, MIB // SECTOR, sectors, path,
                      options)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: esp.py EXAMPLE ESP-DIRECTORY")
    make_example(Path(sys.argv[1]), Path(sys.argv[2]), cpus=RUN_CPUS)
