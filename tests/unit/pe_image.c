/* SPDX-License-Identifier: BSD-2-Clause */
/* Support for tests of PE images: one in memory to which sections are added. */
#include "pe_image.h"

#include <stdlib.h>
#include <string.h>

#define PAGE 4096U

void pe_image_put(unsigned char *at, uint64_t value, unsigned bytes)
{
    for (unsigned byte = 0; byte < bytes; byte++)
        at[byte] = (unsigned char)(value >> 8 * byte);
}

static void grow(struct pe_image *image, size_t size)
{
    unsigned char *data = calloc(1, size);

    if (data == NULL)
        abort();
    if (image->data != NULL)
        memcpy(data, image->data, image->size);
    free(image->data);
    image->data = data;
    image->size = size;
}

void pe_image_init(struct pe_image *image)
{
    unsigned char *header;

    *image = (struct pe_image){0};
    grow(image, PAGE);
    header = image->data + PE_IMAGE_HEADER;
    memcpy(image->data, "MZ", 2);
    pe_image_put(image->data + 0x3c, PE_IMAGE_HEADER, 4);
    memcpy(header, "PE\0\0", 4);
    pe_image_put(header + 4, PE_MACHINE_ARM64, 2);
    pe_image_put(header + PE_OFFSET_OPTIONAL_SIZE, 160, 2);
    pe_image_put(header + PE_OFFSET_OPTIONAL, 0x20b, 2);
    pe_image_put(header + PE_OFFSET_ENTRY, PAGE, 4);
    pe_image_put(header + PE_OFFSET_SECTION_ALIGNMENT, PAGE, 4);
    pe_image_put(header + PE_OFFSET_FILE_ALIGNMENT, 1, 4);
    pe_image_put(header + PE_OFFSET_IMAGE_SIZE, PAGE, 4);
    pe_image_put(header + PE_OFFSET_HEADERS_SIZE, PAGE, 4);
    pe_image_put(header + PE_OFFSET_SUBSYSTEM, PE_SUBSYSTEM_EFI, 2);
    pe_image_put(header + PE_OFFSET_DIRECTORY_COUNT, 6, 4);
}

void pe_image_add(struct pe_image *image, const char *name, const void *data, size_t size)
{
    size_t address = (image->size + PAGE - 1) / PAGE * PAGE;
    unsigned char *section;

    grow(image, address + size);
    section = image->data + PE_IMAGE_SECTIONS + image->count * (size_t)PE_SECTION_HEADER_SIZE;
    memcpy(section, name, strlen(name));
    pe_image_put(section + PE_SECTION_OFFSET_VIRTUAL_SIZE, size, 4);
    pe_image_put(section + PE_SECTION_OFFSET_ADDRESS, address, 4);
    pe_image_put(section + PE_SECTION_OFFSET_FILE_SIZE, size, 4);
    pe_image_put(section + PE_SECTION_OFFSET_FILE_OFFSET, address, 4);
    pe_image_put(section + PE_SECTION_OFFSET_CHARACTERISTICS,
                 PE_SECTION_DATA | (image->count == 0 ? PE_SECTION_EXECUTABLE : 0), 4);
    if (size != 0)
        memcpy(image->data + address, data, size);
    image->count++;
    pe_image_put(image->data + PE_IMAGE_HEADER + PE_OFFSET_SECTION_COUNT, image->count, 2);
    pe_image_put(image->data + PE_IMAGE_HEADER + PE_OFFSET_IMAGE_SIZE,
                 (address + size + PAGE - 1) / PAGE * PAGE, 4);
}
