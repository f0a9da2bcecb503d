/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of a TFTP server, for a loader that came by PXE. */
#include "efi/tftp.h"

#include <string.h>

#include "core/base/file.h"
#include "efi/console.h"
#include "efi/memory.h"
#include "efi/patience.h"
#include "efi/watchdog.h"

#define BLOCK_SIZE     1468U /* bytes of a file in one frame of Ethernet */
#define PACKET_HEADER  4U    /* bytes before them */
#define ERROR_LOST     0U    /* EDK2 keeps the high byte of the server's code alone */
#define ERROR_NO_FILE  1U    /* RFC 1350, appendix */
#define ERROR_NO_RIGHT 2U

#define DHCP_OPTIONS  240U /* where they start in a packet */
#define OPTION_PAD    0U
#define OPTION_SERVER 54U /* RFC 2132 §9.7 */
#define OPTION_FILE   67U /* §9.5 */
#define OPTION_END    255U

struct tftp_file {
    struct tftp *tftp;
    uint64_t size;
    char name[]; /* as the server is asked */
};

/* A file on its way. The firmware calls back with the first member. */
struct transfer {
    EFI_PXE_BASE_CODE_CALLBACK_PROTOCOL callback;
    const struct tftp_file *file;
    struct patience patience;
    uint64_t done; /* bytes that have come, some of them twice */
    uint64_t fed;  /* of them, when the watchdog was fed */
    bool is_over;  /* patience has ended */
};

static struct tftp_file *file_of(struct platform_file *file)
{
    return (struct tftp_file *)(void *)file;
}

static enum platform_status server_status(struct tftp *tftp, EFI_STATUS status)
{
    const EFI_PXE_BASE_CODE_MODE *mode = tftp->pxe->Mode;

    if (!EFI_ERROR(status))
        return PLATFORM_OK;
    if (mode->TftpErrorReceived &&
        (mode->TftpError.ErrorCode == ERROR_NO_FILE || mode->TftpError.ErrorCode == ERROR_LOST))
        return PLATFORM_NOT_FOUND;
    if (mode->TftpErrorReceived && mode->TftpError.ErrorCode == ERROR_NO_RIGHT)
        return PLATFORM_DENIED;
    switch (status) {
    case EFI_TIMEOUT:
    case EFI_NO_RESPONSE:
    case EFI_ABORTED:
        tftp->is_silent = true;
        return PLATFORM_NO_ANSWER;
    case EFI_TFTP_ERROR:
    case EFI_ICMP_ERROR:
        return PLATFORM_SERVER_ERROR;
    case EFI_BUFFER_TOO_SMALL:
    case EFI_PROTOCOL_ERROR:
        return PLATFORM_BAD_ANSWER;
    case EFI_UNSUPPORTED:
        return PLATFORM_NO_VOLUME;
    default:
        return firmware_status(status);
    }
}

static EFI_STATUS call(const struct tftp_file *file, EFI_PXE_BASE_CODE_TFTP_OPCODE operation,
                       void *buffer, UINT64 *size, UINTN *block)
{
    EFI_PXE_BASE_CODE_PROTOCOL *pxe = file->tftp->pxe;
    EFI_IP_ADDRESS server = file->tftp->server;

    return pxe->Mtftp(pxe, operation, buffer, FALSE, size, block, &server,
                      (UINT8 *)(uintptr_t)file->name, NULL, FALSE);
}

static enum platform_status open_file(void *context, const char *name, struct platform_file **file,
                                      uint64_t *size)
{
    struct tftp *tftp = context;
    size_t length;
    struct tftp_file *made;
    EFI_STATUS status;

    if (tftp->is_silent)
        return PLATFORM_NO_ANSWER;
    if (!tftp->is_rooted)
        name++;
    length = strlen(name) + 1;
    made = memory_allocate(tftp->firmware, sizeof(*made) + length);
    if (made == NULL)
        return PLATFORM_NO_MEMORY;
    made->tftp = tftp;
    made->size = 0;
    memcpy(made->name, name, length);
    status = call(made, EFI_PXE_BASE_CODE_TFTP_GET_FILE_SIZE, NULL, &made->size, NULL);
    if (EFI_ERROR(status)) {
        memory_release(tftp->firmware, made, sizeof(*made) + length);
        return server_status(tftp, status);
    }
    *file = (struct platform_file *)(void *)made;
    *size = made->size;
    return PLATFORM_OK;
}

