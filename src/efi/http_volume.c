/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of a web server, for a loader that came by HTTP. */
#include "efi/http_volume.h"

#include <string.h>

#include "core/base/file.h"
#include "efi/console.h"
#include "efi/http_chunks.h"
#include "efi/http_url.h"
#include "efi/memory.h"

#define REDIRECTS_MAX 5U
#define FETCH_MAX     (64U * 1024U * 1024U) /* bytes of a file whose size is not told */
#define FETCH_FIRST   (64U * 1024U)
#define PIECE         (256U * 1024U) /* bytes that are received at once */

struct http_file {
    char *url;
    const char *name; /* the last part of the address, for progress */
    uint64_t size;
    char *content; /* if it was fetched already, else NULL */
    size_t room;   /* bytes of it */
};

/* A body on its way: into memory of the caller, or into memory that grows. */
struct body {
    struct http_server *server;
    const struct http_file *file;
    char *memory;
    uint64_t room;
    uint64_t done;
    bool grows;
};

static struct http_file *file_of(struct platform_file *file)
{
    return (struct http_file *)(void *)file;
}

static void release_text(struct firmware *firmware, char *text)
{
    if (text != NULL)
        memory_release(firmware, text, strlen(text) + 1);
}

static bool is_redirect(unsigned code)
{
    return code == HTTP_MOVED_PERMANENTLY || code == HTTP_FOUND || code == HTTP_SEE_OTHER ||
           code == HTTP_TEMPORARY_REDIRECT || code == HTTP_PERMANENT_REDIRECT;
}

static enum platform_status code_status(unsigned code)
{
    switch (code) {
    case HTTP_OK:
        return PLATFORM_OK;
    case HTTP_NOT_FOUND:
    case HTTP_GONE:
        return PLATFORM_NOT_FOUND;
    case HTTP_UNAUTHORIZED:
    case HTTP_FORBIDDEN:
    case HTTP_PROXY_AUTHENTICATION:
        return PLATFORM_DENIED;
    default:
        break;
    }
    return code >= HTTP_BAD_REQUEST && code <= HTTP_VERSION_NOT_SUPPORTED ? PLATFORM_SERVER_ERROR
                                                                          : PLATFORM_BAD_ANSWER;
}

/* Goes to where the answer points; *url is released, and is another one then, or stays. */
static enum platform_status go_on(struct firmware *firmware, char **url, char *location)
{
    char *next = location != NULL ? http_url_join(firmware, *url, location) : NULL;

    release_text(firmware, location);
    if (next == NULL)
        return PLATFORM_BAD_ANSWER;
    release_text(firmware, *url);
    *url = next;
    return PLATFORM_OK;
}

/*
 * Asks until there is an answer that is not a redirection. On success the body, if any, comes next;
 * *url is where it comes from.
 */
static enum platform_status ask(struct http_server *server, enum http_method method, char **url,
                                struct http_answer *answer)
{
    struct firmware *firmware = server->http.firmware;

    for (unsigned count = 0; count <= REDIRECTS_MAX; count++) {
        enum platform_status status = http_ask(&server->http, method, *url, answer);

        if (status != PLATFORM_OK)
            return status;
        if (!is_redirect(answer->code)) {
            release_text(firmware, answer->location);
            return PLATFORM_OK;
        }
        /* A redirection has a body, too, which nobody wants. */
        if (method != HTTP_HEAD || answer->is_last)
            http_disconnect(&server->http);
        status = go_on(firmware, url, answer->location);
        if (status != PLATFORM_OK)
            return status;
    }
    return PLATFORM_BAD_ANSWER;
}

/* Makes room for one byte more. */
static enum platform_status grow(struct body *body)
{
    struct firmware *firmware = body->server->http.firmware;
    uint64_t room = body->room != 0 ? 2 * body->room : FETCH_FIRST;
    char *memory;

    if (room > FETCH_MAX)
        return PLATFORM_TOO_LARGE;
    memory = memory_allocate(firmware, (size_t)room);
    if (memory == NULL)
        return PLATFORM_NO_MEMORY;
    if (body->room != 0) {
        memcpy(memory, body->memory, (size_t)body->done);
        memory_release(firmware, body->memory, (size_t)body->room);
    }
    body->memory = memory;
    body->room = room;
    return PLATFORM_OK;
}

static void show(const struct body *body)
{
    if (body->done < body->room && !body->grows)
        console_progress(body->server->http.firmware, body->file->name, body->done, body->room);
}

/* Receives a body of a known length, which fits. */
static enum platform_status receive_plain(struct body *body, uint64_t length)
{
    enum platform_status status = PLATFORM_OK;

    while (body->done < length && status == PLATFORM_OK) {
        uint64_t left = length - body->done;
        size_t count = left < PIECE ? (size_t)left : PIECE;

        status = http_receive(&body->server->http, body->memory + body->done, &count);
        if (status == PLATFORM_OK)
            body->done += count;
        show(body);
    }
    return status;
}

static enum platform_status store(struct body *body, const char *bytes, size_t count)
{
    if (count == 0)
        return PLATFORM_OK; /* there may be no memory yet */
    while (count > body->room - body->done) {
        enum platform_status status = body->grows ? grow(body) : PLATFORM_BAD_ANSWER;

        if (status != PLATFORM_OK)
            return status;
    }
    memcpy(body->memory + body->done, bytes, count);
    body->done += count;
    return PLATFORM_OK;
}

static enum platform_status receive_chunks(struct body *body)
{
    struct firmware *firmware = body->server->http.firmware;
    struct chunks chunks = {0};
    char *piece = memory_allocate(firmware, PIECE);
    enum platform_status status = piece != NULL ? PLATFORM_OK : PLATFORM_NO_MEMORY;

