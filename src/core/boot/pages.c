/* SPDX-License-Identifier: BSD-2-Clause */
/* The page that a menu shows of a section: its domains, and the messages about it. */
#include "core/boot/pages.h"

#include <string.h>

#include "core/base/text.h"
#include "core/plan/summary.h"

/* The files of a plan, Xen's first. */
static const char *text_of_binaries(struct arena *arena, const struct plan *plan)
{
    const char *text = "";

    if (plan->xen.size != 0)
        text =
            text_format(arena, "  Xen %s: %s\n", plan->xen.name, text_size(arena, plan->xen.size));
    for (const struct binary *binary = plan->binaries; binary != NULL && text != NULL;
         binary = binary->next)
        if (binary->size != 0)
            text = text_format(arena, "%s  binary %s: %s\n", text, binary->name,
                               text_size(arena, binary->size));
    return text;
}

static const char *text_of_domains(struct system *system, bool is_described)
{
    struct arena *arena = &system->arena;
    const char *domains;
    const char *binaries;

    if (!is_described)
        return summary_of_diagnostics(&system->diagnostics);
    domains = summary_of_domains(arena, &system->section, &system->tree, &system->plan);
    binaries = text_of_binaries(arena, &system->plan);
    if (domains == NULL || binaries == NULL)
        return NULL;
    return text_format(arena, "%s%s%s", domains, binaries,
                       system->diagnostics.counts[SEVERITY_ERROR] != 0
                           ? "\nIt has mistakes: e shows them.\n"
                           : "");
}

static const char *text_of_mistakes(struct pages *pages, struct system *system, bool is_described)
{
    const char *text;

    if (is_described)
        pages->complete(pages->context, system);
    text = summary_of_diagnostics(&system->diagnostics);
    return text != NULL && text[0] == '\0' ? "No mistakes were found.\n" : text;
}

/* Prepares a section in `system`. */
static const char *prepare(struct pages *pages, struct system *system, const char *section,
                           enum menu_page page)
{
    bool is_described;

    system->options = pages->system->options;
    system->request.section = section;
    is_described = system_describe(system);
    return page == MENU_DOMAINS ? text_of_domains(system, is_described)
                                : text_of_mistakes(pages, system, is_described);
}

const char *pages_text(void *context, const char *section, enum menu_page page)
{
    struct pages *pages = context;
    struct platform platform = *pages->system->workspace.platform;
    struct system system;
    const char *text = NULL;

    /* A progress bar has no place on the page. */
    platform.progress = NULL;
    if (system_init(&system, &platform, &pages->system->request))
        text = prepare(pages, &system, section, page);
    if (text != NULL)
        text = arena_copy(pages->arena, text, strlen(text));
    system_release(&system);
    return text;
}
