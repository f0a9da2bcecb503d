/* SPDX-License-Identifier: BSD-2-Clause */
/* Diagnostics as SARIF 2.1.0, which code scanning takes. */
#ifndef MUSTER_REPORT_SARIF_H
#define MUSTER_REPORT_SARIF_H

#include "host/base/json.h"
#include "host/machine/host_system.h"

/* A log with one run, whose results are the diagnostics of each system that is added. */
void report_sarif_start(struct json *json);
void report_sarif_add(struct json *json, struct host_system *host);
void report_sarif_end(struct json *json);

#endif
