/* SPDX-License-Identifier: BSD-2-Clause */
/* The facts of a completed system: one set of them for every form of plan. */
#ifndef MUSTER_FACTS_H
#define MUSTER_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/config/like.h"
#include "host/base/digest.h"
#include "host/machine/host_system.h"

struct domain_fact {
    const struct domain *domain;
    bool has_cpus;
    uint32_t cpus;
    bool has_memory;
    uint64_t memory;      /* bytes */
    const char *console;  /* what shows the domain's console, NULL where it has none */
    const char **devices; /* paths in the host's tree that are passed through */
    size_t device_count;
    struct like entries; /* of its section, and of those that it is like; none without like= */
};

struct binary_fact {
    const struct binary *binary;
    bool is_xen;
    const char *type;                 /* words for its content; NULL when it was not read */
    const char *packed;               /* words for its file, if it was unpacked; else NULL */
    char digest[DIGEST_TEXT_SIZE];    /* of its file; "" when it was not read */
    const struct domain_fact **users; /* each once */
    size_t user_count;
};

/* Why a span of memory is not free. */
enum span_kind { SPAN_BINARY, SPAN_REGION };

struct span {
    enum span_kind kind;
    uint64_t start; /* bytes */
    uint64_t size;
    const struct binary_fact *binary; /* of SPAN_BINARY */
    const struct region *region;      /* of SPAN_REGION */
    const char *label;
};

struct facts {
    struct host_system *host;
    struct domain_fact *domains; /* dom0 first where there is one */
    size_t domain_count;
    struct binary_fact *binaries; /* Xen first */
    size_t binary_count;
    struct span *spans; /* by address */
    size_t span_count;
    const char *xen_options; /* Xen's command line, or NULL */
};

/*
 * Gathers the facts of a system that was described; everything belongs to its arena. False without
 * memory.
 */
bool facts_gather(struct facts *facts, struct host_system *host);

/* The bytes of a binary's file, packed or not. */
uint64_t binary_file_size(const struct binary *binary);

/* The word for what a module is to its domain, such as "kernel"; static. */
const char *module_kind_name(enum module_kind kind);

/* The words for what a region is for, such as "static memory"; static. */
const char *region_name(const struct region *region);

/* The address of a module's content; false when it has none. */
bool module_address(const struct module *module, uint64_t *address, uint64_t *size);

#endif
