/* SPDX-License-Identifier: BSD-2-Clause */
/* The application's own image, and the image that it loads and starts (UEFI 2.10 §7.4 and §9). */
#include "internal.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PE_OFFSET       0x3c
#define PE_MACHINE      4
#define PE_SUBSYSTEM    92 /* from "PE\0\0", in PE32+ */
#define PE_IMAGE_SIZE   (24 + 56)
#define PE_HEADERS_SIZE (24 + 60)
#define PE_HEADERS      160 /* what is looked at */

static EFI_GUID loaded_image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;

static uint32_t little(const uint8_t *bytes, size_t size)
{
    uint32_t value = 0;

    while (size-- > 0) {
        value = value << 8 | bytes[size];
    }
    return value;
}

/* EFI_SUCCESS for an AArch64 PE32+ image for EFI: the machine runs nothing else. */
static EFI_STATUS check_image(const uint8_t *bytes, size_t size)
{
    uint32_t at;

    if (size < PE_OFFSET + 4 || memcmp(bytes, "MZ", 2) != 0) {
        return EFI_UNSUPPORTED;
    }
    at = little(bytes + PE_OFFSET, 4);
    if (at > size || size - at < PE_HEADERS) {
        return EFI_LOAD_ERROR;
    }
    if (memcmp(bytes + at, "PE\0\0", 4) != 0 ||
        little(bytes + at + PE_MACHINE, 2) != EFI_IMAGE_MACHINE_AARCH64) {
        return EFI_UNSUPPORTED;
    }
    return little(bytes + at + PE_SUBSYSTEM, 2) == IMAGE_SUBSYSTEM_EFI_APPLICATION
               ? EFI_SUCCESS
               : EFI_UNSUPPORTED;
}

/* The content that LoadImage would find by itself through @path. The caller frees it. */
static void *content_by_path(struct firmware *fw, const uint8_t *path, size_t *size)
{
    char *name;
    void *content;

    if (path == NULL || device_path_size(path) < fw->device_path_size ||
        memcmp(path, fw->device_path, fw->device_path_size) != 0) {
        return NULL;
    }
    name = device_path_text(path + fw->device_path_size);
    content = file_content(fw, name, size);
    free(name);
    return content;
}

static uint8_t *copy_path(const uint8_t *path)
{
    size_t size = device_path_size(path) + END_DEVICE_PATH_LENGTH;

    return memcpy(must_allocate(size), path, size);
}

/* DeviceHandle and FilePath, from the path that LoadImage was given (§7.4.1). */
static void set_origin(struct firmware *fw, struct image *image, const uint8_t *path)
{
    bool from_device = path != NULL && device_path_size(path) >= fw->device_path_size &&
                       memcmp(path, fw->device_path, fw->device_path_size) == 0;

    if (from_device && !fw->setup.no_device_path) {
        image->loaded.DeviceHandle = fw->device;
        path += fw->device_path_size;
    }
    if (path != NULL) {
        image->loaded.FilePath = (EFI_DEVICE_PATH *)copy_path(path);
    }
}

static EFI_STATUS new_image(struct firmware *fw, const uint8_t *path, const void *content,
                            size_t size, EFI_HANDLE *handle)
{
    struct image *image = must_allocate(sizeof(*image));
    struct handle *made;
    uint64_t base;

    memset(image, 0, sizeof(*image));
    image->size = size;
    image->pages = EFI_SIZE_TO_PAGES(size);
    if (memory_take(fw, image->pages, EfiLoaderCode, false, &base) != EFI_SUCCESS) {
        free(image);
        return EFI_OUT_OF_RESOURCES;
    }
    memory_open(base, image->pages);
    memcpy((void *)base, content, size);
    image->loaded.Revision = EFI_LOADED_IMAGE_PROTOCOL_REVISION;
    image->loaded.ParentHandle = fw->application;
    image->loaded.SystemTable = fw->system_table;
    image->loaded.ImageBase = (void *)base;
    image->loaded.ImageSize = size;
    image->loaded.ImageCodeType = EfiLoaderCode;
    image->loaded.ImageDataType = EfiLoaderData;
    set_origin(fw, image, path);
    made = handle_create(fw);
    made->image = image;
    handle_add_protocol(made, &loaded_image_guid, &image->loaded);
    *handle = made;
    return EFI_SUCCESS;
}

