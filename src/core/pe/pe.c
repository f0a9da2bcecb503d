/* SPDX-License-Identifier: BSD-2-Clause */
/* Images in the PE32+ format of EFI programs: headers and sections, read as hostile input. */
#include "core/pe/pe.h"

#include <string.h>

#define DOS_HEADER_SIZE 64U /* with the offset of the PE signature at its end */
#define DOS_OFFSET_PE   60U
#define MAGIC_PE32P     0x20bU

#define DIRECTORY_SIZE 8U
#define ALIGNMENT_MAX  0x10000000U /* beyond it, rounding up could leave 32 bits by far */

static uint16_t read_16(const unsigned char *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static uint32_t read_32(const unsigned char *at)
{
    return read_16(at) | (uint32_t)read_16(at + 2) << 16;
}

static uint64_t read_64(const unsigned char *at)
{
    return read_32(at) | (uint64_t)read_32(at + 4) << 32;
}

static bool is_power_of_two(uint32_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

bool pe_is_image(const void *data, size_t size)
{
    const unsigned char *bytes = data;
    uint32_t header;

    if (size < DOS_HEADER_SIZE || memcmp(bytes, "MZ", 2) != 0)
        return false;
    header = read_32(bytes + DOS_OFFSET_PE);
    return header <= size && size - header >= PE_OFFSET_OPTIONAL &&
           memcmp(bytes + header, "PE\0\0", 4) == 0;
}

/* Takes the fields of the optional header, all of which lie in the buffer. */
static void read_fields(struct pe *pe)
{
    const unsigned char *at = pe->data + pe->header;

    pe->subsystem = read_16(at + PE_OFFSET_SUBSYSTEM);
    pe->characteristics = read_16(at + PE_OFFSET_CHARACTERISTICS);
    pe->entry = read_32(at + PE_OFFSET_ENTRY);
    pe->image_base = read_64(at + PE_OFFSET_IMAGE_BASE);
    pe->section_alignment = read_32(at + PE_OFFSET_SECTION_ALIGNMENT);
    pe->file_alignment = read_32(at + PE_OFFSET_FILE_ALIGNMENT);
    pe->image_size = read_32(at + PE_OFFSET_IMAGE_SIZE);
    pe->headers_size = read_32(at + PE_OFFSET_HEADERS_SIZE);
    pe->directory_count = read_32(at + PE_OFFSET_DIRECTORY_COUNT);
}

/* The optional header holds the fixed fields and the directories that it counts. */
static enum pe_status read_optional(struct pe *pe, size_t optional_size)
{
    const size_t fixed = PE_OFFSET_DIRECTORIES - PE_OFFSET_OPTIONAL;

    if (optional_size < 2 || pe->size - pe->header < PE_OFFSET_OPTIONAL + optional_size)
        return PE_CUT_OFF;
    if (read_16(pe->data + pe->header + PE_OFFSET_OPTIONAL) != MAGIC_PE32P)
        return PE_NO_PE32P;
    if (optional_size < fixed)
        return PE_DAMAGED;
    read_fields(pe);
    return pe->directory_count <= (optional_size - fixed) / DIRECTORY_SIZE ? PE_FINE : PE_DAMAGED;
}

static enum pe_status check_headers(const struct pe *pe)
{
    size_t end = pe->sections + (size_t)pe->section_count * PE_SECTION_HEADER_SIZE;

    if (pe->section_count > PE_SECTIONS_MAX || !is_power_of_two(pe->section_alignment) ||
        !is_power_of_two(pe->file_alignment) || pe->file_alignment > pe->section_alignment ||
        pe->section_alignment > ALIGNMENT_MAX)
        return PE_DAMAGED;
    if (end > pe->size)
        return PE_CUT_OFF;
    return end <= pe->headers_size && pe->headers_size <= pe->image_size ? PE_FINE : PE_DAMAGED;
}

enum pe_status pe_read(struct pe *pe, const void *data, size_t size)
{
    enum pe_status status;
    size_t optional_size;

    *pe = (struct pe){.data = data, .size = size};
    if (!pe_is_image(data, size))
        return PE_NO_IMAGE;
    pe->header = read_32(pe->data + DOS_OFFSET_PE);
    pe->machine = read_16(pe->data + pe->header + 4);
    pe->section_count = read_16(pe->data + pe->header + PE_OFFSET_SECTION_COUNT);
    optional_size = read_16(pe->data + pe->header + PE_OFFSET_OPTIONAL_SIZE);
    pe->sections = pe->header + PE_OFFSET_OPTIONAL + optional_size;
    status = read_optional(pe, optional_size);
    return status == PE_FINE ? check_headers(pe) : status;
}

struct pe_section pe_section(const struct pe *pe, unsigned index)
{
    const unsigned char *at = pe->data + pe->sections + (size_t)index * PE_SECTION_HEADER_SIZE;
    struct pe_section section = {
        .address = read_32(at + PE_SECTION_OFFSET_ADDRESS),
        .size = read_32(at + PE_SECTION_OFFSET_VIRTUAL_SIZE),
        .file_offset = read_32(at + PE_SECTION_OFFSET_FILE_OFFSET),
        .file_size = read_32(at + PE_SECTION_OFFSET_FILE_SIZE),
        .characteristics = read_32(at + PE_SECTION_OFFSET_CHARACTERISTICS),
    };

    memcpy(section.name, at, PE_SECTION_NAME_MAX);
    return section;
}

bool pe_find(const struct pe *pe, const char *name, struct pe_section *section)
{
    for (unsigned index = 0; index < pe->section_count; index++) {
        *section = pe_section(pe, index);
        if (strcmp(section->name, name) == 0)
            return true;
    }
    return false;
}

void pe_directory(const struct pe *pe, enum pe_directory index, uint32_t *address, uint32_t *size)
{
    const unsigned char *at =
        pe->data + pe->header + PE_OFFSET_DIRECTORIES + (size_t)index * DIRECTORY_SIZE;
    bool is_there = (unsigned)index < pe->directory_count;

    *address = is_there ? read_32(at) : 0;
    *size = is_there ? read_32(at + 4) : 0;
}

uint64_t pe_file_size(const struct pe *pe)
{
    uint64_t most = pe->headers_size;
    uint32_t offset;
    uint32_t size;

    for (unsigned index = 0; index < pe->section_count; index++) {
        struct pe_section section = pe_section(pe, index);
        uint64_t end = (uint64_t)section.file_offset + section.file_size;

        if (section.file_size != 0 && end > most)
            most = end;
    }
    pe_directory(pe, PE_DIRECTORY_CERTIFICATES, &offset, &size);
    if (size != 0 && (uint64_t)offset + size > most)
        most = (uint64_t)offset + size;
    return most;
}

/* `length` bytes of the buffer, or NULL. */
static const void *slice(const struct pe *pe, size_t start, size_t length)
{
    return start <= pe->size && length <= pe->size - start ? pe->data + start : NULL;
}

const void *pe_file_content(const struct pe *pe, const struct pe_section *section, size_t *size)
{
    *size = section->size < section->file_size ? section->size : section->file_size;
    return slice(pe, section->file_offset, *size);
}

const void *pe_mapped_content(const struct pe *pe, const struct pe_section *section, size_t *size)
{
    *size = section->size;
    return slice(pe, section->address, *size);
}

/* Checks a section that may start at `free` at the earliest; *free becomes where it ends. */
static enum pe_status check_section(const struct pe *pe, const struct pe_section *section,
                                    uint64_t *free)
{
    size_t size;

    if (section->size == 0)
        return PE_FINE;
    if (section->address < *free)
        return PE_DAMAGED;
    *free = (uint64_t)section->address + section->size;
    if (*free > pe->image_size)
        return PE_DAMAGED;
    return pe_file_content(pe, section, &size) != NULL ? PE_FINE : PE_CUT_OFF;
}

enum pe_status pe_check(const struct pe *pe)
{
    uint64_t free = pe->headers_size;
    bool has_entry = false;

    if (pe->headers_size > pe->size)
        return PE_CUT_OFF;
    for (unsigned index = 0; index < pe->section_count; index++) {
        struct pe_section section = pe_section(pe, index);
        enum pe_status status = check_section(pe, &section, &free);

        if (status != PE_FINE)
            return status;
        if ((section.characteristics & PE_SECTION_EXECUTABLE) != 0 &&
            pe->entry >= section.address && pe->entry - section.address < section.size)
            has_entry = true;
    }
    return has_entry ? PE_FINE : PE_DAMAGED;
}

const char *pe_status_text(enum pe_status status)
{
    switch (status) {
    case PE_FINE:
        return "no error";
    case PE_CUT_OFF:
        return "it is cut off";
    case PE_NO_PE32P:
        return "it is not of the 64-bit PE format";
    case PE_DAMAGED:
        return "its headers contradict each other";
    case PE_NO_IMAGE:
    default:
        return "it is not an EFI program";
    }
}
