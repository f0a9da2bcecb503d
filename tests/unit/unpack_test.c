/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of unpacking kernels: which are unpacked, where to, and what is wrong with some. */
#include <stdio.h>
#include <stdlib.h>

#include "pack.h"
#include "pe_image.h"
#include "support.h"

#define KERNEL_SIZE 10000U
#define TWO         TREE(DOMAIN("domA", "") DOMAIN("domB", ""))
#define CUT_OFF                                                                                    \
    "/chosen/domA/module@1: error: cannot unpack vmlinuz: its size is not what it says at its "    \
    "end\n"
#define HINT "  hint: was it copied completely?\n"

/* A kernel whose bytes are not all alike. */
static const unsigned char *kernel(void)
{
    static unsigned char data[KERNEL_SIZE];

    if (data[0] == 0) {
        memcpy(data, image_linux(KERNEL_SIZE), KERNEL_SIZE);
        for (size_t at = 64; at < KERNEL_SIZE; at++)
            data[at] = (unsigned char)(at * at >> 5);
    }
    return data;
}

static void add(struct boot *boot, struct pack pack)
{
    machine_add_file(&boot->machine, "/EFI/muster/vmlinuz", pack.data, pack.size);
}

/* Boots two domains that share a file. */
static void boot_two(struct boot *boot, struct pack pack)
{
    add(boot, pack);
    boot_run(boot, "", TWO);
    free(pack.data);
}

static const struct binary *binary_at(const struct boot *boot, size_t module)
{
    return boot->system.plan.modules[module].binary;
}

/* The modules of both domains stand for the same kernel, which is in memory once. */
static void assert_unpacked(struct boot *boot, size_t file_size, enum content form)
{
    const struct binary *binary = binary_at(boot, 0);
    const unsigned char *memory;

    assert_diagnostics(boot, "");
    assert_ptr_equal(binary, binary_at(boot, 2));
    assert_int_equal(machine_opened(&boot->machine, "/EFI/muster/vmlinuz"), 1);
    assert_int_equal(binary->size, KERNEL_SIZE);
    assert_int_equal(binary->packed_size, file_size);
    assert_int_equal(binary->packed_content, form);
    assert_int_equal(binary->content, CONTENT_IMAGE);
    memory = machine_memory(&boot->machine, binary->address, 3 * PAGE_SIZE);
    assert_memory_equal(memory, kernel(), KERNEL_SIZE);
    for (size_t at = KERNEL_SIZE; at < 3 * PAGE_SIZE; at++)
        assert_int_equal(memory[at], 0);
    assert_int_equal(boot->system.plan.modules[0].kind, MODULE_KERNEL);
}

static void test_each_form_is_unpacked(void **state)
{
    struct boot *boot = *state;
    struct pack pack = pack_gzip(kernel(), KERNEL_SIZE);

    boot_two(boot, pack);
    assert_unpacked(boot, pack.size, CONTENT_GZIP);
    pack = pack_gzip_with_names(kernel(), KERNEL_SIZE);
    boot_two(boot, pack);
    assert_unpacked(boot, pack.size, CONTENT_GZIP);
    pack = pack_uimage(pack_gzip(kernel(), KERNEL_SIZE), 2, 1, 0x80000);
    boot_two(boot, pack);
    assert_unpacked(boot, pack.size, CONTENT_UIMAGE);
    pack = pack_zboot(pack_gzip(kernel(), KERNEL_SIZE), "gzip");
    boot_two(boot, pack);
    assert_unpacked(boot, pack.size, CONTENT_ZBOOT);
    assert_non_null(strstr(summary_of_binaries(&boot->system.arena, &boot->system.plan),
                           "  binary vmlinuz: 9.7 KiB at 0x"));
    assert_non_null(
        strstr(summary_of_binaries(&boot->system.arena, &boot->system.plan), ", unpacked from"));
}

