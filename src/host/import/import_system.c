/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's mapping: ImageBuilder's variables, with its defaults, become a configuration. */
#include "host/import/import_system.h"

#include <string.h>

#include "core/base/text.h"
#include "host/import/import_files.h"
#include "host/import/import_tree.h"

#define DOMAINS_MAX  256U
#define CPUPOOLS_MAX 64U
#define OVERLAYS_MAX 256U
#define FILES_MAX    256U
#define NUMBERS_MAX  64U /* in one variable */
#define MIB_MAX      (UINT64_MAX >> 20)

/* ImageBuilder's defaults for what a configuration leaves out. */
#define DEFAULT_MIB      512U
#define DEFAULT_DOM0_MIB 1024U
#define DEFAULT_DOM0_CMD "console=hvc0 earlycon=xen earlyprintk=xen clk_ignore_unused"
#define DEFAULT_DOMU_CMD "console=ttyAMA0"

/* Writes KEY=VALUE or, with NULL, KEY alone; what muster.cfg cannot hold is reported. */
static void put(struct import *import, const struct imagebuilder_variable *variable,
                const char *key, const char *value)
{
    for (const char *at = value; at != NULL && *at != '\0'; at++) {
        if (*at != '#' && (unsigned char)*at >= ' ' && *at != 0x7f)
            continue;
        import_report(import, SEVERITY_ERROR, variable, "write it without that character",
                      *at == '#' ? "muster.cfg cannot hold this: a # starts a comment there"
                                 : "muster.cfg cannot hold this: it has a control character");
        return;
    }
    if (value != NULL)
        fprintf(import->text, "%s=%s\n", key, value);
    else
        fprintf(import->text, "%s\n", key);
}

/* Writes KEY=FILE TEXT for a file that a variable names. */
static void put_file(struct import *import, const char *key, const char *name, unsigned index,
                     const char *text)
{
    const struct imagebuilder_variable *variable = imagebuilder_find(&import->config, name, index);
    const char *file = variable != NULL ? import_add_file(import, variable) : NULL;

    if (file == NULL)
        return;
    if (text != NULL && text[0] != '\0')
        file = text_format(import->arena, "%s %s", file, text);
    put(import, variable, key, file);
}

/* Writes numbers as cells, each of 64 bits in two. */
static void put_wide_cells(struct import *import, const char *key, const uint64_t *numbers,
                           int count)
{
    fprintf(import->text, "%s=<", key);
    for (int at = 0; at < count; at++)
        fprintf(import->text, "%s0x%x 0x%x", at == 0 ? "" : " ", (unsigned)(numbers[at] >> 32),
                (unsigned)numbers[at]);
    fputs(">\n", import->text);
}

static bool is_set(struct import *import, const char *name, unsigned index)
{
    return imagebuilder_find(&import->config, name, index) != NULL;
}

/* The number of an array's elements that count; import_number reports one that cannot be. */
static unsigned count_of(struct import *import, const char *name, unsigned most)
{
    return (unsigned)import_number(import, name, 0, 0, most);
}

/* Xen has had cache colouring since 4.20; ImageBuilder writes what an older patch called it. */
static const char *add_colours(struct import *import, const char *options, const char *name,
                               const char *option)
{
    const struct imagebuilder_variable *variable = imagebuilder_find(&import->config, name, 0);

    if (variable == NULL || options == NULL)
        return options;
    import_report(import, SEVERITY_NOTE, variable, NULL,
                  text_format(import->arena, "written as %s, as Xen has it since 4.20", option));
    return text_format(import->arena, "%s %s=%s", options, option, variable->value);
}

/* True if anybody has colours, so that Xen has to be told to heed them. */
static bool has_colours(struct import *import, bool has_dom0, const bool *starts, unsigned count)
{
    bool found = is_set(import, "XEN_COLORS", 0) || (has_dom0 && is_set(import, "DOM0_COLORS", 0));

    for (unsigned index = 0; index < count; index++)
        found |= starts[index] && is_set(import, "DOMU_COLORS", index);
    return found;
}

