/* SPDX-License-Identifier: BSD-2-Clause */
/* Measures the time and memory that core takes for inputs of growing size, friendly and hostile. */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "support.h"

#define SECONDS_MAX 1.0 /* of processor time, for the largest input that is taken */
#define MEMORY_MAX  16U /* times the size of the input, and a MiB for what is always needed */

/* An input of one kind, as large as `count` makes it. */
struct input {
    char *config;
    size_t config_size;
    char *tree;
    char *overlay; /* or NULL */
};

/* Text that grows at its end. */
static void append(char **text, size_t *length, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void append(char **text, size_t *length, const char *format, ...)
{
    va_list arguments;

    if (*text == NULL)
        *text = malloc(4U << 20);
    assert_non_null(*text);
    va_start(arguments, format);
    *length += (size_t)vsprintf(*text + *length, format, arguments);
    va_end(arguments);
}

static void begin_node(char *tree, const char *name)
{
    assert_int_equal(fdt_begin_node(tree, name), 0);
}

static void end_node(char *tree)
{
    assert_int_equal(fdt_end_node(tree), 0);
}

static void add_string(char *tree, const char *name, const char *value)
{
    assert_int_equal(fdt_property(tree, name, value, (int)strlen(value) + 1), 0);
}

static void begin_tree(struct input *input, size_t reserved)
{
    const int capacity = 3 << 20;

    input->tree = malloc((size_t)capacity);
    assert_non_null(input->tree);
    assert_int_equal(fdt_create(input->tree, capacity), 0);
    for (size_t at = 0; at < reserved; at++)
        assert_int_equal(
            fdt_add_reservemap_entry(input->tree, MACHINE_RAM + at * 2 * PAGE_SIZE, PAGE_SIZE), 0);
    assert_int_equal(fdt_finish_reservemap(input->tree), 0);
    begin_node(input->tree, "");
}

static void add_module(char *tree, const char *name, const char *binary)
{
    begin_node(tree, name);
    add_string(tree, "uefi,binary", binary);
    end_node(tree);
}

static void end_tree(struct input *input)
{
    end_node(input->tree);
    assert_int_equal(fdt_finish(input->tree), 0);
}

/* Modules m0, m1, … of one binary. */
static void add_modules(char *tree, size_t count)
{
    for (size_t at = 0; at < count; at++) {
        char name[32];

        snprintf(name, sizeof(name), "m%zu", at);
        add_module(tree, name, "vmlinuz");
    }
}

static void many_reservations(struct input *input, size_t count)
{
    begin_tree(input, count);
    begin_node(input->tree, "chosen");
    add_module(input->tree, "a", "vmlinuz");
    end_node(input->tree);
    end_tree(input);
}

/* A tree with one module, for inputs whose size is elsewhere. */
static void small_tree(struct input *input)
{
    many_reservations(input, 0);
}

static void many_modules(struct input *input, size_t count)
{
    begin_tree(input, 0);
    begin_node(input->tree, "chosen");
    for (size_t at = 0; at < count; at++) {
        char name[32];

        snprintf(name, sizeof(name), "m%zu", at);
        add_module(input->tree, name, at % 2 == 0 ? "vmlinuz" : "ramdisk");
    }
    end_node(input->tree);
    end_tree(input);
}

/* `count` nodes of 64 bytes beside /chosen, each with a property name of its own. */
static void large_tree(struct input *input, size_t count)
{
    begin_tree(input, 0);
    begin_node(input->tree, "chosen");
    add_modules(input->tree, 30);
    end_node(input->tree);
    for (size_t at = 0; at < count; at++) {
        char name[32];

        snprintf(name, sizeof(name), "node@%zx", at);
        begin_node(input->tree, name);
        assert_int_equal(fdt_property_u64(input->tree, "reg", at), 0);
        add_string(input->tree, "compatible", "some,device");
        end_node(input->tree);
    }
    end_tree(input);
}

static void many_lines(struct input *input, size_t count)
{
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size, "binary=some/file-%zu key-%zu\n", at, at);
    small_tree(input);
}

