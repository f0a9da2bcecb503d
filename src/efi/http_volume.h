/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of a web server, for a loader that came by HTTP. */
#ifndef MUSTER_HTTP_VOLUME_H
#define MUSTER_HTTP_VOLUME_H

#include "efi/http.h"

struct http_server {
    struct http http;
    char *url;     /* of the loader itself, from the pool */
    size_t origin; /* bytes of it that all files have in common */
};

/*
 * The server's files; the volume refers to `server`. The size of a file is what the server says in
 * answer to HEAD; then it has to be read in one piece, and shows how much of it has come. A file
 * whose size is not told is fetched into memory when it is opened, if it has 64 MiB at most.
 */
struct volume http_volume(struct http_server *server);

#endif
