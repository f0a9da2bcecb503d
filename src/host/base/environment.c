/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine that this program runs on, as Linux shows it below /sys. */
#include "host/base/environment.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"

#define SYS_VARIABLE "MUSTER_SYS"

char *environment_sys(const char *name)
{
    const char *given = getenv(SYS_VARIABLE);
    char *path = NULL;

    return asprintf(&path, "%s/%s", given != NULL ? given : "/sys", name) >= 0 ? path : NULL;
}

bool environment_is_xen(void)
{
    char *path = environment_sys("hypervisor/type");
    FILE *file = path != NULL ? fopen(path, "re") : NULL;
    char type[8] = "";
    bool is_xen =
        file != NULL && fgets(type, sizeof(type), file) != NULL && text_starts(type, "xen");

    if (file != NULL)
        fclose(file);
    free(path);
    return is_xen;
}
