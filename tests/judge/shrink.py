# SPDX-License-Identifier: BSD-2-Clause
"""Makes a system smaller while something stays true of it."""

from collections.abc import Callable, Iterator

from system import CONFIG, System

# A question takes most of a second, and what is left after so many is small enough to read.
QUESTIONS = 250


def block(lines: list[str], first: int) -> int:
    """The number of lines of the node that begins in line `first`, 1 if it is not a node's beginning.

    The lines of a tree have one property each; a node's first ends with "{", its last is "};".
    """
    depth = 0
    for at in range(first, len(lines)):
        depth += lines[at].count("{") - lines[at].count("}")
        if depth <= 0:
            return at - first + 1
    return 1


def without_lines(system: System, part: str) -> Iterator[System]:
    """The system without one node or line of a part, large nodes first."""
    lines = system.lines(part)
    pieces = [(block(lines, at), at) for at, line in enumerate(lines) if line.strip() != "};"]
    for length, at in sorted(pieces, key=lambda piece: (-piece[0], piece[1])):
        yield system.with_lines(part, lines[:at] + lines[at + length:])


def without_words(system: System, part: str) -> Iterator[System]:
    """The system without one word of a line of the configuration."""
    lines = system.lines(part)
    for at, line in enumerate(lines):
        key, equals, value = line.partition("=")
        words = value.split(" ")
        for word in range(len(words) if equals and len(words) > 1 else 0):
            kept = key + "=" + " ".join(words[:word] + words[word + 1:])
            yield system.with_lines(part, lines[:at] + [kept] + lines[at + 1:])


def smaller(system: System) -> Iterator[System]:
    """Systems that are one step smaller, the largest steps first."""
    for part in list(system.parts):
        if part.endswith(".dts"):
            yield system.with_lines(part, [])
    for part in ("tree", CONFIG, "memreserve", "files", "machine"):
        yield from without_lines(system, part)
    yield from without_words(system, CONFIG)


def shrink(system: System, holds: Callable[[System], bool], questions: int = QUESTIONS) -> System:
    """The smallest system found for which `holds` is true, as it is for the given one."""
    asked = 0
    progress = True
    while progress:
        progress = False
        candidates = list(smaller(system))
        at = 0
        while at < len(candidates) and asked < questions:
            asked += 1
            if holds(candidates[at]):
                # What was tried before in vain is not tried again until all else was.
                system, progress = candidates[at], True
                candidates = list(smaller(system))
            else:
                at += 1
    return system
