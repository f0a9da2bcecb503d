/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of domain sections: the grammar of values, and the nodes that come of entries. */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "core/tree/value.h"
#include "support.h"

#define CONFIG(entries) "[global]\ndefault=boot\n[boot]\ndomains=d\n[d]\nkernel=vmlinuz\n" entries

/* The bytes of a property are those of `text`, without the end that C adds. */
#define assert_bytes(boot, path, property, text)                                                   \
    assert_bytes_are(boot, path, property, text, sizeof(text) - 1)

static void assert_bytes_are(const struct boot *boot, const char *path, const char *property,
                             const char *bytes, size_t size)
{
    int length;
    const void *value =
        fdt_getprop(boot->system.tree.fdt, assert_node(boot, path), property, &length);

    assert_non_null(value);
    assert_int_equal(length, size);
    assert_memory_equal(value, bytes, size);
}

static void test_values(void **state)
{
    static const struct {
        const char *text;
        const char *bytes;
        size_t size;
    } cases[] = {
        {"1", "\0\0\0\1", 4},
        {"0xffffffff", "\xff\xff\xff\xff", 4},
        {"text", "text", 5},
        {"1 2", "1 2", 4},
        {"-1", "-1", 3},
        {"<>", "", 0},
        {"<1>", "\0\0\0\1", 4},
        {"< 1\t0x2 >", "\0\0\0\1\0\0\0\2", 8},
        {"\"a\"", "a", 2},
        {"\"\"", "", 1},
        {"\"a b\\\"c\\\\d\\n\\t\"", "a b\"c\\d\n\t", 10},
        {"[]", "", 0},
        {"[0a ff]", "\x0a\xff", 2},
        {"[0aFf]", "\x0a\xff", 2},
        {"\"a\", \"b\"", "a\0b", 4},
        {"\"a\",<1>,[02] , \"\"", "a\0\0\0\0\1\2", 8},
        {"[01], <2>", "\1\0\0\0\2", 5},
        {"<1>,<2>", "\0\0\0\1\0\0\0\2", 8},
    };
    const struct workspace *workspace = boot_start(*state);
    struct tree tree;

    assert_int_equal(tree_create(&tree, workspace->arena), 0);
    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        struct value value;

        assert_true(value_parse(&tree, cases[at].text, &value));
        assert_int_equal(value.size, cases[at].size);
        assert_memory_equal(value.bytes, cases[at].bytes, value.size);
        assert_null(value.error);
    }
}

static void test_mistakes_in_values(void **state)
{
    static const struct {
        const char *text;
        const char *error;
        size_t offset;
    } cases[] = {
        {"<1", "the cells have no end", 2},
        {"<", "the cells have no end", 1},
        {"<1, 2>", "the cells have no end", 2},
        {"<x>", "x is not a number", 1},
        {"<1 0x>", "0x is not a number", 3},
        {"<0x100000000>", "0x100000000 does not fit into a cell of 32 bits", 1},
        {"4294967296", "4294967296 does not fit into a cell of 32 bits", 0},
        {"\"a", "the text has no end", 2},
        {"\"a\\", "the text has no end", 3},
        {"[0", "a byte is two hexadecimal digits", 1},
        {"[0g]", "a byte is two hexadecimal digits", 1},
        {"[g0]", "a byte is two hexadecimal digits", 1},
        {"[01", "the bytes have no end", 3},
        {"[01 2 3]", "a byte is two hexadecimal digits", 4},
        {"<1> <2>", "there is a comma missing", 4},
        {"<1>,", "a list has <cells>, \"texts\" and [bytes] only", 4},
        {"<1>, x", "a list has <cells>, \"texts\" and [bytes] only", 5},
        {"<&>", "a reference is &label or &{/path}", 1},
        {"<&{/a>", "a reference is &label or &{/path}", 1},
        {"<&{}>", "a reference is &label or &{/path}", 1},
        {"<&none>", "there is no label none in the device tree", 1},
        {"<&{/none}>", "there is no node /none in the device tree", 1},
    };
    const struct workspace *workspace = boot_start(*state);
    struct tree tree;

    assert_int_equal(tree_create(&tree, workspace->arena), 0);
    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        struct value value;

        assert_false(value_parse(&tree, cases[at].text, &value));
        assert_string_equal(value.error, cases[at].error);
        assert_int_equal(value.offset, cases[at].offset);
    }
}

