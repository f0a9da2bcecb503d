/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection to a web server, through the firmware's HTTP protocol. */
#include "efi/http.h"

#include <string.h>

#include "core/base/text.h"
#include "efi/device_path.h"
#include "efi/http_url.h"
#include "efi/memory.h"
#include "efi/watchdog.h"

#define TIMEOUT     20000U /* milliseconds of the firmware's own patience */
#define HEADERS     3U     /* of a request */
#define LENGTH_MAX  18U    /* digits of a length that fits into 64 bits */
#define HEADERS_MAX 1000U  /* of an answer */

/* A failed call's status for core. */
static enum platform_status server_status(EFI_STATUS status)
{
    switch (status) {
    case EFI_SUCCESS:
        return PLATFORM_OK;
    case EFI_OUT_OF_RESOURCES:
        return PLATFORM_NO_MEMORY;
    case EFI_PROTOCOL_ERROR:
        return PLATFORM_BAD_ANSWER;
    default:
        return PLATFORM_NO_ANSWER;
    }
}

bool http_open(struct http *http, struct firmware *firmware, EFI_DEVICE_PATH *path)
{
    EFI_GUID guid = HTTP_SERVICE_BINDING_GUID;
    EFI_DEVICE_PATH *rest = path;
    EFI_HANDLE card = NULL;

    *http = (struct http){.firmware = firmware, .ipv4.use_default_address = TRUE};
    device_path_addresses(path, &http->ipv4, &http->ipv6, &http->is_ipv6);
    return !EFI_ERROR(firmware->boot->LocateDevicePath(&guid, &rest, &card)) &&
           !EFI_ERROR(firmware->boot->HandleProtocol(card, &guid, (void **)&http->binding)) &&
           http->binding != NULL;
}

void http_disconnect(struct http *http)
{
    if (http->event != NULL)
        http->firmware->boot->CloseEvent(http->event);
    if (http->child != NULL)
        http->binding->DestroyChild(http->binding, http->child);
    http->event = NULL;
    http->child = NULL;
    http->has_answered = false;
}

static EFI_STATUS connect(struct http *http)
{
    EFI_GUID guid = HTTP_PROTOCOL_GUID;
    struct http_config config = {
        .version = HTTP_VERSION_11,
        .timeout = TIMEOUT,
        .is_ipv6 = http->is_ipv6,
        .access_point = {&http->ipv4},
    };
    const EFI_BOOT_SERVICES *boot = http->firmware->boot;
    EFI_STATUS status = http->binding->CreateChild(http->binding, &http->child);

    if (EFI_ERROR(status)) {
        http->child = NULL;
        return status;
    }
    if (http->is_ipv6)
        config.access_point.ipv6 = &http->ipv6;
    status = boot->CreateEvent(0, 0, NULL, NULL, &http->event);
    if (EFI_ERROR(status))
        http->event = NULL;
    else
        status = boot->HandleProtocol(http->child, &guid, (void **)&http->protocol);
    if (!EFI_ERROR(status))
        status = http->protocol->configure(http->protocol, &config);
    if (EFI_ERROR(status))
        http_disconnect(http);
    return status;
}

/* Waits for a token that the firmware has taken. It is over when this returns. */
static EFI_STATUS await(struct http *http, struct http_token *token)
{
    const EFI_BOOT_SERVICES *boot = http->firmware->boot;

    for (;;) {
        EFI_STATUS status = boot->CheckEvent(token->event);

        /* An event may still be signalled from the call before. */
        if (!EFI_ERROR(status) && token->status != EFI_NOT_READY)
            return token->status;
        /* A token that cannot be cancelled is done already (UEFI 2.10 §29.6.5). */
        http->is_silent = patience_is_over(&http->patience);
        if ((EFI_ERROR(status) && status != EFI_NOT_READY) || http->is_silent)
            return http->protocol->cancel(http->protocol, token) == EFI_NOT_FOUND ? token->status
                                                                                  : EFI_TIMEOUT;
        http->protocol->poll(http->protocol);
        patience_wait(&http->patience, http->firmware);
    }
}

static EFI_STATUS send(struct http *http, enum http_method method, CHAR16 *url, CHAR8 *host)
{
    /* The firmware takes texts that are not constant, but leaves them as they are. */
    static char names[HEADERS][11] = {"Host", "User-Agent", "Accept"};
    static char values[HEADERS][7] = {"", "Muster", "*/*"};
    struct http_header headers[HEADERS] = {
        {(CHAR8 *)names[0], host},
        {(CHAR8 *)names[1], (CHAR8 *)values[1]},
        {(CHAR8 *)names[2], (CHAR8 *)values[2]},
    };
    struct http_request request = {.method = method, .url = url};
    struct http_message message = {
        .data.request = &request,
        .header_count = HEADERS,
        .headers = headers,
    };
    struct http_token token = {http->event, EFI_NOT_READY, &message};
    EFI_STATUS status = http->protocol->request(http->protocol, &token);

    return EFI_ERROR(status) ? status : await(http, &token);
}

/* A number of decimal digits and nothing else. */
static bool read_length(const char *text, uint64_t *length)
{
    size_t count = 0;

    *length = 0;
    for (; text[count] >= '0' && text[count] <= '9' && count < LENGTH_MAX; count++)
        *length = *length * 10 + (unsigned)(text[count] - '0');
    return count != 0 && text[count] == '\0';
}

static enum platform_status take_header(struct http *http, const char *name, const char *value,
                                        struct http_answer *answer)
{
    uint64_t length;

