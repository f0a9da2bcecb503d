# SPDX-License-Identifier: BSD-2-Clause
"""Whatever the bytes of its files: the tool ends by itself, with a diagnostic where there is none
to boot. The sanitized build tells what else goes wrong."""

import random

import pytest

ROUNDS = 40
FILES = ("muster.cfg", "system.dtb", "ethernet.dtb")
# Ends of lines and texts, a terminal's escape, and what looks large or negative.
TELLING = (0, 10, 0x1b, 0x7f, 0x80, 0xff)


def mutate(content: bytes, choose: random.Random) -> bytes:
    """The content with a few bytes changed."""
    changed = bytearray(content)
    for _ in range(choose.choice((0, 1, 2, 8))):
        changed[choose.randrange(len(changed))] = choose.choice(
            (*TELLING, choose.randrange(256)))
    return bytes(changed)


@pytest.mark.parametrize("seed", range(3))
def test_any_bytes(make, seed):
    choose = random.Random(seed)
    system = make("passthrough")
    originals = {name: (system.loader_directory / name).read_bytes() for name in FILES}
    for _ in range(ROUNDS):
        for name, content in originals.items():
            (system.loader_directory / name).write_bytes(mutate(content, choose))
        for arguments in (["check"], ["plan", "--json", "--svg", "plan.svg"]):
            result = system.run(*arguments, "muster.cfg")
            assert result.returncode in (0, 1), result.stderr
            assert "Sanitizer" not in result.stderr and "runtime error" not in result.stderr
            assert result.returncode == 0 or "error: " in result.stdout + result.stderr
