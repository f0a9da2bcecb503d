# SPDX-License-Identifier: BSD-2-Clause
"""The menu command on a terminal."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

import pytest

from conftest import CASES, MUSTER
from system import make_system

CONFIG = """[global]
default=new
fallback=old
{timeout}
[new]
title=Linux 6.12, größer
kernel=vmlinuz
[old]
kernel=vmlinuz
[broken]
kernel=nothing-like-it
"""
DOWN = "\x1b[B"
UP = "\x1bOA"
SECONDS = 30


class Terminal:
    """`muster menu` on a terminal of its own; use it in a `with` statement."""

    def __init__(self, *arguments, rows=25, columns=80):
        self.text = ""
        self.before_it = ""  # what stood before the last text that was waited for
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(theirs)
        self.theirs = theirs
        self.process = subprocess.Popen([MUSTER, "menu", *map(str, arguments)], stdin=theirs,
                                        stdout=theirs, stderr=theirs)

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.process.kill()
        self.process.wait()
        os.close(self.ours)
        os.close(self.theirs)

    def wait_for(self, text):
        deadline = time.monotonic() + SECONDS
        while text not in self.text:
            ready, _, _ = select.select([self.ours], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"no {text!r} in {self.text!r}"
            self.text += os.read(self.ours, 65536).decode()
        self.before_it, self.text = self.text.split(text, 1)

    def press(self, keys):
        os.write(self.ours, keys.encode())

    def end(self, text):
        """Wait for the last text; the terminal is then as it was."""
        self.wait_for(text)
        code = self.process.wait(SECONDS)
        assert termios.tcgetattr(self.theirs) == self.before
        return code


@pytest.fixture
def config(tmp_path):
    directory = make_system(CASES / "dom0", tmp_path / "esp")
    path = directory / "muster.cfg"

    def write(timeout=""):
        path.write_text(CONFIG.format(timeout=timeout))
        return path
    return write


@pytest.mark.parametrize("keys, section", [("\r", "new"), (DOWN + "\r", "old"), ("2\n", "old"),
                                           (DOWN + DOWN + UP + "\r", "old"),
                                           ("\x1b[F\r", "broken"), ("\x1b[4~\x1b[1~\r", "new")])
def test_keys(config, keys, section):
    with Terminal(config()) as terminal:
        terminal.wait_for("\x1b[7m>  1  new     Linux 6.12, größer  default")
        terminal.wait_for("   2  old                         fallback")
        terminal.wait_for("Esc: firmware")
        terminal.press(keys)
        assert terminal.end(f"[{section}] would boot\r\n") == 0


@pytest.mark.parametrize("key", ["\x1b", "\x03"])
def test_leaving(config, key):
    with Terminal(config("timeout=60\n")) as terminal:
        terminal.wait_for("[new] boots in 60 s; any key stops that")
        terminal.press(key)
        assert terminal.end("nothing would boot; back to the firmware\r\n") == 0


def test_the_time_is_over(config):
    with Terminal(config("timeout=1\n")) as terminal:
        terminal.wait_for("[new] boots in 1 s")
        assert terminal.end("[new] would boot\r\n") == 0


def test_on_trial(config):
    """The mark of a trial; its note only where the trial's boot is what comes next."""
    note = "[new] is on trial; after this, 2 of 3 tries are left"
    path = config("tries=3\ntimeout=1\n")
    subprocess.run([MUSTER, "state", "--init", path.with_name("muster.state")], check=True)
    with Terminal(path) as terminal:
        terminal.wait_for("default, on trial: 3 of 3 tries left")
        terminal.wait_for(note)
        assert terminal.end("[new] would boot\r\n") == 0
    config("tries=3\ntimeout=60\n")
    for keys, end in (("2\r", "[old] would boot\r\n"), ("\x1b", "back to the firmware\r\n")):
        with Terminal(path) as terminal:
            terminal.wait_for("any key stops that")
            terminal.press(keys)
            terminal.wait_for("\x1b[?1049l")
            terminal.wait_for(end)
            assert note not in terminal.before_it


def test_pages(config):
    with Terminal(config(), "--machine", "qemu") as terminal:
        terminal.wait_for("Esc: firmware")
        terminal.press("d")
        terminal.wait_for("domain dom0: vmlinuz")
        terminal.wait_for("any other key: back")
        terminal.press(" 3e")
        terminal.wait_for("nothing-like-it is neither a key of binary= nor a file")
        terminal.press(" \x1b")
        assert terminal.end("back to the firmware\r\n") == 0


def test_the_terminal_goes_away(config):
    """Who hangs up has chosen nothing, and leaves no program behind."""
    with Terminal(config()) as terminal:
        terminal.wait_for("Esc: firmware")
        os.close(terminal.theirs)
        os.close(terminal.ours)
        terminal.process.wait(SECONDS)
        terminal.ours, terminal.theirs = pty.openpty()


def test_mistakes(config):
    path = config()
    path.write_text("kernel=vmlinuz\n")
    with Terminal(path) as terminal:
        assert terminal.end(" has no sections to choose from\r\n") == 1
    path.unlink()
    with Terminal(path) as terminal:
        assert terminal.end("there is no such file") == 1


def test_no_terminal(config):
    result = subprocess.run([MUSTER, "menu", config()], stdin=subprocess.DEVNULL,
                            capture_output=True, text=True, timeout=SECONDS)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == ("muster: error: a menu needs a terminal, and there is none\n"
                             "  hint: muster check --section SECTION looks at one section\n")
    result = subprocess.run([MUSTER, "menu"], capture_output=True, text=True, timeout=SECONDS)
    assert result.returncode == 2 and "name one configuration" in result.stderr
