# SPDX-License-Identifier: BSD-2-Clause
"""What is said to people: each text of the sources is in a test, each message of the loader in the
documentation, and none is documented that is never said."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from conftest import HERE, ROOT

SOURCES = [path for name in ("core", "efi", "host")
           for path in sorted((ROOT / "src" / name).rglob("*.c"))
           # Instructions of the processor, and parts of drawings.
           if path.name not in ("arch.c", "svg.c", "plan_svg.c", "memory_svg.c")]
LOADER = [path for path in SOURCES if "host" not in path.relative_to(ROOT).parts]
PAGES = ("configuration.md", "device-tree.md", "preflight.md", "boot.md", "security.md")

# A text of C, and one of its places for a value.
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
CONVERSION = re.compile(r"%(?:-?\d*|\.\*|\.\d)(?:ll|l|z|j)?[scdufxX]|%%")
ESCAPES = {"n": "\n", "t": "\t", "e": "\x1b"}

# Of the loader's texts, those that are no messages: a summary, a name, or what Xen's binary is
# searched for.
NO_MESSAGES = {
    "no configuration file, the device tree as it is", "  binary %s: %s at 0x%lx",
    "  hypervisor %s: Xen %u.%u",
    "(in memory already)", "%s %lu.%c ms", "and %zu more %ss", "that place",
    "(a node too deep to name)", "requested static mem", "xen,evtchn property",
    "Error reading 'sve' property", "eSPI lines", "Booting using ACPI", "SMP Credit Scheduler",
    "SMP Credit Scheduler rev2", "SMP RTDS Scheduler", "null Scheduler", "ARINC 653 Scheduler",
    "the firmware's device tree", "of unknown type", "no error",
    "starting Xen", "Spec ID Event03", "  reading ", "  hint: %s", "  hint: start it from a FAT partition",
    "  hint: make it again with muster seal",
    "  hint: seal the system with muster seal, and sign the result",
    "%s %s: %s (status 0x%lx)", "nothing was started; back to the firmware", "another status",
}
# What cannot come, but for a mistake in libfdt, or not in a test.
NEVER_SAID = {
    "the device tree cannot be completed: %s",
    # These need a workstation without memory, or without firmware for QEMU.
    "cannot make a file in memory: %s", "cannot make a serial line: %s", "U-Boot for QEMU",
    "EDK2 for QEMU",
    # This needs a file system that fails.
    "cannot tell how much room %s has: %s", "cannot lock %s: %s",
    # These need a loader of 4 GiB, or a file that is changed in the middle of a run.
    "such a file has at most 4 GiB", "%s was changed while it was sealed", "cannot read %s again",
    # Said to a program, or looked for in a disk.
    "start=%u, size=%llu, type=uefi, uuid=", ", name=ESP", "EFI PART",
}


def unescape(text: str) -> str:
    return re.sub(r"\\([0-7]{1,3}|x[0-9a-fA-F]+|.)",
                  lambda found: ESCAPES.get(found[1], found[1][-1]), text)


def literals(source: str) -> list[str]:
    """The texts of a C source, with those that stand beside each other joined."""
    source = re.sub(r"/\*.*?\*/|\\\n|#include[^\n]*", "", source, flags=re.DOTALL)
    texts: list[str] = []
    end = -1
    for found in LITERAL.finditer(source):
        if end >= 0 and source[end:found.start()].isspace():
            texts[-1] += found[1]
        else:
            texts.append(found[1])
        end = found.end()
    return [unescape(text) for text in texts]


def lines_of(path: Path) -> list[str]:
    """The lines of a source's texts."""
    return [line for text in literals(path.read_text()) for line in text.split("\n")]


def said(path: Path) -> list[str]:
    """The lines of the texts that are sentences, or parts of one: two words at least."""
    return [line for line in lines_of(path)
            if len(re.findall("[A-Za-z]{2,}", line)) > 1 and " " in line.strip()]


def pattern(text: str) -> str:
    """A regular expression for what a text of printf can become."""
    # Values that follow each other are as good as one, and do not make the search backtrack.
    return re.sub("\0+", ".{0,200}", "\0".join(map(re.escape, CONVERSION.split(text))))


def bare(text: str) -> str:
    """A message without what stands around it."""
    return re.sub(r"^(error|warning): ", "", text.strip().lstrip(": "))


def constant(node: ast.AST) -> str:
    """The text of a constant, or of one with places for values."""
    if isinstance(node, ast.JoinedStr):
        return "".join(constant(value) or "0" for value in node.values)
    value = node.value if isinstance(node, ast.Constant) else ""
    return value if isinstance(value, str) else ""


@cache
def compared() -> str:
    """All lines that tests compare with."""
    texts = [path.read_text(errors="replace") for path in HERE.rglob("*expected")]
    for path in (ROOT / "tests").rglob("*.[ch]"):
        texts += literals(path.read_text())
    for path in (ROOT / "tests").rglob("*.py"):
        if path != Path(__file__):
            texts += [constant(node) for node in ast.walk(ast.parse(path.read_text()))]
    return "\n".join(filter(None, texts))


@cache
def documented() -> str:
    """The documentation of the loader, each row of a table and item of a list in a line."""
    text = "\n".join((ROOT / "docs" / name).read_text() for name in PAGES)
    return re.sub(r"\n  (?=\S)", " ", text.replace("`", ""))


def is_message(text: str) -> bool:
    """Whether a text of the loader is one: hints stand behind a word in the tests."""
    return (text not in NO_MESSAGES and not text.startswith("usage: ") and
            not re.search("hint: .*" + pattern(text), compared()))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_in_a_test(path):
    """Somewhere it is compared, word for word."""
    assert [text for text in said(path)
            if text not in NEVER_SAID and not re.search(pattern(text), compared())] == []


@pytest.mark.parametrize("path", LOADER, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_in_the_documentation(path):
    assert [text for text in said(path)
            if is_message(text) and not re.search(pattern(bare(text)), documented())] == []


def messages_of(page: str) -> list[str]:
    """The messages that a page lists in its tables."""
    text = (ROOT / "docs" / page).read_text()
    if page == "preflight.md":
        rows = [line.split(" | ") for line in text.split("\n") if line.startswith("| ")]
        return [row[2].replace("`", "") for row in rows if len(row) == 4 and "message" not in row[2]]
    table = text.partition("## Messages")[2]
    return [message for line in table.split("\n") if line.startswith("| `")
            for message in re.findall("`([^`]+)`", line.split(" | ")[0])]


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ("boot.md", "security.md")])
def test_said_by_the_loader(page):
    """What is listed is a whole message of the sources, or the end of one."""
    texts = [pattern(bare(text)) for path in LOADER for text in lines_of(path)
             if len(CONVERSION.sub("", text).strip(": ")) > 5]
    messages = [message for message in messages_of(page) if re.search("[a-z]{3}", message)]
    assert len(messages) > 10
    assert [message for message in messages
            if not any(re.search(f"{text}(: REASON)?$|{text} ?[;(]", message.strip()) for text in texts)] == []