/* The firmware has received a packet: a slow server must not hold the machine for ever. */
static EFI_PXE_BASE_CODE_CALLBACK_STATUS EFIAPI
on_packet(struct _EFI_PXE_BASE_CODE_CALLBACK_PROTOCOL *this, EFI_PXE_BASE_CODE_FUNCTION function,
          BOOLEAN received, UINT32 length, EFI_PXE_BASE_CODE_PACKET *packet)
{
    struct transfer *transfer = (struct transfer *)(void *)this;
    struct firmware *firmware = transfer->file->tftp->firmware;

    (void)packet;
    if (function != EFI_PXE_BASE_CODE_FUNCTION_MTFTP || !received || length <= PACKET_HEADER)
        return EFI_PXE_BASE_CODE_CALLBACK_STATUS_CONTINUE;
    transfer->done += length - PACKET_HEADER;
    patience_heard(&transfer->patience);
    transfer->is_over = transfer->is_over || patience_is_over(&transfer->patience);
    if (transfer->done - transfer->fed >= (1U << 20)) {
        transfer->fed = transfer->done;
        watchdog_feed(firmware);
        if (transfer->done < transfer->file->size)
            console_progress(firmware, file_base_name(transfer->file->name), transfer->done,
                             transfer->file->size);
    }
    return transfer->is_over ? EFI_PXE_BASE_CODE_CALLBACK_STATUS_ABORT
                             : EFI_PXE_BASE_CODE_CALLBACK_STATUS_CONTINUE;
}

static void set_callbacks(EFI_PXE_BASE_CODE_PROTOCOL *pxe, bool are_made)
{
    BOOLEAN value = are_made;

    pxe->SetParameters(pxe, NULL, NULL, NULL, NULL, &value);
}

/* Has the firmware report packets to `transfer`. Where it does not, its own limits have to do. */
static bool listen(struct transfer *transfer)
{
    static EFI_GUID guid = EFI_PXE_BASE_CODE_CALLBACK_PROTOCOL_GUID;
    const struct tftp *tftp = transfer->file->tftp;
    EFI_HANDLE device = tftp->firmware->loaded->DeviceHandle;

    if (EFI_ERROR(tftp->firmware->boot->InstallProtocolInterface(
            &device, &guid, EFI_NATIVE_INTERFACE, &transfer->callback)))
        return false;
    set_callbacks(tftp->pxe, true);
    return true;
}

static void unlisten(struct transfer *transfer)
{
    static EFI_GUID guid = EFI_PXE_BASE_CODE_CALLBACK_PROTOCOL_GUID;
    const struct tftp *tftp = transfer->file->tftp;

    set_callbacks(tftp->pxe, false);
    tftp->firmware->boot->UninstallProtocolInterface(tftp->firmware->loaded->DeviceHandle, &guid,
                                                     &transfer->callback);
}

static EFI_STATUS transfer_file(struct transfer *transfer, void *buffer, UINT64 *size)
{
    UINTN block = BLOCK_SIZE;
    EFI_STATUS status =
        call(transfer->file, EFI_PXE_BASE_CODE_TFTP_READ_FILE, buffer, size, &block);

    /* On the way to the server there may be a net whose frames are smaller. */
    if (status == EFI_TIMEOUT && transfer->done == 0) {
        *size = transfer->file->size;
        status = call(transfer->file, EFI_PXE_BASE_CODE_TFTP_READ_FILE, buffer, size, NULL);
    }
    return status;
}

