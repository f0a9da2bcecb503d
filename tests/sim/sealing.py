# SPDX-License-Identifier: BSD-2-Clause
"""Seals a loader: a second writer of what src/core/seal reads, so that the two judge each other."""

import hashlib
import struct

OPTIONAL = 24  # bytes from the PE signature to the optional header
SECTION = 40  # bytes of a section's header
READ_ONLY_DATA = 0x40000040


def round_up(number: int, unit: int) -> int:
    """The next multiple."""
    return (number + unit - 1) // unit * unit


def add_section(image: bytes, name: str, content: bytes) -> bytes:
    """The image with one more section, at the end of file and memory."""
    data = bytearray(image)
    header = struct.unpack_from("<I", data, 0x3c)[0]
    count, = struct.unpack_from("<H", data, header + 6)
    table = header + OPTIONAL + struct.unpack_from("<H", data, header + 20)[0]
    section_unit, file_unit = struct.unpack_from("<II", data, header + OPTIONAL + 32)
    size_of_image, size_of_headers = struct.unpack_from("<II", data, header + OPTIONAL + 56)
    assert table + (count + 1) * SECTION <= size_of_headers
    address = round_up(size_of_image, section_unit)
    offset = round_up(len(data), file_unit)
    struct.pack_into("<8sIIIIIIHHI", data, table + count * SECTION, name.encode(), len(content),
                     address, round_up(len(content), file_unit), offset, 0, 0, 0, 0, READ_ONLY_DATA)
    struct.pack_into("<H", data, header + 6, count + 1)
    struct.pack_into("<I", data, header + OPTIONAL + 56,
                     round_up(address + len(content), section_unit))
    data += bytes(offset - len(data)) + content
    return bytes(data + bytes(round_up(len(data), file_unit) - len(data)))


def seal(loader: bytes, configs: dict[str, bytes], files: dict[str, bytes],
         embedded: tuple[str, ...] = ()) -> bytes:
    """The loader with a seal; names are absolute, and the first configuration is started with."""
    digests = b""
    held = b""
    for name, content in files.items():
        digests += f"{hashlib.sha256(content).hexdigest()} {len(content)} ".encode()
        if name in embedded:
            held += bytes(round_up(len(held), 4096) - len(held))
            digests += f"{len(held)} ".encode()
            held += content
        digests += name.encode() + b"\n"
    loader = add_section(loader, ".config", b"".join(
        f"{len(text)} {name}\n".encode() + text + b"\n" for name, text in configs.items()))
    loader = add_section(loader, ".digests", digests)
    return add_section(loader, ".files", held) if embedded else loader
