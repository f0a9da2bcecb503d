/* SPDX-License-Identifier: BSD-2-Clause */
/* Invariants of every system, whatever its parts are made of; a fuzzer stops where one is broken.
 */
#include "invariants.h"

#include <libfdt.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/compose/origin.h"

/* Of the trees that pass, dtc sees these first ones, and then one in so many: it takes long. */
#define DTC_FIRST 64U
#define DTC_EACH  256U

_Noreturn void invariant_broken(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: broken: %s\n", file, line, condition);
    abort();
}

struct boot *fuzz_boot_start(void)
{
    void *state = NULL;

    invariant(boot_setup(&state) == 0);
    return state;
}

void fuzz_boot_end(struct boot *boot)
{
    void *state = boot;

    boot_teardown(&state);
}

static bool overlap(uint64_t start, uint64_t size, uint64_t other, uint64_t other_size)
{
    return start < other + other_size && other < start + size;
}

static void check_placed(const struct boot *boot, const struct binary *binary)
{
    const struct system *system = &boot->system;
    uint64_t size = binary_pages(binary) * PAGE_SIZE;

    invariant(binary->is_placed && binary->is_loaded);
    invariant(binary->address % PAGE_SIZE == 0);
    invariant(binary->address >= MACHINE_RAM);
    invariant(binary->address + size <= MACHINE_RAM + (uint64_t)MACHINE_RAM_SIZE);
    for (const struct region *region = system->regions.first; region != NULL; region = region->next)
        invariant(!overlap(binary->address, size, region->start, region->size));
    for (const struct binary *other = system->plan.binaries; other != NULL; other = other->next)
        invariant(other == binary || !other->is_placed ||
                  !overlap(binary->address, size, other->address, binary_pages(other) * PAGE_SIZE));
}

static void check_node(const void *fdt, int node)
{
    static const char *const own[] = {"uefi,binary",       "uefi,key",      "xen,uefi-binary",
                                      "xen,uefi-cfg-load", ORIGIN_PROPERTY, FAULTY_PROPERTY};

    for (size_t at = 0; at < sizeof(own) / sizeof(own[0]); at++)
        invariant(!tree_has(fdt, node, own[at]));
}

static void check_module(const struct boot *boot, const struct module *module)
{
    const void *fdt = boot->system.tree.fdt;
    const struct domain *domain = module->domain;
    uint64_t address = 0;
    uint64_t bytes = 0;
    int size = 0;
    const fdt32_t *reg = fdt_getprop(fdt, module->node, "reg", &size);

    check_node(fdt, module->node);
    if (module->binary == NULL)
        return;
    invariant(reg != NULL);
    invariant(size == (int)((domain->address_cells + domain->size_cells) * sizeof(*reg)));
    invariant(tree_read_number(reg, domain->address_cells, &address));
    invariant(tree_read_number(reg + domain->address_cells, domain->size_cells, &bytes));
    invariant(address == module->binary->address && bytes == module->binary->size);
    invariant(tree_is_compatible(fdt, module->node, "multiboot,module") ||
              tree_is_compatible(fdt, module->node, "xen,multiboot-module"));
    invariant(tree_cells(fdt, domain->node, "#address-cells", 0) == domain->address_cells);
    invariant(tree_cells(fdt, domain->node, "#size-cells", 0) == domain->size_cells);
}

/* A file in memory that holds these bytes, at its start. */
static int memory_file(const void *data, size_t size)
{
    int file = memfd_create("tree", MFD_CLOEXEC);

    invariant(file >= 0 && write(file, data, size) == (ssize_t)size &&
              lseek(file, 0, SEEK_SET) == 0);
    return file;
}

/*
 * True if dtc takes a tree; warnings do not count. Its output goes to `words`, a file. Phandles
 * that a tree has twice are let through if `any_phandle`.
 */
static bool dtc_takes(const void *fdt, bool any_phandle, int words)
{
    const char *const arguments[] = {
        "dtc", "-q", "-I",        "dtb", "-O",
        "dtb", "-o", "/dev/null", "-E",  any_phandle ? "no-explicit_phandles" : "explicit_phandles",
        "-",   NULL};
    int tree = memory_file(fdt, fdt_totalsize(fdt));
    posix_spawn_file_actions_t actions;
    int status = 0;
    pid_t dtc;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, tree, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, words, STDERR_FILENO);
    invariant(posix_spawnp(&dtc, "dtc", &actions, NULL, (char **)(uintptr_t)arguments, NULL) == 0);
    posix_spawn_file_actions_destroy(&actions);
    invariant(waitpid(dtc, &status, 0) == dtc);
    close(tree);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* A copy of a file that is a tree, which libfdt wants aligned; NULL for others. The caller frees.
 */