static void many_mistakes(struct input *input, size_t count)
{
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size, "kernal%zu=x\n", at);
    small_tree(input);
}

static void add_near_keys(struct input *input, size_t count)
{
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size,
               "binary=f the-key-of-some-binary-that-has-a-long-name-%05zu\n", at);
}

/* A /chosen with modules that are near to each of those keys, and are none of them. */
static void add_near_modules(struct input *input)
{
    begin_node(input->tree, "chosen");
    for (unsigned at = 0; at < 250; at++) {
        char name[80];

        snprintf(name, sizeof(name), "the-kye-of-smoe-binary-that-ahs-a-logn-name-x%u", at);
        add_module(input->tree, name, name);
    }
    end_node(input->tree);
}

static void near_keys(struct input *input, size_t count)
{
    add_near_keys(input, count);
    begin_tree(input, 0);
    add_near_modules(input);
    end_tree(input);
}

/* Keys that differ in the case of letters alone. */
static void colliding_keys(struct input *input, size_t count)
{
    for (size_t at = 0; at < count; at++) {
        char key[] = "aaaaaaaaaaaaaaa";

        for (size_t letter = 0; letter + 1 < sizeof(key); letter++)
            if ((at >> letter & 1) != 0)
                key[letter] = 'A';
        append(&input->config, &input->config_size, "binary=f %s\n", key);
    }
    small_tree(input);
}

/* Keys that each go on where the one before ends, so that a search among them is deep. */
static void growing_keys(struct input *input, size_t count)
{
    for (size_t at = 1; at <= count; at++)
        append(&input->config, &input->config_size, "binary=f %0*u\n", (int)at, 0U);
    small_tree(input);
}

static void many_sections(struct input *input, size_t count)
{
    append(&input->config, &input->config_size, "[global]\ndefault=s1\n");
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size, "[s%zu]\n", at);
    small_tree(input);
}

/* Domains for which there are no sections, among many that there are. */
static void missing_domains(struct input *input, size_t count)
{
    append(&input->config, &input->config_size, "[global]\ndefault=b\n");
    for (unsigned at = 0; at < 15000; at++)
        append(&input->config, &input->config_size, "[section%u]\n", at);
    append(&input->config, &input->config_size, "[b]\ndomains=");
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size, "%zx ", at);
    append(&input->config, &input->config_size, "\n");
    small_tree(input);
}

/* Names of domains where no section is asked for, so that all that are named are set aside. */
static void named_domains(struct input *input, size_t count)
{
    append(&input->config, &input->config_size, "domains=");
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size, "%zx ", at);
    append(&input->config, &input->config_size, "\n");
    small_tree(input);
}

/* --- what libfdt searches for through the whole tree ------------------------------------------ */

static void add_empty_node(char *tree, const char *name)
{
    begin_node(tree, name);
    end_node(tree);
}

/*
 * The tree that is the slowest to search through: as many nodes as fit. The last ones are called
 * z0, z1, …; z0 has a phandle and the label z.
 */
static void slow_tree(struct input *input)
{
    begin_tree(input, 0);
    for (unsigned at = 0; at < 150000; at++)
        add_empty_node(input->tree, "n");
    begin_node(input->tree, "z0");
    assert_int_equal(fdt_property_u32(input->tree, "phandle", 1), 0);
    end_node(input->tree);
    for (unsigned at = 1; at < 300; at++) {
        char name[32];

        snprintf(name, sizeof(name), "z%u", at);
        add_empty_node(input->tree, name);
    }
    begin_node(input->tree, "__symbols__");
    add_string(input->tree, "z", "/z0");
    end_node(input->tree);
    end_tree(input);
}

static void begin_domain(struct input *input)
{
    append(&input->config, &input->config_size,
           "[global]\ndefault=b\n[b]\ndomains=d\n[d]\nkernel=vmlinuz\n");
}

/* References by path to nodes that have no phandle. */
static void many_references(struct input *input, size_t count)
{
    begin_domain(input);
    append(&input->config, &input->config_size, "x=<");
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size, "&{/z%zu} ", 1 + at % 299);
    append(&input->config, &input->config_size, ">\n");
    slow_tree(input);
}

