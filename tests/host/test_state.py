# SPDX-License-Identifier: BSD-2-Clause
"""The state command: the file it makes and shows, and confirming with it and with dd."""

import os
import struct
import subprocess
import zlib

import pytest

from conftest import MUSTER

COPIES = (0, 65536)
CONFIRMATIONS = (131072, 196608)
SIZE = 262144
EMPTY = ("on trial       -\n"
         "confirmed      -\n"
         "next, once     -\n"
         "last fallback  -\n")


def name(text):
    return text.encode().ljust(96, b"\0")


def record(revision, trial="", confirmed="", once="", fallen="", tries=3, left=3, is_trial=1,
           reason=0):
    """A record as docs/state.md has it."""
    head = b"MUSTERST" + struct.pack("<IQHHHH", 1, revision, tries, left, is_trial, reason)
    body = head + name(trial) + name(confirmed) + name(once) + name(fallen)
    body = body.ljust(508, b"\0")
    return body + struct.pack("<I", zlib.crc32(body))


def write(path, records):
    """A state file with these records at these offsets."""
    content = bytearray(SIZE)
    for offset, content_of in records.items():
        content[offset:offset + 512] = content_of
    path.write_bytes(content)


def run(*arguments):
    return subprocess.run([MUSTER, "state", *map(str, arguments)], timeout=60, capture_output=True,
                          text=True, stdin=subprocess.DEVNULL)


def show(path):
    result = run(path)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


@pytest.fixture
def state(tmp_path):
    return tmp_path / "muster.state"


def test_init(state):
    result = run("--init", state)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert state.read_bytes() == record(1, tries=0, left=0, is_trial=0).ljust(SIZE, b"\0")
    assert show(state) == EMPTY
    again = run("--init", state)
    assert again.returncode == 1
    assert again.stderr == f"muster: error: cannot make {state}: File exists\n"


def test_the_newer_copy_counts(state):
    write(state, {COPIES[0]: record(5, "new", left=1), COPIES[1]: record(4, "new", left=2)})
    assert show(state).startswith("on trial       new: 1 of 3 tries left\n")
    with state.open("r+b") as file:
        file.seek(10)
        file.write(b"torn")
    assert show(state).startswith("on trial       new: 2 of 3 tries left\n")


def test_what_is_shown(state):
    write(state, {COPIES[1]: record(7, "new", "old", "rescue", "new", 3, 0, 0, 2)})
    assert show(state) == ("on trial       new: 0 of 3 tries left, not booted last\n"
                           "confirmed      old\n"
                           "next, once     rescue\n"
                           "last fallback  new has used up its tries\n")
    write(state, {COPIES[0]: record(8, fallen="new", reason=1)})
    assert show(state).endswith("last fallback  new could not be started\n")


def test_confirm(state):
    write(state, {COPIES[0]: record(5, "new", "old", left=1), COPIES[1]: record(4, "new", "old")})
    before = state.read_bytes()
    result = run("--confirm", state)
    assert (result.returncode, result.stdout, result.stderr) == (0, "confirmed new\n", "")
    after = state.read_bytes()
    assert after[COPIES[1]:COPIES[1] + 512] == record(6, "new", "new", left=3)
    # The copy that counted until now is as it was, in case of a power cut.
    assert after[:COPIES[1]] == before[:COPIES[1]]
    assert after[COPIES[1] + 512:] == before[COPIES[1] + 512:]
    assert "confirmed      new\n" in show(state)


def test_nothing_to_confirm(state):
    run("--init", state)
    result = run("--confirm", state)
    assert result.returncode == 1
    assert result.stderr == (f"muster: error: {state}: the section that was booted last was not on "
                             "trial\n")


def test_next(state):
    run("--init", state)
    assert run("--next", "rescue", state).returncode == 0
    assert "next, once     rescue\n" in show(state)
    assert run("--next", "", state).returncode == 0
    assert show(state) == EMPTY
    result = run("--next", "n" * 96, state)
    assert result.returncode == 2
    assert "the name of a section in the state has at most 95 bytes" in result.stderr


@pytest.mark.parametrize("newest", (0, 1))
def test_confirm_with_dd(state, newest):
    write(state, {COPIES[newest]: record(9, "new", "old", left=1),
                  COPIES[1 - newest]: record(8, "new", "old", left=2)})
    subprocess.run(["dd", f"if={state}", f"of={state}", "bs=64k", "count=2", "seek=2",
                    "conv=notrunc,fsync"], check=True, capture_output=True, timeout=60)
    content = state.read_bytes()
    assert len(content) == SIZE
    assert content[CONFIRMATIONS[newest]:][:512] == content[COPIES[newest]:][:512]
    assert "confirmed      new\n" in show(state)


def test_no_state(state, tmp_path):
    result = run(state)
    assert result.returncode == 1
    assert result.stderr == f"muster: error: cannot open {state}: No such file or directory\n"
    state.write_bytes(os.urandom(SIZE))
    result = run(state)
    assert result.returncode == 1
    assert result.stderr == (f"muster: error: {state} has no state that can be read: both copies are "
                             "damaged; remove it and make it with muster state --init\n")
    state.write_bytes(bytes(SIZE - 1))
    wrong = (f"muster: error: {state} is not a boot state: that is a file of 262144 bytes, made with "
             "muster state --init\n")
    assert run("--confirm", state).stderr == wrong
    state.unlink()
    os.mkfifo(state)
    assert run(state).stderr == wrong
    assert run(tmp_path).returncode == 1


def test_usage(state):
    for arguments, message in (
            ((), "name one file"),
            (("--init", "--confirm", state), "--init, --confirm and --next do not go together"),
            (("--next",), "--next needs an argument"),
            (("--x", state), "unknown or ambiguous option --x")):
        result = run(*arguments)
        assert result.returncode == 2
        assert result.stderr == (f"muster state: {message}\nusage: muster state [--init | --confirm "
                                 "| --next SECTION] FILE\n")


def test_a_full_disk(tmp_path):
    """A write that fails leaves no half-made file."""
    path = tmp_path / "muster.state"
    result = subprocess.run(["sh", "-c", f"trap '' XFSZ; ulimit -f 100; exec {MUSTER} state --init {path}"],
                            capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    assert result.stderr == f"muster: error: cannot write {path}: No space left on device\n"
    assert not path.exists()
