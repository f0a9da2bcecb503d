/* SPDX-License-Identifier: BSD-2-Clause */
/* Support for the unit tests: a machine in memory, and a system that is described and loaded on it.
 */
#include "support.h"

#include <libfdt.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "host/base/inflate.h"

#define GUARD_PAGES 65536U          /* claims of more are hardly written */
#define DIRTY_SIZE  (1024U * 1024U) /* bytes of a claim that hold something at first */

struct platform_file {
    struct machine_file *file;
    size_t at;
};

/* --- the machine ------------------------------------------------------------------------------ */

/* True if this call is the one that is to fail. */
static bool fails(struct machine *machine, enum service service)
{
    return (machine->fail_services & (unsigned)service) != 0 &&
           ++machine->calls == machine->fail_at;
}

static void *machine_allocate(void *context, size_t bytes)
{
    struct machine *machine = context;
    void *memory = fails(machine, SERVICE_ALLOCATE) ? NULL : malloc(bytes);

    if (memory == NULL)
        return NULL;
    memset(memory, 0xa5, bytes);
    machine->allocations++;
    machine->allocated += bytes;
    if (machine->allocated > machine->allocated_most)
        machine->allocated_most = machine->allocated;
    return memory;
}

static void machine_release(void *context, void *memory, size_t bytes)
{
    struct machine *machine = context;

    assert_non_null(memory);
    assert_true(machine->allocations > 0 && machine->allocated >= bytes);
    machine->allocations--;
    machine->allocated -= bytes;
    free(memory);
}

static struct machine_file *find_file(const struct machine *machine, const char *name)
{
    for (size_t at = 0; at < machine->file_count; at++)
        if (strcmp(machine->files[at].name, name) == 0)
            return (struct machine_file *)(uintptr_t)&machine->files[at];
    return NULL;
}

static enum platform_status machine_open(void *context, const char *name,
                                         struct platform_file **file, uint64_t *size)
{
    struct machine *machine = context;
    struct machine_file *found;

    assert_int_equal(name[0], '/');
    assert_null(strchr(name, '\\'));
    if (fails(machine, SERVICE_OPEN))
        return machine->fail_status;
    found = find_file(machine, name);
    if (found == NULL)
        return PLATFORM_NOT_FOUND;
    if (found->status != PLATFORM_OK)
        return found->status;
    *file = malloc(sizeof(**file));
    assert_non_null(*file);
    **file = (struct platform_file){found, 0};
    *size = found->stated_size;
    found->opened++;
    machine->open_files++;
    return PLATFORM_OK;
}

static enum platform_status machine_read(void *context, struct platform_file *file, void *buffer,
                                         size_t bytes)
{
    struct machine *machine = context;

    if (fails(machine, SERVICE_READ))
        return machine->fail_status;
    if (bytes > file->file->size - file->at)
        return PLATFORM_SHORT_READ;
    if (bytes != 0)
        memcpy(buffer, (const char *)file->file->data + file->at, bytes);
    file->at += bytes;
    machine->bytes_read += bytes;
    return PLATFORM_OK;
}

static enum platform_status machine_read_at(void *context, const char *name, uint64_t offset,
                                            void *buffer, size_t bytes)
{
    struct machine *machine = context;
    const struct machine_file *file = find_file(machine, name);

    if (fails(machine, SERVICE_READ_AT))
        return machine->fail_status;
    if (file == NULL)
        return PLATFORM_NOT_FOUND;
    if (offset > file->size || bytes > file->size - offset)
        return PLATFORM_SHORT_READ;
    memcpy(buffer, (const char *)file->data + offset, bytes);
    return PLATFORM_OK;
}

static enum platform_status machine_write_at(void *context, const char *name, uint64_t offset,
                                             const void *buffer, size_t bytes)
{
    struct machine *machine = context;
    const struct machine_file *file = find_file(machine, name);

    if (fails(machine, SERVICE_WRITE_AT))
        return machine->fail_status;
    if (file == NULL || file->writable == NULL)
        return file == NULL ? PLATFORM_NOT_FOUND : PLATFORM_DENIED;
    assert_true(offset <= file->size && bytes <= file->size - offset);
    memcpy((char *)file->writable + offset, buffer, bytes);
    return PLATFORM_OK;
}