/* References by one label. */
static void many_labels(struct input *input, size_t count)
{
    begin_domain(input);
    append(&input->config, &input->config_size, "x=<");
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size, "&z ");
    append(&input->config, &input->config_size, ">\n");
    slow_tree(input);
}

/* Properties of a domain, each with a name that the tree does not have. */
static void many_properties(struct input *input, size_t count)
{
    begin_domain(input);
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size, "a-property-with-a-name-%zu=\n", at);
    small_tree(input);
}

/* As many names of properties as a tree may have, none of which the loader's own are. */
static void add_names(char *tree)
{
    for (unsigned at = 0; at < 1015; at++) {
        char name[257];

        snprintf(name, sizeof(name), "%0255u", at);
        assert_int_equal(fdt_property(tree, name, "", 0), 0);
    }
}

/* Properties of one node of a domain, behind as many others. */
static void nodes_of_a_domain(struct input *input, size_t count)
{
    begin_domain(input);
    for (size_t at = 0; at < 4 * count; at++)
        append(&input->config, &input->config_size, "z/a%zu=\n", at);
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size, "n%zu/a=\n", at);
    append(&input->config, &input->config_size, "z/a=\n");
    small_tree(input);
}

/* The same on a tree that has as many names as it may have. */
static void properties_among_names(struct input *input, size_t count)
{
    begin_domain(input);
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size, "%zu=\n", at);
    begin_tree(input, 0);
    add_names(input->tree);
    end_tree(input);
}

/* A /chosen that is as large as it may be, with `count` modules. */
static void add_full_chosen(char *tree, size_t count)
{
    begin_node(tree, "chosen");
    add_modules(tree, count);
    for (unsigned at = 0; at < 20000; at++)
        add_empty_node(tree, "n");
    end_node(tree);
}

static void full_chosen(struct input *input, size_t count)
{
    begin_tree(input, 0);
    add_full_chosen(input->tree, count);
    end_tree(input);
}

/* Domains at the end of a tree, each far below the root. */
static void add_stray_domains(struct input *input, size_t count)
{
    for (unsigned at = 0; at < 500; at++)
        begin_node(input->tree, "n");
    for (size_t at = 0; at < count; at++) {
        begin_node(input->tree, "d");
        add_string(input->tree, "compatible", "xen,domain");
        end_node(input->tree);
    }
    for (unsigned at = 0; at < 500; at++)
        end_node(input->tree);
}

static void stray_domains(struct input *input, size_t count)
{
    begin_tree(input, 0);
    for (unsigned at = 0; at < 150000; at++)
        add_empty_node(input->tree, "n");
    add_stray_domains(input, count);
    end_tree(input);
}

/* Several of the worst at once, in a tree that is searched through until that is too much. */
static void a_mixture(struct input *input, size_t count)
{
    append(&input->config, &input->config_size, "[global]\ndefault=b\n[b]\ndomains=d\n");
    add_near_keys(input, 7000);
    append(&input->config, &input->config_size, "[d]\nkernel=vmlinuz\nx=<");
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size, "&{/z} ");
    append(&input->config, &input->config_size, ">\n");
    for (unsigned at = 0; at < 7000; at++)
        append(&input->config, &input->config_size, "kernal%u=x\n", at);
    begin_tree(input, 0);
    for (unsigned at = 0; at < 100000; at++)
        add_empty_node(input->tree, "n");
    add_empty_node(input->tree, "z");
    add_near_modules(input);
    add_stray_domains(input, 1000);
    end_tree(input);
}

/* Modules in such a tree, and in a /chosen that is as large as it may be. */
static void modules_among_names(struct input *input, size_t count)
{
    begin_tree(input, 0);
    add_names(input->tree);
    add_full_chosen(input->tree, count);
    end_tree(input);
}

