# SPDX-License-Identifier: BSD-2-Clause
"""The loader's image: what firmware is told of it."""

import re
import struct
import subprocess

from conftest import ROOT
from test_seal import LOADER, sections_of

MOST = 192 << 10
WRITABLE, EXECUTABLE = 1 << 31, 1 << 29
DIR64 = 10


def test_size():
    assert len(LOADER.read_bytes()) <= MOST


def test_protection():
    """Each section is of whole pages, and no section can be written and executed."""
    sections = sections_of(LOADER.read_bytes())
    assert list(sections) == [".text", ".rodata", ".data", ".reloc"]
    for name, (_, address, _, _, characteristics, _) in sections.items():
        assert address % 4096 == 0
        assert bool(characteristics & EXECUTABLE) == (name == ".text")
        assert bool(characteristics & WRITABLE) == (name == ".data")


def base_relocations(table: bytes) -> list:
    """The addresses of the pointers that firmware moves."""
    found = []
    at = 0
    while at < len(table):
        page, size = struct.unpack_from("<II", table, at)
        assert page % 4096 == 0 and size % 4 == 0
        entries = struct.unpack_from(f"<{(size - 8) // 2}H", table, at + 8)
        found += [page + (entry & 0xfff) for entry in entries if entry >> 12 == DIR64]
        assert {entry for entry in entries if entry >> 12 != DIR64} <= {0}
        at += size
    return found


def test_base_relocations():
    """They are those of the shared object; what is moved is a pointer into the image."""
    output = subprocess.run(["readelf", "-rW", ROOT / "build/musteraa64.so"], capture_output=True,
                            text=True, check=True).stdout
    wanted = re.findall(r"^([0-9a-f]{16}) .* R_AARCH64_RELATIVE +([0-9a-f]+)$", output, re.MULTILINE)
    sections = sections_of(LOADER.read_bytes())
    size, start, *_, data = sections[".data"]
    found = base_relocations(sections[".reloc"][-1])
    assert found == [int(place, 16) for place, _ in wanted] and len(found) > 100
    assert [struct.unpack_from("<Q", data, place - start)[0] for place in found] == [
        int(value, 16) for _, value in wanted]
    assert start <= min(found) and max(found) + 8 <= start + size
