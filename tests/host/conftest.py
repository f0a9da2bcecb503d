# SPDX-License-Identifier: BSD-2-Clause
"""Fixtures of the host tool's tests."""

import os
import subprocess
from pathlib import Path

import pytest

from system import make_system

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CASES = HERE / "cases"
# A plain build unless told otherwise: `make check-host` runs all on a sanitized one, and some on both.
MUSTER = Path(os.environ.get("MUSTER", ROOT / "build/muster")).resolve()


def pytest_addoption(parser):
    parser.addoption("--update", action="store_true", help="write the expected outputs anew")


class System:
    """The partition of a case, and the tool run on it."""

    def __init__(self, case: str, directory: Path):
        self.name = case
        self.root = directory / "esp"
        self.loader_directory = make_system(CASES / case, self.root)

    def run(self, *arguments: str, **options) -> subprocess.CompletedProcess:
        """Run the tool in the loader's directory, without a terminal."""
        return subprocess.run([MUSTER, *arguments], cwd=self.loader_directory, timeout=60,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="surrogateescape", **options)


@pytest.fixture
def make(tmp_path):
    """Makes the system of a case."""
    return lambda case: System(case, tmp_path)
