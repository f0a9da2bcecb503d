/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes packed kernels: what is unpacked is what zlib's own reader of gzip files makes of it. */
#include <stdlib.h>

#include <zlib.h>

#include "core/finish/inflate.h"
#include "core/finish/packed.h"
#include "invariants.h"

#define MOST (1U << 20) /* bytes that are unpacked */

/* True if zlib unpacks all of the data to `unpacked` bytes, which it leaves in `memory`. */
static bool judge(const struct packed *packed, unsigned char *memory)
{
    z_stream stream = {
        .next_in = (unsigned char *)(uintptr_t)packed->data,
        .avail_in = (unsigned)packed->size,
        .next_out = memory,
        .avail_out = (unsigned)packed->unpacked,
    };
    int result;

    invariant(inflateInit2(&stream, MAX_WBITS + 16) == Z_OK);
    result = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    return result == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 0;
}

static void unpack_alone(struct boot *boot, const struct packed *packed)
{
    unsigned char *memory = malloc((size_t)packed->unpacked);
    unsigned char *expected = malloc((size_t)packed->unpacked);
    enum inflate_status status;

    invariant(memory != NULL && expected != NULL);
    status = inflate_gzip(&boot->machine.platform, packed->data, (size_t)packed->size, memory,
                          (size_t)packed->unpacked);
    invariant(inflate_status_text(status) != NULL);
    /* The check sum of a header is not compared. */
    if (judge(packed, expected))
        invariant(status == INFLATE_FINE);
    else
        invariant(status != INFLATE_FINE || (packed->data[3] & 2) != 0);
    if (status == INFLATE_FINE && (packed->data[3] & 2) == 0)
        invariant(memcmp(memory, expected, (size_t)packed->unpacked) == 0);
    free(memory);
    free(expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char source[] = TREE(DOMAIN("domA", "") DOMAIN("domB", ""));
    static void *tree;
    static size_t tree_size;
    struct boot *boot = fuzz_boot_start();
    struct packed packed;

    if (tree == NULL)
        tree = tree_compile(source, &tree_size);
    if (packed_find(data, size, &packed) && packed.is_credible) {
        invariant(packed.data >= data && packed.data + packed.size <= data + size);
        if (packed.unpacked <= MOST)
            unpack_alone(boot, &packed);
        boot_end(boot);
    }
    machine_add_file(&boot->machine, "/EFI/muster/vmlinuz", data, size);
    if (!packed_find(data, size, &packed) || packed.unpacked <= MOST)
        fuzz_boot_run(boot, tree, tree_size);
    fuzz_boot_end(boot);
    return 0;
}
