/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes a whole system: a configuration, a tree, an overlay, and the head of a kernel. */
#include <stdlib.h>

#include "invariants.h"

#define PARTS 4U

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

/* An input: the size of each part in two bytes, then the parts. The last one takes the rest. */
struct parts {
    const uint8_t *data[PARTS];
    size_t size[PARTS];
};

static void split(const uint8_t *data, size_t size, struct parts *parts)
{
    const uint8_t *sizes = data;
    size_t left = size > 2 * PARTS ? size - 2 * PARTS : 0;

    data += size - left;
    for (unsigned at = 0; at < PARTS; at++) {
        size_t stated = left != 0 ? sizes[2 * at] | (size_t)sizes[2 * at + 1] << 8 : 0;

        parts->data[at] = data;
        parts->size[at] = stated < left && at + 1 < PARTS ? stated : left;
        data += parts->size[at];
        left -= parts->size[at];
    }
}

/*
 * Changes one part. A tree is left in its length most of the time, since its blocks say where they
 * are; a configuration may grow and shrink.
 */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    static uint8_t changed[65536];
    static uint8_t result[PARTS * 65536 + 64];
    struct parts parts;
    unsigned chosen = seed % PARTS;
    size_t end = 2 * PARTS;

    split(data, size, &parts);
    for (unsigned at = 0; at < PARTS; at++) {
        size_t length = parts.size[at] < sizeof(changed) - 1 ? parts.size[at] : sizeof(changed) - 1;

        if (length != 0)
            memcpy(changed, parts.data[at], length);
        if (at == chosen) {
            size_t room = seed / PARTS % 8 != 0 && at != 0 ? length : length + 256;
            size_t now = LLVMFuzzerMutate(changed, length,
                                          room < sizeof(changed) ? room : sizeof(changed) - 1);

            length = room == length && length != 0 ? length : now;
        }
        if (end + length > most)
            length = most > end ? most - end : 0;
        result[2 * at] = (uint8_t)length;
        result[2 * at + 1] = (uint8_t)(length >> 8);
        memcpy(result + end, changed, length);
        end += length;
    }
    memcpy(data, result, end <= most ? end : most);
    return end <= most ? end : most;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct boot *boot = fuzz_boot_start();
    struct parts parts;
    void *tree;

    split(data, size, &parts);
    tree = malloc(parts.size[1] + 1);
    invariant(tree != NULL);
    if (parts.size[1] != 0)
        memcpy(tree, parts.data[1], parts.size[1]);
    machine_add_file(&boot->machine, "/EFI/muster/muster.cfg", parts.data[0], parts.size[0]);
    machine_add_file(&boot->machine, "/EFI/muster/my.dtb", parts.data[1], parts.size[1]);
    machine_add_file(&boot->machine, "/EFI/muster/my.dtbo", parts.data[2], parts.size[2]);
    if (parts.size[3] != 0)
        machine_add_file(&boot->machine, "/EFI/muster/kernel", parts.data[3], parts.size[3]);
    fuzz_boot_run(boot, parts.size[1] != 0 ? tree : NULL, parts.size[1]);
    fuzz_boot_end(boot);
    free(tree);
    return 0;
}
