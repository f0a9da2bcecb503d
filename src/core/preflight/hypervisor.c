/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the file that is to be Xen. */
#include "core/preflight/hypervisor.h"

#include "core/base/text.h"
#include "core/preflight/images.h"

#define PE_ARM64 0xaa64U /* the machine in the header of an EFI image */

/* It has to be an EFI image for arm64 (UEFI 2.10 §2.1.1). */
void check_hypervisor(const struct check *check)
{
    const struct binary *xen = &check->plan->xen;
    const char *hint = "give the xen.efi that was built with the hypervisor";
    uint64_t header;

    if (!xen->is_loaded)
        return;
    if (check_is_efi(xen, &header) &&
        read_little((const char *)xen->memory + header + 4, 2) == PE_ARM64) {
        check_whole(check, xen);
        return;
    }
    if (xen->content == CONTENT_PE)
        hint = "it is for another processor";
    else if (xen->content != CONTENT_UNKNOWN)
        hint = text_format(check->arena, "it is %s; %s", content_name(xen->content), hint);
    check_error(check, NULL, &xen->where, hint, "%s is no EFI program for arm64", xen->name);
}
