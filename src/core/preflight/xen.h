/* SPDX-License-Identifier: BSD-2-Clause */
/* The Xen at hand: its version, and what it was built with, as its binary tells. */
#ifndef MUSTER_XEN_H
#define MUSTER_XEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/names.h"
#include "core/plan/plan.h"
#include "core/plan/xen_version.h"

/* Parts of Xen that a build may lack. */
enum xen_feature {
    FEATURE_NONE, /* for what every build has */
    FEATURE_DOM0LESS,
    FEATURE_STATIC_MEMORY,
    FEATURE_STATIC_SHM,
    FEATURE_STATIC_EVTCHN,
    FEATURE_CPUPOOLS,
    FEATURE_COLORING,
    FEATURE_SVE,
    FEATURE_ESPI,
    FEATURE_SCMI,
    FEATURE_COUNT,
};

struct xen {
    const struct binary *binary;
    unsigned version;                    /* as XEN(4, 17); 0 if it cannot be asked */
    signed char features[FEATURE_COUNT]; /* 0 not asked yet, 1 built in, -1 not */
    uint64_t start;                      /* the address that it is linked to, 0 if not known */
    size_t table;                        /* the place of its table of options, if `start` is */
};

/* Looks at the plan's hypervisor, which may not be loaded. */
void xen_init(struct xen *xen, const struct plan *plan);

/* True if the build has a feature, or cannot be asked. */
bool xen_has(struct xen *xen, enum xen_feature feature);

/* The option of Xen's build for a feature, such as "CONFIG_STATIC_MEMORY"; static. */
const char *xen_feature_option(enum xen_feature feature);

/* True if the build has a scheduler of that short name, such as "credit2". */
bool xen_has_scheduler(const struct xen *xen, const char *name);

/* True if the binary, which is loaded, holds a text anywhere. */
bool xen_holds_text(const struct xen *xen, const char *text);

/* True if the binary holds a word: a text with a NUL on either side. */
bool xen_holds_word(const struct xen *xen, const char *word);

/*
 * True if the binary has an option of that name, by its table of them. Where the table is not
 * found, the word is enough.
 */
bool xen_has_option(const struct xen *xen, const char *name);

/*
 * True if a fact of the versions from `first` to `last` holds for this Xen; 0 is no bound. Facts
 * hold for a Xen that cannot be asked.
 */
bool xen_is_from_to(const struct xen *xen, unsigned first, unsigned last);

#endif
