/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of event channels. */
#include "core/preflight/channels.h"

#include <string.h>

#include "core/base/names.h"
#include "core/base/text.h"
#include "core/preflight/roles.h"

/* The last port of an event channel: of a domain, and of one that serves others. */
#define PORT_MAX        1023U
#define PORT_MAX_SERVER 4095U

/* The check's own state. */
struct channels {
    const struct targets *targets;
    struct names ports; /* "DOMAIN/PORT" */
    bool has_owner;     /* a domain starts that the channels of /chosen belong to */
};

/* True if a channel belongs to a domain that is not started. */
static bool is_nobodys(const struct channels *channels, const struct target *channel)
{
    return channel->domain->is_dom0 && !channels->has_owner;
}

static uint32_t port_most(const struct check *check, const struct domain *domain)
{
    bool is_server =
        domain->is_dom0 || has_capability(check, domain, CAPABILITY_HARDWARE | CAPABILITY_XENSTORE);

    return is_server ? PORT_MAX_SERVER : PORT_MAX;
}

/* The mistake in the port of a channel, with a hint; NULL without one. */
static const char *wrong_port(struct channels *channels, struct target *channel, bool is_first,
                              const char **hint)
{
    const struct check *check = channels->targets->check;
    uint32_t most = port_most(check, channel->domain);
    const char *key = text_format(check->arena, "%s/%u", channel->domain->path, channel->port);

    *hint = text_format(check->arena, "ports of it go from 1 to %u", most);
    /* Xen chooses a port for 0, and then binds the other end to 0. */
    if (channel->port == 0 && !is_first)
        return NULL;
    if (channel->port == 0 || channel->port > most)
        return text_format(check->arena, "an event channel cannot have port %u", channel->port);
    if (key != NULL && names_add(&channels->ports, key, channel) != channel) {
        *hint = "give each its own";
        return text_format(check->arena, "two event channels have port %u", channel->port);
    }
    if (channel->port == 1 && has_xenstore_channel(check, channel->domain)) {
        *hint = "choose another one";
        return "xenstore has port 1 already";
    }
    return NULL;
}

/* The mistake in the link of a channel, or NULL. */
static const char *wrong_link(const struct channels *channels, const struct target *channel,
                              const struct target *remote)
{
    if (remote == NULL ||
        (remote->kind != TARGET_CHANNEL && !(remote->kind == TARGET_END && remote->has_link)))
        return "is not an event channel";
    if (remote->has_link && (remote->remote != channel->phandle || remote == channel))
        return "does not link back";
    if (is_nobodys(channels, remote))
        return "is of dom0, which is not started";
    return NULL;
}

static void check_port(struct channels *channels, struct target *channel, bool is_first)
{
    const struct check *check = channels->targets->check;
    struct location where = check_child(check, channel->domain, channel->node);
    const char *hint;
    const char *wrong = wrong_port(channels, channel, is_first, &hint);

    if (wrong != NULL)
        check_error(check, channel->domain, &where, hint, ": %s", wrong);
}

/* Xen starts at a node that is compatible; its other end need not be. */
static void check_channel(struct channels *channels, struct target *channel)
{
    const struct check *check = channels->targets->check;
    struct location where = check_child(check, channel->domain, channel->node);
    struct target *remote = target_of(channels->targets, channel->remote);
    bool is_half = remote != NULL && remote->kind == TARGET_END;
    const char *wrong;

    if (!channel->has_link) {
        if (!channel->domain->is_faulty)
            check_error(check, channel->domain, &where, NULL, ": xen,evtchn is not <PORT &REMOTE>");
        return;
    }
    check_port(channels, channel,
               !channel->is_made && (remote == NULL || is_half || channel->node <= remote->node));
    if (channel->is_made)
        return;
    wrong = wrong_link(channels, channel, remote);
    if (remote != NULL && wrong == NULL)
        remote->is_made = true;
    if (wrong == NULL && is_half)
        check_port(channels, remote, false);
    if (wrong != NULL)
        check_error(check, channel->domain, &where,
                    "two xen,evtchn-v1 nodes of started domains link to each other",
                    ": what xen,evtchn links to %s", wrong);
}

void check_channels(const struct targets *targets)
{
    const struct check *check = targets->check;
    struct channels channels = {.targets = targets, .has_owner = has_device_owner(check)};

    if (!target_is_any(targets, TARGET_CHANNEL) || !xen_is_from_to(check->xen, XEN(4, 17), 0) ||
        !xen_has(check->xen, FEATURE_STATIC_EVTCHN))
        return;
    names_init(&channels.ports, check->arena, false);
    for (struct target *each = targets->first; each != NULL; each = each->next)
        if (each->kind == TARGET_CHANNEL && !is_nobodys(&channels, each))
            check_channel(&channels, each);
}
