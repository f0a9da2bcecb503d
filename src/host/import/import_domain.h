/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's section for a domain, with ImageBuilder's defaults. */
#ifndef MUSTER_IMPORT_DOMAIN_H
#define MUSTER_IMPORT_DOMAIN_H

#include "host/import/import.h"

/* True if ImageBuilder starts a domain at boot; reports why not. */
bool import_is_started(struct import *import, unsigned index);

/* Writes the section of a domain. `cpupools` is NUM_CPUPOOLS. */
void import_domain(struct import *import, unsigned index, bool has_dom0, unsigned cpupools);

/* Keeps quiet about the single variables of a domain that is not started. */
void import_pass_over(struct import *import, unsigned index);

#endif
