/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages, pool and the memory map of the simulated firmware (UEFI 2.10 §7.2).
 *
 * The RAM is memory of the host at the same address, inaccessible while it is not allocated.
 * Allocations are taken from the top, and leave a page between them, so that an access beyond their
 * end is caught.
 */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define FILL_ALLOCATED  0xaf     /* what stands in new memory is not zero, as far as FILL_MAX */
#define FILL_MAX        0x100000 /* bytes; all more is memory that is only held for a domain */
#define DESCRIPTOR_SIZE 48

/* The RAM of machine.dts, and a device. */
static const struct firmware_region usual_regions[] = {
    {0x09000000, 1, EfiMemoryMappedIO},           {0x40000000, 0x20, EfiBootServicesData},
    {0x40020000, 0x1fe0, EfiConventionalMemory},  {0x42000000, 0x10, EfiBootServicesCode},
    {0x42010000, 0x3bef0, EfiConventionalMemory}, {0x7df00000, 0x100, EfiRuntimeServicesData},
    {0x7e000000, 0x20, EfiReservedMemoryType},    {0x7e020000, 0x1de0, EfiConventionalMemory},
};

static uint64_t end_of(const struct area *area)
{
    return area->start + area->pages * EFI_PAGE_SIZE;
}

static void insert_area(struct firmware *fw, size_t at, struct area area)
{
    if (fw->area_count == fw->area_room) {
        fw->area_room = 2 * fw->area_room + 16;
        fw->areas = realloc(fw->areas, fw->area_room * sizeof(*fw->areas));
        if (fw->areas == NULL) {
            die("the host has no memory");
        }
    }
    memmove(&fw->areas[at + 1], &fw->areas[at], (fw->area_count - at) * sizeof(*fw->areas));
    fw->areas[at] = area;
    fw->area_count++;
}

static void remove_area(struct firmware *fw, size_t at)
{
    fw->area_count--;
    memmove(&fw->areas[at], &fw->areas[at + 1], (fw->area_count - at) * sizeof(*fw->areas));
}

static struct area *area_with(const struct firmware *fw, uint64_t address)
{
    for (size_t i = 0; i < fw->area_count; i++) {
        if (address >= fw->areas[i].start && address < end_of(&fw->areas[i])) {
            return &fw->areas[i];
        }
    }
    return NULL;
}

/* Cut the area @at so that [start, start + pages) is an area of its own; returns its index. */
static size_t carve(struct firmware *fw, size_t at, uint64_t start, uint64_t pages)
{
    struct area whole = fw->areas[at];
    uint64_t before = (start - whole.start) / EFI_PAGE_SIZE;
    struct area tail = whole;

    if (before + pages < whole.pages) {
        tail.start = start + pages * EFI_PAGE_SIZE;
        tail.pages = whole.pages - before - pages;
        fw->areas[at].pages = before + pages;
        insert_area(fw, at + 1, tail);
    }
    if (before > 0) {
        struct area part = {start, pages, whole.type, whole.application};

        fw->areas[at].pages = before;
        insert_area(fw, at + 1, part);
        at++;
    }
    return at;
}

static bool joins(const struct area *low, const struct area *high)
{
    return low->type == EfiConventionalMemory && high->type == EfiConventionalMemory &&
           end_of(low) == high->start;
}

static void set_free(struct firmware *fw, size_t at)
{
    struct area *area = &fw->areas[at];

    memory_protect(area->start, area->pages, PROT_NONE);
    area->type = EfiConventionalMemory;
    area->application = false;
    if (at + 1 < fw->area_count && joins(area, area + 1)) {
        area->pages += area[1].pages;
        remove_area(fw, at + 1);
    }
    if (at > 0 && joins(&fw->areas[at - 1], &fw->areas[at])) {
        fw->areas[at - 1].pages += fw->areas[at].pages;
        remove_area(fw, at);
    }
    fw->map_key++;
}

static void set_used(struct firmware *fw, size_t at, uint32_t type, bool application)
{
    struct area *area = &fw->areas[at];

    area->type = type;
    area->application = application;
    fw->map_key++;
}

void memory_protect(uint64_t start, uint64_t pages, int protection)
{
    void *at = (void *)start;
    size_t size = pages * EFI_PAGE_SIZE;

    if (mprotect(at, size, protection) != 0 ||
        (protection == PROT_NONE && madvise(at, size, MADV_DONTNEED) != 0)) {
        die("cannot change the protection of %zu bytes at %p: %s", size, at, strerror(errno));
    }
}

void memory_open(uint64_t start, uint64_t pages)
{
    uint64_t size = pages * EFI_PAGE_SIZE;
    uint64_t filled = size < FILL_MAX ? size : FILL_MAX;

    memory_protect(start, pages, PROT_READ | PROT_WRITE);
    /* All pages at once take the host less time than one by one; a host that cannot do so fills
     * them below. */
    (void)madvise((void *)start, filled, MADV_POPULATE_WRITE);
    memset((void *)start, FILL_ALLOCATED, filled);
}

