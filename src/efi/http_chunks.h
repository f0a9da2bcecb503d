/* SPDX-License-Identifier: BSD-2-Clause */
/* The chunked coding of HTTP, which firmware leaves to the application: RFC 9112 §7.1. */
#ifndef MUSTER_HTTP_CHUNKS_H
#define MUSTER_HTTP_CHUNKS_H

#include "core/base/platform.h"

enum chunk_state {
    CHUNK_SIZE,      /* digits of a size */
    CHUNK_EXTENSION, /* the rest of its line */
    CHUNK_DATA,
    CHUNK_DATA_END, /* the line end behind data */
    CHUNK_TRAILER,  /* lines behind the last chunk, up to an empty one */
    CHUNKS_DONE,
};

struct chunks {
    enum chunk_state state;
    uint64_t left;     /* bytes of the chunk that are still to come */
    unsigned digits;   /* of its size */
    unsigned line;     /* characters of the line, but for its end */
    unsigned overhead; /* bytes of the chunk's extensions, or of trailers */
};

/*
 * Takes `length` bytes of the coded body and leaves the file's bytes at their start: *kept of them.
 * PLATFORM_BAD_ANSWER if they are no such coding, or something follows its end. chunks->state tells
 * when it has ended. A zeroed structure begins.
 */
enum platform_status chunks_decode(struct chunks *chunks, char *bytes, size_t length, size_t *kept);

#endif
