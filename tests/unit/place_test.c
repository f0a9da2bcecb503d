/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of stage place: where binaries go, and what stays free of them. */
#include <stdio.h>

#include "support.h"

#define END   (MACHINE_RAM + (uint64_t)MACHINE_RAM_SIZE)
#define LARGE (2U * 1024U * 1024U)

/* Pages that a run takes where the last binary begins in the last large page of much memory. */
#define TAKEN (LARGE / PAGE_SIZE)

/* The binary of that name after a run. */
static const struct binary *binary_of(const struct boot *boot, const char *name)
{
    const struct binary *binary = boot->system.plan.binaries;

    while (binary != NULL && strcmp(binary->name, name) != 0)
        binary = binary->next;
    assert_non_null(binary);
    return binary;
}

static void test_binaries_go_to_the_top(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_run(boot, "", TREE(DOMAIN("domU1", "") DOMAIN("domU2", ""))));
    assert_diagnostics(boot, "");
    assert_int_equal(boot->system.plan.xen.address, END - 5 * PAGE_SIZE);
    assert_int_equal(binary_of(boot, "vmlinuz")->address, END - 8 * PAGE_SIZE);
    assert_int_equal(binary_of(boot, "ramdisk")->address, END - 10 * PAGE_SIZE);
    assert_int_equal(boot->machine.claimed, TAKEN);
}

static void test_only_free_memory_is_taken(void **state)
{
    static const enum memory_kind kinds[] = {MEMORY_TRANSIENT, MEMORY_RUNTIME, MEMORY_RESERVED,
                                             MEMORY_ACPI, MEMORY_DEVICE};
    struct boot *boot = *state;

    machine_set_region(&boot->machine, MACHINE_RAM, 0x100000, MEMORY_FREE);
    for (size_t at = 0; at < sizeof(kinds) / sizeof(kinds[0]); at++)
        machine_add_region(&boot->machine, MACHINE_RAM + (at + 1) * 0x100000, 0x100000, kinds[at]);
    boot_run(boot, "", TREE(DOMAIN("domU1", "")));
    assert_int_equal(boot->system.plan.xen.address, MACHINE_RAM + 0x100000 - 5 * PAGE_SIZE);
}

static void test_page_zero_is_left_alone(void **state)
{
    struct boot *boot = *state;

    machine_set_region(&boot->machine, 0, 11 * PAGE_SIZE, MEMORY_FREE);
    boot_run(boot, "", TREE(DOMAIN("domU1", "")));
    assert_int_equal(binary_of(boot, "ramdisk")->address, PAGE_SIZE);
    machine_set_region(&boot->machine, 0, 10 * PAGE_SIZE, MEMORY_FREE);
    boot_run(boot, "", TREE(DOMAIN("domU1", "")));
    assert_diagnosed(boot,
                     "/chosen/domU1/module@2: error: no room in memory for ramdisk (4.8 KiB)");
    assert_diagnosed(boot, "  hint: the largest free stretch is 4 KiB");
}

/* A small tree with a domain and a reserved region. */
#define RESERVED(region)                                                                           \
    "/dts-v1/; /memreserve/ " region "; / { " TREE_LEAST "chosen { " DOMAIN("domU1", "") "}; };"

