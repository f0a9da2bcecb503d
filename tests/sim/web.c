/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The HTTP protocol of the simulated firmware, and a web server with the volume's files (UEFI 2.10
 * §29.6). As EDK2's, it leaves chunks to the application, and does all of its work in Poll.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "efi/http_protocol.h"

#define ORIGIN      "http://10.0.2.2:8080"
#define CHUNK       2
#define SEGMENT     1460
#define TEN_SECONDS 100000000 /* in units of 100 ns */

/* An instance of the protocol: one connection, with one exchange at a time. */
struct web_child {
    struct http_protocol protocol;
    struct web_child *next;
    struct handle *handle;
    bool configured;
    bool has_request;         /* it was sent, and its answer is still to come */
    bool has_exchanged;       /* the connection has brought a whole answer */
    struct http_token *token; /* what the application waits for */
    bool is_request;
    enum trouble trouble;
    bool is_head;
    unsigned code;
    char location[256];
    size_t told; /* the length that the server tells; SIZE_MAX: it does not */
    bool is_chunked;
    struct text body; /* as it is on the wire */
    size_t done;
};

static struct web_child *child_of(struct http_protocol *this)
{
    struct web_child *child = firmware_current()->web_children;

    while (child != NULL && &child->protocol != this) {
        child = child->next;
    }
    if (child == NULL) {
        die("a call of an HTTP protocol that does not exist");
    }
    return child;
}

static void finish(struct firmware *fw, struct web_child *child, EFI_STATUS status)
{
    struct http_token *token = child->token;

    child->token = NULL;
    token->status = status;
    fw->boot_services.SignalEvent(token->event);
}

/* The server */

static void put_chunks(struct web_child *child, const uint8_t *content, size_t size)
{
    char line[32];

    for (size_t done = 0; done < size;) {
        size_t count = size - done < CHUNK ? size - done : CHUNK;

        sprintf(line, done == 0 ? "%zX;name=value\r\n" : "%zx\r\n", count);
        text_append(&child->body, line, strlen(line));
        text_append(&child->body, (const char *)content + done, count);
        text_append(&child->body, "\r\n", 2);
        done += count;
    }
    if (child->trouble == TROUBLE_BAD_CHUNK) {
        text_append(&child->body, "size\r\n", 6);
    }
    if (child->trouble != TROUBLE_ENDLESS) {
        text_append(&child->body, "0\r\nTrailer: 1\r\n\r\n", 17);
    }
}

static void put_content(struct web_child *child, const uint8_t *content, size_t size)
{
    enum trouble trouble = child->trouble;

    child->is_chunked =
        trouble == TROUBLE_CHUNKED || trouble == TROUBLE_ENDLESS || trouble == TROUBLE_BAD_CHUNK;
    child->told = size;
    if (child->is_head) {
        child->told = trouble == TROUBLE_HUGE ? 1ULL << 50 : size;
    } else {
        size += trouble == TROUBLE_LONGER;
        size -= trouble == TROUBLE_SHORTER;
        child->told = size;
        if (child->is_chunked) {
            put_chunks(child, content, size);
        } else {
            text_append(&child->body, (const char *)content, size);
        }
    }
    if (child->is_chunked || trouble == TROUBLE_UNSIZED) {
        child->told = SIZE_MAX;
    }
}

/* A path as a name: a percent sign is none of a name here. */
static void prepare_answer(struct firmware *fw, struct web_child *child, const char *path)
{
    const struct firmware_server *server = fw->setup.server;
    bool is_moved = strncmp(path, "/moved/", 7) == 0;
    size_t size = 0;
    uint8_t *content;

    child->trouble = server_trouble(fw, path);
    child->body.length = 0;
    child->done = 0;
    child->told = 0;
    child->is_chunked = false;
    child->code = HTTP_OK;
    child->location[0] = '\0';
    if (child->trouble == TROUBLE_REFUSED) {
        child->code = server->code;
    } else if (child->trouble == TROUBLE_NO_HEAD && child->is_head) {
        child->code = HTTP_METHOD_NOT_ALLOWED;
    } else if (child->trouble == TROUBLE_MOVED && !is_moved) {
        child->code = server->code;
        if (server->location != NULL) {
            snprintf(child->location, sizeof(child->location), server->location, path);
        }
        put_content(child, (const uint8_t *)"elsewhere", 9);
    } else {
        content = server_content(fw, path + (is_moved ? 6 : 0), &size);
        if (content != NULL) {
            put_content(child, content, size);
        } else {
            child->code = HTTP_NOT_FOUND;
        }
        free(content);
    }
}