/* Domains of sections, likewise. */
static void domains_among_names(struct input *input, size_t count)
{
    append(&input->config, &input->config_size, "[global]\ndefault=b\n[b]\ndomains=");
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size, "d%zu ", at);
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size,
               "\n[d%zu]\nkernel=vmlinuz a\nramdisk=ramdisk\nmemory=64M\ncpus=1\nvpl011\n", at);
    begin_tree(input, 0);
    add_names(input->tree);
    add_full_chosen(input->tree, 0);
    end_tree(input);
}

/* Properties of a domain that are near to one that Xen knows. */
static void near_properties(struct input *input, size_t count)
{
    begin_tree(input, 0);
    begin_node(input->tree, "chosen");
    begin_node(input->tree, "d");
    for (size_t at = 0; at < count; at++)
        assert_int_equal(fdt_property(input->tree, "max_grant_framse", "", 0), 0);
    add_string(input->tree, "compatible", "xen,domain");
    add_module(input->tree, "kernel", "vmlinuz");
    end_node(input->tree);
    end_node(input->tree);
    end_tree(input);
}

/* Children of /chosen that are near to one that Xen knows. */
static void near_nodes(struct input *input, size_t count)
{
    begin_tree(input, 0);
    begin_node(input->tree, "chosen");
    add_module(input->tree, "kernel", "vmlinuz");
    for (size_t at = 0; at < count; at++) {
        begin_node(input->tree, "n");
        add_string(input->tree, "compatible", "multiboot,elumod");
        end_node(input->tree);
    }
    end_node(input->tree);
    end_tree(input);
}

/* --- long names that are shown again and again ------------------------------------------------ */

static char *long_name(size_t length)
{
    char *name = malloc(length + 1);

    assert_non_null(name);
    memset(name, 'n', length);
    name[length] = '\0';
    return name;
}

/* A domain with a hundred mistakes. */
static void long_node(struct input *input, size_t count)
{
    char *name = long_name(count);

    begin_tree(input, 0);
    begin_node(input->tree, "chosen");
    begin_node(input->tree, name);
    for (size_t at = 0; at < 150; at++)
        assert_int_equal(fdt_property(input->tree, "x", "", 0), 0);
    add_string(input->tree, "compatible", "xen,domain");
    add_module(input->tree, "kernel", "vmlinuz");
    end_node(input->tree);
    end_node(input->tree);
    end_tree(input);
    free(name);
}

/* A file that many modules are, by a name with a long way to it. */
static void long_file(struct input *input, size_t count)
{
    append(&input->config, &input->config_size, "binary=");
    for (size_t at = 0; at < count / 2; at++)
        append(&input->config, &input->config_size, "./");
    append(&input->config, &input->config_size, "vmlinuz k\n");
    begin_tree(input, 0);
    begin_node(input->tree, "chosen");
    for (unsigned at = 0; at < 250; at++) {
        char name[32];

        snprintf(name, sizeof(name), "m%u", at);
        add_module(input->tree, name, "k");
    }
    end_node(input->tree);
    end_tree(input);
}

/* Sections that are listed where another is missing. */
static void long_sections(struct input *input, size_t count)
{
    char *name = long_name(count);

    append(&input->config, &input->config_size, "[global]\ndefault=b\n[b]\ndomains=");
    for (unsigned at = 0; at < 200; at++)
        append(&input->config, &input->config_size, "d%u ", at);
    for (unsigned at = 0; at < 7; at++)
        append(&input->config, &input->config_size, "\n[%s%u]\n", name, at);
    small_tree(input);
    free(name);
}

/* Virtual CPUs of a domain that has as many properties. */
static void many_vcpus(struct input *input, size_t count)
{
    begin_tree(input, 0);
    begin_node(input->tree, "chosen");
    begin_node(input->tree, "d");
    for (size_t at = 0; at < count; at++)
        assert_int_equal(fdt_property(input->tree, "x", "", 0), 0);
    add_string(input->tree, "compatible", "xen,domain");
    add_module(input->tree, "kernel", "vmlinuz");
    for (size_t at = 0; at < count; at++) {
        begin_node(input->tree, "v");
        add_string(input->tree, "compatible", "xen,vcpu");
        end_node(input->tree);
    }
    end_node(input->tree);
    end_node(input->tree);
    end_tree(input);
}