static void note_unused(struct import *import, const char *name)
{
    const struct imagebuilder_variable *variable = imagebuilder_find(&import->config, name, 0);

    if (variable != NULL)
        import_report(import, SEVERITY_NOTE, variable, "XEN_CMD says what it is to be",
                      text_format(import->arena, "%s counts only where XEN_CMD is not set", name));
}

static const char *default_options(struct import *import, bool has_dom0)
{
    uint64_t memory = import_number(import, "DOM0_MEM", 0, DEFAULT_DOM0_MIB, MIB_MAX);
    uint64_t cpus = import_number(import, "DOM0_VCPUS", 0, 1, UINT32_MAX);

    if (!has_dom0)
        return "console=dtuart dtuart=serial0 bootscrub=0 vwfi=native sched=null";
    return text_format(import->arena,
                       "console=dtuart dtuart=serial0 dom0_mem=%luM dom0_max_vcpus=%lu "
                       "bootscrub=0 vwfi=native sched=null",
                       memory, cpus);
}

static void put_options(struct import *import, bool has_dom0, const bool *starts, unsigned count)
{
    const struct imagebuilder_variable *command = imagebuilder_find(&import->config, "XEN_CMD", 0);
    const char *options = command != NULL ? command->value : default_options(import, has_dom0);

    if (command != NULL) {
        note_unused(import, "DOM0_MEM");
        note_unused(import, "DOM0_VCPUS");
    }
    if (options != NULL && has_colours(import, has_dom0, starts, count) &&
        strstr(options, "llc-coloring") == NULL)
        options = text_format(import->arena, "%s llc-coloring=on", options);
    options = add_colours(import, options, "XEN_COLORS", "xen-llc-colors");
    if (has_dom0)
        options = add_colours(import, options, "DOM0_COLORS", "dom0-llc-colors");
    if (options != NULL)
        put(import, command, "options", options);
}

static void put_dom0(struct import *import)
{
    const struct imagebuilder_variable *root = imagebuilder_find(&import->config, "DOM0_ROOTFS", 0);
    const char *command = imagebuilder_value(&import->config, "DOM0_CMD", 0, DEFAULT_DOM0_CMD);

    if (root != NULL)
        import_report(import, SEVERITY_WARNING, root, "say in DOM0_CMD where it is: root=…",
                      "DOM0_ROOTFS is not carried over: it is a partition of ImageBuilder's disk");
    else if (strstr(command, "root=") == NULL)
        command = text_format(import->arena, "%s root=/dev/ram0", command);
    put_file(import, "kernel", "DOM0_KERNEL", 0, command);
    put_file(import, "ramdisk", "DOM0_RAMDISK", 0, NULL);
}

static void put_trees(struct import *import)
{
    const struct imagebuilder_variable *tree = imagebuilder_find(&import->config, "DEVICE_TREE", 0);
    unsigned count = count_of(import, "NUM_DT_OVERLAY", OVERLAYS_MAX);

    if (tree == NULL)
        import_report(import, SEVERITY_WARNING, NULL, "set it to the board's device tree",
                      "DEVICE_TREE is not set: the firmware's own tree is used");
    put_file(import, "dtb", "DEVICE_TREE", 0, NULL);
    if (tree != NULL)
        import_tree_open(import, tree);
    for (unsigned index = 0; index < count; index++) {
        const struct imagebuilder_variable *overlay =
            imagebuilder_find(&import->config, "DT_OVERLAY", index);

        put_file(import, "dtbo", "DT_OVERLAY", index, NULL);
        if (overlay != NULL)
            import_tree_apply(import, overlay);
    }
}

