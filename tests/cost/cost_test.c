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
    assert_int_equal(fdt_begin_node(input->tree, ""), 0);
}

static void add_module(char *tree, const char *name, const char *binary)
{
    assert_int_equal(fdt_begin_node(tree, name), 0);
    assert_int_equal(fdt_property(tree, "uefi,binary", binary, (int)strlen(binary) + 1), 0);
    assert_int_equal(fdt_end_node(tree), 0);
}

static void end_tree(struct input *input)
{
    assert_int_equal(fdt_end_node(input->tree), 0);
    assert_int_equal(fdt_finish(input->tree), 0);
}

/* A tree with one module, for inputs whose size is elsewhere. */
static void small_tree(struct input *input)
{
    begin_tree(input, 0);
    assert_int_equal(fdt_begin_node(input->tree, "chosen"), 0);
    add_module(input->tree, "a", "vmlinuz");
    assert_int_equal(fdt_end_node(input->tree), 0);
    end_tree(input);
}

static void many_modules(struct input *input, size_t count)
{
    begin_tree(input, 0);
    assert_int_equal(fdt_begin_node(input->tree, "chosen"), 0);
    for (size_t at = 0; at < count; at++) {
        char name[32];

        snprintf(name, sizeof(name), "m%zu", at);
        add_module(input->tree, name, at % 2 == 0 ? "vmlinuz" : "ramdisk");
    }
    assert_int_equal(fdt_end_node(input->tree), 0);
    end_tree(input);
}

/* `count` nodes of 64 bytes beside /chosen, each with a property name of its own. */
static void large_tree(struct input *input, size_t count)
{
    begin_tree(input, 0);
    assert_int_equal(fdt_begin_node(input->tree, "chosen"), 0);
    for (unsigned at = 0; at < 30; at++) {
        char name[32];

        snprintf(name, sizeof(name), "m%u", at);
        add_module(input->tree, name, "vmlinuz");
    }
    assert_int_equal(fdt_end_node(input->tree), 0);
    for (size_t at = 0; at < count; at++) {
        char name[32];

        snprintf(name, sizeof(name), "node@%zx", at);
        assert_int_equal(fdt_begin_node(input->tree, name), 0);
        assert_int_equal(fdt_property_u64(input->tree, "reg", at), 0);
        assert_int_equal(fdt_property_string(input->tree, "compatible", "some,device"), 0);
        assert_int_equal(fdt_end_node(input->tree), 0);
    }
    end_tree(input);
}

static void many_reservations(struct input *input, size_t count)
{
    begin_tree(input, count);
    assert_int_equal(fdt_begin_node(input->tree, "chosen"), 0);
    add_module(input->tree, "a", "vmlinuz");
    assert_int_equal(fdt_end_node(input->tree), 0);
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

/* As many keys as there can be, and modules that are each near to all of them and none of them. */
static void near_keys(struct input *input, size_t count)
{
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size,
               "binary=f the-key-of-some-binary-that-has-a-long-name-%05zu\n", at);
    begin_tree(input, 0);
    assert_int_equal(fdt_begin_node(input->tree, "chosen"), 0);
    for (unsigned at = 0; at < 250; at++) {
        char name[80];

        snprintf(name, sizeof(name), "the-kye-of-smoe-binary-that-ahs-a-logn-name-x%u", at);
        add_module(input->tree, name, name);
    }
    assert_int_equal(fdt_end_node(input->tree), 0);
    end_tree(input);
}

static void many_sections(struct input *input, size_t count)
{
    append(&input->config, &input->config_size, "[global]\ndefault=s1\n");
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size, "[s%zu]\n", at);
    small_tree(input);
}

/* References to the last node of a large tree. */
static void many_references(struct input *input, size_t count)
{
    append(&input->config, &input->config_size, "[global]\ndefault=b\n[b]\ndomains=d\n[d]\n");
    append(&input->config, &input->config_size, "kernel=vmlinuz\nx=<");
    for (size_t at = 0; at < count; at++)
        append(&input->config, &input->config_size, "&{/node@5fff} ");
    append(&input->config, &input->config_size, ">\n");
    large_tree(input, 24576);
}

/* An overlay that changes `count` nodes by their labels, on a tree that has as many. */
static void large_overlay(struct input *input, size_t count)
{
    const int capacity = 2 << 20;
    char *overlay = malloc((size_t)capacity);

    assert_non_null(overlay);
    append(&input->config, &input->config_size, "dtbo=my.dtbo\n");
    large_tree(input, count);
    assert_int_equal(fdt_create(overlay, capacity), 0);
    assert_int_equal(fdt_finish_reservemap(overlay), 0);
    assert_int_equal(fdt_begin_node(overlay, ""), 0);
    for (size_t at = 0; at < count; at++) {
        char name[32];
        char path[32];

        snprintf(name, sizeof(name), "fragment@%zu", at);
        snprintf(path, sizeof(path), "/node@%zx", at);
        assert_int_equal(fdt_begin_node(overlay, name), 0);
        assert_int_equal(fdt_property(overlay, "target-path", path, (int)strlen(path) + 1), 0);
        assert_int_equal(fdt_begin_node(overlay, "__overlay__"), 0);
        assert_int_equal(fdt_property_string(overlay, "status", "okay"), 0);
        assert_int_equal(fdt_end_node(overlay), 0);
        assert_int_equal(fdt_end_node(overlay), 0);
    }
    assert_int_equal(fdt_end_node(overlay), 0);
    assert_int_equal(fdt_finish(overlay), 0);
    input->overlay = overlay;
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
    seconds = now() - start;
    print_message("%-18s %7zu: input %8zu B, memory %9zu B, %8.2f ms\n", name, count, size,
                  boot->machine.allocated_most, seconds * 1000);
    assert_true(boot->machine.allocated_most <= MEMORY_MAX * size + (1U << 20));
    assert_true(seconds < SECONDS_MAX);
    boot_teardown(&state);
    free(input.config);
    free(input.tree);
    free(input.overlay);
}

#define cost_test(kind, ...)                                                                       \
    static void test_##kind(void **state)                                                          \
    {                                                                                              \
        static const size_t counts[] = {__VA_ARGS__};                                              \
                                                                                                   \
        (void)state;                                                                               \
        for (size_t at = 0; at < sizeof(counts) / sizeof(counts[0]); at++)                         \
            measure(#kind, kind, counts[at]);                                                      \
    }

cost_test(many_modules, 1, 10, 30, 250) cost_test(large_tree, 150, 1500, 15000, 32000)
    cost_test(many_reservations, 100, 1000, 10000, 120000)
        cost_test(many_lines, 100, 1000, 10000, 16384)
            cost_test(many_mistakes, 100, 1000, 10000, 16384)
                cost_test(near_keys, 100, 1000, 10000, 16000)
                    cost_test(many_sections, 100, 1000, 10000, 16000)
                        cost_test(many_references, 10, 100, 1000, 50000)
                            cost_test(large_overlay, 10, 100, 1000, 2000, 12000)

                                int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_modules),      cmocka_unit_test(test_large_tree),
        cmocka_unit_test(test_many_reservations), cmocka_unit_test(test_many_lines),
        cmocka_unit_test(test_many_mistakes),     cmocka_unit_test(test_near_keys),
        cmocka_unit_test(test_many_sections),     cmocka_unit_test(test_many_references),
        cmocka_unit_test(test_large_overlay),
    };

    return cmocka_run_group_tests_name("cost", tests, NULL, NULL);
}
