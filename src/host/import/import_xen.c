/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's lines for Xen and dom0, with ImageBuilder's defaults. */
#include "host/import/import_xen.h"

#include <string.h>

#include "core/base/text.h"
#include "host/import/import_put.h"

#define DEFAULT_MIB      1024U
#define DEFAULT_DOM0_CMD "console=hvc0 earlycon=xen earlyprintk=xen clk_ignore_unused"

/* Options of the patches that ImageBuilder was written for, and what Xen has since 4.20. */
static const struct {
    const char *old;
    const char *option;
} colour_options[] = {
    {"xen_colors=", "xen-llc-colors="},
    {"dom0_colors=", "dom0-llc-colors="},
};

/* The name of today for an option, or NULL; *length is that of the old name. */
static const char *colour_option(const char *option, size_t *length)
{
    for (size_t each = 0; each < sizeof(colour_options) / sizeof(colour_options[0]); each++) {
        *length = strlen(colour_options[each].old);
        if (strncmp(option, colour_options[each].old, *length) == 0)
            return colour_options[each].option;
    }
    return NULL;
}

/* Options of Xen with today's names for old ones; NULL without memory. */
static const char *renew_options(struct import *import, const char *options)
{
    /* A new name is less than twice as long. */
    char *renewed = arena_allocate(import->arena, 2 * strlen(options) + 1);
    char *end = renewed;

    while (renewed != NULL && *options != '\0') {
        size_t old = 0;
        const char *option = colour_option(options, &old);
        size_t length = option != NULL ? old : strcspn(options, " ") + 1;

        if (option == NULL && options[length - 1] == '\0')
            length--;
        end = option != NULL ? stpcpy(end, option) : mempcpy(end, options, length);
        options += length;
        if (option == NULL)
            continue;
        length = strcspn(options, " ");
        end = mempcpy(end, options, length);
        options += length;
    }
    return renewed;
}

/* Adds an option with the colors that a variable has, if it is set. */
static const char *add_option(struct import *import, const char *options, const char *name,
                              const char *option)
{
    const char *value = imagebuilder_value(&import->config, name, 0, NULL);

    import_check_colours(import, imagebuilder_find(&import->config, name, 0));
    return value != NULL && options != NULL
               ? text_format(import->arena, "%s %s=%s", options, option, value)
               : options;
}

/* True for a variable with the colours of Xen or of a domain that is started. */
static bool has_colours(const struct imagebuilder_variable *variable, bool has_dom0,
                        const bool *starts, unsigned count)
{
    if (variable->value[0] == '\0')
        return false;
    if (strcmp(variable->name, "DOMU_COLORS") == 0)
        return variable->index < count && starts[variable->index];
    return strcmp(variable->name, "XEN_COLORS") == 0 ||
           (has_dom0 && strcmp(variable->name, "DOM0_COLORS") == 0);
}

/* Adds the options of cache coloring, and one note at the first variable that is about it. */
static const char *add_colours(struct import *import, const char *options,
                               const struct imagebuilder_variable *first, bool has_dom0)
{
    if (first == NULL)
        return options;
    import_report(import, SEVERITY_NOTE, first, NULL,
                  "cache colors are written as Xen has them since 4.20: llc-coloring=, "
                  "xen-llc-colors=, dom0-llc-colors=, llc-colors=");
    if (strstr(options, "llc-coloring") == NULL)
        options = text_format(import->arena, "%s llc-coloring=on", options);
    options = add_option(import, options, "XEN_COLORS", "xen-llc-colors");
    return has_dom0 ? add_option(import, options, "DOM0_COLORS", "dom0-llc-colors") : options;
}

/* XEN_CMD counts instead of these. */
static void note_unused(struct import *import)
{
    const struct imagebuilder_variable *memory = imagebuilder_find(&import->config, "DOM0_MEM", 0);
    const struct imagebuilder_variable *cpus = imagebuilder_find(&import->config, "DOM0_VCPUS", 0);

    if (memory != NULL && cpus != NULL)
        import_report(import, SEVERITY_NOTE, memory, "XEN_CMD says what they are to be",
                      "DOM0_MEM and DOM0_VCPUS count only where XEN_CMD is not set");
    else if (memory != NULL || cpus != NULL)
        import_report(import, SEVERITY_NOTE, memory != NULL ? memory : cpus,
                      "XEN_CMD says what it is to be",
                      text_format(import->arena, "%s counts only where XEN_CMD is not set",
                                  memory != NULL ? memory->name : cpus->name));
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
    const struct imagebuilder_variable *first = import->config.first;
    const char *options =
        command != NULL ? renew_options(import, command->value) : default_options(import, has_dom0);

    if (command != NULL)
        note_unused(import);
    while (first != NULL && !has_colours(first, has_dom0, starts, count))
        first = first->next;
    if (first == NULL && command != NULL && options != NULL && strcmp(options, command->value) != 0)
        first = command;
    if (options != NULL)
        options = add_colours(import, options, first, has_dom0);
    if (options != NULL)
        import_put(import, command, "options", options);
}

void import_put_dom0(struct import *import)
{
    const struct imagebuilder_variable *root = imagebuilder_find(&import->config, "DOM0_ROOTFS", 0);
    const struct imagebuilder_variable *command = imagebuilder_find(&import->config, "DOM0_CMD", 0);
    const char *text = command != NULL ? command->value : DEFAULT_DOM0_CMD;

    if (root != NULL)
        import_report(import, SEVERITY_WARNING, root, "say in DOM0_CMD where it is: root=…",
                      "DOM0_ROOTFS is not carried over: it is a partition of ImageBuilder's disk");
    else if (strstr(text, "root=") == NULL)
        text = text_format(import->arena, "%s root=/dev/ram0", text);
    import_put_kernel(import, "DOM0_KERNEL", 0, command, text);
    import_put_file(import, "ramdisk", "DOM0_RAMDISK", 0);
}
