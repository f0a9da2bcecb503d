/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of what install wrote on a partition: nothing else is ever changed or removed. */
#include "host/install/manifest.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "host/base/output.h"
#include "host/install/durable.h"

#define HEADING     "# What muster install wrote here: SHA-256 and file. muster remove takes it away.\n"
#define NO_DIGEST   "-"  /* the content changes */
#define SEPARATOR   "  " /* as sha256sum has it */
#define DIGEST_TEXT (DIGEST_TEXT_SIZE - 1)

static struct manifest_entry *find(const struct manifest *manifest, const char *name)
{
    for (size_t at = 0; at < manifest->count; at++)
        if (text_equal_nocase(manifest->entries[at].name, name))
            return &manifest->entries[at];
    return NULL;
}

const struct manifest_entry *manifest_find(const struct manifest *manifest, const char *name)
{
    return find(manifest, name);
}

static struct manifest_entry *append(struct manifest *manifest, const char *name)
{
    struct manifest_entry *entries =
        reallocarray(manifest->entries, manifest->count + 1, sizeof(*entries));
    char *copy = strdup(name);

    if (entries != NULL)
        manifest->entries = entries;
    if (entries == NULL || copy == NULL) {
        output_error("out of memory");
        free(copy);
        return NULL;
    }
    entries[manifest->count] = (struct manifest_entry){.name = copy};
    return &entries[manifest->count++];
}

bool manifest_has(const struct manifest *manifest, const char *name,
                  const unsigned char digest[DIGEST_SIZE])
{
    const struct manifest_entry *entry = find(manifest, name);

    for (unsigned at = 0; entry != NULL && at < entry->digest_count; at++)
        if (digest_equal(entry->digests[at], digest))
            return true;
    return false;
}

bool manifest_add(struct manifest *manifest, const char *name, const unsigned char *digest,
                  const unsigned char *former)
{
    const unsigned char *const digests[MANIFEST_DIGESTS] = {digest, former};
    struct manifest_entry *entry = find(manifest, name);

    if (entry == NULL)
        entry = append(manifest, name);
    if (entry == NULL)
        return false;
    entry->digest_count = 0;
    while (entry->digest_count < MANIFEST_DIGESTS && digests[entry->digest_count] != NULL) {
        memcpy(entry->digests[entry->digest_count], digests[entry->digest_count], DIGEST_SIZE);
        entry->digest_count++;
    }
    return true;
}

void manifest_drop(struct manifest *manifest, const char *name)
{
    struct manifest_entry *entry = find(manifest, name);

    if (entry == NULL)
        return;
    free(entry->name);
    *entry = manifest->entries[--manifest->count];
}

/* Takes one line, DIGEST[,DIGEST]  NAME; what is no entry is left out. */
static bool read_line(struct manifest *manifest, const char *line)
{
    const char *separator = strstr(line, SEPARATOR);
    const char *name = separator != NULL ? separator + strlen(SEPARATOR) : "";
    unsigned char digests[MANIFEST_DIGESTS][DIGEST_SIZE];
    unsigned count = 0;

    if (name[0] != '/' || strstr(name, "/../") != NULL)
        return true;
    while (count < MANIFEST_DIGESTS && separator - line >= (ptrdiff_t)DIGEST_TEXT &&
           digest_from_text(line, DIGEST_TEXT, digests[count])) {
        count++;
        line += DIGEST_TEXT + (line[DIGEST_TEXT] == ',');
    }
    if (count == 0 && !text_starts(line, NO_DIGEST SEPARATOR))
        return true;
    return manifest_add(manifest, name, count > 0 ? digests[0] : NULL,
                        count > 1 ? digests[1] : NULL);
}

/* False after a message. */
static bool read_lines(struct manifest *manifest, FILE *stream)
{
    char *line = NULL;
    size_t size = 0;
    bool is_good = true;

    while (is_good && getline(&line, &size, stream) > 0) {
        line[strcspn(line, "\n")] = '\0';
        is_good = read_line(manifest, line);
    }
    free(line);
    return is_good;
}

bool manifest_read(struct manifest *manifest, const char *path)
{
    FILE *stream = fopen(path, "re");
    bool is_good = stream != NULL || errno == ENOENT;

    if (!is_good)
        output_error("cannot read %s: %s", path, strerror(errno));
    manifest->path = strdup(path);
    if (stream != NULL) {
        is_good = read_lines(manifest, stream);
        fclose(stream);
    }
    return is_good && manifest->path != NULL;
}

static int compare(const void *left, const void *right)
{
    return strcmp(((const struct manifest_entry *)left)->name,
                  ((const struct manifest_entry *)right)->name);
}

bool manifest_write(const struct manifest *manifest)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    char digest[DIGEST_TEXT_SIZE];
    bool is_done = false;

    if (stream == NULL)
        return false;
    fputs(HEADING, stream);
    qsort(manifest->entries, manifest->count, sizeof(*manifest->entries), compare);
    for (size_t at = 0; at < manifest->count; at++) {
        const struct manifest_entry *entry = &manifest->entries[at];

        for (unsigned copy = 0; copy < entry->digest_count; copy++) {
            digest_to_text(entry->digests[copy], digest);
            fprintf(stream, "%s%s", copy != 0 ? "," : "", digest);
        }
        fprintf(stream, "%s" SEPARATOR "%s\n", entry->digest_count == 0 ? NO_DIGEST : "",
                entry->name);
    }
    if (fclose(stream) == 0)
        is_done = durable_write(manifest->path, text, size);
    free(text);
    return is_done;
}

void manifest_release(struct manifest *manifest)
{
    for (size_t at = 0; at < manifest->count; at++)
        free(manifest->entries[at].name);
    free(manifest->entries);
    free(manifest->path);
    *manifest = (struct manifest){0};
}
