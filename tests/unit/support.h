/* SPDX-License-Identifier: BSD-2-Clause */
/* Support for the unit tests: a machine in memory, and a system that is described and loaded on it.
 */
#ifndef MUSTER_TESTS_UNIT_SUPPORT_H
#define MUSTER_TESTS_UNIT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/summary.h"
#include "core/system.h"

#define MACHINE_FILES_MAX   64U
#define MACHINE_REGIONS_MAX 160U
#define MACHINE_CLAIMS_MAX  1200U
#define MACHINE_RAM         0x40000000U /* start of the RAM of a new machine */
#define MACHINE_RAM_SIZE    0x40000000U /* 1 GiB of it, all free */

/* The calls that can be made to fail. */
enum service {
    SERVICE_ALLOCATE = 1,
    SERVICE_OPEN = 2,
    SERVICE_READ = 4,
    SERVICE_MEMORY_MAP = 8,
    SERVICE_CLAIM_PAGES = 16,
    SERVICE_FIX_TREE = 32,
    SERVICE_READ_AT = 64,
    SERVICE_WRITE_AT = 128,
    SERVICE_ALL = 255,
};

struct machine_file {
    const char *name; /* absolute */
    const void *data;
    size_t size;                 /* bytes that can be read */
    size_t stated_size;          /* bytes that opening it promises */
    enum platform_status status; /* of opening it */
    unsigned opened;             /* times */
    void *writable;              /* the data, where it can be rewritten in place, or NULL */
};

/* Pages that somebody holds; `memory` is a block of its own, so that ASan sees its edges. */
struct machine_claim {
    uint64_t address;
    uint64_t pages;
    enum memory_kind kind;
    void *memory; /* NULL for pages of somebody else's */
};

/* A machine in memory; `platform` is what core is given. */
struct machine {
    struct platform platform;
    struct machine_file files[MACHINE_FILES_MAX];
    size_t file_count;
    struct memory_region regions[MACHINE_REGIONS_MAX];
    size_t region_count;
    struct machine_claim *claims; /* room for MACHINE_CLAIMS_MAX */
    size_t claim_count;
    size_t claimed_most; /* pages held by core at the same time at most */
    size_t claimed;      /* pages that core holds now */
    size_t allocations;  /* blocks that are not released */
    size_t allocated;    /* bytes of them */
    size_t allocated_most;
    size_t open_files;
    size_t bytes_read;
    unsigned progress_calls;
    uint64_t clock;

    /* Of the calls of these services, number `fail_at` (from 1, 0 for none) fails. */
    unsigned fail_services;
    unsigned fail_at;
    enum platform_status fail_status;
    unsigned calls;
    /* Pages that somebody takes just before core claims its first ones; 0 for none. */
    uint64_t taken_address;
    uint64_t taken_pages;
    /* The work of fix_tree; NULL for a platform without it. */
    enum platform_status (*fix_tree)(struct machine *machine, void *tree, size_t *capacity);
};

/*
 * Starts a machine with 1 GiB of free RAM, an allocator, a clock, and no files. Who ends it frees
 * `claims`.
 */
void machine_init(struct machine *machine);

/* Fails the test when core still holds memory, pages or files. */
void machine_assert_clean(const struct machine *machine);

/* Adds a file; its data must outlive the machine. A file of that name is replaced. */
struct machine_file *machine_add_file(struct machine *machine, const char *name, const void *data,
                                      size_t size);
struct machine_file *machine_add_text(struct machine *machine, const char *name, const char *text);

/* Adds a file that can be rewritten in place. */
struct machine_file *machine_add_writable(struct machine *machine, const char *name, void *data,
                                          size_t size);

/* Takes a file away. */
void machine_remove_file(struct machine *machine, const char *name);

/* Replaces the map by one region, and adds another one. */
void machine_set_region(struct machine *machine, uint64_t start, uint64_t size,
                        enum memory_kind kind);
void machine_add_region(struct machine *machine, uint64_t start, uint64_t size,
                        enum memory_kind kind);

/* The content of pages that core holds, `bytes` of them; the test fails when it holds no such. */
const void *machine_memory(const struct machine *machine, uint64_t address, size_t bytes);

/* The number of times that the file was opened. */
unsigned machine_opened(const struct machine *machine, const char *name);

/*
 * Compiles device tree source with dtc; the test fails when that does. The caller frees the tree;
 * *size (may be NULL) is its size.
 */
void *tree_compile(const char *source, size_t *size);

/* The source of a tree with /chosen, /a, and nodes of 1.8 MiB that searches have to pass. */
const char *large_tree_source(void);

/* The first bytes of an arm64 Linux Image of `size` bytes in all, of Xen's own, of a ramdisk. */
const void *image_linux(size_t size);
const void *image_xen(size_t size);

/*
 * Xen's own of a version, such as "4.17", in 20,000 bytes. It is built with everything but one
 * option, or one group of words (NULL for none). image_xen gives the newest that was seen.
 */
const void *image_xen_of(const char *version, const char *lacks);
const void *image_ramdisk(size_t size);

/*
 * Device tree source of a machine that Xen could run on, with these properties and nodes in
 * /chosen.
 */
