/* SPDX-License-Identifier: BSD-2-Clause */
/* The system in lines of text, for a person at a console. */
#include "core/plan/summary.h"

#include <string.h>

#include "core/base/text.h"

/* A text that grows line by line without being copied each time. */
struct lines {
    struct arena *arena;
    char *text;
    size_t length;
    size_t capacity;
};

static void add(struct lines *lines, const char *text)
{
    size_t length;
    size_t capacity;

    if (text == NULL)
        return;
    length = strlen(text);
    capacity = 2 * lines->capacity + length + 256;
    if (lines->text == NULL || lines->capacity - lines->length <= length) {
        char *larger = arena_allocate(lines->arena, capacity);

        if (larger == NULL)
            return;
        if (lines->text != NULL)
            memcpy(larger, lines->text, lines->length);
        lines->text = larger;
        lines->capacity = capacity;
    }
    memcpy(lines->text + lines->length, text, length);
    lines->length += length;
}

static const char *binary_label(const struct module *module)
{
    return module->binary != NULL ? module->binary->name : "(in memory already)";
}

static void add_domain(struct lines *lines, const struct tree *tree, const struct domain *domain)
{
    struct arena *arena = lines->arena;
    uint32_t cpus = 0;
    uint64_t kib = 0;

    add(lines, text_format(arena, "  domain %s:", domain->name));
    if (domain_cpus(tree, domain, &cpus))
        add(lines, text_format(arena, " %u vCPU%s,", cpus, cpus == 1 ? "" : "s"));
    if (domain_memory(tree, domain, &kib) && kib <= UINT64_MAX / 1024)
        add(lines, text_format(arena, " %s,", text_size(arena, kib * 1024)));
    for (size_t at = 0; at < domain->module_count; at++)
        add(lines,
            text_format(arena, "%s %s", at != 0 ? " +" : "", binary_label(&domain->modules[at])));
    add(lines, "\n");
}

const char *summary_of_domains(struct arena *arena, const struct boot_section *section,
                               const struct tree *tree, const struct plan *plan)
{
    struct lines lines = {.arena = arena};
    const char *file = section->config != NULL ? section->config->file : NULL;

    if (file != NULL && section->name != NULL)
        add(&lines, text_format(arena, "%s, section [%s]\n", file, section->name));
    else if (file != NULL)
        add(&lines, text_format(arena, "%s\n", file));
    else
        add(&lines, "no configuration file, the device tree as it is\n");
    for (size_t at = 0; at < plan->domain_count; at++) {
        const struct domain *domain = &plan->domains[at];

        if (!domain->is_dom0 || domain->module_count != 0)
            add_domain(&lines, tree, domain);
    }
    return lines.text;
}

/* Which Xen it is. */
static const char *version_line(struct arena *arena, const struct plan *plan)
{
    return text_format(arena, "  hypervisor %s: Xen %u.%u\n", plan->xen.name,
                       plan->xen_version / 1000, plan->xen_version % 1000);
}

static const char *binary_line(struct arena *arena, const struct binary *binary)
{
    const char *from = "";

    if (binary->packed_size != 0)
        from = text_format(arena, ", unpacked from %s", text_size(arena, binary->packed_size));
    return text_format(arena, "  binary %s: %s at 0x%lx%s\n", binary->name,
                       text_size(arena, binary->size), binary->address, from);
}

const char *summary_of_binaries(struct arena *arena, const struct plan *plan)
{
    struct lines lines = {.arena = arena};

    add(&lines, "");
    if (plan->xen_version != 0)
        add(&lines, version_line(arena, plan));
    for (const struct binary *binary = plan->binaries; binary != NULL; binary = binary->next)
        if (binary->is_placed)
            add(&lines, binary_line(arena, binary));
    return lines.text;
}

const char *summary_of_diagnostics(const struct diagnostics *diagnostics)
{
    struct lines lines = {.arena = diagnostics->arena};
    const struct diagnostic *each;

    add(&lines, "");
    for (each = diagnostics->first; each != NULL; each = each->next) {
        add(&lines, diagnostic_text(lines.arena, each));
        add(&lines, "\n");
        if (each->hint != NULL)
            add(&lines, text_format(lines.arena, "  hint: %s\n", each->hint));
    }
    for (unsigned severity = SEVERITY_NOTE; severity <= SEVERITY_ERROR; severity++)
        if (diagnostics->counts[severity] > DIAGNOSTICS_MAX)
            add(&lines, text_format(lines.arena, "and %zu more %ss\n",
                                    diagnostics->counts[severity] - DIAGNOSTICS_MAX,
                                    severity_name((enum severity)severity)));
    /* Without memory the lines have gaps, but that there is none is to be said in any case. */
    return lines.arena->failed ? "error: out of memory for the loader's own work\n" : lines.text;
}