static uint32_t machine_crc32(void *context, const void *data, size_t bytes)
{
    (void)context;
    return (uint32_t)crc32(0, data, (uInt)bytes);
}

static void machine_close(void *context, struct platform_file *file)
{
    struct machine *machine = context;

    assert_true(machine->open_files > 0);
    machine->open_files--;
    free(file);
}

static void machine_list(void *context, const char *directory,
                         bool (*each)(void *data, const char *name), void *data)
{
    const struct machine *machine = context;
    size_t length = strcmp(directory, "/") == 0 ? 0 : strlen(directory);

    for (size_t at = 0; at < machine->file_count; at++) {
        const char *name = machine->files[at].name;

        if (strncmp(name, directory, length) == 0 && name[length] == '/' &&
            strchr(name + length + 1, '/') == NULL && !each(data, name + length + 1))
            return;
    }
}

static bool put_region(struct memory_region *regions, size_t capacity, size_t *count,
                       struct memory_region region)
{
    if (*count < capacity)
        regions[*count] = region;
    ++*count;
    return *count <= capacity;
}

static int compare_claims(const void *left, const void *right)
{
    uint64_t first = ((const struct machine_claim *)left)->address;
    uint64_t second = ((const struct machine_claim *)right)->address;

    return first < second ? -1 : first > second;
}

/* The regions, with claimed pages shown as in use. */
static enum platform_status machine_map(void *context, struct memory_region *regions, size_t *count)
{
    struct machine *machine = context;
    size_t capacity = *count;
    bool fits = true;

    *count = 0;
    if (fails(machine, SERVICE_MEMORY_MAP))
        return machine->fail_status;
    qsort(machine->claims, machine->claim_count, sizeof(*machine->claims), compare_claims);
    for (size_t at = 0; at < machine->region_count; at++) {
        struct memory_region left = machine->regions[at];

        for (size_t claim = 0; claim < machine->claim_count; claim++) {
            uint64_t start = machine->claims[claim].address;
            uint64_t size = machine->claims[claim].pages * PAGE_SIZE;

            if (start < left.start || start - left.start >= left.size)
                continue;
            if (start > left.start)
                fits =
                    put_region(regions, capacity, count,
                               (struct memory_region){left.start, start - left.start, left.kind}) &&
                    fits;
            fits = put_region(regions, capacity, count,
                              (struct memory_region){start, size, machine->claims[claim].kind}) &&
                   fits;
            left.size -= start + size - left.start;
            left.start = start + size;
        }
        if (left.size != 0)
            fits = put_region(regions, capacity, count, left) && fits;
    }
    return fits ? PLATFORM_OK : PLATFORM_NO_MEMORY;
}

static bool is_free(const struct machine *machine, uint64_t address, uint64_t size)
{
    bool inside = false;

    for (size_t at = 0; at < machine->region_count; at++) {
        const struct memory_region *region = &machine->regions[at];

        if (region->kind == MEMORY_FREE && address >= region->start &&
            address - region->start < region->size &&
            size <= region->size - (address - region->start))
            inside = true;
    }
    for (size_t at = 0; at < machine->claim_count; at++) {
        const struct machine_claim *claim = &machine->claims[at];

        if (address < claim->address + claim->pages * PAGE_SIZE && claim->address < address + size)
            return false;
    }
    return inside;
}

static struct machine_claim *add_claim(struct machine *machine, uint64_t address, uint64_t pages)
{
    struct machine_claim *claim = &machine->claims[machine->claim_count];

    assert_true(machine->claim_count++ < MACHINE_CLAIMS_MAX);
    *claim = (struct machine_claim){address, pages, MEMORY_TRANSIENT, NULL};
    return claim;
}

static enum platform_status machine_claim_pages(void *context, uint64_t address, uint64_t pages,
                                                enum memory_kind kind, void **memory)
{
    struct machine *machine = context;
    struct machine_claim *claim;
    size_t size;