/* True if ImageBuilder starts a domain at boot; says why not. */
static bool is_started(struct import *import, unsigned index)
{
    const struct imagebuilder_variable *reason =
        imagebuilder_find(&import->config, "DOMU_NOBOOT", index);

    if (reason != NULL) {
        import_report(import, SEVERITY_NOTE, reason, NULL,
                      text_format(import->arena,
                                  "domU%u is not started at boot, so its files are not copied; "
                                  "dom0 can create it later",
                                  index));
        return false;
    }
    reason = imagebuilder_find(&import->config, "DOMU_ROOTFS", index);
    if (reason != NULL)
        import_report(import, SEVERITY_WARNING, reason,
                      "give it a ramdisk with DOMU_RAMDISK, or create it from dom0",
                      text_format(import->arena,
                                  "domU%u is left out: its root file system is on a disk, which "
                                  "Xen does not give to a domain that it starts itself",
                                  index));
    return reason == NULL;
}

/* Devices are marked for domains that dom0 creates later as well. */
static void assign_devices(struct import *import, unsigned index, bool starts)
{
    const struct imagebuilder_variable *paths =
        imagebuilder_find(&import->config, "DOMU_PASSTHROUGH_PATHS", index);

    if (paths == NULL)
        return;
    import_tree_passthrough(import, paths);
    if (starts && !is_set(import, "DOMU_PASSTHROUGH_DTB", index))
        import_report(import, SEVERITY_WARNING, paths,
                      "name a fragment of the device tree with DOMU_PASSTHROUGH_DTB",
                      text_format(import->arena,
                                  "the devices are kept from dom0, but domU%u gets none: import "
                                  "does not make the fragment that describes them",
                                  index));
}

static void put_static_memory(struct import *import, unsigned index)
{
    const struct imagebuilder_variable *memory =
        imagebuilder_find(&import->config, "DOMU_STATIC_MEM", index);
    uint64_t numbers[NUMBERS_MAX];
    int count;

    if (memory == NULL)
        return;
    count = import_numbers(import, memory, memory->value, numbers, NUMBERS_MAX);
    if (count < 0)
        return;
    if (count == 0 || count % 2 != 0 || count > (int)NUMBERS_MAX) {
        import_report(import, SEVERITY_ERROR, memory, "write pairs: \"ADDRESS SIZE …\"",
                      "these are not pairs of an address and a size");
        return;
    }
    put_wide_cells(import, "xen,static-mem", numbers, count);
    if (import_number(import, "DOMU_DIRECT_MAP", index, 1, 1) == 1)
        put(import, NULL, "direct-map", NULL);
}

/* "ID [HOST] GUEST SIZE", without HOST where Xen is to find the memory itself. */
static void put_shared_memory(struct import *import, unsigned index)
{
    const struct imagebuilder_variable *shared =
        imagebuilder_find(&import->config, "DOMU_SHARED_MEM", index);
    uint64_t numbers[3];
    size_t length;
    const char *node;
    int count;

    if (shared == NULL)
        return;
    length = strcspn(shared->value, " \t");
    count = import_numbers(import, shared, shared->value + length, numbers, 3);
    if (count < 0)
        return;
    if (count < 2 || count > 3 || strcspn(shared->value, "\"\\/") < length) {
        import_report(import, SEVERITY_ERROR, shared, "write \"ID HOST GUEST SIZE\"",
                      "this does not describe shared memory");
        return;
    }
    node = count == 3 ? text_format(import->arena, "shared-mem@%lx", numbers[0])
                      : text_format(import->arena, "shared-mem-%.*s", (int)length, shared->value);
    if (node == NULL)
        return;
    put(import, NULL, text_format(import->arena, "%s/compatible", node),
        "\"xen,domain-shared-memory-v1\"");
    put(import, shared, text_format(import->arena, "%s/xen,shm-id", node),
        text_format(import->arena, "\"%.*s\"", (int)length, shared->value));
    put_wide_cells(import, text_format(import->arena, "%s/xen,shared-mem", node), numbers, count);
}

static void put_console(struct import *import, unsigned index)
{
    if (import_number(import, "DOMU_VPL011", index, 1, 1) == 1)
        put(import, NULL, "vpl011", NULL);
}

