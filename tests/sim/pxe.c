/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PXE base code protocol of the simulated firmware, and a TFTP server with the volume's files
 * (UEFI 2.10 §24.3).
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define SMALLEST_BLOCK 512
#define PACKET_HEADER  4
#define PACKET_TIME    1000 /* of a packet, in units of 100 ns */
#define TEN_SECONDS    100000000
#define TIMEOUT        180000000 /* of the firmware itself: 18 s */

enum trouble server_trouble(const struct firmware *fw, const char *name)
{
    const struct firmware_server *server = fw->setup.server;
    bool is_meant = server->part == NULL || strstr(name, server->part) != NULL;

    return is_meant ? server->trouble : TROUBLE_NONE;
}

uint8_t *server_content(struct firmware *fw, const char *name, size_t *size)
{
    char *path = must_copy(name);
    uint8_t *content;

    for (char *at = path; *at != '\0'; at++) {
        *at = *at == '/' ? '\\' : *at;
    }
    content = file_content(fw, path, size);
    free(path);
    /* With room for the byte that some servers add. */
    return content != NULL ? realloc(content, *size + 1) : NULL;
}

/* Tells the application of a packet, if it wants to know; false if it has had enough. */
static bool report_packet(struct firmware *fw, size_t bytes)
{
    EFI_GUID guid = EFI_PXE_BASE_CODE_CALLBACK_PROTOCOL_GUID;
    EFI_PXE_BASE_CODE_CALLBACK_PROTOCOL *callback = handle_protocol(fw->device, &guid);
    EFI_PXE_BASE_CODE_PACKET packet = {0};

    if (!fw->pxe_mode.MakeCallbacks || callback == NULL) {
        return true;
    }
    return callback->Callback(callback, EFI_PXE_BASE_CODE_FUNCTION_MTFTP, TRUE,
                              (UINT32)(bytes + PACKET_HEADER),
                              &packet) == EFI_PXE_BASE_CODE_CALLBACK_STATUS_CONTINUE;
}

static EFI_STATUS send_blocks(struct firmware *fw, enum trouble trouble, const uint8_t *content,
                              size_t size, size_t block, uint8_t *buffer)
{
    size_t done = 0;

    while (done < size) {
        size_t count = size - done < block ? size - done : block;

        if ((trouble == TROUBLE_SILENT && done > 0) ||
            (trouble == TROUBLE_SMALL && block > SMALLEST_BLOCK)) {
            events_advance(fw, TIMEOUT);
            return EFI_TIMEOUT;
        }
        events_advance(fw, trouble == TROUBLE_DRIP ? TEN_SECONDS : PACKET_TIME);
        memcpy(buffer + done, content + done, count);
        done += count;
        if (!report_packet(fw, count)) {
            return EFI_ABORTED;
        }
    }
    return EFI_SUCCESS;
}

static EFI_STATUS send_file(struct firmware *fw, enum trouble trouble, const uint8_t *content,
                            size_t size, size_t block, void *buffer, UINT64 *room)
{
    EFI_STATUS status;

    size += trouble == TROUBLE_LONGER;
    size -= trouble == TROUBLE_SHORTER;
    if (size > *room) {
        return EFI_BUFFER_TOO_SMALL;
    }
    status = send_blocks(fw, trouble, content, size, block, buffer);
    *room = size;
    return status;
}

static EFI_STATUS report_error(struct firmware *fw, unsigned code)
{
    fw->pxe_mode.TftpErrorReceived = TRUE;
    fw->pxe_mode.TftpError.ErrorCode = (UINT8)code;
    return EFI_TFTP_ERROR;
}

static bool is_valid(const EFI_IP_ADDRESS *server, const UINT8 *name, const UINTN *block,
                     const UINT64 *size)
{
    static const uint8_t address[4] = {10, 0, 2, 2};

    return server != NULL && memcmp(&server->v4, address, sizeof(address)) == 0 && name != NULL &&
           size != NULL && (block == NULL || *block >= SMALLEST_BLOCK);
}

