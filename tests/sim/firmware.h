/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A simulated UEFI firmware that runs an EFI application inside a process of the host.
 *
 * It behaves as the UEFI Specification 2.10 says, and where the specification leaves a choice it
 * takes the one that a careless application stumbles over. All that the application takes is
 * counted, and each service can be made to fail. There is one firmware at a time, because boot
 * services carry no pointer to theirs.
 */
#ifndef SIM_FIRMWARE_H
#define SIM_FIRMWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <efi.h>

#include "services.h"

struct firmware;

/* A part of the physical address space, as the memory map shows it at power-on. */
struct firmware_region {
    uint64_t start; /* bytes, page aligned */
    uint64_t pages;
    uint32_t type; /* EfiConventionalMemory can be allocated; other RAM is only described */
};

/* The state that the started image (the hypervisor) finds. Valid only while the callback runs. */
struct handover {
    const void *tree;  /* the device tree in the configuration table, NULL if there is none */
    const void *image; /* the bytes of the image that LoadImage was given or has read */
    size_t image_size;
    const char *load_options; /* as UTF-8; NULL if the image has none */
    const char *file_path;    /* the image's file path as text, "" if it has none */
    bool has_device;          /* the image has a device handle with a file system */
};

/* A status that no service returns: the started image keeps the machine. */
#define IMAGE_NEVER_RETURNS ((EFI_STATUS)0x5a5a5a5a)

/* Stands in for the started image. Returns its exit status, or IMAGE_NEVER_RETURNS. */
typedef EFI_STATUS firmware_handover(struct firmware *fw, const struct handover *handover,
                                     void *context);

/* A server's trouble with the files whose names have a given part. */
enum trouble {
    TROUBLE_NONE,
    TROUBLE_LONGER,   /* more comes than was told */
    TROUBLE_SHORTER,  /* less comes */
    TROUBLE_HUGE,     /* the size that is told is that of no file */
    TROUBLE_SILENT,   /* nothing comes, or no more */
    TROUBLE_DRIP,     /* a little comes every ten seconds */
    TROUBLE_REFUSED,  /* the server reports the error or code `code` */
    TROUBLE_NO_FILES, /* the firmware's PXE loads no files */
    TROUBLE_NO_CALLS, /* it has a callback already */
    TROUBLE_SMALL,    /* large blocks do not arrive */

    TROUBLE_CHUNKED,     /* nobody tells the size, and bodies are chunked */
    TROUBLE_UNSIZED,     /* nobody tells the size */
    TROUBLE_NO_HEAD,     /* HEAD is not allowed */
    TROUBLE_ENDLESS,     /* a chunked body without an end */
    TROUBLE_BAD_CHUNK,   /* a chunked body that is none */
    TROUBLE_MOVED,       /* files are where `location` says, the first time */
    TROUBLE_CUT,         /* the server leaves in the middle */
    TROUBLE_LEAVES,      /* it leaves behind each answer, without saying so */
    TROUBLE_LAST,        /* it says so */
    TROUBLE_TWO_LENGTHS, /* that contradict each other */
    TROUBLE_MORE_READ,   /* the firmware says that it received more than it could */
    TROUBLE_GZIP,        /* a transfer coding that nobody asked for */
};

/* The server that the application came from: it has the files of the volume, at 10.0.2.2. */
struct firmware_server {
    const char *url;  /* of the application, by HTTP; NULL: it came by TFTP */
    const char *file; /* the boot file, by TFTP */
    bool by_option;   /* the boot file is a DHCP option, and so is the server */
    bool by_proxy;    /* another DHCP server has told it */
    bool is_ipv6;
    bool has_no_address; /* the device path has none */
    enum trouble trouble;
    const char *part; /* the files that have trouble; NULL: all */
    unsigned code;
    const char *location; /* "%s" in it is the path */
};

/* The machine to simulate. Zero means: without it, unless said otherwise. */
struct firmware_setup {
    const char *volume; /* directory of the host that is the boot volume; NULL: no file system */
    const struct firmware_server *server; /* the volume is behind it, and is not a file system */
    bool writable;                        /* the volume can be written */
    size_t read_limit;                    /* most bytes that one Read returns; 0: no limit */
    size_t read_most;   /* a Read of more bytes is an error of the device; 0: no limit */
    uint64_t read_time; /* that each KiB takes, in units of 100 ns; 0: the usual */
    bool odd_file_size; /* FileInfo claims one byte more than the file has */
    bool odd_read;      /* Read says that it read one byte more than it was asked for */
    bool odd_write;     /* Write writes one byte less than it is given, and calls it success */

    const char *image;      /* file of the host: the application's image; NULL: a bare header */
    const char *image_path; /* the application's file on the volume; NULL or "": no file path */
    const void *image_device_path; /* instead of it, the nodes of the path as they are */
    bool split_image_path;         /* one device path node for each part of the path */
    bool no_device;                /* the application was loaded from memory: no device handle */
    bool no_device_path;           /* the volume's handle lacks the device path protocol */
    const EFI_GUID *null_protocol; /* it is there, but NULL */
    const void *load_options;
    uint32_t load_options_size; /* bytes; any number */

