# SPDX-License-Identifier: BSD-2-Clause
"""Options of the tests in which Xen is the judge."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """The marks of these tests."""
    config.addinivalue_line("markers", "long: runs only when asked for")


def pytest_addoption(parser: pytest.Parser) -> None:
    """How many made-up systems each Xen is asked about, and other Xens whose limits are tried."""
    parser.addoption("--xen", action="append", default=[], metavar="VERSION=FILE", help="try the limits of another Xen, too")
    parser.addoption("--systems", type=int, default=30, metavar="N", help="ask about N made-up systems")
