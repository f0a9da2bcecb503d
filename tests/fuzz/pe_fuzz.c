/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes PE images: any bytes are read within their bounds, map without overlap, and take sections.
 */
#include <stdlib.h>

#include "core/pe/pe.h"
#include "host/seal/pe_writer.h"
#include "invariants.h"

#define IMAGE_MAX 0x1000000U /* bytes of an image that is really mapped */

/* Maps an image as a loader would: each byte behind the headers is written once at most. */
static void map(const struct pe *pe)
{
    unsigned char *image = pe->image_size <= IMAGE_MAX ? calloc(1, pe->image_size) : NULL;

    if (image == NULL)
        return;
    memcpy(image, pe->data, pe->headers_size);
    for (unsigned index = 0; index < pe->section_count; index++) {
        struct pe_section section = pe_section(pe, index);
        size_t size;
        const void *content = pe_file_content(pe, &section, &size);

        if (section.size == 0)
            continue;
        invariant(content != NULL && size <= section.size);
        invariant(section.address >= pe->headers_size);
        for (size_t at = 0; at < section.size; at++)
            invariant(image[section.address + at] == 0);
        if (size != 0)
            memcpy(image + section.address, content, size);
    }
    invariant(pe->entry < pe->image_size);
    free(image);
}

/* Lets ASan see if all of a content is in the buffer. */
static void touch(const unsigned char *content, size_t length)
{
    for (size_t at = 0; content != NULL && at < length; at++)
        (void)*(volatile const unsigned char *)(content + at);
}

static void look(const struct pe *pe)
{
    uint32_t address;
    uint32_t size;

    for (unsigned index = 0; index < pe->section_count; index++) {
        struct pe_section section = pe_section(pe, index);
        struct pe_section found;
        size_t length;
        const void *content = pe_file_content(pe, &section, &length);

        touch(content, length);
        content = pe_mapped_content(pe, &section, &length);
        touch(content, length);
        invariant(pe_find(pe, section.name, &found));
    }
    pe_directory(pe, PE_DIRECTORY_CERTIFICATES, &address, &size);
    pe_directory(pe, PE_DIRECTORY_RELOCATIONS, &address, &size);
}

/* Whatever the tool adds to an image, it is an image with that section and the old ones. */
static void add(const struct pe *before)
{
    static const char content[] = "content";
    struct pe_writer writer;
    struct pe_section section;
    struct pe pe;
    size_t size;

    if (pe_writer_start(&writer, before->data, before->size) == NULL &&
        pe_writer_add(&writer, ".added", content, sizeof(content)) == NULL) {
        pe_writer_finish(&writer);
        invariant(pe_read(&pe, writer.data, writer.size) == PE_FINE);
        invariant(pe_check(&pe) == PE_FINE);
        invariant(pe.section_count == before->section_count + 1);
        section = pe_section(&pe, pe.section_count - 1);
        invariant(memcmp(pe_file_content(&pe, &section, &size), content, sizeof(content)) == 0);
        invariant(size == sizeof(content));
        invariant(pe_file_size(&pe) == writer.size);
    }
    free(writer.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pe pe;
    enum pe_status status = pe_read(&pe, data, size);

    invariant(pe_is_image(data, size) == (status != PE_NO_IMAGE));
    if (status != PE_FINE)
        return 0;
    look(&pe);
    if (pe_check(&pe) == PE_FINE) {
        map(&pe);
        add(&pe);
    }
    return 0;
}
