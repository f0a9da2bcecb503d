# SPDX-License-Identifier: BSD-2-Clause
"""The plan's JSON, drawing and tree agree with the files, with each other and with the schema."""

import hashlib
import json
import re
import shutil
import subprocess
from xml.etree import ElementTree

import pytest

from conftest import HERE, MUSTER, ROOT
from system import compile_tree, cpio, image

SVG = "{http://www.w3.org/2000/svg}"
# Systems that have a plan, with the arguments that they need.
PLANS = {
    "one-domain": [],
    "sections": ["--dtb", "../../../machine.dtb"],
    "dom0": ["--dtb", "../../../machine.dtb"],
    "static-memory": [],
    "passthrough": [],
    "two-banks": [],
    "tree-alone": ["--dtb", "system.dtb"],
    "like": [],
    "packed": [],
}
HEX = r"0x[0-9a-f]+"

# As docs/host-tool.md describes it: a type, a pattern, a list of one form, or members.
SCHEMA = {
    "muster": str, "config": (str, None), "section": (str, None), "bootable": bool,
    "counts": {"errors": int, "warnings": int, "notes": int},
    "diagnostics": [{"severity": "error|warning|note", "file": (str, None), "line": (int, None),
                     "column": (int, None), "width": (int, None), "node": (str, None),
                     "message": str, "hint": (str, None)}],
    "xen_options": (str, None),
    "domains": [{
        "name": str, "node": "/.*", "dom0": bool, "vcpus": (int, None), "memory": (int, None),
        "console": (str, None), "devices": ["/.*"],
        "like": [{"key": str, "section": str, "line": int}],
        "modules": [{"kind": "kernel|ramdisk|device tree|xsm|module", "node": "/.*",
                     "binary": (str, None), "address": (HEX, None), "size": int,
                     "bootargs": (str, None)}],
    }],
    "binaries": [{"name": str, "path": "/.*", "hypervisor": bool, "size": int,
                  "type": (str, None), "packed": (str, None), "file_size": int,
                  "loading": (None,), "sha256": ("[0-9a-f]{64}", None),
                  "address": (HEX, None), "users": [str]}],
    "memory": {
        "ram": [{"start": HEX, "size": int}],
        "regions": [{"kind": str, "start": HEX, "size": int, "domain": (str, None),
                     "name": (str, None), "node": (str, None)}],
    },
}


def check_form(value, form, where="plan"):
    """Assert that a value has the form that the schema gives for it."""
    if isinstance(form, tuple):
        if value is not None:
            check_form(value, form[0], where)
    elif isinstance(form, dict):
        assert set(value) == set(form), where
        for name, each in form.items():
            check_form(value[name], each, f"{where}.{name}")
    elif isinstance(form, list):
        for index, each in enumerate(value):
            check_form(each, form[0], f"{where}[{index}]")
    elif isinstance(form, str):
        assert re.fullmatch(form, value), f"{where}: {value}"
    else:
        assert type(value) is form, f"{where}: {value!r}"


@pytest.fixture(params=PLANS)
def planned(request, make):
    """A system and its plan."""
    system = make(request.param)
    target = system.loader_directory
    config = "muster.cfg" if (target / "muster.cfg").exists() else "../.."
    result = system.run("plan", *PLANS[request.param], "--json", "--svg", "plan.svg",
                        "--dtb-out", "plan.dtb", config)
    assert result.returncode == 0, result.stderr
    return system, json.loads(result.stdout)


def test_schema(planned):
    check_form(planned[1], SCHEMA)


def test_binaries_are_the_files(planned):
    system, plan = planned
    names = {path.name.lower(): path for path in system.loader_directory.iterdir()}
    for binary in plan["binaries"]:
        content = names[binary["path"].rpartition("/")[2].lower()].read_bytes()
        assert binary["file_size"] == len(content)
        assert (binary["size"] == len(content)) == (binary["packed"] is None)
        assert binary["sha256"] == hashlib.sha256(content).hexdigest()
    assert sum(binary["hypervisor"] for binary in plan["binaries"]) == 1


def test_users_are_the_domains(planned):
    plan = planned[1]
    for binary in plan["binaries"]:
        users = [domain["name"] for domain in plan["domains"]
                 if any(module["binary"].lower() == binary["name"].lower()
                        for module in domain["modules"])]
        assert binary["users"] == users


