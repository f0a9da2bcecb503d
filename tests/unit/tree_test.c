/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the working tree and its helpers. */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/tree/tree.h"
#include "support.h"

static void test_what_is_no_tree(void **state)
{
    struct arena *arena = boot_start(*state)->arena;
    struct tree tree;
    size_t size;
    unsigned char *blob = tree_compile("/dts-v1/; / { a = \"b\"; c { }; };", &size);

    assert_int_equal(tree_open(&tree, arena, blob, size), 0);
    assert_int_equal(tree_open(&tree, arena, blob, size + 100), 0);
    for (size_t cut = 0; cut < size; cut++)
        assert_int_not_equal(tree_open(&tree, arena, blob, cut), 0);
    blob[0] ^= 1;
    assert_int_equal(tree_open(&tree, arena, blob, size), -FDT_ERR_BADMAGIC);
    free(blob);
    assert_false(arena->failed);
}

static void test_a_tree_too_large(void **state)
{
    struct arena *arena = boot_start(*state)->arena;
    size_t size = TREE_SIZE_MAX + 8192;
    char *blob = calloc(1, size);
    char *value = calloc(1, TREE_SIZE_MAX);
    struct tree tree;

    assert_non_null(blob);
    assert_non_null(value);
    assert_int_equal(fdt_create_empty_tree(blob, (int)size), 0);
    assert_int_equal(fdt_setprop(blob, 0, "large", value, TREE_SIZE_MAX - 4096), 0);
    assert_int_equal(fdt_pack(blob), 0);
    assert_int_equal(tree_open(&tree, arena, blob, size), 0);
    assert_int_equal(fdt_open_into(blob, blob, (int)size), 0);
    assert_int_equal(fdt_setprop(blob, 0, "large", value, TREE_SIZE_MAX), 0);
    assert_int_equal(fdt_pack(blob), 0);
    assert_int_equal(tree_open(&tree, arena, blob, size), -FDT_ERR_NOSPACE);
    assert_false(arena->failed);
    free(blob);
    free(value);
}

/* Opens a tree that has a /chosen with so many bytes, and names of properties of such a length. */
static int open_with(struct arena *arena, size_t chosen, size_t names, size_t length)
{
    static char bytes[1 << 20];
    const int size = 2 << 20;
    struct tree tree;
    void *blob = malloc((size_t)size);
    char name[300];
    int result;

    assert_non_null(blob);
    assert_int_equal(fdt_create_with_flags(blob, size, FDT_CREATE_FLAG_NO_NAME_DEDUP), 0);
    assert_int_equal(fdt_finish_reservemap(blob), 0);
    assert_int_equal(fdt_begin_node(blob, ""), 0);
    for (size_t at = 0; at < names; at++) {
        snprintf(name, sizeof(name), "%0*zu", (int)length, at);
        assert_int_equal(fdt_property(blob, name, "", 0), 0);
    }
    assert_int_equal(fdt_begin_node(blob, "chosen"), 0);
    assert_int_equal(fdt_property(blob, "x", bytes, (int)chosen), 0);
    assert_int_equal(fdt_end_node(blob), 0);
    assert_int_equal(fdt_end_node(blob), 0);
    assert_int_equal(fdt_finish(blob), 0);
    result = tree_open(&tree, arena, blob, fdt_totalsize(blob));
    free(blob);
    return result;
}

/* Names, and /chosen, are of a size that can be searched again and again. */
static void test_what_is_slow_to_search(void **state)
{
    struct arena *arena = boot_start(*state)->arena;

    assert_int_equal(open_with(arena, 250 * 1024, 1000, 255), 0);
    assert_int_equal(open_with(arena, 256 * 1024, 1000, 255), -FDT_ERR_NOSPACE);
    assert_int_equal(open_with(arena, 1024, 1030, 255), -FDT_ERR_NOSPACE);
    assert_int_equal(open_with(arena, 1024, 1, 256), -FDT_ERR_BADSTRUCTURE);
    assert_false(arena->failed);
}

