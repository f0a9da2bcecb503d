/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the check of a flattened tree: what it accepts, libfdt accepts too, and it opens whole. */
#include <libfdt.h>

#include "core/tree/tree.h"
#include "invariants.h"

static size_t count_nodes(const void *fdt)
{
    size_t count = 0;

    for (int node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL))
        count++;
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct boot *boot = fuzz_boot_start();
    struct arena *arena = boot_start(boot)->arena;
    struct tree tree;
    int result = tree_open(&tree, arena, data, size);

    invariant((tree_check(data, size) == 0) == (result == 0 || result == -FDT_ERR_NOSPACE));
    if (result == 0) {
        invariant(fdt_check_full(data, size) == 0);
        invariant(fdt_check_full(tree.fdt, tree.capacity) == 0);
        invariant(count_nodes(tree.fdt) == count_nodes(data));
        invariant(fdt_num_mem_rsv(tree.fdt) == fdt_num_mem_rsv(data));
        invariant(tree_chosen(&tree) == fdt_path_offset(tree.fdt, "/chosen"));
        invariant(fdt_check_full(tree.fdt, tree.capacity) == 0);
    }
    fuzz_boot_end(boot);
    return 0;
}