static void test_amounts_of_memory(void **state)
{
    static const struct {
        const char *text;
        uint64_t kib;
    } good[] = {
        {"131072", 131072}, {"0x20000", 131072},
        {"512K", 512},      {"512k", 512},
        {"128M", 131072},   {"1g", 1048576},
        {"8G", 8388608},    {"17592186044415G", 17592186044415U << 20},
        {"0", 0},
    };
    static const char *const bad[] = {"",      "M",  "1T",  "1.5G", "-1M",
                                      "128 M", "MM", "1GG", "0x",   "17592186044416G"};
    const struct workspace *workspace = boot_start(*state);

    for (size_t at = 0; at < sizeof(good) / sizeof(good[0]); at++) {
        struct value value;
        uint64_t kib;

        assert_true(value_parse_memory(workspace->arena, good[at].text, &value));
        assert_int_equal(value.size, 8);
        assert_true(tree_read_number(value.bytes, 2, &kib));
        assert_int_equal(kib, good[at].kib);
    }
    for (size_t at = 0; at < sizeof(bad) / sizeof(bad[0]); at++) {
        struct value value;

        assert_false(value_parse_memory(workspace->arena, bad[at], &value));
        assert_string_equal(value.error, "it is not an amount of memory");
    }
}

static void test_a_domain(void **state)
{
    struct boot *boot = *state;

    assert_true(boot_run(boot,
                         "binary=vmlinuz linux\n[global]\ndefault=boot\n"
                         "[boot]\nbinary=vmlinuz linux\ndomains=one two\n"
                         "[one]\nkernel=linux console=ttyAMA0 quiet\nramdisk=ramdisk\n"
                         "cpus=2\nmemory=128M\nvpl011\n"
                         "xen,enhanced=\"no-xenstore\"\n"
                         "[two]\nkernel=linux\nmemory=<0 0x20000>\ncpus=<1>\n",
                         TREE("")));
    assert_diagnostics(boot, "");
    assert_property(boot, "/chosen/one", "compatible", "xen,domain");
    assert_cells(boot, "/chosen/one", "cpus", 2);
    assert_cells(boot, "/chosen/one", "memory", 0, 131072);
    assert_bytes(boot, "/chosen/one", "vpl011", "");
    assert_property(boot, "/chosen/one", "xen,enhanced", "no-xenstore");
    assert_property(boot, "/chosen/one/module@7fff8000", "bootargs", "console=ttyAMA0 quiet");
    assert_cells(boot, "/chosen/one/module@7fff8000", "reg", 0, 0x7fff8000, 0, 10000);
    assert_cells(boot, "/chosen/two/module@7fff8000", "reg", 0, 0x7fff8000, 0, 10000);
    assert_true(assert_node(boot, "/chosen/one") < assert_node(boot, "/chosen/two"));
}

static void test_child_nodes_and_references(void **state)
{
    struct boot *boot = *state;

    boot_describe(boot,
                  CONFIG("cpus=1\nvpl011=\nvcpu0/id=<0>\nvcpu0/deep/er=7\nlink=<&uart 1>\n"
                         "path=<&{/timer} 2>\nlate/gic=<&gic>\n"),
                  TREE(""));
    assert_diagnostics(boot, "");
    assert_bytes(boot, "/chosen/d", "vpl011", "");
    assert_cells(boot, "/chosen/d/vcpu0", "id", 0);
    assert_cells(boot, "/chosen/d/vcpu0/deep", "er", 7);
    assert_cells(boot, "/chosen/d", "link",
                 fdt_get_phandle(boot->system.tree.fdt, assert_node(boot, "/pl011@9000000")), 1);
    assert_cells(boot, "/chosen/d", "path",
                 fdt_get_phandle(boot->system.tree.fdt, assert_node(boot, "/timer")), 2);
    assert_int_not_equal(fdt_get_phandle(boot->system.tree.fdt, assert_node(boot, "/timer")), 0);
    assert_cells(boot, "/chosen/d/late", "gic",
                 fdt_get_phandle(boot->system.tree.fdt, assert_node(boot, "/intc@8000000")));
}