/* The highest place for @pages below @limit, with a free page after it where there is one to spare.
 */
static bool find_place(struct firmware *fw, uint64_t pages, uint64_t limit, size_t *at,
                       uint64_t *start)
{
    for (size_t i = fw->area_count; i-- > 0;) {
        const struct area *area = &fw->areas[i];
        uint64_t end = end_of(area) < limit ? end_of(area) : limit;
        uint64_t room = end > area->start ? (end - area->start) / EFI_PAGE_SIZE : 0;

        if (area->type == EfiConventionalMemory && room >= pages) {
            *start = area->start + (room - pages - (room > pages)) * EFI_PAGE_SIZE;
            *at = i;
            return true;
        }
    }
    return false;
}

EFI_STATUS memory_take(struct firmware *fw, uint64_t pages, uint32_t type, bool application,
                       uint64_t *start)
{
    size_t at;

    if (!find_place(fw, pages, UINT64_MAX, &at, start)) {
        return EFI_OUT_OF_RESOURCES;
    }
    set_used(fw, carve(fw, at, *start, pages), type, application);
    return EFI_SUCCESS;
}

void memory_give_back(struct firmware *fw, uint64_t start)
{
    struct area *area = area_with(fw, start);

    if (area == NULL || area->start != start) {
        die("the firmware lost the area at 0x%llx", (unsigned long long)start);
    }
    set_free(fw, (size_t)(area - fw->areas));
}

static bool type_is_valid(EFI_MEMORY_TYPE type)
{
    return ((unsigned)type < EfiMaxMemoryType && type != EfiConventionalMemory) ||
           (unsigned)type >= 0x70000000;
}

static EFI_STATUS take_at(struct firmware *fw, uint64_t start, uint64_t pages, uint32_t type)
{
    struct area *area = area_with(fw, start);

    if (start % EFI_PAGE_SIZE != 0) {
        complain(fw, "AllocatePages at 0x%llx, which is not page aligned",
                 (unsigned long long)start);
        return EFI_INVALID_PARAMETER;
    }
    if (area == NULL || area->type != EfiConventionalMemory ||
        pages > (end_of(area) - start) / EFI_PAGE_SIZE) {
        return EFI_NOT_FOUND;
    }
    set_used(fw, carve(fw, (size_t)(area - fw->areas), start, pages), type, true);
    return EFI_SUCCESS;
}

static EFI_STATUS take_below(struct firmware *fw, uint64_t highest, uint64_t pages, uint32_t type,
                             uint64_t *start)
{
    size_t at;

    if (!find_place(fw, pages, highest == UINT64_MAX ? highest : highest + 1, &at, start)) {
        return EFI_NOT_FOUND;
    }
    set_used(fw, carve(fw, at, *start, pages), type, true);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI allocate_pages(EFI_ALLOCATE_TYPE type, EFI_MEMORY_TYPE memory_type,
                                        UINTN pages, EFI_PHYSICAL_ADDRESS *memory)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_ALLOCATE_PAGES, NULL, &status)) {
        return status;
    }
    if (memory == NULL || !type_is_valid(memory_type)) {
        complain(fw, "AllocatePages of memory type 0x%x to %p", (unsigned)memory_type,
                 (void *)memory);
        return EFI_INVALID_PARAMETER;
    }
    if (pages == 0) {
        complain(fw, "AllocatePages of 0 pages");
        return EFI_INVALID_PARAMETER;
    }
    switch (type) {
    case AllocateAnyPages:
        status = memory_take(fw, pages, memory_type, true, memory);
        break;
    case AllocateMaxAddress:
        status = take_below(fw, *memory, pages, memory_type, memory);
        break;
    case AllocateAddress:
        if (fw->setup.uncached != 0 && *memory >= fw->setup.uncached) {
            complain(fw, "pages at 0x%llx, which cannot be cached", (unsigned long long)*memory);
        }
        status = take_at(fw, *memory, pages, memory_type);
        break;
    default:
        complain(fw, "AllocatePages of type %d", (int)type);
        return EFI_INVALID_PARAMETER;
    }
    if (status == EFI_SUCCESS) {
        memory_open(*memory, pages);
    }
    return status;
}

