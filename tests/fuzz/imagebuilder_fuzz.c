/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes ImageBuilder's configurations: any bytes give variables, or errors with their place. */
#include "host/import/imagebuilder_parse.h"
#include "invariants.h"

/* A location lies in the text; a line goes on over what ends it within quotes. */
static void check_location(const struct location *where, size_t size)
{
    invariant(where->file != NULL);
    invariant(where->line >= 1 && where->line <= size + 1);
    invariant(where->column >= 1 && where->column - 1 + where->width <= size);
}

static void check_variables(struct imagebuilder *config, size_t size)
{
    for (struct imagebuilder_variable *variable = config->first; variable != NULL;
         variable = variable->next) {
        const struct imagebuilder_variable *found =
            imagebuilder_find_pair(config, variable->name, variable->index, variable->second);

        invariant(variable->name[0] != '\0' && variable->index <= IMAGEBUILDER_INDEX_MAX);
        invariant(strlen(variable->value) <= IMAGEBUILDER_VALUE_MAX);
        invariant(found == (variable->value[0] != '\0' || variable->is_faulty ? variable : NULL));
        invariant(variable->is_used);
        /* One that is not set has no line of its own. */
        if (variable->where.line != 0 || !variable->is_faulty)
            check_location(&variable->where, size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct boot *boot = fuzz_boot_start();
    const struct workspace *workspace = boot_start(boot);
    struct imagebuilder config;
    bool is_read = imagebuilder_parse(&config, workspace->arena, workspace->diagnostics, "config",
                                      (const char *)data, size);

    invariant(is_read || workspace->diagnostics->counts[SEVERITY_ERROR] != 0);
    check_variables(&config, size);
    for (const struct diagnostic *each = workspace->diagnostics->first; each != NULL && is_read;
         each = each->next)
        check_location(&each->where, size);
    fuzz_boot_end(boot);
    return 0;
}
