/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the load options: any bytes give words. */
#include "core/config/options.h"
#include "invariants.h"

static void check_text(const char *text, size_t size)
{
    /* UTF-8 takes at most three bytes for each unit of two. */
    invariant(text == NULL || strlen(text) <= size + size / 2 + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct boot *boot = fuzz_boot_start();
    const struct workspace *workspace = boot_start(boot);
    struct load_options options;

    invariant(load_options_parse(workspace, data, size, "muster.efi", &options));
    check_text(options.config, size);
    check_text(options.section, size);
    check_text(options.xen, size);
    invariant(workspace->diagnostics->counts[SEVERITY_ERROR] == 0);
    fuzz_boot_end(boot);
    return 0;
}