static EFI_STATUS EFIAPI free_pages(EFI_PHYSICAL_ADDRESS memory, UINTN pages)
{
    struct firmware *fw = firmware_current();
    struct area *area = area_with(fw, memory);
    EFI_STATUS status;
    bool failed = service_fails(fw, SERVICE_FREE_PAGES, NULL, &status);

    if (memory % EFI_PAGE_SIZE != 0 || pages == 0) {
        complain(fw, "FreePages of %llu pages at 0x%llx", (unsigned long long)pages,
                 (unsigned long long)memory);
        return EFI_INVALID_PARAMETER;
    }
    if (area == NULL || !area->application || pages > (end_of(area) - memory) / EFI_PAGE_SIZE) {
        complain(fw, "FreePages of %llu pages at 0x%llx, which are not allocated",
                 (unsigned long long)pages, (unsigned long long)memory);
        return EFI_NOT_FOUND;
    }
    protection_forget(fw, memory, pages);
    set_free(fw, carve(fw, (size_t)(area - fw->areas), memory, pages));
    return failed ? status : EFI_SUCCESS;
}

static uint64_t attributes_of(const struct firmware *fw, uint64_t start, uint32_t type)
{
    if (fw->setup.uncached != 0 && start >= fw->setup.uncached) {
        return EFI_MEMORY_UC;
    }
    switch (type) {
    case EfiMemoryMappedIO:
        return EFI_MEMORY_UC;
    case EfiRuntimeServicesCode:
    case EfiRuntimeServicesData:
        return EFI_MEMORY_WB | EFI_MEMORY_RUNTIME;
    default:
        return EFI_MEMORY_UC | EFI_MEMORY_WC | EFI_MEMORY_WT | EFI_MEMORY_WB;
    }
}

static EFI_STATUS EFIAPI get_memory_map(UINTN *size, EFI_MEMORY_DESCRIPTOR *map, UINTN *key,
                                        UINTN *descriptor_size, UINT32 *descriptor_version)
{
    struct firmware *fw = firmware_current();
    size_t stride = fw->setup.descriptor_size != 0 ? fw->setup.descriptor_size : DESCRIPTOR_SIZE;
    size_t needed = fw->area_count * stride;
    EFI_STATUS status;
    bool failed = service_fails(fw, SERVICE_GET_MEMORY_MAP, NULL, &status);

    if (failed && status != EFI_BUFFER_TOO_SMALL) {
        return status;
    }
    if (size == NULL || descriptor_size == NULL || descriptor_version == NULL) {
        complain(fw, "GetMemoryMap without a place for the size or the descriptor's size");
        return EFI_INVALID_PARAMETER;
    }
    *descriptor_size = stride;
    *descriptor_version = EFI_MEMORY_DESCRIPTOR_VERSION;
    if (failed) {
        needed = (*size > needed ? *size : needed) + stride;
    }
    if (*size < needed) {
        *size = needed;
        return EFI_BUFFER_TOO_SMALL;
    }
    if (map == NULL || key == NULL) {
        complain(fw, "GetMemoryMap without a place for the map or its key");
        return EFI_INVALID_PARAMETER;
    }
    memset(map, FILL_ALLOCATED, needed);
    for (size_t i = 0; i < fw->area_count; i++) {
        EFI_MEMORY_DESCRIPTOR descriptor = {
            .Type = fw->areas[i].type,
            .PhysicalStart = fw->areas[i].start,
            .NumberOfPages = fw->areas[i].pages,
            .Attribute = attributes_of(fw, fw->areas[i].start, fw->areas[i].type),
        };

        memcpy((uint8_t *)map + i * stride, &descriptor, sizeof(descriptor));
    }
    *size = needed;
    *key = fw->map_key;
    return EFI_SUCCESS;
}

EFI_STATUS pool_take(struct firmware *fw, uint32_t type, size_t size, void **bytes)
{
    struct pool *pool = must_allocate(sizeof(*pool));

    pool->size = size;
    pool->backing_pages = EFI_SIZE_TO_PAGES(size + 1);
    if (size > SIZE_MAX / 2 || memory_take(fw, pool->backing_pages, type, false, &pool->backing)) {
        free(pool);
        return EFI_OUT_OF_RESOURCES;
    }
    /* The RAM is there for the map alone: the bytes are the host's, where each overrun is seen. */
    pool->bytes = must_allocate(size);
    memset(pool->bytes, FILL_ALLOCATED, size);
    pool->next = fw->pools;
    fw->pools = pool;
    *bytes = pool->bytes;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI allocate_pool(EFI_MEMORY_TYPE type, UINTN size, VOID **buffer)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_ALLOCATE_POOL, NULL, &status)) {
        return status;
    }
    if (buffer == NULL || !type_is_valid(type)) {
        complain(fw, "AllocatePool of memory type 0x%x to %p", (unsigned)type, (void *)buffer);
        return EFI_INVALID_PARAMETER;
    }
    return pool_take(fw, type, size, buffer);
}

