/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory map, read into the arena, and again in place. */
#include "core/memory/memory_map.h"

#define MAP_FIRST 128U /* regions that the map is first read into */
#define MAP_MOST  65536U

/* Reads the map where it is. */
static enum platform_status read_again(const struct workspace *workspace, struct memory_map *map)
{
    const struct platform *platform = workspace->platform;

    map->count = map->capacity;
    return platform->memory_map(platform->context, map->regions, &map->count);
}

/* Reads the map into more room each time, beginning with `capacity` regions. */
static enum platform_status read_growing(const struct workspace *workspace, size_t capacity,
                                         struct memory_map *map)
{
    enum platform_status status = PLATFORM_NO_MEMORY;

    for (; capacity <= MAP_MOST && status == PLATFORM_NO_MEMORY; capacity *= 4) {
        map->capacity = capacity;
        map->regions = arena_array(workspace->arena, capacity, sizeof(*map->regions));
        if (map->regions == NULL)
            return PLATFORM_NO_MEMORY;
        status = read_again(workspace, map);
    }
    return status;
}

static bool check(const struct workspace *workspace, enum platform_status status)
{
    if (status != PLATFORM_OK && !workspace->arena->failed)
        diagnose(workspace->diagnostics, SEVERITY_ERROR, NULL, NULL,
                 "cannot read the memory map: %s", platform_status_text(status));
    return status == PLATFORM_OK;
}

bool memory_map_read(const struct workspace *workspace, struct memory_map *map)
{
    return check(workspace, read_growing(workspace, MAP_FIRST, map));
}

void *memory_map_read_for(const struct workspace *workspace, struct memory_map *map, size_t more,
                          size_t size, size_t *capacity)
{
    enum platform_status status = read_growing(workspace, MAP_FIRST, map);
    void *list = NULL;

    *capacity = 0;
    while (status == PLATFORM_OK && *capacity < map->capacity + more) {
        *capacity = map->capacity + more;
        list = arena_array(workspace->arena, *capacity, size);
        if (list == NULL)
            return NULL;
        status = read_again(workspace, map);
        if (status == PLATFORM_NO_MEMORY)
            status = read_growing(workspace, 4 * map->capacity, map);
    }
    return check(workspace, status) ? list : NULL;
}
