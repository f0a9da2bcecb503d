/* SPDX-License-Identifier: BSD-2-Clause */
/* Files: how the names that people write become names for the platform, and reading one whole. */
#ifndef MUSTER_FILE_H
#define MUSTER_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/workspace.h"

#define FILE_NAME_MAX 511U /* characters of a name, with the way to it */

/*
 * Resolves `name` against `directory` (absolute): both slashes separate, a leading one means the
 * root of the partition, "." and ".." are worked out. Returns the absolute name in the arena, or
 * NULL with *status PLATFORM_DENIED when it leaves the partition, PLATFORM_IS_DIRECTORY when it
 * names the root, PLATFORM_NOT_FOUND when it is longer than FILE_NAME_MAX, PLATFORM_NO_MEMORY.
 */
const char *file_resolve(struct arena *arena, const char *directory, const char *name,
                         enum platform_status *status);

/* The directory part of an absolute name, "/" at least, in the arena; NULL without memory. */
const char *file_directory(struct arena *arena, const char *name);

/* The part of a name after its last slash of either kind. */
const char *file_base_name(const char *name);

/* The characters of a name without its end ".efi", in upper or lower case, if there is one. */
size_t file_stem_length(const char *name);

/*
 * Opens the file that `name` means. On success the caller closes *file. Also gives the resolved
 * name, which may be NULL on failure.
 */
enum platform_status file_open(const struct workspace *workspace, const char *name,
                               const char **resolved, struct platform_file **file, uint64_t *size);

/* Which allocator to use: arena_allocate or arena_bulk. */
typedef void *file_allocate(struct arena *arena, size_t bytes);

#define FILE_PIECE (8U * 1024U * 1024U) /* bytes that are read at once where nothing tells */

/*
 * Reads `size` bytes of an open file to `buffer`, in pieces of `*piece` bytes, which becomes what
 * takes a moment at the speed of what was read. Shows the progress under the file's name unless
 * that is NULL.
 */
enum platform_status file_fill(const struct platform *platform, struct platform_file *file,
                               const char *name, void *buffer, uint64_t size, uint64_t *piece);

/*
 * Reads a file of at most `limit` bytes into the arena, with a NUL behind it. Returns the status;
 * a file over the limit gives PLATFORM_TOO_LARGE and leaves its size in *size.
 */
enum platform_status file_read(const struct workspace *workspace, const char *name, size_t limit,
                               file_allocate *allocate, char **content, uint64_t *size);

/*
 * The hint for a file that is not there: "did you mean X?" with the nearest name in its directory,
 * or NULL when none is near or the platform cannot tell.
 */
const char *file_suggest(const struct workspace *workspace, const char *name);

/* The hint for a file that a seal refuses; NULL for any other status. Static. */
const char *file_seal_hint(enum platform_status status);

/*
 * Reports as an error that a file cannot be used: "cannot WHAT FILE: REASON". The nearest name is
 * the hint where the file does not exist, else one that fits the status.
 */
void file_diagnose(const struct workspace *workspace, const struct location *where,
                   const char *what, const char *name, enum platform_status status);

#endif
