/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's last word: what became of every variable that the new configuration does not use. */
#ifndef MUSTER_IMPORT_REST_H
#define MUSTER_IMPORT_REST_H

#include "host/import/import.h"

/*
 * Reports that a variable is not set which has to be: at the line that was meant for it, if one has
 * nearly its name, else with the hint, for a domain at the line that counts them.
 */
void import_report_missing(struct import *import, const char *name, unsigned index,
                           const char *hint);

/* Reports each variable that import_system had no use for. */
void import_rest(struct import *import);

#endif
