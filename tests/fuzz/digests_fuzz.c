/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the list of digests: what is taken can be written again and is the same. */
#include <stdio.h>
#include <stdlib.h>

#include "core/seal/seal.h"
#include "invariants.h"
#include "pe_image.h"

#define FILES_SIZE 0x3001U /* bytes of the section that offsets lie in */

/* Writes the list as muster seal does; it has at most `size` characters. */
static size_t write_list(const struct seal *seal, const unsigned char *files, char *text,
                         size_t size)
{
    size_t length = 0;

    text[0] = '\0';
    for (size_t at = 0; at < seal->file_count; at++) {
        const struct sealed_file *file = &seal->files[at];
        const unsigned char *content = file->content;
        char digest[DIGEST_TEXT_SIZE];
        char offset[24] = "";

        digest_to_text(file->digest, digest);
        if (content != NULL)
            snprintf(offset, sizeof(offset), "%zu ", (size_t)(content - files));
        length += (size_t)snprintf(text + length, size - length, "%s %lu %s%s\n", digest,
                                   (unsigned long)file->size, offset, file->name);
        invariant(length < size);
    }
    return length;
}

static bool read_list(struct pe_image *image, struct seal *seal, struct arena *arena,
                      const void *list, size_t size)
{
    static const unsigned char files[FILES_SIZE];
    const char *problem;
    struct pe pe;

    pe_image_init(image);
    pe_image_add(image, SEAL_FILES, files, sizeof(files));
    pe_image_add(image, SEAL_CONFIG, "0 /muster.cfg\n\n", 15);
    pe_image_add(image, SEAL_DIGESTS, list, size);
    invariant(pe_read(&pe, image->data, image->size) == PE_FINE);
    return seal_read(seal, arena, &pe, SEAL_IN_FILE, &problem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct boot *boot = fuzz_boot_start();
    struct arena *arena = boot_start(boot)->arena;
    struct pe_image image;
    struct pe_image again;
    struct seal seal;
    struct seal copy;

    if (read_list(&image, &seal, arena, data, size)) {
        size_t room = 2 * size + 1; /* numbers may have had zeros in front, which are not written */
        char *text = malloc(room);
        size_t length = write_list(&seal, image.data + PAGE_SIZE, text, room);

        invariant(read_list(&again, &copy, arena, text, length));
        invariant(copy.file_count == seal.file_count);
        for (size_t at = 0; at < seal.file_count; at++) {
            const struct sealed_file *left = &seal.files[at];
            const struct sealed_file *right = &copy.files[at];

            invariant(strcmp(left->name, right->name) == 0 && left->size == right->size);
            invariant(digest_equal(left->digest, right->digest));
            invariant((left->content == NULL) == (right->content == NULL));
        }
        free(again.data);
        free(text);
    }
    free(image.data);
    fuzz_boot_end(boot);
    return 0;
}
