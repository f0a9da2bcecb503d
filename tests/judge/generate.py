# SPDX-License-Identifier: BSD-2-Clause
"""Makes up systems: everything that a tree or a configuration can say of domains, mostly right."""

from dataclasses import dataclass, field
from random import Random
from typing import Optional

import mistakes
import texts
from nodes import Node, cells, section, wide
from system import CONFIG, System

MIB = 1 << 20
RAM = 0x40000000
# What Xen itself, its tree and what it takes for itself get of RAM, from the start.
KEPT = 96 * MIB
CONSOLE = "console=dtuart noreboot bootscrub=0"


@dataclass
class Draft:
    """A system that is being made up."""

    random: Random
    machine: dict[str, str]
    options: list[str] = field(default_factory=lambda: CONSOLE.split())
    chosen: Node = field(default_factory=lambda: Node("chosen"))
    root: list[Node] = field(default_factory=list)
    domains: list[Node] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    fragments: dict[str, list[str]] = field(default_factory=dict)
    dom0: list[str] = field(default_factory=list)
    reserved: list[str] = field(default_factory=list)
    as_sections: bool = False
    dom0_is_there: bool = False
    remarks: list[str] = field(default_factory=list)
    next_free: int = RAM + KEPT
    given: int = 0  # devices, to domains

    def chance(self, probability: float) -> bool:
        """True as often as said."""
        return self.random.random() < probability

    def take(self, size: int, alignment: int = 2 * MIB) -> Optional[int]:
        """The address of a piece of RAM that nothing else has, None if there is no room."""
        gap = self.random.choice([0, 0, 2, 16]) * MIB
        start = (self.next_free + gap + alignment - 1) // alignment * alignment
        # Files and other domains want some, too.
        if start + size > RAM + int(self.machine["memory"]) * MIB * 2 // 3:
            return None
        self.next_free = start + size
        return start

    def file(self, name: str, kind: str) -> str:
        """A file of a kind; one name has one kind."""
        self.files.setdefault(name, kind)
        return name


def machine(random: Random) -> dict[str, str]:
    """A machine of QEMU's."""
    return {"gic": random.choice("3332"), "cpus": random.choice("1222234"),
            "memory": random.choice(["512", "1024", "1024", "2048"]),
            "numa": random.choice("11112")}


def devices(draft: Draft, count: int) -> list[str]:
    """Nodes of a fragment, for devices of QEMU's machine; none needs an IOMMU."""
    lines = []
    for number in range(count):
        address = 0xa003e00 - (draft.given + number) * 0x200
        name = f"virtio_mmio@{address:x}"
        draft.root.append(Node(name, {"xen,passthrough": None}))
        lines += [f"device@{0x10000000 + number * 0x1000:x} {{", 'compatible = "virtio,mmio";',
                  f"xen,reg = <0x0 {address & ~0xfff:#x} 0x0 0x1000 0x0 {0x10000000 + number * 0x1000:#x}>;",
                  f'xen,path = "/{name}";', "xen,force-assign-without-iommu;", "};"]
    draft.given += count
    return lines


def kernel(draft: Draft) -> Node:
    """A kernel's module."""
    kinds = [("Image", "image"), ("Image", "image"), ("Image-large", "image 0x800000"),
             ("Image.gz", "gzip"), ("uImage", "uimage none"), ("zImage", "zimage")]
    name, kind = draft.random.choices(kinds, weights=[8, 4, 3, 1, 1, 1])[0]
    if kind.startswith("gzip"):
        name = f"Image{len(draft.files)}.gz"
    node = Node("module@0", {"compatible": '"multiboot,kernel", "multiboot,module"',
                             "uefi,binary": f'"{draft.file(name, kind)}"'})
    if draft.chance(0.6):
        node.properties["bootargs"] = draft.random.choice(['"quiet"', '"root=/dev/ram0 loglevel=3"'])
    return node


def ramdisk(draft: Draft) -> Node:
    """A ramdisk's module."""
    name, size = draft.random.choice([("rd-small", 5000), ("rd-large", 9 * MIB), ("rd", 70000)])
    return Node("module@1", {"compatible": '"multiboot,ramdisk", "multiboot,module"',
                             "uefi,binary": f'"{draft.file(name, f"cpio {size}")}"'})


