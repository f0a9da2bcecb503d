/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection to a web server, through the firmware's HTTP protocol. */
#ifndef MUSTER_HTTP_H
#define MUSTER_HTTP_H

#include "efi/firmware.h"
#include "efi/http_protocol.h"
#include "efi/patience.h"

struct http {
    struct firmware *firmware;
    EFI_SERVICE_BINDING *binding;
    bool is_ipv6;
    struct http_ipv4 ipv4; /* the machine's own address, as the firmware used it */
    struct http_ipv6 ipv6;
    EFI_HANDLE child; /* NULL without a connection */
    struct http_protocol *protocol;
    EFI_EVENT event;
    bool has_answered; /* the connection has brought an answer */
    bool is_silent;    /* patience has ended once: nothing more is asked */
    struct patience patience;
};

/* The head of a server's answer. */
struct http_answer {
    unsigned code;   /* enum http_code */
    uint64_t length; /* bytes of the body, if has_length */
    bool has_length;
    bool is_chunked;
    bool is_last;   /* the server closes the connection behind it */
    char *location; /* where else to look, from the pool, or NULL */
};

/*
 * Prepares connections over the network card of the device that `path` leads to, with the address
 * that `path` has. False if its firmware has no HTTP. UEFI 2.10 §10.3.4.12, §29.6.
 */
bool http_open(struct http *http, struct firmware *firmware, EFI_DEVICE_PATH *path);

/* Ends the connection. The next request makes a new one. */
void http_disconnect(struct http *http);

/*
 * Asks for `url` and takes the head of the answer, whose location the caller releases. A connection
 * that is there is used; if the server has ended it meanwhile, a new one. On an error there is no
 * connection. A server that was silent once is not waited for again. The time of http->patience has
 * to be begun before.
 */
enum platform_status http_ask(struct http *http, enum http_method method, const char *url,
                              struct http_answer *answer);

/* Receives up to *bytes bytes of the answer's body; *bytes is how many came, one at least. */
enum platform_status http_receive(struct http *http, void *buffer, size_t *bytes);

#endif
