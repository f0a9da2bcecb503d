/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of roles: the hardware domain and the xenstore domain. */
#ifndef MUSTER_ROLES_H
#define MUSTER_ROLES_H

#include "core/preflight/check.h"

/* Bits of `capabilities`. */
enum { CAPABILITY_HARDWARE = 2, CAPABILITY_XENSTORE = 4, CAPABILITIES = 7 };

/* True if a domain, not dom0, has one of these capabilities: a sum of bits. */
bool has_capability(const struct check *check, const struct domain *domain, uint32_t capabilities);

/* The xen,enhanced of a domain, "" for none; one that is no text means what "enabled" means. */
const char *enhanced_value(const struct check *check, const struct domain *domain);

/* True if Xen makes a channel to xenstore for a domain before all others. */
bool has_xenstore_channel(const struct check *check, const struct domain *domain);

/* Checks what all domains together are, by their capabilities and what they ask for. */
void check_roles(const struct check *check);

/* True if a domain starts that has all devices of the machine: dom0, or a hardware domain. */
bool has_device_owner(const struct check *check);

#endif
