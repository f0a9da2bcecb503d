/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the values of domain sections: any text gives bytes, or a mistake with its place. */
#include <libfdt.h>

#include "core/base/text.h"
#include "core/tree/value.h"
#include "invariants.h"

static void make_tree(struct tree *tree, struct arena *arena)
{
    int symbols;

    invariant(tree_create(tree, arena) == 0);
    invariant(tree_add_node(tree, 0, "node") > 0);
    symbols = tree_add_node(tree, 0, "__symbols__");
    invariant(tree_set_string(tree, symbols, "label", "/node") == 0);
    invariant(tree_set_string(tree, symbols, "wrong", "/none") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct boot *boot = fuzz_boot_start();
    struct arena *arena = boot_start(boot)->arena;
    char *text = arena_copy(arena, (const char *)data, size);
    struct value value;
    struct tree tree;

    make_tree(&tree, arena);
    if (value_parse(&tree, text, &value)) {
        invariant(value.error == NULL);
        invariant(value.size <= 4 * strlen(text) + 4);
    } else {
        invariant(value.error != NULL && value.offset <= strlen(text));
    }
    invariant(fdt_check_full(tree.fdt, tree.capacity) == 0);
    if (value_parse_memory(arena, text, &value))
        invariant(value.size == 8);
    else
        invariant(value.error != NULL);
    fuzz_boot_end(boot);
    return 0;
}
