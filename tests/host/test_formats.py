# SPDX-License-Identifier: BSD-2-Clause
"""The forms of check's output for programs, and where its device tree comes from."""

import json
import os

import pytest
from jsonschema import Draft202012Validator

from conftest import CASES, ROOT
from system import compile_tree

SCHEMAS = {name: json.loads((ROOT / f"docs/{name}.schema.json").read_text())
           for name in ("check", "plan")}

# A system without a tree of its own.
DOM0 = "[one]\noptions=console=dtuart dom0_mem=256M\nkernel=vmlinuz console=hvc0\n"


def strict(schema):
    """The schema, but no member may be there that it does not know."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: strict(part) for key, part in schema.items()}
    if "properties" in changed:
        changed["additionalProperties"] = False
    return changed


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
@pytest.mark.parametrize("command", ["check", "plan"])
def test_schema(make, command, case):
    """What is printed is what the schema says, and has no member that it does not describe."""
    system = make(case)
    for tree in ([], ["--dtb", "../../../machine.dtb"]):
        printed = system.run(command, "--json", *tree, "../..").stdout
        if command == "check" or printed:
            Draft202012Validator(strict(SCHEMAS[command])).validate(json.loads(printed))


def test_github(make):
    """Commands of a log, each in one line, with what means something to it written as numbers."""
    system = make("missing-file")
    (system.loader_directory / "muster,a:b.cfg").write_text(
        (system.loader_directory / "muster.cfg").read_text())
    result = system.run("check", "--format", "github", "muster,a:b.cfg")
    assert result.returncode == 1
    lines = result.stdout.splitlines()
    assert lines and all(line.startswith(("::error", "::warning", "::notice")) for line in lines)
    line, = [line for line in lines if "vmlinux" in line]
    assert line.startswith("::error file=muster%2Ca%3Ab.cfg,line=")
    assert ",col=" in line and ",endColumn=" in line
    assert "%0Ahint: did you mean vmlinuz?" in line
    node = make_node_error(system)
    assert any(line.startswith("::error::/chosen/") for line in node)


def make_node_error(system):
    """The lines about a system whose mistake is in a node of a tree."""
    (system.loader_directory / "bad.dts").write_text("""/include/ "machine.dts"
/ { chosen { #address-cells = <2>; #size-cells = <2>;
    d { compatible = "xen,domain"; cpus = <1>; memory = <0 131072>; }; }; };
""")
    compile_tree(system.loader_directory / "bad.dts", system.loader_directory / "bad.dtb")
    (system.loader_directory / "bad.cfg").write_text("[one]\ndtb=bad.dtb\n")
    return system.run("check", "--format", "github", "bad.cfg").stdout.splitlines()


def test_sarif(make):
    system = make("missing-file")
    result = system.run("check", "--format", "sarif", "muster.cfg")
    assert result.returncode == 1
    log = json.loads(result.stdout)
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json")
    run, = log["runs"]
    assert run["tool"]["driver"]["name"] == "muster"
    assert {result["level"] for result in run["results"]} <= {"error", "warning", "note"}
    missing, = [result for result in run["results"] if "vmlinux" in result["message"]["text"]]
    assert missing["message"]["text"].endswith("\nhint: did you mean vmlinuz?")
    place = missing["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "muster.cfg"
    assert place["region"]["endColumn"] > place["region"]["startColumn"] > 0
    make_node_error(system)
    log = json.loads(system.run("check", "--format", "sarif", "bad.cfg").stdout)
    assert any(place["logicalLocations"][0]["fullyQualifiedName"].startswith("/chosen/")
               for result in log["runs"][0]["results"] for place in result.get("locations", ())
               if "logicalLocations" in place)


def test_unknown_format(make):
    result = make("one-domain").run("check", "--format", "xml", "muster.cfg")
    assert result.returncode == 2
    assert "muster check: the format is text, json, sarif or github, not xml\n" in result.stderr


def test_strict(make):
    """Warnings count."""
    system = make("one-domain")
    assert system.run("check", "--strict", "muster.cfg").returncode == 0
    config = system.loader_directory / "muster.cfg"
    config.write_text(config.read_text() + "unknown=1\n")
    result = system.run("check", "muster.cfg")
    assert result.returncode == 0 and "1 warning" in result.stdout
    assert system.run("check", "--strict", "muster.cfg").returncode == 1


def test_tree_of_this_machine(make):
    """Where Xen could run, the firmware's tree is that of the machine; a test names another."""
    system = make("one-domain")
    (system.loader_directory / "muster.cfg").write_text(DOM0)
    tree = str(system.root.parent / "machine.dtb")
    for command in ("check", "plan"):
        result = system.run(command, "muster.cfg", env={**os.environ, "MUSTER_FIRMWARE_TREE": tree})
        assert (f"note: the device tree is that of this machine, {tree}\n"
                "  hint: --dtb FILE takes another one\n" in result.stdout + result.stderr)
        result = system.run(command, "muster.cfg", env={**os.environ, "MUSTER_FIRMWARE_TREE": ""})
        assert result.returncode == 1
        assert ("--dtb FILE gives the tree that the firmware would provide, --machine qemu that of "
                "muster run\n" in result.stdout + result.stderr)


