/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine as core sees it: files, memory, time and a console, supplied by firmware or a host.
 */
#ifndef MUSTER_PLATFORM_H
#define MUSTER_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SIZE 4096U

/* The start of the page of an address. */
static inline uint64_t page_start(uint64_t address)
{
    return address & ~(uint64_t)(PAGE_SIZE - 1);
}

/* The end of the last page below an address; UINT64_MAX behind the last that there is. */
static inline uint64_t page_end(uint64_t address)
{
    return address > UINT64_MAX - PAGE_SIZE ? UINT64_MAX : page_start(address + PAGE_SIZE - 1);
}

/* Why a request to the platform did not succeed. */
enum platform_status {
    PLATFORM_OK,
    PLATFORM_NOT_FOUND,
    PLATFORM_IS_DIRECTORY,
    PLATFORM_NO_MEMORY,
    PLATFORM_SHORT_READ,   /* the file ended before its stated size */
    PLATFORM_TOO_LARGE,    /* the file is larger than what it can be */
    PLATFORM_DENIED,       /* access, write protection or security policy */
    PLATFORM_UNSEALED,     /* the loader is sealed, and the file is not in its seal */
    PLATFORM_ALTERED,      /* the file has not the content that was sealed */
    PLATFORM_CORRUPT,      /* the volume is damaged */
    PLATFORM_NO_MEDIA,     /* no medium, or it was changed */
    PLATFORM_BUSY,         /* an address that was asked for is not free */
    PLATFORM_UNSUPPORTED,  /* this platform has no such service */
    PLATFORM_NO_VOLUME,    /* the loader came from where the firmware cannot read files */
    PLATFORM_NO_ANSWER,    /* the server is silent, or too slow */
    PLATFORM_SERVER_ERROR, /* the server reports an error of its own */
    PLATFORM_BAD_ANSWER,   /* the server's answer contradicts itself, or means nothing */
    PLATFORM_DEVICE_ERROR, /* anything else that the hardware reports */
};

/* To whom a part of the machine's memory belongs. */
enum memory_kind {
    MEMORY_FREE,      /* free for the loader */
    MEMORY_TRANSIENT, /* in use now, free once Xen has left the firmware */
    MEMORY_RUNTIME,   /* runtime services code or data: the firmware's to the end */
    MEMORY_RESERVED,  /* reserved or unusable: never anybody's */
    MEMORY_ACPI,      /* ACPI tables or NVS */
    MEMORY_DEVICE,    /* memory-mapped I/O, not RAM */
};

/* The parts of a boot that are measured into a TPM, if there is one. */
enum measuring {
    MEASURE_REQUEST,  /* which section it is, and how it was asked for; and the files if sealed */
    MEASURE_NOTHING,  /* measure=no */
    MEASURE_FILES,    /* measure=yes: the files in any case */
    MEASURE_REQUIRED, /* measure=required: the same, or nothing is started */
};

struct memory_region {
    uint64_t start; /* bytes, page aligned */
    uint64_t size;  /* bytes, whole pages */
    enum memory_kind kind;
};

/* An open file; only the platform knows its members. */
struct platform_file;

/*
 * Services of the machine. Every call gets `context` first. Names of files are absolute within the
 * partition, begin with '/', use '/' only and contain neither "." nor ".." (see file.h).
 */
struct platform {
    void *context;
    /*
     * Files come from a server: each is best read in one piece, which shows its progress by itself.
     * What is read in parts is in memory twice until it is closed.
     */
    bool is_remote;

    /* Memory for core's own use: `bytes` of it, aligned to 8, or NULL; returned by release. */
    void *(*allocate)(void *context, size_t bytes);
    void (*release)(void *context, void *memory, size_t bytes);

    /* Opens a file for reading at its start; *size is its length in bytes. The caller closes it. */
    enum platform_status (*open)(void *context, const char *name, struct platform_file **file,
                                 uint64_t *size);
    /* Reads exactly `bytes` from the current position, or fails. */
    enum platform_status (*read)(void *context, struct platform_file *file, void *buffer,
                                 size_t bytes);
    void (*close)(void *context, struct platform_file *file);
    /*
     * Calls `each` with the bare name of every file in a directory until it returns false. May be
     * NULL: it only serves to suggest names.
     */
    void (*list)(void *context, const char *directory, bool (*each)(void *data, const char *name),
                 void *data);

    /*
     * The memory map. On entry *count is the capacity of `regions`, on return the number of regions
     * that there are; PLATFORM_NO_MEMORY if they do not fit. Order and merging are not promised.
     */
    enum platform_status (*memory_map)(void *context, struct memory_region *regions, size_t *count);
    /*
     * Takes `pages` whole pages at exactly `address` (bytes). *memory is where they can be written.
     * The memory map has them as `kind` from then on: MEMORY_TRANSIENT, or MEMORY_RESERVED for what
     * Xen must not use either. PLATFORM_BUSY if they are not free. Returned by release_pages.
     */
    enum platform_status (*claim_pages)(void *context, uint64_t address, uint64_t pages,
                                        enum memory_kind kind, void **memory);
    void (*release_pages)(void *context, uint64_t address, uint64_t pages);

    /*
     * Lets the firmware put into a tree what only it knows (EFI_DT_FIXUP_PROTOCOL). *capacity is
     * the size of the buffer; when that is too small, PLATFORM_NO_MEMORY and the size needed.
     * NULL, or PLATFORM_UNSUPPORTED, where there is no such service.
     */
    enum platform_status (*fix_tree)(void *context, void *tree, size_t *capacity);

    /* Shows how much of a file was read; `done` == `total` ends it. May be NULL. */
    void (*progress)(void *context, const char *name, uint64_t done, uint64_t total);
    /* A clock in microseconds from any origin. May be NULL. */
    uint64_t (*clock)(void *context);

    /* Told what of the boot is measured, before any file of the section is opened. May be NULL. */
    void (*settle)(void *context, enum measuring measuring);

    /*
     * Bytes of memory to keep for the log of what is measured into a TPM, until Xen starts; 0 where
     * there is none. May be NULL.
     */
    uint64_t (*log_room)(void *context);

    /*
     * Reads, or rewrites in place, `bytes` bytes at `offset` of a file that is there; what was
     * written has reached the medium on return. Neither makes a file or changes its size. The boot
     * state is kept this way; NULL, or PLATFORM_UNSUPPORTED, where that cannot be.
     */
    enum platform_status (*read_at)(void *context, const char *name, uint64_t offset, void *buffer,
                                    size_t bytes);
    enum platform_status (*write_at)(void *context, const char *name, uint64_t offset,
                                     const void *buffer, size_t bytes);
    /* The CRC-32 of zlib and of UEFI (UEFI 2.10 §7.5, CalculateCrc32). */
    uint32_t (*crc32)(void *context, const void *data, size_t bytes);
    /*
     * Unpacks deflate data (RFC 1951) to exactly `bytes` bytes, by a library; *used is the size of
     * the data, behind which there may be more. PLATFORM_TOO_LARGE if it has more than `bytes`,
     * PLATFORM_CORRUPT if it has less or is none, PLATFORM_NO_MEMORY.
     */
    enum platform_status (*inflate)(void *context, const void *data, size_t size, void *memory,
                                    size_t bytes, size_t *used);
};

/* The sentence part for a status, such as "there is no such file"; static. */
const char *platform_status_text(enum platform_status status);

/* The platform's clock in microseconds; always 0 without one. */
uint64_t platform_now(const struct platform *platform);

#endif
