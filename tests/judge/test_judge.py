# SPDX-License-Identifier: BSD-2-Clause
"""Tests of the judge itself: reading verdicts, comparing them, making systems smaller and writing them."""

import subprocess
import sys
from pathlib import Path

import pytest

import agreement
import generate
import muster
import xen
from judge import Hearing, Tally
from muster import Answer
from shrink import block, shrink
from system import System, parse
from verdict import Domain, Heard, Verdict, habits, read
from xen import STARVED, Patience, sleeps

END = "(XEN) Freed 348kB init memory.\n"
MADE = """(XEN) *** LOADING DOMU cpus=2 memory=10000KB ***
(XEN) Loading d1 kernel from boot module @ 000000007fdff000
(XEN) Loading ramdisk from boot module @ 000000007fdfd000
"""
DOMAIN = Domain(2, 0x10000, 0x7FDFF000, 0x7FDFD000)


def test_all_domains_were_made():
    """A start that comes to its end, with what Xen made."""
    assert read(Heard(MADE + END)) == Verdict("well", "", None, (DOMAIN,))


def test_dom0_and_a_domain_were_made():
    """dom0's files are not those of the domain after it."""
    text = "(XEN) *** LOADING DOMAIN 0 ***\n(XEN) Loading d0 kernel from boot module @ 0000000070000000\n"
    assert read(Heard(text + MADE + END)) == Verdict("well", "", Domain(kernel=0x70000000), (DOMAIN,))


def test_a_panic_has_its_line():
    """What follows the panic's head, not what came before it."""
    text = "(XEN) Missing kernel\n(XEN) Panic on CPU 0:\n(XEN) Could not set up domain domU1\n(XEN) Manual reset required"
    assert read(Heard(text)) == Verdict("panic", "Could not set up domain domU1")


def test_a_panic_before_the_console_is_read_from_memory():
    """Nothing on the console, and the panic in Xen's memory."""
    assert read(Heard("", "(XEN) Panic on CPU 0:\n(XEN) Early FDT parsing failed (-22)\n")) == \
        Verdict("panic", "Early FDT parsing failed (-22)")


def test_a_machine_that_is_slow_to_say_what_it_has_in_memory():
    """A domain is not counted twice."""
    assert read(Heard(MADE, MADE + END)) == Verdict("well", "", None, (DOMAIN,))


def test_a_start_that_nobody_hears():
    """All is well, but the console shows nothing."""
    assert read(Heard("", MADE + END)).kind == "mute"


def test_a_static_heap_keeps_the_memory_of_the_start():
    """The console's words are the last ones then, unless Xen stops after them."""
    last = "(XEN) *** Serial input to DOM1 (type 'CTRL-a' three times to switch input)\n"
    assert read(Heard(MADE + last)).kind == "well"
    assert read(Heard(MADE + last + "(XEN) Xen BUG at page_alloc.c:1\n")).kind == "panic"


def test_a_silent_machine_is_stuck():
    """It never came to its end; the last line tells how far."""
    assert read(Heard("(XEN) one\n(XEN) two\n")) == Verdict("stuck", "two")
    assert read(Heard("")) == Verdict("stuck", "no word")


@pytest.mark.parametrize("line", [
    'parameter "sync_consol" unknown!', "Warning: 4 CPUs are not used", "fdt: node `x': parsing failed",
    "Could not find scheduler: foo"])
def test_a_complaint(line: str):
    """Domains were made, but Xen minds something."""
    assert read(Heard(f"(XEN) {line}\n" + MADE + END)) == Verdict("complaint", line, None, (DOMAIN,))


def test_what_is_usual_is_no_complaint():
    """A line of each boot of such a machine, whatever its numbers."""
    line = "(XEN) GICv2: cannot use 7 of 9\n"
    usual = habits(Heard(line + END))
    other = line.replace("7", "8") + MADE + END
    assert read(Heard(other)).kind == "complaint"
    assert read(Heard(other), usual).kind == "well"
    assert read(Heard("(XEN) fdt: x\n" + other), usual).line == "fdt: x"


def test_a_file_that_is_shared_is_no_complaint():
    """Xen finds the same place twice, but not one that overlaps another."""
    line = "(XEN) Region: [0x000000bf593000, 0x000000bf594000) overlapping with mod[3]: [0x000000bf593000, 0x000000bf5{}000)\n"
    assert read(Heard(line.format("94") + END)).kind == "well"
    assert read(Heard(line.format("95") + END)).kind == "complaint"