def fragment(draft: Draft) -> Node:
    """A passthrough fragment's module."""
    name = f"fragment{len(draft.fragments)}.dts"
    draft.fragments[name] = ["/ {", "#address-cells = <2>;", "#size-cells = <2>;", "passthrough {",
                             'compatible = "simple-bus";', "ranges;", "#address-cells = <2>;",
                             "#size-cells = <2>;", *devices(draft, draft.random.choice([0, 1, 1, 2])),
                             "};", "};"]
    return Node("module@2", {"compatible": '"multiboot,device-tree", "multiboot,module"',
                             "uefi,binary": f'"{name.replace(".dts", ".dtb")}"'})


def modules(draft: Draft, domain: Node) -> None:
    """A domain's files."""
    domain.children.append(kernel(draft))
    if draft.chance(0.4):
        domain.children.append(ramdisk(draft))
    if draft.chance(0.1):
        domain.children.append(fragment(draft))


def static_memory(draft: Draft, domain: Node) -> None:
    """Static memory, in one or two banks, perhaps mapped one to one."""
    kib = int((domain.properties["memory"] or "<0 0>").strip("<>").split()[1], 0)
    halves = [kib * 1024] if draft.chance(0.7) else [kib * 512, kib * 512]
    banks = [(draft.take(size), size) for size in halves]
    if any(start is None for start, _ in banks):
        return
    domain.properties["xen,static-mem"] = wide(*(value for bank in banks for value in bank))
    if draft.chance(0.4):
        domain.properties["direct-map"] = None


def numbers(draft: Draft, domain: Node) -> None:
    """Properties that are one number or a word."""
    random = draft.random
    possible = {
        "nr_spis": [cells(32), cells(64), cells(100), cells(960)],
        "max_grant_version": [cells(1)],
        "max_grant_frames": [cells(1), cells(64), cells(128)],
        "max_maptrack_frames": [cells(1), cells(1024), cells(0)],
        "xen,domain-p2m-mem-mb": [cells(8), cells(32)],
        "passthrough": ['"enabled"', '"disabled"'][1:],
        "xen,enhanced": ['"no-xenstore"', '"disabled"'],
        "sve": [cells(0)],
        "xen,sci_type": ['"none"'],
        "trap-unmapped-accesses": [cells(0), cells(1)],
        "capabilities": [cells(0)],
    }
    for name in random.sample(sorted(possible), random.choice([0, 0, 0, 1, 1, 2, 3])):
        domain.properties[name] = random.choice(possible[name])


def affinity(draft: Draft, domain: Node, cpus: int) -> None:
    """vCPUs that are bound to CPUs."""
    last = int(draft.machine["cpus"]) - 1
    for vcpu in draft.random.sample(range(cpus), draft.random.randint(1, cpus)):
        text = draft.random.choice(["0", f"0-{last}", f"{last}"])
        node = Node(f"vcpu{vcpu}", {"compatible": '"xen,vcpu"', "id": cells(vcpu)})
        if draft.chance(0.8):
            node.properties["hard-affinity"] = f'"{text}"'
        domain.children.append(node)


def domain(draft: Draft, number: int) -> Node:
    """A domain."""
    random = draft.random
    cpus = random.choice([1, 1, 2, 3, 4])
    kib = random.choice([32, 40, 64, 64, 128]) * 1024
    made = Node(f"dom{chr(ord('A') + number)}" if draft.chance(0.8) else f"guest{number}@{number}",
                {"compatible": '"xen,domain"', "#address-cells": "<2>",
                 "#size-cells": "<2>" if draft.chance(0.7) else "<1>",
                 "cpus": cells(cpus), "memory": cells(0, kib)})
    if "@" in made.name and draft.as_sections:
        made.name = made.name.replace("@", "-")
    if draft.chance(0.7):
        made.properties["vpl011"] = None
    numbers(draft, made)
    modules(draft, made)
    if draft.chance(0.2):
        affinity(draft, made, cpus)
    if draft.chance(0.25):
        static_memory(draft, made)
    return made


def dom0_memory(draft: Draft) -> str:
    """dom0's memory, which Xen has to put together from several pieces in one system of six. Without firmware, NUMA
    nodes are banks of their own to Xen, which changes the order in which it takes pieces."""
    if draft.chance(5 / 6) or draft.machine["numa"] != "1":
        return draft.random.choice(["64M", "128M"])
    step = draft.random.choice([2, 4, 8, 20, 100])
    return f"{step * draft.random.randint(1, 300 // step)}M"


def dom0(draft: Draft) -> None:
    """dom0, by the configuration or as modules of /chosen."""
    draft.options.append("dom0_mem=" + dom0_memory(draft))
    if draft.chance(0.5):
        draft.options.append("dom0_max_vcpus=1")
    first = kernel(draft)
    disk = ramdisk(draft) if draft.chance(0.5) else None
    if draft.chance(0.5):
        file = first.properties["uefi,binary"].strip('"')
        draft.dom0.append(f"kernel={file} console=hvc0")
        if disk is not None:
            draft.dom0.append("ramdisk=" + disk.properties["uefi,binary"].strip('"'))
        return
    draft.chosen.children += [first] + ([disk] if disk is not None else [])


