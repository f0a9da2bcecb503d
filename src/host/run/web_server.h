/* SPDX-License-Identifier: BSD-2-Clause */
/* A web server on this machine's own address, which a QEMU machine reaches as its router. */
#ifndef MUSTER_WEB_SERVER_H
#define MUSTER_WEB_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

struct web_server {
    pid_t process; /* 0 when it does not run */
    unsigned port;
};

/* Serves a directory from when this returns. False after a message. */
bool web_server_start(struct web_server *server, const char *directory);

/* Ends it if it runs. */
void web_server_stop(struct web_server *server);

#endif