/* Every way in which a tree gives memory away keeps binaries out of it. */
static void test_regions_are_kept_clear(void **state)
{
    static const char *const trees[] = {
        RESERVED("0x7fff8000 0x8000"),
        TREE_HEAD "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;"
                  "    r@7fff8000 { reg = <0 0x7fff8000 0 0x8000>; }; };"
                  "chosen { " DOMAIN("domU1", "") "};};",
        TREE("#address-cells = <2>; #size-cells = <2>;" DOMAIN_WITH(
            "domU1", "xen,static-mem = <0 0x7fff8000 0 0x8000>;", "")),
        TREE("#xen,static-heap-address-cells = <2>; #xen,static-heap-size-cells = <2>;"
             "xen,static-heap = <0 0x7fff8000 0 0x8000>;" DOMAIN("domU1", "")),
        TREE(DOMAIN("domU1", "shm@7fff8000 { compatible = \"xen,domain-shared-memory-v1\";"
                             "    xen,shm-id = \"s\"; role = \"owner\";"
                             "    xen,shared-mem = <0 0x7fff8000 0 0x40000000 0 0x8000>; };")),
    };
    struct boot *boot = *state;

    for (size_t at = 0; at < sizeof(trees) / sizeof(trees[0]); at++) {
        boot_run(boot, "", trees[at]);
        assert_int_equal(boot->system.plan.xen.address, END - LARGE - 5 * PAGE_SIZE);
        assert_int_equal(binary_of(boot, "vmlinuz")->address, END - LARGE - 8 * PAGE_SIZE);
        /* The free part of the region is held, so that the firmware does not take it either. */
        assert_int_equal(boot->machine.claimed, TAKEN + 8);
    }
}

/* A region in the middle splits the memory, and one that is not page aligned takes whole pages. */
static void test_a_region_in_the_middle(void **state)
{
    struct boot *boot = *state;

    machine_set_region(&boot->machine, MACHINE_RAM, 16 * PAGE_SIZE, MEMORY_FREE);
    boot_run(boot, "", RESERVED("0x40005fff 2"));
    assert_int_equal(boot->system.plan.xen.address, MACHINE_RAM + 11 * PAGE_SIZE);
    assert_int_equal(binary_of(boot, "vmlinuz")->address, MACHINE_RAM + 8 * PAGE_SIZE);
    assert_int_equal(binary_of(boot, "ramdisk")->address, MACHINE_RAM + 3 * PAGE_SIZE);
}

static void test_an_address_asked_for(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_run(boot, "",
                         TREE("#address-cells = <2>; #size-cells = <2>;"
                              "module@1 { compatible = \"multiboot,kernel\", \"multiboot,module\";"
                              "    uefi,binary = \"vmlinuz\"; reg = <0 0x48000000 0 0>; };")));
    assert_diagnostics(boot, "");
    assert_int_equal(binary_of(boot, "vmlinuz")->address, 0x48000000);
    assert_cells(boot, "/chosen/module@48000000", "reg", 0, 0x48000000, 0, 10000);
}

static void run_wanted(struct boot *boot, unsigned long address)
{
    char source[4000];

    snprintf(source, sizeof(source),
             TREE("#address-cells = <2>; #size-cells = <2>;"
                  "module@1 { compatible = \"multiboot,kernel\", \"multiboot,module\";"
                  "    uefi,binary = \"vmlinuz\"; reg = <0x%lx 0x%lx 0 0>; };"),
             address >> 32, address & 0xffffffff);
    assert_true(boot_run(boot, "", source));
    assert_int_equal(binary_of(boot, "vmlinuz")->address, END - 8 * PAGE_SIZE);
}

static void test_an_address_that_is_not_free(void **state)
{
    struct boot *boot = *state;

    run_wanted(boot, 0x1000);
    assert_diagnostics(boot, "/chosen/module@1: note: 0x1000, which was asked for, is not free; "
                             "vmlinuz goes elsewhere\n");
    run_wanted(boot, 0x48000001);
    assert_diagnostics(boot, "/chosen/module@1: note: 0x48000001, which was asked for, is not free "
                             "(it is not page aligned); vmlinuz goes elsewhere\n");
    run_wanted(boot, END - 2 * PAGE_SIZE);
    assert_diagnostics(boot,
                       "/chosen/module@1: note: 0x7fffe000, which was asked for, is not free; "
                       "vmlinuz goes elsewhere\n");
    run_wanted(boot, 0xfffffffffffff000);
    assert_diagnostics(boot, "/chosen/module@1: note: 0xfffffffffffff000, which was asked for, is "
                             "not free; vmlinuz goes elsewhere\n");
}