/* Only one of them could be edited, and Xen might read the other one. */
static void test_two_chosen_nodes(void **state)
{
    struct arena *arena = boot_start(*state)->arena;
    struct tree tree;
    size_t size;
    void *blob = tree_compile("/dts-v1/; / { chosen { }; other { }; chosen@1 { }; };", &size);

    assert_int_equal(tree_open(&tree, arena, blob, size), -FDT_ERR_BADSTRUCTURE);
    free(blob);
}

/* Edits far beyond the first room, through every function that grows the tree. */
static void test_growing(void **state)
{
    struct arena *arena = boot_start(*state)->arena;
    static char value[3000];
    static char name[2000];
    struct tree tree;
    int node;

    assert_int_equal(tree_create(&tree, arena), 0);
    memset(name, 'n', sizeof(name) - 1);
    memset(value, 'v', sizeof(value) - 1);
    for (unsigned at = 0; at < 20; at++) {
        char property[] = {'p', (char)('a' + at), '\0'};
        char child[] = {'c', (char)('a' + at), '\0'};

        assert_int_equal(tree_set_string(&tree, 0, property, value), 0);
        node = tree_add_node(&tree, 0, child);
        assert_true(node > 0);
        name[0] = child[1];
        assert_int_equal(tree_rename(&tree, node, name), 0);
        name[1]++;
        assert_true(tree_add_node(&tree, node, name) > 0);
        name[1]--;
    }
    for (unsigned at = 0; at < 20; at++) {
        char property[] = {'p', (char)('a' + at), '\0'};

        assert_string_equal(tree_string(tree.fdt, 0, property), value);
    }
    assert_int_equal(tree_add_node(&tree, 0, name), -FDT_ERR_EXISTS);
    assert_int_equal(fdt_check_full(tree.fdt, tree.capacity), 0);
    assert_int_equal(tree_set(&tree, 0, "x", value, SIZE_MAX), -FDT_ERR_NOSPACE);
    assert_int_equal(tree_grow(&tree, INT32_MAX), -FDT_ERR_NOSPACE);
}

static void test_growing_without_memory(void **state)
{
    struct boot *boot = *state;
    struct arena *arena = boot_start(boot)->arena;
    static char large[30000];
    struct tree tree;

    memset(large, 'l', sizeof(large) - 1);
    assert_int_equal(tree_create(&tree, arena), 0);
    boot->machine.fail_services = SERVICE_ALLOCATE;
    for (unsigned call = 0; call < 3; call++) {
        boot->machine.fail_at = boot->machine.calls + 1;
        assert_int_equal(call == 0   ? tree_set_string(&tree, 0, "a", large)
                         : call == 1 ? tree_add_node(&tree, 0, large)
                                     : tree_rename(&tree, 0, large),
                         -FDT_ERR_NOSPACE);
    }
    assert_true(arena->failed);
    assert_int_equal(fdt_check_full(tree.fdt, tree.capacity), 0);
    assert_int_equal(tree_set_string(&tree, 0, "a", large), 0);
}

static void test_chosen_without_memory(void **state)
{
    struct boot *boot = *state;
    struct arena *arena = boot_start(boot)->arena;
    struct tree tree;

    boot->machine.fail_services = SERVICE_ALLOCATE;
    boot->machine.fail_at = 1;
    assert_int_equal(tree_create(&tree, arena), -FDT_ERR_NOSPACE);
    assert_int_equal(tree_create(&tree, arena), 0);
    assert_int_equal(tree_find_chosen(&tree), -FDT_ERR_NOTFOUND);
    assert_int_equal(fdt_pack(tree.fdt), 0);
    boot->machine.fail_at = boot->machine.calls + 1;
    assert_int_equal(tree_chosen(&tree), -FDT_ERR_NOSPACE);
    assert_true(tree_chosen(&tree) > 0);
}

/* Each thing that may be wrong with a tree is said in its own words. */
static void test_errors(void **state)
{
    static const struct {
        int error;
        const char *text;
    } cases[] = {
        {FDT_ERR_BADMAGIC, "it does not start with d0 0d fe ed"},
        {FDT_ERR_TRUNCATED, "it is cut off"},
        {FDT_ERR_BADVERSION, "its version is not supported"},
        {FDT_ERR_BADSTRUCTURE, "it is damaged"},
        {FDT_ERR_BADLAYOUT, "it is damaged"},
        {FDT_ERR_BADSTATE, "it is damaged"},
        {FDT_ERR_NOSPACE, "it is too large"},
        {FDT_ERR_EXISTS, "such a node is there already"},
        {FDT_ERR_NOTFOUND, "a node or property is missing"},
        {FDT_ERR_BADPHANDLE, "FDT_ERR_BADPHANDLE"},
    };

    (void)state;
    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++)
        assert_string_equal(tree_error(-cases[at].error), cases[at].text);
}