/* The protocol */

static EFI_STATUS EFIAPI configure(struct http_protocol *this, struct http_config *config)
{
    static const uint8_t address[4] = {10, 0, 2, 15};
    struct firmware *fw = firmware_current();
    const struct firmware_server *server = fw->setup.server;
    struct web_child *child = child_of(this);
    const struct http_ipv4 *ipv4 = config->access_point.ipv4;
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_HTTP_CONFIGURE, NULL, &status)) {
        return status;
    }
    if (config->version != HTTP_VERSION_11 || config->is_ipv6 != server->is_ipv6 ||
        (!server->is_ipv6 && ipv4->use_default_address != server->has_no_address) ||
        (!server->is_ipv6 && !server->has_no_address &&
         (memcmp(&ipv4->address, address, 4) != 0 ||
          memcmp(&ipv4->subnet, "\xff\xff\xff", 4) != 0))) {
        complain(fw, "Configure of HTTP with another address");
    }
    child->configured = true;
    return EFI_SUCCESS;
}

/* A request has to name its host. */
static bool is_complete(const struct http_message *message)
{
    for (UINTN i = 0; i < message->header_count; i++) {
        if (strcmp((const char *)message->headers[i].name, "Host") == 0) {
            return strcmp((const char *)message->headers[i].value, "10.0.2.2:8080") == 0;
        }
    }
    return false;
}

static EFI_STATUS EFIAPI request(struct http_protocol *this, struct http_token *token)
{
    struct firmware *fw = firmware_current();
    struct web_child *child = child_of(this);
    char *url = utf8_from_utf16(token->message->data.request->url, SIZE_MAX);
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_HTTP_REQUEST, url, &status)) {
        free(url);
        return status;
    }
    if (!child->configured || child->token != NULL || child->has_request ||
        !is_complete(token->message) || strncmp(url, ORIGIN "/", sizeof(ORIGIN)) != 0) {
        complain(fw, "Request of %s", url);
        free(url);
        return EFI_INVALID_PARAMETER;
    }
    child->token = token;
    child->is_request = true;
    child->is_head = token->message->data.request->method == HTTP_HEAD;
    prepare_answer(fw, child, url + sizeof(ORIGIN) - 1);
    free(url);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI response(struct http_protocol *this, struct http_token *token)
{
    struct firmware *fw = firmware_current();
    struct web_child *child = child_of(this);
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_HTTP_RESPONSE, NULL, &status)) {
        return status;
    }
    if (child->token != NULL || (token->message->data.response != NULL) != child->has_request ||
        (!child->has_request && token->message->body_length == 0)) {
        complain(fw, "Response without a request, or without a buffer");
        return EFI_INVALID_PARAMETER;
    }
    child->token = token;
    child->is_request = false;
    return EFI_SUCCESS;
}

static void add_header(struct firmware *fw, struct http_message *message, const char *name,
                       const char *value)
{
    struct http_header *header = &message->headers[message->header_count++];

    if (pool_take(fw, EfiBootServicesData, strlen(name) + 1, (void **)&header->name) != 0 ||
        pool_take(fw, EfiBootServicesData, strlen(value) + 1, (void **)&header->value) != 0) {
        die("no memory for a header");
    }
    strcpy((char *)header->name, name);
    strcpy((char *)header->value, value);
}

