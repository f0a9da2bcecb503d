# SPDX-License-Identifier: BSD-2-Clause
"""Holds what Muster says of a system against what Xen makes of it."""

import re
from dataclasses import dataclass
from typing import Optional

from muster import Answer
from verdict import Domain, Verdict, plain

# Warnings about what this Xen does not know, and about vCPUs that never run, which only a debug build tells: it takes
# such a system without a word.
UNTOLD = re.compile(r"does not know|ignores|the null scheduler")
# What depends on which memory other processors have cleared so far: one system starts at one time, and panics at another.
MAY_LACK = re.compile(r"Xen may find no place")
LACKS = re.compile(r"Failed to allocate requested dom0 memory")


@dataclass(frozen=True)
class Disagreement:
    """What Muster and Xen disagree about; `kind` stays the same while a system is made smaller."""

    kind: str
    what: str


def address(domain: dict, kind: str) -> Optional[int]:
    """Where the plan has a domain's module of a kind."""
    found = [each for each in domain["modules"] if each["kind"] == kind and each["address"]]
    return int(found[0]["address"], 0) if found else None


def planned(domain: dict) -> Domain:
    """A domain as Muster's plan has it."""
    memory = domain["memory"]
    return Domain(domain["vcpus"], None if memory is None else memory // 1024,
                  address(domain, "kernel"), address(domain, "ramdisk"))


def has_command_line(domain: dict) -> bool:
    """True if the plan has a command line for a domain's kernel."""
    return any(each["kind"] == "kernel" and each["bootargs"] for each in domain["modules"])


def gets_command_line(name: str, verdict: Verdict) -> bool:
    """True if Xen noted a command line under the name by which it looks for it: that without what
    follows an "@"."""
    return "@" not in name and (verdict.with_command_line is None or name in verdict.with_command_line)


def difference(plan: dict, verdict: Verdict) -> str:
    """The first thing in which Xen's domains are not those of the plan, or ""."""
    dom0 = next((each for each in plan["domains"] if each["dom0"]), None)
    others = [each for each in plan["domains"] if not each["dom0"]]
    if (dom0 is None) != (verdict.dom0 is None):
        return "dom0 was not made" if verdict.dom0 is None else "there is a dom0 that was not planned"
    if len(others) != len(verdict.domains):
        return f"{len(others)} domains were planned, {len(verdict.domains)} made"
    for domain, made in zip(others, verdict.domains):
        if planned(domain) != made:
            return f"{domain['name']} was planned as {planned(domain)}, made as {made}"
        if has_command_line(domain) and not gets_command_line(domain["name"], verdict):
            return f"{domain['name']} does not get its command line"
    if dom0 is not None and verdict.dom0 is not None:
        wanted = planned(dom0)
        if (wanted.kernel, wanted.ramdisk) != (verdict.dom0.kernel, verdict.dom0.ramdisk):
            return f"dom0 was planned as {wanted}, made as {verdict.dom0}"
    return ""


def short(line: str) -> str:
    """A line for the name of a kind."""
    return plain(line)[:60]


def false_warnings(answer: Answer) -> list[str]:
    """Warnings about what Xen would tell."""
    return [text for text in answer.said.get("warning", []) if not UNTOLD.search(text)]


def compare(answer: Answer, verdict: Verdict, is_good: bool) -> Optional[Disagreement]:
    """What they disagree about, if anything. A good system is one without a mistake."""
    if not verdict.started:
        if answer.kind == "error" or (LACKS.search(verdict.line) and any(map(MAY_LACK.search, answer.lines()))):
            return None
        return Disagreement(f"not foreseen: {verdict.kind} {short(verdict.line)}",
                            "Xen does not start it, but Muster does not refuse it")
    different = difference(answer.plan, verdict) if answer.plan else ""
    if answer.kind == "error":
        # What would start is not what was asked for, or nobody would see it: that may be refused.
        if different or verdict.kind == "mute":
            return None
        return Disagreement("refused: " + short(answer.said["error"][0].rpartition("/")[2]),
                            "Xen starts it, but Muster refuses it")
    if answer.kind == "silent" and different:
        return Disagreement("another system", different)
    if answer.kind == "silent" and verdict.kind != "well":
        return Disagreement("complaint: " + short(verdict.line), "Xen complains or is not heard, but Muster does not warn")
    if is_good and verdict.kind == "well" and not different and false_warnings(answer):
        return Disagreement("warning: " + short(false_warnings(answer)[0].rpartition("/")[2]),
                            "Muster warns of what Xen takes")
    return None
