/* SPDX-License-Identifier: BSD-2-Clause */
/* Images in the PE32+ format of EFI programs: headers and sections, read as hostile input. */
#ifndef MUSTER_PE_H
#define MUSTER_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PE_MACHINE_ARM64 0xaa64U
#define PE_SUBSYSTEM_EFI 10U /* an EFI application (Microsoft PE format, "Windows subsystem") */

#define PE_SECTIONS_MAX     96U /* the format's limit */
#define PE_SECTION_NAME_MAX 8U  /* characters; a name of eight has no NUL behind it */

/* Offsets of fields that a writer changes; bytes from the PE signature, or from the section's
 * header. */
enum pe_offset {
    PE_OFFSET_SECTION_COUNT = 6,
    PE_OFFSET_OPTIONAL_SIZE = 20,
    PE_OFFSET_OPTIONAL = 24,
    PE_OFFSET_DATA_SIZE = PE_OFFSET_OPTIONAL + 8,
    PE_OFFSET_ENTRY = PE_OFFSET_OPTIONAL + 16,
    PE_OFFSET_IMAGE_BASE = PE_OFFSET_OPTIONAL + 24,
    PE_OFFSET_SECTION_ALIGNMENT = PE_OFFSET_OPTIONAL + 32,
    PE_OFFSET_FILE_ALIGNMENT = PE_OFFSET_OPTIONAL + 36,
    PE_OFFSET_IMAGE_SIZE = PE_OFFSET_OPTIONAL + 56,
    PE_OFFSET_HEADERS_SIZE = PE_OFFSET_OPTIONAL + 60,
    PE_OFFSET_CHECKSUM = PE_OFFSET_OPTIONAL + 64,
    PE_OFFSET_SUBSYSTEM = PE_OFFSET_OPTIONAL + 68,
    PE_OFFSET_CHARACTERISTICS = PE_OFFSET_OPTIONAL + 70,
    PE_OFFSET_DIRECTORY_COUNT = PE_OFFSET_OPTIONAL + 108,
    PE_OFFSET_DIRECTORIES = PE_OFFSET_OPTIONAL + 112,

    PE_SECTION_HEADER_SIZE = 40,
    PE_SECTION_OFFSET_VIRTUAL_SIZE = 8,
    PE_SECTION_OFFSET_ADDRESS = 12,
    PE_SECTION_OFFSET_FILE_SIZE = 16,
    PE_SECTION_OFFSET_FILE_OFFSET = 20,
    PE_SECTION_OFFSET_CHARACTERISTICS = 36,
};

/* Bits of a section's characteristics. */
#define PE_SECTION_CODE       0x00000020U
#define PE_SECTION_DATA       0x00000040U
#define PE_SECTION_EXECUTABLE 0x20000000U
#define PE_SECTION_READABLE   0x40000000U
#define PE_SECTION_WRITABLE   0x80000000U

/* The data directories that are of use here. */
enum pe_directory { PE_DIRECTORY_CERTIFICATES = 4, PE_DIRECTORY_RELOCATIONS = 5 };

/* Why an image cannot be used. */
enum pe_status {
    PE_FINE,
    PE_NO_IMAGE, /* nothing of a PE image */
    PE_CUT_OFF,  /* what its headers name ends behind the bytes that there are */
    PE_NO_PE32P, /* a PE image, but not of the 64-bit format */
    PE_DAMAGED,  /* its headers contradict each other */
};

/* An image whose headers were read: they lie in the buffer, which has to outlive it. */
struct pe {
    const unsigned char *data;
    size_t size;              /* bytes of the buffer */
    size_t header;            /* offset of the PE signature */
    size_t sections;          /* offset of the table of sections */
    unsigned section_count;   /* at most PE_SECTIONS_MAX */
    unsigned directory_count; /* data directories that the header has room for */
    uint16_t machine;
    uint16_t subsystem;
    uint16_t characteristics;   /* of the DLL: no-execute compatible, … */
    uint32_t entry;             /* address within the image; 0 if there is none */
    uint64_t image_base;        /* the address that it would like to have */
    uint32_t section_alignment; /* bytes, a power of two */
    uint32_t file_alignment;    /* bytes, a power of two, at most section_alignment */
    uint32_t image_size;        /* bytes when it is mapped */
    uint32_t headers_size;      /* bytes at the start of file and mapped image */
};

struct pe_section {
    char name[PE_SECTION_NAME_MAX + 1];
    uint32_t address;         /* within the mapped image */
    uint32_t size;            /* bytes there; behind the file's they are zero */
    uint32_t file_offset;     /* in the file */
    uint32_t file_size;       /* bytes there, which may be padded beyond `size` */
    uint32_t characteristics; /* PE_SECTION_… */
};

/*
 * Reads the headers of an image of `size` bytes: of a file, or of an image as firmware has mapped
 * it, whose headers are the same. Source: Microsoft PE format, "COFF File Header", "Optional
 * Header". With anything but PE_FINE *pe is not to be used.
 */
enum pe_status pe_read(struct pe *pe, const void *data, size_t size);

/* True if the bytes begin as a PE image does, whatever is wrong behind that. */
bool pe_is_image(const void *data, size_t size);

/* The fields of a section; `index` is below pe->section_count. Nothing in them is checked. */
struct pe_section pe_section(const struct pe *pe, unsigned index);

/* The first section of that name. False if there is none. */
bool pe_find(const struct pe *pe, const char *name, struct pe_section *section);

/* A data directory: `address` is one in the image, in the file for certificates. Zero if absent. */
void pe_directory(const struct pe *pe, enum pe_directory index, uint32_t *address, uint32_t *size);

/*
 * The bytes that the file has to have by its headers: the end of its headers, sections and
 * certificates.
 */
uint64_t pe_file_size(const struct pe *pe);

/*
 * The content of a section in the file, without padding; NULL if it does not lie in the buffer. A
 * section whose content in the file is shorter than in memory gives what the file has.
 */
const void *pe_file_content(const struct pe *pe, const struct pe_section *section, size_t *size);

/*
 * The content of a section in an image that is mapped at pe->data, `size` bytes of it; NULL if it
 * does not lie in the buffer.
 */
const void *pe_mapped_content(const struct pe *pe, const struct pe_section *section, size_t *size);

/*
 * Checks what a loader of the file relies on: the sections that have a size are in the file, follow
 * each other without overlapping, behind the headers and within the image's size; the entry point
 * is in one that is executable. Xen's only section starts right behind its headers, so that the
 * section alignment is not asked for.
 */
enum pe_status pe_check(const struct pe *pe);

/* The sentence part for a status, such as "it is cut off"; static. */
const char *pe_status_text(enum pe_status status);

#endif
