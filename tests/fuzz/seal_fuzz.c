/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the sections of a seal: it is read whole, with all in its bounds, or refused. */
#include <stdlib.h>

#include "core/seal/seal.h"
#include "invariants.h"
#include "pe_image.h"

#define SEPARATOR '\f' /* between the texts of the sections */

static void check_file(const struct seal *seal, const struct sealed_file *file,
                       const struct pe_image *image)
{
    const unsigned char *content = file->content;

    invariant(file->name[0] == '/');
    invariant(seal_find(seal, file->name) == file);
    invariant(!file->is_config || content != NULL);
    if (content == NULL)
        return;
    invariant(content >= image->data && content <= image->data + image->size);
    invariant(file->size <= (size_t)(image->data + image->size - content));
}

static void check_seal(const struct seal *seal, const struct pe_image *image)
{
    invariant(seal->config_count != 0);
    for (size_t at = 0; at < seal->config_count; at++)
        check_file(seal, &seal->configs[at], image);
    for (size_t at = 0; at < seal->file_count; at++)
        check_file(seal, &seal->files[at], image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {SEAL_CONFIG, SEAL_DIGESTS, SEAL_FILES};
    struct boot *boot = fuzz_boot_start();
    struct arena *arena = boot_start(boot)->arena;
    struct pe_image image;
    struct pe pe;
    struct seal seal;
    const char *problem;

    pe_image_init(&image);
    for (unsigned section = 0; section < 3; section++) {
        const uint8_t *end = size != 0 ? memchr(data, SEPARATOR, size) : NULL;
        size_t length = end != NULL && section != 2 ? (size_t)(end - data) : size;

        pe_image_add(&image, names[section], data, length);
        data += length < size ? length + 1 : size;
        size -= length < size ? length + 1 : size;
    }
    invariant(pe_read(&pe, image.data, image.size) == PE_FINE && seal_exists(&pe));
    for (enum seal_view view = SEAL_IN_FILE; view <= SEAL_IN_MEMORY; view++) {
        bool is_good = seal_read(&seal, arena, &pe, view, &problem);

        invariant(is_good == (problem == NULL));
        if (is_good)
            check_seal(&seal, &image);
    }
    free(image.data);
    fuzz_boot_end(boot);
    return 0;
}
