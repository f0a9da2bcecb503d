# SPDX-License-Identifier: BSD-2-Clause
"""An example on each newer firmware, and with the newer Xen; `./dev matrix` has the whole table."""

import pytest

import matrix


@pytest.mark.parametrize("where, xen", [
    ("edk2-2025.02", "4.20"), ("edk2-2025.02-strict", "4.17"), ("u-boot-2025.01", "4.20")])
def test_newer_firmware(where: str, xen: str):
    """Two domains come up."""
    matrix.boot(matrix.KINDS["tree"], where, xen, f"newer-{where}-{xen}")