/* The two ends of an event channel refer to each other, whichever is made first. */
static void test_references_to_nodes_of_other_sections(void **state)
{
    struct boot *boot = *state;
    const void *fdt;

    boot_describe(boot,
                  "[global]\ndefault=s\n[s]\ndomains=one two\n"
                  "[one]\nend/link=<&{/chosen/two/end}>\nother/link=<&{/chosen/one/end}>\n"
                  "[two]\nend/link=<&{/chosen/one/end}>\n",
                  TREE(""));
    fdt = boot->system.tree.fdt;
    assert_diagnostics(boot, "");
    assert_cells(boot, "/chosen/one/end", "link",
                 fdt_get_phandle(fdt, assert_node(boot, "/chosen/two/end")));
    assert_cells(boot, "/chosen/two/end", "link",
                 fdt_get_phandle(fdt, assert_node(boot, "/chosen/one/end")));
    assert_cells(boot, "/chosen/one/other", "link",
                 fdt_get_phandle(fdt, assert_node(boot, "/chosen/one/end")));
    assert_true(assert_node(boot, "/chosen/one") < assert_node(boot, "/chosen/two"));
}

/* The paths of labels stand in the tree, whose bytes may be any. */
static void test_labels_of_no_path(void **state)
{
    static const char *const labels[] = {"<&open>", "<&empty>", "<&nowhere>"};
    const struct workspace *workspace = boot_start(*state);
    void *blob = tree_compile("/dts-v1/; / { node { }; __symbols__ { open = [2f 6e 6f 64 65]; "
                              "empty; nowhere = \"/none\"; good = \"/node\"; }; };",
                              NULL);
    struct value value;
    struct tree tree;

    assert_int_equal(tree_open(&tree, workspace->arena, blob, fdt_totalsize(blob)), 0);
    free(blob);
    for (size_t at = 0; at < sizeof(labels) / sizeof(labels[0]); at++) {
        assert_false(value_parse(&tree, labels[at], &value));
        assert_true(text_starts(value.error, "there is no label "));
    }
    assert_true(value_parse(&tree, "<&good>", &value));
    assert_int_equal(value.size, 4);
}

/* There are no more numbers for phandles than a cell can hold. */
static void test_no_phandle_left(void **state)
{
    const struct workspace *workspace = boot_start(*state);
    void *blob = tree_compile("/dts-v1/; / { a { phandle = <0xfffffffe>; }; b { }; };", NULL);
    struct value value;
    struct tree tree;

    assert_int_equal(tree_open(&tree, workspace->arena, blob, fdt_totalsize(blob)), 0);
    free(blob);
    assert_true(value_parse(&tree, "<&{/a}>", &value));
    assert_memory_equal(value.bytes, "\xff\xff\xff\xfe", 4);
    assert_false(value_parse(&tree, "<&{/b}>", &value));
    assert_string_equal(value.error, "the node cannot be given a phandle");
}

static void test_no_memory_for_a_phandle(void **state)
{
    struct boot *boot = *state;
    const struct workspace *workspace = boot_start(boot);
    struct value value;
    struct tree tree;

    assert_int_equal(tree_create(&tree, workspace->arena), 0);
    assert_true(tree_add_node(&tree, 0, "a") > 0);
    assert_int_equal(fdt_pack(tree.fdt), 0);
    boot->machine.fail_services = SERVICE_ALLOCATE;
    boot->machine.fail_at = 2;
    boot->machine.calls = 0;
    assert_false(value_parse(&tree, "<&{/a}>", &value));
    assert_true(workspace->arena->failed);
}

static void test_a_domain_of_each_module(void **state)
{
    struct boot *boot = *state;

    machine_add_text(&boot->machine, "/EFI/muster/net.dtb", "\xd0\x0d\xfe\xed");
    boot_describe(boot, CONFIG("ramdisk=ramdisk\ndtb=net.dtb\ncpus=1\nmemory=1G\n"), TREE(""));
    assert_diagnostics(boot, "");
    assert_string_equal(boot_summary(boot),
                        "muster.cfg, section [boot]\n"
                        "  domain d: 1 vCPU, 1 GiB, vmlinuz + ramdisk + net.dtb\n");
}