/* CPUs, each with a phandle by which pools may find it, and one pool with all of them, twice. */
static void many_cpus(struct input *input, size_t count)
{
    fdt32_t *list = malloc(2 * count * sizeof(*list));

    assert_non_null(list);
    begin_tree(input, 0);
    begin_node(input->tree, "cpus");
    for (size_t at = 0; at < count; at++) {
        list[at] = list[count + at] = cpu_to_fdt32((uint32_t)at + 1);
        begin_node(input->tree, "c");
        add_string(input->tree, "device_type", "cpu");
        assert_int_equal(fdt_property_u32(input->tree, "phandle", (uint32_t)at + 1), 0);
        end_node(input->tree);
    }
    end_node(input->tree);
    begin_node(input->tree, "chosen");
    begin_node(input->tree, "pool");
    add_string(input->tree, "compatible", "xen,cpupool");
    assert_int_equal(fdt_property(input->tree, "cpupool-cpus", list, (int)(8 * count)), 0);
    end_node(input->tree);
    add_module(input->tree, "kernel", "vmlinuz");
    end_node(input->tree);
    end_tree(input);
    free(list);
}

/* Event channels that each have the port of another, and link to none. */
static void many_channels(struct input *input, size_t count)
{
    begin_tree(input, 0);
    begin_node(input->tree, "chosen");
    add_module(input->tree, "kernel", "vmlinuz");
    for (size_t at = 0; at < count; at++) {
        begin_node(input->tree, "e");
        add_string(input->tree, "compatible", "xen,evtchn-v1");
        assert_int_equal(fdt_property_u64(input->tree, "xen,evtchn", (at % 99) << 32 | at), 0);
        assert_int_equal(fdt_property_u32(input->tree, "phandle", (uint32_t)at + 1), 0);
        end_node(input->tree);
    }
    end_node(input->tree);
    end_tree(input);
}

/* Children of /reserved-memory, every other one with a reg that cannot be read. */
static void many_reserved(struct input *input, size_t count)
{
    begin_tree(input, 0);
    begin_node(input->tree, "chosen");
    add_module(input->tree, "kernel", "vmlinuz");
    end_node(input->tree);
    begin_node(input->tree, "reserved-memory");
    assert_int_equal(fdt_property_u32(input->tree, "#size-cells", 2), 0);
    assert_int_equal(fdt_property_u32(input->tree, "#address-cells", 2), 0);
    for (size_t at = 0; at < count; at++) {
        fdt32_t reg[4] = {0, cpu_to_fdt32(0x1000 * (uint32_t)at), 0, cpu_to_fdt32(0x1000)};

        begin_node(input->tree, "r");
        assert_int_equal(fdt_property(input->tree, "reg", reg, at % 2 == 0 ? 16 : 12), 0);
        end_node(input->tree);
    }
    end_node(input->tree);
    end_tree(input);
}

/* A list of static memory that is all of one domain's, and all wrong. */
static void static_memory(struct input *input, size_t count)
{
    fdt64_t *list = malloc(count * sizeof(*list));

    assert_non_null(list);
    memset(list, 0xff, count * sizeof(*list));
    begin_tree(input, 0);
    begin_node(input->tree, "chosen");
    begin_node(input->tree, "d");
    add_string(input->tree, "compatible", "xen,domain");
    assert_int_equal(fdt_property(input->tree, "xen,static-mem", list, (int)(8 * count)), 0);
    add_module(input->tree, "kernel", "vmlinuz");
    end_node(input->tree);
    end_node(input->tree);
    end_tree(input);
    free(list);
}

/* --- overlays --------------------------------------------------------------------------------- */

static void begin_overlay(struct input *input)
{
    const int capacity = 4 << 20;

    append(&input->config, &input->config_size, "dtbo=my.dtbo\n");
    input->overlay = malloc((size_t)capacity);
    assert_non_null(input->overlay);
    assert_int_equal(fdt_create(input->overlay, capacity), 0);
    assert_int_equal(fdt_finish_reservemap(input->overlay), 0);
    begin_node(input->overlay, "");
}