def test_tree_of_qemu(make, tmp_path):
    """--machine takes the tree of the machine that run starts, with the memory that is wanted."""
    system = make("one-domain")
    (system.loader_directory / "muster.cfg").write_text(DOM0)
    (tmp_path / "path").mkdir()
    (tmp_path / "fake").mkdir()
    (tmp_path / "path/qemu-system-aarch64").write_text(
        f"#!/bin/sh\necho \"$@\" >{tmp_path}/fake/command\n"
        f"cp {system.root.parent}/machine.dtb $(echo \"$@\" | sed 's/.*dumpdtb=//')\n")
    (tmp_path / "path/qemu-system-aarch64").chmod(0o755)
    (tmp_path / "temporary").mkdir()
    environment = {**os.environ, "PATH": f"{tmp_path}/path:{os.environ['PATH']}",
                   "TMPDIR": f"{tmp_path}/temporary"}
    for command in ("check", "plan"):
        result = system.run(command, "--machine", "qemu", "muster.cfg", env=environment)
        assert result.returncode == 0, result.stdout + result.stderr
        assert " -m 2048M " in (tmp_path / "fake/command").read_text()
        system.run(command, "--machine", "qemu", "--memory", "1G", "muster.cfg", env=environment)
        assert " -m 1024M " in (tmp_path / "fake/command").read_text()
    assert not list((tmp_path / "temporary").iterdir())
    result = system.run("check", "--machine", "pi", "muster.cfg")
    assert result.returncode == 2
    assert "muster check: the machine is qemu, not pi\n" in result.stderr


def test_memory_starts_where_that_of_the_tree_does(make):
    """Also where the firmware is to fill in how much it is."""
    system = make("one-domain")
    (system.loader_directory / "high.dts").write_text("""/include/ "machine.dts"
/delete-node/ &{/memory@40000000};
/ { memory@80000000 { device_type = "memory"; reg = <0 0x80000000 0 0>; }; };
""")
    compile_tree(system.loader_directory / "high.dts", system.loader_directory / "high.dtb")
    (system.loader_directory / "muster.cfg").write_text(DOM0 + "dtb=high.dtb\n")
    plan = json.loads(system.run("plan", "--memory", "1G", "--json", "muster.cfg").stdout)
    assert plan["memory"]["ram"] == [{"start": "0x80000000", "size": 1 << 30}]


# --- several systems ------------------------------------------------------------------------------

@pytest.fixture
def fleet(make, tmp_path):
    """Three systems: one without, one with a mistake, and one that is not there."""
    good = make("two-banks")
    good.root.rename(tmp_path / "good")
    make("missing-file").root.rename(tmp_path / "bad")
    system = make("one-domain")
    names = [str(tmp_path / name) for name in ("good", "bad", "no/where")]
    return system, names


def test_several(fleet):
    """Those of which there is something to say, under their names, and all of them in one line."""
    system, (good, bad, _) = fleet
    result = system.run("check", good, bad, "../..")
    assert result.returncode == 1
    assert result.stdout.startswith(f"{bad}:\n{bad}/EFI/BOOT/muster.cfg:")
    assert f"{good}:" not in result.stdout
    assert result.stdout.endswith("\n\n3 systems: 2 can be started, 1 cannot; 1 error, 0 warnings\n")
    result = system.run("check", good, "../..")
    assert result.returncode == 0
    assert result.stdout == "2 systems: 2 can be started, 0 cannot; 0 errors, 0 warnings\n"


def test_several_with_one_that_is_not_there(fleet):
    system, (good, _, none) = fleet
    result = system.run("check", none, good)
    assert result.returncode == 1
    assert none.removesuffix("where") in result.stderr
    assert result.stdout.endswith("2 systems: 1 can be started, 1 cannot; 0 errors, 0 warnings\n")


def test_several_in_json(fleet):
    system, names = fleet
    result = system.run("check", "--json", *names)
    assert result.returncode == 1
    said = json.loads(result.stdout)
    Draft202012Validator(strict(SCHEMAS["check"])).validate(said)
    assert [each["name"] for each in said["systems"]] == names
    assert [each["opened"] for each in said["systems"]] == [True, True, False]
    assert [each.get("bootable") for each in said["systems"]] == [True, False, None]
    assert said["bootable"] is False
    assert said["counts"] == {"errors": 1, "warnings": 0, "notes": 0}


def test_several_for_github_and_in_sarif(fleet):
    system, (good, bad, none) = fleet
    commands = system.run("check", "--format", "github", good, bad, none, bad).stdout.splitlines()
    assert len(commands) == 2 and all(line.startswith("::error file=") for line in commands)
    log = json.loads(system.run("check", "--format", "sarif", good, bad, none, bad).stdout)
    run, = log["runs"]
    assert [result["level"] for result in run["results"]] == ["error", "error"]


def test_a_machine_is_asked_once(fleet, tmp_path, monkeypatch):
    """The tree of muster run's machine serves all systems of a call."""
    system, (good, _, _) = fleet
    calls = tmp_path / "calls"
    program = tmp_path / "bin/qemu-system-aarch64"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho >>{calls}\nfor each; do case $each in *dumpdtb=*) "
                       f"cp {tmp_path / 'machine.dtb'} ${{each##*dumpdtb=}};; esac; done\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    result = system.run("check", "--machine", "qemu", good, good, good)
    assert result.returncode == 0, result.stderr + result.stdout
    assert calls.read_text() == "\n"
