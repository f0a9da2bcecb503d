/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI_DT_FIXUP_PROTOCOL: the firmware completes a device tree that it did not provide itself. */
#include "internal.h"

#include <libfdt.h>
#include <string.h>

#define APPLY_FIXUPS   1
#define RESERVE_MEMORY 2
#define INSTALL_TABLE  4
#define ROOM           0x3000 /* bytes that U-Boot wants for its fixups beside what is used */

/* Seeds for the kernels' random numbers, as U-Boot and QEMU give them. */
static int add_seeds(void *tree)
{
    int chosen = fdt_path_offset(tree, "/chosen");

    return chosen < 0 ? 0
                      : fdt_setprop_u64(tree, chosen, "kaslr-seed", 42) |
                            fdt_setprop_u64(tree, chosen, "rng-seed", 43);
}

/* As if somebody had told the firmware to: options, a module, and another name for a binary. */
static int edit_chosen(void *tree)
{
    int chosen = fdt_path_offset(tree, "/chosen");
    int added = fdt_add_subnode(tree, chosen, "added");

    return added < 0 ? added
                     : fdt_setprop_string(tree, added, "compatible", "multiboot,module") |
                           fdt_setprop_string(tree, fdt_path_offset(tree, "/chosen"), "bootargs",
                                              "of the firmware") |
                           fdt_setprop_u32(tree, fdt_path_offset(tree, "/chosen/guest"), "cpus", 2);
}

static EFI_STATUS apply_fixups(const struct firmware *fw, void *tree, size_t size)
{
    if (fdt_open_into(tree, tree, (int)size) != 0 || add_seeds(tree) != 0 ||
        (fw->setup.evil_fixup && edit_chosen(tree) != 0) ||
        fdt_setprop_string(tree, 0, "serial-number", "simulated") != 0 || fdt_pack(tree) != 0) {
        return EFI_INVALID_PARAMETER;
    }
    return EFI_SUCCESS;
}

/* The size of the buffer that U-Boot asks for. */
static size_t room_for(const void *tree)
{
    size_t used = fdt_off_dt_strings(tree) + fdt_size_dt_strings(tree);

    return used + ROOM > fdt_totalsize(tree) ? used + ROOM : fdt_totalsize(tree);
}

static EFI_STATUS EFIAPI fixup(void *this, void *tree, UINTN *size, UINT32 flags)
{
    struct firmware *fw = firmware_current();
    size_t needed;
    EFI_STATUS status;
    bool failed = service_fails(fw, SERVICE_FIXUP, NULL, &status);

    if (this != &fw->fixup || tree == NULL || size == NULL || fdt_check_header(tree) != 0 ||
        (flags & ~(unsigned)(APPLY_FIXUPS | RESERVE_MEMORY | INSTALL_TABLE)) != 0 || flags == 0) {
        complain(fw, "Fixup of something that is not a device tree, or with flags 0x%x", flags);
        return EFI_INVALID_PARAMETER;
    }
    if (failed && status != EFI_BUFFER_TOO_SMALL) {
        return status;
    }
    needed = room_for(tree);
    needed = failed && *size >= needed ? *size + ROOM : needed;
    if (*size < needed) {
        *size = needed;
        return EFI_BUFFER_TOO_SMALL;
    }
    if ((flags & INSTALL_TABLE) != 0) {
        complain(fw, "Fixup that installs the table is not simulated");
        return EFI_UNSUPPORTED;
    }
    fw->fixup_flags |= flags;
    return (flags & APPLY_FIXUPS) != 0 ? apply_fixups(fw, tree, *size) : EFI_SUCCESS;
}

void fixup_create(struct firmware *fw)
{
    static const EFI_GUID guid = DT_FIXUP_PROTOCOL_GUID;

    fw->fixup.Revision = 0x00010000;
    fw->fixup.fixup = fixup;
    if (fw->setup.fixup) {
        handle_add_protocol(handle_create(fw), &guid, &fw->fixup);
    }
}
