/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of devices of the machine that are given to domains. */
#ifndef MUSTER_PASSTHROUGH_H
#define MUSTER_PASSTHROUGH_H

#include "core/base/names.h"
#include "core/preflight/check.h"

/* The devices that were given so far. */
struct passthrough {
    const struct check *check;
    struct names interrupts; /* number → the domain that has it */
    bool has_owner;          /* a domain has all devices that are not marked */
};

/* A device of a fragment that names its node in the machine's tree. */
struct given_device {
    const struct module *module;
    const char *name; /* of its node in the fragment */
    const char *path; /* of the machine's */
    bool is_forced;   /* it may do without an IOMMU */
};

void passthrough_init(struct passthrough *passthrough, const struct check *check);

/* Reports what is wrong with giving a device, and remembers that it is given. */
void passthrough_give(struct passthrough *passthrough, const struct given_device *device);

#endif
