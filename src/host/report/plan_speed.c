/* SPDX-License-Identifier: BSD-2-Clause */
/* The time of loading as a table, for a person. */
#include "host/report/plan_speed.h"

#include "core/base/text.h"
#include "host/base/table.h"
#include "host/report/load_time.h"
#include "host/report/seconds.h"

static const char *otherwise(struct arena *arena, const struct load_time *time, bool is_packed)
{
    if (!time->has_other)
        return NULL;
    return text_format(arena, "%s %s (%s)", seconds_text(arena, time->other_seconds),
                       is_packed ? "not packed" : "in gzip", text_size(arena, time->other_size));
}

void plan_speed(FILE *stream, const struct facts *facts, uint64_t speed)
{
    static const char *const heading[] = {"BINARY", "FILE", "LOADING", "OTHERWISE"};
    struct arena *arena = &facts->host->system.arena;
    struct table table = {.columns = sizeof(heading) / sizeof(heading[0])};
    double all = 0;

    for (size_t at = 0; at < table.columns; at++)
        table_add(&table, heading[at]);
    for (size_t at = 0; at < facts->binary_count; at++) {
        const struct binary *binary = facts->binaries[at].binary;
        struct load_time time = load_time(facts, binary, speed);

        table_add(&table, binary->name);
        table_add(&table, text_size(arena, time.size));
        table_add(&table, seconds_text(arena, time.seconds));
        table_add(&table, otherwise(arena, &time, binary->packed_size != 0));
        all += time.seconds;
    }
    table_add(&table, "all");
    table_add(&table, NULL);
    table_add(&table, seconds_text(arena, all));
    table_add(&table, NULL);
    table_print(&table, stream);
}
