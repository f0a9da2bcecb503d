/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the walk over a tree: it is as strict as libfdt's own check, and finds what libfdt
 * finds. */
#include "core/tree/walk.h"

#include <libfdt.h>
#include <stdlib.h>

#include "core/tree/tree.h"
#include "support.h"

static const char source[] =
    "/dts-v1/; /memreserve/ 0x1000 0x2000;"
    "/ { first = \"a\"; #address-cells = <2>; cpus { cpu@0 { device_type = \"cpu\"; }; };"
    "chosenly { chosen { }; }; chosen { options = \"text\"; domU1 { module@1 { }; }; };"
    "memory@40000000 { reg = <0 1 2 3>; empty; }; last { }; };";

static void test_parts(void **state)
{
    struct layout layout;
    size_t size;
    void *blob = tree_compile(source, &size);
    int last = fdt_path_offset(blob, "/last");

    (void)state;
    assert_int_equal(walk_check(blob, size, &layout), 0);
    assert_int_equal(layout.chosen, fdt_path_offset(blob, "/chosen"));
    assert_int_equal(layout.chosen_end, fdt_path_offset(blob, "/memory"));
    assert_int_equal(layout.root_end, walk_end(blob, last));
    assert_int_equal(walk_end(blob, fdt_path_offset(blob, "/chosen")), layout.chosen_end);
    free(blob);
}

static void test_no_chosen(void **state)
{
    struct layout layout;
    size_t size;
    void *blob = tree_compile("/dts-v1/; / { a { chosen { }; }; };", &size);

    (void)state;
    assert_int_equal(walk_check(blob, size, &layout), 0);
    assert_int_equal(layout.chosen, 0);
    assert_int_equal(layout.chosen_end, 0);
    assert_int_equal(walk_find(blob, 0, "chosen"), -FDT_ERR_NOTFOUND);
    free(blob);
}

static void test_children_of_the_root(void **state)
{
    static const char *const names[] = {"cpus",   "chosenly",        "chosen", "last",
                                        "memory", "memory@40000000", "cpu",    "domU1",
                                        "cpu@0",  "memory@4",        "chose",  ""};
    size_t size;
    void *blob = tree_compile(source, &size);

    (void)state;
    for (size_t at = 0; at < sizeof(names) / sizeof(names[0]); at++)
        assert_int_equal(walk_find(blob, 0, names[at]), fdt_subnode_offset(blob, 0, names[at]));
    free(blob);
}

/* Each node has the same neighbours, properties and children by both. */
static void test_neighbours(void **state)
{
    static const char *const names[] = {"device_type", "reg", "empty", "chosen", "module", ""};
    size_t size;
    void *blob = tree_compile(source, &size);

    (void)state;
    for (int node = 0; node >= 0; node = fdt_next_node(blob, node, NULL)) {
        assert_int_equal(walk_child(blob, node), fdt_first_subnode(blob, node));
        assert_int_equal(walk_sibling(blob, node), fdt_next_subnode(blob, node));
        assert_int_equal(walk_next(blob, node), fdt_next_node(blob, node, NULL));
        assert_int_equal(walk_parent(blob, node), fdt_parent_offset(blob, node));
        for (size_t at = 0; at < sizeof(names) / sizeof(names[0]); at++) {
            int bytes = 0;
            size_t length = 0;

            assert_int_equal(walk_find(blob, node, names[at]),
                             fdt_subnode_offset(blob, node, names[at]));
            assert_ptr_equal(walk_property(blob, node, names[at], &length),
                             fdt_getprop(blob, node, names[at], &bytes));
            assert_int_equal(length, bytes < 0 ? 0 : bytes);
        }
    }
    assert_int_equal(walk_next(blob, -1), 0);
    assert_int_equal(walk_child(blob, -1), -FDT_ERR_NOTFOUND);
    assert_int_equal(walk_sibling(blob, -1), -FDT_ERR_NOTFOUND);
    free(blob);
}

