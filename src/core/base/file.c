/* SPDX-License-Identifier: BSD-2-Clause */
/* Files: how the names that people write become names for the platform, and reading one whole. */
#include "core/base/file.h"

#include <string.h>

#include "core/base/text.h"

#define MOMENT  250000U            /* microseconds in which a person sees progress */
#define TELLING (FILE_PIECE / 16U) /* bytes that tell how fast the medium is */

static bool is_slash(char character)
{
    return character == '/' || character == '\\';
}

/* Drops the last part of the absolute name of *length characters; false at the root. */
static bool drop_part(const char *name, size_t *length)
{
    if (*length == 0)
        return false;
    while (name[--*length] != '/')
        continue;
    return true;
}

/* Appends the parts of `name` to `result`; false when ".." leaves the root. */
static bool append_parts(char *result, size_t *length, const char *name)
{
    while (*name != '\0') {
        size_t part = 0;

        while (name[part] != '\0' && !is_slash(name[part]))
            part++;
        if (part == 2 && name[0] == '.' && name[1] == '.') {
            if (!drop_part(result, length))
                return false;
        } else if (part != 0 && !(part == 1 && name[0] == '.')) {
            result[(*length)++] = '/';
            memcpy(result + *length, name, part);
            *length += part;
        }
        name += part;
        if (*name != '\0')
            name++;
    }
    return true;
}

const char *file_resolve(struct arena *arena, const char *directory, const char *name,
                         enum platform_status *status)
{
    size_t length = 0;
    char *result;

    *status = PLATFORM_NOT_FOUND;
    if (strlen(name) > FILE_NAME_MAX)
        return NULL;
    *status = PLATFORM_NO_MEMORY;
    result = arena_allocate(arena, strlen(directory) + strlen(name) + 3);
    if (result == NULL)
        return NULL;
    *status = PLATFORM_DENIED;
    if (!is_slash(name[0]) && !append_parts(result, &length, directory))
        return NULL;
    if (!append_parts(result, &length, name))
        return NULL;
    *status = length == 0 ? PLATFORM_IS_DIRECTORY : PLATFORM_OK;
    if (length == 0)
        return NULL;
    result[length] = '\0';
    return result;
}

const char *file_directory(struct arena *arena, const char *name)
{
    size_t length = (size_t)(file_base_name(name) - name);

    return arena_copy(arena, length > 1 ? name : "/", length > 1 ? length - 1 : 1);
}

const char *file_base_name(const char *name)
{
    const char *base = name;

    for (; *name != '\0'; name++)
        if (is_slash(*name))
            base = name + 1;
    return base;
}

size_t file_stem_length(const char *name)
{
    size_t length = strlen(name);

    return length > 4 && text_equal_nocase(name + length - 4, ".efi") ? length - 4 : length;
}

enum platform_status file_open(const struct workspace *workspace, const char *name,
                               const char **resolved, struct platform_file **file, uint64_t *size)
{
    const struct platform *platform = workspace->platform;
    enum platform_status status;

    *resolved = file_resolve(workspace->arena, workspace->directory, name, &status);
    if (*resolved == NULL)
        return status;
    return platform->open(platform->context, *resolved, file, size);
}

/*
 * The bytes that are read in a moment, if those that were read have taken so many microseconds.
 * EDK2's FAT driver walks over a file's clusters once more for each further piece: few are faster.
 */
static uint64_t next_piece(uint64_t bytes, uint64_t microseconds)
{
    uint64_t piece = bytes * MOMENT / (microseconds + 1);

    return piece > FILE_PIECE ? piece : FILE_PIECE;
}

enum platform_status file_fill(const struct platform *platform, struct platform_file *file,
                               const char *name, void *buffer, uint64_t size, uint64_t *piece)
{
    enum platform_status status = PLATFORM_OK;
    uint64_t done = 0;

    while (done < size && status == PLATFORM_OK) {
        uint64_t bytes = size - done < *piece || platform->is_remote ? size - done : *piece;
        uint64_t start = bytes >= TELLING ? platform_now(platform) : 0;

        status = platform->read(platform->context, file, (char *)buffer + done, (size_t)bytes);
        if (bytes >= TELLING)
            *piece = next_piece(bytes, platform_now(platform) - start);
        done += bytes;
        if (status == PLATFORM_OK && name != NULL && platform->progress != NULL)
            platform->progress(platform->context, name, done, size);
    }
    return status;
}

