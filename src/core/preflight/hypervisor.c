/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the file that is to be Xen. */
#include "core/preflight/hypervisor.h"

#include "core/base/text.h"
#include "core/pe/pe.h"
#include "core/preflight/images.h"

/* EFI programs that people name for Xen, and a text that each has. */
static const struct {
    const char *text;
    const char *name;
} others[] = {
    {"initcall_debug", "Linux"},
    {"grub_", "GRUB"},
};

/* Reports a program that has no version of Xen's, but a text of another one. */
static void check_other(const struct check *check)
{
    const struct binary *xen = &check->plan->xen;

    for (size_t at = 0; at < sizeof(others) / sizeof(others[0]) && check->xen->version == 0; at++)
        if (xen_holds_text(check->xen, others[at].text)) {
            check_error(check, NULL, &xen->where,
                        "give the xen.efi that was built with the hypervisor", "%s is %s, not Xen",
                        xen->name, others[at].name);
            return;
        }
}

/* It has to be an EFI image for arm64 (UEFI 2.10 §2.1.1). */
void check_hypervisor(const struct check *check)
{
    const struct binary *xen = &check->plan->xen;
    const char *hint = "give the xen.efi that was built with the hypervisor";
    enum pe_status status;
    struct pe pe;

    if (!xen->is_loaded)
        return;
    status = pe_read(&pe, xen->memory, (size_t)xen->size);
    if (status == PE_CUT_OFF || (status == PE_FINE && pe.machine == PE_MACHINE_ARM64)) {
        check_whole(check, xen);
        check_other(check);
        return;
    }
    if (status == PE_FINE)
        hint = "it is for another processor";
    else if (status != PE_NO_IMAGE)
        hint = pe_status_text(status);
    else if (xen->content != CONTENT_UNKNOWN && xen->content != CONTENT_PE)
        hint = text_format(check->arena, "it is %s; %s", content_name(xen->content), hint);
    check_error(check, NULL, &xen->where, hint, "%s is not an EFI program for arm64", xen->name);
}
