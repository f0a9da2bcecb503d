/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions that the checks of stage preflight share. */
#ifndef MUSTER_CHECK_H
#define MUSTER_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/workspace.h"
#include "core/memory/memory_map.h"
#include "core/memory/regions.h"
#include "core/plan/plan.h"
#include "core/plan/xen_options.h"
#include "core/preflight/xen.h"
#include "core/tree/tree.h"

/* The system as it is finished, and the machine that it is to start on. */
struct finished {
    const struct plan *plan;
    const struct tree *tree;
    const struct regions *regions;
    const struct memory_map *map;   /* as it was before anything was placed */
    unsigned exception_level;       /* that the loader runs at, 0 if not known */
    const struct location *section; /* the one that is booted, or its file, or NULL */
    const struct location *options; /* the value of options=, or NULL */
    const struct location *tries;   /* tries= where it counts boots of this section, else NULL */
    bool is_placed;                 /* each file has room in memory */
    bool is_forced;                 /* errors are warnings: the person wants to see what Xen does */
};

#define XEN_ADDRESS_BITS 48 /* of an address that Xen maps for a domain at most */

/* A check is given all of this. */
struct check {
    const struct finished *finished;
    const struct plan *plan;
    const void *fdt;
    struct arena *arena;
    struct diagnostics *to;
    const char *options; /* Xen's command line, "" for none */
    struct xen *xen;
};

/* The place of what is said of the whole system. */
extern const struct location check_chosen;

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

/*
 * Reports what is beyond a limit that a later Xen may lift: an error for a Xen of a version that
 * was seen, a warning for a newer one. As check_error.
 */
void check_limit(const struct check *check, const struct domain *domain,
                 const struct location *where, const char *hint, const char *what, ...)
    __attribute__((format(printf, 5, 6)));

/*
 * Reports what is wrong with a device of a passthrough fragment: an error since Xen 4.18; before,
 * Xen makes a broken tree of it, and goes on. As check_error.
 */
void check_device_error(const struct check *check, const struct module *module, const char *hint,
                        const char *what, ...) __attribute__((format(printf, 4, 5)));

/* Reports that a domain has something (`what`) that the Xen at hand is built without. */
void check_not_built(const struct check *check, const struct domain *domain,
                     const struct location *where, const char *what, enum xen_feature feature);

/* Reports a text of more than `most` characters; `what` names it. True if it is not too long. */
bool check_length(const struct check *check, const struct domain *domain,
                  const struct location *where, const char *what, const char *text, unsigned most);

/* The place of Xen's command line: the value of options=, else /chosen. */
const struct location *check_options_place(const struct check *check);

/* The place of a child of a domain, or of /chosen. */
struct location check_child(const struct check *check, const struct domain *domain, int node);

/* True if a domain has a kernel that will be started. */
bool check_has_kernel(const struct domain *domain);

/* As tree_cell; that a text is a mistake is said with the bindings. */
bool check_cell(const struct check *check, int node, const char *property, uint32_t *value);

/* A text as Xen reads it: the first of a property; NULL where none ends with a NUL. */
const char *check_text(const struct check *check, int node, const char *property);

/* A number as two cells, as they are written: <0 0x20000>. */
const char *check_two_cells(const struct check *check, uint64_t value);

/* The place of a property of a domain: its line in the configuration, else the domain's. */
struct location check_entry(const struct domain *domain, const char *property);

/* A pointer to that place, which holds to the end of the block. */
#define CHECK_AT(domain, property) ((const struct location[]){check_entry(domain, property)})

/* The hint in the words of the file that a domain is written in: a tree, or a configuration. */
const char *check_hint(const struct domain *domain, const char *tree, const char *configuration);

/* The hint about the unit of `memory`, for an amount of `kib` KiB whose bytes fit into 64 bits. */
const char *check_memory_hint(const struct check *check, const struct domain *domain, uint64_t kib);

/* True if two stretches, each of an address and a size, have a byte in common. */
bool check_meet(uint64_t left, uint64_t left_size, uint64_t right, uint64_t right_size);

/* Bytes of a node's registers (Devicetree Specification §2.3.6); 0 if they cannot be read. */
uint64_t check_registers(const struct check *check, int node);

/* True if Xen holds one of the compatible texts of a node: it has a driver for it. */
bool check_has_driver(const struct check *check, int node);

#endif