WELL = Verdict("well", "", None, (DOMAIN,))
PLAN = {"domains": [{"name": "domA", "dom0": False, "vcpus": 2, "memory": 0x10000 * 1024, "modules": [
    {"kind": "kernel", "address": "0x7fdff000", "bootargs": None},
    {"kind": "ramdisk", "address": "0x7fdfd000", "bootargs": None}]}]}


@pytest.mark.parametrize("said, verdict, is_good, kind", [
    ({}, WELL, True, None),
    ({}, Verdict("panic", "no"), True, "not foreseen: panic no"),
    ({}, Verdict("stuck", "no word"), False, "not foreseen: stuck no word"),
    ({"error": ["x"]}, Verdict("panic", "no"), False, None),
    ({"error": ["x is wrong"]}, WELL, False, "refused: x is wrong"),
    ({"error": ["x"]}, Verdict("complaint", "hm", None, (DOMAIN,)), False, "refused: x"),
    ({}, Verdict("complaint", "hm 7", None, (DOMAIN,)), False, "complaint: hm N"),
    ({}, Verdict("mute", "no word", None, (DOMAIN,)), False, "complaint: no word"),
    ({"warning": ["x"]}, Verdict("complaint", "hm", None, (DOMAIN,)), False, None),
    ({"warning": ["x"]}, WELL, True, "warning: x"),
    ({"warning": ["x"]}, WELL, False, None),
    ({"warning": ["xen.efi does not know it and ignores it"]}, WELL, True, None),
    ({"note": ["x"]}, WELL, True, None),
    ({}, Verdict("well", "", None, ()), True, "another system"),
    ({"error": ["x"]}, Verdict("well", "", None, ()), True, None),
    ({"error": ["x"]}, Verdict("mute", "no word", None, (DOMAIN,)), True, None),
    ({}, Verdict("well", "", Domain(), (DOMAIN,)), True, "another system"),
    ({}, Verdict("well", "", None, (Domain(1, 0x10000, 0x7FDFF000, 0x7FDFD000),)), True, "another system"),
    ({}, Verdict("well", "", None, (Domain(2, 0x10000, 0x7FDFF000, None),)), True, "another system"),
])
def test_agreement(said: dict, verdict: Verdict, is_good: bool, kind: str):
    """What counts as a disagreement."""
    found = agreement.compare(Answer(said, PLAN), verdict, is_good)
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize("name, noted, is_there", [
    ("domA", {"domA"}, True), ("domA", {"domB"}, False), ("dom@1", {"dom@1"}, False)])
def test_command_lines(name: str, noted: set[str], is_there: bool):
    """A command line that Xen does not find is another system."""
    domain = PLAN["domains"][0] | {"name": name}
    plan = {"domains": [domain | {"modules": [each | {"bootargs": "x"} for each in domain["modules"]]}]}
    verdict = Verdict("well", "", None, (DOMAIN,), frozenset(noted))
    assert (agreement.compare(Answer({}, plan), verdict, True) is None) == is_there


def test_command_lines_are_read():
    """Xen tells of them with loglvl=all, or not at all."""
    text = "(XEN) MODULE[0]: 40200000\n(XEN) CMDLINE[000000007fea6000]:domA quiet\n"
    assert read(Heard(text + MADE + END)).with_command_line == {"domA"}
    assert read(Heard(MADE + END)).with_command_line is None


TREE = ["/ {", "chosen {", "a = <1>;", "domA {", "cpus = <&{/x} 1>;", "module {", "b;", "};", "};", "};", "};"]


def test_blocks():
    """A node is a block, a property is a line, also one with a reference by path."""
    assert [block(TREE, at) for at in (0, 1, 2, 3, 4, 5)] == [11, 9, 1, 6, 1, 3]


def test_shrinking_leaves_what_is_needed():
    """All goes but the line, its nodes, and the word of the configuration."""
    system = System({"muster.cfg": ["options=one two three", "kernel=x"], "tree": TREE, "files": ["x = image"]})

    def holds(candidate: System) -> bool:
        return "b;" in candidate.lines("tree") and any("two" in line for line in candidate.lines("muster.cfg"))
    assert shrink(system, holds).parts == {
        "muster.cfg": ["options=two"], "tree": ["/ {", "chosen {", "domA {", "module {", "b;", "};", "};", "};", "};"]}


