/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI_TCG2_PROTOCOL: measurements as a text, a line for each event (TCG EFI Protocol 1.0, §6). */
#include "internal.h"

#include <stdio.h>
#include <string.h>

#define HEADER_SIZE   14
#define EVENT_HEADER  (4 + HEADER_SIZE)
#define TYPE_TEXT     0x0d
#define TYPE_PROGRAM  0x80000003
#define FLAG_PROGRAM  0x10
#define PROGRAM_EVENT 32 /* bytes of UEFI_IMAGE_LOAD_EVENT before the path */
#define LOG_FORMAT    2

/* A log begins by telling of its digests: here SHA-256 alone (PC Client Platform Firmware Profile,
 * §10.2.1). */
static const char first_event[] = "\0\0\0\0\3\0\0\0********************\41\0\0\0"
                                  "Spec ID Event03\0\0\0\0\0\0\2\0\2\1\0\0\0\13\0\40\0";

static uint32_t word(const uint8_t *bytes)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof(value));
    return value;
}

static EFI_STATUS EFIAPI get_capability(void *this, void *capability)
{
    struct firmware *fw = firmware_current();
    uint8_t *bytes = capability;
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_TCG2_CAPABILITY, NULL, &status)) {
        return status;
    }
    if (this != &fw->tcg2 || bytes[0] < 36) {
        complain(fw, "GetCapability of TCG2 into %u bytes", bytes[0]);
        return EFI_INVALID_PARAMETER;
    }
    memset(bytes, 0, 36);
    bytes[0] = 36;
    bytes[16] = !fw->setup.no_tpm;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI get_event_log(void *this, UINT32 format, EFI_PHYSICAL_ADDRESS *log,
                                       EFI_PHYSICAL_ADDRESS *last, BOOLEAN *is_truncated)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_TCG2_GET_LOG, NULL, &status)) {
        return status;
    }
    if (this != &fw->tcg2 || format != LOG_FORMAT) {
        complain(fw, "GetEventLog of form %u", format);
        return EFI_INVALID_PARAMETER;
    }
    *log = (EFI_PHYSICAL_ADDRESS)fw->log;
    *last = *log + fw->last_event;
    *is_truncated = FALSE;
    return EFI_SUCCESS;
}

static void add_to_log(struct firmware *fw, const void *bytes, size_t size)
{
    if (fw->log_size + size > LOG_SIZE) {
        die("the log of events is full");
    }
    memcpy(fw->log + fw->log_size, bytes, size);
    fw->log_size += size;
}

/* TCG_PCR_EVENT2 for an event, with a digest that is none. */
static void log_event(struct firmware *fw, const uint8_t *event)
{
    static const uint8_t digests[] = {1, 0, 0, 0, 0x0b, 0, [37] = 0xff};
    uint32_t size = word(event) - EVENT_HEADER;

    fw->last_event = fw->log_size;
    add_to_log(fw, event + 10, 8); /* register and type */
    add_to_log(fw, digests, sizeof(digests));
    add_to_log(fw, &size, sizeof(size));
    add_to_log(fw, event + EVENT_HEADER, size);
}

/* The event's text is what is hashed, and ends with a NUL. */
static bool is_text(const uint8_t *event, uint64_t data, uint64_t size)
{
    return word(event) == EVENT_HEADER + size + 1 &&
           memcmp(event + EVENT_HEADER, (const void *)data, size) == 0 &&
           event[EVENT_HEADER + size] == 0;
}

static bool is_program(const uint8_t *event, uint64_t data, uint64_t size)
{
    uint64_t fields[4];

    memcpy(fields, event + EVENT_HEADER, sizeof(fields));
    return fields[0] == data && fields[1] == size &&
           word(event) == EVENT_HEADER + PROGRAM_EVENT + fields[3] &&
           memcmp((const void *)data, "MZ", 2) == 0;
}

static EFI_STATUS EFIAPI hash_log_extend_event(void *this, UINT64 flags, EFI_PHYSICAL_ADDRESS data,
                                               UINT64 size, void *event)
{
    struct firmware *fw = firmware_current();
    const uint8_t *bytes = event;
    bool program = flags == FLAG_PROGRAM;
    char line[512];
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_HASH_LOG_EXTEND_EVENT, NULL, &status)) {
        return status;
    }
    if (this != &fw->tcg2 || word(bytes + 4) != HEADER_SIZE || bytes[8] != 1 ||
        word(bytes + 14) != (program ? TYPE_PROGRAM : TYPE_TEXT) ||
        !(program ? is_program(bytes, data, size) : is_text(bytes, data, size))) {
        complain(fw, "HashLogExtendEvent of an event that is none");
        return EFI_INVALID_PARAMETER;
    }
    snprintf(line, sizeof(line), "%u %s\n", word(bytes + 10),
             program ? "program" : (const char *)bytes + EVENT_HEADER);
    text_append(&fw->measurements, line, strlen(line));
    log_event(fw, bytes);
    return EFI_SUCCESS;
}

const char *firmware_measurements(const struct firmware *fw)
{
    return fw->measurements.bytes;
}

const void *firmware_log(const struct firmware *fw, size_t *size)
{
    *size = fw->log_size;
    return fw->log;
}

void tcg2_create(struct firmware *fw)
{
    static const EFI_GUID guid = {
        0x607f766c, 0x7455, 0x42be, {0x93, 0x0b, 0xe4, 0xd7, 0x6d, 0xb2, 0x72, 0x0f}};

    text_append(&fw->measurements, "", 0);
    fw->tcg2.get_capability = get_capability;
    fw->tcg2.get_event_log = get_event_log;
    fw->log_size = 0;
    fw->last_event = 0;
    add_to_log(fw, first_event, sizeof(first_event));
    fw->tcg2.hash_log_extend_event = hash_log_extend_event;
    if (fw->setup.tcg2) {
        handle_add_protocol(handle_create(fw), &guid, &fw->tcg2);
    }
}
