/* SPDX-License-Identifier: BSD-2-Clause */
/* The output of check for one system or for many, in each of its formats. */
#ifndef MUSTER_CHECK_OUTPUT_H
#define MUSTER_CHECK_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "host/base/json.h"
#include "host/machine/host_system.h"

enum check_format { CHECK_TEXT, CHECK_JSON, CHECK_SARIF, CHECK_GITHUB };

struct check_output {
    enum check_format format;
    bool is_many;
    struct json json;
    size_t systems;
    size_t failed; /* of them, which cannot be started */
    size_t counts[SEVERITY_ERROR + 1];
};

/* Starts the output on standard output; with `is_many` it has a summary of all systems. */
void check_output_start(struct check_output *output, enum check_format format, bool is_many);

/* Adds a system by its name on the command line; `host` is NULL for one that cannot be opened. */
void check_output_add(struct check_output *output, const char *name, struct host_system *host);

void check_output_end(struct check_output *output);

#endif
