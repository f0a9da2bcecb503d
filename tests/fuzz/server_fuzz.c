/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes what servers send: the input is a DHCP packet, or the answers of a web server one after
 * the other, piece by piece. Memory is kept to, all of it is given back, and every exchange ends.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "efi/clock.h"
#include "efi/console.h"
#include "efi/device_path.h"
#include "efi/http_url.h"
#include "efi/http_volume.h"
#include "efi/memory.h"
#include "efi/tftp.h"
#include "efi/watchdog.h"
#include "invariants.h"

#define READ_MAX  (1U << 20) /* bytes of a file that is read */
#define CALLS_MAX 5000U      /* of the firmware, for one file */

/* The rest of the input. */
static const uint8_t *input;
static size_t input_left;
static size_t blocks; /* of the pool that are not given back */
static unsigned calls;

static unsigned take(void)
{
    if (input_left == 0)
        return 0;
    input_left--;
    return *input++;
}

/* A text of the input up to a line's end. */
static char *take_text(void)
{
    const uint8_t *end = input_left != 0 ? memchr(input, '\n', input_left) : NULL;
    size_t length = end != NULL ? (size_t)(end - input) : input_left;
    char *text = memory_allocate(NULL, length + 1);

    memcpy(text, input_left != 0 ? (const void *)input : "", length);
    text[length] = '\0';
    length += end != NULL;
    input += length;
    input_left -= length;
    return text;
}

/* --- the firmware ----------------------------------------------------------------------------- */

void *memory_allocate(void *context, size_t bytes)
{
    (void)context;
    blocks++;
    return malloc(bytes != 0 ? bytes : 1);
}

void memory_release(void *context, void *memory, size_t bytes)
{
    (void)context;
    (void)bytes;
    blocks--;
    free(memory);
}

static EFI_STATUS EFIAPI free_pool(void *memory)
{
    memory_release(NULL, memory, 0);
    return EFI_SUCCESS;
}

void console_progress(void *context, const char *name, uint64_t done, uint64_t total)
{
    (void)context;
    invariant(name != NULL && done <= total);
}

void watchdog_feed(struct firmware *firmware)
{
    (void)firmware;
}

uint64_t clock_now(void *context)
{
    (void)context;
    return 0;
}

enum platform_status firmware_status(EFI_STATUS status)
{
    return EFI_ERROR(status) ? PLATFORM_DEVICE_ERROR : PLATFORM_OK;
}

void device_path_addresses(const EFI_DEVICE_PATH *path, struct http_ipv4 *ipv4,
                           struct http_ipv6 *ipv6, bool *is_ipv6)
{
    (void)path;
    (void)ipv4;
    (void)ipv6;
    *is_ipv6 = false;
}