static void test_one_cell_keeps_below_4_gib(void **state)
{
    static const char source[] =
        TREE("domU1 { compatible = \"xen,domain\"; #address-cells = <1>; #size-cells = <1>;"
             "    cpus = <1>; memory = <0 0x20000>;"
             "    module@1 { compatible = \"multiboot,kernel\", \"multiboot,module\";"
             "        uefi,binary = \"vmlinuz\"; }; };" DOMAIN("domU2", ""));
    struct boot *boot = *state;

    machine_set_region(&boot->machine, 0xfff00000, 0x300000, MEMORY_FREE);
    boot_run(boot, "", source);
    assert_int_equal(binary_of(boot, "vmlinuz")->address, 0x100000000 - 3 * PAGE_SIZE);
    assert_int_equal(binary_of(boot, "ramdisk")->address, 0x100200000 - 7 * PAGE_SIZE);
    machine_set_region(&boot->machine, 0x100000000, 0x200000, MEMORY_FREE);
    boot_run(boot, "", source);
    assert_diagnosed(boot,
                     "/chosen/domU1/module@1: error: no room in memory for vmlinuz (9.7 KiB)");
    assert_diagnosed(boot, "  hint: the largest free stretch is 1.9 MiB, and #address-cells = <1> "
                           "asks for one below 4 GiB");
}

/* Runs a domain of one cell whose kernel asks for an address; the kernel's address. */
static uint64_t run_low(struct boot *boot, const char *address)
{
    char source[4000];

    snprintf(source, sizeof(source),
             TREE("domU1 { compatible = \"xen,domain\"; #address-cells = <1>; #size-cells = <1>;"
                  "    cpus = <1>; memory = <0 0x20000>;"
                  "    module@1 { compatible = \"multiboot,kernel\", \"multiboot,module\";"
                  "        uefi,binary = \"vmlinuz\"; reg = <%s 0>; }; };"),
             address);
    boot_run(boot, "", source);
    return binary_of(boot, "vmlinuz")->address;
}

static void test_an_address_asked_for_below_4_gib(void **state)
{
    struct boot *boot = *state;

    machine_set_region(&boot->machine, 0xfff00000, 0x300000, MEMORY_FREE);
    assert_int_equal(run_low(boot, "0xfff01000"), 0xfff01000);
    assert_int_equal(run_low(boot, "0xffffe000"), 0x100000000 - 3 * PAGE_SIZE);
    assert_diagnosed(boot, "/chosen/domU1/module@1: note: 0xffffe000, which was asked for, is not "
                           "free; vmlinuz goes elsewhere");
}

/* A large binary that may go anywhere leaves alone what another one asked for. */
static void test_what_is_asked_for_goes_first(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_run(boot, "",
                         TREE("#address-cells = <2>; #size-cells = <2>;"
                              "k { compatible = \"multiboot,kernel\", \"multiboot,module\";"
                              "    uefi,binary = \"vmlinuz\"; };"
                              "r { compatible = \"multiboot,ramdisk\", \"multiboot,module\";"
                              "    uefi,binary = \"ramdisk\"; reg = <0 0x7fff9000 0 0>; };")));
    assert_diagnostics(boot, "");
    assert_int_equal(binary_of(boot, "ramdisk")->address, END - 7 * PAGE_SIZE);
    /* The others are in a block of large pages below. */
    assert_int_equal(boot->system.plan.xen.address, END - LARGE - 5 * PAGE_SIZE);
    assert_int_equal(binary_of(boot, "vmlinuz")->address, END - LARGE - 8 * PAGE_SIZE);
}

static void test_empty_files_are_not_placed(void **state)
{
    struct boot *boot = *state;

    machine_add_text(&boot->machine, "/EFI/muster/ramdisk", "");
    machine_add_text(&boot->machine, "/EFI/muster/xen.efi", "");
    assert_false(boot_run(boot, "xen=xen.efi\n", TREE(DOMAIN("domU1", ""))));
    assert_diagnostics(boot, "muster.cfg:1: error: xen.efi is empty\n"
                             "  hint: was it copied completely?\n"
                             "/chosen/domU1/module@2: error: ramdisk is empty\n"
                             "  hint: was it copied completely?\n");
    assert_int_equal(boot->machine.claimed, TAKEN);
}

