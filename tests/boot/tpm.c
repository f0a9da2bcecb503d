/* SPDX-License-Identifier: BSD-2-Clause */
/* Shows what was measured: the log of events, and the registers of the TPM's SHA-256 bank. */

#include <efi.h>
#include <efilib.h>

#define LOG_FORMAT  2 /* crypto-agile */
#define ALGORITHM   0x000b
#define DIGEST_SIZE 32
#define TEXT        0x0d
#define RESPONSE    128

struct tcg2 {
    void *get_capability;
    EFI_STATUS(EFIAPI *get_event_log)
    (struct tcg2 *this, UINT32 format, EFI_PHYSICAL_ADDRESS *log, EFI_PHYSICAL_ADDRESS *last,
     BOOLEAN *truncated);
    void *hash_log_extend_event;
    EFI_STATUS(EFIAPI *submit_command)
    (struct tcg2 *this, UINT32 size, UINT8 *command, UINT32 response_size, UINT8 *response);
};

static UINT32 number(const UINT8 *bytes, UINTN size)
{
    UINT32 value = 0;

    while (size-- > 0)
        value = value << 8 | bytes[size];
    return value;
}

static void print_digest(const UINT8 *digest)
{
    for (UINTN at = 0; at < DIGEST_SIZE; at++)
        Print(L"%02x", (UINT64)digest[at]);
}

static UINTN digest_size(UINT32 algorithm)
{
    switch (algorithm) {
    case 0x04:
        return 20;
    case 0x0c:
        return 48;
    case 0x0d:
        return 64;
    default:
        return 32;
    }
}

/* TCG_PCR_EVENT2; returns the one behind it. */
static const UINT8 *print_event(const UINT8 *at)
{
    UINT32 pcr = number(at, 4);
    UINT32 type = number(at + 4, 4);
    UINT32 count = number(at + 8, 4);
    const UINT8 *digest = at + 12;
    const UINT8 *sha256 = digest;
    UINT32 size;

    for (; count > 0; count--) {
        if (number(digest, 2) == ALGORITHM)
            sha256 = digest + 2;
        digest += 2 + digest_size(number(digest, 2));
    }
    size = number(digest, 4);
    Print(L"tpm: event %d %x ", (UINT64)pcr, (UINT64)type);
    print_digest(sha256);
    if (type == TEXT)
        Print(L" %a", digest + 4);
    Print(L"\r\n");
    return digest + 4 + size;
}

/* The log begins with an event of the older form, which tells of the digests. */
static void print_log(struct tcg2 *tcg2)
{
    EFI_PHYSICAL_ADDRESS log = 0;
    EFI_PHYSICAL_ADDRESS last = 0;
    BOOLEAN truncated = FALSE;
    const UINT8 *at;

    if (EFI_ERROR(tcg2->get_event_log(tcg2, LOG_FORMAT, &log, &last, &truncated)) || log == 0)
        return;
    at = (const UINT8 *)(UINTN)log;
    at += 32 + number(at + 28, 4);
    while ((UINTN)at <= (UINTN)last)
        at = print_event(at);
}

/* TPM2_PCR_Read of one register (TPM 2.0 Library, Part 3, §22.4). */
static void print_register(struct tcg2 *tcg2, UINTN pcr)
{
    UINT8 command[] = {0x80, 0x01, 0, 0, 0, 20, 0, 0, 0x01, 0x7e, 0, 0, 0, 1, 0, 0x0b, 3, 0, 0, 0};
    UINT8 response[RESPONSE] = {0};

    command[17 + pcr / 8] = (UINT8)(1U << pcr % 8);
    if (EFI_ERROR(tcg2->submit_command(tcg2, sizeof(command), command, RESPONSE, response)))
        return;
    Print(L"tpm: pcr %d ", (UINT64)pcr);
    print_digest(response + 10 + 4 + 10 + 4 + 2);
    Print(L"\r\n");
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    EFI_GUID guid = {0x607f766c, 0x7455, 0x42be, {0x93, 0x0b, 0xe4, 0xd7, 0x6d, 0xb2, 0x72, 0x0f}};
    struct tcg2 *tcg2 = NULL;

    InitializeLib(image, system_table);
    if (!EFI_ERROR(LibLocateProtocol(&guid, (void **)&tcg2))) {
        print_log(tcg2);
        print_register(tcg2, 4);
        print_register(tcg2, 11);
        print_register(tcg2, 12);
    }
    Print(L"tpm: done\r\n");
    return EFI_NOT_FOUND;
}
