/* SPDX-License-Identifier: BSD-2-Clause */
/* Adds sections to a PE image: each behind all that the file has, so that a signature covers it. */
#include "host/seal/pe_writer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/little.h"
#include "core/pe/pe.h"

static uint64_t align(uint64_t value, uint32_t alignment)
{
    return (value + alignment - 1) / alignment * alignment;
}

/* Makes the file larger, with zeros. */
static bool grow(struct pe_writer *writer, size_t size)
{
    unsigned char *data = realloc(writer->data, size);

    if (data == NULL)
        return false;
    memset(data + writer->size, 0, size - writer->size);
    writer->data = data;
    writer->size = size;
    return true;
}

const char *pe_writer_start(struct pe_writer *writer, const void *data, size_t size)
{
    struct pe pe;
    enum pe_status status = pe_read(&pe, data, size);
    uint32_t address;
    uint32_t certificates;

    *writer = (struct pe_writer){0};
    if (status == PE_FINE)
        status = pe_check(&pe);
    if (status != PE_FINE)
        return pe_status_text(status);
    pe_directory(&pe, PE_DIRECTORY_CERTIFICATES, &address, &certificates);
    if (certificates != 0)
        return "it is signed, and its signature would be wrong afterwards";
    if (pe_file_size(&pe) > size)
        return pe_status_text(PE_CUT_OFF);
    if (align(pe_file_size(&pe), pe.file_alignment) < size)
        return "it has something behind its sections";
    if (!grow(writer, size))
        return "out of memory";
    memcpy(writer->data, data, size);
    return NULL;
}

/* The offset of the next section's header; 0 if the headers have no room for it. */
static size_t next_header(const struct pe *pe)
{
    size_t at = pe->sections + (size_t)pe->section_count * PE_SECTION_HEADER_SIZE;
    size_t end = pe->headers_size;

    for (unsigned index = 0; index < pe->section_count; index++) {
        struct pe_section section = pe_section(pe, index);

        if (section.file_size != 0 && section.file_offset < end)
            end = section.file_offset;
    }
    return pe->section_count < PE_SECTIONS_MAX && at + PE_SECTION_HEADER_SIZE <= end ? at : 0;
}

/* Counts the section in, and its size where the headers have sums. */
static void update_headers(struct pe_writer *writer, const struct pe *pe, uint32_t file_size,
                           uint32_t image_size)
{
    unsigned char *header = writer->data + pe->header;
    unsigned char *data_size = header + PE_OFFSET_DATA_SIZE;
    uint32_t before = data_size[0] | (uint32_t)data_size[1] << 8 | (uint32_t)data_size[2] << 16 |
                      (uint32_t)data_size[3] << 24;

    header[PE_OFFSET_SECTION_COUNT] = (unsigned char)(pe->section_count + 1);
    write_little(data_size, before + file_size, 4);
    write_little(header + PE_OFFSET_IMAGE_SIZE, image_size, 4);
}

const char *pe_writer_add(struct pe_writer *writer, const char *name, const void *data, size_t size)
{
    struct pe pe;
    unsigned char *at;
    size_t header;
    uint64_t address;
    uint64_t offset;
    uint64_t file_size;
    uint64_t image_size;

    if (pe_read(&pe, writer->data, writer->size) != PE_FINE)
        return pe_status_text(PE_DAMAGED);
    address = align(pe.image_size, pe.section_alignment);
    offset = align(writer->size, pe.file_alignment);
    file_size = align(size, pe.file_alignment);
    image_size = align(address + size, pe.section_alignment);
    if (offset + file_size > UINT32_MAX || image_size > UINT32_MAX)
        return "such a file has at most 4 GiB";
    header = next_header(&pe);
    if (header == 0)
        return "its headers have no room for another section";
    if (!grow(writer, (size_t)(offset + file_size)))
        return "out of memory";
    at = writer->data + header;
    /* An assembler may have filled what is behind the table with instructions. */
    memset(at, 0, PE_SECTION_HEADER_SIZE);
    memcpy(at, name, strnlen(name, PE_SECTION_NAME_MAX));
    write_little(at + PE_SECTION_OFFSET_VIRTUAL_SIZE, (uint32_t)size, 4);
    write_little(at + PE_SECTION_OFFSET_ADDRESS, (uint32_t)address, 4);
    write_little(at + PE_SECTION_OFFSET_FILE_SIZE, (uint32_t)file_size, 4);
    write_little(at + PE_SECTION_OFFSET_FILE_OFFSET, (uint32_t)offset, 4);
    write_little(at + PE_SECTION_OFFSET_CHARACTERISTICS, PE_SECTION_DATA | PE_SECTION_READABLE, 4);
    memcpy(writer->data + offset, data, size);
    update_headers(writer, &pe, (uint32_t)file_size, (uint32_t)image_size);
    return NULL;
}

/*
 * The sum of all 16-bit words with the carries added again, and the file's size; the checksum's own
 * field counts as zero (Microsoft PE format, "Appendix A").
 */
void pe_writer_finish(struct pe_writer *writer)
{
    struct pe pe;
    uint64_t sum = 0;

    if (pe_read(&pe, writer->data, writer->size) != PE_FINE)
        return;
    write_little(writer->data + pe.header + PE_OFFSET_CHECKSUM, 0, 4);
    for (size_t at = 0; at < writer->size; at++)
        sum += at % 2 == 0 ? writer->data[at] : (uint64_t)writer->data[at] << 8;
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    write_little(writer->data + pe.header + PE_OFFSET_CHECKSUM, (uint32_t)(sum + writer->size), 4);
}
