/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot state that a configuration counts in, and that is not there yet. */
#include "host/state/state_wanted.h"

#include <string.h>

#include "host/base/output.h"
#include "host/machine/host_system.h"

/* The name that core has resolved, without the slash in front. */
static bool take_name(struct state_wanted *wanted, const struct choice *choice)
{
    const char *path = choice->file.paths[0];

    if (choice->has_state || path == NULL)
        return true;
    wanted->name = strdup(path + 1);
    if (wanted->name == NULL)
        output_error("out of memory");
    return wanted->name != NULL;
}

bool state_wanted_find(struct state_wanted *wanted)
{
    const struct host_request request = {
        .config = wanted->config,
        .root = wanted->root,
        .is_choosing = true,
    };
    struct host_system host;
    bool is_done = host_system_open(&host, &request) == 0;

    wanted->name = NULL;
    is_done = is_done && take_name(wanted, &host.system.choice);
    host_system_close(&host);
    return is_done;
}