def test_memory_does_not_overlap(planned):
    """Binaries lie in RAM, on pages of their own, and outside of what the tree gives away."""
    plan = planned[1]
    page = 4096
    spans = [(int(each["address"], 16), each["size"]) for each in plan["binaries"]]
    assert all(start % page == 0 for start, _ in spans)
    for start, size in spans:
        assert any(int(bank["start"], 16) <= start and
                   start + size <= int(bank["start"], 16) + bank["size"]
                   for bank in plan["memory"]["ram"])
    # Those who share memory each have a region for it.
    spans += {(int(each["start"], 16), each["size"]) for each in plan["memory"]["regions"]}
    spans.sort()
    for (start, size), (following, _) in zip(spans, spans[1:]):
        assert start + size <= following


def fdtget(tree, node, name, kind):
    result = subprocess.run(["fdtget", "-t", kind, tree, node, name], check=True, text=True,
                            capture_output=True)
    return result.stdout.split()


def test_tree_has_the_modules(planned):
    """The finished tree is what the plan says, and only Xen's properties are left in it."""
    system, plan = planned
    tree = system.loader_directory / "plan.dtb"
    text = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", tree], check=True, text=True,
                          capture_output=True).stdout
    assert not re.search(r"uefi,binary|uefi,key|xen,uefi|muster,", text)
    for domain in plan["domains"]:
        cells = int(fdtget(tree, domain["node"], "#address-cells", "u")[0])
        for module in domain["modules"]:
            node = f"{domain['node']}/module@{module['address'][2:]}"
            reg = fdtget(tree, node, "reg", "x")
            assert int("".join(cell.zfill(8) for cell in reg[:cells]), 16) == \
                int(module["address"], 16)
            assert int("".join(cell.zfill(8) for cell in reg[cells:]), 16) == module["size"]
            if module["bootargs"] is not None:
                assert fdtget(tree, node, "bootargs", "s") == module["bootargs"].split()


def size_of(text):
    """The bytes of a size as the tool writes it."""
    number, unit = text.split()
    return float(number) * 1024 ** ("B", "KiB", "MiB", "GiB").index(unit.replace("bytes", "B"))


def test_drawing_is_to_scale(planned):
    """The drawing is XML, keeps within its frame, and shows memory as high as it is large."""
    system, plan = planned
    root = ElementTree.parse(system.loader_directory / "plan.svg").getroot()
    width, height = (float(root.get(name)) for name in ("width", "height"))
    boxes = root.findall(SVG + "rect")
    for box in boxes:
        x, y, w, h = (float(box.get(name)) for name in ("x", "y", "width", "height"))
        assert 0 <= x and x + w <= width and 0 <= y and y + h <= height
    texts = ["".join(text.itertext()) for text in root.findall(SVG + "text")]
    assert all(0 < float(text.get("y")) < height for text in root.findall(SVG + "text"))
    for name in [each["name"] for each in plan["domains"] + plan["binaries"]]:
        assert any(text.startswith(name) for text in texts), name
    chips = [box.find(SVG + "title").text for box in boxes if "chip" in box.get("class")]
    assert chips == [f"{module['kind']} {module['binary']}"
                     for domain in plan["domains"] for module in domain["modules"]]

    shares, *banks = [float(box.get("height")) for box in boxes if box.get("class") == "ram"]
    ram = plan["memory"]["ram"]
    assert len(banks) == len(ram)
    for drawn, bank in zip(banks, reversed(ram)):
        assert drawn / sum(banks) == pytest.approx(
            bank["size"] / sum(each["size"] for each in ram), abs=0.01)
    parts = [box for box in boxes if box.get("x") == "584.0" and box.get("class") != "ram"]
    for part in parts:
        size = size_of(part.find(SVG + "title").text.rpartition(", ")[2])
        scaled = size / sum(bank["size"] for bank in ram) * shares
        assert float(part.get("height")) == pytest.approx(max(scaled, 1.5), abs=shares * 0.05)


