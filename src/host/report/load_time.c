/* SPDX-License-Identifier: BSD-2-Clause */
/* The time that loading a binary takes at a medium's speed, packed and not. */
#include "host/report/load_time.h"

#include <stdlib.h>
#include <zlib.h>

/* Bytes that a core of 1.5 GHz unpacks in a second, at one instruction a cycle; 8 make a byte. */
#define UNPACKING 180e6

static double packed_seconds(uint64_t packed, uint64_t size, uint64_t speed)
{
    return (double)packed / (double)speed + (double)size / UNPACKING;
}

/* The bytes that a binary would have in gzip; 0 if it cannot be told. */
static uint64_t pack(const struct binary *binary)
{
    uLong size = compressBound(binary->size);
    unsigned char *packed = malloc(size);
    bool is_packed = packed != NULL && compress2(packed, &size, binary->memory, binary->size,
                                                 Z_BEST_COMPRESSION) == Z_OK;

    free(packed);
    return is_packed ? size : 0;
}

static bool is_kernel(const struct facts *facts, const struct binary *binary)
{
    const struct plan *plan = &facts->host->system.plan;

    for (size_t at = 0; at < plan->module_count; at++)
        if (plan->modules[at].binary == binary && plan->modules[at].kind == MODULE_KERNEL)
            return true;
    return false;
}

struct load_time load_time(const struct facts *facts, const struct binary *binary, uint64_t speed)
{
    double bare = (double)binary->size / (double)speed;
    struct load_time time = {.size = binary->size, .seconds = bare};

    if (binary->packed_size != 0)
        return (struct load_time){
            .size = binary->packed_size,
            .seconds = packed_seconds(binary->packed_size, binary->size, speed),
            .has_other = true,
            .other_size = binary->size,
            .other_seconds = bare,
        };
    if (is_kernel(facts, binary) && binary->is_loaded)
        time.other_size = pack(binary);
    time.has_other = time.other_size != 0;
    time.other_seconds = packed_seconds(time.other_size, binary->size, speed);
    return time;
}