static void test_compatible(void **state)
{
    static const char *const texts[] = {"a,one", "a,two", "a,three", "a"};
    size_t size;
    void *blob = tree_compile("/dts-v1/; / { n { x = \"a,one\"; compatible = \"a,three\"; "
                              "m { compatible = \"a,two\", \"a,one\"; }; }; };",
                              &size);

    (void)state;
    for (size_t at = 0; at < sizeof(texts) / sizeof(texts[0]); at++)
        assert_int_equal(tree_find_compatible(blob, texts[at]),
                         fdt_node_offset_by_compatible(blob, -1, texts[at]));
    free(blob);
}

static void test_long_names(void **state)
{
    static char name[257];
    struct layout layout;
    char blob[1024];

    (void)state;
    memset(name, 'n', 255);
    assert_int_equal(fdt_create_empty_tree(blob, sizeof(blob)), 0);
    assert_true(fdt_add_subnode(blob, 0, name) > 0);
    assert_int_equal(walk_check(blob, sizeof(blob), &layout), 0);
    name[255] = 'n';
    assert_true(fdt_add_subnode(blob, 0, name) > 0);
    assert_int_equal(walk_check(blob, sizeof(blob), &layout), -FDT_ERR_BADSTRUCTURE);
}

/* Only dtc refuses such names. */
static void test_names_of_two_addresses(void **state)
{
    static const char *const names[] = {"odd", "odd@1", "odd@1@2", "odd@1@"};
    char blob[1024];

    (void)state;
    assert_int_equal(fdt_create_empty_tree(blob, sizeof(blob)), 0);
    assert_true(fdt_add_subnode(blob, 0, "odd@1@2") > 0);
    for (size_t at = 0; at < sizeof(names) / sizeof(names[0]); at++)
        assert_int_equal(walk_find(blob, 0, names[at]), fdt_subnode_offset(blob, 0, names[at]));
}

/* The tokens of a walk, one letter each, and the names and values on its way. */
static void test_walk(void **state)
{
    static const char tokens[] = "(PP((P)))";
    size_t size;
    void *blob = tree_compile("/dts-v1/; / { a = \"one\"; b; c { d { e = <1>; }; }; };", &size);
    struct walk walk = walk_start(blob);
    const char *value;

    (void)state;
    for (const char *token = tokens; *token != '\0'; token++) {
        uint32_t tag = walk_step(&walk);

        assert_int_equal(tag, *token == '('   ? FDT_BEGIN_NODE
                              : *token == ')' ? FDT_END_NODE
                                              : FDT_PROP);
        if (token == tokens + 1) {
            assert_string_equal(walk_name(&walk), "a");
            value = walk_value(&walk, &size);
            assert_int_equal(size, 4);
            assert_string_equal(value, "one");
        }
        if (token == tokens + 4) {
            assert_string_equal(walk_name(&walk), "d");
            assert_int_equal(walk.depth, 3);
            assert_int_equal(walk.at, fdt_path_offset(blob, "/c/d"));
        }
    }
    assert_int_equal(walk_step(&walk), FDT_END);
    free(blob);
}

static struct traits traits_of(const char *text)
{
    struct layout layout;
    size_t size;
    void *blob = tree_compile(text, &size);

    assert_int_equal(walk_check(blob, size, &layout), 0);
    free(blob);
    return layout.traits;
}

#define A_DOMAIN "compatible = \"xen,domain\";"

static void test_traits(void **state)
{
    static const char *const strays[] = {
        "/dts-v1/; / { a { " A_DOMAIN " }; };",
        "/dts-v1/; / { chosen { " A_DOMAIN " }; };",
        "/dts-v1/; / { chosen { }; a { b { " A_DOMAIN " }; }; };",
        "/dts-v1/; / { a { b { " A_DOMAIN " }; }; chosen { }; };",
        "/dts-v1/; / { chosen { a { b { compatible = \"xen,domain\", \"any\"; }; }; }; };",
    };
    struct traits traits = traits_of(
        "/dts-v1/; / { compatible; chosen { xcompatible = \"xen,domain\"; domU1 { " A_DOMAIN
        " }; reserved-memory { }; }; a { compatible = \"xen,domains\"; }; };");

    (void)state;
    assert_false(traits.has_reserved || traits.has_stray);
    assert_true(traits_of("/dts-v1/; / { reserved-memory { }; };").has_reserved);
    assert_true(traits_of("/dts-v1/; / { reserved-memory@1 { }; };").has_reserved);
    for (size_t at = 0; at < sizeof(strays) / sizeof(strays[0]); at++)
        assert_true(traits_of(strays[at]).has_stray);
}

