/* SPDX-License-Identifier: BSD-2-Clause */
/* References of a device: the properties that name other nodes by phandle. */
#include "host/import/device_references.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/tree/tree.h"

/* Left out of what a domain sees; those that end with a dash are the starts of names. */
static const char *const of_machine[] = {
    "iommus",        "iommu-map",          "power-domains", "power-domain-names",
    "resets",        "reset-names",        "dmas",          "dma-names",
    "interconnects", "interconnect-names", "msi-parent",    "operating-points-v2",
    "pinctrl-",      "assigned-clock",
};

/*
 * Properties that are lists of a phandle and, if `cells` is not NULL, as many cells as that
 * property of the node says which the phandle is of. Those that begin with a dash are ends of
 * names.
 */
static const struct {
    const char *name;
    const char *cells;
} references[] = {
    {"clocks", "#clock-cells"}, {"interrupts-extended", "#interrupt-cells"},
    {"phys", "#phy-cells"},     {"gpios", "#gpio-cells"},
    {"-gpios", "#gpio-cells"},  {"-gpio", "#gpio-cells"},
    {"mboxes", "#mbox-cells"},  {"io-channels", "#io-channel-cells"},
    {"pwms", "#pwm-cells"},     {"hwlocks", "#hwlock-cells"},
    {"-supply", NULL},          {"phy-handle", NULL},
    {"nvmem-cells", NULL},      {"memory-region", NULL},
    {"mmc-pwrseq", NULL},       {"shmem", NULL},
    {"syscon", NULL},
};

bool reference_is_of_machine(const char *name)
{
    for (size_t at = 0; at < sizeof(of_machine) / sizeof(of_machine[0]); at++) {
        const char *each = of_machine[at];
        bool is_start = each[strlen(each) - 1] == '-' || strcmp(each, "assigned-clock") == 0;

        if (is_start ? text_starts(name, each) : strcmp(name, each) == 0)
            return true;
    }
    return false;
}

static bool is_named(const char *name, const char *pattern)
{
    if (pattern[0] != '-')
        return strcmp(name, pattern) == 0;
    return text_ends(name, pattern) && strcmp(name, pattern) != 0;
}

int reference_target(const void *fdt, int node, const char *name, size_t at)
{
    int bytes = 0;
    const fdt32_t *cells = tree_get(fdt, node, name, &bytes);
    size_t left = (size_t)bytes / sizeof(*cells);
    size_t row = 0;

    while (row < sizeof(references) / sizeof(references[0]) &&
           !is_named(name, references[row].name))
        row++;
    if (cells == NULL || row == sizeof(references) / sizeof(references[0]))
        return -FDT_ERR_NOTFOUND;
    while (left != 0) {
        int target = fdt_node_offset_by_phandle(fdt, fdt32_ld(cells));
        size_t more = references[row].cells == NULL || target < 0
                          ? 0
                          : tree_cells(fdt, target, references[row].cells, 0);

        if (at-- == 0)
            return target;
        if (more >= left)
            break;
        left -= more + 1;
        cells += more + 1;
    }
    return -FDT_ERR_NOTFOUND;
}
