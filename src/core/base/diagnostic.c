/* SPDX-License-Identifier: BSD-2-Clause */
/* Diagnostics: collecting them, putting them in order, and their one text form. */
#include "core/base/diagnostic.h"

#include <string.h>

#include "core/base/arena.h"
#include "core/base/text.h"

void diagnostics_init(struct diagnostics *diagnostics, struct arena *arena)
{
    *diagnostics = (struct diagnostics){.arena = arena};
}

/* Files are few and diagnostics of one file come together, so the last one is looked at first. */
static unsigned file_rank(struct diagnostics *diagnostics, const char *file)
{
    if (file == NULL)
        return 0;
    if (diagnostics->last != NULL && diagnostics->last->where.file == file)
        return diagnostics->last->rank;
    for (const struct diagnostic *other = diagnostics->first; other != NULL; other = other->next)
        if (other->where.file != NULL && strcmp(other->where.file, file) == 0)
            return other->rank;
    return ++diagnostics->ranks;
}

/* Adds a diagnostic whose text, which may be NULL without memory, is in the arena. */
static void add(struct diagnostics *diagnostics, enum severity severity,
                const struct location *where, const char *hint, const char *what)
{
    struct diagnostic *diagnostic;

    if (++diagnostics->counts[severity] > DIAGNOSTICS_MAX || what == NULL)
        return;
    diagnostic = arena_allocate(diagnostics->arena, sizeof(*diagnostic));
    if (diagnostic == NULL)
        return;
    diagnostic->what = what;
    diagnostic->severity = severity;
    if (where != NULL)
        diagnostic->where = *where;
    diagnostic->hint = hint;
    diagnostic->rank = file_rank(diagnostics, diagnostic->where.file);
    if (diagnostics->last != NULL)
        diagnostics->last->next = diagnostic;
    else
        diagnostics->first = diagnostic;
    diagnostics->last = diagnostic;
}

void diagnose(struct diagnostics *diagnostics, enum severity severity, const struct location *where,
              const char *hint, const char *what, ...)
{
    bool is_kept = diagnostics->counts[severity] < DIAGNOSTICS_MAX;
    va_list arguments;

    va_start(arguments, what);
    add(diagnostics, severity, where, hint,
        is_kept ? text_format_list(diagnostics->arena, what, arguments) : NULL);
    va_end(arguments);
}

void diagnose_once(struct diagnostics *diagnostics, enum severity severity,
                   const struct location *where, const char *hint, const char *what, ...)
{
    const char *text;
    va_list arguments;

    va_start(arguments, what);
    text = text_format_list(diagnostics->arena, what, arguments);
    va_end(arguments);
    if (text == NULL || !diagnostics_say(diagnostics, severity, where, text))
        add(diagnostics, severity, where, hint, text);
}

bool diagnostics_say(const struct diagnostics *diagnostics, enum severity severity,
                     const struct location *where, const char *ending)
{
    if (where == NULL || where->file == NULL || where->column == 0)
        return false;
    for (const struct diagnostic *each = diagnostics->first; each != NULL; each = each->next)
        if (each->severity == severity && each->where.file != NULL &&
            each->where.line == where->line && each->where.column == where->column &&
            strcmp(each->where.file, where->file) == 0 && text_ends(each->what, ending))
            return true;
    return false;
}

bool diagnostics_raise(struct diagnostics *diagnostics, const char *ending)
{
    struct diagnostic *each = diagnostics->first;

    while (each != NULL && (each->severity != SEVERITY_WARNING || !text_ends(each->what, ending)))
        each = each->next;
    if (each == NULL)
        return false;
    each->severity = SEVERITY_ERROR;
    diagnostics->counts[SEVERITY_WARNING]--;
    diagnostics->counts[SEVERITY_ERROR]++;
    return true;
}

/* True if `left` is to be shown after `right`; diagnostics of one place keep their order. */
static bool is_after(const struct diagnostic *left, const struct diagnostic *right)
{
    bool left_node = left->where.node != NULL && left->rank == 0;
    bool right_node = right->where.node != NULL && right->rank == 0;

    if (left_node != right_node)
        return left_node;
    if (left->rank != right->rank)
        return left->rank > right->rank;
    if (left->where.line != right->where.line)
        return left->where.line > right->where.line;
    return left->where.order > right->where.order;
}

static struct diagnostic *merge(struct diagnostic *left, struct diagnostic *right)
{
    struct diagnostic *first = NULL;
    struct diagnostic **end = &first;

    while (left != NULL && right != NULL) {
        struct diagnostic **from = is_after(left, right) ? &right : &left;

        *end = *from;
        end = &(*from)->next;
        *from = *end;
    }
    *end = left != NULL ? left : right;
    return first;
}

static struct diagnostic *sort(struct diagnostic *list, size_t count)
{
    struct diagnostic *middle = list;

    if (count < 2)
        return list;
    for (size_t at = 1; at < count / 2; at++)
        middle = middle->next;
    struct diagnostic *rest = middle->next;
    middle->next = NULL;
    return merge(sort(list, count / 2), sort(rest, count - count / 2));
}

void diagnostics_sort(struct diagnostics *diagnostics)
{
    size_t count = 0;

    for (struct diagnostic *each = diagnostics->first; each != NULL; each = each->next)
        count++;
    diagnostics->first = sort(diagnostics->first, count);
    for (struct diagnostic *each = diagnostics->first; each != NULL; each = each->next)
        diagnostics->last = each;
}

const char *severity_name(enum severity severity)
{
    static const char *const names[] = {"note", "warning", "error"};

    return names[severity];
}

const char *diagnostic_text(struct arena *arena, const struct diagnostic *diagnostic)
{
    const struct location *where = &diagnostic->where;
    const char *name = severity_name(diagnostic->severity);

    if (where->file != NULL && where->line != 0)
        return text_format(arena, "%s:%u: %s: %s", where->file, where->line, name,
                           diagnostic->what);
    if (where->file != NULL || where->node != NULL)
        return text_format(arena, "%s: %s: %s", where->file != NULL ? where->file : where->node,
                           name, diagnostic->what);
    return text_format(arena, "%s: %s", name, diagnostic->what);
}