static void end_overlay(struct input *input)
{
    end_node(input->overlay);
    assert_int_equal(fdt_finish(input->overlay), 0);
}

/* A fragment for a path, whose __overlay__ is left open. */
static void begin_fragment_at(struct input *input, const char *name, const char *path)
{
    begin_node(input->overlay, name);
    add_string(input->overlay, "target-path", path);
    begin_node(input->overlay, "__overlay__");
}

/* A fragment for z0, likewise. */
static void begin_fragment(struct input *input)
{
    begin_node(input->overlay, "f");
    assert_int_equal(fdt_property_u32(input->overlay, "target", 1), 0);
    begin_node(input->overlay, "__overlay__");
}

static void end_fragment(struct input *input)
{
    end_node(input->overlay);
    end_node(input->overlay);
}

static void many_overlays(struct input *input, size_t count)
{
    slow_tree(input);
    begin_overlay(input);
    end_overlay(input);
    for (size_t at = 1; at < count; at++)
        append(&input->config, &input->config_size, "dtbo=my.dtbo\n");
}

static void many_fragments(struct input *input, size_t count)
{
    slow_tree(input);
    begin_overlay(input);
    for (size_t at = 0; at < count; at++) {
        begin_fragment(input);
        end_fragment(input);
    }
    end_overlay(input);
}

/* Nodes that are added to the root. */
static void overlay_nodes(struct input *input, size_t count)
{
    slow_tree(input);
    begin_overlay(input);
    begin_fragment_at(input, "f", "/");
    for (size_t at = 0; at < count; at++) {
        char name[32];

        snprintf(name, sizeof(name), "a%zu", at);
        add_empty_node(input->overlay, name);
    }
    end_fragment(input);
    end_overlay(input);
}

/* Properties that are added to a node that has as many as fit. */
static void overlay_properties(struct input *input, size_t count)
{
    begin_tree(input, 0);
    for (unsigned at = 0; at < 150000; at++)
        assert_int_equal(fdt_property(input->tree, "n", "", 0), 0);
    end_tree(input);
    begin_overlay(input);
    begin_fragment_at(input, "f", "/");
    for (size_t at = 0; at < count; at++) {
        char name[32];

        snprintf(name, sizeof(name), "a%zu", at);
        assert_int_equal(fdt_property(input->overlay, name, "", 0), 0);
    }
    end_fragment(input);
    end_overlay(input);
}

static void overlay_fixups(struct input *input, size_t count)
{
    static const char place[] = "/f:target:0";
    char *places = malloc(count * sizeof(place));

    assert_non_null(places);
    for (size_t at = 0; at < count; at++)
        memcpy(places + at * sizeof(place), place, sizeof(place));
    slow_tree(input);
    begin_overlay(input);
    begin_fragment(input);
    end_fragment(input);
    begin_node(input->overlay, "__fixups__");
    assert_int_equal(fdt_property(input->overlay, "z", places, (int)(count * sizeof(place))), 0);
    end_node(input->overlay);
    end_overlay(input);
    free(places);
}

static void overlay_symbols(struct input *input, size_t count)
{
    slow_tree(input);
    begin_overlay(input);
    begin_fragment(input);
    add_empty_node(input->overlay, "a");
    end_fragment(input);
    begin_node(input->overlay, "__symbols__");
    for (size_t at = 0; at < count; at++) {
        char name[32];

        snprintf(name, sizeof(name), "s%zu", at);
        add_string(input->overlay, name, "/f/__overlay__/a");
    }
    end_node(input->overlay);
    end_overlay(input);
}

