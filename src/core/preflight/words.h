/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of texts that a domain gives: the words that Xen knows. */
#ifndef MUSTER_WORDS_H
#define MUSTER_WORDS_H

#include "core/preflight/check.h"

/* Checks the properties of a domain, other than dom0, that are one of several words. */
void check_words(const struct check *check, const struct domain *domain);

#endif