static EFI_STATUS EFIAPI free_pool(VOID *buffer)
{
    struct firmware *fw = firmware_current();
    struct pool **link = &fw->pools;
    struct pool *pool;
    EFI_STATUS status;
    bool failed = service_fails(fw, SERVICE_FREE_POOL, NULL, &status);

    while (*link != NULL && (*link)->bytes != buffer) {
        link = &(*link)->next;
    }
    pool = *link;
    if (buffer == NULL || pool == NULL) {
        complain(fw, "FreePool of %p, which is not allocated", buffer);
        return EFI_INVALID_PARAMETER;
    }
    *link = pool->next;
    memory_give_back(fw, pool->backing);
    free(pool->bytes);
    free(pool);
    return failed ? status : EFI_SUCCESS;
}

static void map_ram(uint64_t start, uint64_t pages)
{
    void *wanted = (void *)start;
    void *got = mmap(wanted, pages * EFI_PAGE_SIZE, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

    if (got != wanted) {
        die("the host has no room for RAM at %p: %s", wanted, strerror(errno));
    }
}

void memory_create(struct firmware *fw)
{
    const struct firmware_region *regions = fw->setup.regions;
    size_t count = fw->setup.region_count;

    if (regions == NULL) {
        regions = usual_regions;
        count = sizeof(usual_regions) / sizeof(usual_regions[0]);
    }
    fw->initial_areas = must_allocate(count * sizeof(*fw->initial_areas));
    fw->initial_area_count = count;
    for (size_t i = 0; i < count; i++) {
        struct area area = {regions[i].start, regions[i].pages, regions[i].type, false};

        if (i > 0 && area.start < end_of(&fw->areas[i - 1])) {
            die("the regions of the setup overlap or are not sorted");
        }
        if (area.type == EfiConventionalMemory) {
            map_ram(area.start, area.pages);
        }
        insert_area(fw, i, area);
        fw->initial_areas[i] = area;
    }
}

static void report_areas(struct firmware *fw)
{
    for (size_t i = 0; i < fw->area_count; i++) {
        if (fw->areas[i].application) {
            complain(fw, "%llu pages at 0x%llx were not freed",
                     (unsigned long long)fw->areas[i].pages,
                     (unsigned long long)fw->areas[i].start);
        }
    }
}

void memory_check(struct firmware *fw)
{
    report_areas(fw);
    for (const struct pool *pool = fw->pools; pool != NULL; pool = pool->next) {
        complain(fw, "%zu bytes of pool at %p were not freed", pool->size, pool->bytes);
    }
}

static void free_notes(struct cleaned *noted)
{
    while (noted != NULL) {
        struct cleaned *next = noted->next;

        free(noted);
        noted = next;
    }
}

void memory_destroy(struct firmware *fw)
{
    while (fw->pools != NULL) {
        struct pool *pool = fw->pools;

        fw->pools = pool->next;
        free(pool->bytes);
        free(pool);
    }
    free_notes(fw->cleaned);
    free_notes(fw->fetched);
    for (size_t i = 0; i < fw->initial_area_count; i++) {
        const struct area *area = &fw->initial_areas[i];

        if (area->type == EfiConventionalMemory) {
            munmap((void *)area->start, area->pages * EFI_PAGE_SIZE);
        }
    }
    free(fw->initial_areas);
    free(fw->areas);
}

bool firmware_owns(const struct firmware *fw, uint64_t start, uint64_t size)
{
    const struct area *area = area_with(fw, start);

    return area != NULL && area->application && size <= end_of(area) - start;
}

static struct cleaned *note_bytes(struct cleaned *others, uint64_t start, uint64_t size)
{
    struct cleaned *cleaned = must_allocate(sizeof(*cleaned));

    *cleaned = (struct cleaned){others, start, size, checksum((const void *)start, size)};
    return cleaned;
}

/* The bytes were noted, and not written since. */
static bool are_noted(const struct cleaned *noted, uint64_t start, uint64_t size)
{
    while (noted != NULL && (start < noted->start || start + size > noted->start + noted->size)) {
        noted = noted->next;
    }
    return noted != NULL && checksum((const void *)noted->start, noted->size) == noted->checksum;
}

void firmware_clean_cache(struct firmware *fw, uint64_t start, uint64_t size)
{
    fw->cleaned = note_bytes(fw->cleaned, start, size);
}

bool firmware_is_cleaned(const struct firmware *fw, uint64_t start, uint64_t size)
{
    return are_noted(fw->cleaned, start, size);
}

void firmware_invalidate_code(struct firmware *fw, uint64_t start, uint64_t size)
{
    fw->fetched = note_bytes(fw->fetched, start, size);
}

bool memory_is_fetched(const struct firmware *fw, uint64_t start, uint64_t size)
{
    return are_noted(fw->fetched, start, size);
}

void memory_fill_services(EFI_BOOT_SERVICES *services)
{
    services->AllocatePages = allocate_pages;
    services->FreePages = free_pages;
    services->GetMemoryMap = get_memory_map;
    services->AllocatePool = allocate_pool;
    services->FreePool = free_pool;
}