static void give_head(struct firmware *fw, struct web_child *child)
{
    struct http_message *message = child->token->message;
    char length[32];

    message->data.response->code = child->code;
    message->header_count = 0;
    if (pool_take(fw, EfiBootServicesData, 8 * sizeof(*message->headers),
                  (void **)&message->headers) != 0) {
        die("no memory for headers");
    }
    add_header(fw, message, "Server", "simulated");
    snprintf(length, sizeof(length), "%zu", child->told);
    if (child->told != SIZE_MAX) {
        add_header(fw, message, "content-length", length);
    }
    if (child->trouble == TROUBLE_TWO_LENGTHS) {
        add_header(fw, message, "Content-Length", "7");
    }
    if (child->is_chunked) {
        add_header(fw, message, "Transfer-Encoding", "chunked");
    }
    if (child->trouble == TROUBLE_GZIP) {
        add_header(fw, message, "Transfer-Encoding", "gzip, chunked");
    }
    if (child->trouble == TROUBLE_LAST) {
        add_header(fw, message, "Connection", "close");
    }
    if (child->location[0] != '\0') {
        add_header(fw, message, "Location", child->location);
    }
    child->has_request = false;
    child->has_exchanged = child->is_head || child->body.length == 0;
    finish(fw, child,
           child->code >= HTTP_BAD_REQUEST && child->code != HTTP_PERMANENT_REDIRECT ? HTTP_ERROR
                                                                                     : EFI_SUCCESS);
}

static void give_body(struct firmware *fw, struct web_child *child)
{
    struct http_message *message = child->token->message;
    size_t left = child->body.length - child->done;
    size_t count = left < SEGMENT ? left : SEGMENT;

    if (left == 0 && child->trouble == TROUBLE_ENDLESS) {
        child->done = 0;
        return;
    }
    if (left == 0 || (child->trouble == TROUBLE_CUT && child->done > 0)) {
        finish(fw, child, EFI_CONNECTION_FIN);
        return;
    }
    count = child->trouble == TROUBLE_DRIP ? 1 : count;
    count = count < message->body_length ? count : message->body_length;
    memcpy(message->body, child->body.bytes + child->done, count);
    child->done += count;
    child->has_exchanged = child->done == child->body.length;
    message->body_length = child->trouble == TROUBLE_MORE_READ ? message->body_length + 1 : count;
    finish(fw, child, EFI_SUCCESS);
}

