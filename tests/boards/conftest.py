# SPDX-License-Identifier: BSD-2-Clause
"""The option that says how many boards are looked at."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Each n-th board is looked at."""
    parser.addoption("--each", type=int, default=1, metavar="N", help="look at each N-th board")