static EFI_STATUS load(struct firmware *fw, const uint8_t *path, const void *source, size_t size,
                       EFI_HANDLE *handle)
{
    void *content = NULL;
    EFI_STATUS status;

    if (source == NULL) {
        content = content_by_path(fw, path, &size);
        if (content == NULL) {
            return EFI_NOT_FOUND;
        }
        source = content;
    }
    status = check_image(source, size);
    if (status == EFI_SUCCESS) {
        status = new_image(fw, path, source, size, handle);
    }
    free(content);
    return status;
}

static EFI_STATUS EFIAPI load_image(BOOLEAN boot_policy, EFI_HANDLE parent, EFI_DEVICE_PATH *path,
                                    VOID *source, UINTN size, EFI_HANDLE *handle)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;
    EFI_STATUS failure = EFI_SUCCESS;
    bool failed = service_fails(fw, SERVICE_LOAD_IMAGE, NULL, &failure);

    (void)boot_policy;
    if (fw->setup.secure_boot) {
        failure = EFI_SECURITY_VIOLATION;
    } else if (failed && failure != EFI_SECURITY_VIOLATION) {
        return failure;
    }
    if (handle == NULL || parent != fw->application || (source == NULL && path == NULL)) {
        complain(fw, "LoadImage for parent %p from nowhere", parent);
        return EFI_INVALID_PARAMETER;
    }
    status = load(fw, (const uint8_t *)path, source, size, handle);
    /* A refused image is loaded nevertheless, and the caller must unload it. */
    if (status == EFI_SUCCESS) {
        ((struct handle *)*handle)->image->may_start = failure == EFI_SUCCESS;
        status = failure;
    }
    return status;
}

static void unload(struct firmware *fw, struct handle *handle)
{
    struct image *image = handle->image;

    memory_give_back(fw, (uint64_t)image->loaded.ImageBase);
    free(image->loaded.FilePath);
    free(image);
    handle_remove(fw, handle);
}

static void leave(struct firmware *fw, EFI_STATUS status)
{
    fw->exit_status = status;
    longjmp(*(jmp_buf *)fw->escape, 1);
}

static EFI_STATUS call_handover(struct firmware *fw, const EFI_LOADED_IMAGE_PROTOCOL *loaded)
{
    char *options = loaded->LoadOptions != NULL
                        ? utf8_from_utf16(loaded->LoadOptions, loaded->LoadOptionsSize)
                        : NULL;
    char *path = loaded->FilePath != NULL ? device_path_text(loaded->FilePath) : must_copy("");
    EFI_GUID tree = EFI_DTB_TABLE_GUID;
    struct handover handover = {
        .tree = firmware_table(fw, &tree),
        .image = loaded->ImageBase,
        .image_size = loaded->ImageSize,
        .load_options = options,
        .file_path = path,
        .has_device = loaded->DeviceHandle == fw->device,
    };
    EFI_STATUS status = IMAGE_NEVER_RETURNS;

    fw->starts++;
    if (fw->setup.handover != NULL) {
        status = fw->setup.handover(fw, &handover, fw->setup.context);
    }
    free(options);
    free(path);
    return status;
}

/* The image says why it ended, in pool that the caller must free. */
static void give_exit_data(struct firmware *fw, UINTN *size, CHAR16 **data)
{
    static const CHAR16 reason[] = u"the image gave up";

    if (data != NULL && pool_take(fw, EfiBootServicesData, sizeof(reason), (void **)data) == 0) {
        memcpy(*data, reason, sizeof(reason));
        *size = sizeof(reason);
    }
}

static EFI_STATUS EFIAPI start_image(EFI_HANDLE wanted, UINTN *exit_data_size, CHAR16 **exit_data)
{
    struct firmware *fw = firmware_current();
    struct handle *handle = handle_find(fw, wanted);
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_START_IMAGE, NULL, &status)) {
        return status;
    }
    if (handle == NULL || handle->image == NULL || handle == fw->application ||
        (exit_data != NULL && exit_data_size == NULL)) {
        complain(fw, "StartImage of %p, which is no loaded image", wanted);
        return EFI_INVALID_PARAMETER;
    }
    if (!handle->image->may_start) {
        return EFI_SECURITY_VIOLATION;
    }
    if (exit_data != NULL) {
        *exit_data = NULL;
    }
    status = call_handover(fw, &handle->image->loaded);
    if (status == IMAGE_NEVER_RETURNS) {
        leave(fw, status);
    }
    if (EFI_ERROR(status)) {
        give_exit_data(fw, exit_data_size, exit_data);
    }
    /* An application that returns is unloaded by the firmware (§7.4.5). */
    unload(fw, handle);
    return status;
}