    while (status == PLATFORM_OK && chunks.state != CHUNKS_DONE) {
        size_t count = PIECE;
        size_t kept = 0;

        status = http_receive(&body->server->http, piece, &count);
        if (status == PLATFORM_OK)
            status = chunks_decode(&chunks, piece, count, &kept);
        if (status == PLATFORM_OK)
            status = store(body, piece, kept);
        show(body);
    }
    if (piece != NULL)
        memory_release(firmware, piece, PIECE);
    return status;
}

/* Prepares for a body of a length that is known, if it is the right one. */
static enum platform_status prepare(struct body *body, const struct http_answer *answer)
{
    if (!body->grows && answer->length < body->room)
        return PLATFORM_SHORT_READ;
    if (!body->grows)
        return answer->length == body->room ? PLATFORM_OK : PLATFORM_BAD_ANSWER;
    if (answer->length > FETCH_MAX)
        return PLATFORM_TOO_LARGE;
    body->memory = memory_allocate(body->server->http.firmware, (size_t)answer->length + 1);
    body->room = answer->length + 1;
    return body->memory != NULL ? PLATFORM_OK : PLATFORM_NO_MEMORY;
}

static enum platform_status receive_body(struct body *body, const struct http_answer *answer)
{
    enum platform_status status = code_status(answer->code);

    if (status != PLATFORM_OK)
        return status;
    if (answer->is_chunked)
        return receive_chunks(body);
    if (!answer->has_length)
        return PLATFORM_BAD_ANSWER;
    status = prepare(body, answer);
    return status == PLATFORM_OK ? receive_plain(body, answer->length) : status;
}

/* Fetches a file. Only a connection whose body was received to its end can be used again. */
static enum platform_status fetch(struct body *body, char **url)
{
    struct http_server *server = body->server;
    struct http_answer answer;
    enum platform_status status;

    patience_begin(&server->http.patience, body->grows ? FETCH_MAX : body->room);
    status = ask(server, HTTP_GET, url, &answer);
    if (status == PLATFORM_OK)
        status = receive_body(body, &answer);
    if (status != PLATFORM_OK || answer.is_last)
        http_disconnect(&server->http);
    return status;
}

/* Fetches a file whose size the server does not tell otherwise. */
static enum platform_status fetch_unknown(struct http_server *server, struct http_file *file)
{
    struct body body = {.server = server, .file = file, .grows = true};
    enum platform_status status = fetch(&body, &file->url);

    file->content = body.memory;
    file->room = (size_t)body.room;
    file->size = status == PLATFORM_TOO_LARGE ? FETCH_MAX : body.done;
    return status;
}

static enum platform_status inspect(struct http_server *server, struct http_file *file)
{
    struct http_answer answer;
    enum platform_status status;

    patience_begin(&server->http.patience, 0);
    status = ask(server, HTTP_HEAD, &file->url, &answer);
    if (status != PLATFORM_OK) {
        http_disconnect(&server->http);
        return status;
    }
    if (answer.is_last)
        http_disconnect(&server->http);
    status = code_status(answer.code);
    if (answer.code == HTTP_METHOD_NOT_ALLOWED || answer.code == HTTP_NOT_IMPLEMENTED ||
        (status == PLATFORM_OK && !answer.has_length)) {
        /* Some servers send a body behind such an answer. */
        http_disconnect(&server->http);
        return fetch_unknown(server, file);
    }
    file->size = answer.length;
    return status;
}

static void release_file(struct firmware *firmware, struct http_file *file)
{
    release_text(firmware, file->url);
    if (file->content != NULL)
        memory_release(firmware, file->content, file->room);
    memory_release(firmware, file, sizeof(*file));
}

static enum platform_status open_file(void *context, const char *name,
                                      struct platform_file **opened, uint64_t *size)
{
    struct http_server *server = context;
    struct firmware *firmware = server->http.firmware;
    struct http_file *file = memory_allocate(firmware, sizeof(*file));
    enum platform_status status = PLATFORM_NO_MEMORY;

    if (file == NULL)
        return PLATFORM_NO_MEMORY;
    *file = (struct http_file){.url = http_url_of(firmware, server->url, server->origin, name)};
    if (file->url != NULL)
        status = http_url_origin(file->url) != 0 ? inspect(server, file) : PLATFORM_NOT_FOUND;
    *size = file->size;
    if (status != PLATFORM_OK) {
        release_file(firmware, file);
        return status;
    }
    file->name = file_base_name(file->url);
    *opened = (struct platform_file *)(void *)file;
    return PLATFORM_OK;
}

static enum platform_status read_file(void *context, struct platform_file *opened, void *buffer,
                                      size_t bytes)
{
    struct http_server *server = context;
    struct http_file *file = file_of(opened);
    struct body body = {.server = server, .file = file, .memory = buffer, .room = bytes};
    enum platform_status status;

    if (bytes == 0)
        return PLATFORM_OK;
    if (bytes != file->size)
        return PLATFORM_UNSUPPORTED;
    if (file->content != NULL) {
        memcpy(buffer, file->content, bytes);
        return PLATFORM_OK;
    }
    status = fetch(&body, &file->url);
    /* The address may be another one now. */
    file->name = file_base_name(file->url);
    return status == PLATFORM_OK && body.done != bytes ? PLATFORM_SHORT_READ : status;
}

static void close_file(void *context, struct platform_file *opened)
{
    const struct http_server *server = context;

    release_file(server->http.firmware, file_of(opened));
}

struct volume http_volume(struct http_server *server)
{
    return (struct volume){
        .context = server,
        .open = open_file,
        .read = read_file,
        .close = close_file,
    };
}
