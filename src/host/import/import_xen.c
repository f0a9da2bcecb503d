/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's lines for Xen and dom0, with ImageBuilder's defaults. */
#include "host/import/import_xen.h"

#include <string.h>

#include "core/base/text.h"
#include "host/import/import_put.h"

#define DEFAULT_MIB      1024U
#define DEFAULT_DOM0_CMD "console=hvc0 earlycon=xen earlyprintk=xen clk_ignore_unused"

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
    bool found = import_is_set(import, "XEN_COLORS", 0) ||
                 (has_dom0 && import_is_set(import, "DOM0_COLORS", 0));

    for (unsigned index = 0; index < count; index++)
        found |= starts[index] && import_is_set(import, "DOMU_COLORS", index);
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
    uint64_t memory = import_number(import, "DOM0_MEM", 0, DEFAULT_MIB, IMPORT_MIB_MAX);
    uint64_t cpus = import_number(import, "DOM0_VCPUS", 0, 1, UINT32_MAX);

    if (!has_dom0)
        return "console=dtuart dtuart=serial0 bootscrub=0 vwfi=native sched=null";
    return text_format(import->arena,
                       "console=dtuart dtuart=serial0 dom0_mem=%luM dom0_max_vcpus=%lu "
                       "bootscrub=0 vwfi=native sched=null",
                       memory, cpus);
}

void import_put_options(struct import *import, bool has_dom0, const bool *starts, unsigned count)
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
        import_put(import, command, "options", options);
}

void import_put_dom0(struct import *import)
{
    const struct imagebuilder_variable *root = imagebuilder_find(&import->config, "DOM0_ROOTFS", 0);
    const char *command = imagebuilder_value(&import->config, "DOM0_CMD", 0, DEFAULT_DOM0_CMD);

    if (root != NULL)
        import_report(import, SEVERITY_WARNING, root, "say in DOM0_CMD where it is: root=…",
                      "DOM0_ROOTFS is not carried over: it is a partition of ImageBuilder's disk");
    else if (strstr(command, "root=") == NULL)
        command = text_format(import->arena, "%s root=/dev/ram0", command);
    import_put_file(import, "kernel", "DOM0_KERNEL", 0, command);
    import_put_file(import, "ramdisk", "DOM0_RAMDISK", 0, NULL);
}
