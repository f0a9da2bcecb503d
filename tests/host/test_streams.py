# SPDX-License-Identifier: BSD-2-Clause
"""Boot tests see what each domain says where Xen mixes their lines on one console."""

import sys

from conftest import ROOT

sys.path.append(str(ROOT / "tests/boot"))

from domains import reports, streams  # pylint: disable=wrong-import-position


def test_a_line_that_xen_breaks_into():
    """dom0's line goes on behind what another domain says."""
    text = ("MARK dom0\nnproc=2(XEN) DOM1: one\n\n(XEN) DOM1: two\nMemTot(XEN) DOM1: three\n"
            "al=234108 kB\ncmdline=console=hvc0 quiet\ndom0 is up\n")
    report = reports(text)["dom0"]
    assert (report.speaker, report.cpus, report.memory_kib) == (None, 2, 234108)
    assert streams(text)["DOM1"] == ["one", "two", "three"]


def test_a_line_behind_a_prompt():
    """The prompt stays a line of its own, and Xen's line Xen's."""
    assert streams("dom0 # (XEN) Xen says\n") == {None: ["dom0 #"], "": ["Xen says"]}