def pools(draft: Draft) -> None:
    """CPU pools, and domains in them."""
    count = int(draft.machine["cpus"])
    made = []
    for number in range(draft.random.randint(1, count)):
        made.append(Node(f"cpupool{number}", {
            "compatible": '"xen,cpupool"', "cpupool-cpus": f"<&{{/cpus/cpu@{number}}}>"}))
        if draft.chance(0.4):
            made[-1].properties["cpupool-sched"] = draft.random.choice(['"credit2"', '"credit"', '"null"'])
    draft.chosen.children = made + draft.chosen.children
    for each in draft.domains:
        if draft.chance(0.6):
            pool = draft.random.choice(made)
            each.properties["domain-cpupool"] = f"<&{{/chosen/{pool.name}}}>"
            each.children = [child for child in each.children if not child.name.startswith("vcpu")]


def channels(draft: Draft) -> None:
    """A pair of event channels between two domains."""
    first, second = draft.random.sample(draft.domains, 2)
    number = draft.random.randint(1, 9)
    for one, other in ((first, second), (second, first)):
        name = f"evtchn@{number}"
        one.children.append(Node(name, {
            "compatible": '"xen,evtchn-v1"',
            "xen,evtchn": f"<{draft.random.randint(1, 1000)} &{{/chosen/{other.name}/{name}}}>"}))


def shared_memory(draft: Draft) -> None:
    """A piece of memory that one or two domains share, at times one of a size that leaves no room for others."""
    size = draft.random.choice([1, 2, 4, 4, 4, 384]) * MIB
    host = draft.take(size)
    if host is None:
        return
    users = draft.random.sample(draft.domains, min(len(draft.domains), draft.random.randint(1, 2)))
    has_owner = draft.chance(0.5)
    for at, user in enumerate(users):
        guest = host if "direct-map" in user.properties else 0x18000000
        values = (host, guest, size)
        made = Node(f"shm@{guest:x}", {"compatible": '"xen,domain-shared-memory-v1"',
                                       "xen,shm-id": '"shared"',
                                       "xen,shared-mem": wide(*values)})
        if user.properties["#size-cells"] == "<1>":
            made.properties["xen,shared-mem"] = cells(0, host, 0, guest, size)
        if has_owner:
            made.properties["role"] = '"owner"' if at == 0 else '"borrower"'
        user.children.append(made)


def roles(draft: Draft) -> None:
    """Domains that are more than others; Xen up to 4.20 does not know them."""
    server = draft.random.choice(draft.domains)
    if not draft.dom0_is_there:
        if "xen,static-mem" in server.properties and "direct-map" in server.properties \
                and "nr_spis" not in server.properties and "passthrough" not in server.properties \
                and all(child.name != "module@2" for child in server.children):
            server.properties["capabilities"] = cells(draft.random.choice([2, 3, 4, 6, 7]))
        else:
            server.properties["capabilities"] = cells(draft.random.choice([1, 4, 5]))
    if draft.dom0_is_there:
        for each in draft.domains:
            if draft.chance(0.5):
                each.properties["xen,enhanced"] = draft.random.choice([None, '"enabled"'])


def colors(draft: Draft) -> None:
    """Parts of the cache for domains, which may be too few for their memory."""
    if any("xen,static-mem" in each.properties for each in draft.domains):
        return
    draft.options += ["llc-coloring", "llc-size=1M", "llc-nr-ways=16"]
    for each in draft.domains:
        if draft.chance(0.7):
            first = draft.random.randint(0, 15)
            each.properties["llc-colors"] = f'"{first}-{draft.random.randint(first, 15)}"'


def older(draft: Draft) -> None:
    """A module that firmware left in memory, below a node of its own."""
    start = draft.take(MIB)
    has_ramdisk = any("ramdisk" in text for text in [*draft.dom0, *map(str, draft.chosen.children)])
    if start is None or not draft.dom0_is_there or has_ramdisk:
        return
    draft.files[f"left@{start:#x}"] = "cpio 4096"
    draft.chosen.children.insert(0, Node("modules", {"#address-cells": "<2>", "#size-cells": "<2>"}, [
        Node(f"module@{start:x}", {"compatible": '"multiboot,ramdisk", "multiboot,module"', "reg": wide(start, 0x1000)})]))


