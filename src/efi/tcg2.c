/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI_TCG2_PROTOCOL: measurements into a TPM, and into the log of events (TCG EFI Protocol 1.0). */
#include "efi/tcg2.h"

#include <string.h>

#include "core/finish/event_log.h"

#define PROGRAM_REGISTER 4U
#define EVENT_TEXT       0x0000000dU /* EV_IPL */
#define EVENT_PROGRAM    0x80000003U /* EV_EFI_BOOT_SERVICES_APPLICATION */
#define FLAG_PROGRAM     0x10U       /* PE_COFF_IMAGE */
#define EVENT_VERSION    1U
#define LOG_FORMAT       2U /* EFI_TCG2_EVENT_LOG_FORMAT_TCG_2 */

struct capability {
    UINT8 size;
    UINT8 structure_version[2];
    UINT8 protocol_version[2];
    UINT32 hash_algorithms;
    UINT32 event_logs;
    BOOLEAN has_tpm;
    UINT16 command_size;
    UINT16 response_size;
    UINT32 manufacturer;
    UINT32 banks;
    UINT32 active_banks;
};

struct event_header {
    UINT32 header_size;
    UINT16 version;
    UINT32 pcr;
    UINT32 type;
} __attribute__((packed));

struct event {
    UINT32 size; /* bytes of all of it */
    struct event_header header;
    char data[];
} __attribute__((packed));

/* The data of an event for a program: UEFI_IMAGE_LOAD_EVENT. */
struct program_event {
    UINT64 address;
    UINT64 size;
    UINT64 link_address;
    UINT64 path_size;
    char path[];
};

struct tcg2_protocol {
    EFI_STATUS(EFIAPI *get_capability)
    (struct tcg2_protocol *this, struct capability *capability);
    EFI_STATUS(EFIAPI *get_event_log)
    (struct tcg2_protocol *this, UINT32 format, EFI_PHYSICAL_ADDRESS *log,
     EFI_PHYSICAL_ADDRESS *last, BOOLEAN *is_truncated);
    EFI_STATUS(EFIAPI *hash_log_extend_event)
    (struct tcg2_protocol *this, UINT64 flags, EFI_PHYSICAL_ADDRESS data, UINT64 size,
     struct event *event);
};

struct tcg2_protocol *tcg2_find(const struct firmware *firmware)
{
    EFI_GUID guid = {0x607f766c, 0x7455, 0x42be, {0x93, 0x0b, 0xe4, 0xd7, 0x6d, 0xb2, 0x72, 0x0f}};
    struct tcg2_protocol *tcg2 = NULL;
    struct capability capability = {.size = sizeof(capability)};

    if (EFI_ERROR(firmware->boot->LocateProtocol(&guid, NULL, (void **)&tcg2)) || tcg2 == NULL ||
        EFI_ERROR(tcg2->get_capability(tcg2, &capability)) || !capability.has_tpm)
        return NULL;
    return tcg2;
}

/* An event with room for `size` bytes of data, from the pool; NULL without memory. */
static struct event *make_event(const struct firmware *firmware, unsigned pcr, unsigned type,
                                size_t size)
{
    struct event *event = NULL;

    if (EFI_ERROR(
            firmware->boot->AllocatePool(EfiLoaderData, sizeof(*event) + size, (void **)&event)))
        return NULL;
    *event = (struct event){
        .size = (UINT32)(sizeof(*event) + size),
        .header = {sizeof(event->header), EVENT_VERSION, pcr, type},
    };
    return event;
}

EFI_STATUS tcg2_extend_text(const struct firmware *firmware, struct tcg2_protocol *tcg2,
                            unsigned pcr, const char *text, size_t size)
{
    struct event *event = make_event(firmware, pcr, EVENT_TEXT, size + 1);
    EFI_STATUS status;

    if (event == NULL)
        return EFI_OUT_OF_RESOURCES;
    memcpy(event->data, text, size + 1);
    status = tcg2->hash_log_extend_event(tcg2, 0, (uintptr_t)text, size, event);
    firmware->boot->FreePool(event);
    return status;
}

EFI_STATUS tcg2_measure_program(const struct firmware *firmware, struct tcg2_protocol *tcg2,
                                const void *program, size_t size, const EFI_DEVICE_PATH *path,
                                size_t path_size)
{
    const struct program_event data = {
        .address = (uintptr_t)program,
        .size = size,
        .path_size = path_size,
    };
    struct event *event =
        make_event(firmware, PROGRAM_REGISTER, EVENT_PROGRAM, sizeof(data) + path_size);
    EFI_STATUS status;

    if (event == NULL)
        return EFI_OUT_OF_RESOURCES;
    memcpy(event->data, &data, sizeof(data));
    memcpy(event->data + sizeof(data), path, path_size);
    status = tcg2->hash_log_extend_event(tcg2, FLAG_PROGRAM, (uintptr_t)program, size, event);
    firmware->boot->FreePool(event);
    return status;
}

size_t tcg2_log(struct tcg2_protocol *tcg2, const void **log)
{
    EFI_PHYSICAL_ADDRESS start = 0;
    EFI_PHYSICAL_ADDRESS last = 0;
    BOOLEAN is_truncated;
    EFI_STATUS status = tcg2->get_event_log(tcg2, LOG_FORMAT, &start, &last, &is_truncated);

    if (EFI_ERROR(status) || start == 0 || last < start)
        return 0;
    *log = (const void *)(uintptr_t)start;
    return event_log_size(*log, (size_t)(last - start));
}
