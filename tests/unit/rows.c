/* SPDX-License-Identifier: BSD-2-Clause */
/* Support for the tests of preflight: rows that each make one mistake, or none. */
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>

unsigned char content[65536];

void add_file(struct boot *boot, const char *name, const void *start, size_t length, size_t size)
{
    assert_true(size <= sizeof(content));
    memset(content, 'x', sizeof(content));
    memcpy(content, start, length);
    machine_add_file(&boot->machine, name, content, size);
}

void add_xen(struct boot *boot, const char *version, const char *lacks)
{
    machine_add_file(&boot->machine, XEN_NAME, image_xen_of(version, lacks), 20000);
}

void add_cut_off(struct boot *boot, const char *name)
{
    static const unsigned char sections[80] = {[16] = 0, 0x80, [21] = 0x10};

    add_file(boot, name, image_xen(20000), 20000, 20000);
    content[64 + 6] = 2;
    memcpy(content + 64 + 24 + 0xa0, sections, sizeof(sections));
}

void add_fragment(struct boot *boot, const char *source)
{
    size_t size;
    void *tree = tree_compile(source, &size);

    add_file(boot, FILE_NAME, tree, size, size);
    free(tree);
}

void fragment_good(struct boot *boot)
{
    add_fragment(boot, FRAGMENT_TREE("ethernet@fe000000 {\n"
                                     "    xen,path = \"/ethernet@fe000000\";\n"
                                     "    xen,force-assign-without-iommu;\n"
                                     "    xen,reg = <0 0xfe000000 0 0x1000 0 0x10000000>;\n"
                                     "    #address-cells = <1>; #size-cells = <0>;\n"
                                     "    phy@c { reg = <0xc>; };\n"
                                     "};\n"
                                     "timer { xen,force-assign-without-iommu;\n"
                                     "    xen,reg = <0 0xfe010000 0 0x1000 0 0x10010000>; };\n"));
}

void large_memory(struct boot *boot)
{
    machine_add_region(&boot->machine, 0x100000000, 0x200000000, MEMORY_FREE);
}

void no_memory(struct boot *boot)
{
    machine_set_region(&boot->machine, MACHINE_RAM, MACHINE_RAM_SIZE, MEMORY_RUNTIME);
}

void append(char *text, size_t size, const char *more)
{
    size_t length = strlen(text);

    assert_true(length + strlen(more) < size);
    memcpy(text + length, more, strlen(more) + 1);
}

static const char *or_nothing(const char *text)
{
    return text != NULL ? text : "";
}

/* The tree of the machine, with what the row wants. The caller frees it. */
static char *source_of(const struct row *row)
{
    static const char head[] = TREE_HEAD;
    static const char gic[] = "arm,gic-v3";
    static const char output[] = "stdout-path = \"/pl011@9000000\";";
    const char *rest = strstr(head, gic);
    char *source = NULL;

    assert_non_null(rest);
    assert_true(asprintf(&source, "%.*s%s%s};\n/ { cpus { %s };\n    chosen { %s %s };\n%s};\n",
                         (int)(rest - head), head, row->gic != NULL ? row->gic : gic,
                         rest + strlen(gic), or_nothing(row->cpus),
                         row->output != NULL ? row->output : output, or_nothing(row->chosen),
                         or_nothing(row->beside)) > 0);
    return source;
}

static void run_row(struct boot *boot, const struct row *row)
{
    char *source = source_of(row);
    char *config = NULL;

    assert_true(asprintf(&config, "[system]\nxen=xen.efi\n%s", or_nothing(row->config)) > 0);
    if (row->xen != NULL)
        add_xen(boot, row->xen, row->lacks);
    if (row->prepare != NULL)
        row->prepare(boot);
    boot_set_options(boot, "system");
    boot_run(boot, config, source);
    free(config);
    free(source);
}

static void test_row(void **state)
{
    const struct row *row = *state;
    void *fixture = NULL;

    assert_int_equal(boot_setup(&fixture), 0);
    run_row(fixture, row);
    assert_diagnostics(fixture, row->expected);
    assert_int_equal(boot_teardown(&fixture), 0);
}

int rows_run(const char *group, const struct row *rows, size_t count,
             const struct CMUnitTest *others, size_t other_count)
{
    struct CMUnitTest *tests = calloc(count + other_count, sizeof(*tests));
    int failed;

    assert_non_null(tests);
    for (size_t at = 0; at < count; at++)
        tests[at] = (struct CMUnitTest){
            .name = rows[at].name,
            .test_func = test_row,
            .initial_state = (void *)(uintptr_t)&rows[at],
        };
    for (size_t at = 0; at < other_count; at++)
        tests[count + at] = others[at];
    failed = _cmocka_run_group_tests(group, tests, count + other_count, NULL, NULL);
    free(tests);
    return failed;
}
