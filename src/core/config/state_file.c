/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of the boot state: read before a section is chosen, written before Xen starts. */
#include "core/config/state_file.h"

#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"

static enum platform_status read_record(const struct platform *platform, const char *path,
                                        unsigned at, unsigned char *record)
{
    return platform->read_at(platform->context, path, (uint64_t)at * STATE_RECORD_SIZE, record,
                             STATE_RECORD_SIZE);
}

/* Reads the confirmations, which may not be there: nothing was confirmed then. */
static void read_confirmations(const struct platform *platform, const char *path,
                               unsigned char records[][STATE_RECORD_SIZE])
{
    for (unsigned copy = 0; copy < STATE_COPIES; copy++)
        if (read_record(platform, path, copy, records[copy]) != PLATFORM_OK)
            memset(records[copy], 0, STATE_RECORD_SIZE);
}

static enum platform_status read_records(const struct workspace *workspace, struct state_file *file,
                                         const char *path,
                                         unsigned char records[][STATE_RECORD_SIZE])
{
    const char *confirmations =
        text_format(workspace->arena, "%s%s", path, STATE_CONFIRMATION_SUFFIX);
    enum platform_status status = PLATFORM_OK;

    for (unsigned copy = 0; copy < STATE_COPIES && status == PLATFORM_OK; copy++) {
        file->paths[copy] = text_format(workspace->arena, "%s%s", path, state_suffix(copy));
        status = file->paths[copy] != NULL
                     ? read_record(workspace->platform, file->paths[copy], 0, records[copy])
                     : PLATFORM_NO_MEMORY;
    }
    if (status == PLATFORM_OK && confirmations == NULL)
        status = PLATFORM_NO_MEMORY;
    if (status == PLATFORM_OK)
        read_confirmations(workspace->platform, confirmations, records + STATE_COPIES);
    return status;
}

enum platform_status state_file_read(const struct workspace *workspace, const char *name,
                                     struct state_file *file)
{
    const struct platform *platform = workspace->platform;
    unsigned char records[2 * STATE_COPIES][STATE_RECORD_SIZE];
    enum platform_status status;
    const char *path;

    *file = (struct state_file){.name = name};
    if (platform->read_at == NULL || platform->crc32 == NULL)
        return PLATFORM_UNSUPPORTED;
    path = file_resolve(workspace->arena, workspace->directory, name, &status);
    if (path == NULL)
        return status;
    status = read_records(workspace, file, path, records);
    if (status == PLATFORM_OK)
        file->is_damaged =
            !state_read(records, platform->crc32, platform->context, &file->state, &file->copy);
    return status;
}

enum platform_status state_file_write(const struct workspace *workspace, struct state_file *file,
                                      const struct state *state)
{
    const struct platform *platform = workspace->platform;
    struct state next = *state;
    unsigned char record[STATE_RECORD_SIZE];
    enum platform_status status;

    if (platform->write_at == NULL)
        return PLATFORM_UNSUPPORTED;
    next.revision = file->state.revision + 1;
    state_encode(&next, platform->crc32, platform->context, record);
    status = platform->write_at(platform->context, file->paths[file->copy], 0, record,
                                STATE_RECORD_SIZE);
    if (status == PLATFORM_OK) {
        file->state = next;
        file->copy = 1 - file->copy;
    }
    return status;
}