    assert_int_equal(address % PAGE_SIZE, 0);
    assert_true(pages > 0);
    if (machine->taken_pages != 0) {
        add_claim(machine, machine->taken_address, machine->taken_pages);
        machine->taken_pages = 0;
    }
    if (fails(machine, SERVICE_CLAIM_PAGES))
        return machine->fail_status;
    if (!is_free(machine, address, pages * PAGE_SIZE))
        return PLATFORM_BUSY;
    claim = add_claim(machine, address, pages);
    size = pages * PAGE_SIZE;
    claim->kind = kind;
    claim->memory = pages <= GUARD_PAGES ? malloc(size)
                                         : mmap(NULL, size, PROT_READ | PROT_WRITE,
                                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(claim->memory != NULL && claim->memory != MAP_FAILED);
    memset(claim->memory, 0x5a, size < DIRTY_SIZE ? size : DIRTY_SIZE);
    machine->claimed += pages;
    if (machine->claimed > machine->claimed_most)
        machine->claimed_most = machine->claimed;
    *memory = claim->memory;
    return PLATFORM_OK;
}

static void machine_release_pages(void *context, uint64_t address, uint64_t pages)
{
    struct machine *machine = context;

    for (size_t at = 0; at < machine->claim_count; at++) {
        struct machine_claim *claim = &machine->claims[at];

        if (claim->address != address || claim->memory == NULL)
            continue;
        assert_int_equal(claim->pages, pages);
        if (pages <= GUARD_PAGES)
            free(claim->memory);
        else
            munmap(claim->memory, pages * PAGE_SIZE);
        *claim = machine->claims[--machine->claim_count];
        machine->claimed -= pages;
        return;
    }
    fail_msg("pages at 0x%lx were never claimed", (unsigned long)address);
}

static enum platform_status machine_fix_tree(void *context, void *tree, size_t *capacity)
{
    struct machine *machine = context;