#define TREE_HEAD                                                                                  \
    "/dts-v1/;\n"                                                                                  \
    "/ {\n"                                                                                        \
    "    #address-cells = <2>; #size-cells = <2>; compatible = \"muster,machine\";\n"              \
    "    interrupt-parent = <&gic>; model = \"machine\";\n"                                        \
    "    memory@40000000 { device_type = \"memory\"; reg = <0 0x40000000 0 0x40000000>; };\n"      \
    "    cpus { #address-cells = <1>; #size-cells = <0>;\n"                                        \
    "        cpu@0 { device_type = \"cpu\"; compatible = \"arm,cortex-a57\"; reg = <0>;\n"         \
    "            enable-method = \"psci\"; };\n"                                                   \
    "        cpu@1 { device_type = \"cpu\"; compatible = \"arm,cortex-a57\"; reg = <1>;\n"         \
    "            enable-method = \"psci\"; };\n"                                                   \
    "    };\n"                                                                                     \
    "    psci { compatible = \"arm,psci-1.0\", \"arm,psci-0.2\"; method = \"smc\"; };\n"           \
    "    timer { compatible = \"arm,armv8-timer\";\n"                                              \
    "        interrupts = <1 13 4>, <1 14 4>, <1 11 4>, <1 10 4>; };\n"                            \
    "    uart: pl011@9000000 { compatible = \"arm,pl011\", \"arm,primecell\";\n"                   \
    "        reg = <0 0x9000000 0 0x1000>; interrupts = <0 1 4>; };\n"                             \
    "    gic: intc@8000000 { compatible = \"arm,gic-v3\"; interrupt-controller;\n"                 \
    "        #interrupt-cells = <3>; #address-cells = <2>; #size-cells = <2>; ranges;\n"           \
    "        reg = <0 0x8000000 0 0x10000>, <0 0x80a0000 0 0xf60000>; };\n"
/* The least that Xen needs of a tree, beside what is tested. */
#define TREE_LEAST "gic { compatible = \"arm,gic-v3\"; interrupt-controller; }; "
#define TREE(chosen)                                                                               \
    TREE_HEAD "    chosen { stdout-path = \"/pl011@9000000\";\n" chosen "\n    };\n};\n"

/*
 * A domain that is complete: it has a kernel and a ramdisk. DOMAIN_WITH takes further properties,
 * DOMAIN further nodes.
 */
#define DOMAIN(name, nodes) DOMAIN_WITH(name, "", nodes)
#define DOMAIN_WITH(name, properties, nodes)                                                       \
    name " { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <2>;\n"              \
         "    cpus = <1>; memory = <0 0x20000>; vpl011;\n" properties "\n"                         \
         "    module@1 { compatible = \"multiboot,kernel\", \"multiboot,module\";\n"               \
         "        uefi,binary = \"vmlinuz\"; bootargs = \"console=ttyAMA0\"; };\n"                 \
         "    module@2 { compatible = \"multiboot,ramdisk\", \"multiboot,module\";\n"              \
         "        uefi,binary = \"ramdisk\"; };\n" nodes "};\n"

/*
 * A loader's run: the machine and the system on it. boot_setup makes one with /EFI/muster/ that
 * holds xen.efi, vmlinuz (an arm64 Image of 10,000 bytes) and ramdisk (5,000 bytes), and a loader
 * called /EFI/muster/muster.efi at EL2.
 */
struct boot {
    struct machine machine;
    struct system system;
    struct request request;
    void *tree; /* the firmware's */
    bool is_started;
};

/* For cmocka: `*state` is the struct boot. The teardown ends it and fails when anything leaked. */
int boot_setup(void **state);
int boot_teardown(void **state);
#define boot_test(function) cmocka_unit_test_setup_teardown(function, boot_setup, boot_teardown)

/* The load options: a text, given to the loader as UTF-16 without an end. */
void boot_set_options(struct boot *boot, const char *text);

/*
 * Runs system_init and system_describe, then system_complete: with `config` as
 * /EFI/muster/muster.cfg (NULL for none) and `source`, compiled, as the firmware's tree (NULL for
 * none). Returns what the last of them that ran returned. May be called again.
 */
bool boot_describe(struct boot *boot, const char *config, const char *source);
bool boot_run(struct boot *boot, const char *config, const char *source);

/* Runs system_init alone, for tests of a part; returns the workspace, whose arena is the system's.
 */
const struct workspace *boot_start(struct boot *boot);

/* Ends the system and releases what boot_describe made; the machine stays. */
void boot_end(struct boot *boot);

/* The lines about the domains, as they are shown. */
const char *boot_summary(struct boot *boot);

/* The diagnostics as they are shown, each line with its end, hints included, are `expected`. */
void assert_diagnostics(struct boot *boot, const char *expected);

/* One of the lines shown is `line`. */
void assert_diagnosed(struct boot *boot, const char *line);

/* The node of a path in the working tree; the test fails when there is none. */
int assert_node(const struct boot *boot, const char *path);

/* A property of a node is these cells, this text (or NULL for "is not there"). */
#define assert_cells(boot, path, property, ...)                                                    \
    assert_cells_are(boot, path, property, (const uint32_t[]){__VA_ARGS__},                        \
                     sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))
void assert_cells_are(const struct boot *boot, const char *path, const char *property,
                      const uint32_t *cells, size_t count);
void assert_property(const struct boot *boot, const char *path, const char *property,
                     const char *text);

#endif
