/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the machine: what Xen needs of it, and where Xen speaks. */
#include "core/preflight/machine.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/tree/walk.h"

static void check_level(const struct check *check)
{
    unsigned level = check->finished->exception_level;

    if (level != 0 && level < 2)
        check_error(check, NULL, NULL,
                    "enable virtualization in the firmware (QEMU: -machine virt,virtualization=on)",
                    "the firmware runs at EL%u, but Xen needs EL2", level);
}

/* --- the interrupt controller ----------------------------------------------------------------- */

/* Without one, Xen ends before it has a console. */
static void check_interrupts(const struct check *check)
{
    struct walk walk = walk_start(check->fdt);
    bool is_there = false;
    int node = 0;
    uint32_t tag;

    while ((tag = walk_step(&walk)) != FDT_END)
        if (tag == FDT_BEGIN_NODE) {
            node = (int)walk.at;
        } else if (tag == FDT_PROP && strcmp(walk_name(&walk), "interrupt-controller") == 0) {
            if (check_has_driver(check, node))
                return;
            is_there = true;
        }
    check_error(check, NULL, NULL, "Xen ends without a word then",
                is_there ? "%s drives no interrupt controller of this machine"
                         : "the device tree has no interrupt controller, which %s needs",
                check->plan->xen.name);
}

/* --- the console ------------------------------------------------------------------------------ */

/* The path of what dtuart= or stdout-path names, without ":options"; "" when neither is there. */
static const char *console_path(const struct check *check, const char **source)
{
    const char *text = xen_option(check->options, "dtuart");

    *source = "dtuart=";
    if (text == NULL) {
        *source = "stdout-path";
        text = tree_string(check->fdt, check->plan->domains[0].node, "stdout-path");
    }
    if (text == NULL)
        return "";
    return arena_copy(check->arena, text, text_until(text, ": "));
}

int console_of_xen(const struct check *check)
{
    const char *source;
    const char *path = console_path(check, &source);

    if (path == NULL)
        return -FDT_ERR_NOTFOUND;
    return path[0] == '/' && path[1] != '\0' && strchr(path + 1, '/') == NULL
               ? walk_find(check->fdt, 0, path + 1)
               : fdt_path_offset(check->fdt, path);
}

/* True if a compatible text is that of a UART, by what all have in them that Xen drives. */
static bool is_uart(const char *text)
{
    static const char *const parts[] = {"uart", "pl011", "16550", "scif"};

    for (; *text != '\0'; text++)
        for (size_t at = 0; at < sizeof(parts) / sizeof(parts[0]); at++)
            if (text_starts(text, parts[at]))
                return true;
    return false;
}

/* True if Xen drives a node as a UART. */
static bool is_driven_uart(const struct check *check, int node)
{
    int size = 0;
    const char *text = tree_get(check->fdt, node, "compatible", &size);
    const char *end = text != NULL ? text + size : NULL;

    for (; text < end && memchr(text, '\0', (size_t)(end - text)); text += strlen(text) + 1)
        if (is_uart(text) && xen_holds_word(check->xen, text))
            return true;
    return false;
}

/* The reason why Xen cannot speak at a node, or NULL. */
static const char *why_silent(const struct check *check, int node)
{
    if (node < 0)
        return "names no node";
    if (tree_is_off(check->fdt, node))
        return "names a node that is switched off";
    if (tree_has(check->fdt, node, "xen,passthrough"))
        return "names a node that is passed through";
    return is_driven_uart(check, node) ? NULL : "names no UART that Xen drives";
}

bool has_console(const struct check *check)
{
    return why_silent(check, console_of_xen(check)) == NULL;
}

static void check_console_node(const struct check *check)
{
    const char *source;
    const char *path = console_path(check, &source);
    const char *why;

    if (path == NULL)
        return;
    if (path[0] == '\0') {
        check_warning(check, NULL, NULL, "add dtuart=PATH to options=",
                      "Xen has no console: there is neither dtuart= nor stdout-path");
        return;
    }
    why = why_silent(check, console_of_xen(check));
    if (why != NULL)
        check_warning(
            check, NULL,
            xen_option(check->options, "dtuart") != NULL ? check_options_place(check) : NULL,
            "add dtuart=PATH to options=", "Xen has no console: %s %s: %s", source, why, path);
}

/* --- the tree --------------------------------------------------------------------------------- */

/* Up to 4.19 Xen never ends at a node that is too deep. */
static void check_depth(const struct check *check)
{
    struct walk walk = walk_start(check->fdt);
    bool is_endless = xen_is_from_to(check->xen, 0, XEN(4, 19));
    uint32_t tag;

    if (!check->finished->tree->traits.is_deep)
        return;
    while ((tag = walk_step(&walk)) != FDT_END)
        if (tag == FDT_BEGIN_NODE && walk.depth > NODE_DEPTH_MAX) {
            (is_endless ? check_error : check_warning)(
                check, NULL, NULL,
                is_endless ? "Xen up to 4.19 never ends then" : "Xen leaves it out",
                "the node %s is %zu deep in the tree, but Xen takes %u", walk_name(&walk),
                walk.depth - 1, NODE_DEPTH_MAX - 1);
            return;
        }
}

void check_machine(const struct check *check)
{
    check_level(check);
    if (check->xen->version == 0)
        return;
    check_interrupts(check);
    check_console_node(check);
    check_depth(check);
}
