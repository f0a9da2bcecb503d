# SPDX-License-Identifier: BSD-2-Clause
"""Xen is the judge: cases that are kept, and a fixed set of made-up systems, on Debian's two versions."""

from pathlib import Path

import pytest

import generate
import muster
from cases import CASES, Expected, expected
from hardware import XENS
from judge import hear
from system import read

# Made-up systems for one test, so that they are spread over processes but counted as one.
SET = 10


def kept() -> list:
    """Each case with each Xen of Debian's that it is about."""
    return [pytest.param(path, each, id=f"{path.relative_to(CASES)}-{each.xen}")
            for path in sorted(CASES.rglob("*")) if path.is_file()
            for each in expected(read(path)) if each.xen in XENS]


@pytest.mark.parametrize("path, due", kept())
def test_case(path: Path, due: Expected, tmp_path: Path) -> None:
    """A case ends as it is written down, and Muster had said so."""
    heard = hear(read(path), XENS[due.xen], tmp_path / "work")
    assert heard.verdict is not None
    assert (heard.verdict.kind, due.words) == (due.verdict, due.words if due.words in heard.verdict.line
                                               else heard.verdict.line)
    assert heard.answer.kind == due.muster, heard.answer.lines()
    assert heard.disagreement is None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The sets of made-up systems."""
    if "first" in metafunc.fixturenames:
        metafunc.parametrize("first", range(0, metafunc.config.getoption("systems"), SET))


@pytest.mark.parametrize("xen", sorted(XENS))
def test_made_up(xen: str, first: int, tmp_path: Path) -> None:
    """Muster and Xen agree about systems that are made up in the same way each time."""
    disagreements = []
    for number in range(first, first + SET):
        system = generate.system(f"check/{number}")
        try:
            heard = hear(system, XENS[xen], tmp_path / "work", not system.remark)
        except muster.Broken:
            continue
        if heard.disagreement is not None:
            disagreements.append(f"./dev judge --xen {xen} --seed check/{number}: {heard.disagreement.what}; "
                                 f"Xen: {heard.verdict}; Muster: {heard.answer.lines()}")
    assert not disagreements, "\n".join(disagreements)
