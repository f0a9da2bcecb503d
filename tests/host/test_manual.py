# SPDX-License-Identifier: BSD-2-Clause
"""Manual pages and completion tell of what there is, and of nothing else."""

import os
import re
import subprocess

import pytest

from conftest import MUSTER, ROOT

PAGES = sorted((ROOT / "docs/man").iterdir())
COMPLETION = ROOT / "completions/muster"


def run(*arguments) -> str:
    return subprocess.run([MUSTER, *arguments], check=True, capture_output=True, text=True).stdout


def commands() -> list:
    return re.findall(r"^  (\w+)  ", run("--help"), re.M)


def long_options(text: str) -> set:
    """The long options of a text; roff writes each hyphen with a backslash."""
    return set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", text.replace("\\-", "-")))


def complete(*words: str) -> list:
    """What bash offers for the last of the words."""
    script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); ' \
             'compopt() { :; }; _muster; printf "%s\\n" "${COMPREPLY[@]}"'
    result = subprocess.run(["bash", "-c", script, "bash", COMPLETION, *words], check=True,
                            capture_output=True, text=True)
    assert result.stderr == ""
    return sorted(result.stdout.split())


def test_help():
    assert run("help") == run("help", "help") == run("--help")
    assert run("help", "check") == run("check", "--help")
    assert run("-V") == run("--version")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_has_no_warnings(page):
    result = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8", page], capture_output=True,
                            text=True)
    assert (result.returncode, result.stderr) == (0, "")


def test_manual_has_every_option():
    page = (ROOT / "docs/man/muster.1").read_text()
    known = {"--help", "--version"}
    for command in commands():
        assert f".B muster {command}\n" in page
        known |= long_options(run(command, "--help"))
    assert long_options(page) == known


def test_configuration_page_has_every_key():
    """The keys of docs/configuration.md, each with an entry in the manual page."""
    page = (ROOT / "docs/man/muster.cfg.5").read_text()
    reference = (ROOT / "docs/configuration.md").read_text()
    keys = set(re.findall(r"^### .*", reference, re.M))
    keys = {key for heading in keys for key in re.findall(r"(\w+)=", heading)}
    assert "binary" in keys and "video" in keys
    assert keys <= set(re.findall(r"^\.B[IR] .*?\b(\w+)=", page, re.M)) | {"video"}
    assert " video=" in page


def test_completion_of_commands():
    assert complete("muster", "") == sorted(commands() + ["help", "--help", "--version"])
    assert complete("muster", "ch") == ["check"]
    assert complete("muster", "help", "ch") == ["check"]
    assert complete("muster", "check", "--machine", "") == ["qemu"]
    assert complete("muster", "check", "--format", "s") == ["sarif"]


def test_completion_of_options():
    for command in commands():
        options = long_options(run(command, "--help")) | {"--help"}
        assert complete("muster", command, "--") == sorted(options)


def test_completion_of_sections(tmp_path):
    config = tmp_path / "muster.cfg"
    config.write_text("[global]\ndefault=one\n[one]\n[two]\n")
    assert complete("muster", "check", str(config), "-s", "") == ["one", "two"]
    assert complete("muster", "check", "-s", "") == []


def test_install(tmp_path):
    """make install puts everything where DESTDIR and prefix say, and what is there runs."""
    subprocess.run(["make", "-s", "install", f"DESTDIR={tmp_path}", "prefix=/opt/x"], cwd=ROOT,
                   check=True, capture_output=True)
    installed = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")
                 if path.is_file()}
    assert installed == {
        "opt/x/bin/muster", "opt/x/lib/muster/musteraa64.efi",
        "opt/x/share/bash-completion/completions/muster", "opt/x/share/man/man1/muster.1",
        "opt/x/share/man/man5/muster.cfg.5", "opt/x/share/man/man7/muster.efi.7",
        "opt/x/share/zsh/site-functions/_muster",
        "opt/x/share/fish/vendor_completions.d/muster.fish",
        "opt/x/share/muster/check.schema.json", "opt/x/share/muster/plan.schema.json",
        *(f"opt/x/share/doc/muster/{path.name}" for path in (ROOT / "docs").iterdir() if path.suffix in (".md", ".svg"))}
    for page in (tmp_path / "opt/x/share/man").glob("*/*"):
        for name in re.findall(r"share/doc/muster/([\w.\\-]+\.md)", page.read_text()):
            assert f"opt/x/share/doc/muster/{name.replace(chr(92), '')}" in installed
    result = subprocess.run([tmp_path / "opt/x/bin/muster", "--version"], check=True,
                            capture_output=True, text=True)
    assert result.stdout == run("--version")
    subprocess.run(["make", "-s", "uninstall", f"DESTDIR={tmp_path}", "prefix=/opt/x"], cwd=ROOT,
                   check=True, capture_output=True)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not list((tmp_path / "opt/x").glob("**/muster"))


def test_fish():
    """The program itself tells what there is."""
    def offered(line: str) -> list:
        script = f"source {ROOT}/completions/muster.fish; complete -C '{line}'"
        result = subprocess.run(["fish", "--no-config", "-c", script], check=True, text=True,
                                capture_output=True,
                                env={**os.environ, "PATH": f"{MUSTER.parent}:{os.environ['PATH']}"})
        return sorted(line.split("\t")[0] for line in result.stdout.split("\n") if line)
    assert offered("muster ") == sorted(commands())
    assert offered("muster check --st") == ["--strict"]
    assert offered("muster help pl") == ["plan"]
    assert offered("muster check --format ") == ["github", "json", "sarif", "text"]
    assert offered("muster run --firmware ") == ["edk2", "u-boot"]
    assert offered("muster run --cpus ") == []


def test_zsh():
    """A function of the completion system; that system itself needs a terminal."""
    script = ROOT / "completions/_muster"
    assert script.read_text().startswith("#compdef muster\n")
    subprocess.run(["zsh", "-n", script], check=True)


@pytest.mark.parametrize("line, offered", [
    ("check --format ", "text json sarif github"), ("plan --machine ", "qemu"),
    ("run --firmware ", "edk2 u-boot"), ("run --cpus ", ""), ("check --root ", "_files -/"),
    ("check ", "_files"), ("check muster.cfg --section ", "-- x dA"),
])
def test_values_in_zsh(tmp_path, line, offered):
    """With functions that say what they are asked to offer in place of the completion system's."""
    (tmp_path / "muster.cfg").write_text("[global]\ndefault=x\n[x]\ndomains=dA\n[dA]\n")
    words = " ".join(f"'{word}'" for word in f"muster {line}".split(" "))
    stubs = "compadd() { print -r -- $@ }; _files() { print -r -- _files $@ }"
    result = subprocess.run(
        ["zsh", "-f", "-c", f"{stubs}; words=({words}); CURRENT=$#words; complete_it() {{ "
         f"source {ROOT}/completions/_muster }}; complete_it"],
        cwd=tmp_path, check=True, capture_output=True, text=True)
    assert result.stdout.strip() == offered