    if (machine->fix_tree == NULL)
        return PLATFORM_UNSUPPORTED;
    return fails(machine, SERVICE_FIX_TREE) ? machine->fail_status
                                            : machine->fix_tree(machine, tree, capacity);
}

static void machine_progress(void *context, const char *name, uint64_t done, uint64_t total)
{
    struct machine *machine = context;

    assert_non_null(name);
    assert_true(done <= total);
    machine->progress_calls++;
}

/* Each look at the clock is 1.5 ms later. */
static uint64_t machine_clock(void *context)
{
    struct machine *machine = context;

    return machine->clock += 1500;
}

void machine_init(struct machine *machine)
{
    *machine = (struct machine){
        .platform =
            {
                .allocate = machine_allocate,
                .release = machine_release,
                .open = machine_open,
                .read = machine_read,
                .close = machine_close,
                .list = machine_list,
                .memory_map = machine_map,
                .claim_pages = machine_claim_pages,
                .release_pages = machine_release_pages,
                .fix_tree = machine_fix_tree,
                .progress = machine_progress,
                .clock = machine_clock,
                .read_at = machine_read_at,
                .write_at = machine_write_at,
                .crc32 = machine_crc32,
                .inflate = host_inflate,
            },
    };
    machine->platform.context = machine;
    machine->claims = malloc(MACHINE_CLAIMS_MAX * sizeof(*machine->claims));
    assert_non_null(machine->claims);
    machine_set_region(machine, MACHINE_RAM, MACHINE_RAM_SIZE, MEMORY_FREE);
}

void machine_assert_clean(const struct machine *machine)
{
    assert_int_equal(machine->claimed, 0);
    assert_int_equal(machine->open_files, 0);
    assert_int_equal(machine->allocations, 0);
    assert_int_equal(machine->allocated, 0);
}

struct machine_file *machine_add_file(struct machine *machine, const char *name, const void *data,
                                      size_t size)
{
    struct machine_file *file = find_file(machine, name);

    if (file == NULL) {
        assert_true(machine->file_count < MACHINE_FILES_MAX);
        file = &machine->files[machine->file_count++];
    }
    *file = (struct machine_file){.name = name, .data = data, .size = size, .stated_size = size};
    return file;
}

struct machine_file *machine_add_writable(struct machine *machine, const char *name, void *data,
                                          size_t size)
{
    struct machine_file *file = machine_add_file(machine, name, data, size);

    file->writable = data;
    return file;
}

struct machine_file *machine_add_text(struct machine *machine, const char *name, const char *text)
{
    return machine_add_file(machine, name, text, strlen(text));
}

void machine_remove_file(struct machine *machine, const char *name)
{
    struct machine_file *file = find_file(machine, name);

    if (file != NULL)
        *file = machine->files[--machine->file_count];
}

void machine_set_region(struct machine *machine, uint64_t start, uint64_t size,
                        enum memory_kind kind)
{
    machine->region_count = 0;
    machine_add_region(machine, start, size, kind);
}

void machine_add_region(struct machine *machine, uint64_t start, uint64_t size,
                        enum memory_kind kind)
{
    assert_true(machine->region_count < MACHINE_REGIONS_MAX);
    machine->regions[machine->region_count++] = (struct memory_region){start, size, kind};
}

const void *machine_memory(const struct machine *machine, uint64_t address, size_t bytes)
{
    for (size_t at = 0; at < machine->claim_count; at++) {
        const struct machine_claim *claim = &machine->claims[at];

        if (claim->memory != NULL && address >= claim->address &&
            address - claim->address + bytes <= claim->pages * PAGE_SIZE)
            return (const char *)claim->memory + (address - claim->address);
    }
    fail_msg("core does not hold 0x%lx", (unsigned long)address);
    return NULL;
}

unsigned machine_opened(const struct machine *machine, const char *name)
{
    const struct machine_file *file = find_file(machine, name);

    return file != NULL ? file->opened : 0;
}

/* --- content ---------------------------------------------------------------------------------- */

const char *large_tree_source(void)
{
    static char source[1900000];
    size_t length = (size_t)sprintf(source, "/dts-v1/; / { ");

    for (unsigned at = 0; at < 7150; at++)
        length += (size_t)sprintf(source + length, "x%0250u { }; ", at);
    sprintf(source + length, "chosen { }; a: a { phandle = <1>; }; };");
    return source;
}

void *tree_compile(const char *source, size_t *size)
{
    char *const arguments[] = {(char[]){"dtc"},
                               (char[]){"-q"},
                               (char[]){"-@"},
                               (char[]){"-O"},
                               (char[]){"dtb"},
                               (char[]){"-"},
                               NULL};
    int input = memfd_create("dts", 0);
    int output = memfd_create("dtb", 0);
    posix_spawn_file_actions_t actions;
    ssize_t length = (ssize_t)strlen(source);
    pid_t child;
    int status;
    void *tree;

    assert_true(input >= 0 && output >= 0);
    assert_int_equal(write(input, source, (size_t)length), length);
    assert_int_equal(lseek(input, 0, SEEK_SET), 0);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    assert_int_equal(posix_spawnp(&child, "dtc", &actions, NULL, arguments, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("dtc does not take:\n%s", source);
    length = lseek(output, 0, SEEK_END);
    assert_true(length > 0);
    tree = malloc((size_t)length);
    assert_non_null(tree);
    assert_int_equal(pread(output, tree, (size_t)length, 0), length);
    close(input);
    close(output);
    if (size != NULL)
        *size = (size_t)length;
    return tree;
}

/* Contents that tests share; they differ in each page, so that a wrong one is seen. */
static unsigned char *filled(unsigned char *content, size_t capacity, size_t size)
{
    assert_true(size <= capacity);
    for (size_t at = 0; at < capacity; at++)
        content[at] = (unsigned char)(at / PAGE_SIZE + at);
    return content;
}

static void put_little(unsigned char *to, unsigned bytes, uint64_t value)
{
    for (unsigned at = 0; at < bytes; at++, value >>= 8)
        to[at] = (unsigned char)value;
}

/* An arm64 Image (Linux Documentation/arch/arm64/booting.rst) that is also a PE32+ program. */
static const void *image(unsigned char *content, size_t capacity, size_t size)
{
    filled(content, capacity, size);
    put_little(content, 4, 0x5a4d);          /* "MZ" */
    put_little(content + 8, 8, 0);           /* text_offset */
    put_little(content + 16, 8, size);       /* image_size */
    put_little(content + 24, 8, 0xa);        /* flags: little endian, 4 KiB pages, anywhere */
    memset(content + 32, 0, 24);             /* reserved */
    put_little(content + 56, 4, 0x644d5241); /* "ARM\x64" */
    put_little(content + 60, 4, 64);         /* where the PE header is */
    memset(content + 64, 0, 256);
    put_little(content + 64, 4, 0x4550);  /* "PE" */
    put_little(content + 68, 2, 0xaa64);  /* arm64 */
    put_little(content + 84, 2, 0xa0);    /* size of the optional header */
    put_little(content + 86, 2, 0x206);   /* an executable image */
    put_little(content + 88, 2, 0x20b);   /* PE32+ */
    put_little(content + 120, 4, 0x1000); /* alignment of sections */
    put_little(content + 124, 4, 0x200);  /* and in the file */
    put_little(content + 144, 4, size);   /* size of the image */
    put_little(content + 148, 4, 0x400);  /* size of the headers */
    put_little(content + 156, 2, 10);     /* an EFI application */
    return content;
}

const void *image_linux(size_t size)
{
    static unsigned char content[65536];

    return image(content, sizeof(content), size);
}

/* Texts that stand in a Xen built with an option, and not in others. */
static const struct {
    const char *option;
    const char *text;
} xen_features[] = {
    {"CONFIG_DOM0LESS_BOOT", "domain-cpupool"},
    {"CONFIG_STATIC_MEMORY", "acquired requested static memory"},
    {"CONFIG_STATIC_SHM", "xen,shm-id"},
    {"CONFIG_STATIC_EVTCHN", "no xen,evtchn property"},
    {"CONFIG_BOOT_TIME_CPUPOOLS", "cpupool-cpus"},
    {"CONFIG_LLC_COLORING", "xen-llc-colors"},
    {"CONFIG_ARM64_SVE", "Error reading 'sve' property"},
    {"CONFIG_GICV3_ESPI", "GICv3: %u eSPI lines"},
    {"CONFIG_SCMI_SMC", "scmi-smc-passthrough"},
    {"drivers", "arm,gic-v3"},
    {"drivers", "arm,gic-400"},
    {"drivers", "arm,smmu-v3"},
    {"drivers", "arm,cortex-a15-gic"},
    {"drivers", "arm,pl011"},
    {"drivers", "arm,psci-1.0"},
    {"CONFIG_SCHED_NULL", "null Scheduler"},
    {"CONFIG_SCHED_CREDIT", "SMP Credit Scheduler"},
    {"CONFIG_SCHED_CREDIT2", "SMP Credit Scheduler rev2"},
    {"CONFIG_SCHED_RTDS", "SMP RTDS Scheduler"},
    {"CONFIG_SCHED_ARINC653", "ARINC 653 Scheduler"},
    {"options", "noreboot"},
    {"options", "iommu"},
    {"options", "loglvl"},
    {"options", "flask"},
    {"options", "serrors"},
    {"options", "hmp-unsafe"},
    {"options", "guest_loglvl"},
    {"options", "console"},
    {"options", "dtuart"},
    {"options", "dom0_mem"},
    {"options", "dom0_max_vcpus"},
    {"options", "sync_console"},
    {"options", "sched"},
    {"options", "maxcpus"},
    {"options", "bootscrub"},
    {"options", "gnttab"},
    {"options", "gnttab_max_frames"},
    {"options", "xsm"},
    {"options", "llc-coloring"},
    {"options", "llc-size"},
    {"options", "llc-nr-ways"},
    {"options", "buddy-alloc-size"},
    {"options", "dom0-llc-colors"},
};

static void write_xen(unsigned char *content, const char *version, const char *lacks)
{
    char *at = (char *)content + 10000;

    at += sprintf(at, "%cxen,xen-%s", '\0', version) + 1;
    for (size_t row = 0; row < sizeof(xen_features) / sizeof(xen_features[0]); row++)
        if (lacks == NULL || strcmp(lacks, xen_features[row].option) != 0)
            at = stpcpy(at, xen_features[row].text) + 1;
}

const void *image_xen(size_t size)
{
    static unsigned char content[65536];

    image(content, sizeof(content), size);
    write_xen(content, "4.23", NULL);
    return content;
}

const void *image_xen_of(const char *version, const char *lacks)
{
    static unsigned char content[65536];

    image(content, sizeof(content), 20000);
    write_xen(content, version, lacks);
    return content;
}

const void *image_ramdisk(size_t size)
{
    static unsigned char content[65536];

    filled(content, sizeof(content), size);
    memcpy(content, "070701", 6);
    return content;
}

/* --- the loader's run ------------------------------------------------------------------------- */

int boot_setup(void **state)
{
    struct boot *boot = calloc(1, sizeof(*boot));

    assert_non_null(boot);
    machine_init(&boot->machine);
    boot->machine.fail_status = PLATFORM_DEVICE_ERROR;
    machine_add_file(&boot->machine, "/EFI/muster/xen.efi", image_xen(20000), 20000);
    machine_add_file(&boot->machine, "/EFI/muster/vmlinuz", image_linux(10000), 10000);
    machine_add_file(&boot->machine, "/EFI/muster/ramdisk", image_ramdisk(5000), 5000);
    boot->request = (struct request){.image = "/EFI/muster/muster.efi", .exception_level = 2};
    *state = boot;
    return 0;
}

void boot_end(struct boot *boot)
{
    if (boot->is_started)
        system_release(&boot->system);
    boot->is_started = false;
    free(boot->tree);
    boot->tree = NULL;
}

int boot_teardown(void **state)
{
    struct boot *boot = *state;

    boot_end(boot);
    machine_assert_clean(&boot->machine);
    free(boot->machine.claims);
    free((void *)(uintptr_t)boot->request.load_options);
    free(boot);
    return 0;
}

void boot_set_options(struct boot *boot, const char *text)
{
    size_t length = strlen(text);
    unsigned char *units = calloc(length + 1, 2);

    assert_non_null(units);
    for (size_t at = 0; at < length; at++)
        units[2 * at] = (unsigned char)text[at];
    free((void *)(uintptr_t)boot->request.load_options);
    boot->request.load_options = units;
    boot->request.load_options_size = 2 * length;
}

const struct workspace *boot_start(struct boot *boot)
{
    boot_end(boot);
    boot->is_started = true;
    assert_true(system_init(&boot->system, &boot->machine.platform, &boot->request));
    return &boot->system.workspace;
}

bool boot_describe(struct boot *boot, const char *config, const char *source)
{
    size_t size = 0;

    boot_end(boot);
    if (config != NULL)
        machine_add_text(&boot->machine, "/EFI/muster/muster.cfg", config);
    boot->tree = source != NULL ? tree_compile(source, &size) : NULL;
    boot->request.firmware_tree = boot->tree;
    boot->request.firmware_tree_size = size;
    boot->is_started = true;
    if (!system_init(&boot->system, &boot->machine.platform, &boot->request)) {
        system_conclude(&boot->system);
        return false;
    }
    return system_describe(&boot->system);
}

bool boot_run(struct boot *boot, const char *config, const char *source)
{
    return boot_describe(boot, config, source) && system_complete(&boot->system);
}

const char *boot_summary(struct boot *boot)
{
    struct system *system = &boot->system;

    return summary_of_domains(&system->arena, &system->section, &system->tree, &system->plan);
}

void assert_diagnostics(struct boot *boot, const char *expected)
{
    system_conclude(&boot->system);
    assert_string_equal(summary_of_diagnostics(&boot->system.diagnostics), expected);
}

void assert_diagnosed(struct boot *boot, const char *line)
{
    const char *all;
    const char *found;
    size_t length = strlen(line);

    system_conclude(&boot->system);
    all = summary_of_diagnostics(&boot->system.diagnostics);
    assert_non_null(all);
    for (found = strstr(all, line); found != NULL; found = strstr(found + 1, line))
        if ((found == all || found[-1] == '\n') && found[length] == '\n')
            return;
    fail_msg("missing: %s\nin:\n%s", line, all);
}

int assert_node(const struct boot *boot, const char *path)
{
    int node = fdt_path_offset(boot->system.tree.fdt, path);

    if (node < 0)
        fail_msg("there is no node %s", path);
    return node;
}

void assert_cells_are(const struct boot *boot, const char *path, const char *property,
                      const uint32_t *cells, size_t count)
{
    int size;
    const fdt32_t *value =
        fdt_getprop(boot->system.tree.fdt, assert_node(boot, path), property, &size);

    assert_non_null(value);
    assert_int_equal(size, count * sizeof(*value));
    for (size_t at = 0; at < count; at++)
        assert_int_equal(fdt32_ld(value + at), cells[at]);
}

void assert_property(const struct boot *boot, const char *path, const char *property,
                     const char *text)
{
    int size;
    const char *value =
        fdt_getprop(boot->system.tree.fdt, assert_node(boot, path), property, &size);

    if (text == NULL) {
        assert_null(value);
        return;
    }
    assert_non_null(value);
    assert_string_equal(value, text);
    assert_int_equal(size, strlen(text) + 1);
}
