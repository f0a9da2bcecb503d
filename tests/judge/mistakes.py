# SPDX-License-Identifier: BSD-2-Clause
"""Mistakes that a person makes, or nobody would: each changes a draft of a system in one place."""

import copy
import re
from typing import TYPE_CHECKING, Callable, Optional

from nodes import CELLS, Node

if TYPE_CHECKING:
    from generate import Draft

EDGES = (0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 31, 32, 33, 64, 128, 129, 255, 256, 960, 961, 988, 992, 1023, 1024, 4095,
         4096, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
# Words of all bindings, and words that are nearly theirs.
WORDS = ("cpus", "memory", "vpl011", "nr_spis", "direct-map", "domain-cpupool", "sve", "xen,enhanced", "llc-colors",
         "capabilities", "passthrough", "xen,static-mem", "xen,static-heap", "max_grant_version", "max_grant_frames",
         "max_maptrack_frames", "xen,domain-p2m-mem-mb", "v8r_el1_msa", "trap-unmapped-accesses", "xen,sci_type",
         "vcpus", "cpu", "mem", "bootargs", "cmdline", "extra", "initrd", "device_tree", "colors", "tee", "status",
         "linux,initrd-start", "linux,initrd-end", "xen,dom0-bootargs", "bootargs", "ranges", "xen,reg")
TEXTS = ('"enabled"', '"disabled"', '"no-xenstore"', '"legacy"', '""', '"none"', '"mpu"', '"mmu"', '"okay"', '"0-3"',
         '"scmi_smc"', '"optee"', '"ffa"', '"yes"')
COMPATIBLES = ('"xen,domain"', '"xen,domain-off"', '"multiboot,module"', '"xen,multiboot-module"',
               '"xen,linux-zimage", "xen,multiboot-module"', '"xen,linux-initrd", "xen,multiboot-module"',
               '"multiboot,kernel"', '"multiboot,ramdisk", "multiboot,module"', '"multiboot,microcode", "multiboot,module"',
               '"xen,xsm-policy", "multiboot,module"', '"xen,evtchn"', '"xen,evtchn-v1"', '"xen,cpupool"', '"xen,vcpu"',
               '"xen,domain-shared-memory-v1"', '"nothing"')
OPTIONS = ("dom0_mem=128M,max:128M", "sched=null", "sched=nothing", "dom0_mem=8M", "dom0_mem=64G", "dom0_mem=300M", "dom0_mem=1M", "dom0_max_vcpus=0", "dom0_max_vcpus=200",
           "sched=none", "console=none", "console=com1", "dtuart=serial9", "dtuart=/nothing", "llc-coloring=on",
           "llc-coloring=off", "llc-coloring", "dom0-llc-colors=0-3", "maxcpus=1", "sync_consol", "console=vga",
           '"console=dtuart"', "gnttab_max_frames=0", "gnttab=max-ver:2", "iommu=force", "xsm=flask", "flask=enforcing",
           "bootscrub", "vpl011", "dom0_mem=max:64M", "hypfs", "hmp-unsafe=yes", "noreboot=1", "cpufreq=none",
           "scmi-smc-passthrough", "dom0=sve=100", "ext_regions=0", "pci-passthrough=on", "vwfi=wrong", "tbuf_size=4")


def places(draft: "Draft") -> list[tuple[Node, str]]:
    """All properties of the draft but the counts of cells, which have a mistake of their own."""
    tops = [draft.chosen, *draft.domains, *draft.root]
    return [(node, name) for top in tops for node in top.walk() for name in node.properties
            if not name.startswith("#")]


def change(draft: "Draft", name: str, test: Callable[[Optional[str]], bool],
           make: Callable[[str], Optional[str]]) -> bool:
    """Give one property whose value passes the test another value."""
    fitting = [place for place in places(draft) if test(place[0].properties[place[1]])]
    if not fitting:
        return False
    node, key = draft.random.choice(fitting)
    old = node.properties[key]
    node.properties[key] = make(old or "")
    draft.remarks.append(f"{name}: {key} of {node.name}, {old} to {node.properties[key]}")
    return True


def has_cells(value: Optional[str]) -> bool:
    """True for a list of plain numbers."""
    return value is not None and bool(CELLS.match(value)) and "&" not in value and value != "<>"


def edge(draft: "Draft") -> bool:
    """A number at the edge of something."""
    def make(value: str) -> str:
        numbers = value.strip("<>").split()
        at = draft.random.randrange(len(numbers))
        old = int(numbers[at], 0)
        new = draft.random.choice([*EDGES, old + 1, old - 1, old * 2, old // 2, old + 0x800, old + 0x1000, old * 1024])
        numbers[at] = hex(max(new, 0) & 0xFFFFFFFF)
        return "<" + " ".join(numbers) + ">"
    return change(draft, "edge", has_cells, make)


def shape(draft: "Draft") -> bool:
    """A value of another form."""
    def make(value: str) -> Optional[str]:
        inner = value.strip("<>\"")
        shorter = f"<{' '.join(inner.split()[:-1])}>" if has_cells(value) else "<1>"
        longer = f"<{inner} 0>" if has_cells(value) else value + ', "more"'
        return draft.random.choice([None, f'"{inner}"'.replace("&", ""), shorter, longer, "[00]", "<1>", '""', "<1 2 3>"])
    return change(draft, "shape", lambda value: value is None or "&" not in value, make)


def text(draft: "Draft") -> bool:
    """Another word where one is expected."""
    return change(draft, "text", lambda value: value is not None and value.startswith('"'),
                  lambda value: draft.random.choice(TEXTS))


def missing(draft: "Draft") -> bool:
    """A property that is not there."""
    if not places(draft):
        return False
    node, name = draft.random.choice(places(draft))
    del node.properties[name]
    draft.remarks.append(f"missing: {name} of {node.name}")
    return True


def nowhere(draft: "Draft") -> bool:
    """A reference to another place, or to none."""
    targets = ("&{/cpus/cpu@0}", "&{/pl011@9000000}", "0x7777", "0", "&{/chosen}")
    return change(draft, "nowhere", lambda value: value is not None and "&" in value,
                  lambda value: re.sub(r"&\{[^}]*\}", lambda _: draft.random.choice(targets), value, count=1))


def twice(draft: "Draft") -> bool:
    """A node that is there twice, under another name."""
    parents = [node for top in (draft.chosen, *draft.domains) for node in top.walk() if node.children]
    if not parents:
        return False
    parent = draft.random.choice(parents)
    child = copy.deepcopy(draft.random.choice(parent.children))
    draft.remarks.append(f"twice: {child.name} of {parent.name}")
    child.name = child.name.partition("@")[0] + "x@7"
    parent.children.insert(draft.random.randint(0, len(parent.children)), child)
    return True


def gone(draft: "Draft") -> bool:
    """A node that is not there."""
    parents = [node for top in (draft.chosen, *draft.domains) for node in top.walk() if node.children]
    if not parents:
        return False
    parent = draft.random.choice(parents)
    child = parent.children.pop(draft.random.randrange(len(parent.children)))
    draft.remarks.append(f"gone: {child.name} of {parent.name}")
    return True


def order(draft: "Draft") -> bool:
    """Children in another order."""
    parents = [node for top in (draft.chosen, *draft.domains) for node in top.walk() if len(node.children) > 1]
    if not parents:
        return False
    parent = draft.random.choice(parents)
    draft.random.shuffle(parent.children)
    draft.remarks.append(f"order: children of {parent.name}")
    return True


def compatible(draft: "Draft") -> bool:
    """Another compatible, or none."""
    nodes = [node for top in (draft.chosen, *draft.domains) for node in top.walk() if "compatible" in node.properties]
    if not nodes:
        return False
    node = draft.random.choice(nodes)
    new = draft.random.choice(COMPATIBLES)
    draft.remarks.append(f"compatible: {node.name} becomes {new}")
    node.properties["compatible"] = new
    return True


def word(draft: "Draft") -> bool:
    """A property that is of no use there, or unusual."""
    node = draft.random.choice([node for top in (draft.chosen, *draft.domains) for node in top.walk()])
    name = draft.random.choice(WORDS)
    node.properties[name] = draft.random.choice([None, "<0>", "<1>", "<2>", "<0 1>", "<0 0x10000>", *TEXTS])
    draft.remarks.append(f"word: {name} = {node.properties[name]} of {node.name}")
    return True


def status(draft: "Draft") -> bool:
    """A node that is switched off, or said to be on."""
    node = draft.random.choice([node for top in (draft.chosen, *draft.domains) for node in top.walk()])
    node.properties["status"] = draft.random.choice(['"disabled"', '"okay"', '"fail"'])
    draft.remarks.append(f"status: {node.properties['status']} of {node.name}")
    return True


def counts(draft: "Draft") -> bool:
    """Other cell counts."""
    node = draft.random.choice([draft.chosen, *draft.domains, *draft.root])
    name = draft.random.choice(["#address-cells", "#size-cells"])
    node.properties[name] = draft.random.choice(["<0>", "<1>", "<2>", "<3>", "<4>", "<5>", None])
    draft.remarks.append(f"counts: {name} = {node.properties[name]} of {node.name}")
    return True


def overlap(draft: "Draft") -> bool:
    """A region at the place of another one, or of what is there."""
    def is_region(value: Optional[str]) -> bool:
        return has_cells(value) and len((value or "").split()) >= 4
    regions = [(node, name) for node, name in places(draft) if is_region(node.properties[name])]
    if not regions:
        return False
    node, name = draft.random.choice(regions)
    other, its = draft.random.choice(regions)
    start = other.properties[its].strip("<>").split()[1]
    if other is node or draft.chance(0.3):
        start = draft.random.choice(["0x9000000", "0x3e000000", "0x7ffff000", "0xffff0000"])
    numbers = node.properties[name].strip("<>").split()
    numbers[1] = start
    node.properties[name] = "<" + " ".join(numbers) + ">"
    draft.remarks.append(f"overlap: {name} of {node.name} at {start}")
    return True


def option(draft: "Draft") -> bool:
    """An option that Xen does not take, or takes in another way."""
    draft.options.append(draft.random.choice(OPTIONS))
    draft.remarks.append(f"option: {draft.options[-1]}")
    return True


def file(draft: "Draft") -> bool:
    """A file that is something else."""
    if not draft.files:
        return False
    name = draft.random.choice(sorted(draft.files))
    draft.files[name] = draft.random.choice(["image 0x4000000", "cpio 100", "text 5000", "elf", "efi", "zboot", "xsm",
                                             "gzip", "uimage gzip", "zboot gzip", "uimage none 0x40008000 0x40008000", "zimage",
                                             "cut image", "cut gzip", "cpio 60000000", "text 40"])
    draft.remarks.append(f"file: {name} is {draft.files[name]}")
    return True


def rename(draft: "Draft") -> bool:
    """A node or property whose name is nearly right, or long."""
    if draft.chance(0.3) and draft.domains:
        node = draft.random.choice(draft.domains)
        new = draft.random.choice(["d" * 40, "d" * 41, "d" * 45, "d" * 66, "domU@1", "dom,U", "Dom"])
        draft.remarks.append(f"rename: {node.name} becomes {new}")
        node.name = new
        return True
    if not places(draft):
        return False
    node, name = draft.random.choice(places(draft))
    new = draft.random.choice([name[:-1], name + "s", name.replace("_", "-"), name.replace("xen,", ""), name.upper()])
    if not new or new in node.properties:
        return False
    node.properties = {new if key == name else key: value for key, value in node.properties.items()}
    draft.remarks.append(f"rename: {name} of {node.name} becomes {new}")
    return True


def large(draft: "Draft") -> bool:
    """More than Xen takes of something."""
    if not draft.domains:
        return False
    node = draft.random.choice(draft.domains)
    which = draft.random.choice(["bootargs", "cpus", "memory", "colors"])
    if which == "bootargs":
        kernels = [child for child in node.children if child.is_module()]
        if not kernels:
            return False
        kernels[0].properties["bootargs"] = '"' + "x" * draft.random.choice([1022, 1023, 1024, 1025, 3000]) + '"'
    elif which == "cpus":
        node.properties["cpus"] = f"<{draft.random.choice([8, 9, 120, 128, 129, 130])}>"
    elif which == "memory":
        node.properties["memory"] = draft.random.choice(["<0 0x100000>", "<0 0x7fc00>", "<0 0x3fffff>", "<0 1>", "<0 0x1001>",
                                                         "<0 0x1800>", "<1 0>", "<0 4>", "<0 0x10000000>"])
    else:
        node.properties["llc-colors"] = draft.random.choice(['"0-3"', '"0"', '"200"', '"x"', '"3-1"', '""'])
    draft.remarks.append(f"large: {which} of {node.name}")
    return True


def fragment(draft: "Draft") -> bool:
    """A fragment with another number, property or device."""
    if not draft.fragments:
        return False
    name = draft.random.choice(sorted(draft.fragments))
    lines = draft.fragments[name]
    at = draft.random.randrange(len(lines))
    if lines[at].endswith("{") or lines[at] == "};":
        return False
    old = lines[at]
    what = draft.random.choice(["gone", "number", "path", "mark"])
    if what == "gone":
        lines[at] = ""
    elif what == "number":
        lines[at] = re.sub(r"0x[0-9a-f]+|(?<=<)\d", lambda _: draft.random.choice(["0x0", "0x9000000", "0x40000000", "0x100", "3"]),
                           old, count=draft.random.choice([1, 2, 3]))
    elif what == "path":
        lines[at] = re.sub(r'"/.*"', lambda _: draft.random.choice(['"/pl011@9000000"', '"/nothing"', '"/timer"', '"/chosen"', '"/"']), old)
    else:
        draft.root = [each for each in draft.root if "xen,passthrough" not in each.properties]
    draft.remarks.append(f"fragment: {old} of {name}: {what}, {lines[at]}")
    return True


def deeper(draft: "Draft") -> bool:
    """A node below another one."""
    parents = [node for top in (draft.chosen, *draft.domains) for node in top.walk() if node.children]
    if not parents:
        return False
    parent = draft.random.choice(parents)
    at = draft.random.randrange(len(parent.children))
    moved = parent.children[at]
    parent.children[at] = Node("below", draft.random.choice([{}, {"#address-cells": "<2>", "#size-cells": "<2>"},
                                                             {"compatible": '"simple-bus"'}]), [moved])
    draft.remarks.append(f"deeper: {moved.name} of {parent.name}")
    return True


MISTAKES = ((edge, 6), (shape, 3), (text, 2), (missing, 3), (nowhere, 1), (twice, 2), (gone, 2), (order, 1), (compatible, 2),
            (word, 3), (status, 1), (counts, 2), (overlap, 3), (option, 2), (fragment, 2), (deeper, 1), (file, 2), (rename, 1), (large, 2))


def make(draft: "Draft") -> None:
    """Make one mistake."""
    kinds, weights = zip(*MISTAKES)
    for _ in range(20):
        if draft.random.choices(kinds, weights=weights)[0](draft):
            return