static void test_mistakes_show_their_place(void **state)
{
    struct boot *boot = *state;
    const struct diagnostic *first;

    boot_describe(boot,
                  CONFIG("memory=128X\ncpus=<1 x>\na b=1\n/x=1\nx/=1\na/b/c/d/e/f/g/h/i/j=1\n"
                         "a@1=1\nx@1@2/a=1\nname=d\n"
                         "compatible=\"xen,domain\"\ncpus=3\nramdisk\nend=<1\n"),
                  TREE(""));
    assert_diagnostics(
        boot, "muster.cfg:7: error: memory: it is not an amount of memory\n"
              "  hint: write 128M, 1G, or a number of KiB\n"
              "muster.cfg:8: error: cpus: x is not a number\n"
              "  hint: cells are written <1 0x2>\n"
              "muster.cfg:9: error: a b cannot be the name of a property\n"
              "  hint: write a=b=1\n"
              "muster.cfg:10: error: /x cannot be the name of a property\n"
              "  hint: a property is written NAME=VALUE or NODE/NAME=VALUE\n"
              "muster.cfg:11: error: x/ cannot be the name of a property\n"
              "  hint: a property is written NAME=VALUE or NODE/NAME=VALUE\n"
              "muster.cfg:12: error: a/b/c/d/e/f/g/h/i/j cannot be the name of a property\n"
              "  hint: a property is written NAME=VALUE or NODE/NAME=VALUE\n"
              "muster.cfg:13: error: a@1 cannot be the name of a property\n"
              "  hint: a property is written NAME=VALUE or NODE/NAME=VALUE\n"
              "muster.cfg:14: error: x@1@2/a cannot be the name of a property\n"
              "  hint: a property is written NAME=VALUE or NODE/NAME=VALUE\n"
              "muster.cfg:15: error: name cannot be the name of a property\n"
              "  hint: a property is written NAME=VALUE or NODE/NAME=VALUE\n"
              "muster.cfg:16: error: a domain section is always compatible with xen,domain\n"
              "  hint: leave it out\n"
              "muster.cfg:17: warning: cpus= is given again; the one in line 8 counts\n"
              "  hint: remove one of them\n"
              "muster.cfg:18: error: ramdisk names no file\n"
              "  hint: it is written KEY=FILE\n"
              "muster.cfg:19: error: end: the cells have no end\n"
              "  hint: close them with >\n");
    first = boot->system.diagnostics.first->next;
    assert_int_equal(first->where.column, 9);
    /* A mistake at the end of a line is shown behind it. */
    assert_int_equal(boot->system.diagnostics.last->where.column, 7);
    assert_int_equal(boot->system.diagnostics.last->where.width, 1);
}

/* Mistakes in values, each with the right form. */
static void test_mistakes_in_values_have_hints(void **state)
{
    struct boot *boot = *state;

    boot_describe(boot,
                  CONFIG("a=<0x100000000>\nb=[0\nc=[01\nd=\"e\nf=<1> <2>\ng=<&none>\n"
                         "h=<&{/none}>\ni=<&>\nj=<1>, k\n"),
                  TREE(""));
    assert_diagnostics(boot,
                       "muster.cfg:7: error: a: 0x100000000 does not fit into a cell of 32 bits\n"
                       "  hint: write a larger number as two cells, the high one first\n"
                       "muster.cfg:8: error: b: a byte is two hexadecimal digits\n"
                       "  hint: bytes are written [0a ff]\n"
                       "muster.cfg:9: error: c: the bytes have no end\n"
                       "  hint: close them with ]\n"
                       "muster.cfg:10: error: d: the text has no end\n"
                       "  hint: close it with \"\n"
                       "muster.cfg:11: error: f: there is a comma missing\n"
                       "  hint: values are separated by commas\n"
                       "muster.cfg:12: error: g: there is no label none in the device tree\n"
                       "  hint: labels are there only in trees made with dtc -@\n"
                       "muster.cfg:13: error: h: there is no node /none in the device tree\n"
                       "muster.cfg:14: error: i: a reference is &label or &{/path}\n"
                       "muster.cfg:15: error: j: a list has <cells>, \"texts\" and [bytes] only\n");
}

