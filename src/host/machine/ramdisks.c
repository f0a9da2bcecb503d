/* SPDX-License-Identifier: BSD-2-Clause */
/* Ramdisks in gzip, which only Linux unpacks: it stops without them when they are cut off. */
#include "host/machine/ramdisks.h"

#include <zlib.h>

#define MOST ((uint64_t)64 << 20) /* bytes of files that are looked at */

static bool is_ramdisk(const struct plan *plan, const struct binary *binary)
{
    for (size_t at = 0; at < plan->module_count; at++)
        if (plan->modules[at].binary == binary && plan->modules[at].kind == MODULE_RAMDISK)
            return true;
    return false;
}

/* True if another part in gzip follows, behind zeros, which Linux skips as well. */
static bool more_follows(z_stream *stream)
{
    while (stream->avail_in != 0 && *stream->next_in == 0) {
        stream->next_in++;
        stream->avail_in--;
    }
    return stream->avail_in > 1 && stream->next_in[0] == 0x1f && stream->next_in[1] == 0x8b;
}

/* Unpacks gzip data to nowhere. The words for what is wrong with it, or NULL. */
static const char *find_fault(const struct binary *binary)
{
    unsigned char output[65536];
    z_stream stream = {.next_in = binary->memory, .avail_in = (unsigned)binary->size};
    int result = inflateInit2(&stream, MAX_WBITS + 16);

    while (result == Z_OK || (result == Z_STREAM_END && more_follows(&stream))) {
        if (result == Z_STREAM_END)
            inflateReset(&stream);
        stream.next_out = output;
        stream.avail_out = sizeof(output);
        result = inflate(&stream, Z_NO_FLUSH);
    }
    inflateEnd(&stream);
    if (result == Z_BUF_ERROR)
        return "cut off";
    return result == Z_DATA_ERROR ? "damaged" : NULL;
}

void ramdisks_check(struct system *system)
{
    uint64_t left = MOST;

    for (const struct binary *each = system->plan.binaries; each != NULL; each = each->next) {
        const char *fault;

        if (!each->is_loaded || each->content != CONTENT_GZIP || each->size > left ||
            !is_ramdisk(&system->plan, each))
            continue;
        left -= each->size;
        fault = find_fault(each);
        if (fault != NULL)
            diagnose(&system->diagnostics, SEVERITY_WARNING, &each->where,
                     "was it copied completely?", "%s is %s: Linux cannot unpack this ramdisk",
                     each->name, fault);
    }
    diagnostics_sort(&system->diagnostics);
}