/* What is no Linux image keeps the header that says where it runs. */
static void test_a_wrapping_that_is_needed_stays(void **state)
{
    struct boot *boot = *state;
    struct pack pack = pack_uimage(pack_gzip("bare metal", 10), 2, 1, 0x40008000);
    const unsigned char *memory;

    boot_two(boot, pack);
    assert_diagnostics(boot, "");
    assert_int_equal(binary_at(boot, 0)->size, 64 + 10);
    assert_int_equal(binary_at(boot, 0)->content, CONTENT_UIMAGE);
    memory = machine_memory(&boot->machine, binary_at(boot, 0)->address, PAGE_SIZE);
    assert_int_equal(memory[15], 10);   /* its size */
    assert_int_equal(memory[16], 0x40); /* where it runs */
    assert_int_equal(memory[31], 0);    /* not compressed */
    assert_memory_equal(memory + 64, "bare metal\0", 11);
}

/* Only kernels are: Linux unpacks its ramdisks by itself. */
static void test_ramdisks_stay(void **state)
{
    struct boot *boot = *state;
    struct pack pack = pack_gzip(kernel(), KERNEL_SIZE);

    machine_add_file(&boot->machine, "/EFI/muster/ramdisk", pack.data, pack.size);
    assert_true(boot_run(boot, "", TWO));
    assert_int_equal(binary_at(boot, 1)->size, pack.size);
    assert_int_equal(binary_at(boot, 1)->packed_size, 0);
    assert_int_equal(binary_at(boot, 1)->content, CONTENT_GZIP);
    free(pack.data);
}

static void test_dom0_and_unstated_kinds(void **state)
{
    struct boot *boot = *state;
    struct pack pack = pack_gzip(kernel(), KERNEL_SIZE);

    add(boot, pack);
    boot_run(boot, "kernel=vmlinuz\nramdisk=vmlinuz2\n", TREE(""));
    machine_add_file(&boot->machine, "/EFI/muster/second", pack.data, pack.size);
    boot_run(boot, "", TREE("a { uefi,binary = \"vmlinuz\"; }; b { uefi,binary = \"second\"; };"));
    assert_diagnostics(boot, "");
    assert_int_equal(binary_at(boot, 0)->size, KERNEL_SIZE);
    assert_int_equal(binary_at(boot, 1)->size, pack.size);
    boot_run(boot, "kernel=vmlinuz\n", TREE(DOMAIN("domA", "")));
    assert_diagnostics(boot, "");
    assert_int_equal(binary_at(boot, 0)->size, KERNEL_SIZE);
    assert_ptr_equal(binary_at(boot, 0), binary_at(boot, 1));
    free(pack.data);
}

/* The unpacked kernel lies where the module is asked to. */
static void test_an_address_that_is_asked_for(void **state)
{
    struct boot *boot = *state;
    struct pack pack = pack_gzip(kernel(), KERNEL_SIZE);

    add(boot, pack);
    boot_run(boot, "",
             TREE("#address-cells = <1>; #size-cells = <1>;"
                  "a { reg = <0x50000000 0x1000>; uefi,binary = \"vmlinuz\"; };"));
    assert_diagnostics(boot, "");
    assert_int_equal(binary_at(boot, 0)->address, 0x50000000);
    assert_memory_equal(machine_memory(&boot->machine, 0x50000000, KERNEL_SIZE), kernel(),
                        KERNEL_SIZE);
    boot_end(boot);
    boot->machine.region_count = 0;
    machine_add_region(&boot->machine, 0x50000000, 8 * PAGE_SIZE, MEMORY_FREE);
    boot_run(boot, "",
             TREE("#address-cells = <1>; #size-cells = <1>;"
                  "a { reg = <0x50000000 0x1000>; uefi,binary = \"vmlinuz\"; };"));
    assert_diagnosed(boot, "/chosen/a: error: cannot unpack vmlinuz: out of memory");
    free(pack.data);
}

static void test_no_room(void **state)
{
    struct boot *boot = *state;
    unsigned char *zeros = calloc(1, 0x4000000);
    struct pack pack = pack_gzip(zeros, 0x4000000);

    free(zeros);
    machine_set_region(&boot->machine, 0x50000000, 0x1000000, MEMORY_FREE);
    boot_two(boot, pack);
    assert_diagnosed(boot, "/chosen/domA/module@1: error: no room in memory for vmlinuz (64 MiB)");
}

