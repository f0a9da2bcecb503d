/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's mapping: ImageBuilder's variables, with its defaults, become a configuration. */
#include "host/import/import_system.h"

#include "core/base/text.h"
#include "host/import/import_domain.h"
#include "host/import/import_files.h"
#include "host/import/import_put.h"
#include "host/import/import_rest.h"
#include "host/import/import_tree.h"
#include "host/import/import_xen.h"
#include "host/machine/host_memory.h"

#define DOMAINS_MAX  256U
#define CPUPOOLS_MAX 64U
#define OVERLAYS_MAX 256U
#define FILES_MAX    256U

static void put_trees(struct import *import)
{
    const struct imagebuilder_variable *tree = imagebuilder_find(&import->config, "DEVICE_TREE", 0);
    unsigned count = import_count(import, "NUM_DT_OVERLAY", OVERLAYS_MAX);

    if (tree == NULL)
        import_report(import, SEVERITY_WARNING, NULL, "set it to the board's device tree",
                      "DEVICE_TREE is not set: the firmware's own tree is used");
    import_put_file(import, "dtb", "DEVICE_TREE", 0);
    if (tree != NULL)
        import_tree_open(import, tree);
    for (unsigned index = 0; index < count; index++) {
        const struct imagebuilder_variable *overlay =
            imagebuilder_find(&import->config, "DT_OVERLAY", index);

        import_put_file(import, "dtbo", "DT_OVERLAY", index);
        if (overlay != NULL)
            import_tree_apply(import, overlay);
    }
}

/*
 * MEMORY_START and MEMORY_END are the RAM for the check, if the board's tree leaves that to the
 * firmware.
 */
static void take_memory(struct import *import)
{
    const struct imagebuilder_variable *end = imagebuilder_find(&import->config, "MEMORY_END", 0);
    uint64_t first = import_number(import, "MEMORY_START", 0, 0, UINT64_MAX);
    uint64_t last = import_number(import, "MEMORY_END", 0, 0, UINT64_MAX);
    struct host_memory memory;

    if (end == NULL)
        return;
    if (last <= first)
        import_report(import, SEVERITY_ERROR, end, "write the address behind the RAM",
                      "MEMORY_END is not above MEMORY_START");
    else if (import->tree.base.fdt != NULL &&
             host_memory_from_tree(&memory, import->tree.base.fdt) != 0)
        import_report(import, SEVERITY_NOTE, end, NULL,
                      "the RAM is what DEVICE_TREE says, not MEMORY_START and MEMORY_END");
    else
        import->memory = text_format(import->arena, "--memory=0x%lx@0x%lx", last - first, first);
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
        const struct imagebuilder_variable *devices =
            imagebuilder_find(&import->config, "DOMU_PASSTHROUGH_PATHS", index);

        /* They are marked for domains that dom0 creates later as well. */
        if (devices != NULL)
            import_tree_passthrough(import, devices);
        if (starts[index] && import_is_set(import, "DOMU_STATIC_MEM", index))
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
        import_put(import, NULL, "domains", domains);
}

static void put_boot_section(struct import *import, const bool *starts, unsigned domains,
                             unsigned cpupools)
{
    bool has_dom0 = import_is_set(import, "DOM0_KERNEL", 0);

    fputs("[global]\ndefault=xen\n\n[xen]\n", import->text);
    import_put_options(import, has_dom0, starts, domains);
    if (!import_is_set(import, "XEN", 0))
        import_report_missing(import, "XEN", 0, "set it to the hypervisor's file");
    import_put_file(import, "xen", "XEN", 0);
    import_put_file(import, "xsm", "XEN_POLICY", 0);
    put_trees(import);
    take_memory(import);
    fill_overlay(import, starts, domains, cpupools);
    if (import->tree.overlay.fdt != NULL)
        import_put(import, NULL, "dtbo", IMPORT_OVERLAY_NAME);
    if (has_dom0)
        import_put_dom0(import);
    put_domain_names(import, starts, domains);
}

static void copy_more_files(struct import *import)
{
    unsigned count = import_count(import, "NUM_BOOT_AUX_FILE", FILES_MAX);

    for (unsigned index = 0; index < count; index++) {
        const struct imagebuilder_variable *file =
            imagebuilder_find(&import->config, "BOOT_AUX_FILE", index);

        if (file != NULL)
            import_add_root_file(import, file);
    }
}

/* Without a domain, what is said of domains is not looked at. */
static void report_nothing(struct import *import)
{
    struct imagebuilder_variable *count =
        imagebuilder_look_up(&import->config, "NUM_DOMUS", 0, IMAGEBUILDER_ALONE);

    if (count != NULL && count->is_faulty)
        return;
    import_report(import, SEVERITY_ERROR, count, "set DOM0_KERNEL, or NUM_DOMUS and DOMU_KERNEL",
                  "there is neither a dom0 nor a domU");
    for (struct imagebuilder_variable *each = import->config.first; each != NULL; each = each->next)
        if (text_starts(each->name, "DOMU_"))
            each->is_used = true;
}

void import_system(struct import *import)
{
    bool has_dom0 = import_is_set(import, "DOM0_KERNEL", 0);
    unsigned count = import_count(import, "NUM_DOMUS", DOMAINS_MAX);
    unsigned cpupools = import_count(import, "NUM_CPUPOOLS", CPUPOOLS_MAX);
    bool starts[DOMAINS_MAX];

    if (!has_dom0 && count == 0)
        report_nothing(import);
    for (unsigned index = 0; index < count; index++)
        starts[index] = import_is_started(import, index);
    put_boot_section(import, starts, count, cpupools);
    for (unsigned index = 0; index < count; index++) {
        if (starts[index])
            import_domain(import, index, has_dom0, cpupools);
        else
            import_pass_over(import, index);
    }
    copy_more_files(import);
}
