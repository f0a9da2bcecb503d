#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Stands for QEMU in tests of `muster run`: a console that says what the test wrote down.

FAKE_QEMU names a directory: machine.dtb is the machine's tree; `script` has a step in each line, a
word and its argument as JSON; what is typed goes to `typed`, the command line to `command`, what the
step `keep` finds there by a regular expression to `kept`, and what `fetch` gets from the web server of
the boot option.
"""

import json
import os
import re
import shutil
import socket
import sys
import time
from pathlib import Path
from urllib.request import urlopen

DIRECTORY = Path(os.environ["FAKE_QEMU"])


def keep(path: Path) -> None:
    """Keep a file or directory that is gone when the machine is."""
    if path.is_dir():
        shutil.copytree(path, DIRECTORY / "kept")
    else:
        shutil.copyfile(path, DIRECTORY / "kept")


def fetch(names: list[str], command: str) -> None:
    """Keep files of the web server, and the name that is to be booted."""
    store = Path(re.search(r"if=pflash,format=raw,file=(\S+)", command)[1]).read_bytes()
    port, boot = re.search(rb"http://10\.0\.2\.2:(\d+)/([^\x7f]+)\x7f", store).groups()
    (DIRECTORY / "boot").write_bytes(boot)
    for name in names:
        target = DIRECTORY / "kept" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with urlopen(f"http://127.0.0.1:{int(port)}/{name}", timeout=30) as answer:
            target.write_bytes(answer.read())


def play(console: socket.socket, command: str) -> None:
    """Run the steps of the script."""
    for line in (DIRECTORY / "script").read_text().splitlines():
        step, argument = json.loads(line)
        if step == "say":
            console.sendall(argument.encode("latin-1"))
        elif step == "hear":
            typed = b""
            while not typed.endswith(argument.encode("latin-1")):
                typed += console.recv(1)
            with open(DIRECTORY / "typed", "ab") as file:
                file.write(typed)
        elif step == "keep":
            keep(Path(re.search(argument, command)[1]))
        elif step == "fetch":
            fetch(argument, command)
        elif step == "sleep":
            time.sleep(argument)
        elif step == "fail":
            sys.exit(argument)


def main() -> None:
    """Write the tree, or be a machine."""
    command = " ".join(sys.argv)
    tree = re.search(r"dumpdtb=([^ ]+)", command)
    if tree is not None:
        shutil.copyfile(DIRECTORY / "machine.dtb", tree[1])
        return
    (DIRECTORY / "command").write_text(command)
    (DIRECTORY / "process").write_text(str(os.getpid()))
    play(socket.socket(fileno=int(re.search(r"socket,id=serial,fd=(\d+)", command)[1])), command)


if __name__ == "__main__":
    main()