/* What preflight judges is what was unpacked. */
static void test_what_is_no_kernel(void **state)
{
    struct boot *boot = *state;

    boot_two(boot, pack_gzip("\177ELF and more", 13));
    assert_diagnosed(boot, "/chosen/domA/module@1: error: vmlinuz is an ELF file, so Xen cannot "
                           "start it as the kernel of domA");
    boot_two(boot, pack_zboot(pack_gzip(kernel(), KERNEL_SIZE), "lzma"));
    assert_diagnostics(boot, "/chosen/domA/module@1: error: vmlinuz is an EFI zboot image, so Xen "
                             "cannot start it as the kernel of domA\n"
                             "  hint: use the Image in it, or one in gzip\n");
}

/* zstd is not unpacked; who has it can do that with what the header says. */
static void test_zstd(void **state)
{
    struct boot *boot = *state;
    struct pack inner = pack_gzip(kernel(), KERNEL_SIZE);
    size_t size = inner.size;
    struct pack pack = pack_zboot(inner, "zstd22");
    char expected[256];

    snprintf(expected, sizeof(expected),
             "/chosen/domA/module@1: error: vmlinuz is an EFI zboot image, so Xen cannot start it "
             "as the kernel of domA\n"
             "  hint: take the Image out of it: tail -c +%zu vmlinuz | head -c %zu | zstd -dc "
             ">Image\n",
             pack.size - size + 1, size);
    boot_two(boot, pack);
    assert_diagnostics(boot, expected);
}

/* --- what is wrong with a file ---------------------------------------------------------------- */

static void cut_trailer(struct pack *pack)
{
    pack->size -= 3;
}

static void cut_body(struct pack *pack)
{
    pack->size /= 2;
}

static void cut_header(struct pack *pack)
{
    pack->size = 19;
}

static void cut_names(struct pack *pack)
{
    pack->data[3] = 4; /* an extra field, which is longer than the file */
    memset(pack->data + 10, 255, 2);
}

static void cut_name(struct pack *pack)
{
    pack->data[3] = 8;
    memset(pack->data + 10, 'a', pack->size - 10);
}

static void flip(struct pack *pack)
{
    pack->data[pack->size / 2] ^= 0x10;
}

static void flip_sum(struct pack *pack)
{
    pack->data[pack->size - 8] ^= 1;
}

static void other_method(struct pack *pack)
{
    pack->data[2] = 7;
}

static void reserved_flag(struct pack *pack)
{
    pack->data[3] = 0x20;
}

static void pad(struct pack *pack)
{
    pack->data = realloc(pack->data, pack->size + 512);
    memset(pack->data + pack->size, 0, 512);
    pack->size += 512;
}

static void repeat(struct pack *pack)
{
    pack->data = realloc(pack->data, 2 * pack->size);
    memcpy(pack->data + pack->size, pack->data, pack->size);
    pack->size *= 2;
}

static void say(struct pack *pack, uint32_t size)
{
    pe_image_put(pack->data + pack->size - 4, size, 4);
}

/* It says that it has less than it has. */
static void lie(struct pack *pack)
{
    say(pack, KERNEL_SIZE - 1);
}

static void lie_low(struct pack *pack)
{
    say(pack, KERNEL_SIZE + 1);
}

static void lie_beyond(struct pack *pack)
{
    say(pack, UINT32_MAX);
}

static const struct {
    const char *name;
    void (*change)(struct pack *pack);
    const char *reason;
} damages[] = {
    {"a trailer that is cut off", cut_trailer, "its size is not what it says at its end"},
    {"a body that is cut off", cut_body, "its size is not what it says at its end"},
    {"a header that is cut off", cut_header, "its size is not what it says at its end"},
    {"an extra field that is cut off", cut_names, "it is damaged"},
    {"a name that is cut off", cut_name, "its size is not what it says at its end"},
    {"a bit of the body", flip, "it is damaged"},
    {"a bit of the check sum", flip_sum, "it is damaged"},
    {"a method that is unknown", other_method, "it is damaged"},
    {"a flag that is unknown", reserved_flag, "it is damaged"},
    {"zeros behind it", pad, "its size is not what it says at its end"},
    {"a second part", repeat, "something follows behind its end"},
    {"more than it says", lie, "its size is not what it says at its end"},
    {"less than it says", lie_low, "it is damaged"},
    {"far less than it says", lie_beyond, "its size is not what it says at its end"},
};