/* Whatever byte is changed: what libfdt refuses, the walk refuses. */
static void test_as_strict_as_libfdt(void **state)
{
    static const unsigned char values[] = {0, 1, 2, 3, 4, 9, 0x7f, 0xff};
    struct layout layout;
    size_t size;
    unsigned char *blob = tree_compile(source, &size);
    size_t refused = 0;

    (void)state;
    for (size_t at = 0; at < size; at++) {
        unsigned char old = blob[at];

        for (size_t value = 0; value < sizeof(values); value++) {
            blob[at] = values[value];
            if (fdt_check_full(blob, size) != 0) {
                refused++;
                assert_int_not_equal(walk_check(blob, size, &layout), 0);
            }
        }
        blob[at] = old;
    }
    assert_true(refused > size);
    assert_int_equal(walk_check(blob, size, &layout), 0);
    free(blob);
}

/* Headers that libfdt takes, in front of a structure that cannot be one. */
static void test_no_structure(void **state)
{
    struct layout layout;
    size_t size;
    char *blob = tree_compile(source, &size);
    char *structure = blob + fdt_off_dt_struct(blob);

    (void)state;
    fdt_set_version(blob, 16);
    assert_int_equal(walk_check(blob, size, &layout), -FDT_ERR_BADVERSION);
    fdt_set_version(blob, 17);
    fdt_set_size_dt_struct(blob, 0);
    assert_int_equal(walk_check(blob, size, &layout), -FDT_ERR_BADSTRUCTURE);
    /* A tree without any node. */
    fdt_set_size_dt_struct(blob, 4);
    fdt32_st(structure, FDT_END);
    assert_int_equal(walk_check(blob, size, &layout), -FDT_ERR_BADSTRUCTURE);
    free(blob);
}

/* A property at the end of a structure that ends the tree: nothing behind it may be read. */
static void test_property_without_room(void **state)
{
    static const uint32_t structure[] = {FDT_BEGIN_NODE, 0, FDT_PROP, FDT_END};
    struct layout layout;
    size_t size = sizeof(struct fdt_header) + sizeof(struct fdt_reserve_entry) + sizeof(structure);
    struct fdt_header *blob = calloc(1, size);
    char *block = (char *)blob + size - sizeof(structure);

    (void)state;
    assert_non_null(blob);
    for (size_t at = 0; at < sizeof(structure) / sizeof(structure[0]); at++)
        fdt32_st(block + 4 * at, structure[at]);
    fdt_set_magic(blob, FDT_MAGIC);
    fdt_set_totalsize(blob, (uint32_t)size);
    fdt_set_version(blob, 17);
    fdt_set_last_comp_version(blob, 16);
    fdt_set_off_mem_rsvmap(blob, sizeof(struct fdt_header));
    fdt_set_off_dt_struct(blob, (uint32_t)(size - sizeof(structure)));
    fdt_set_size_dt_struct(blob, sizeof(structure));
    fdt_set_off_dt_strings(blob, (uint32_t)size);
    assert_int_equal(walk_check(blob, size, &layout), -FDT_ERR_BADSTRUCTURE);
    free(blob);
}

static void test_cut_off(void **state)
{
    struct layout layout;
    size_t size;
    void *blob = tree_compile(source, &size);

    (void)state;
    for (size_t cut = 0; cut < size; cut++) {
        char *part = malloc(cut + 1);

        assert_non_null(part);
        memcpy(part, blob, cut);
        assert_int_not_equal(walk_check(part, cut, &layout), 0);
        free(part);
    }
    free(blob);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_no_chosen),
        cmocka_unit_test(test_children_of_the_root),
        cmocka_unit_test(test_names_of_two_addresses),
        cmocka_unit_test(test_neighbours),
        cmocka_unit_test(test_compatible),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_walk),
        cmocka_unit_test(test_traits),
        cmocka_unit_test(test_as_strict_as_libfdt),
        cmocka_unit_test(test_no_structure),
        cmocka_unit_test(test_property_without_room),
        cmocka_unit_test(test_cut_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
