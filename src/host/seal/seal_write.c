/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes a seal into the loader: its sections, as core/seal/seal.h describes them. */
#include "host/seal/seal_write.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/version.h"
#include "core/seal/seal.h"
#include "host/base/digest.h"
#include "host/base/output.h"
#include "host/machine/host_files.h"
#include "host/seal/pe_writer.h"

/*
 * The lines that shim wants of an image, and compares with those revoked (shim's SBAT.md): the
 * format's own line, and one of component, its generation, vendor, package, version and address.
 * The generation is raised when a mistake is corrected that let the seal be got round.
 */
#define SBAT                                                                                       \
    "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"                \
    "muster,1,Muster,muster," MUSTER_VERSION ",docs/security.md\n"

/* One of the sections of text. */
struct section {
    FILE *stream;
    char *text;
    size_t size;
};

static bool section_open(struct section *section)
{
    *section = (struct section){0};
    section->stream = open_memstream(&section->text, &section->size);
    return section->stream != NULL;
}

/* Adds the section to the image. Returns NULL, or what is wrong. */
static const char *section_add(struct section *section, struct pe_writer *writer, const char *name)
{
    bool is_whole = section->stream != NULL && fclose(section->stream) == 0;
    const char *problem =
        is_whole ? pe_writer_add(writer, name, section->text, section->size) : "out of memory";

    free(section->text);
    return problem;
}

static const char *add_configs(struct pe_writer *writer, const struct seal_list *list)
{
    struct section section;

    if (!section_open(&section))
        return "out of memory";
    for (size_t at = 0; at < list->count; at++) {
        const struct seal_entry *entry = &list->entries[at];

        if (entry->config == NULL)
            continue;
        fprintf(section.stream, "%" PRIu64 " %s\n", entry->size, entry->name);
        fwrite(entry->config, 1, (size_t)entry->size, section.stream);
        fputc('\n', section.stream);
    }
    return section_add(&section, writer, SEAL_CONFIG);
}

static uint64_t pages_of(uint64_t size)
{
    return (size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
}

static const char *add_digests(struct pe_writer *writer, const struct seal_list *list, bool embed)
{
    struct section section;
    uint64_t offset = 0;

    if (!section_open(&section))
        return "out of memory";
    for (size_t at = 0; at < list->count; at++) {
        const struct seal_entry *entry = &list->entries[at];
        char text[DIGEST_TEXT_SIZE];

        if (entry->config != NULL)
            continue;
        digest_to_text(entry->digest, text);
        fprintf(section.stream, "%s %" PRIu64 " ", text, entry->size);
        if (embed)
            fprintf(section.stream, "%" PRIu64 " ", offset);
        fprintf(section.stream, "%s\n", entry->name);
        offset += pages_of(entry->size);
    }
    return section_add(&section, writer, SEAL_DIGESTS);
}

/* Reads a file, which still has to be the one that was listed. */
static bool read_entry(const struct host_files *files, const struct seal_entry *entry, void *buffer)
{
    const struct host_memory memory = {0};
    unsigned char digest[DIGEST_SIZE];
    struct platform_file *file;
    uint64_t size;
    enum platform_status status = host_files_open(files, entry->name, &file, &size);

    if (status == PLATFORM_OK) {
        status = size == entry->size ? host_files_read(&memory, file, buffer, (size_t)size)
                                     : PLATFORM_ALTERED;
        host_files_close(file);
    }
    if (status == PLATFORM_OK) {
        digest_of(buffer, (size_t)size, digest);
        status = digest_equal(digest, entry->digest) ? PLATFORM_OK : PLATFORM_ALTERED;
    }
    if (status == PLATFORM_ALTERED)
        output_error("%s was changed while it was sealed", entry->name);
    else if (status != PLATFORM_OK)
        output_error("cannot read %s: %s", entry->name, platform_status_text(status));
    return status == PLATFORM_OK;
}

/* Fills the section for files; false after a message. */
static bool read_entries(const struct seal_list *list, const char *root, unsigned char *buffer)
{
    struct host_files files;
    bool is_done = host_files_start(&files, root);

    if (!is_done)
        output_error("cannot open the directory %s: %s", root, strerror(errno));
    for (size_t at = 0; at < list->count && is_done; at++) {
        const struct seal_entry *entry = &list->entries[at];

        if (entry->config != NULL)
            continue;
        is_done = read_entry(&files, entry, buffer);
        buffer += pages_of(entry->size);
    }
    host_files_end(&files);
    return is_done;
}

/* Adds the files themselves. False after a message, if *problem is then NULL. */
static bool add_files(struct pe_writer *writer, const struct seal_list *list, const char *root,
                      const char **problem)
{
    unsigned char *buffer;
    uint64_t size = 0;
    bool is_done;

    for (size_t at = 0; at < list->count; at++)
        size += list->entries[at].config == NULL ? pages_of(list->entries[at].size) : 0;
    buffer = size <= UINT32_MAX ? calloc(1, (size_t)size + 1) : NULL;
    if (buffer == NULL)
        *problem = size <= UINT32_MAX ? "out of memory" : "such a file has at most 4 GiB";
    is_done = buffer != NULL && read_entries(list, root, buffer);
    if (is_done)
        *problem = pe_writer_add(writer, SEAL_FILES, buffer, (size_t)size);
    free(buffer);
    return is_done && *problem == NULL;
}

static bool has_section(const struct file_content *loader, const char *name)
{
    struct pe pe;
    struct pe_section section;

    return pe_read(&pe, loader->data, loader->size) == PE_FINE && pe_find(&pe, name, &section);
}

/* Writes all sections. False after a message, if *problem is then NULL. */
static bool write_sections(struct pe_writer *writer, const struct file_content *loader,
                           const struct seal_list *list, const char *root, bool embed,
                           const char **problem)
{
    *problem = pe_writer_start(writer, loader->data, loader->size);
    if (*problem == NULL && has_section(loader, SEAL_CONFIG))
        *problem = "it is sealed already";
    if (*problem == NULL && !has_section(loader, ".sbat"))
        *problem = pe_writer_add(writer, ".sbat", SBAT, strlen(SBAT));
    if (*problem == NULL)
        *problem = add_configs(writer, list);
    if (*problem == NULL)
        *problem = add_digests(writer, list, embed);
    return *problem == NULL && (!embed || add_files(writer, list, root, problem));
}

bool seal_write(struct file_content *sealed, const char *path, const struct seal_list *list,
                const char *root, bool embed)
{
    struct file_content loader;
    struct pe_writer writer = {0};
    const char *problem = NULL;
    bool is_done = file_content_read(&loader, path);

    is_done = is_done && write_sections(&writer, &loader, list, root, embed, &problem);
    if (is_done)
        pe_writer_finish(&writer);
    else if (problem != NULL)
        output_error("%s cannot be sealed: %s", path, problem);
    *sealed = (struct file_content){writer.data, writer.size};
    file_content_release(&loader);
    return is_done;
}
