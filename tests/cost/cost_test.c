/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts the work and memory that core takes for inputs of growing size, as systems have them. */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>

#include "support.h"

#define MEMORY_MOST 16U        /* bytes for each byte of input, */
#define MEMORY_BASE (1U << 20) /* and what is always needed */
#define ROOM        (4U << 20) /* bytes of a tree, or of a configuration */
#define WORK_BASE   (2U << 20) /* work that is always needed, half of it the machine's */

/* --- counting --------------------------------------------------------------------------------- */

/* Tokens of trees that were walked over, and bytes that were moved. */
static size_t tokens;
static size_t bytes;

void *__real_memcpy(void *to, const void *from, size_t size);
void *__wrap_memcpy(void *to, const void *from, size_t size);
void *__real_memmove(void *to, const void *from, size_t size);
void *__wrap_memmove(void *to, const void *from, size_t size);
void *__real_memset(void *to, int value, size_t size);
void *__wrap_memset(void *to, int value, size_t size);
uint32_t __real_fdt_next_tag(const void *fdt, int at, int *next);
uint32_t __wrap_fdt_next_tag(const void *fdt, int at, int *next);
void __cyg_profile_func_enter(void *function, void *caller);
void __cyg_profile_func_exit(void *function, void *caller);

void *__wrap_memcpy(void *to, const void *from, size_t size)
{
    bytes += size;
    return __real_memcpy(to, from, size);
}

void *__wrap_memmove(void *to, const void *from, size_t size)
{
    bytes += size;
    return __real_memmove(to, from, size);
}

void *__wrap_memset(void *to, int value, size_t size)
{
    bytes += size;
    return __real_memset(to, value, size);
}

uint32_t __wrap_fdt_next_tag(const void *fdt, int at, int *next)
{
    tokens++;
    return __real_fdt_next_tag(fdt, at, next);
}

/* A step of a walk. */
void __cyg_profile_func_enter(void *function, void *caller)
{
    (void)function;
    (void)caller;
    tokens++;
}

void __cyg_profile_func_exit(void *function, void *caller)
{
    (void)function;
    (void)caller;
}

/* --- inputs ----------------------------------------------------------------------------------- */

/* An input of one kind, as large as its count makes it. */
struct input {
    char config[ROOM];
    size_t config_size;
    char tree[ROOM];
    char overlay[ROOM];
    bool has_overlay;
};

