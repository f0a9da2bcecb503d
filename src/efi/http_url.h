/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses of files on a web server: RFC 3986, as far as servers of files need it. */
#ifndef MUSTER_HTTP_URL_H
#define MUSTER_HTTP_URL_H

#include "efi/firmware.h"

#define HTTP_URL_MAX 4096U /* bytes of an address, with its end */

/*
 * The bytes of scheme and authority, "http://host:port", at the start of `url`; 0 if `url` is no
 * address of HTTP or HTTPS that the firmware could ask for: of visible ASCII, and with a path.
 */
size_t http_url_origin(const char *url);

/*
 * The name of the file that an address with an origin is that of, absolute, from the pool; NULL
 * without memory.
 */
char *http_url_name(struct firmware *firmware, const char *url);

/*
 * The address of the file `name` at the origin of `length` bytes, from the pool; NULL without
 * memory.
 */
char *http_url_of(struct firmware *firmware, const char *origin, size_t length, const char *name);

/*
 * The address that `location` means in an answer from `base` (RFC 9110 §10.2.2), from the pool.
 * NULL without memory, and if it is none, or leads from HTTPS to HTTP.
 */
char *http_url_join(struct firmware *firmware, const char *base, const char *location);

#endif
