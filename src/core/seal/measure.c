/* SPDX-License-Identifier: BSD-2-Clause */
/* The events that the loader measures into a TPM: a list, each a text. */
#include "core/seal/measure.h"

#include <string.h>

#include "core/base/text.h"

struct measured_file {
    struct measured_file *next;
    const char *text; /* of its event */
};

/* The list that events are added to, and its state. */
struct sink {
    bool (*event)(void *data, unsigned pcr, const char *text, size_t size);
    void *data;
};

void measure_file_seen(void *files, const char *name, uint64_t size,
                       const unsigned char digest[DIGEST_SIZE])
{
    struct measured_files *list = files;
    struct measured_file *file = arena_allocate(list->arena, sizeof(*file));
    char text[DIGEST_TEXT_SIZE];

    if (file == NULL)
        return; /* the arena remembers it */
    digest_to_text(digest, text);
    file->text = text_format(list->arena, "file %s %lu %s", text, (unsigned long)size, name);
    if (list->last != NULL)
        list->last->next = file;
    else
        list->first = file;
    list->last = file;
}

/* Gives away one event; a text is missing where the arena has no memory. */
static bool emit(const struct sink *sink, unsigned pcr, const char *text)
{
    return text != NULL && sink->event(sink->data, pcr, text, strlen(text));
}

static const char *tree_text(const struct measured *measured)
{
    struct digest_state state;
    unsigned char digest[DIGEST_SIZE];
    char text[DIGEST_TEXT_SIZE];

    if (measured->tree == NULL)
        return "tree";
    measured->digest->start(&state);
    measured->digest->update(&state, measured->tree, measured->tree_size);
    measured->digest->finish(&state, digest);
    digest_to_text(digest, text);
    return text_format(measured->files->arena, "tree %s %zu", text, measured->tree_size);
}

bool measure(const struct measured *measured,
             bool (*event)(void *data, unsigned pcr, const char *text, size_t size), void *data)
{
    const struct sink sink = {.event = event, .data = data};
    struct arena *arena = measured->files->arena;
    const char *section =
        measured->section != NULL ? text_format(arena, "section %s", measured->section) : "section";

    if (!emit(&sink, MEASURE_PCR_SYSTEM, section))
        return false;
    for (const struct measured_file *file = measured->files->first; file != NULL; file = file->next)
        if (!emit(&sink, MEASURE_PCR_SYSTEM, file->text))
            return false;
    return !arena->failed &&
           emit(&sink, MEASURE_PCR_OPTIONS, text_format(arena, "options %s", measured->options)) &&
           emit(&sink, MEASURE_PCR_OPTIONS, tree_text(measured));
}

void measure_extend(const struct digest *digest, unsigned char pcr[DIGEST_SIZE], const void *data,
                    size_t size)
{
    struct digest_state state;
    unsigned char added[DIGEST_SIZE];

    digest->start(&state);
    digest->update(&state, data, size);
    digest->finish(&state, added);
    digest->start(&state);
    digest->update(&state, pcr, DIGEST_SIZE);
    digest->update(&state, added, sizeof(added));
    digest->finish(&state, pcr);
}