static void test_memory_that_is_taken_meanwhile(void **state)
{
    struct boot *boot = *state;

    boot->machine.taken_address = END - 4 * PAGE_SIZE;
    boot->machine.taken_pages = 1;
    assert_true(boot_run(boot, "", TREE(DOMAIN("domU1", ""))));
    assert_int_equal(boot->system.plan.xen.address, END - 9 * PAGE_SIZE);
    assert_int_equal(binary_of(boot, "vmlinuz")->address, END - LARGE - 3 * PAGE_SIZE);
    boot_end(boot);
    boot->machine.claim_count = 0;
}

/* The top of the free memory is left to the firmware, up to the end of a large page, */
static void test_a_block_ends_with_a_large_page(void **state)
{
    const uint64_t end = MACHINE_RAM + 12 * LARGE;
    struct boot *boot = *state;

    machine_set_region(&boot->machine, MACHINE_RAM, end + 7 * PAGE_SIZE - MACHINE_RAM, MEMORY_FREE);
    boot_run(boot, "", TREE(DOMAIN("domU1", "")));
    assert_int_equal(boot->system.plan.xen.address, end - 5 * PAGE_SIZE);
    assert_int_equal(binary_of(boot, "vmlinuz")->address, end - 8 * PAGE_SIZE);
    assert_int_equal(binary_of(boot, "ramdisk")->address, end - 10 * PAGE_SIZE);
    assert_int_equal(boot->machine.claim_count, 1);
    /* unless this would be too little. */
    machine_set_region(&boot->machine, MACHINE_RAM + LARGE - 4 * PAGE_SIZE, 11 * PAGE_SIZE,
                       MEMORY_FREE);
    boot_run(boot, "", TREE(DOMAIN("domU1", "")));
    assert_int_equal(boot->system.plan.xen.address, MACHINE_RAM + LARGE + 2 * PAGE_SIZE);
}

/* A gap above the block that has room for one binary alone stays free: it would be one more. */
static void test_a_block_is_not_parted(void **state)
{
    struct boot *boot = *state;

    machine_set_region(&boot->machine, MACHINE_RAM, 12 * LARGE, MEMORY_FREE);
    machine_add_region(&boot->machine, MACHINE_RAM + 12 * LARGE, PAGE_SIZE, MEMORY_RUNTIME);
    machine_add_region(&boot->machine, MACHINE_RAM + 12 * LARGE + PAGE_SIZE, 6 * PAGE_SIZE,
                       MEMORY_FREE);
    boot_run(boot, "", TREE(DOMAIN("domU1", "")));
    assert_int_equal(boot->system.plan.xen.address, MACHINE_RAM + 12 * LARGE - 5 * PAGE_SIZE);
    assert_int_equal(boot->machine.claimed, TAKEN);
}

/* Runs a domain with so much memory at the start of RAM; the pages that are taken then. */
static size_t pages_taken(struct boot *boot, uint64_t bytes, const char *tree)
{
    machine_set_region(&boot->machine, MACHINE_RAM, bytes, MEMORY_FREE);
    boot_run(boot, "", tree);
    return boot->machine.claimed;
}

/* Where memory is not scarce, what is placed begins with a large page, too. */
static void test_a_block_begins_with_a_large_page(void **state)
{
    static const char one[] = TREE(DOMAIN("domU1", ""));
    static const char wanted[] =
        TREE("#address-cells = <2>; #size-cells = <2>;"
             "k { compatible = \"multiboot,kernel\", \"multiboot,module\";"
             "    uefi,binary = \"vmlinuz\"; reg = <0 0x40a01000 0 0>; };");
    struct boot *boot = *state;

    assert_int_equal(pages_taken(boot, 9 * LARGE, one), TAKEN);
    assert_int_equal(pages_taken(boot, 9 * LARGE - PAGE_SIZE, one), 10);
    assert_int_equal(pages_taken(boot, 9 * LARGE, wanted), 5 + 3);
    boot->machine.fail_services = SERVICE_CLAIM_PAGES;
    /* Without the block, Xen goes alone, and the others are tried again. */
    boot->machine.fail_at = 1;
    boot->machine.fail_status = PLATFORM_NO_MEMORY;
    assert_int_equal(pages_taken(boot, MACHINE_RAM_SIZE, one), 5 + TAKEN);
    assert_diagnostics(boot, "");
}