static EFI_STATUS EFIAPI poll(struct http_protocol *this)
{
    struct firmware *fw = firmware_current();
    struct web_child *child = child_of(this);
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_HTTP_POLL, NULL, &status)) {
        return status;
    }
    if (child->token == NULL) {
        return EFI_NOT_READY;
    }
    if (child->trouble == TROUBLE_DRIP && !child->is_head && !child->is_request) {
        events_advance(fw, TEN_SECONDS);
    }
    if (child->is_request && child->has_exchanged && child->trouble == TROUBLE_LEAVES) {
        finish(fw, child, EFI_CONNECTION_FIN);
    } else if (child->is_request) {
        child->has_request = true;
        finish(fw, child, EFI_SUCCESS);
    } else if (child->trouble == TROUBLE_SILENT) {
        return EFI_NOT_READY;
    } else if (child->has_request) {
        give_head(fw, child);
    } else {
        give_body(fw, child);
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI cancel(struct http_protocol *this, struct http_token *token)
{
    struct firmware *fw = firmware_current();
    struct web_child *child = child_of(this);
    EFI_STATUS status;

    service_fails(fw, SERVICE_HTTP_CANCEL, NULL, &status);
    if (token == NULL) {
        complain(fw, "Cancel of all tokens");
    }
    if (child->token != token) {
        return EFI_NOT_FOUND;
    }
    child->token = NULL;
    return status;
}

/* Instances of the protocol */

static EFI_STATUS EFIAPI create_child(EFI_SERVICE_BINDING *this, EFI_HANDLE *handle)
{
    EFI_GUID guid = HTTP_PROTOCOL_GUID;
    struct firmware *fw = firmware_current();
    struct web_child *child;
    EFI_STATUS status;

    (void)this;
    if (service_fails(fw, SERVICE_CREATE_CHILD, NULL, &status)) {
        return status;
    }
    child = must_allocate(sizeof(*child));
    memset(child, 0, sizeof(*child));
    child->protocol = (struct http_protocol){
        .configure = configure,
        .request = request,
        .cancel = cancel,
        .response = response,
        .poll = poll,
    };
    child->handle = handle_create(fw);
    child->handle->from_application = true;
    handle_add_protocol(child->handle, &guid, &child->protocol);
    child->next = fw->web_children;
    fw->web_children = child;
    *handle = child->handle;
    return EFI_SUCCESS;
}

static void free_child(struct firmware *fw, struct web_child *child)
{
    struct web_child **link = &fw->web_children;

    while (*link != child) {
        link = &(*link)->next;
    }
    *link = child->next;
    handle_remove(fw, child->handle);
    free(child->body.bytes);
    free(child);
}

static EFI_STATUS EFIAPI destroy_child(EFI_SERVICE_BINDING *this, EFI_HANDLE handle)
{
    struct firmware *fw = firmware_current();
    struct web_child *child = fw->web_children;
    EFI_STATUS status;

    (void)this;
    service_fails(fw, SERVICE_DESTROY_CHILD, NULL, &status);
    while (child != NULL && child->handle != handle) {
        child = child->next;
    }
    if (child == NULL) {
        complain(fw, "DestroyChild of a child that does not exist");
        return EFI_INVALID_PARAMETER;
    }
    if (child->token != NULL) {
        complain(fw, "DestroyChild of a child that is in use");
    }
    free_child(fw, child);
    return status;
}

/* The device's path: a card, its address, and where the application came from. */
static void replace_path(struct firmware *fw)
{
    static const uint8_t mac[33] = {0x52, 0x54, 0, 0x12, 0x34, 0x56};
    static const uint8_t ipv4[23] = {10, 0, 2, 15, 10, 0, 2, 2,   0,   0,   0, 0,
                                     6,  0, 0, 0,  0,  0, 0, 255, 255, 255, 0};
    static const uint8_t ipv6[56] = {0xfe, 0xc0, [15] = 15};
    EFI_GUID guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
    const struct firmware_server *server = fw->setup.server;
    struct text card = {0};
    struct text path = {0};

    for (int i = 0; i < 2; i++) {
        device_path_append(i == 0 ? &card : &path, 3, 11, mac, sizeof(mac));
    }
    device_path_append(&card, 0x7f, 0xff, "", 0);
    if (server->is_ipv6) {
        device_path_append(&path, 3, 13, ipv6, sizeof(ipv6));
    } else if (!server->has_no_address) {
        device_path_append(&path, 3, 12, ipv4, sizeof(ipv4));
    }
    device_path_append(&path, 3, 24, server->url, strlen(server->url));
    device_path_append(&path, 0x7f, 0xff, "", 0);
    free(fw->device_path);
    fw->device_path = (uint8_t *)path.bytes;
    fw->device_path_size = path.length - 4;
    fw->device->protocols[0].interface = fw->device_path;
    fw->card_path = (uint8_t *)card.bytes;
    handle_add_protocol(fw->card, &guid, fw->card_path);
}

void web_create(struct firmware *fw)
{
    EFI_GUID guid = HTTP_SERVICE_BINDING_GUID;

    if (fw->setup.server == NULL || fw->setup.server->url == NULL) {
        return;
    }
    fw->card = handle_create(fw);
    replace_path(fw);
    fw->web.CreateChild = create_child;
    fw->web.DestroyChild = destroy_child;
    handle_add_protocol(fw->card, &guid, &fw->web);
}

void web_destroy(struct firmware *fw)
{
    while (fw->web_children != NULL) {
        free_child(fw, fw->web_children);
    }
    free(fw->card_path);
}
