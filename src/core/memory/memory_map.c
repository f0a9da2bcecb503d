/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory map, read into the arena, and again in place. */
#include "core/memory/memory_map.h"

#define MAP_FIRST 128U /* regions that the map is first read into */
#define MAP_MOST  65536U
#define MAP_SLACK 16U /* regions that the firmware may add before the map is read again */

static bool check_map(const struct workspace *workspace, enum platform_status status)
{
    if (status != PLATFORM_OK)
        diagnose(workspace->diagnostics, SEVERITY_ERROR, NULL, NULL,
                 "cannot read the memory map: %s", platform_status_text(status));
    return status == PLATFORM_OK;
}

bool memory_map_read(const struct workspace *workspace, struct memory_map *map)
{
    const struct platform *platform = workspace->platform;
    enum platform_status status = PLATFORM_NO_MEMORY;

    for (size_t capacity = MAP_FIRST; capacity <= MAP_MOST; capacity *= 4) {
        map->count = capacity;
        map->capacity = capacity;
        map->regions = arena_array(workspace->arena, capacity, sizeof(*map->regions));
        if (map->regions == NULL)
            return false;
        status = platform->memory_map(platform->context, map->regions, &map->count);
        if (map->count + MAP_SLACK <= capacity)
            break;
    }
    return check_map(workspace, status);
}

bool memory_map_refresh(const struct workspace *workspace, struct memory_map *map)
{
    const struct platform *platform = workspace->platform;

    map->count = map->capacity;
    return check_map(workspace, platform->memory_map(platform->context, map->regions, &map->count));
}