static void test_claims_that_fail(void **state)
{
    struct boot *boot = *state;

    machine_set_region(&boot->machine, MACHINE_RAM, LARGE, MEMORY_FREE);
    boot->machine.fail_services = SERVICE_CLAIM_PAGES;
    boot->machine.fail_at = 2;
    boot->machine.fail_status = PLATFORM_NO_MEMORY;
    assert_false(boot_run(boot, "", TREE(DOMAIN("domU1", ""))));
    assert_diagnosed(boot,
                     "/chosen/domU1/module@1: error: cannot allocate memory for vmlinuz: out of "
                     "memory");
}

static void test_a_region_that_cannot_be_held(void **state)
{
    struct boot *boot = *state;

    boot->machine.fail_services = SERVICE_CLAIM_PAGES;
    boot->machine.fail_at = 1;
    boot->machine.fail_status = PLATFORM_NO_MEMORY;
    assert_false(
        boot_run(boot, "",
                 TREE("") "/ { reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; "
                          "keep@7fff0000 { reg = <0 0x7fff0000 0 0x1000>; }; }; };"));
    assert_diagnosed(boot, "/reserved-memory/keep@7fff0000: error: cannot allocate memory for what "
                           "must stay free: out of memory");
}

static enum platform_status always_busy(void *context, uint64_t address, uint64_t pages,
                                        enum memory_kind kind, void **memory)
{
    (void)context;
    (void)address;
    (void)pages;
    (void)kind;
    *memory = NULL;
    return PLATFORM_BUSY;
}

static void test_memory_that_is_always_taken(void **state)
{
    struct boot *boot = *state;

    boot->machine.platform.claim_pages = always_busy;
    assert_false(boot_run(boot, "xen=xen.efi\n", TREE(DOMAIN("domU1", ""))));
    assert_diagnosed(boot, "muster.cfg:1: error: cannot allocate memory for xen.efi: the memory is "
                           "in use");
    /* A region that cannot be held is somebody's already. */
    assert_false(boot_run(boot, "xen=xen.efi\n", RESERVED("0x7fff8000 0x8000")));
    assert_diagnosed(boot, "muster.cfg:1: error: cannot allocate memory for xen.efi: the memory is "
                           "in use");
    assert_int_equal(boot->machine.claimed, 0);
}

static enum platform_status (*claim_pages)(void *context, uint64_t address, uint64_t pages,
                                           enum memory_kind kind, void **memory);

/* The second claim comes too late, and then the map cannot be read. */
static enum platform_status claim_one(void *context, uint64_t address, uint64_t pages,
                                      enum memory_kind kind, void **memory)
{
    struct machine *machine = context;

    if (machine->claimed == 0)
        return claim_pages(context, address, pages, kind, memory);
    machine->fail_services = SERVICE_MEMORY_MAP;
    machine->fail_at = machine->calls + 1;
    return PLATFORM_BUSY;
}

static void test_a_map_that_cannot_be_read_any_more(void **state)
{
    struct boot *boot = *state;

    machine_set_region(&boot->machine, MACHINE_RAM, LARGE, MEMORY_FREE);
    claim_pages = boot->machine.platform.claim_pages;
    boot->machine.platform.claim_pages = claim_one;
    assert_false(boot_run(boot, "", TREE(DOMAIN("domU1", ""))));
    assert_diagnosed(boot, "error: cannot read the memory map: the device reported an error");
}