static enum platform_status read_file(void *context, struct platform_file *opened, void *buffer,
                                      size_t bytes)
{
    struct tftp *tftp = context;
    struct transfer transfer = {
        .callback = {EFI_PXE_BASE_CODE_CALLBACK_PROTOCOL_REVISION, on_packet},
        .file = file_of(opened),
    };
    UINT64 size = bytes;
    bool is_heard;
    EFI_STATUS status;

    if (bytes == 0)
        return PLATFORM_OK;
    if (bytes != transfer.file->size || tftp->is_silent)
        return tftp->is_silent ? PLATFORM_NO_ANSWER : PLATFORM_UNSUPPORTED;
    patience_begin(&transfer.patience, bytes);
    watchdog_feed(tftp->firmware);
    is_heard = listen(&transfer);
    status = transfer_file(&transfer, buffer, &size);
    if (is_heard)
        unlisten(&transfer);
    if (transfer.is_over)
        return PLATFORM_NO_ANSWER;
    if (EFI_ERROR(status))
        return server_status(tftp, status);
    return size == bytes ? PLATFORM_OK : PLATFORM_SHORT_READ;
}

static void close_file(void *context, struct platform_file *opened)
{
    struct tftp *tftp = context;
    struct tftp_file *file = file_of(opened);

    memory_release(tftp->firmware, file, sizeof(*file) + strlen(file->name) + 1);
}

struct volume tftp_volume(struct tftp *tftp)
{
    return (struct volume){
        .context = tftp,
        .open = open_file,
        .read = read_file,
        .close = close_file,
    };
}

/* The value of a DHCP option and its length in bytes, or NULL. */
static const UINT8 *find_option(const EFI_PXE_BASE_CODE_PACKET *packet, UINT8 wanted,
                                size_t *length)
{
    const UINT8 *raw = packet->Raw;
    size_t at = DHCP_OPTIONS;

    while (at + 1 < sizeof(packet->Raw) && raw[at] != OPTION_END) {
        if (raw[at] == OPTION_PAD) {
            at++;
            continue;
        }
        *length = raw[at + 1];
        if (at + 2 + *length > sizeof(packet->Raw))
            return NULL;
        if (raw[at] == wanted)
            return raw + at + 2;
        at += 2 + *length;
    }
    return NULL;
}

/* Takes the boot file's name, which may have no end; false if there is none. */
static bool take_name(struct tftp *tftp, const UINT8 *name, size_t length)
{
    size_t count = 0;

    tftp->image[0] = '/';
    tftp->is_rooted = length != 0 && (name[0] == '/' || name[0] == '\\');
    for (size_t at = tftp->is_rooted; at < length && name[at] != '\0'; at++)
        tftp->image[++count] = (char)(name[at] == '\\' ? '/' : name[at]);
    tftp->image[count + 1] = '\0';
    return count != 0;
}

/* Takes server and boot file from a packet that a DHCP server has sent. */
static bool take_packet(struct tftp *tftp, const EFI_PXE_BASE_CODE_PACKET *packet)
{
    const UINT8 *server = packet->Dhcpv4.BootpSiAddr;
    size_t length = 0;
    const UINT8 *value = find_option(packet, OPTION_FILE, &length);

    if (!take_name(tftp, value, value != NULL ? length : 0) &&
        !take_name(tftp, packet->Dhcpv4.BootpBootFile, sizeof(packet->Dhcpv4.BootpBootFile)))
        return false;
    value = find_option(packet, OPTION_SERVER, &length);
    if (memcmp(server, "\0\0\0", 4) == 0 && value != NULL && length == 4)
        server = value;
    memcpy(&tftp->server.v4, server, 4);
    return true;
}

bool tftp_open(struct tftp *tftp, struct firmware *firmware)
{
    EFI_GUID guid = EFI_PXE_BASE_CODE_PROTOCOL_GUID;
    const EFI_PXE_BASE_CODE_MODE *mode;

    *tftp = (struct tftp){.firmware = firmware};
    if (EFI_ERROR(firmware->boot->HandleProtocol(firmware->loaded->DeviceHandle, &guid,
                                                 (void **)&tftp->pxe)) ||
        tftp->pxe == NULL || tftp->pxe->Mode == NULL)
        return false;
    mode = tftp->pxe->Mode;
    if (!mode->Started || mode->UsingIpv6)
        return false;
    /* A server for PXE alone knows better than the one for addresses. */
    return (mode->PxeReplyReceived && take_packet(tftp, &mode->PxeReply)) ||
           (mode->ProxyOfferReceived && take_packet(tftp, &mode->ProxyOffer)) ||
           (mode->DhcpAckReceived && take_packet(tftp, &mode->DhcpAck));
}