static void test_properties(void **state)
{
    struct arena *arena = boot_start(*state)->arena;
    struct tree tree;
    size_t size;
    void *blob =
        tree_compile("/dts-v1/; / { text = \"one\"; list = \"one\", \"two\"; open = [61];\n"
                     "empty; nothing = \"\"; cell = <7>; two = <1 2>;\n"
                     "compatible = \"a,b\", \"c,d\"; };",
                     &size);

    assert_int_equal(tree_open(&tree, arena, blob, size), 0);
    free(blob);
    assert_string_equal(tree_string(tree.fdt, 0, "text"), "one");
    assert_string_equal(tree_string(tree.fdt, 0, "nothing"), "");
    assert_null(tree_string(tree.fdt, 0, "list"));
    assert_null(tree_string(tree.fdt, 0, "open"));
    assert_null(tree_string(tree.fdt, 0, "empty"));
    assert_null(tree_string(tree.fdt, 0, "none"));
    assert_null(tree_string(tree.fdt, -FDT_ERR_NOTFOUND, "text"));
    assert_int_equal(fdt_nop_property(tree.fdt, 0, "list"), 0);
    assert_null(tree_string(tree.fdt, 0, "list"));
    assert_string_equal(tree_string(tree.fdt, 0, "text"), "one");
    assert_true(tree_has(tree.fdt, 0, "empty"));
    assert_false(tree_has(tree.fdt, 0, "none"));
    assert_true(tree_is_compatible(tree.fdt, 0, "c,d"));
    assert_false(tree_is_compatible(tree.fdt, 0, "c"));
    assert_int_equal(tree_cells(tree.fdt, 0, "cell", 2), 7);
    assert_int_equal(tree_cells(tree.fdt, 0, "none", 2), 2);
    assert_int_equal(tree_cells(tree.fdt, 0, "two", 2), UINT32_MAX);
    assert_int_equal(tree_cells(tree.fdt, 0, "empty", 2), UINT32_MAX);
}

static void test_numbers(void **state)
{
    unsigned char cells[17];
    uint64_t number;

    (void)state;
    for (unsigned count = 1; count <= 4; count++) {
        assert_true(tree_write_number(cells + 1, count, 0x89abcdef));
        assert_true(tree_read_number(cells + 1, count, &number));
        assert_int_equal(number, 0x89abcdef);
        assert_int_equal(tree_write_number(cells + 1, count, 0x123456789abcdef0U), count >= 2);
    }
    assert_int_equal(cells[1], 0);
    assert_int_equal(cells[9], 0x12);
    assert_true(tree_read_number(cells + 1, 4, &number));
    assert_int_equal(number, 0x123456789abcdef0U);
    cells[5] = 1;
    assert_false(tree_read_number(cells + 1, 4, &number));
    assert_true(tree_read_number(cells + 1, 0, &number));
    assert_int_equal(number, 0);
}

static void test_chosen(void **state)
{
    struct arena *arena = boot_start(*state)->arena;
    struct tree tree;
    int node;

    assert_int_equal(tree_create(&tree, arena), 0);
    node = tree_chosen(&tree);
    assert_string_equal(fdt_get_name(tree.fdt, node, NULL), "chosen");
    assert_int_equal(tree_chosen(&tree), node);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_what_is_no_tree),
        boot_test(test_a_tree_too_large),
        boot_test(test_what_is_slow_to_search),
        boot_test(test_two_chosen_nodes),
        boot_test(test_growing),
        boot_test(test_growing_without_memory),
        boot_test(test_chosen_without_memory),
        cmocka_unit_test(test_errors),
        boot_test(test_properties),
        cmocka_unit_test(test_numbers),
        boot_test(test_chosen),
    };

    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
