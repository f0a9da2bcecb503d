/* SPDX-License-Identifier: BSD-2-Clause */
/* Shows what a seal covers, and compares a directory with it. */
#include "host/seal/seal_show.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/digest.h"
#include "host/base/output.h"
#include "host/base/table.h"
#include "host/machine/host_files.h"

static void add_size(struct table *table, uint64_t size)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRIu64, size);
    table_add(table, text);
}

static void add_row(struct table *table, const struct sealed_file *file)
{
    unsigned char digest[DIGEST_SIZE];
    char text[DIGEST_TEXT_SIZE];

    memcpy(digest, file->digest, sizeof(digest));
    if (file->is_config)
        digest_of(file->content, (size_t)file->size, digest);
    digest_to_text(digest, text);
    table_add(table, text);
    add_size(table, file->size);
    table_add(table, file->is_config         ? "configuration"
                     : file->content != NULL ? "in the loader"
                                             : "in the partition");
    table_add(table, file->name);
}

static void print_count(FILE *stream, size_t count, const char *what, const char *end)
{
    fprintf(stream, "%zu %s%s%s", count, what, count != 1 ? "s" : "", end);
}

void seal_show(FILE *stream, const struct seal *seal)
{
    struct table table = {.columns = 4};
    uint64_t bytes = 0;

    table_add(&table, "SHA-256");
    table_add(&table, "bytes");
    table_add(&table, "where");
    table_add(&table, "file");
    for (size_t at = 0; at < seal->config_count; at++)
        add_row(&table, &seal->configs[at]);
    for (size_t at = 0; at < seal->file_count; at++) {
        add_row(&table, &seal->files[at]);
        bytes += seal->files[at].size;
    }
    table_print(&table, stream);
    print_count(stream, seal->config_count, "configuration", " and ");
    print_count(stream, seal->file_count, "file", "");
    fprintf(stream, " of %" PRIu64 " bytes are sealed\n", bytes);
}

/* Opens a file and reads it into *content, of `size` bytes, which the caller frees. */
static enum platform_status read_file(const struct host_files *files,
                                      const struct sealed_file *sealed, void **content)
{
    const struct host_memory memory = {0};
    struct platform_file *file;
    uint64_t size;
    enum platform_status status = host_files_open(files, sealed->name, &file, &size);

    *content = NULL;
    if (status != PLATFORM_OK)
        return status;
    if (size != sealed->size)
        status = PLATFORM_ALTERED;
    else
        *content = malloc(size != 0 ? (size_t)size : 1);
    if (*content != NULL)
        status = host_files_read(&memory, file, *content, (size_t)size);
    else if (status == PLATFORM_OK)
        status = PLATFORM_NO_MEMORY;
    host_files_close(file);
    return status;
}

/* PLATFORM_OK if a file is as it was sealed, and has to be there. */
static enum platform_status compare(const struct host_files *files,
                                    const struct sealed_file *sealed)
{
    unsigned char digest[DIGEST_SIZE];
    void *content;
    enum platform_status status = read_file(files, sealed, &content);
    bool is_same;

    if (status == PLATFORM_OK) {
        digest_of(content, (size_t)sealed->size, digest);
        is_same = sealed->is_config ? memcmp(content, sealed->content, (size_t)sealed->size) == 0
                                    : digest_equal(digest, sealed->digest);
        status = is_same ? PLATFORM_OK : PLATFORM_ALTERED;
    }
    free(content);
    return status;
}

/* Adds a file with the result for it. True if that is good. */
static bool add_result(struct table *table, const struct host_files *files,
                       const struct sealed_file *sealed)
{
    enum platform_status status = PLATFORM_OK;
    bool is_inside = sealed->content != NULL && !sealed->is_config;
    const char *text = "in the loader";

    if (!is_inside) {
        status = compare(files, sealed);
        text = status == PLATFORM_OK ? "as sealed" : platform_status_text(status);
    }
    if (status == PLATFORM_NOT_FOUND && sealed->is_config) {
        text = "not there, and not needed";
        status = PLATFORM_OK;
    } else if (status == PLATFORM_ALTERED && sealed->is_config) {
        text = "another one, but the sealed one boots";
    }
    table_add(table, sealed->name);
    table_add(table, text);
    return status == PLATFORM_OK;
}

bool seal_compare(FILE *stream, const struct seal *seal, const char *root)
{
    struct table table = {.columns = 2};
    struct host_files files = {.root = -1};
    char *path = realpath(root, NULL);
    bool is_open = path != NULL && host_files_start(&files, path);
    size_t wrong = 0;

    if (!is_open)
        output_error("cannot open the directory %s: %s", root, strerror(errno));
    free(path);
    if (!is_open) {
        host_files_end(&files);
        return false;
    }
    table_add(&table, "file");
    table_add(&table, "is");
    for (size_t at = 0; at < seal->config_count; at++)
        wrong += !add_result(&table, &files, &seal->configs[at]);
    for (size_t at = 0; at < seal->file_count; at++)
        wrong += !add_result(&table, &files, &seal->files[at]);
    host_files_end(&files);
    table_print(&table, stream);
    if (wrong != 0)
        print_count(stream, wrong, "difference", "\n");
    else
        fprintf(stream, "the directory is what was sealed\n");
    return wrong == 0;
}