/* ImageBuilder gives every domain the drivers for Xen's devices when there is a dom0. */
static void put_enhanced(struct import *import, unsigned index, bool has_dom0)
{
    uint64_t enhanced = import_number(import, "DOMU_ENHANCED", index, has_dom0 ? 1 : 0, 2);

    if (enhanced == 1)
        put(import, NULL, "xen,enhanced", "enabled");
    if (enhanced == 2)
        put(import, NULL, "xen,enhanced", "no-xenstore");
}

static void put_number(struct import *import, const char *key, const char *name, unsigned index)
{
    if (is_set(import, name, index))
        fprintf(import->text, "%s=%u\n", key,
                (unsigned)import_number(import, name, index, 0, UINT32_MAX));
}

static void put_cpupool(struct import *import, unsigned index, unsigned cpupools)
{
    const struct imagebuilder_variable *pool =
        imagebuilder_find(&import->config, "DOMU_CPUPOOL", index);
    uint64_t number = import_number(import, "DOMU_CPUPOOL", index, 0, UINT32_MAX);

    if (pool == NULL)
        return;
    if (number < cpupools && is_set(import, "CPUPOOL", (unsigned)number))
        put(import, NULL, "domain-cpupool",
            text_format(import->arena, "<&{/chosen/cpupool_%lu}>", number));
    else
        import_report(import, SEVERITY_ERROR, pool, "cpupools count from 0 to NUM_CPUPOOLS - 1",
                      text_format(import->arena, "there is no CPUPOOL[%lu]", number));
}

static void put_domain_colours(struct import *import, unsigned index)
{
    const struct imagebuilder_variable *colours =
        imagebuilder_find(&import->config, "DOMU_COLORS", index);

    if (colours == NULL)
        return;
    import_report(import, SEVERITY_NOTE, colours, NULL,
                  "written as llc-colors, as Xen has it since 4.20");
    put(import, colours, "llc-colors", text_format(import->arena, "\"%s\"", colours->value));
}

static void put_domain(struct import *import, unsigned index, bool has_dom0, unsigned cpupools)
{
    bool has_console = import_number(import, "DOMU_VPL011", index, 1, 1) == 1;

    fprintf(import->text, "\n[domU%u]\n", index);
    if (!is_set(import, "DOMU_KERNEL", index))
        import_report(import, SEVERITY_ERROR, NULL, "set it, or leave the domain out of NUM_DOMUS",
                      text_format(import->arena, "DOMU_KERNEL[%u] is not set", index));
    put_file(import, "kernel", "DOMU_KERNEL", index,
             imagebuilder_value(&import->config, "DOMU_CMD", index,
                                has_console ? DEFAULT_DOMU_CMD : ""));
    put_file(import, "ramdisk", "DOMU_RAMDISK", index, NULL);
    put_file(import, "dtb", "DOMU_PASSTHROUGH_DTB", index, NULL);
    fprintf(import->text, "cpus=%u\n",
            (unsigned)import_number(import, "DOMU_VCPUS", index, 1, UINT32_MAX));
    fprintf(import->text, "memory=%luM\n",
            (unsigned long)import_number(import, "DOMU_MEM", index, DEFAULT_MIB, MIB_MAX));
    put_console(import, index);
    put_enhanced(import, index, has_dom0);
    put_static_memory(import, index);
    put_shared_memory(import, index);
    put_domain_colours(import, index);
    put_cpupool(import, index, cpupools);
    put_number(import, "max_grant_version", "DOMU_GRANT_VER", index);
    put_number(import, "max_grant_frames", "DOMU_GRANT_FRAMES", index);
    put_number(import, "max_maptrack_frames", "DOMU_MAPTRACK_FRAMES", index);
}

