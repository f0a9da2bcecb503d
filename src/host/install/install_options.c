/* SPDX-License-Identifier: BSD-2-Clause */
/* The options that commands about an installation share. */
#include "host/install/install_options.h"

bool install_option_take(struct install_request *request, int option, const char *argument)
{
    switch (option) {
    case INSTALL_OPTION_ESP:
        request->esp = argument;
        return true;
    case INSTALL_OPTION_NO_ENTRY:
        request->has_no_entry = true;
        return true;
    case INSTALL_OPTION_LABEL:
        request->label = argument;
        return true;
    case INSTALL_OPTION_ONCE:
        request->is_once = true;
        return true;
    case INSTALL_OPTION_KERNEL:
        request->kernel = argument;
        return true;
    case INSTALL_OPTION_RAMDISK:
        request->ramdisk = argument;
        return true;
    case INSTALL_OPTION_XEN:
        request->xen = argument;
        return true;
    default:
        return false;
    }
}