static EFI_STATUS EFIAPI mtftp(EFI_PXE_BASE_CODE_PROTOCOL *this,
                               EFI_PXE_BASE_CODE_TFTP_OPCODE operation, VOID *buffer,
                               BOOLEAN overwrite, UINT64 *size, UINTN *block,
                               EFI_IP_ADDRESS *server, UINT8 *name,
                               EFI_PXE_BASE_CODE_MTFTP_INFO *info, BOOLEAN without_buffer)
{
    struct firmware *fw = firmware_current();
    enum trouble trouble = server_trouble(fw, (const char *)name);
    size_t length = 0;
    uint8_t *content;
    EFI_STATUS status;

    (void)this;
    (void)info;
    if (service_fails(fw, SERVICE_MTFTP, (const char *)name, &status)) {
        return status;
    }
    if (!is_valid(server, name, block, size) || overwrite || without_buffer) {
        complain(fw, "Mtftp with an address, a block size or a name that is none");
        return EFI_INVALID_PARAMETER;
    }
    fw->pxe_mode.TftpErrorReceived = FALSE;
    if (trouble == TROUBLE_NO_FILES) {
        return EFI_UNSUPPORTED;
    }
    if (trouble == TROUBLE_REFUSED) {
        return report_error(fw, fw->setup.server->code);
    }
    content = server_content(fw, (const char *)name, &length);
    if (content == NULL) {
        return report_error(fw, 1);
    }
    if (operation == EFI_PXE_BASE_CODE_TFTP_GET_FILE_SIZE) {
        *size = trouble == TROUBLE_HUGE ? UINT64_MAX - 1 : length;
        status = EFI_SUCCESS;
    } else {
        status = send_file(fw, trouble, content, length, block != NULL ? *block : SMALLEST_BLOCK,
                           buffer, size);
    }
    free(content);
    return status;
}

static EFI_STATUS EFIAPI set_parameters(EFI_PXE_BASE_CODE_PROTOCOL *this, BOOLEAN *arp,
                                        BOOLEAN *guid, UINT8 *ttl, UINT8 *tos, BOOLEAN *callback)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;

    (void)this;
    if (service_fails(fw, SERVICE_PXE_SET_PARAMETERS, NULL, &status)) {
        return status;
    }
    if (arp != NULL || guid != NULL || ttl != NULL || tos != NULL || callback == NULL) {
        complain(fw, "SetParameters of more than callbacks");
        return EFI_INVALID_PARAMETER;
    }
    fw->pxe_mode.MakeCallbacks = *callback;
    return EFI_SUCCESS;
}

/* A packet with the server and the boot file, in the fields for them or as options. */
static void fill_packet(EFI_PXE_BASE_CODE_PACKET *packet, const struct firmware_server *server)
{
    static const uint8_t address[4] = {10, 0, 2, 2};
    size_t length = strlen(server->file);
    uint8_t *option = packet->Raw + 240;

    if (!server->by_option) {
        memcpy(packet->Dhcpv4.BootpSiAddr, address, sizeof(address));
        strncpy((char *)packet->Dhcpv4.BootpBootFile, server->file,
                sizeof(packet->Dhcpv4.BootpBootFile));
        option[0] = 255;
        return;
    }
    memcpy(option, "\0\x35\x01\x05\x36\x04\x0a\x00\x02\x02\x43", 11);
    option[11] = (uint8_t)length;
    memcpy(option + 12, server->file, length);
    option[12 + length] = 255;
}

void pxe_create(struct firmware *fw)
{
    EFI_GUID guid = EFI_PXE_BASE_CODE_PROTOCOL_GUID;
    EFI_GUID callback_guid = EFI_PXE_BASE_CODE_CALLBACK_PROTOCOL_GUID;
    static EFI_PXE_BASE_CODE_CALLBACK_PROTOCOL other;
    const struct firmware_server *server = fw->setup.server;

    if (server == NULL || server->url != NULL) {
        return;
    }
    fw->pxe.Revision = EFI_PXE_BASE_CODE_PROTOCOL_REVISION;
    fw->pxe.Mtftp = mtftp;
    fw->pxe.SetParameters = set_parameters;
    fw->pxe.Mode = &fw->pxe_mode;
    fw->pxe_mode.Started = TRUE;
    fw->pxe_mode.UsingIpv6 = server->is_ipv6;
    fw->pxe_mode.DhcpAckReceived = TRUE;
    fw->pxe_mode.DhcpAck.Raw[240] = 255;
    fw->pxe_mode.ProxyOfferReceived = server->by_proxy;
    if (server->file != NULL) {
        fill_packet(server->by_proxy ? &fw->pxe_mode.ProxyOffer : &fw->pxe_mode.DhcpAck, server);
    }
    handle_add_protocol(fw->device, &guid, &fw->pxe);
    if (server->trouble == TROUBLE_NO_CALLS) {
        handle_add_protocol(fw->device, &callback_guid, &other);
    }
}
