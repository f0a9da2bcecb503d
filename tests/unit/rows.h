/* SPDX-License-Identifier: BSD-2-Clause */
/* Support for the tests of preflight: rows that each make one mistake, or none. */
#ifndef MUSTER_TESTS_UNIT_ROWS_H
#define MUSTER_TESTS_UNIT_ROWS_H

#include "support.h"

/* Modules of a domain. */
#define MODULE(node, compatible, binary, more)                                                     \
    node " { compatible = " compatible "; uefi,binary = \"" binary "\"; " more " };"
#define KERNEL(binary, more)                                                                       \
    MODULE("module@1", "\"multiboot,kernel\", \"multiboot,module\"", binary, more)
#define RAMDISK(node, binary)                                                                      \
    MODULE(node, "\"multiboot,ramdisk\", \"multiboot,module\"", binary, "")
#define FRAGMENT(binary) FRAGMENT_AT("module@3", binary)
#define FRAGMENT_AT(node, binary)                                                                  \
    MODULE(node, "\"multiboot,device-tree\", \"multiboot,module\"", binary, "")
/* A second kernel, the one that Xen takes when it stands behind KERNEL. */
#define KERNEL_2(binary, more)                                                                     \
    MODULE("module@2", "\"multiboot,kernel\", \"multiboot,module\"", binary, more)

/* A domain with a kernel and 128 MiB, and more; then ones with something else instead. */
#define CELLS "#address-cells = <2>; #size-cells = <2>; "
#define SIZE  "cpus = <1>; memory = <0 0x20000>; "
#define DOM_ALL(name, properties, kernel, more)                                                    \
    name " { compatible = \"xen,domain\"; " properties more kernel " };"
#define DOM_OF(name, kernel, more) DOM_ALL(name, CELLS SIZE, kernel, more)
#define DOM_WITH(name, size, more) DOM_ALL(name, CELLS size, KERNEL("vmlinuz", ""), more)
#define DOM(name, more)            DOM_WITH(name, SIZE, more)
/* The same with one cell each of address and size. */
#define DOM_1(name, more)                                                                          \
    DOM_ALL(name, "#address-cells = <1>; #size-cells = <1>; " SIZE, KERNEL("vmlinuz", ""), more)
#define SHARED(node, more) node " { compatible = \"xen,domain-shared-memory-v1\"; " more " };"
#define CHANNEL(label, node, link)                                                                 \
    label ": " node " { compatible = \"xen,evtchn-v1\"; xen,evtchn = <" link ">; };"
#define POLICY(binary) MODULE("module@5", "\"xen,xsm-policy\", \"multiboot,module\"", binary, "")
/* A page of a module that someone loaded earlier. */
#define LOADED(node, compatible, address)                                                          \
    node " { compatible = \"" compatible "\", \"multiboot,module\"; reg = <0 0x" address           \
         " 0 0x1000>; };"

#define TEXT_16(text)                                                                              \
    text text text text text text text text text text text text text text text text
#define LONG TEXT_16(TEXT_16("1234"))

/* A system, and all that is to be shown about it. */
struct row {
    const char *name;
    const char *config; /* what its section has besides xen= */
    const char *chosen; /* nodes and properties of /chosen */
    const char *beside; /* nodes beside /chosen */
    const char *cpus;   /* nodes below /cpus beside its CPUs */
    const char *gic;    /* what the interrupt controller is instead of a GICv3 */
    const char *output; /* properties of /chosen instead of its stdout-path; "" for none */
    const char *xen;    /* the version of Xen, such as "4.17"; NULL for one that cannot be asked */
    const char *lacks;  /* the option that such a Xen is built without; it has all others */
    void (*prepare)(struct boot *boot);
    const char *expected;
};

#define FILE_NAME "/EFI/muster/file"
#define XEN_NAME  "/EFI/muster/xen.efi"

extern unsigned char content[65536];

/* Adds a file of `size` bytes that starts with `start`. */
void add_file(struct boot *boot, const char *name, const void *start, size_t length, size_t size);

/* A Xen of a version, built with everything but one option (NULL for none), as in struct row. */
void add_xen(struct boot *boot, const char *version, const char *lacks);

/* Two sections, of 0x8000 bytes from 0x1000 on, which the file does not have, and of none. */
void add_cut_off(struct boot *boot, const char *name);

/* A fragment's source with these devices; then such a file, of any source. */
#define FRAGMENT_TREE(devices)                                                                     \
    "/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; passthrough {\n"                       \
    "    compatible = \"simple-bus\"; ranges; #address-cells = <2>; #size-cells = <2>;\n" devices  \
    "}; };"
void add_fragment(struct boot *boot, const char *source);

/* One with a device of the machine, and with one that needs no IOMMU. */
void fragment_good(struct boot *boot);

/* A machine with 8 GiB more. */
void large_memory(struct boot *boot);

/* A machine whose firmware keeps all memory. */
void no_memory(struct boot *boot);

/* Appends to a text of at most `size` bytes. */
void append(char *text, size_t size, const char *more);

/* Runs the rows, and then the other tests, as one group; returns how many failed. */
int rows_run(const char *group, const struct row *rows, size_t count,
             const struct CMUnitTest *others, size_t other_count);

#endif
