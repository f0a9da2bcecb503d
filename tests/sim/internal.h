/* SPDX-License-Identifier: BSD-2-Clause */
/* The declarations that the parts of the simulated firmware share; tests include firmware.h alone.
 */
#ifndef SIM_INTERNAL_H
#define SIM_INTERNAL_H

#include "firmware.h"

#define PROTOCOLS_PER_HANDLE 8
#define KEYS_MAX             32

/* A growing text, never NULL after the first use. */
struct text {
    char *bytes;
    size_t length;
    size_t room;
};

/* A stretch of the address space with one use; a firmware's are sorted and never overlap. */
struct area {
    uint64_t start;
    uint64_t pages;
    uint32_t type;
    bool application; /* allocated by the application, which must free it */
};

/* A pool allocation: the bytes are the host's, the RAM that they stand for is an area. */
struct pool {
    struct pool *next;
    void *bytes;
    size_t size;
    uint64_t backing;
    uint64_t backing_pages;
};

/* Bytes that were cleaned from the data cache, with their checksum at that time. */
struct cleaned {
    struct cleaned *next;
    uint64_t start;
    uint64_t size;
    uint32_t checksum;
};

/* A page whose protection was set: EFI_MEMORY_RO and EFI_MEMORY_XP. */
struct protected_page {
    struct protected_page *next;
    uint64_t start;
    uint64_t attributes;
};

struct protocol {
    EFI_GUID guid;
    void *interface;
};

/* An open that must be closed again: EXCLUSIVE or BY_DRIVER (UEFI 2.10 §7.3.9). */
struct protocol_open {
    struct protocol_open *next;
    EFI_GUID guid;
    EFI_HANDLE agent;
    EFI_HANDLE controller;
    uint32_t attributes;
};

struct handle {
    struct handle *next;
    struct protocol protocols[PROTOCOLS_PER_HANDLE];
    size_t protocol_count;
    struct protocol_open *opens;
    struct image *image;   /* NULL if the handle is not an image */
    size_t added;          /* protocols that the application has put on a handle of the firmware */
    bool from_application; /* it was made by the application, which must remove it */
};

struct image {
    EFI_LOADED_IMAGE_PROTOCOL loaded;
    uint64_t pages;
    size_t size;
    bool may_start; /* false after EFI_SECURITY_VIOLATION */
};

struct event {
    struct event *next;
    uint32_t type;
    EFI_EVENT_NOTIFY notify;
    void *context;
    bool signalled;
    EFI_TIMER_DELAY timer; /* TimerCancel: the timer is not set */
    uint64_t due;          /* in units of 100 ns */
    uint64_t period;
};

struct open_file {
    EFI_FILE_PROTOCOL protocol;
    struct open_file *next;
    struct firmware *fw;
    char *path; /* below the volume, "" for the root, with '/' */
    int descriptor;
    uint64_t position; /* bytes, or entries for a directory */
    bool directory;
    bool writable;
};

struct variable {
    struct variable *next;
    EFI_GUID vendor;
    char *name;
    uint32_t attributes;
    uint8_t *data;
    size_t size;
    bool initial; /* it was there before the application */
};

struct injection {
    enum service service;
    unsigned nth; /* 0: none */
    EFI_STATUS status;
    bool lasting;
    unsigned truncate_from; /* the first Read that finds the end of the file; 0: none */
    bool done;
    char what[160];
};

#define LOG_SIZE 16384 /* bytes of the log of events */

struct firmware {
    struct firmware_setup setup;
    struct injection injection;
    unsigned calls[SERVICE_COUNT];
    struct text complaints;
    char *console_text; /* rendered for firmware_console() */

    /* memory.c */
    struct area *areas;
    size_t area_count;
    size_t area_room;
    struct area *initial_areas;
    size_t initial_area_count;
    uint64_t map_key;
    struct pool *pools;
    struct cleaned *cleaned;
    struct cleaned *fetched; /* what instruction fetches see */
    struct protected_page *protected_pages;

    /* handles.c */
    struct handle *handles;
    struct handle *application;
    struct handle *device;
    uint8_t *device_path;
    size_t device_path_size; /* without the end node */

    /* images.c */
    struct image application_image;
    uint8_t *application_path;
    uint8_t *load_options;
    unsigned starts;
    EFI_EXIT firmware_exit;
    void *escape; /* the jmp_buf of firmware_run() */
    EFI_STATUS exit_status;

    /* files.c */
    EFI_SIMPLE_FILE_SYSTEM_PROTOCOL volume;
    struct open_file *files;

