# SPDX-License-Identifier: BSD-2-Clause
"""Makes the smallest files that Xen takes for kernels, ramdisks and fragments.

KIND, and what follows it in a line of a system's files:

    image [SIZE]        an arm64 Image, which loops on the spot; SIZE is what its header says
    gzip [SIZE]         the same in gzip
    uimage [TYPE] [LOAD] [ENTRY]   the same in U-Boot's wrapping; TYPE is "none" or "gzip"
    zimage [SIZE]       a 32-bit Arm zImage
    zboot gzip          the same in gzip, in an EFI program
    elf, efi, zboot     what Xen does not take for a kernel
    cpio SIZE           a ramdisk
    xsm                 the head of an XSM policy
    text SIZE           bytes without a meaning
    empty               a file without content
    cut KIND …          the first half of another kind
"""

import gzip
import struct
import zlib

PAGE = 4096
BRANCH_TO_SELF = 0x14000000  # arm64: b .
ARM_BRANCH_TO_SELF = 0xEAFFFFFE
UIMAGE_MAGIC, UIMAGE_OS_LINUX, UIMAGE_ARCH_ARM64, UIMAGE_KERNEL = 0x27051956, 5, 22, 2


def number(words: list[str], default: int) -> int:
    """The first word as a number."""
    return int(words[0], 0) if words else default


def image(words: list[str]) -> bytes:
    """Linux, Documentation/arch/arm64/booting.rst: code0 branches over the header."""
    header = struct.pack("<IIQQQQQQ4sI", 0x14000010, 0, 0, number(words, PAGE), 0xA, 0, 0, 0,
                         b"ARM\x64", 0)
    return (header + struct.pack("<I", BRANCH_TO_SELF)).ljust(PAGE, b"\0")


def uimage(words: list[str]) -> bytes:
    """U-Boot's legacy image: a header of 64 bytes before the data."""
    packed = words[:1] == ["gzip"]
    data = gzip.compress(image([]), mtime=0) if packed else image([])
    load, entry = (int(word, 0) for word in (words[1:] + ["0", "0"])[:2])

    def header(checksum: int) -> bytes:
        return struct.pack(">7I4B32s", UIMAGE_MAGIC, checksum, 0, len(data), load, entry,
                           zlib.crc32(data), UIMAGE_OS_LINUX, UIMAGE_ARCH_ARM64, UIMAGE_KERNEL,
                           int(packed), b"test")
    return header(zlib.crc32(header(0))) + data


def zimage(words: list[str]) -> bytes:
    """Linux, Documentation/arch/arm/booting.rst: the magic is at 36, start and end follow."""
    size = number(words, PAGE)
    code = struct.pack("<9I", *[ARM_BRANCH_TO_SELF] * 9)
    return (code + struct.pack("<III", 0x016F2818, 0, size)).ljust(PAGE, b"\0")


def efi(_words: list[str]) -> bytes:
    """An EFI program for arm64 that is no Linux Image."""
    head = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    coff = struct.pack("<4sHHIIIHH", b"PE\0\0", 0xAA64, 0, 0, 0, 0, 160, 0x206)
    return (head + coff + bytes(160)).ljust(PAGE, b"\0")


def xsm(_words: list[str]) -> bytes:
    """Xen, xsm_policy.c: the magic, and the length and text of the name."""
    return (struct.pack("<II", 0xF97CFF8C, 8) + b"XenFlask").ljust(PAGE, b"\0")


def unpack(content: bytes) -> bytes:
    """A packed kernel as Muster puts it into memory; any other file as it is."""
    if content[:2] == b"\x1f\x8b":
        return gzip.decompress(content)
    if content[4:8] == b"zimg" and content[24:28] == b"gzip":
        start, size = struct.unpack_from("<II", content, 8)
        return gzip.decompress(content[start:start + size])
    if content[:4] == struct.pack(">I", UIMAGE_MAGIC) and content[31] == 1:
        return gzip.decompress(content[64:])  # an Image, which needs no wrapping
    return content


def zboot(words: list[str]) -> bytes:
    """Linux, drivers/firmware/efi/libstub/zboot-header.S: where the packed kernel lies, and how."""
    if words != ["gzip"]:
        return b"MZ\0\0zimg".ljust(PAGE, b"\0")
    data = gzip.compress(image([]), mtime=0)
    head = b"MZ\0\0zimg" + struct.pack("<II", PAGE, len(data)) + bytes(8) + b"gzip"
    return head.ljust(PAGE, b"\0") + data


def make(kind: str) -> bytes:
    """The content of a file of a kind, given as in a system's files."""
    name, *words = kind.split()
    if name == "cut":
        content = make(" ".join(words))
        return content[:len(content) // 2]
    makers = {
        "image": image, "uimage": uimage, "zimage": zimage, "efi": efi, "xsm": xsm,
        "zboot": zboot,
        "gzip": lambda words: gzip.compress(image(words), mtime=0),
        "elf": lambda words: b"\x7fELF\x02\x01\x01".ljust(PAGE, b"\0"),
        "cpio": lambda words: b"070701".ljust(number(words, PAGE), b"0"),
        "text": lambda words: (b"text " * (number(words, PAGE) // 5 + 1))[:number(words, PAGE)],
        "empty": lambda words: b"",
    }
    return makers[name](words)
