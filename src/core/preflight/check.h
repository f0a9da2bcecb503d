/* SPDX-License-Identifier: BSD-2-Clause */
/* What the checks of stage preflight share. */
#ifndef MUSTER_CHECK_H
#define MUSTER_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/names.h"
#include "core/plan/xen_options.h"
#include "core/preflight/preflight.h"

/* A check is given all of this. */
struct check {
    const struct subject *subject;
    const struct plan *plan;
    const void *fdt;
    struct arena *arena;
    struct diagnostics *to;
    const char *options;    /* Xen's command line, "" for none */
    unsigned cpus_most;     /* that a domain may have; 0 before it is asked for */
    struct names known;     /* names looked up in Xen's binary */
    unsigned known_lookups; /* of them */
    unsigned devices;       /* of fragments that were looked at */
};

/*
 * Reports at `where`, or at the domain when that is NULL. What is said starts with the domain's
 * name when that is given: `what`, formatted, follows on "dom0" or "domain NAME". The hint may be
 * NULL.
 */
void check_error(const struct check *check, const struct domain *domain,
                 const struct location *where, const char *hint, const char *what, ...)
    __attribute__((format(printf, 5, 6)));
void check_warning(const struct check *check, const struct domain *domain,
                   const struct location *where, const char *hint, const char *what, ...)
    __attribute__((format(printf, 5, 6)));

/* Reports a text of more than `most` characters; `what` tells which. Returns whether it is right.
 */
bool check_length(const struct check *check, const struct domain *domain,
                  const struct location *where, const char *what, const char *text, unsigned most);

/* Where a child of a domain, or of /chosen, is to be shown. */
struct location check_child(const struct check *check, const struct domain *domain, int node);

/* Whether a domain has a kernel that will be started. */
bool check_has_kernel(const struct domain *domain);

/* A cell of a node; false when the property is missing or is no one cell. */
bool check_cell(const struct check *check, int node, const char *property, uint32_t *value);

/* Whether the hypervisor holds a text: one that ends where `text` does if `is_whole`. */
bool check_xen_holds(const struct check *check, const char *text, bool is_whole);

/* Whether the hypervisor is a Xen that can be asked with check_xen_holds. */
bool check_is_xen(struct check *check);

/* Whether a binary is an EFI image (Microsoft PE format); *header is then where its PE header is.
 */
bool check_is_efi(const struct binary *binary, uint64_t *header);

/* Reports a binary that is an EFI image, and shorter than its headers say. */
void check_whole(const struct check *check, const struct binary *binary);

/* A number as two cells, as they are written: <0 0x20000>. */
const char *check_two_cells(const struct check *check, uint64_t value);

/* The hint about the unit of `memory`, for an amount of `kib` KiB whose bytes fit into 64 bits. */
const char *check_memory_hint(const struct check *check, uint64_t kib);

/* The subjects of preflight, each in a file of its own. */
void check_bindings(struct check *check);
void check_domains(struct check *check);
void check_links(struct check *check);
void check_memory(struct check *check);
void check_modules(struct check *check);

#endif
