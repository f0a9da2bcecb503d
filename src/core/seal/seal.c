/* SPDX-License-Identifier: BSD-2-Clause */
/* The seal in the loader's own image: finding its sections, and reading them whole or not at all.
 */
#include "core/seal/seal.h"

#include <string.h>

#include "core/base/arena.h"
#include "core/base/file.h"
#include "core/base/text.h"

/* The text of a section that is being read, line by line. */
struct reader {
    struct arena *arena;
    const char *at;
    const char *end;
    const char *section;  /* its name */
    unsigned line;        /* number of the line that was taken last */
    const char **problem; /* what is wrong in any of the sections, or NULL */
};

bool seal_exists(const struct pe *image)
{
    struct pe_section section;

    return pe_find(image, SEAL_CONFIG, &section) || pe_find(image, SEAL_DIGESTS, &section) ||
           pe_find(image, SEAL_FILES, &section);
}

/* Notes the first thing that is wrong, with its place. Returns false. */
static bool refuse(struct reader *reader, const char *what)
{
    if (*reader->problem == NULL)
        *reader->problem =
            text_format(reader->arena, "%s, line %u: %s", reader->section, reader->line, what);
    return false;
}

/* Finds the content of a section. */
static bool open_section(struct reader *reader, const struct pe *image, enum seal_view view)
{
    struct pe_section section;
    size_t size = 0;

    if (!pe_find(image, reader->section, &section)) {
        *reader->problem = text_format(reader->arena, "there is no section %s", reader->section);
        return false;
    }
    reader->at = view == SEAL_IN_FILE ? pe_file_content(image, &section, &size)
                                      : pe_mapped_content(image, &section, &size);
    if (reader->at == NULL) {
        *reader->problem = text_format(reader->arena, "section %s is cut off", reader->section);
        return false;
    }
    reader->end = reader->at + size;
    return true;
}

/* Takes the next line, without its end. False at the end of the text, and where a line has none. */
static bool take_line(struct reader *reader, const char **line, size_t *length)
{
    if (reader->at == reader->end || *reader->problem != NULL)
        return false;
    reader->line++;
    *line = reader->at;
    *length = 0;
    while (reader->at + *length < reader->end && (*line)[*length] != '\n')
        ++*length;
    if (reader->at + *length == reader->end)
        return refuse(reader, "the line has no end");
    reader->at += *length + 1;
    return true;
}

/* Takes a decimal number and the space behind it off a line. */
static bool take_number(const char **line, size_t *length, uint64_t *number)
{
    size_t digits = 0;

    while (digits < *length && (*line)[digits] >= '0' && (*line)[digits] <= '9')
        digits++;
    if (digits == *length || (*line)[digits] != ' ' || !text_to_number(*line, digits, number))
        return false;
    *line += digits + 1;
    *length -= digits + 1;
    return true;
}

