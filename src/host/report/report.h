/* SPDX-License-Identifier: BSD-2-Clause */
/* Diagnostics as compilers print them: the line that is meant is shown and marked. */
#ifndef MUSTER_REPORT_H
#define MUSTER_REPORT_H

#include <stdio.h>

#include "host/base/json.h"
#include "host/machine/host_system.h"

/* Prints all diagnostics of a system and, where there are any, how many. */
void report_print(FILE *stream, struct host_system *host);

/* The same for a list whose files are all the one with this text. */
void report_list(FILE *stream, const struct diagnostics *diagnostics, const char *text,
                 size_t size);

/* Adds the members "config", "section", "bootable", "counts" and "diagnostics" (docs/host-tool.md).
 */
void report_json(struct json *json, struct host_system *host);

/* Adds the member "counts": how many there are of each severity. */
void report_json_counts(struct json *json, const size_t *counts);

#endif
