/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of the boot state: read before a section is chosen, written before Xen starts. */
#include "core/config/state_file.h"

#include "core/base/file.h"

static enum platform_status read_records(const struct platform *platform, const char *path,
                                         unsigned char records[][STATE_RECORD_SIZE])
{
    enum platform_status status = PLATFORM_OK;

    for (unsigned copy = 0; copy < STATE_COPIES && status == PLATFORM_OK; copy++) {
        status = platform->read_at(platform->context, path, state_offset(copy), records[copy],
                                   STATE_RECORD_SIZE);
        if (status == PLATFORM_OK)
            status = platform->read_at(platform->context, path, state_confirmation_offset(copy),
                                       records[STATE_COPIES + copy], STATE_RECORD_SIZE);
    }
    return status;
}

enum platform_status state_file_read(const struct workspace *workspace, const char *name,
                                     struct state_file *file)
{
    const struct platform *platform = workspace->platform;
    unsigned char records[2 * STATE_COPIES][STATE_RECORD_SIZE];
    enum platform_status status;

    *file = (struct state_file){.name = name};
    if (platform->read_at == NULL || platform->crc32 == NULL)
        return PLATFORM_UNSUPPORTED;
    file->path = file_resolve(workspace->arena, workspace->directory, name, &status);
    if (file->path == NULL)
        return status;
    status = read_records(platform, file->path, records);
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
    status = platform->write_at(platform->context, file->path, state_offset(file->copy), record,
                                STATE_RECORD_SIZE);
    if (status == PLATFORM_OK) {
        file->state = next;
        file->copy = 1 - file->copy;
    }
    return status;
}