/* Pages for something else: what is left beside the binaries, then the topmost that are free. */
static void test_pages(void **state)
{
    struct boot *boot = *state;
    struct machine *machine = &boot->machine;
    const struct workspace *workspace;
    struct plan *plan = &boot->system.plan;
    uint64_t address = 0;
    void *memory;

    assert_true(boot_run(boot, "", RESERVED("0x7fff0000 0x1000")));
    workspace = &boot->system.workspace;
    assert_int_equal(place_pages(workspace, &boot->system.regions, plan, 8, &address, &memory),
                     PLATFORM_OK);
    assert_int_equal(address, binary_of(boot, "ramdisk")->address - 8 * PAGE_SIZE);
    assert_ptr_equal(memory, (char *)binary_of(boot, "ramdisk")->memory - 8 * PAGE_SIZE);
    assert_int_equal(
        place_pages(workspace, &boot->system.regions, plan, TAKEN - 10 - 8, &address, &memory),
        PLATFORM_OK);
    assert_int_equal(address, END - 2 * LARGE);
    assert_int_equal(boot->machine.claimed, TAKEN + 1);
    assert_int_equal(place_pages(workspace, &boot->system.regions, plan, 8, &address, &memory),
                     PLATFORM_OK);
    assert_int_equal(address, END - 8 * PAGE_SIZE);
    assert_int_equal(boot->machine.claimed, TAKEN + 1 + 8);
    assert_int_equal(
        place_pages(workspace, &boot->system.regions, plan, 1U << 20, &address, &memory),
        PLATFORM_NO_MEMORY);
    machine->fail_services = SERVICE_MEMORY_MAP;
    machine->fail_at = machine->calls + 1;
    assert_int_equal(place_pages(workspace, &boot->system.regions, plan, 1, &address, &memory),
                     PLATFORM_NO_MEMORY);
    machine->platform.claim_pages = always_busy;
    assert_int_equal(place_pages(workspace, &boot->system.regions, plan, 1, &address, &memory),
                     PLATFORM_BUSY);
}

static void test_a_file_larger_than_memory(void **state)
{
    static const uint64_t sizes[] = {(uint64_t)1 << 40, UINT64_MAX - 1, UINT64_MAX};
    struct boot *boot = *state;

    for (size_t at = 0; at < sizeof(sizes) / sizeof(sizes[0]); at++) {
        machine_add_file(&boot->machine, "/EFI/muster/ramdisk", "0707", 4)->stated_size = sizes[at];
        assert_false(boot_run(boot, "", TREE(DOMAIN("domU1", ""))));
        assert_int_equal(boot->system.diagnostics.counts[SEVERITY_ERROR], 1);
        assert_diagnosed(boot, "  hint: the largest free stretch is 1023 MiB");
        boot_end(boot);
        machine_assert_clean(&boot->machine);
    }
}

static void test_a_map_that_cannot_be_read(void **state)
{
    struct boot *boot = *state;

    boot->machine.fail_services = SERVICE_MEMORY_MAP;
    boot->machine.fail_at = 1;
    assert_false(boot_run(boot, "", TREE(DOMAIN("domU1", ""))));
    assert_diagnostics(boot, "error: cannot read the memory map: the device reported an error\n");
}

/* More regions of memory than the first reading has room for: each free page is followed by one
 * that somebody holds. */
static void test_a_long_map(void **state)
{
    struct boot *boot = *state;

    for (unsigned at = 0; at < 200; at++)
        boot->machine.claims[boot->machine.claim_count++] = (struct machine_claim){
            .address = MACHINE_RAM + (2 * at + 1) * PAGE_SIZE,
            .pages = 1,
            .kind = MEMORY_TRANSIENT,
        };
    machine_set_region(&boot->machine, MACHINE_RAM, 400 * PAGE_SIZE, MEMORY_FREE);
    boot_run(boot, "", TREE(DOMAIN("domU1", "")));
    assert_diagnosed(boot, "error: no room in memory for xen.efi (19.5 KiB)");
    boot_end(boot);
    boot->machine.claim_count = 0;
}