def security(draft: Draft) -> None:
    """A security module of Xen's; FLASK without a policy lets all happen."""
    draft.options += draft.random.choice([["xsm=dummy"], ["xsm=silo"], ["xsm=flask", "flask=permissive"],
                                          ["flask=disabled"]])


def reserve(draft: Draft) -> None:
    """Memory that is reserved, by either means of the tree."""
    size = draft.random.choice([0x1000, 0x10000, 4 * MIB, 256 * MIB])
    start = draft.take(size, min(max(size, 0x1000), 4 * MIB))
    if start is None:
        return
    if draft.chance(0.3):
        draft.reserved.append(f"/memreserve/ {start:#x} {size:#x};")
        return
    child = Node(f"buffer@{start:x}", {"reg": wide(start, size)})
    if draft.chance(0.5):
        child.properties["no-map"] = None
    draft.root.append(Node("reserved-memory", {"#address-cells": "<2>", "#size-cells": "<2>",
                                               "ranges": None}, [child]))


def heap(draft: Draft) -> None:
    """A heap for all that Xen and the domains need."""
    needed = sum(int(each.properties["memory"].strip("<>").split()[1], 0) for each in draft.domains) * 1024
    size = needed + 192 * MIB
    start = draft.take(size)
    if start is not None:
        draft.chosen.properties["xen,static-heap"] = wide(start, size)


def more_options(draft: Draft) -> None:
    """Options of Xen that change nothing that matters here."""
    possible = ["loglvl=all", "guest_loglvl=all", "sched=credit2", "sched=credit", "iommu=no",
                "bootscrub=0", "conring_size=64k", "vwfi=native", "gnttab_max_frames=64", "maxcpus=4",
                "hmp-unsafe=1", "sync_console", "serrors=panic", "console_timestamps=none",
                "dom0_max_vcpus=4", "gnttab=max-ver:1", "spec-ctrl=ssbd=runtime", "loglvl=info/all", "console_timestamps=boot", "iommu=off", "ext_regions=no", "apicv=0"][:-1]
    draft.options += draft.random.sample(possible, draft.random.choice([0, 0, 0, 1, 2]))


def plan(draft: Draft) -> None:
    """A system without a mistake."""
    count = draft.random.choice([0, 1, 1, 2, 2, 2, 3, 4])
    draft.chosen.properties |= {"#address-cells": "<2>", "#size-cells": "<2>"}
    draft.domains = [domain(draft, number) for number in range(count)]
    if count == 0 or draft.chance(0.25):
        dom0(draft)
    draft.dom0_is_there = "dom0_mem" in " ".join(draft.options)
    features = [(0.12, count > 0, roles), (0.05, count > 0, colors), (0.05, True, older), (0.06, True, security), (0.1, count > 0, pools), (0.12, count > 1, channels),
                (0.12, count > 0, shared_memory), (0.15, True, reserve), (0.05, count > 0, heap)]
    for probability, possible, feature in features:
        if possible and draft.chance(probability):
            feature(draft)
    more_options(draft)


def finish(draft: Draft) -> System:
    """The draft as a system."""
    options = "options=" + " ".join(draft.options)
    names = [each.name for each in draft.domains]
    config = [options, *draft.dom0]
    sections: list[str] = []
    chosen = draft.chosen
    if draft.as_sections and names:
        config = ["[global]", "default=system", "[system]", *config, "domains=" + " ".join(names)]
        sections = [line for each in draft.domains for line in section(each)]
    else:
        chosen = Node("chosen", chosen.properties, chosen.children + draft.domains)
    if draft.dom0 and not draft.as_sections and draft.chance(0.3):
        config = ["[global]", "default=system", "[system]", *config]
    nodes = Node("/", {}, [*draft.root, chosen])
    parts = {"machine": [f"{name}={value}" for name, value in draft.machine.items()],
             "files": [f"{name} = {kind}" for name, kind in draft.files.items()],
             **draft.fragments, CONFIG: config + sections, "memreserve": draft.reserved,
             "tree": nodes.lines()}
    return System({name: lines for name, lines in parts.items() if lines}, "\n".join(draft.remarks))


def system(seed: str, with_mistakes: bool = True) -> System:
    """The system of a seed. Its remark tells the mistakes that were made on purpose."""
    random = Random(seed)
    if random.random() < 0.2 and with_mistakes:
        return texts.system(random)
    draft = Draft(random, machine(random), as_sections=random.random() < 0.35)
    plan(draft)
    for _ in range(random.choice([0, 1, 1, 1, 2]) if with_mistakes else 0):
        mistakes.make(draft)
    return finish(draft)