static EFI_STATUS EFIAPI unload_image(EFI_HANDLE wanted)
{
    struct firmware *fw = firmware_current();
    struct handle *handle = handle_find(fw, wanted);
    EFI_STATUS status;
    bool failed = service_fails(fw, SERVICE_UNLOAD_IMAGE, NULL, &status);

    /* The image may have been started and unloaded before: that is no mistake of the caller. */
    if (handle == NULL || handle->image == NULL || handle == fw->application) {
        return EFI_INVALID_PARAMETER;
    }
    unload(fw, handle);
    return failed ? status : EFI_SUCCESS;
}

static EFI_STATUS EFIAPI exit_image(EFI_HANDLE image, EFI_STATUS status, UINTN size, CHAR16 *data)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS ignored;

    service_fails(fw, SERVICE_EXIT, NULL, &ignored);
    (void)size;
    (void)data;
    if (image != fw->application) {
        complain(fw, "Exit of image %p, which is not the one that runs", image);
        return EFI_INVALID_PARAMETER;
    }
    leave(fw, status);
    return status;
}

EFI_STATUS firmware_run(struct firmware *fw, EFI_IMAGE_ENTRY_POINT entry)
{
    jmp_buf here;

    fw->escape = &here;
    watchdog_start(fw);
    if (setjmp(here) == 0) {
        fw->exit_status = entry(fw->application, fw->system_table);
    }
    fw->escape = NULL;
    return fw->exit_status;
}

unsigned firmware_starts(const struct firmware *fw)
{
    return fw->starts;
}

/* The image is what its protocol says, in memory of its own whose code can be executed. */
static bool can_enter(const struct firmware *fw, const EFI_LOADED_IMAGE_PROTOCOL *loaded,
                      uint64_t entry)
{
    uint64_t base = (uint64_t)loaded->ImageBase;
    uint64_t page = entry / EFI_PAGE_SIZE * EFI_PAGE_SIZE;

    return loaded->ParentHandle == fw->application && loaded->SystemTable == fw->system_table &&
           loaded->ImageCodeType == EfiLoaderCode && entry >= base &&
           entry - base < loaded->ImageSize && firmware_owns(fw, base, loaded->ImageSize) &&
           protection_allows_code(fw, page, EFI_PAGE_SIZE) &&
           memory_is_fetched(fw, base, loaded->ImageSize);
}

EFI_STATUS image_enter(struct firmware *fw, uint64_t entry, EFI_HANDLE wanted,
                       EFI_SYSTEM_TABLE *table)
{
    const struct handle *handle = handle_find(fw, wanted);
    const EFI_LOADED_IMAGE_PROTOCOL *loaded =
        handle != NULL ? handle_protocol(handle, &loaded_image_guid) : NULL;
    EFI_STATUS status;

    if (loaded == NULL || table != fw->system_table || !can_enter(fw, loaded, entry)) {
        complain(fw, "an image was entered at 0x%llx that is none", (unsigned long long)entry);
        return EFI_LOAD_ERROR;
    }
    status = call_handover(fw, loaded);
    if (status == IMAGE_NEVER_RETURNS) {
        leave(fw, status);
    }
    if (EFI_ERROR(status)) {
        UINTN size = 0;
        CHAR16 *data = NULL;

        /* As Xen does, and with a reason. */
        give_exit_data(fw, &size, &data);
        fw->boot_services.Exit(wanted, status, size, data);
        complain(fw, "Exit came back");
    }
    return status;
}

static void create_device(struct firmware *fw)
{
    EFI_GUID volume_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
    EFI_GUID path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;

    fw->device = handle_create(fw);
    fw->device_path = device_path_for_volume(&fw->device_path_size);
    if (!fw->setup.no_device_path) {
        handle_add_protocol(fw->device, &path_guid, fw->device_path);
    }
    if (fw->setup.volume != NULL && fw->setup.server == NULL) {
        handle_add_protocol(fw->device, &volume_guid, &fw->volume);
    }
}

/* Load options have no alignment: here they never have one. */
static void copy_load_options(struct firmware *fw)
{
    size_t size = fw->setup.load_options_size;

    if (fw->setup.load_options != NULL) {
        fw->load_options = must_allocate(size + 1);
        memcpy(fw->load_options + 1, fw->setup.load_options, size);
        fw->application_image.loaded.LoadOptions = fw->load_options + 1;
        fw->application_image.loaded.LoadOptionsSize = (UINT32)size;
    }
}

/* A section's content goes to its place in memory. */
static void map_section(const uint8_t *header, const uint8_t *file, uint8_t *image)
{
    uint32_t size = little(header + 8, 4);
    uint32_t file_size = little(header + 16, 4);

    memcpy(image + little(header + 12, 4), file + little(header + 20, 4),
           size < file_size ? size : file_size);
}