/* Keeps quiet about the single variables of a domain that is not started. */
static void pass_over(struct import *import, unsigned index)
{
    for (struct imagebuilder_variable *variable = import->config.first; variable != NULL;
         variable = variable->next)
        if (variable->index == index && text_starts(variable->name, "DOMU_"))
            variable->is_used = true;
}

/* Fills the overlay with what lies outside of domain nodes, once the board's tree is read. */
static void fill_overlay(struct import *import, const bool *starts, unsigned domains,
                         unsigned cpupools)
{
    const struct imagebuilder_variable *heap =
        imagebuilder_find(&import->config, "XEN_STATIC_HEAP", 0);
    const struct imagebuilder_variable *paths =
        imagebuilder_find(&import->config, "XEN_PASSTHROUGH_PATHS", 0);

    for (unsigned index = 0; index < domains; index++) {
        assign_devices(import, index, starts[index]);
        if (starts[index] && is_set(import, "DOMU_STATIC_MEM", index))
            import_tree_chosen_cells(import);
    }
    for (unsigned index = 0; index < cpupools; index++) {
        const struct imagebuilder_variable *pool =
            imagebuilder_find(&import->config, "CPUPOOL", index);

        if (pool != NULL)
            import_tree_cpupool(import, pool);
    }
    if (heap != NULL)
        import_tree_static_heap(import, heap);
    if (paths != NULL)
        import_tree_passthrough(import, paths);
}

static void put_domain_names(struct import *import, const bool *starts, unsigned count)
{
    const char *domains = "";

    for (unsigned index = 0; index < count && domains != NULL; index++)
        if (starts[index])
            domains = text_format(import->arena, "%s%sdomU%u", domains,
                                  domains[0] == '\0' ? "" : " ", index);
    if (domains != NULL && domains[0] != '\0')
        put(import, NULL, "domains", domains);
}

static void put_boot_section(struct import *import, const bool *starts, unsigned domains,
                             unsigned cpupools)
{
    bool has_dom0 = is_set(import, "DOM0_KERNEL", 0);

    fputs("[global]\ndefault=xen\n\n[xen]\n", import->text);
    put_options(import, has_dom0, starts, domains);
    if (!is_set(import, "XEN", 0))
        import_report(import, SEVERITY_ERROR, NULL, "set it to the hypervisor's file",
                      "XEN is not set");
    put_file(import, "xen", "XEN", 0, NULL);
    put_trees(import);
    fill_overlay(import, starts, domains, cpupools);
    if (import->tree.overlay.fdt != NULL)
        put(import, NULL, "dtbo", IMPORT_OVERLAY_NAME);
    if (has_dom0)
        put_dom0(import);
    put_domain_names(import, starts, domains);
}

static void copy_more_files(struct import *import)
{
    unsigned count = count_of(import, "NUM_BOOT_AUX_FILE", FILES_MAX);

    for (unsigned index = 0; index < count; index++) {
        const struct imagebuilder_variable *file =
            imagebuilder_find(&import->config, "BOOT_AUX_FILE", index);

        if (file != NULL)
            import_add_root_file(import, file);
    }
}

void import_system(struct import *import)
{
    bool has_dom0 = is_set(import, "DOM0_KERNEL", 0);
    unsigned count = count_of(import, "NUM_DOMUS", DOMAINS_MAX);
    unsigned cpupools = count_of(import, "NUM_CPUPOOLS", CPUPOOLS_MAX);
    bool starts[DOMAINS_MAX];

    if (!has_dom0 && count == 0)
        import_report(import, SEVERITY_ERROR, NULL, "set DOM0_KERNEL, or NUM_DOMUS and DOMU_KERNEL",
                      "there is neither a dom0 nor a domU");
    for (unsigned index = 0; index < count; index++)
        starts[index] = is_started(import, index);
    put_boot_section(import, starts, count, cpupools);
    for (unsigned index = 0; index < count; index++) {
        if (starts[index])
            put_domain(import, index, has_dom0, cpupools);
        else
            pass_over(import, index);
    }
    copy_more_files(import);
}
