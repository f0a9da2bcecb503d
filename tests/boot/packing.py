# SPDX-License-Identifier: BSD-2-Clause
"""Packs kernels in the forms in which distributions have them."""

import gzip
import struct
import zlib

PAGE = 4096
PE_OFFSET = 64
LINUX_PE_MAGIC = 0x818223CD
UIMAGE_MAGIC, UIMAGE_LINUX, UIMAGE_ARM64, UIMAGE_KERNEL, UIMAGE_GZIP = 0x27051956, 5, 22, 2, 1


def in_gzip(kernel: bytes) -> bytes:
    """As `gzip -9n` packs it."""
    return gzip.compress(kernel, mtime=0)


def in_zboot(kernel: bytes) -> bytes:
    """An EFI zboot image: Linux, drivers/firmware/efi/libstub/zboot-header.S. The program that would
    unpack it is left out, as nothing here starts it."""
    data = in_gzip(kernel)
    head = b"MZ\0\0zimg" + struct.pack("<II8x", PAGE, len(data)) + b"gzip".ljust(32, b"\0")
    head += struct.pack("<II", LINUX_PE_MAGIC, PE_OFFSET)
    coff = struct.pack("<4sHHIIIHH", b"PE\0\0", 0xAA64, 1, 0, 0, 0, 160, 0x20E)
    size = PAGE + -(-len(data) // PAGE) * PAGE
    optional = struct.pack("<H14xI4xQIIQ8xIIIHH32x4xI", 0x20B, PAGE, 0, PAGE, 512, 0, size, PAGE, 0,
                           10, 0, 6).ljust(160, b"\0")
    text = struct.pack("<8sIIII12xI", b".text", size - PAGE, PAGE, size - PAGE, PAGE, 0x60000020)
    return (head + coff + optional + text).ljust(PAGE, b"\0") + data.ljust(size - PAGE, b"\0")


def in_uimage(kernel: bytes, load: int = 0x80000) -> bytes:
    """U-Boot's wrapping around it in gzip, as `mkimage -C gzip` makes it."""
    data = in_gzip(kernel)

    def header(checksum: int) -> bytes:
        return struct.pack(">7I4B32s", UIMAGE_MAGIC, checksum, 0, len(data), load, load,
                           zlib.crc32(data), UIMAGE_LINUX, UIMAGE_ARM64, UIMAGE_KERNEL, UIMAGE_GZIP,
                           b"Linux")
    return header(zlib.crc32(header(0))) + data
