# SPDX-License-Identifier: BSD-2-Clause
"""Ramdisks in gzip: the tool warns of those that Linux could not unpack."""

import gzip
import os

import pytest

PACKED = gzip.compress(b"070701" + os.urandom(200_000), mtime=0)
CUT, DAMAGED = "cut off", "damaged"
FINE = "no errors: 3 domains, 4 files\n"


def altered(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


@pytest.mark.parametrize("content, fault", [
    (PACKED, None),
    (PACKED + PACKED, None),
    (PACKED + bytes(512) + PACKED, None),
    (PACKED + bytes(3) + b"070701 and more", None),
    (PACKED[:-1], CUT),
    (PACKED[:70_000], CUT),
    (PACKED[:12], CUT),
    (PACKED + PACKED[:-9], CUT),
    (altered(PACKED, len(PACKED) - 8), DAMAGED),
    (PACKED + altered(PACKED, len(PACKED) - 2), DAMAGED),
    # Too large to look at.
    (PACKED[:-1] + bytes(64 << 20), None),
], ids=range(11))
def test_a_ramdisk(make, content, fault):
    system = make("packed")
    (system.loader_directory / "initrd-a.img").write_bytes(content)
    result = system.run("check", "--strict", "muster.cfg")
    if fault is None:
        assert (result.returncode, result.stdout) == (0, FINE)
    else:
        assert result.returncode == 1
        assert result.stdout == (
            f"/chosen/domU1/ramdisk: warning: initrd-a.img is {fault}: Linux cannot unpack this "
            "ramdisk\n  hint: was it copied completely?\n1 warning\n" + FINE)
