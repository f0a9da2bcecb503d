/* SPDX-License-Identifier: BSD-2-Clause */
/* The entries of a domain's section: its own, and those of the sections that it is like. */
#ifndef MUSTER_LIKE_H
#define MUSTER_LIKE_H

#include "core/config/config.h"

/* The entries that count, in an array of the arena; NULL without memory. */
struct like {
    struct config_entry **entries;
    size_t count;
    bool is_faulty; /* a like= is wrong, which was reported */
};

/*
 * Gathers the entries of a domain's section: its own, then those of the section that its like=
 * names, and so on. The first of each key counts. like= itself is not among them. Reports keys that
 * a section has twice, and a like= that leads nowhere or in a circle.
 */
struct like like_gather(const struct workspace *workspace, const struct config *config,
                        const struct config_section *section);

/* The section that an entry stands in. */
const struct config_section *like_section(const struct config *config,
                                          const struct config_entry *entry);

#endif
