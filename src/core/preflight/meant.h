/* SPDX-License-Identifier: BSD-2-Clause */
/* Properties that a person meant: one that is misspelt, or has the name that another tool uses. */
#ifndef MUSTER_MEANT_H
#define MUSTER_MEANT_H

#include "core/preflight/check.h"

/*
 * A hint for a property of a node of that kind (IN_…) that no binding of Xen has, in the words of
 * the file that `where` is in; NULL if nothing is like it.
 */
const char *meant_hint(const struct check *check, unsigned kind, const struct location *where,
                       const char *name);

/*
 * Place to report that a domain lacks cpus, memory or a kernel: at the entry that was meant for it,
 * with its own *hint, else at the domain, with *hint as it is.
 */
struct location meant_place(const struct check *check, const struct domain *domain,
                            const char *wanted, const char **hint);

/* True if a property was meant for one that the domain lacks, which is reported at its place. */
bool meant_is_lacking(const struct check *check, const struct domain *domain, const char *name);

#endif
