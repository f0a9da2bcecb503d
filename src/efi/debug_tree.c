/* SPDX-License-Identifier: BSD-2-Clause */
/* For -debug: the finished device tree as a file beside the loader. */
#include "efi/debug_tree.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/utf.h"
#include "efi/console.h"

#define NAME     "muster-tree.dtb"
#define WRITABLE (EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE)

/* The file's name as the firmware takes it, in the arena; NULL without memory. */
static CHAR16 *file_name(struct system *system)
{
    const char *name = text_format(&system->arena, "%s/" NAME, system->workspace.directory);
    CHAR16 *units =
        name != NULL ? arena_array(&system->arena, strlen(name) + 1, sizeof(*units)) : NULL;
    size_t count = 0;

    while (units != NULL && *name != '\0') {
        count += utf16_from_utf8(&name, &units[count]);
        if (units[count - 1] == '/')
            units[count - 1] = '\\';
    }
    return units;
}

/* Makes the file anew: one that is there could be longer than what is written. */
static EFI_STATUS create_file(const struct firmware *firmware, CHAR16 *name, EFI_FILE_HANDLE *file)
{
    EFI_FILE_HANDLE root = firmware->root;

    if (!EFI_ERROR(root->Open(root, file, name, WRITABLE, 0)))
        (*file)->Delete(*file);
    return root->Open(root, file, name, WRITABLE | EFI_FILE_MODE_CREATE, 0);
}

static EFI_STATUS write_file(const struct firmware *firmware, CHAR16 *name, void *content,
                             size_t size)
{
    EFI_FILE_HANDLE file;
    UINTN count = size;
    EFI_STATUS status = create_file(firmware, name, &file);

    if (EFI_ERROR(status))
        return status;
    status = file->Write(file, &count, content);
    file->Close(file);
    return !EFI_ERROR(status) && count != size ? EFI_VOLUME_FULL : status;
}

/* A copy of the tree without the seeds of random numbers, in the arena; NULL without memory. */
static void *without_seeds(struct system *system)
{
    static const char *const seeds[] = {"kaslr-seed", "rng-seed"};
    const void *tree = system->tree.fdt;
    void *copy = arena_allocate(&system->arena, fdt_totalsize(tree));
    int chosen = fdt_path_offset(tree, "/chosen");

    if (copy == NULL)
        return NULL;
    memcpy(copy, tree, fdt_totalsize(tree));
    for (size_t at = 0; at < sizeof(seeds) / sizeof(seeds[0]); at++)
        fdt_delprop(copy, chosen, seeds[at]);
    return copy;
}

void debug_tree_write(const struct firmware *firmware, struct system *system)
{
    CHAR16 *name = file_name(system);
    void *tree = without_seeds(system);
    EFI_STATUS status = EFI_OUT_OF_RESOURCES;
    const char *line;

    if (name != NULL && tree != NULL)
        status = write_file(firmware, name, tree, fdt_totalsize(tree));
    if (!EFI_ERROR(status))
        return;
    line = text_format(&system->arena, "warning: cannot write " NAME ": %s\n",
                       platform_status_text(firmware_status(status)));
    console_print(firmware, line != NULL ? line : "warning: cannot write " NAME "\n");
}