static EFI_STATUS EFIAPI create_event(UINT32 type, EFI_TPL level, EFI_EVENT_NOTIFY notify,
                                      void *context, EFI_EVENT *event)
{
    (void)type;
    (void)level;
    (void)notify;
    (void)context;
    *event = &blocks;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI close_event(EFI_EVENT event)
{
    (void)event;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI configure(struct http_protocol *this, struct http_config *config)
{
    (void)this;
    (void)config;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI request(struct http_protocol *this, struct http_token *token)
{
    (void)this;
    invariant(calls++ < CALLS_MAX);
    token->status = EFI_SUCCESS;
    return EFI_SUCCESS;
}

/* The head of an answer: a code, and headers whose names are known or anything. */
static EFI_STATUS send_head(struct http_message *message)
{
    static const char *const names[] = {"Content-Length", "Transfer-Encoding", "Connection",
                                        "Location", NULL};
    unsigned code = take();

    message->data.response->code = code;
    message->header_count = take() % 6;
    message->headers =
        message->header_count != 0
            ? memory_allocate(NULL, message->header_count * sizeof(struct http_header))
            : NULL;
    for (UINTN at = 0; at < message->header_count; at++) {
        const char *name = names[take() % (sizeof(names) / sizeof(names[0]))];

        message->headers[at].name = (CHAR8 *)(name == NULL ? take_text() : NULL);
        if (name != NULL) {
            message->headers[at].name = memory_allocate(NULL, strlen(name) + 1);
            memcpy(message->headers[at].name, name, strlen(name) + 1);
        }
        message->headers[at].value = (CHAR8 *)take_text();
    }
    return code >= HTTP_BAD_REQUEST ? HTTP_ERROR : EFI_SUCCESS;
}

static EFI_STATUS send_body(struct http_message *message)
{
    UINTN count = take() * 16;

    count = count < message->body_length ? count : message->body_length;
    count = count < input_left ? count : input_left;
    memcpy(message->body, input_left != 0 ? (const void *)input : "", count);
    input += count;
    input_left -= count;
    message->body_length = count;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI response(struct http_protocol *this, struct http_token *token)
{
    (void)this;
    invariant(calls++ < CALLS_MAX);
    if (input_left == 0)
        token->status = EFI_CONNECTION_FIN;
    else
        token->status = token->message->data.response != NULL ? send_head(token->message)
                                                              : send_body(token->message);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI check_event(EFI_EVENT event)
{
    (void)event;
    return EFI_SUCCESS;
}

static struct http_protocol http = {
    .configure = configure, .request = request, .response = response};
static EFI_PXE_BASE_CODE_MODE mode;
static EFI_PXE_BASE_CODE_PROTOCOL pxe = {.Mode = &mode};

static EFI_STATUS EFIAPI handle_protocol(EFI_HANDLE handle, EFI_GUID *guid, void **interface)
{
    static const EFI_GUID http_guid = HTTP_PROTOCOL_GUID;

    (void)handle;
    *interface = memcmp(guid, &http_guid, sizeof(http_guid)) == 0 ? (void *)&http : (void *)&pxe;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI create_child(EFI_SERVICE_BINDING *this, EFI_HANDLE *child)
{
    (void)this;
    *child = &blocks;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI destroy_child(EFI_SERVICE_BINDING *this, EFI_HANDLE child)
{
    (void)this;
    (void)child;
    return EFI_SUCCESS;
}

/* --- the exchanges ---------------------------------------------------------------------------- */

static EFI_BOOT_SERVICES boot = {
    .HandleProtocol = handle_protocol,
    .CreateEvent = create_event,
    .CloseEvent = close_event,
    .CheckEvent = check_event,
    .FreePool = free_pool,
};
static EFI_LOADED_IMAGE loaded;
static struct firmware firmware = {.boot = &boot, .loaded = &loaded};

static void read_file(struct volume volume, const char *name)
{
    struct platform_file *file;
    uint64_t size;

    calls = 0;
    if (volume.open(volume.context, name, &file, &size) != PLATFORM_OK)
        return;
    if (size <= READ_MAX) {
        char *memory = malloc(size != 0 ? (size_t)size : 1);

        volume.read(volume.context, file, memory, (size_t)size);
        free(memory);
    }
    volume.close(volume.context, file);
}

static void browse(void)
{
    static EFI_SERVICE_BINDING binding = {.CreateChild = create_child,
                                          .DestroyChild = destroy_child};
    char *url = take_text();
    size_t origin = http_url_origin(url);

    if (origin != 0) {
        struct http_server server = {
            .http = {.firmware = &firmware, .binding = &binding}, .url = url, .origin = origin};
        char *name = http_url_name(&firmware, url);

        invariant(name[0] == '/');
        for (unsigned files = 0; files < 3 && input_left != 0; files++)
            read_file(http_volume(&server), name);
        http_disconnect(&server.http);
        memory_release(NULL, name, 0);
    }
    memory_release(NULL, url, 0);
}

static void boot_by_pxe(void)
{
    struct tftp tftp;
    size_t size = input_left < sizeof(mode.PxeReply) ? input_left : sizeof(mode.PxeReply);

    memset(&mode, 0, sizeof(mode));
    mode.Started = TRUE;
    mode.PxeReplyReceived = TRUE;
    memcpy(&mode.PxeReply, input, size);
    if (tftp_open(&tftp, &firmware))
        invariant(tftp.image[0] == '/' && strnlen(tftp.image, TFTP_NAME_MAX) < TFTP_NAME_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input = data;
    input_left = size;
    blocks = 0;
    if (size != 0 && take() % 2 != 0)
        browse();
    else if (size != 0)
        boot_by_pxe();
    invariant(blocks == 0);
    return 0;
}