static enum platform_status endless_map(void *context, struct memory_region *regions, size_t *count)
{
    (void)context;
    (void)regions;
    ++*count;
    return PLATFORM_NO_MEMORY;
}

static void test_a_map_without_end(void **state)
{
    struct boot *boot = *state;

    boot->machine.platform.memory_map = endless_map;
    assert_false(boot_run(boot, "", TREE(DOMAIN("domU1", ""))));
    assert_diagnostics(boot, "error: cannot read the memory map: out of memory\n");
}

/* The kind of the memory at an address, as the map has it. */
static enum memory_kind kind_at(struct boot *boot, uint64_t address)
{
    struct memory_region regions[1024];
    size_t count = 1024;

    assert_int_equal(boot->machine.platform.memory_map(&boot->machine, regions, &count),
                     PLATFORM_OK);
    for (size_t at = 0; at < count; at++)
        if (regions[at].start <= address && address - regions[at].start < regions[at].size)
            return regions[at].kind;
    return MEMORY_DEVICE;
}

/* A page in which a region starts or ends is held. */
static void test_pages_partly_in_a_region_are_held(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_run(boot, "", RESERVED("0x50000800 0x1000")));
    assert_int_equal(boot->machine.claimed, TAKEN + 2);
    assert_int_equal(kind_at(boot, 0x4ffff000), MEMORY_FREE);
    assert_int_equal(kind_at(boot, 0x50000000), MEMORY_RESERVED);
    assert_int_equal(kind_at(boot, 0x50001000), MEMORY_RESERVED);
    assert_int_equal(kind_at(boot, 0x50002000), MEMORY_FREE);
}

/*
 * Xen forgets /memreserve/ entries, so that they have to be in the map; a module that is listed as
 * one, as U-Boot does, is Xen's to free.
 */
static void test_what_is_reserved_in_the_map(void **state)
{
    static const char source[] =
        "/dts-v1/; /memreserve/ 0x50000000 0x1000; /memreserve/ 0x52000000 0x1000;\n"
        "/memreserve/ 0x53000000 0x1000; / {\n"
        "    #address-cells = <2>; #size-cells = <2>;\n"
        "    reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;\n"
        "        keep@51000000 { reg = <0 0x51000000 0 0x1000>; }; };\n"
        "    chosen { #address-cells = <2>; #size-cells = <2>;\n"
        "        module@52000000 { compatible = \"multiboot,kernel\", \"multiboot,module\";\n"
        "            reg = <0 0x52000000 0 0x800>; }; };\n"
        "};";
    struct boot *boot = *state;

    boot_run(boot, "", source);
    assert_int_equal(kind_at(boot, 0x50000000), MEMORY_RESERVED);
    assert_int_equal(kind_at(boot, 0x51000000), MEMORY_TRANSIENT);
    assert_int_equal(kind_at(boot, 0x52000000), MEMORY_TRANSIENT);
    assert_int_equal(kind_at(boot, 0x53000000), MEMORY_RESERVED);
    boot_end(boot);
    assert_int_equal(kind_at(boot, 0x50000000), MEMORY_FREE);
}

/*
 * Each held region can add two to the map, and one that is listed twice has the map read again:
 * the map has to get more room then, whatever its length was.
 */
static void test_a_map_that_grows(void **state)
{
    static const unsigned counts[] = {1, 31, 62, 63, 64, 127, 128, 129, 300};
    struct boot *boot = *state;

    for (size_t at = 0; at < sizeof(counts) / sizeof(counts[0]); at++) {
        char source[40000];
        size_t length =
            (size_t)snprintf(source, sizeof(source),
                             "/dts-v1/; /memreserve/ 0x50000000 0x1000; / { reserved-memory {"
                             "    #address-cells = <2>; #size-cells = <2>; ranges;\n");

        for (unsigned each = 0; each < counts[at]; each++)
            length += (size_t)snprintf(source + length, sizeof(source) - length,
                                       "keep%u { reg = <0 0x%x 0 0x1000>; };\n", each,
                                       0x50000000 + each * 0x2000);
        snprintf(source + length, sizeof(source) - length, "}; chosen { %s }; };",
                 DOMAIN("domU1", ""));
        boot_run(boot, "", source);
        assert_int_equal(boot->machine.claimed, TAKEN + counts[at]);
        if (boot->system.plan.xen.address == 0)
            fail_msg("with %u regions nothing is placed", counts[at]);
    }
}