static void append(struct input *input, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void append(struct input *input, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    input->config_size += (size_t)vsprintf(input->config + input->config_size, format, arguments);
    va_end(arguments);
}

static void begin_node(char *tree, const char *name, size_t number)
{
    char whole[64];

    snprintf(whole, sizeof(whole), "%s%zu", name, number);
    assert_int_equal(fdt_begin_node(tree, name[0] != '\0' ? whole : ""), 0);
}

static void add_string(char *tree, const char *name, const char *value)
{
    assert_int_equal(fdt_property(tree, name, value, (int)strlen(value) + 1), 0);
}

static void end_node(char *tree)
{
    assert_int_equal(fdt_end_node(tree), 0);
}

/* A tree whose root is left open, with /memreserve/ entries. */
static void begin_tree(char *tree, size_t reserved)
{
    assert_int_equal(fdt_create(tree, ROOM), 0);
    for (size_t at = 0; at < reserved; at++)
        assert_int_equal(
            fdt_add_reservemap_entry(tree, MACHINE_RAM + at * 2 * PAGE_SIZE, PAGE_SIZE), 0);
    assert_int_equal(fdt_finish_reservemap(tree), 0);
    begin_node(tree, "", 0);
}

static void end_tree(char *tree)
{
    end_node(tree);
    assert_int_equal(fdt_finish(tree), 0);
}

static void add_chosen(char *tree, size_t modules)
{
    assert_int_equal(fdt_begin_node(tree, "chosen"), 0);
    for (size_t at = 0; at < modules; at++) {
        begin_node(tree, "module", at);
        add_string(tree, "uefi,binary", "vmlinuz");
        end_node(tree);
    }
    end_node(tree);
}

/* A tree with one module, for inputs whose size is elsewhere. */
static void make_tree(struct input *input, size_t reserved, size_t modules, size_t nodes)
{
    begin_tree(input->tree, reserved);
    add_chosen(input->tree, modules);
    for (size_t at = 0; at < nodes; at++) {
        begin_node(input->tree, "node", at);
        add_string(input->tree, "compatible", "some,device");
        end_node(input->tree);
    }
    end_tree(input->tree);
}

static void many_modules(struct input *input, size_t count)
{
    make_tree(input, 0, count, 0);
}

static void large_tree(struct input *input, size_t count)
{
    make_tree(input, 0, 1, count);
}

static void many_reservations(struct input *input, size_t count)
{
    make_tree(input, count, 1, 0);
}

static void many_lines(struct input *input, size_t count)
{
    make_tree(input, 0, 1, 0);
    for (size_t at = 0; at < count; at++)
        append(input, "binary=vmlinuz key%zu\n", at);
}

static void many_sections(struct input *input, size_t count)
{
    make_tree(input, 0, 1, 0);
    for (size_t at = 0; at < count; at++)
        append(input, "[section%zu]\nkernel=vmlinuz\n", at);
}

static void many_mistakes(struct input *input, size_t count)
{
    make_tree(input, 0, 1, 0);
    for (size_t at = 0; at < count; at++)
        append(input, "option%zu=x\n", at);
}

/* A domain whose section has many properties. */
static void many_properties(struct input *input, size_t count)
{
    make_tree(input, 0, 1, 0);
    append(input, "domains=d\n[d]\n");
    for (size_t at = 0; at < count; at++)
        append(input, "property%zu=%zu\n", at, at);
}

/* An overlay with a fragment for each of many nodes. */
static void large_overlay(struct input *input, size_t count)
{
    make_tree(input, 0, 1, count);
    append(input, "dtbo=my.dtbo\n");
    input->has_overlay = true;
    begin_tree(input->overlay, 0);
    for (size_t at = 0; at < count; at++) {
        char path[32];

        snprintf(path, sizeof(path), "/node%zu", at);
        begin_node(input->overlay, "fragment@", at);
        add_string(input->overlay, "target-path", path);
        assert_int_equal(fdt_begin_node(input->overlay, "__overlay__"), 0);
        add_string(input->overlay, "status", "okay");
        end_node(input->overlay);
        end_node(input->overlay);
    }
    end_tree(input->overlay);
}

/* --- measuring -------------------------------------------------------------------------------- */

#define COUNTS 3

/*
 * The kinds of inputs, how many things they have, and the work that each byte of the largest may
 * take. libfdt finds a node by walking to it, so overlays and properties take more the more there
 * are.
 */
static const struct kind {
    const char *name;
    void (*make)(struct input *input, size_t count);
    size_t counts[COUNTS];
    size_t most;
} kinds[] = {
    {"modules", many_modules, {10, 30, 250}, 1200},
    {"nodes", large_tree, {150, 1500, 15000}, 30},
    {"reservations", many_reservations, {100, 1000, 10000}, 400},
    {"lines", many_lines, {100, 1000, 10000}, 30},
    {"sections", many_sections, {100, 1000, 8000}, 30},
    {"mistakes", many_mistakes, {100, 1000, 10000}, 30},
    {"properties", many_properties, {10, 100, 1000}, 5000},
    {"fragments", large_overlay, {10, 100, 300}, 1000},
};

/* Runs all stages on an input; shows and checks what that took. */
static void measure(const struct kind *kind, size_t count)
{
    struct input *input = calloc(1, sizeof(*input));
    void *state = NULL;
    struct boot *boot;
    size_t size;

    assert_non_null(input);
    kind->make(input, count);
    boot_setup(&state);
    boot = state;
    boot->request.firmware_tree = input->tree;
    boot->request.firmware_tree_size = fdt_totalsize(input->tree);
    size = input->config_size + fdt_totalsize(input->tree);
    machine_add_file(&boot->machine, "/EFI/muster/muster.cfg", input->config, input->config_size);
    if (input->has_overlay) {
        size += fdt_totalsize(input->overlay);
        machine_add_file(&boot->machine, "/EFI/muster/my.dtbo", input->overlay,
                         fdt_totalsize(input->overlay));
    }
    tokens = bytes = 0;
    boot->is_started = true;
    if (system_init(&boot->system, &boot->machine.platform, &boot->request) &&
        system_describe(&boot->system))
        system_complete(&boot->system);
    system_conclude(&boot->system);
    print_message("%-12s %6zu: input %7zu B, memory %8zu B, %8zu tokens, %9zu bytes moved\n",
                  kind->name, count, size, boot->machine.allocated_most, tokens, bytes);
    assert_in_range(boot->machine.allocated_most, 1, MEMORY_MOST * size + MEMORY_BASE);
    assert_in_range(tokens + bytes, 1, kind->most * size + WORK_BASE);
    boot_teardown(&state);
    free(input);
}

static void test_kind(void **state)
{
    const struct kind *kind = *state;

    for (size_t at = 0; at < COUNTS; at++)
        measure(kind, kind->counts[at]);
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