    const struct firmware_region *regions; /* NULL: the RAM of machine.dts */
    size_t region_count;
    uint64_t uncached;      /* from here on free memory cannot be cached; 0: all can */
    size_t descriptor_size; /* stride of the memory map; 0: 48, larger than the structure */

    const void *tree; /* device tree for the configuration table; NULL: none */
    size_t tree_size;
    bool acpi;                /* ACPI tables are installed, too */
    bool fixup;               /* EFI_DT_FIXUP_PROTOCOL is there */
    bool evil_fixup;          /* and edits what a tree says of what is to be started */
    unsigned exception_level; /* 0 means 2 */
    bool no_frequency;        /* nobody has told the counter how fast it is */
    bool secure_boot;         /* LoadImage refuses an image that is not signed */
    bool tcg2;                /* EFI_TCG2_PROTOCOL is there, and a TPM, */
    bool no_tpm;              /* unless it is missing */
    bool strict;       /* no memory is executable until EFI_MEMORY_ATTRIBUTE_PROTOCOL says so */
    bool no_console;   /* ConOut is NULL */
    bool no_watchdog;  /* it is off, as under a shell */
    bool no_variables; /* GetVariable and SetVariable are EFI_UNSUPPORTED */

    firmware_handover *handover; /* NULL: the image never returns */
    void *context;
};

/*
 * Make the firmware that @setup describes; what @setup points to must stay until
 * firmware_destroy(). Ends the process if the host cannot provide it.
 */
struct firmware *firmware_create(const struct firmware_setup *setup);

/* Free the firmware and everything that the application left in it. */
void firmware_destroy(struct firmware *fw);

/*
 * Run an application from its @entry until it returns, exits, or starts an image that never
 * returns. Returns the application's exit status, or IMAGE_NEVER_RETURNS.
 */
EFI_STATUS firmware_run(struct firmware *fw, EFI_IMAGE_ENTRY_POINT entry);

/*
 * Compare the machine with what it was before the application ran: nothing may be left allocated,
 * open, or loaded, and the configuration tables and variables must be those of the start.
 * Everything that is wrong becomes a complaint.
 */
void firmware_check_clean(struct firmware *fw);

/* As firmware_check_clean(), for what must be over when an image is started: files but the
 * volume's root, and events. */
void firmware_check_handover(struct firmware *fw);

/*
 * All that the application did wrong so far, a line each; "" if nothing. Owned by @fw.
 */
const char *firmware_complaints(const struct firmware *fw);

/* The text that was written to the console, UTF-8, with LF for CR LF. Valid until the next call. */
const char *firmware_console(struct firmware *fw);

/* The log of events of the TPM, in the form of TPM 2.0; *@size in bytes. Owned by @fw. */
const void *firmware_log(const struct firmware *fw, size_t *size);

/* The number of images that StartImage has started. */
unsigned firmware_starts(const struct firmware *fw);

/*
 * Let the @nth call (from 1) of @service fail with @status, and all after it if @lasting; the @nth
 * call of all for SERVICE_ANY, when @status is ignored and the first that the service may return is
 * used. A service that gives something back has done so even when it reports failure, as nobody
 * could try again.
 */
void firmware_fail(struct firmware *fw, enum service service, unsigned nth, EFI_STATUS status,
                   bool lasting);

/* Let the @nth Read and all after it find the end of the file, whatever FileInfo said. */
void firmware_truncate(struct firmware *fw, unsigned nth);

/* True if the failure that was asked for has happened; then @what says where, as "service (file)".
 */
bool firmware_has_failed(const struct firmware *fw, const char **what);

/* The number of calls of @service; all services for SERVICE_ANY. */
unsigned firmware_calls(const struct firmware *fw, enum service service);

/* The pages at [@start, @start + @size) belong to one allocation of the application. */
bool firmware_owns(const struct firmware *fw, uint64_t start, uint64_t size);

/* Clean [@start, @start + @size) from the data cache, as the processor's instruction does. */
void firmware_clean_cache(struct firmware *fw, uint64_t start, uint64_t size);

/* Let instruction fetches see what is in [@start, @start + @size) now. */
void firmware_invalidate_code(struct firmware *fw, uint64_t start, uint64_t size);

/* [@start, @start + @size) was cleaned from the data cache, and not written since. */
bool firmware_is_cleaned(const struct firmware *fw, uint64_t start, uint64_t size);

/* The value of a variable and its @size in bytes, or NULL. Owned by @fw. */
const void *firmware_variable(const struct firmware *fw, const char *name, size_t *size);

/* Set a variable of the global vendor GUID, as if it were there from the start. */
void firmware_set_variable(struct firmware *fw, const char *name, const void *data, size_t size);

/* The measurements, "REGISTER TEXT" a line. Owned by @fw. */
const char *firmware_measurements(const struct firmware *fw);

/* Queue @keys for the console's input: ASCII, or KEYS_SCAN and a scan code. */
#define KEYS_SCAN 0x80
void firmware_press(struct firmware *fw, const char *keys);

/* The arguments of the application's entry; for tests of the firmware itself. */
EFI_HANDLE firmware_image(struct firmware *fw);
EFI_SYSTEM_TABLE *firmware_system_table(struct firmware *fw);

/* The configuration table with @guid, or NULL. */
void *firmware_table(const struct firmware *fw, const EFI_GUID *guid);

#endif