static void test_damages(void **state)
{
    struct boot *boot = *state;

    for (size_t at = 0; at < sizeof(damages) / sizeof(damages[0]); at++) {
        struct pack pack = pack_gzip(kernel(), KERNEL_SIZE);
        char expected[256];

        damages[at].change(&pack);
        snprintf(expected, sizeof(expected),
                 "/chosen/domA/module@1: error: cannot unpack vmlinuz: %s\n" HINT,
                 damages[at].reason);
        boot_two(boot, pack);
        assert_diagnostics(boot, expected);
        boot_end(boot);
    }
}

/* The header of what is around says where the data lies. */
static void test_headers_that_lie(void **state)
{
    struct boot *boot = *state;
    struct pack pack = pack_zboot(pack_gzip(kernel(), KERNEL_SIZE), "gzip");

    pack.data[15] = 0x80; /* its size */
    boot_two(boot, pack);
    assert_diagnostics(boot, CUT_OFF HINT);
    pack = pack_zboot(pack_gzip(kernel(), KERNEL_SIZE), "gzip");
    pack.data[11] = 0x80; /* its place */
    boot_two(boot, pack);
    assert_diagnostics(boot, CUT_OFF HINT);
    pack = pack_uimage(pack_gzip(kernel(), KERNEL_SIZE), 2, 1, 0);
    pack.data[12] = 1;
    boot_two(boot, pack);
    assert_diagnostics(boot, CUT_OFF HINT);
    pack = pack_zboot(pack_gzip(kernel(), KERNEL_SIZE), "gzip");
    pack.data[512] = 0; /* what is there is not gzip */
    boot_two(boot, pack);
    assert_diagnostics(boot,
                       "/chosen/domA/module@1: error: cannot unpack vmlinuz: it is damaged\n" HINT);
}

/* Without memory for its tables nothing is unpacked, and it is said. */
static void test_each_call_fails(void **state)
{
    static const enum service services[] = {SERVICE_ALLOCATE, SERVICE_CLAIM_PAGES, SERVICE_READ,
                                            SERVICE_MEMORY_MAP};
    struct boot *boot = *state;
    struct machine *machine = &boot->machine;
    struct pack pack = pack_uimage(pack_gzip(kernel(), KERNEL_SIZE), 2, 1, 0);

    add(boot, pack);
    for (size_t at = 0; at < sizeof(services) / sizeof(services[0]); at++) {
        machine->fail_services = services[at];
        machine->fail_status = PLATFORM_NO_MEMORY;
        machine->fail_at = 0;
        do {
            bool is_ready;

            machine->fail_at++;
            machine->calls = 0;
            is_ready = boot_run(boot, "", TWO);
            system_conclude(&boot->system);
            assert_int_equal(is_ready, boot->system.diagnostics.counts[SEVERITY_ERROR] == 0);
            boot_end(boot);
            machine_assert_clean(machine);
        } while (machine->calls >= machine->fail_at);
    }
    machine->fail_at = 0;
    free(pack.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_each_form_is_unpacked),
        boot_test(test_a_wrapping_that_is_needed_stays),
        boot_test(test_ramdisks_stay),
        boot_test(test_dom0_and_unstated_kinds),
        boot_test(test_an_address_that_is_asked_for),
        boot_test(test_no_room),
        boot_test(test_what_is_no_kernel),
        boot_test(test_zstd),
        boot_test(test_damages),
        boot_test(test_headers_that_lie),
        boot_test(test_each_call_fails),
    };

    return cmocka_run_group_tests_name("unpack", tests, NULL, NULL);
}