    /* tables.c */
    EFI_SYSTEM_TABLE *system_table;
    EFI_BOOT_SERVICES boot_services;
    EFI_RUNTIME_SERVICES runtime_services;
    EFI_CONFIGURATION_TABLE *initial_tables;
    size_t initial_table_count;
    void *tree;
    uint64_t acpi[8];

    /* console.c */
    struct text console;
    bool carriage_return;
    SIMPLE_TEXT_OUTPUT_INTERFACE output;
    SIMPLE_TEXT_OUTPUT_MODE mode;
    SIMPLE_INPUT_INTERFACE input;
    char keys[KEYS_MAX];
    size_t key_count;

    /* events.c */
    struct event *events;
    struct event *key_event;
    uint64_t time; /* since power-on, in units of 100 ns */
    EFI_TPL tpl;
    uint64_t watchdog_due; /* when it resets the machine, in units of 100 ns; 0: it is off */
    bool watchdog_taken;   /* the application has set it */

    struct variable *variables;

    /* protection.c */
    bool protection_hidden; /* nobody was told of it */
    struct {
        EFI_STATUS(EFIAPI *get)
        (void *this, EFI_PHYSICAL_ADDRESS start, UINT64 size, UINT64 *attributes);
        EFI_STATUS(EFIAPI *set)
        (void *this, EFI_PHYSICAL_ADDRESS start, UINT64 size, UINT64 attributes);
        EFI_STATUS(EFIAPI *clear)
        (void *this, EFI_PHYSICAL_ADDRESS start, UINT64 size, UINT64 attributes);
    } protection;

    /* tcg2.c */
    struct text measurements;
    uint8_t log[LOG_SIZE]; /* of events, in the form of TPM 2.0 */
    size_t log_size;
    size_t last_event; /* its offset in the log */
    struct {
        EFI_STATUS(EFIAPI *get_capability)(void *this, void *capability);
        EFI_STATUS(EFIAPI *get_event_log)
        (void *this, UINT32 format, EFI_PHYSICAL_ADDRESS *log, EFI_PHYSICAL_ADDRESS *last,
         BOOLEAN *is_truncated);
        EFI_STATUS(EFIAPI *hash_log_extend_event)
        (void *this, UINT64 flags, EFI_PHYSICAL_ADDRESS data, UINT64 size, void *event);
    } tcg2;

    /* pxe.c */
    EFI_PXE_BASE_CODE_PROTOCOL pxe;
    EFI_PXE_BASE_CODE_MODE pxe_mode;

    /* web.c */
    EFI_SERVICE_BINDING web;
    struct web_child *web_children;
    struct handle *card;
    uint8_t *card_path;

    /* fixup.c */
    unsigned fixup_flags; /* all that the application has asked for */
    struct {
        UINT64 Revision;
        EFI_STATUS(EFIAPI *fixup)(void *this, void *tree, UINTN *size, UINT32 flags);
    } fixup;
};

/* The firmware whose services are called. */
struct firmware *firmware_current(void);

