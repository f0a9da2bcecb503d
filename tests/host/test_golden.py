# SPDX-License-Identifier: BSD-2-Clause
"""What the tool says of good systems and of each kind of mistake, word for word.

A directory of cases/ holds a system and `commands`, one command line of muster each line;
`expected` is what they print. `pytest tests/host --update` writes `expected` anew, to be read
before it is committed.
"""

import json
import shlex

import pytest

from conftest import CASES

NAMES = sorted(path.name for path in CASES.iterdir())
DEFAULT_COMMANDS = "check muster.cfg\n"


def commands_of(case: str) -> list:
    path = CASES / case / "commands"
    return (path.read_text() if path.exists() else DEFAULT_COMMANDS).splitlines()


def transcript(system) -> str:
    text = ""
    for line in commands_of(system.name):
        result = system.run(*shlex.split(line))
        text += f"$ muster {line}\n{result.stdout}{result.stderr}"
        text += f"exit {result.returncode}\n"
    return text


@pytest.mark.parametrize("case", NAMES)
def test_output(case, make, request):
    system = make(case)
    text = transcript(system)
    path = CASES / case / "expected"
    if request.config.getoption("--update"):
        path.write_text(text, errors="surrogateescape")
    assert text == path.read_text(errors="surrogateescape")


@pytest.mark.parametrize("case", NAMES)
def test_json_says_the_same(case, make):
    """--json has each diagnostic that the text has, and the same exit code."""
    system = make(case)
    for line in commands_of(case):
        words = shlex.split(line)
        if words[0] != "check" or "--json" in words:
            continue
        plain = system.run(*words)
        result = system.run(words[0], "--json", *words[1:])
        assert result.returncode == plain.returncode
        if not result.stdout.startswith("{"):
            assert (result.stdout, result.stderr) == (plain.stdout, plain.stderr)
            continue
        report = json.loads(result.stdout)
        assert report["bootable"] == (result.returncode == 0)
        diagnostics = report["diagnostics"]
        for severity in ("error", "warning", "note"):
            count = sum(each["severity"] == severity for each in diagnostics)
            assert report["counts"][severity + "s"] == count
        for each in diagnostics:
            assert set(each) == {"severity", "file", "line", "column", "width", "node", "message",
                                 "hint"}
            shown = "".join(c if c.isprintable() and c != "\N{REPLACEMENT CHARACTER}" else "?"
                            for c in each["message"])
            assert f"{each['severity']}: {shown}\n" in plain.stdout