    if (text_equal_nocase(name, "Content-Length")) {
        if (!read_length(value, &length) || (answer->has_length && length != answer->length))
            return PLATFORM_BAD_ANSWER;
        answer->length = length;
        answer->has_length = true;
    } else if (text_equal_nocase(name, "Transfer-Encoding")) {
        if (!text_equal_nocase(value, "chunked"))
            return PLATFORM_BAD_ANSWER;
        answer->is_chunked = true;
    } else if (text_equal_nocase(name, "Connection")) {
        answer->is_last = text_equal_nocase(value, "close");
    } else if (text_equal_nocase(name, "Location") && answer->location == NULL) {
        size_t size = strlen(value) + 1;

        if (size > HTTP_URL_MAX)
            return PLATFORM_BAD_ANSWER;
        answer->location = memory_allocate(http->firmware, size);
        if (answer->location == NULL)
            return PLATFORM_NO_MEMORY;
        memcpy(answer->location, value, size);
    }
    return PLATFORM_OK;
}

/* Takes what is of use in the headers, and gives all of them back. */
static enum platform_status take_headers(struct http *http, const struct http_message *message,
                                         struct http_answer *answer)
{
    const EFI_BOOT_SERVICES *boot = http->firmware->boot;
    enum platform_status status =
        message->header_count <= HEADERS_MAX ? PLATFORM_OK : PLATFORM_BAD_ANSWER;

    for (UINTN at = 0; message->headers != NULL && at < message->header_count; at++) {
        const struct http_header *header = &message->headers[at];

        if (status == PLATFORM_OK && header->name != NULL && header->value != NULL)
            status =
                take_header(http, (const char *)header->name, (const char *)header->value, answer);
        if (header->name != NULL)
            boot->FreePool(header->name);
        if (header->value != NULL)
            boot->FreePool(header->value);
    }
    if (message->headers != NULL)
        boot->FreePool(message->headers);
    /* A length beside chunks is a contradiction that others have been attacked with. */
    if (answer->is_chunked)
        answer->has_length = false;
    return status;
}

static enum platform_status receive_head(struct http *http, struct http_answer *answer)
{
    struct http_response response = {0};
    struct http_message message = {.data.response = &response};
    struct http_token token = {http->event, EFI_NOT_READY, &message};
    EFI_STATUS status = http->protocol->response(http->protocol, &token);

    if (!EFI_ERROR(status))
        status = await(http, &token);
    if (EFI_ERROR(status) && status != HTTP_ERROR)
        return server_status(status);
    patience_heard(&http->patience);
    http->has_answered = true;
    answer->code = response.code;
    return take_headers(http, &message, answer);
}

/* One attempt on a connection that is there, or is made. */
static enum platform_status try_to_ask(struct http *http, enum http_method method, CHAR16 *url,
                                       CHAR8 *host, struct http_answer *answer)
{
    EFI_STATUS status = http->child == NULL ? connect(http) : EFI_SUCCESS;
    enum platform_status result;

    *answer = (struct http_answer){0};
    if (!EFI_ERROR(status))
        status = send(http, method, url, host);
    result = EFI_ERROR(status) ? server_status(status) : receive_head(http, answer);
    if (result == PLATFORM_OK)
        return PLATFORM_OK;
    http_disconnect(http);
    if (answer->location != NULL)
        memory_release(http->firmware, answer->location, strlen(answer->location) + 1);
    answer->location = NULL;
    return result;
}

/* The host of the address, as a header names it. */
static void copy_host(const char *url, size_t origin, char *host)
{
    const char *start = strchr(url, '/') + 2;
    size_t length = (size_t)(url + origin - start);

    for (size_t at = 0; at < length; at++)
        if (start[at] == '@') {
            start += at + 1;
            length -= at + 1;
            at = 0;
        }
    memcpy(host, start, length);
    host[length] = '\0';
}

enum platform_status http_ask(struct http *http, enum http_method method, const char *url,
                              struct http_answer *answer)
{
    size_t length = strlen(url) + 1;
    size_t size = length * sizeof(CHAR16) + length;
    CHAR16 *units = memory_allocate(http->firmware, size);
    bool is_old = http->has_answered;
    enum platform_status status;
    char *host;

    *answer = (struct http_answer){0};
    if (units == NULL)
        return PLATFORM_NO_MEMORY;
    if (http->is_silent) {
        memory_release(http->firmware, units, size);
        return PLATFORM_NO_ANSWER;
    }
    for (size_t at = 0; at < length; at++)
        units[at] = (unsigned char)url[at];
    host = (char *)(units + length);
    copy_host(url, http_url_origin(url), host);
    status = try_to_ask(http, method, units, (CHAR8 *)host, answer);
    if (status == PLATFORM_NO_ANSWER && is_old && !http->is_silent)
        status = try_to_ask(http, method, units, (CHAR8 *)host, answer);
    memory_release(http->firmware, units, size);
    return status;
}

enum platform_status http_receive(struct http *http, void *buffer, size_t *bytes)
{
    struct http_message message = {.body_length = *bytes, .body = buffer};
    struct http_token token = {http->event, EFI_NOT_READY, &message};
    EFI_STATUS status = http->protocol->response(http->protocol, &token);

    if (!EFI_ERROR(status))
        status = await(http, &token);
    /* A server that leaves has sent all that it will send. */
    if (status == EFI_CONNECTION_FIN || (!EFI_ERROR(status) && message.body_length == 0))
        return PLATFORM_SHORT_READ;
    if (EFI_ERROR(status))
        return server_status(status);
    if (message.body_length > *bytes)
        return PLATFORM_BAD_ANSWER;
    patience_heard(&http->patience);
    watchdog_feed(http->firmware);
    *bytes = message.body_length;
    return patience_is_over(&http->patience) ? PLATFORM_NO_ANSWER : PLATFORM_OK;
}