static void test_bad_regions_do_not_stop_it(void **state)
{
    struct boot *boot = *state;

    boot_run(boot, "",
             TREE("#address-cells = <2>; #size-cells = <2>;" DOMAIN_WITH(
                 "domU1", "xen,static-mem = <0 0x7fff8000 0>;", "")));
    assert_int_equal(boot->system.plan.xen.address, END - 5 * PAGE_SIZE);
}

/* With colored caches the first stretch of memory is Xen's own heap; the rest is for domains. */
static void test_colors_part_memory(void **state)
{
    struct boot *boot = *state;
    const struct plan *plan = &boot->system.plan;

    boot_run(boot, "options=llc-coloring=on\n", TREE(DOMAIN("domU1", "")));
    assert_int_equal(plan->modules[1].binary->address, MACHINE_RAM + (64U << 20));
    boot_run(boot, "options=llc-coloring=on buddy-alloc-size=32M\n", TREE(DOMAIN("domU1", "")));
    assert_int_equal(plan->modules[1].binary->address, MACHINE_RAM + (32U << 20));
    boot_run(boot, "options=llc-size=1M llc-nr-ways=16\n", TREE(DOMAIN("domU1", "")));
    assert_int_equal(plan->modules[1].binary->address, MACHINE_RAM + (64U << 20));
    boot_run(boot, "options=llc-coloring=off\n", TREE(DOMAIN("domU1", "")));
    assert_true(plan->modules[1].binary->address > MACHINE_RAM + (512U << 20));
    /* Without room for both it is as it was. */
    machine_set_region(&boot->machine, MACHINE_RAM, 100U << 20, MEMORY_FREE);
    boot_run(boot, "options=llc-coloring=on\n", TREE(DOMAIN("domU1", "")));
    assert_true(plan->modules[1].binary->address > MACHINE_RAM + (64U << 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_binaries_go_to_the_top),
        boot_test(test_only_free_memory_is_taken),
        boot_test(test_page_zero_is_left_alone),
        boot_test(test_regions_are_kept_clear),
        boot_test(test_a_region_in_the_middle),
        boot_test(test_an_address_asked_for),
        boot_test(test_an_address_that_is_not_free),
        boot_test(test_one_cell_keeps_below_4_gib),
        boot_test(test_an_address_asked_for_below_4_gib),
        boot_test(test_what_is_asked_for_goes_first),
        boot_test(test_empty_files_are_not_placed),
        boot_test(test_memory_that_is_taken_meanwhile),
        boot_test(test_a_block_ends_with_a_large_page),
        boot_test(test_a_block_is_not_parted),
        boot_test(test_a_block_begins_with_a_large_page),
        boot_test(test_memory_that_is_always_taken),
        boot_test(test_a_map_that_cannot_be_read_any_more),
        boot_test(test_pages),
        boot_test(test_claims_that_fail),
        boot_test(test_a_region_that_cannot_be_held),
        boot_test(test_a_file_larger_than_memory),
        boot_test(test_a_map_that_cannot_be_read),
        boot_test(test_a_long_map),
        boot_test(test_a_map_without_end),
        boot_test(test_a_map_that_grows),
        boot_test(test_pages_partly_in_a_region_are_held),
        boot_test(test_what_is_reserved_in_the_map),
        boot_test(test_bad_regions_do_not_stop_it),
        boot_test(test_colors_part_memory),
    };

    return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