static void test_mistakes_in_domains(void **state)
{
    struct boot *boot = *state;

    boot_describe(boot,
                  "[global]\ndefault=boot\n[boot]\ndomains=one two one thre a/b taken\n"
                  "[one]\nkernel=vmlinuz\n[two]\nkernel=vmlinuz\n[three]\n[a/b]\n[taken]\n",
                  TREE("taken { };"));
    assert_diagnostics(boot, "muster.cfg:4: error: the domain one is named twice\n"
                             "  hint: name each section once\n"
                             "muster.cfg:4: error: there is no section [thre] in muster.cfg\n"
                             "  hint: did you mean three?\n"
                             "muster.cfg:10: error: a/b cannot be the name of a domain\n"
                             "  hint: use letters, digits and ,._+-, 255 at most\n"
                             "muster.cfg:11: error: the device tree already has /chosen/taken\n"
                             "  hint: rename one of them\n");
    assert_property(boot, "/chosen/two", "compatible", "xen,domain");
}

static void test_a_long_name(void **state)
{
    struct boot *boot = *state;
    char config[2000];

    for (int length = 255; length <= 256; length++) {
        snprintf(config, sizeof(config), "[global]\ndefault=b\n[b]\ndomains=%0*d\n[%0*d]\nx=1\n",
                 length, 0, length, 0);
        boot_describe(boot, config, TREE(""));
        snprintf(config, sizeof(config), "muster.cfg:5: error: %0*d cannot be the name of a domain",
                 256, 0);
        if (length == 256)
            assert_diagnosed(boot, config);
        else
            assert_diagnostics(boot, "");
    }
}

static void test_too_many_domains(void **state)
{
    struct boot *boot = *state;
    static char config[20000];
    struct arena *arena = boot_start(boot)->arena;
    const char *line = "domains=";
    const char *sections = "";

    for (unsigned at = 0; at < 300; at++) {
        line = text_format(arena, "%s d%u", line, at);
        sections = text_format(arena, "%s[d%u]\n", sections, at);
    }
    strcpy(config, text_format(arena, "[global]\ndefault=b\n[b]\n%s\n%s", line, sections));
    boot_describe(boot, config, TREE(""));
    assert_diagnosed(boot, "muster.cfg:4: error: d256 and what follows are too many domains");
}

/* --- like= ------------------------------------------------------------------------------------ */

#define DOMAINS(names) "[global]\ndefault=boot\n[boot]\ndomains=" names "\n"

static void test_like(void **state)
{
    struct boot *boot = *state;

    boot_describe(boot,
                  DOMAINS("domA domB") "[domA]\nlike=base\n"
                                       "[domB]\ncpus=3\nx=\"own\"\nlike = more\n"
                                       "[more]\nx=\"more\"\ny=\"more\"\nlike=base\n"
                                       "[base]\nkernel=vmlinuz a=1\ncpus=1\nx=\"base\"\n"
                                       "n/p=<7>\n",
                  TREE(""));
    assert_diagnostics(boot, "");
    assert_string_equal(boot_summary(boot), "muster.cfg, section [boot]\n"
                                            "  domain domA: 1 vCPU, vmlinuz\n"
                                            "  domain domB: 3 vCPUs, vmlinuz\n");
    assert_cells(boot, "/chosen/domA", "cpus", 1);
    assert_property(boot, "/chosen/domA", "x", "base");
    assert_property(boot, "/chosen/domA", "like", NULL);
    assert_property(boot, "/chosen/domA/kernel", "bootargs", "a=1");
    assert_cells(boot, "/chosen/domB", "cpus", 3);
    assert_property(boot, "/chosen/domB", "x", "own");
    assert_property(boot, "/chosen/domB", "y", "more");
    assert_cells(boot, "/chosen/domB/n", "p", 7);
}

