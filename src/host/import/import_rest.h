/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's last word: what became of every variable that the new configuration does not use. */
#ifndef MUSTER_IMPORT_REST_H
#define MUSTER_IMPORT_REST_H

#include "host/import/import.h"

/* Reports each variable that import_system had no use for. */
void import_rest(struct import *import);

#endif