/* End the process: the host or the test, not the application, is wrong. */
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Note that the application did wrong, in one line. */
void complain(struct firmware *fw, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* malloc(), calloc(), strdup() that end the process instead of failing. */
void *must_allocate(size_t size);
char *must_copy(const char *text);

/*
 * Count a call of @service. True if it must fail: then *@status is what to return. @detail (a
 * file's name, for one) is for the report, or NULL.
 */
bool service_fails(struct firmware *fw, enum service service, const char *detail,
                   EFI_STATUS *status);

/* text.c */
void text_append(struct text *text, const char *bytes, size_t length);
char *utf8_from_utf16(const void *string, size_t limit);   /* at most @limit bytes of @string */
CHAR16 *utf16_from_utf8(const char *string, size_t *size); /* *@size: bytes with the terminator */
bool guid_equal(const EFI_GUID *a, const EFI_GUID *b);
const char *guid_name(const EFI_GUID *guid);
uint32_t checksum(const void *bytes, size_t size); /* CRC-32 of UEFI 2.10 §4.2 */

/* memory.c */
void memory_create(struct firmware *fw);
void memory_destroy(struct firmware *fw);
void memory_check(struct firmware *fw);
void memory_fill_services(EFI_BOOT_SERVICES *services);
EFI_STATUS memory_take(struct firmware *fw, uint64_t pages, uint32_t type, bool application,
                       uint64_t *start);
void memory_give_back(struct firmware *fw, uint64_t start);
void memory_open(uint64_t start, uint64_t pages); /* make it readable, writable and not zero */
void memory_protect(uint64_t start, uint64_t pages, int protection); /* PROT_* of mmap() */
/* Instruction fetches see the bytes as they are. */
bool memory_is_fetched(const struct firmware *fw, uint64_t start, uint64_t size);
EFI_STATUS pool_take(struct firmware *fw, uint32_t type, size_t size, void **bytes);

/* handles.c */
struct handle *handle_create(struct firmware *fw);
void handle_add_protocol(struct handle *handle, const EFI_GUID *guid, void *interface);
struct handle *handle_find(struct firmware *fw, EFI_HANDLE handle); /* NULL if there is none */
void *handle_protocol(const struct handle *handle, const EFI_GUID *guid);
void handle_remove(struct firmware *fw, struct handle *handle);
void handles_destroy(struct firmware *fw);
void handles_check(struct firmware *fw);
void opens_check(struct firmware *fw); /* a part of it, for when an image is started */
void handles_fill_services(EFI_BOOT_SERVICES *services);

/* images.c */
void images_create(struct firmware *fw);
void images_destroy(struct firmware *fw);
void images_check(struct firmware *fw);
void images_fill_services(EFI_BOOT_SERVICES *services);
/* The entry point of an image that the application has loaded by itself was called. */
EFI_STATUS image_enter(struct firmware *fw, uint64_t entry, EFI_HANDLE handle,
                       EFI_SYSTEM_TABLE *table);

/* paths.c */
size_t device_path_size(const void *path); /* without the end node */
uint8_t *device_path_for_volume(size_t *size);
uint8_t *device_path_for_file(const char *path, bool split);
void device_path_append(struct text *path, uint8_t type, uint8_t subtype, const void *data,
                        size_t size);
char *device_path_text(const void *path); /* the file path nodes, joined with '\\' */

/* files.c */
void files_create(struct firmware *fw);
void files_destroy(struct firmware *fw);
void files_check(struct firmware *fw, bool root_too);
void *host_content(const char *path, size_t *size);                      /* a file of the host */
void *file_content(struct firmware *fw, const char *path, size_t *size); /* NULL if not found */

/* console.c */
void console_create(struct firmware *fw);
void console_destroy(struct firmware *fw);

/* events.c */
void events_create(struct firmware *fw);
void events_destroy(struct firmware *fw);
void events_check(struct firmware *fw);
void events_fill_services(EFI_BOOT_SERVICES *services);
void watchdog_start(struct firmware *fw); /* as a boot manager does for a boot option */
void watchdog_check(struct firmware *fw);
void events_advance(struct firmware *fw, uint64_t duration); /* in units of 100 ns */

/* variables.c */
void variables_fill_services(EFI_RUNTIME_SERVICES *services);
void variables_check(struct firmware *fw);
void variables_destroy(struct firmware *fw);

/* tables.c */
void tables_create(struct firmware *fw);
void tables_destroy(struct firmware *fw);
void tables_check(struct firmware *fw);
void tables_refresh(struct firmware *fw); /* after a change of the system table */
void tables_fill_services(EFI_BOOT_SERVICES *services);

/* unsimulated.c */
void unsimulated_fill_services(EFI_BOOT_SERVICES *boot, EFI_RUNTIME_SERVICES *runtime);

/* protection.c */
void protection_create(struct firmware *fw);
void protection_destroy(struct firmware *fw);
/* The pages can be executed, as far as anybody cares. */
bool protection_allows_code(const struct firmware *fw, uint64_t start, uint64_t size);
/* The pages get back what pages of their type have. */
void protection_forget(struct firmware *fw, uint64_t start, uint64_t pages);

/* tcg2.c */
void tcg2_create(struct firmware *fw);

/* pxe.c */
void pxe_create(struct firmware *fw);
/* The trouble that the server has with a file, and the file's content; NULL if there is none. */
enum trouble server_trouble(const struct firmware *fw, const char *name);
uint8_t *server_content(struct firmware *fw, const char *name, size_t *size);

/* web.c */
void web_create(struct firmware *fw);
void web_destroy(struct firmware *fw);

/* fixup.c */
#define DT_FIXUP_PROTOCOL_GUID                                                                     \
    {                                                                                              \
        0xe617d64c, 0xfe08, 0x46da,                                                                \
        {                                                                                          \
            0xf4, 0xdc, 0xbb, 0xd5, 0x87, 0x0c, 0x73, 0x00                                         \
        }                                                                                          \
    }
void fixup_create(struct firmware *fw);

#endif
