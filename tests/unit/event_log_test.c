/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the TPM's log of events: where it is kept, what the tree says of it, how long it is. */
#include <libfdt.h>
#include <stdio.h>

#include "core/finish/event_log.h"
#include "support.h"

#define ROOM 5000U
#define KEPT (2 * PAGE_SIZE)
#define TPM  "/bus@0/tpm@0"
#define DOM0                                                                                       \
    "m { compatible = \"multiboot,kernel\", \"multiboot,module\"; uefi,binary = \"vmlinuz\"; };"

/* A tree with dom0, and with a TPM that has these properties as well. */
#define WITH_TPM(chosen, nodes, properties)                                                        \
    TREE_HEAD "chosen { stdout-path = \"/pl011@9000000\"; " chosen " }; " nodes                    \
              "bus@0 { compatible = \"simple-bus\"; ranges; #address-cells = <1>; #size-cells = "  \
              "<1>; tpm@0 { compatible = \"vendor,chip\", \"tcg,tpm-tis-mmio\"; reg = <0 0x5000>;" \
              " " properties " }; }; };"

static uint64_t log_room(void *context)
{
    (void)context;
    return ROOM;
}

static void *keep(struct boot *boot, const char *source)
{
    boot->machine.platform.log_room = log_room;
    boot_run(boot, "", source);
    return boot->system.tree.fdt;
}

static void test_it_is_kept_for_dom0(void **state)
{
    struct boot *boot = *state;
    void *fdt = keep(boot, WITH_TPM(DOM0, "", "linux,sml-size = <1>;"));
    const struct event_log *log = &boot->system.event_log;
    uint32_t address = (uint32_t)log->address;
    const char *memory = machine_memory(&boot->machine, address, KEPT);
    char path[64];

    assert_int_equal(log->pages, 2);
    for (size_t at = 0; at < KEPT; at++)
        assert_int_equal(memory[at], 0);
    assert_cells(boot, TPM, "linux,sml-base", 0, address);
    assert_cells(boot, TPM, "linux,sml-size", KEPT);
    assert_cells(boot, "/reserved-memory", "#address-cells", 2);
    assert_cells(boot, "/reserved-memory", "#size-cells", 2);
    assert_true(tree_has(fdt, assert_node(boot, "/reserved-memory"), "ranges"));
    snprintf(path, sizeof(path), "/reserved-memory/tpm-event-log@%x", address);
    assert_cells(boot, path, "reg", 0, address, 0, KEPT);
    event_log_write(log, "events", 6, fdt);
    assert_string_equal(memory, "events");
    assert_cells(boot, TPM, "linux,sml-size", 6);
    event_log_write(log, NULL, 0, fdt);
    assert_cells(boot, TPM, "linux,sml-size", 0);
}

/* A reg is written in the cells that are there. */
static void test_other_reservations_stay(void **state)
{
    struct boot *boot = *state;
    char path[64];

    keep(boot, WITH_TPM(DOM0,
                        "reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges;"
                        "    r@50000000 { reg = <0x50000000 0x1000>; }; };",
                        ""));
    snprintf(path, sizeof(path), "/reserved-memory/tpm-event-log@%lx",
             boot->system.event_log.address);
    assert_cells(boot, path, "reg", (uint32_t)boot->system.event_log.address, KEPT);
    assert_cells(boot, "/reserved-memory/r@50000000", "reg", 0x50000000, 0x1000);
}

static void test_nobody_has_use_for_it(void **state)
{
    static const char *const sources[] = {
        WITH_TPM(DOMAIN("domU1", ""), "", ""),
        WITH_TPM(DOM0, "", "xen,passthrough;"),
        WITH_TPM(DOM0, "", "status = \"disabled\";"),
        TREE(DOM0),
    };
    struct boot *boot = *state;

    for (size_t at = 0; at < sizeof(sources) / sizeof(sources[0]); at++) {
        void *fdt = keep(boot, sources[at]);

        assert_int_equal(boot->system.event_log.pages, 0);
        assert_int_equal(fdt_path_offset(fdt, "/reserved-memory"), -FDT_ERR_NOTFOUND);
        event_log_write(&boot->system.event_log, "events", 6, fdt);
    }
}

static void test_without_room_it_is_lost(void **state)
{
    struct boot *boot = *state;

    keep(boot, WITH_TPM(DOM0, "reserved-memory { #address-cells = <0>; #size-cells = <1>; };", ""));
    assert_diagnosed(boot, "warning: the TPM's log of events is not kept for dom0: its address "
                           "does not fit into a reg of /reserved-memory");
    assert_int_equal(boot->system.event_log.pages, 0);
    /* Room for Xen and the kernel alone. */
    machine_set_region(&boot->machine, MACHINE_RAM, 9 * PAGE_SIZE, MEMORY_FREE);
    keep(boot, WITH_TPM(DOM0, "", ""));
    assert_diagnosed(boot, "warning: the TPM's log of events is not kept for dom0: out of memory");
}

/* The first event: register, type and SHA-1, size, signature and versions, two algorithms. */
#define FIRST                                                                                      \
    "\0\0\0\0\3\0\0\0********************\45\0\0\0Spec ID Event03\0....\0\2\0\2\2\0\0\0"           \
    "\4\0\24\0\13\0\40\0\0"
/* One of register 11 with a digest of each, and one that has two bytes to say. */
#define SECOND                                                                                     \
    "\13\0\0\0\15\0\0\0\2\0\0\0\4\0********************\13\0********************************"      \
    "\2\0\0\0ab"

static void test_its_size(void **state)
{
    static const char log[] = FIRST SECOND;
    static const char unknown[] = FIRST "\13\0\0\0\15\0\0\0\1\0\0\0\14\0********\2\0\0\0ab";
    static const char older[64] = "\0\0\0\0\3\0\0\0********************\45\0\0\0Spec ID Event02";

    (void)state;
    assert_int_equal(event_log_size(log, 0), sizeof(FIRST) - 1);
    assert_int_equal(event_log_size(log, sizeof(FIRST) - 1), sizeof(log) - 1);
    assert_int_equal(event_log_size(unknown, sizeof(FIRST) - 1), 0);
    assert_int_equal(event_log_size(older, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_it_is_kept_for_dom0),   boot_test(test_other_reservations_stay),
        boot_test(test_nobody_has_use_for_it), boot_test(test_without_room_it_is_lost),
        cmocka_unit_test(test_its_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
