# SPDX-License-Identifier: BSD-2-Clause
"""The state command: the file it makes and shows, and confirming with it and with dd."""

import os
import re
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

from conftest import MUSTER, ROOT

SUFFIXES = ("", ".2", ".ok")
NOTHING = bytes(512)
EMPTY = ("on trial       -\n"
         "booted last    -\n"
         "confirmed      -\n"
         "next, once     -\n"
         "last fallback  -\n")


def name(text):
    return text.encode().ljust(76, b"\0")


def record(revision, trial="", confirmed="", once="", fallen="", tries=3, left=3, reason=0,
           booted=None):
    """A record as docs/boot.md has it."""
    head = b"MUSTERST" + struct.pack("<IQHHHH", 1, revision, tries, left, reason, 0)
    body = head + name(trial) + name(trial if booted is None else booted) + name(confirmed) + name(once) + name(fallen)
    body = body.ljust(508, b"\0")
    return body + struct.pack("<I", zlib.crc32(body))


def write(path, first=NOTHING, second=NOTHING, confirmations=2 * NOTHING):
    """The files of a state."""
    for suffix, content in zip(SUFFIXES, (first, second, confirmations)):
        Path(f"{path}{suffix}").write_bytes(content)


def read(path):
    """The contents of its files."""
    return [Path(f"{path}{suffix}").read_bytes() for suffix in SUFFIXES]


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
    assert read(state) == [record(1, tries=0, left=0), NOTHING, 2 * NOTHING]
    assert show(state) == EMPTY
    again = run("--init", state)
    assert again.returncode == 1
    assert again.stderr == f"muster: error: cannot make {state}: File exists\n"


def test_the_newer_copy_counts(state):
    write(state, record(5, "new", left=1), record(4, "new", left=2))
    assert show(state).startswith("on trial       new: 1 of 3 tries left\n")
    with state.open("r+b") as file:
        file.seek(10)
        file.write(b"torn")
    assert show(state).startswith("on trial       new: 2 of 3 tries left\n")


def test_what_is_shown(state):
    write(state, NOTHING, record(7, "new", "old", "rescue", "new", 3, 0, 2, "old"))
    assert show(state) == ("on trial       new: 0 of 3 tries left\n"
                           "booted last    old\n"
                           "confirmed      old\n"
                           "next, once     rescue\n"
                           "last fallback  new has used up its tries\n")
    write(state, record(8, fallen="new", reason=1))
    assert show(state).endswith("last fallback  new could not be started\n")


def test_confirm(state):
    write(state, record(5, "new", "old", left=1), record(4, "new", "old"))
    result = run("--confirm", state)
    assert (result.returncode, result.stdout, result.stderr) == (0, "confirmed new\n", "")
    # The copy that counted until now is as it was, in case of a power cut.
    assert read(state) == [record(5, "new", "old", left=1), record(6, "new", "new", left=3),
                           2 * NOTHING]
    assert "confirmed      new\n" in show(state)


def test_nothing_to_confirm(state):
    run("--init", state)
    result = run("--confirm", state)
    assert result.returncode == 1
    assert result.stderr == f"muster: error: {state}: no section was booted yet\n"


def test_next(state):
    run("--init", state)
    assert run("--next", "rescue", state).returncode == 0
    assert "next, once     rescue\n" in show(state)
    assert run("--next", "", state).returncode == 0
    assert show(state) == EMPTY
    result = run("--next", "n" * 76, state)
    assert result.returncode == 2
    assert "the name of a section in the state has at most 75 bytes" in result.stderr


@pytest.mark.parametrize("newest", (0, 1))
def test_confirm_with_dd(state, newest):
    """The lines of docs/boot.md, as a domain runs them."""
    copies = [record(9, "new", "old", left=1), record(8, "new", "old", left=2)]
    write(state, copies[newest], copies[1 - newest])
    lines = re.findall("^    (dd .*)$", (ROOT / "docs/boot.md").read_text(), re.M)
    assert len(lines) == 2
    subprocess.run(["sh", "-e", "-c", "\n".join(lines)], check=True, capture_output=True, timeout=60,
                   cwd=state.parent)
    assert read(state)[2] == copies[newest] + copies[1 - newest]
    assert "confirmed      new\n" in show(state)


def test_no_state(state, tmp_path):
    result = run(state)
    assert result.returncode == 1
    assert result.stderr == f"muster: error: cannot open {state}: No such file or directory\n"
    write(state, os.urandom(512), os.urandom(512))
    result = run(state)
    assert result.returncode == 1
    assert result.stderr == (f"muster: error: {state} has no state that can be read: both copies are "
                             "damaged; remove them and make them with muster state --init\n")
    wrong = (f"muster: error: {state} is not of a boot state: such a file has 512 bytes, and muster "
             "state --init makes it\n")
    state.write_bytes(bytes(511))
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
    result = subprocess.run(["sh", "-c", f"trap '' XFSZ; ulimit -f 0; exec {MUSTER} state --init {path}"],
                            capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    assert result.stderr == f"muster: error: cannot write {path}: File too large\n"
    assert not path.exists()
