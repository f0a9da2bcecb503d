# SPDX-License-Identifier: BSD-2-Clause
"""Writes boot options into firmware's variable store, as efibootmgr would on a running system."""

import struct
import uuid
import zlib
from pathlib import Path
from typing import NamedTuple, Sequence

# UEFI 2.10 §3.3, Globally Defined Variables.
GLOBAL_VARIABLE = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c")
NON_VOLATILE_BOOT_RUNTIME = 0x7
NON_VOLATILE_BOOT = 0x3
SHIM = uuid.UUID("605dab50-e046-4300-abb6-3dd810dd8b23")
LOAD_OPTION_ACTIVE = 0x1

# The store that EDK2 keeps in the first 768 KiB of a flash of 64 MiB, when ArmVirtQemu formats it:
# a firmware volume header, a variable store header, then variables in erased flash.
VOLUME_GUID = uuid.UUID("fff12b8d-7696-4c8b-a985-2747075b4f50")
VOLUME_ATTRIBUTES = 0xE36
VOLUME_SIZE = 0xC0000
STORE_GUID = uuid.UUID("aaf32c78-947b-439a-a180-2e144ec37792")
STORE_FORMATTED = 0x5A
STORE_HEALTHY = 0xFE
FLASH_SIZE = 64 * 1024 * 1024
BLOCK_SIZE = 0x40000

VARIABLE_START = 0x55AA
VARIABLE_ADDED = 0x3F
VARIABLE_DELETED = 0x3C

# U-Boot keeps its variables in the file ubootefi.var of the ESP.
U_BOOT_MAGIC = 0x0161566966456255


class BootOption(NamedTuple):
    """A boot option: a file, the partition that it is on, and its load options."""

    description: str
    partition: uuid.UUID
    first_sector: int
    sectors: int
    path: str
    options: str = ""


class WebOption(NamedTuple):
    """A boot option for an address on a web server, and its load options."""

    description: str
    url: str
    options: str = ""


def utf16(text: str) -> bytes:
    """`text` as EFI keeps it: UTF-16, ended by a zero."""
    return (text + "\0").encode("utf-16-le")


def device_path(option: BootOption | WebOption) -> bytes:
    """HD(1,GPT,…)/File(…): UEFI 2.10 §10.3.5.1, §10.3.5.4 and §10.3.1; or Uri(…): §10.3.4.23."""
    if isinstance(option, WebOption):
        url = option.url.encode()
        return struct.pack("<BBH", 3, 24, 4 + len(url)) + url + struct.pack("<BBH", 0x7F, 0xFF, 4)
    hard_drive = struct.pack("<BBHIQQ16sBB", 4, 1, 42, 1, option.first_sector, option.sectors,
                             option.partition.bytes_le, 2, 2)
    name = utf16(option.path)
    file_path = struct.pack("<BBH", 4, 4, 4 + len(name)) + name
    return hard_drive + file_path + struct.pack("<BBH", 0x7F, 0xFF, 4)


def load_option(option: BootOption | WebOption) -> bytes:
    """An EFI_LOAD_OPTION: UEFI 2.10 §3.1.3."""
    path = device_path(option)
    optional = utf16(option.options) if option.options else b""
    return (struct.pack("<IH", LOAD_OPTION_ACTIVE, len(path)) + utf16(option.description) + path
            + optional)


def boot_variables(options: Sequence[BootOption | WebOption]) -> dict[str, bytes]:
    """Boot0001, Boot0002, … for `options`, and BootOrder that tries them in this order."""
    numbers = range(1, len(options) + 1)
    result = {"BootOrder": struct.pack(f"<{len(options)}H", *numbers)}
    for number, option in zip(numbers, options):
        result[f"Boot{number:04X}"] = load_option(option)
    return result


def variable(name: str, data: bytes, attributes: int = NON_VOLATILE_BOOT_RUNTIME,
             namespace: uuid.UUID = GLOBAL_VARIABLE) -> bytes:
    """One authenticated variable of EDK2's store, with neither count nor time nor key."""
    encoded = utf16(name)
    header = struct.pack("<HBBIQ16xIII16s", VARIABLE_START, VARIABLE_ADDED, 0,
                         attributes, 0, 0, len(encoded), len(data), namespace.bytes_le)
    record = header + encoded + data
    return record + b"\xff" * (-len(record) % 4)


def volume_header() -> bytes:
    """The EFI_FIRMWARE_VOLUME_HEADER, whose 16-bit words add up to zero: PI 1.7 §3.2.1."""
    def header(checksum: int) -> bytes:
        block_map = struct.pack("<4I", FLASH_SIZE // BLOCK_SIZE, BLOCK_SIZE, 0, 0)
        return struct.pack("<16x16sQ4sIHHHBB", VOLUME_GUID.bytes_le, VOLUME_SIZE, b"_FVH",
                           VOLUME_ATTRIBUTES, 56 + len(block_map), checksum, 0, 0, 2) + block_map
    words = struct.unpack("<36H", header(0))
    return header(-sum(words) & 0xFFFF)


def machine_owner_keys(keys: bytes) -> bytes:
    """The variable of shim with a list of keys that the machine's owner trusts."""
    return variable("MokList", keys, NON_VOLATILE_BOOT, SHIM)


def extend_store(base: Path, target: Path, options: Sequence[BootOption | WebOption],
                 more: bytes = b"") -> None:
    """Write EDK2's flash as in the file `base`, with `options` in place of its boot options, and
    with `more` variables."""
    store = bytearray(base.read_bytes())
    # The volume's header, and the store's, of 28 bytes.
    at = len(volume_header()) + 28
    while struct.unpack_from("<H", store, at)[0] == VARIABLE_START:
        name_size, data_size = struct.unpack_from("<36xII", store, at)
        if store[at + 60:].startswith("Boot".encode("utf-16-le")):
            store[at + 2] = VARIABLE_DELETED
        at += 60 + name_size + data_size
        at += -at % 4
    for record in (*(variable(*each) for each in boot_variables(options).items()), more):
        store[at:at + len(record)] = record
        at += len(record)
    target.write_bytes(store)


def write_store(target: Path, options: Sequence[BootOption | WebOption] = ()) -> None:
    """Write EDK2's flash with `options` as its boot options.

    Without options the flash is blank, and the firmware formats it as on its first power-on.
    """
    store = b""
    if options:
        volume = volume_header()
        store = volume + struct.pack("<16sIBBHI", STORE_GUID.bytes_le, BLOCK_SIZE - len(volume),
                                     STORE_FORMATTED, STORE_HEALTHY, 0, 0)
        for name, data in boot_variables(options).items():
            store += variable(name, data)
        store = store.ljust(VOLUME_SIZE, b"\xff")
    with open(target, "wb") as file:
        file.write(store)
        file.truncate(FLASH_SIZE)


def u_boot_file(options: Sequence[BootOption]) -> bytes:
    """The content of U-Boot's file of variables with `options` as its boot options."""
    entries = b""
    for name, data in boot_variables(options).items():
        entry = struct.pack("<IIQ16s", len(data), NON_VOLATILE_BOOT_RUNTIME, 0,
                            GLOBAL_VARIABLE.bytes_le) + utf16(name) + data
        entries += entry + bytes(-len(entry) % 8)
    return struct.pack("<QQII", 0, U_BOOT_MAGIC, 24 + len(entries), zlib.crc32(entries)) + entries