enum platform_status file_read(const struct workspace *workspace, const char *name, size_t limit,
                               file_allocate *allocate, char **content, uint64_t *size)
{
    const struct platform *platform = workspace->platform;
    const char *resolved;
    struct platform_file *file;
    uint64_t piece = FILE_PIECE;
    enum platform_status status = file_open(workspace, name, &resolved, &file, size);

    if (status != PLATFORM_OK)
        return status;
    *content = *size <= limit ? allocate(workspace->arena, (size_t)*size + 1) : NULL;
    if (*content != NULL) {
        (*content)[*size] = '\0';
        status = file_fill(platform, file, NULL, *content, *size, &piece);
    } else {
        status = *size <= limit ? PLATFORM_NO_MEMORY : PLATFORM_TOO_LARGE;
    }
    platform->close(platform->context, file);
    return status;
}

/* The state of looking for the nearest name in a directory. */
struct suggestion {
    struct arena *arena;
    struct nearest nearest;
};

static bool offer_name(void *data, const char *name)
{
    struct suggestion *suggestion = data;
    const char *before = suggestion->nearest.name;

    nearest_offer(&suggestion->nearest, name);
    if (suggestion->nearest.name != before)
        suggestion->nearest.name = arena_copy(suggestion->arena, name, strlen(name));
    return true;
}

const char *file_suggest(const struct workspace *workspace, const char *name)
{
    const struct platform *platform = workspace->platform;
    struct suggestion suggestion = {.arena = workspace->arena};
    enum platform_status status;
    const char *resolved = file_resolve(workspace->arena, workspace->directory, name, &status);
    const char *directory = resolved != NULL ? file_directory(workspace->arena, resolved) : NULL;

    if (platform->list == NULL || directory == NULL)
        return NULL;
    suggestion.nearest.wanted = file_base_name(resolved);
    platform->list(platform->context, directory, offer_name, &suggestion);
    if (suggestion.nearest.name == NULL)
        return NULL;
    return text_format(workspace->arena, "did you mean %s?", suggestion.nearest.name);
}

const char *file_seal_hint(enum platform_status status)
{
    if (status == PLATFORM_UNSEALED)
        return "what is to be loaded has to be sealed: seal the system again with muster seal";
    if (status == PLATFORM_ALTERED)
        return "put the sealed file back, or seal the system again with muster seal";
    return NULL;
}

static const char *hint_for(const struct workspace *workspace, const char *name,
                            enum platform_status status)
{
    bool is_remote = workspace->platform->is_remote;
    const char *hint = NULL;

    if (status == PLATFORM_NO_VOLUME)
        return "start the loader from a FAT partition, or put all files into it with muster seal "
               "--embed";
    if (status == PLATFORM_DENIED)
        return is_remote ? "a name never leaves the loader's server, which has to give it out"
                         : "a name is relative to the loader's directory and never leaves its "
                           "partition";
    if (status == PLATFORM_IS_DIRECTORY)
        return "name a file in it";
    if (status != PLATFORM_NOT_FOUND)
        return file_seal_hint(status);
    hint = file_suggest(workspace, name);
    if (hint == NULL)
        hint = text_format(workspace->arena, "put it into %s of the loader's %s",
                           is_slash(name[0]) ? "that place" : workspace->directory,
                           is_remote ? "server" : "partition");
    return hint;
}

void file_diagnose(const struct workspace *workspace, const struct location *where,
                   const char *what, const char *name, enum platform_status status)
{
    diagnose(workspace->diagnostics, SEVERITY_ERROR, where, hint_for(workspace, name, status),
             "cannot %s %s: %s", what, name, platform_status_text(status));
}