/* The rest of a line as a name in the form in which they are looked up, or NULL. */
static const char *take_name(struct reader *reader, const char *line, size_t length)
{
    char *name = arena_copy(reader->arena, line, length);
    enum platform_status status;
    const char *resolved;

    for (const char *at = line; at < line + length; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            return NULL;
    resolved = name != NULL ? file_resolve(reader->arena, "/", name, &status) : NULL;
    return resolved != NULL && strcmp(resolved, name) == 0 ? name : NULL;
}

static bool add_name(struct reader *reader, struct seal *seal, struct sealed_file *file)
{
    void *known = names_add(&seal->names, file->name, file);

    if (known != NULL && known != file)
        return refuse(reader, "the name stands there twice");
    return known != NULL;
}

/* Lines of a text, as room for files; there are as many or fewer. */
static size_t count_lines(const struct reader *reader)
{
    size_t count = 0;

    for (const char *at = reader->at; at < reader->end; at++)
        count += *at == '\n';
    return count;
}

/* --- configurations --------------------------------------------------------------------------- */

static bool read_config(struct reader *reader, struct seal *seal, const char *line, size_t length)
{
    struct sealed_file *config = &seal->configs[seal->config_count];

    if (!take_number(&line, &length, &config->size))
        return refuse(reader, "there is no size of a configuration");
    config->name = take_name(reader, line, length);
    if (config->name == NULL)
        return refuse(reader, "the name of the configuration is not absolute");
    if (config->size >= (uint64_t)(reader->end - reader->at) || reader->at[config->size] != '\n')
        return refuse(reader, "the configuration does not end where it should");
    if (!add_name(reader, seal, config))
        return false;
    config->content = reader->at;
    config->is_config = true;
    for (uint64_t at = 0; at <= config->size; at++)
        reader->line += reader->at[at] == '\n';
    reader->at += config->size + 1;
    seal->config_count++;
    return true;
}

static bool read_configs(struct reader *reader, struct seal *seal)
{
    const char *line;
    size_t length;

    seal->configs = arena_array(reader->arena, count_lines(reader), sizeof(*seal->configs));
    if (seal->configs == NULL)
        return false;
    while (take_line(reader, &line, &length))
        if (!read_config(reader, seal, line, length))
            return false;
    if (seal->config_count == 0)
        return refuse(reader, "there is no configuration");
    return *reader->problem == NULL;
}

/* --- digests ---------------------------------------------------------------------------------- */

/* Finds the content of a file in the section for files. */
static bool find_content(struct reader *reader, const struct reader *files, uint64_t offset,
                         struct sealed_file *file)
{
    uint64_t room = (uint64_t)(files->end - files->at);

    if (offset % PAGE_SIZE != 0 || offset > room || file->size > room - offset)
        return refuse(reader, "the file is not in " SEAL_FILES);
    file->content = files->at + offset;
    return true;
}

static bool read_digest(struct reader *reader, const struct reader *files, const char *line,
                        size_t length, struct sealed_file *file)
{
    const size_t digits = 2 * (size_t)DIGEST_SIZE;
    uint64_t offset;

    if (!digest_from_text(line, length, file->digest) || length == digits || line[digits] != ' ')
        return refuse(reader, "there is no digest");
    line += digits + 1;
    length -= digits + 1;
    if (!take_number(&line, &length, &file->size))
        return refuse(reader, "there is no size of a file");
    if (take_number(&line, &length, &offset) && !find_content(reader, files, offset, file))
        return false;
    file->name = take_name(reader, line, length);
    return file->name != NULL || refuse(reader, "the name of the file is not absolute");
}

static bool read_digests(struct reader *reader, const struct reader *files, struct seal *seal)
{
    const char *line;
    size_t length;

    seal->files = arena_array(reader->arena, count_lines(reader), sizeof(*seal->files));
    if (seal->files == NULL)
        return false;
    while (take_line(reader, &line, &length)) {
        struct sealed_file *file = &seal->files[seal->file_count];

        if (!read_digest(reader, files, line, length, file) || !add_name(reader, seal, file))
            return false;
        seal->file_count++;
    }
    return *reader->problem == NULL;
}

/* --- the whole -------------------------------------------------------------------------------- */

bool seal_read(struct seal *seal, struct arena *arena, const struct pe *image, enum seal_view view,
               const char **problem)
{
    struct reader configs = {.arena = arena, .section = SEAL_CONFIG, .problem = problem};
    struct reader digests = {.arena = arena, .section = SEAL_DIGESTS, .problem = problem};
    struct reader files = {.arena = arena, .section = SEAL_FILES, .problem = problem};
    struct pe_section section;

    *seal = (struct seal){0};
    *problem = NULL;
    names_init(&seal->names, arena, true);
    if (open_section(&configs, image, view) && open_section(&digests, image, view) &&
        (!pe_find(image, SEAL_FILES, &section) || open_section(&files, image, view)) &&
        read_configs(&configs, seal) && read_digests(&digests, &files, seal) && !arena->failed)
        return true;
    if (arena->failed)
        *problem = NULL;
    return false;
}

const struct sealed_file *seal_find(const struct seal *seal, const char *name)
{
    return names_find(&seal->names, name);
}

void seal_identify(const struct seal *seal, const struct digest *digest,
                   unsigned char id[DIGEST_SIZE])
{
    struct digest_state state;

    digest->start(&state);
    for (size_t at = 0; at < seal->config_count; at++) {
        digest->update(&state, seal->configs[at].name, strlen(seal->configs[at].name) + 1);
        digest->update(&state, seal->configs[at].content, (size_t)seal->configs[at].size);
    }
    for (size_t at = 0; at < seal->file_count; at++) {
        digest->update(&state, seal->files[at].name, strlen(seal->files[at].name) + 1);
        digest->update(&state, seal->files[at].digest, DIGEST_SIZE);
    }
    digest->finish(&state, id);
}