def test_shrinking_ends():
    """No more questions than allowed are asked."""
    asked = []

    def holds(candidate: System) -> bool:
        asked.append(candidate)
        return False
    system = System({"tree": TREE})
    assert shrink(system, holds, questions=5) == system
    assert len(asked) == 5


def test_the_longest_ring_is_the_latest(tmp_path: Path):
    """Xen's first ring stays as it was when it is copied; it may lie behind the other one."""
    first = b"(XEN) one line\n(XEN) another one\n"
    (tmp_path / "ram0").write_bytes(first + b"(XEN) the last\n" + bytes(3 * xen.PAGE) + first)
    assert xen.ring(tmp_path).splitlines()[-1] == "(XEN) the last"


def test_a_system_is_written_and_read():
    """Text and back."""
    system = generate.system("text/1")
    again = parse(system.text())
    assert again.parts == system.parts
    assert again.remark.splitlines() == system.remark.splitlines()


def test_a_seed_gives_the_same_system():
    """So that a disagreement can be shown again; another seed gives another one."""
    assert generate.system("seed/7") == generate.system("seed/7")
    assert generate.system("seed/7") != generate.system("seed/8")


@pytest.mark.parametrize("number", range(20))
def test_made_up_trees_compile(number: int, tmp_path):
    """A system without a mistake is one that can be asked about."""
    system = generate.system(f"compile/{number}", with_mistakes=False)
    muster.compile_tree(muster.tree_source(system), tmp_path / "tree.dtb")
    assert system.remark == ""


def test_only_systems_that_xen_was_asked_about_count(capsys):
    """Neither one whose text is no system nor one whose tree cannot be finished is a question."""
    tally = Tally()
    disagreement = agreement.compare(Answer({"error": ["x"]}, PLAN), WELL, True)
    for heard in (Hearing(Answer({}, PLAN), WELL, None), None, Hearing(Answer({"error": ["x"]}, None), None, None)):
        tally.add("a", heard)
    assert (tally.asked, tally.since, tally.last) == (1, 1, "")
    tally.add("b", Hearing(Answer({"error": ["x"]}, PLAN), WELL, disagreement))
    tally.add("c", Hearing(Answer({}, PLAN), WELL, None))
    assert (tally.asked, tally.since, tally.last) == (3, 1, "b")
    tally.show()
    said = capsys.readouterr().out
    assert "     1 error, cannot be finished\n" in said
    assert "asked about 3 of 5 systems: 0 disagreements, the last one is b, 1 in a row since\n" in said


def test_a_host_without_time_gives_no_verdict():
    """Xen waits for a CPU by the clock, and goes on without it, or crashes."""
    assert STARVED.search(b"(XEN) CPU1 never came online\n(XEN) Failed to bring up CPU 1 (error -5)\n")


def test_memory_is_looked_at_at_once_and_then_less_and_less():
    """A machine that sleeps has said all; one that computes is looked at after twice the time."""
    with subprocess.Popen(["sleep", "60"]) as waits:
        patience = Patience(waits.pid)
        patience.heard()
        while not sleeps(waits.pid):
            pass
        assert not patience.is_ring_due()
        assert not patience.is_over() and patience.is_ring_due()
        assert not patience.is_over() and not patience.is_ring_due()
        waits.kill()
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as works:
        patience = Patience(works.pid)
        patience.heard()
        while not patience.is_ring_due():
            pass
        assert not patience.is_ring_due()
        works.kill()


def test_who_waits_sleeps_and_who_works_does_not():
    """A machine that waits for nothing is told from one that computes, and neither by the clock."""
    with subprocess.Popen(["sleep", "60"]) as waits:
        patience = Patience(waits.pid)
        patience.heard()
        while not sleeps(waits.pid):
            pass
        looks = 1
        while not patience.is_over():
            looks += 1
        waits.kill()
    assert looks > 10
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as works:
        patience = Patience(works.pid)
        patience.heard()
        while sleeps(works.pid):
            pass
        assert not any(patience.is_over() for _ in range(100))
        works.kill()
