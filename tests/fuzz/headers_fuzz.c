/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the content of binaries: any bytes as kernel, ramdisk, hypervisor or device tree. */
#include <stdlib.h>

#include "invariants.h"

static void *tree;
static size_t tree_size;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"/EFI/muster/vmlinuz", "/EFI/muster/ramdisk",
                                        "/EFI/muster/xen.efi", "/EFI/muster/other"};
    struct boot *boot;

    if (size == 0)
        return 0;
    if (tree == NULL)
        tree = tree_compile(
            TREE(DOMAIN(
                "domU1",
                "other { uefi,binary = \"other\"; };") "domU2 { compatible = \"xen,domain\"; cpus "
                                                       "= <1>; memory = <0 1024>;"
                                                       "    a { uefi,binary = \"vmlinuz\"; };"
                                                       "    b { uefi,binary = \"ramdisk\"; }; };"),
            &tree_size);
    boot = fuzz_boot_start();
    machine_add_text(&boot->machine, "/EFI/muster/other", "\xd0\x0d\xfe\xed");
    machine_add_file(&boot->machine, names[data[0] % 4], data + 1, size - 1);
    fuzz_boot_run(boot, tree, tree_size);
    fuzz_boot_end(boot);
    return 0;
}