def shares_of(system, *arguments):
    """Who takes how much of RAM, as the drawing has it."""
    result = system.run("plan", "--svg", "-", *arguments)
    root = ElementTree.fromstring(result.stdout)
    titles = [box.find(SVG + "title") for box in root.findall(SVG + "rect")
              if box.get("x") == "584.0"]
    return dict(title.text.rpartition(", ")[::2] for title in titles[1:])


def test_shares_of_memory(make):
    """Each byte counts once: what a domain has as static memory is not what Xen gives it too."""
    assert shares_of(make("static-memory"), "muster.cfg") == {
        "Xen, at least": "18 MiB", "static memory of domU1": "128 MiB", "binaries": "368 KiB",
        "free": "877 MiB"}


def test_dom0_takes_what_xen_chooses(make):
    shares = shares_of(make("dom0"), *PLANS["dom0"], "muster.cfg")
    assert shares["dom0"] == "512 MiB"


def test_more_than_there_is(make):
    system = make("sections")
    result = system.run("plan", "--force", "--svg", "-", "--memory", "64M", *PLANS["sections"],
                        "muster.cfg")
    assert "RAM: more is asked for than there is" in result.stdout


def test_long_names_lose_their_middle(make):
    """The whole name is a title; the size stays."""
    system = make("one-domain")
    name = "a-kernel-with-a-name-that-is-longer-than-any-label.img"
    config = system.loader_directory / "muster.cfg"
    (system.loader_directory / "vmlinuz").rename(system.loader_directory / name)
    config.write_text(config.read_text().replace("vmlinuz", name))
    texts = [text for text in ElementTree.fromstring(
        system.run("plan", "--svg", "-", "muster.cfg").stdout).findall(SVG + "text")
        if text.find(SVG + "title") is not None]
    assert len(texts) == 3  # a chip, the binary's box, and the place in memory
    for text in texts:
        assert text.find(SVG + "title").text == name
        head, tail = text.find(SVG + "title").tail.split("…")
        assert name.startswith(head) and name.endswith(tail) and abs(len(head) - len(tail)) <= 1


def test_drawing_of_the_docs(request, tmp_path):
    """The drawing in the docs is what the tool draws of that example."""
    files = {"xen.efi": image(983048, "xen", b"xen,xen-4.17\0"), "vmlinuz": image(27303872, "linux"),
             **{f"ramdisk-{name}.img": cpio(1848320, name) for name in ("dom0", "domA", "domB")}}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    shutil.copyfile(ROOT / "examples/dom0-and-domains/muster.cfg", tmp_path / "muster.cfg")
    compile_tree(HERE / "machine.dts", tmp_path / "machine.dtb")
    drawn = subprocess.run([MUSTER, "plan", "--force", "--dtb", tmp_path / "machine.dtb", "--svg", "-",
                            tmp_path / "muster.cfg"], check=True, capture_output=True,
                           text=True).stdout
    page = ROOT / "docs/plan.svg"
    if request.config.getoption("--update"):
        page.write_text(drawn)
    assert drawn == page.read_text(), "look at what --update makes of docs/plan.svg"


def test_same_each_time(planned):
    """Two runs write the same bytes."""
    system, _ = planned
    config = "muster.cfg" if (system.loader_directory / "muster.cfg").exists() else "../.."
    again = system.run("plan", *PLANS[system.name], "--svg", "again.svg", "--dtb-out", "again.dtb",
                       config)
    assert again.returncode == 0
    for suffix in ("svg", "dtb"):
        assert (system.loader_directory / f"plan.{suffix}").read_bytes() == \
            (system.loader_directory / f"again.{suffix}").read_bytes()


@pytest.mark.parametrize("option", ["--svg", "--dtb-out"])
def test_cannot_write(make, option):
    system = make("one-domain")
    result = system.run("plan", option, "/nowhere/at/all", "muster.cfg")
    assert result.returncode == 1
    assert result.stderr == "muster: error: cannot write /nowhere/at/all: " \
                            "No such file or directory\n"
    result = system.run("plan", option, "/dev/full", "muster.cfg")
    assert result.returncode == 1
    assert result.stderr == "muster: error: cannot write /dev/full: No space left on device\n"


