/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of event channels. */
#include "core/preflight/channels.h"

#include <string.h>

#include "core/base/text.h"

#define PORT_MAX 1023U /* of an event channel of a domain other than dom0 */

static void check_port(const struct targets *targets, struct names *ports, struct target *channel,
                       const struct location *where)
{
    const struct check *check = targets->check;
    const char *key = text_format(check->arena, "%s/%u", channel->domain->path, channel->port);

    if (channel->port == 0 || (!channel->domain->is_dom0 && channel->port > PORT_MAX))
        check_error(check, channel->domain, where, "ports of a domain go from 1 to 1023",
                    ": an event channel cannot have port %u", channel->port);
    else if (key != NULL && names_add(ports, key, channel) != channel)
        check_error(check, channel->domain, where, "give each its own",
                    ": two event channels have port %u", channel->port);
}

/* What is wrong with the link of a channel, or NULL. */
static const char *wrong_link(const struct target *channel, const struct target *remote)
{
    if (remote == NULL || remote->kind != TARGET_CHANNEL)
        return "is no event channel";
    if (remote->has_link && (remote->remote != channel->phandle || remote == channel))
        return "does not link back";
    if (remote->domain->is_dom0 && !check_has_kernel(remote->domain))
        return "is of dom0, which is not started";
    return NULL;
}

static void check_channel(const struct targets *targets, struct names *ports,
                          struct target *channel)
{
    const struct check *check = targets->check;
    struct location where = check_child(check, channel->domain, channel->node);
    const char *wrong;

    if (!channel->has_link) {
        check_error(check, channel->domain, &where, NULL, ": xen,evtchn is not <PORT &REMOTE>");
        return;
    }
    check_port(targets, ports, channel, &where);
    wrong = wrong_link(channel, target_of(targets, channel->remote));
    if (wrong != NULL)
        check_error(check, channel->domain, &where,
                    "two xen,evtchn-v1 nodes of started domains link to each other",
                    ": what xen,evtchn links to %s", wrong);
}

void check_channels(const struct targets *targets)
{
    struct names ports; /* "DOMAIN/PORT" */

    names_init(&ports, targets->check->arena, false);
    for (struct target *each = targets->first; each != NULL; each = each->next)
        if (each->kind == TARGET_CHANNEL)
            check_channel(targets, &ports, each);
}
