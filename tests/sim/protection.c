/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI_MEMORY_ATTRIBUTE_PROTOCOL of a firmware that executes no page unless told to (UEFI 2.10 §37).
 */
#include "internal.h"

#include <stdlib.h>

#define RO  0x20000
#define ALL (EFI_MEMORY_XP | RO)

static struct protected_page **find_page(struct firmware *fw, uint64_t start)
{
    struct protected_page **link = &fw->protected_pages;

    while (*link != NULL && (*link)->start != start) {
        link = &(*link)->next;
    }
    return link;
}

/* Pages are not executable at first. */
static struct protected_page *page_at(struct firmware *fw, uint64_t start)
{
    struct protected_page **link = find_page(fw, start);

    if (*link == NULL) {
        *link = must_allocate(sizeof(**link));
        **link = (struct protected_page){.start = start, .attributes = EFI_MEMORY_XP};
    }
    return *link;
}

static bool is_valid(struct firmware *fw, void *this, uint64_t start, uint64_t size,
                     uint64_t attributes)
{
    if (this == &fw->protection && start % EFI_PAGE_SIZE == 0 && size % EFI_PAGE_SIZE == 0 &&
        size != 0 && attributes != 0 && (attributes & ~(uint64_t)ALL) == 0 &&
        firmware_owns(fw, start, size)) {
        return true;
    }
    complain(fw, "protection 0x%llx of 0x%llx bytes at 0x%llx", (unsigned long long)attributes,
             (unsigned long long)size, (unsigned long long)start);
    return false;
}

static EFI_STATUS EFIAPI set_attributes(void *this, EFI_PHYSICAL_ADDRESS start, UINT64 size,
                                        UINT64 attributes)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_SET_MEMORY_ATTRIBUTES, NULL, &status)) {
        return status;
    }
    if (!is_valid(fw, this, start, size, attributes)) {
        return EFI_INVALID_PARAMETER;
    }
    for (uint64_t at = start; at < start + size; at += EFI_PAGE_SIZE) {
        page_at(fw, at)->attributes |= attributes;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI clear_attributes(void *this, EFI_PHYSICAL_ADDRESS start, UINT64 size,
                                          UINT64 attributes)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_CLEAR_MEMORY_ATTRIBUTES, NULL, &status)) {
        return status;
    }
    if (!is_valid(fw, this, start, size, attributes)) {
        return EFI_INVALID_PARAMETER;
    }
    for (uint64_t at = start; at < start + size; at += EFI_PAGE_SIZE) {
        page_at(fw, at)->attributes &= ~attributes;
    }
    return EFI_SUCCESS;
}

bool protection_allows_code(const struct firmware *fw, uint64_t start, uint64_t size)
{
    bool allowed = true;

    for (uint64_t at = start; fw->setup.strict && !fw->protection_hidden && at < start + size;
         at += EFI_PAGE_SIZE) {
        const struct protected_page *page = *find_page((struct firmware *)(uintptr_t)fw, at);

        allowed = allowed && page != NULL && (page->attributes & EFI_MEMORY_XP) == 0;
    }
    return allowed;
}

void protection_forget(struct firmware *fw, uint64_t start, uint64_t pages)
{
    for (uint64_t at = start; at < start + pages * EFI_PAGE_SIZE; at += EFI_PAGE_SIZE) {
        struct protected_page **link = find_page(fw, at);
        struct protected_page *page = *link;

        if (page == NULL) {
            continue;
        }
        /* If the firmware did not take it back, the application cannot help it. */
        if (page->attributes != EFI_MEMORY_XP && !fw->injection.done) {
            complain(fw, "the page at 0x%llx was freed with protection 0x%llx",
                     (unsigned long long)at, (unsigned long long)page->attributes);
        }
        *link = page->next;
        free(page);
    }
}

void protection_create(struct firmware *fw)
{
    static const EFI_GUID guid = {
        0xf4560cf6, 0x40ec, 0x4b4a, {0xa1, 0x92, 0xbf, 0x1d, 0x57, 0xd0, 0xb1, 0x89}};

    fw->protection.set = set_attributes;
    fw->protection.clear = clear_attributes;
    if (fw->setup.strict) {
        handle_add_protocol(handle_create(fw), &guid, &fw->protection);
    }
}

void protection_destroy(struct firmware *fw)
{
    while (fw->protected_pages != NULL) {
        struct protected_page *page = fw->protected_pages;

        fw->protected_pages = page->next;
        free(page);
    }
}
