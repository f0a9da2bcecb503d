/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading and starting an EFI program without LoadImage: for one that was verified by its digest.
 */
#ifndef MUSTER_PE_LOADER_H
#define MUSTER_PE_LOADER_H

#include "efi/memory_attributes.h"

#include <efisetjmp.h>

/* A loaded program. It refers to itself, so it must not move. */
struct loaded_pe {
    EFI_BOOT_SERVICES *boot;
    struct memory_attribute_protocol *protection; /* or NULL */
    EFI_HANDLE handle;                            /* NULL until its protocol is there */
    EFI_LOADED_IMAGE protocol;
    EFI_DEVICE_PATH *path;
    EFI_PHYSICAL_ADDRESS address; /* of its pages */
    UINTN pages;                  /* 0 until they are allocated */
    EFI_PHYSICAL_ADDRESS entry;
    jmp_buf start; /* where Exit goes on */
    EFI_STATUS exit_status;
};

/*
 * Loads the program in the `size` bytes at `file`, whose headers are taken as hostile: its sections
 * are copied to pages of EfiLoaderCode, with the protection that its sections ask for where the
 * firmware has EFI_MEMORY_ATTRIBUTE_PROTOCOL, and a handle gets its loaded-image protocol with
 * `name`, the file's in the loader's partition. The program must not need relocation; Xen does not.
 * On an error nothing stays, and *problem is a sentence part, or NULL if the status says it all.
 * Otherwise pe_loader_unload gives it back. Source: UEFI 2.10 §2.1.1, §7.4, §9.1, §37.
 */
EFI_STATUS pe_loader_load(const struct firmware *firmware, const void *file, size_t size,
                          const char *name, struct loaded_pe *program, const char **problem);

/*
 * Starts the program; its status when it returns, or calls Exit with its handle. While it runs,
 * the boot service Exit is the loader's own: the firmware does not know this program as an image.
 */
EFI_STATUS pe_loader_start(const struct firmware *firmware, struct loaded_pe *program);

void pe_loader_unload(const struct firmware *firmware, struct loaded_pe *program);

#endif