/* A mistake in a section that several domains are like is one, at its line. */
static void test_mistakes_in_what_is_like(void **state)
{
    struct boot *boot = *state;

    boot_run(boot,
             DOMAINS("domA domB") "[domA]\nlike=base\n[domB]\nlike=base\n"
                                  "[base]\nkernel=vmlinuz\ncpus=0\nmemory=some\nx=<1\nx=2\n",
             TREE(""));
    assert_diagnostics(boot,
                       "muster.cfg:12: error: memory: it is not an amount of memory\n"
                       "  hint: write 128M, 1G, or a number of KiB\n"
                       "muster.cfg:13: error: x: the cells have no end\n"
                       "  hint: close them with >\n"
                       "muster.cfg:14: warning: x= is given again; the one in line 13 counts\n"
                       "  hint: remove one of them\n");
    boot_run(boot,
             DOMAINS("domA domB") "[domA]\nlike=base\n[domB]\nlike=base\n"
                                  "[base]\nkernel=vmlinuz\ncpus=0\nmemory=64M\n",
             TREE(""));
    assert_diagnostics(boot, "muster.cfg:11: error: domain domA has 0 cpus\n"
                             "  hint: a domain has at least one\n");
}

static void test_mistakes_of_like(void **state)
{
    struct boot *boot = *state;

    boot_describe(boot,
                  DOMAINS("domA domB domC domD domE") "[domA]\nlike=bas\n[domB]\nlike=base "
                                                      "domA\n[domC]\nlike=\n[domD]\nlike\n"
                                                      "[domE]\nlike=bas\n[base]\n",
                  TREE(""));
    assert_diagnostics(boot,
                       "muster.cfg:6: error: there is no section [bas] in muster.cfg\n"
                       "  hint: did you mean base?\n"
                       "muster.cfg:8: error: like= names one section, which may have a like= "
                       "of its own\n"
                       "  hint: write like=SECTION\n"
                       "muster.cfg:10: error: like= names one section, which may have a like= "
                       "of its own\n"
                       "  hint: write like=SECTION\n"
                       "muster.cfg:12: error: like= names one section, which may have a like= "
                       "of its own\n"
                       "  hint: write like=SECTION\n"
                       "muster.cfg:14: error: there is no section [bas] in muster.cfg\n"
                       "  hint: did you mean base?\n");
}

/* Each circle is one mistake, wherever a domain comes into it. */
static void test_circles_of_like(void **state)
{
    struct boot *boot = *state;

    boot_describe(boot,
                  DOMAINS("domC domB domA domD") "[domA]\nlike=domB\n[domB]\nlike=domC\n"
                                                 "[domC]\nlike=domA\n[domD]\nlike=domD\n",
                  TREE(""));
    assert_diagnostics(boot, "muster.cfg:6: error: like=domB leads back to where it stands\n"
                             "  hint: take one like= out of the circle\n"
                             "muster.cfg:12: error: like=domD leads back to where it stands\n"
                             "  hint: take one like= out of the circle\n");
}

static void test_a_long_way_of_like(void **state)
{
    struct boot *boot = *state;
    struct arena *arena = boot_start(boot)->arena;
    const char *config = DOMAINS("d0");
    static char text[4096];

    for (unsigned at = 0; at < 32; at++)
        config = text_format(arena, "%s[d%u]\nlike=d%u\n", config, at, at + 1);
    strcpy(text, text_format(arena, "%s[d32]\nlike=d33\n[d33]\n", config));
    boot_describe(boot, text, TREE(""));
    assert_diagnostics(boot, "muster.cfg:69: error: like= leads through too many sections\n"
                             "  hint: let more domains be like the same section\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_values),
        boot_test(test_mistakes_in_values),
        boot_test(test_amounts_of_memory),
        boot_test(test_a_domain),
        boot_test(test_child_nodes_and_references),
        boot_test(test_references_to_nodes_of_other_sections),
        boot_test(test_labels_of_no_path),
        boot_test(test_no_phandle_left),
        boot_test(test_no_memory_for_a_phandle),
        boot_test(test_a_domain_of_each_module),
        boot_test(test_mistakes_show_their_place),
        boot_test(test_mistakes_in_values_have_hints),
        boot_test(test_mistakes_in_domains),
        boot_test(test_too_many_domains),
        boot_test(test_a_long_name),
        boot_test(test_like),
        boot_test(test_mistakes_in_what_is_like),
        boot_test(test_mistakes_of_like),
        boot_test(test_circles_of_like),
        boot_test(test_a_long_way_of_like),
    };

    return cmocka_run_group_tests_name("domains", tests, NULL, NULL);
}
