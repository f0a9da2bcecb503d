/* SPDX-License-Identifier: BSD-2-Clause */
/* A sealed loader as a file of the workstation. */
#include "host/machine/host_seal.h"

#include <string.h>

#include "host/base/heap_arena.h"
#include "host/base/output.h"

bool host_seal_open(struct host_seal *seal, const char *path)
{
    const char *problem;

    *seal = (struct host_seal){0};
    heap_arena_init(&seal->arena);
    if (!file_content_read(&seal->file, path))
        return false;
    seal->is_image = pe_read(&seal->image, seal->file.data, seal->file.size) == PE_FINE;
    if (!seal->is_image || !seal_exists(&seal->image))
        return true;
    seal->is_sealed = seal_read(&seal->seal, &seal->arena, &seal->image, SEAL_IN_FILE, &problem);
    if (!seal->is_sealed)
        output_error("the seal of %s is damaged: %s", path,
                     problem != NULL ? problem : "out of memory");
    return seal->is_sealed;
}

bool host_seal_open_sealed(struct host_seal *seal, const char *path)
{
    if (!host_seal_open(seal, path))
        return false;
    if (seal->is_sealed)
        return true;
    if (seal->file.size >= 2 && memcmp(seal->file.data, "MZ", 2) == 0)
        output_error("%s is a program, but not a sealed loader", path);
    else
        output_error("%s is not a sealed loader", path);
    output_hint("muster seal -o FILE CONFIG makes one");
    return false;
}

void host_seal_close(struct host_seal *seal)
{
    if (seal->arena.platform != NULL)
        arena_release(&seal->arena);
    file_content_release(&seal->file);
    *seal = (struct host_seal){0};
}
