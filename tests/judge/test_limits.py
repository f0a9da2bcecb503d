# SPDX-License-Identifier: BSD-2-Clause
"""Each limit at its edge: a system at the last number is right for Muster and for Xen, one beyond it for neither.

Of a Xen that Debian does not have, `--xen VERSION=FILE` tells where it is; it is to have everything built in.
"""

from pathlib import Path

import pytest

from agreement import difference
from hardware import XENS
from judge import Hearing, hear
from limits import LIMITS, Limit


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each limit of each Xen that has it."""
    more = dict(each.split("=", 1) for each in metafunc.config.getoption("xen"))
    debian = [(version, path, limit) for version, path in XENS.items() for limit in LIMITS if not limit.needs]
    others = [(version, Path(path), limit) for version, path in more.items() for limit in LIMITS]
    metafunc.parametrize("version, xen, limit", [
        pytest.param(*each, id=f"{each[2].make.__name__}-{each[0]}", marks=pytest.mark.long if each[2].is_long else ())
        for each in debian + others if each[2].at(each[0])])


def is_right(heard: Hearing) -> bool:
    """True if Xen makes just the domains that were planned."""
    return (heard.verdict is not None and heard.verdict.kind == "well" and heard.answer.plan is not None
            and not difference(heard.answer.plan, heard.verdict))


def test_limit(version: str, xen: Path, limit: Limit, tmp_path: Path) -> None:
    """Both say the same of the last number and of the next."""
    last = limit.at(version)
    heard = hear(limit.make(last), xen, tmp_path / "work", is_good=not limit.warned)
    assert is_right(heard), f"{last}: {heard.verdict}"
    assert heard.disagreement is None, f"{last}: {heard.answer.lines()}"
    assert (heard.answer.kind == "silent") != limit.warned, f"{last}: {heard.answer.lines()}"
    following = last + limit.step
    heard = hear(limit.make(following), xen, tmp_path / "work")
    assert is_right(heard) == (version in limit.quiet), f"{following}: {heard.verdict}"
    assert heard.answer.kind != "silent" and heard.disagreement is None, f"{following}: {heard.answer.lines()}"
