/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's mapping: ImageBuilder's variables, with its defaults, become a configuration. */
#ifndef MUSTER_IMPORT_SYSTEM_H
#define MUSTER_IMPORT_SYSTEM_H

#include "host/import/import.h"

/* Fills import->text with the boot section and the domains' sections; reports what is wrong. */
void import_system(struct import *import);

#endif
