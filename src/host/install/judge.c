/* SPDX-License-Identifier: BSD-2-Clause */
/* The last look at a section before it is installed. */
#include "host/install/judge.h"

#include <stdio.h>

#include "core/base/text.h"
#include "host/base/output.h"
#include "host/report/report.h"

/* Drops what is said of the boot state. */
static void forget_state(struct diagnostics *diagnostics)
{
    struct diagnostic **link = &diagnostics->first;

    while (*link != NULL)
        if (text_starts((*link)->what, "boots are not counted: ")) {
            diagnostics->counts[(*link)->severity]--;
            *link = (*link)->next;
        } else {
            link = &(*link)->next;
        }
}

bool judge(struct host_system *host, bool is_quiet)
{
    forget_state(&host->system.diagnostics);
    if ((!host->is_bootable || !is_quiet) && host->system.diagnostics.first != NULL) {
        fprintf(stderr, "%ssection [%s]%s\n", output_style(stderr, STYLE_BOLD),
                host->system.options.section, output_style(stderr, STYLE_PLAIN));
        report_print(stderr, host);
    }
    return host->is_bootable;
}
