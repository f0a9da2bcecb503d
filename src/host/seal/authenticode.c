/* SPDX-License-Identifier: BSD-2-Clause */
/* The digest of an EFI program that its signature covers, and that firmware measures. */
#include "host/seal/authenticode.h"

#include <stdlib.h>

#include "core/pe/pe.h"
#include "host/base/digest.h"

#define CHECKSUM_SIZE        4U
#define DIRECTORY_ENTRY_SIZE 8U

static int by_offset(const void *left, const void *right)
{
    const struct pe_section *one = left;
    const struct pe_section *other = right;

    return one->file_offset < other->file_offset ? -1 : one->file_offset > other->file_offset;
}

/* The headers without the checksum and the entry of the certificates' directory. */
static void add_headers(struct digest_state *state, const struct pe *pe)
{
    size_t checksum = pe->header + PE_OFFSET_CHECKSUM;
    size_t after = checksum + CHECKSUM_SIZE;
    size_t entry =
        pe->header + PE_OFFSET_DIRECTORIES + PE_DIRECTORY_CERTIFICATES * DIRECTORY_ENTRY_SIZE;

    host_digest.update(state, pe->data, checksum);
    if (pe->directory_count > PE_DIRECTORY_CERTIFICATES) {
        host_digest.update(state, pe->data + after, entry - after);
        after = entry + DIRECTORY_ENTRY_SIZE;
    }
    host_digest.update(state, pe->data + after, pe->headers_size - after);
}

/* The sections as they lie in the file; returns how many bytes have been added with the headers. */
static size_t add_sections(struct digest_state *state, const struct pe *pe)
{
    struct pe_section sections[PE_SECTIONS_MAX] = {0};
    size_t added = pe->headers_size;

    for (unsigned index = 0; index < pe->section_count; index++)
        sections[index] = pe_section(pe, index);
    qsort(sections, pe->section_count, sizeof(sections[0]), by_offset);
    for (unsigned index = 0; index < pe->section_count; index++) {
        host_digest.update(state, pe->data + sections[index].file_offset,
                           sections[index].file_size);
        added += sections[index].file_size;
    }
    return added;
}

bool authenticode(const void *data, size_t size, unsigned char digest[DIGEST_SIZE])
{
    struct digest_state state;
    struct pe pe;
    uint32_t offset;
    uint32_t certificates;
    size_t added;

    if (pe_read(&pe, data, size) != PE_FINE || pe_file_size(&pe) > size)
        return false;
    pe_directory(&pe, PE_DIRECTORY_CERTIFICATES, &offset, &certificates);
    host_digest.start(&state);
    add_headers(&state, &pe);
    added = add_sections(&state, &pe);
    if (size - certificates > added)
        host_digest.update(&state, pe.data + added, size - certificates - added);
    host_digest.finish(&state, digest);
    return true;
}
