/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the configuration file: any bytes give sections and entries, or diagnostics. */
#include "core/config/choose.h"
#include "invariants.h"

/* A location lies in the text. */
static void check_location(struct location where, size_t size)
{
    invariant(where.file != NULL);
    invariant(where.line >= 1 && where.line <= CONFIG_LINES_MAX);
    invariant(where.column >= 1 && where.column - 1 + where.width <= size);
}

static void check_config(const struct config *config, size_t size)
{
    for (const struct config_section *section = &config->head; section != NULL;
         section = section->next) {
        invariant(section->name == NULL || config_section(config, section->name) == section);
        for (const struct config_entry *entry = section->first; entry != NULL;
             entry = entry->next) {
            check_location(entry->where, size);
            check_location(entry->value_where, size);
            invariant(entry->key[0] != '\0');
            invariant(config_find(section, entry->key) != NULL);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const requested[] = {NULL, "one", "section1"};
    struct boot *boot = fuzz_boot_start();

    machine_add_file(&boot->machine, "/EFI/muster/muster.cfg", data, size);
    machine_add_file(&boot->machine, "/EFI/muster/xen.cfg", data, size);
    for (size_t at = 0; at < sizeof(requested) / sizeof(requested[0]); at++) {
        const struct workspace *workspace = boot_start(boot);
        struct choice choice = {.asked = requested[at]};
        struct boot_section section;
        struct config config;
        const char *tried;

        if (!config_read(workspace, NULL, "muster.efi", &config, &tried))
            continue;
        invariant(config.file != NULL);
        check_config(&config, size);
        if (config_choose(workspace, &choice, &config, &section))
            invariant(requested[at] == NULL || strcmp(section.name, requested[at]) == 0);
        else
            invariant(workspace->diagnostics->counts[SEVERITY_ERROR] != 0);
    }
    fuzz_boot_end(boot);
    return 0;
}