/* References within the overlay, to a property behind as many others. */
static void overlay_references(struct input *input, size_t count)
{
    fdt32_t *places = calloc(count, sizeof(*places));

    assert_non_null(places);
    small_tree(input);
    begin_overlay(input);
    begin_fragment_at(input, "f", "/");
    for (size_t at = 0; at < count; at++)
        assert_int_equal(fdt_property(input->overlay, "a", "", 0), 0);
    assert_int_equal(fdt_property_u32(input->overlay, "b", 1), 0);
    end_fragment(input);
    begin_node(input->overlay, "__local_fixups__");
    begin_node(input->overlay, "f");
    begin_node(input->overlay, "__overlay__");
    assert_int_equal(fdt_property(input->overlay, "b", places, (int)(count * sizeof(*places))), 0);
    end_fragment(input);
    end_node(input->overlay);
    end_overlay(input);
    free(places);
}

/* Devices of a passthrough fragment, which are looked up in the machine's tree. */
static void many_devices(struct input *input, size_t count)
{
    slow_tree(input);
    begin_overlay(input);
    input->config_size = 0;
    begin_domain(input);
    append(&input->config, &input->config_size, "dtb=my.dtbo\n");
    begin_node(input->overlay, "passthrough");
    for (size_t at = 0; at < count; at++) {
        begin_node(input->overlay, "d");
        assert_int_equal(fdt_property(input->overlay, "xen,reg", "", 0), 0);
        add_string(input->overlay, "xen,path", "/z0");
        end_node(input->overlay);
    }
    end_node(input->overlay);
    end_overlay(input);
}

/* One large fragment of many domains. */
static void shared_fragment(struct input *input, size_t count)
{
    begin_overlay(input);
    input->config_size = 0;
    append(&input->config, &input->config_size, "\n");
    begin_node(input->overlay, "passthrough");
    for (unsigned at = 0; at < 150000; at++)
        add_empty_node(input->overlay, "n");
    end_node(input->overlay);
    end_overlay(input);
    begin_tree(input, 0);
    begin_node(input->tree, "chosen");
    for (size_t at = 0; at < count; at++) {
        char name[32];

        snprintf(name, sizeof(name), "d%zu", at);
        begin_node(input->tree, name);
        add_string(input->tree, "compatible", "xen,domain");
        add_module(input->tree, "kernel", "vmlinuz");
        add_module(input->tree, "dtb", "my.dtbo");
        end_node(input->tree);
    }
    end_node(input->tree);
    end_tree(input);
}