/* Maps the file of the application as LoadImage does. */
static void map_application(struct firmware *fw, const uint8_t *file)
{
    const uint8_t *pe = file + little(file + PE_OFFSET, 4);
    const uint8_t *sections = pe + 24 + little(pe + 20, 2);
    size_t size = little(pe + PE_IMAGE_SIZE, 4);
    uint64_t base;

    if (memory_take(fw, EFI_SIZE_TO_PAGES(size), EfiLoaderCode, false, &base) != EFI_SUCCESS) {
        die("the setup has no RAM for the application");
    }
    memory_open(base, EFI_SIZE_TO_PAGES(size));
    memset((void *)base, 0, size);
    memcpy((void *)base, file, little(pe + PE_HEADERS_SIZE, 4));
    for (uint32_t i = 0; i < little(pe + 6, 2); i++) {
        map_section(sections + 40 * i, file, (uint8_t *)base);
    }
    memory_protect(base, EFI_SIZE_TO_PAGES(size), PROT_READ);
    fw->application_image.loaded.ImageBase = (void *)base;
    fw->application_image.loaded.ImageSize = size;
}

/* An image of headers alone, for applications that are functions of the host. */
static void make_application(struct firmware *fw)
{
    static uint8_t header[0x200] = {[0] = 'M', [1] = 'Z', [PE_OFFSET] = 0x40};
    static const uint8_t pe[] = {'P', 'E', 0, 0, 0x64, 0xaa};
    uint8_t *at = header + 0x40;

    memcpy(at, pe, sizeof(pe));
    at[20] = 240;
    at[24] = 0x0b;
    at[25] = 0x02;
    at[24 + 33] = 0x10; /* alignments, 4096 and 512 */
    at[24 + 37] = 0x02;
    at[PE_IMAGE_SIZE + 1] = 0x02;
    at[PE_HEADERS_SIZE + 1] = 0x02;
    at[PE_SUBSYSTEM] = IMAGE_SUBSYSTEM_EFI_APPLICATION;
    at[24 + 108] = 16;
    fw->application_image.loaded.ImageBase = header;
    fw->application_image.loaded.ImageSize = sizeof(header);
}

static void load_application(struct firmware *fw)
{
    size_t size;
    void *file;

    if (fw->setup.image == NULL) {
        make_application(fw);
        return;
    }
    file = host_content(fw->setup.image, &size);
    map_application(fw, file);
    free(file);
}

void images_create(struct firmware *fw)
{
    EFI_LOADED_IMAGE_PROTOCOL *loaded = &fw->application_image.loaded;

    create_device(fw);
    fw->application = handle_create(fw);
    fw->application->image = &fw->application_image;
    handle_add_protocol(fw->application, &loaded_image_guid, loaded);
    loaded->Revision = EFI_LOADED_IMAGE_PROTOCOL_REVISION;
    loaded->SystemTable = fw->system_table;
    loaded->DeviceHandle = fw->setup.no_device ? NULL : fw->device;
    loaded->ImageCodeType = EfiLoaderCode;
    loaded->ImageDataType = EfiLoaderData;
    if (fw->setup.image_device_path != NULL) {
        loaded->FilePath = (EFI_DEVICE_PATH *)(uintptr_t)fw->setup.image_device_path;
    } else if (fw->setup.image_path != NULL && *fw->setup.image_path != '\0') {
        fw->application_path =
            device_path_for_file(fw->setup.image_path, fw->setup.split_image_path);
        loaded->FilePath = (EFI_DEVICE_PATH *)fw->application_path;
    }
    load_application(fw);
    copy_load_options(fw);
}

void images_check(struct firmware *fw)
{
    for (const struct handle *handle = fw->handles; handle != NULL; handle = handle->next) {
        if (handle->image != NULL && handle != fw->application) {
            complain(fw, "an image of %zu bytes was not unloaded", handle->image->size);
        }
    }
}

void images_destroy(struct firmware *fw)
{
    struct handle *next;

    for (struct handle *handle = fw->handles; handle != NULL; handle = next) {
        next = handle->next;
        if (handle->image != NULL && handle != fw->application) {
            unload(fw, handle);
        }
    }
    free(fw->application_path);
    free(fw->load_options);
}

void images_fill_services(EFI_BOOT_SERVICES *services)
{
    services->LoadImage = load_image;
    services->StartImage = start_image;
    services->UnloadImage = unload_image;
    services->Exit = exit_image;
    firmware_current()->firmware_exit = exit_image;
}