def test_standard_output(make):
    """One thing alone can go there."""
    system = make("one-domain")
    system.run("plan", "--svg", "plan.svg", "--dtb-out", "plan.dtb", "muster.cfg")
    result = system.run("plan", "--svg", "-", "muster.cfg")
    assert result.stdout == (system.loader_directory / "plan.svg").read_text()
    result = system.run("plan", "--dtb-out", "-", "muster.cfg")
    assert "\udcfe\udced" in result.stdout[:4]
    for options in (("--json", "--svg", "-"), ("--svg", "-", "--dtb-out", "-")):
        result = system.run("plan", *options, "muster.cfg")
        assert result.returncode == 2
        assert "muster plan: only one thing can go to standard output\n" in result.stderr


def test_system_with_errors_has_no_plan(make):
    system = make("missing-file")
    result = system.run("plan", "--json", "--svg", "plan.svg", "--dtb-out", "plan.dtb",
                        "muster.cfg")
    assert result.returncode == 1
    assert "cannot open vmlinux" in result.stderr
    assert not (system.loader_directory / "plan.svg").exists()
    assert not (system.loader_directory / "plan.dtb").exists()


def test_forced(make):
    """Errors of preflight do not keep a plan from being made then."""
    system = make("static-overlap")
    assert system.run("plan", "muster.cfg").returncode == 1
    result = system.run("plan", "--force", "--dtb-out", "finished.dtb", "muster.cfg")
    assert result.returncode == 0
    assert "warning: static memory of" in result.stderr
    assert (system.loader_directory / "finished.dtb").exists()
    assert system.run("check", "--force", "muster.cfg").returncode == 0


def test_advice(make):
    """Notes on what takes time are among the diagnostics of JSON, and there only if asked for."""
    system = make("advice")
    notes = json.loads(system.run("plan", "--advise", "--json", "muster.cfg").stdout)["diagnostics"]
    assert len(notes) == 6 and {note["severity"] for note in notes} == {"note"}
    assert all(re.search(r"[0-9.]+ s\b", note["message"]) and note["hint"] for note in notes)
    assert json.loads(system.run("plan", "--json", "muster.cfg").stdout)["diagnostics"] == []
    config = system.loader_directory / "muster.cfg"
    for option, is_noted in (("bootscrub=idle", True), ("bootscrub=off", False),
                             ("no-bootscrub", False)):
        config.write_text(config.read_text().replace("bootscrub=0", option))
        stderr = system.run("plan", "--advise", "-s", "fast", "muster.cfg").stderr
        assert ("Xen clears the 64 MiB of its domains" in stderr) == is_noted
        config.write_text(config.read_text().replace(option, "bootscrub=0"))
    # What does not boot has no plan, and no advice on it.
    result = system.run("plan", "--advise", "-s", "none", "muster.cfg")
    assert result.returncode == 1 and "note:" not in result.stderr


def test_a_speed(make):
    """What each kernel takes to load as it is, and what it would take the other way."""
    system = make("packed")
    result = system.run("plan", "--speed", "100K", "muster.cfg")
    for line in (r"xen.efi +19\.5 KiB +0\.20 s +-",
                 r"vmlinuz +\d+ B +0\.01 s +2\.93 s not packed \(292 KiB\)",
                 r"initrd-a.img +48\.8 KiB +0\.49 s +-",
                 r"other +292 KiB +2\.93 s +0\.01 s in gzip \(\d+ B\)",
                 r"all +- +3\.62 s +-"):
        assert re.search(f"^{line}$", result.stdout, re.MULTILINE), result.stdout
    plan = json.loads(system.run("plan", "--json", "--speed", "100K", "muster.cfg").stdout)
    loading = {binary["name"]: binary["loading"] for binary in plan["binaries"]}
    sizes = {binary["name"]: binary["file_size"] for binary in plan["binaries"]}
    assert loading["xen.efi"] == {"milliseconds": 195, "otherwise": None}
    assert loading["vmlinuz"]["otherwise"] == {"file_size": sizes["other"], "milliseconds": 2930}
    assert loading["other"]["milliseconds"] == 2930
    assert loading["other"]["otherwise"]["file_size"] < 1000
    assert loading["other"]["otherwise"]["milliseconds"] <= 11
    for wrong in ("fast", "0"):
        result = system.run("plan", "--speed", wrong, "muster.cfg")
        assert result.returncode == 2
        assert f"{wrong} is not a speed such as 50M, in bytes a second" in result.stderr