/* An overlay that changes `count` nodes by their labels, on a tree that has as many. */
static void large_overlay(struct input *input, size_t count)
{
    large_tree(input, count);
    begin_overlay(input);
    for (size_t at = 0; at < count; at++) {
        char name[32];
        char path[32];

        snprintf(name, sizeof(name), "fragment@%zu", at);
        snprintf(path, sizeof(path), "/node@%zx", at);
        begin_fragment_at(input, name, path);
        add_string(input->overlay, "status", "okay");
        end_fragment(input);
    }
    end_overlay(input);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Runs all stages on an input; shows and checks what that took. */
static void measure(const char *name, void (*make)(struct input *input, size_t count), size_t count)
{
    struct input input = {0};
    void *state = NULL;
    struct boot *boot;
    double start;
    double seconds;
    size_t size;

    make(&input, count);
    boot_setup(&state);
    boot = state;
    boot->request.firmware_tree = input.tree;
    boot->request.firmware_tree_size = fdt_totalsize(input.tree);
    size = input.config_size + fdt_totalsize(input.tree);
    machine_add_file(&boot->machine, "/EFI/muster/muster.cfg", input.config, input.config_size);
    if (input.overlay != NULL) {
        size += fdt_totalsize(input.overlay);
        machine_add_file(&boot->machine, "/EFI/muster/my.dtbo", input.overlay,
                         fdt_totalsize(input.overlay));
    }
    start = now();
    boot->is_started = true;
    if (system_init(&boot->system, &boot->machine.platform, &boot->request) &&
        system_describe(&boot->system))
        system_complete(&boot->system);
    system_conclude(&boot->system);
    assert_non_null(summary_of_diagnostics(&boot->system.diagnostics));
    assert_non_null(boot_summary(boot));
    assert_non_null(summary_of_binaries(&boot->system.arena, &boot->system.plan));
    seconds = now() - start;
    print_message("%-22s %7zu: input %8zu B, memory %9zu B, %8.2f ms\n", name, count, size,
                  boot->machine.allocated_most, seconds * 1000);
    assert_true(boot->machine.allocated_most <= MEMORY_MAX * size + (1U << 20));
    assert_true(seconds < SECONDS_MAX);
    boot_teardown(&state);
    free(input.config);
    free(input.tree);
    free(input.overlay);
}

#define COUNTS_MAX 5
#define KIND(kind, ...)                                                                            \
    {                                                                                              \
#kind, kind,                                                                               \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

/* The kinds of inputs, each with how many things it has; the last ones are often refused. */
static const struct kind {
    const char *name;
    void (*make)(struct input *input, size_t count);
    size_t counts[COUNTS_MAX];
} kinds[] = {
    KIND(many_modules, 1, 10, 30, 250),
    KIND(large_tree, 150, 1500, 15000, 32000),
    KIND(many_reservations, 100, 1000, 10000, 120000),
    KIND(many_lines, 100, 1000, 10000, 16384),
    KIND(many_mistakes, 100, 1000, 10000, 16384),
    KIND(near_keys, 100, 1000, 10000, 16000),
    KIND(colliding_keys, 100, 1000, 10000, 16384),
    KIND(growing_keys, 100, 1000, 1400),
    KIND(many_sections, 100, 1000, 10000, 16000),
    KIND(missing_domains, 10, 100, 250, 100000),
    KIND(named_domains, 10, 1000, 10000, 180000),
    KIND(many_references, 10, 20, 100, 50000),
    KIND(many_labels, 10, 20, 100, 50000),
    KIND(many_properties, 10, 100, 1000, 16000),
    KIND(nodes_of_a_domain, 10, 100, 1000, 2000),
    KIND(properties_among_names, 10, 100, 1000, 16000),
    KIND(full_chosen, 30, 250, 257),
    KIND(stray_domains, 10, 100, 1000),
    KIND(modules_among_names, 10, 100, 250),
    KIND(domains_among_names, 10, 80, 120),
    KIND(near_properties, 10, 1000, 10000),
    KIND(near_nodes, 10, 1000, 6000),
    KIND(long_node, 100, 255, 1000, 200000),
    KIND(long_file, 100, 500, 1000, 1000000),
    KIND(long_sections, 100, 1000, 130000),
    KIND(many_vcpus, 10, 100, 1000, 5000),
    KIND(many_cpus, 10, 1000, 10000, 28000),
    KIND(many_channels, 10, 100, 1000, 3300),
    KIND(many_reserved, 10, 1000, 10000, 55000),
    KIND(static_memory, 10, 1000, 30000),
    KIND(large_overlay, 10, 100, 300, 800, 12000),
    KIND(many_overlays, 1, 10, 20, 1000),
    KIND(many_fragments, 1, 10, 20, 5000),
    KIND(overlay_nodes, 10, 30, 60, 15000),
    KIND(overlay_properties, 10, 30, 60, 10000),
    KIND(overlay_fixups, 10, 30, 60, 20000),
    KIND(overlay_symbols, 1, 5, 10, 8000),
    KIND(overlay_references, 100, 1000, 2500, 10000),
    KIND(many_devices, 10, 64, 1000),
    KIND(shared_fragment, 1, 10, 120),
    KIND(a_mixture, 10, 35, 40, 1000),
};

static void test_kind(void **state)
{
    const struct kind *kind = *state;

    for (size_t at = 0; at < COUNTS_MAX && kind->counts[at] != 0; at++)
        measure(kind->name, kind->make, kind->counts[at]);
}

int main(void)
{
    struct CMUnitTest tests[sizeof(kinds) / sizeof(kinds[0])];

    for (size_t at = 0; at < sizeof(kinds) / sizeof(kinds[0]); at++)
        tests[at] = (struct CMUnitTest){
            .name = kinds[at].name,
            .test_func = test_kind,
            .initial_state = (void *)(uintptr_t)&kinds[at],
        };
    return cmocka_run_group_tests_name("cost", tests, NULL, NULL);
}