static void *copy_tree(const struct machine_file *file)
{
    void *copy = malloc(file->size + 1);

    invariant(copy != NULL);
    if (file->size != 0)
        memcpy(copy, file->data, file->size);
    if (tree_check(copy, file->size) == 0)
        return copy;
    free(copy);
    return NULL;
}

/* True if dtc refuses a tree that came from the firmware or from a file. */
static bool is_input_refused(const struct boot *boot, int words)
{
    const struct machine *machine = &boot->machine;
    const void *tree = boot->request.firmware_tree;
    bool is_taken = tree == NULL || tree_check(tree, boot->request.firmware_tree_size) != 0 ||
                    dtc_takes(tree, false, words);

    for (size_t at = 0; at < machine->file_count && is_taken; at++) {
        void *copy = copy_tree(&machine->files[at]);

        is_taken = copy == NULL || dtc_takes(copy, false, words);
        free(copy);
    }
    return !is_taken;
}

/* True if a file that is not a tree, such as the configuration, speaks of phandles. */
static bool has_phandles(const struct machine *machine)
{
    for (size_t at = 0; at < machine->file_count; at++) {
        const struct machine_file *file = &machine->files[at];
        void *copy = copy_tree(file);

        free(copy);
        if (copy == NULL && memmem(file->data, file->size, "phandle", strlen("phandle")) != NULL)
            return true;
    }
    return false;
}

/* The finished tree is one that dtc takes, if it takes those that the system is made of. */
static void check_dtc(const struct boot *boot)
{
    static size_t passed;
    char text[4096] = "";
    bool is_taken;
    int words;

    if (passed++ >= DTC_FIRST && passed % DTC_EACH != 0)
        return;
    words = memory_file("", 0);
    is_taken = dtc_takes(boot->system.tree.fdt, has_phandles(&boot->machine), words);
    if (!is_taken) {
        invariant(pread(words, text, sizeof(text) - 1, 0) >= 0);
        if (!is_input_refused(boot, words))
            fputs(text, stderr);
        else
            is_taken = true;
    }
    close(words);
    invariant(is_taken);
}

/* A system that passed is one that Xen can be started with. */
static void check_ready(const struct boot *boot)
{
    const struct system *system = &boot->system;
    const struct plan *plan = &system->plan;

    invariant(system->diagnostics.counts[SEVERITY_ERROR] == 0);
    invariant(fdt_check_full(system->tree.fdt, system->tree.capacity) == 0);
    invariant(fdt_totalsize(system->tree.fdt) <= system->tree.capacity);
    check_placed(boot, &plan->xen);
    for (const struct binary *binary = plan->binaries; binary != NULL; binary = binary->next)
        if (binary->users != 0)
            check_placed(boot, binary);
    for (size_t at = 0; at < plan->domain_count; at++)
        check_node(system->tree.fdt, plan->domains[at].node);
    for (size_t at = 0; at < plan->module_count; at++)
        check_module(boot, &plan->modules[at]);
    check_dtc(boot);
}

void fuzz_boot_run(struct boot *boot, const void *tree, size_t tree_size)
{
    struct system *system = &boot->system;
    bool is_ready;

    boot->request.firmware_tree = tree;
    boot->request.firmware_tree_size = tree_size;
    boot->is_started = true;
    is_ready = system_init(system, &boot->machine.platform, &boot->request) &&
               system_describe(system) && system_complete(system);
    system_conclude(system);
    if (is_ready)
        check_ready(boot);
    else
        invariant(system->diagnostics.counts[SEVERITY_ERROR] != 0);
    invariant(summary_of_domains(&system->arena, &system->section, &system->tree, &system->plan) !=
              NULL);
    invariant(summary_of_binaries(&system->arena, &system->plan) != NULL);
    invariant(system_times(system) != NULL);
    invariant((system->diagnostics.first == NULL) ==
              (summary_of_diagnostics(&system->diagnostics)[0] == '\0'));
}
