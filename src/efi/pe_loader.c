/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading and starting an EFI program without LoadImage: for one that was verified by its digest.
 */
#include "efi/pe_loader.h"

#include <string.h>

#include "core/pe/pe.h"
#include "efi/arch.h"
#include "efi/device_path.h"

/* The running program, and the firmware's own Exit: the service is told of no context. */
static struct loaded_pe *running;
static EFI_EXIT firmware_exit;

static const char *find_problem(const struct pe *pe)
{
    uint32_t address;
    uint32_t size;

    pe_directory(pe, PE_DIRECTORY_RELOCATIONS, &address, &size);
    if (pe->subsystem != PE_SUBSYSTEM_EFI)
        return "it is not an EFI application";
    if (size != 0)
        return "it needs to be relocated";
    return NULL;
}

/* Reads and judges the headers of the file; a sentence part, or NULL if it can be loaded. */
static const char *read_headers(struct pe *pe, const void *file, size_t size)
{
    enum pe_status status = pe_read(pe, file, size);

    if (status == PE_FINE)
        status = pe_check(pe);
    return status == PE_FINE ? find_problem(pe) : pe_status_text(status);
}

/* Copies headers and sections to their places; what the file does not have is zero. */
static void copy_sections(const struct pe *pe, char *image, size_t room)
{
    memset(image, 0, room);
    memcpy(image, pe->data, pe->headers_size);
    for (unsigned index = 0; index < pe->section_count; index++) {
        struct pe_section section = pe_section(pe, index);
        size_t size;
        const void *content = pe_file_content(pe, &section, &size);

        if (size != 0)
            memcpy(image + section.address, content, size);
    }
}

static uint64_t protection_of(const struct pe_section *section)
{
    bool is_writable = (section->characteristics & PE_SECTION_WRITABLE) != 0;
    bool is_executable = (section->characteristics & PE_SECTION_EXECUTABLE) != 0;

    return (is_writable ? 0 : EFI_MEMORY_RO) | (is_executable ? 0 : EFI_MEMORY_XP);
}

static EFI_STATUS protect_section(const struct loaded_pe *program, const struct pe_section *section)
{
    uint64_t start = page_start(section->address);
    uint64_t end = page_end((uint64_t)section->address + section->size);

    return memory_attributes_set(program->protection, program->address + start, end - start,
                                 protection_of(section));
}

/*
 * Sections that are not made of whole pages, as Xen's, cannot differ in protection: all of the
 * image is then writable and executable, as it is under LoadImage.
 */
static EFI_STATUS protect(const struct pe *pe, const struct loaded_pe *program)
{
    EFI_STATUS status =
        memory_attributes_set(program->protection, program->address, program->pages * PAGE_SIZE, 0);

    if (pe->section_alignment % PAGE_SIZE != 0)
        return status;
    for (unsigned index = 0; index < pe->section_count && !EFI_ERROR(status); index++) {
        struct pe_section section = pe_section(pe, index);

        if (section.size != 0)
            status = protect_section(program, &section);
    }
    return status;
}

static EFI_STATUS place_image(const struct firmware *firmware, const struct pe *pe,
                              struct loaded_pe *program)
{
    EFI_STATUS status;

    program->pages = page_end(pe->image_size) / PAGE_SIZE;
    status = firmware->boot->AllocatePages(AllocateAnyPages, EfiLoaderCode, program->pages,
                                           &program->address);
    if (EFI_ERROR(status)) {
        program->pages = 0;
        return EFI_OUT_OF_RESOURCES;
    }
    status = memory_attributes_set(program->protection, program->address,
                                   program->pages * PAGE_SIZE, EFI_MEMORY_XP);
    if (EFI_ERROR(status))
        return status;
    copy_sections(pe, (char *)(uintptr_t)program->address, program->pages * PAGE_SIZE);
    arch_make_executable((void *)(uintptr_t)program->address, program->pages * PAGE_SIZE);
    return protect(pe, program);
}

static EFI_STATUS make_handle(const struct firmware *firmware, const struct pe *pe,
                              const char *name, struct loaded_pe *program)
{
    EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;

    program->path = device_path_of_file(firmware, name);
    if (program->path == NULL)
        return EFI_OUT_OF_RESOURCES;
    program->protocol = (EFI_LOADED_IMAGE){
        .Revision = EFI_LOADED_IMAGE_PROTOCOL_REVISION,
        .ParentHandle = firmware->image,
        .SystemTable = firmware->table,
        .DeviceHandle = firmware->loaded->DeviceHandle,
        .FilePath = device_path_file_part(program->path),
        .ImageBase = (void *)(uintptr_t)program->address,
        .ImageSize = pe->image_size,
        .ImageCodeType = EfiLoaderCode,
        .ImageDataType = EfiLoaderData,
    };
    return firmware->boot->InstallProtocolInterface(&program->handle, &guid, EFI_NATIVE_INTERFACE,
                                                    &program->protocol);
}

EFI_STATUS pe_loader_load(const struct firmware *firmware, const void *file, size_t size,
                          const char *name, struct loaded_pe *program, const char **problem)
{
    struct pe pe;
    EFI_STATUS status;

    *program = (struct loaded_pe){
        .boot = firmware->boot,
        .protection = memory_attributes_find(firmware),
    };
    *problem = read_headers(&pe, file, size);
    if (*problem != NULL)
        return EFI_LOAD_ERROR;
    status = place_image(firmware, &pe, program);
    if (!EFI_ERROR(status))
        status = make_handle(firmware, &pe, name, program);
    if (EFI_ERROR(status)) {
        program->handle = NULL;
        pe_loader_unload(firmware, program);
        return status;
    }
    program->entry = program->address + pe.entry;
    return EFI_SUCCESS;
}

/* The boot service Exit (UEFI 2.10 §7.4.5) while the program runs. */
static EFI_STATUS EFIAPI exit_program(EFI_HANDLE handle, EFI_STATUS status, UINTN size,
                                      CHAR16 *data)
{
    if (handle != running->handle)
        return firmware_exit(handle, status, size, data);
    if (data != NULL)
        running->boot->FreePool(data);
    running->exit_status = status;
    longjmp(running->start, 1);
}

/* Puts a function into the table of boot services, whose checksum covers it (UEFI 2.10 §4.2). */
static void set_exit(EFI_BOOT_SERVICES *boot, EFI_EXIT function)
{
    UINT32 checksum = 0;

    boot->Exit = function;
    boot->Hdr.CRC32 = 0;
    boot->CalculateCrc32(boot, boot->Hdr.HeaderSize, &checksum);
    boot->Hdr.CRC32 = checksum;
}

EFI_STATUS pe_loader_start(const struct firmware *firmware, struct loaded_pe *program)
{
    firmware_exit = firmware->boot->Exit;
    running = program;
    set_exit(firmware->boot, exit_program);
    if (setjmp(program->start) == 0)
        program->exit_status = arch_call(program->entry, program->handle, firmware->table);
    set_exit(firmware->boot, firmware_exit);
    running = NULL;
    return program->exit_status;
}

void pe_loader_unload(const struct firmware *firmware, struct loaded_pe *program)
{
    EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;

    if (program->handle != NULL)
        firmware->boot->UninstallProtocolInterface(program->handle, &guid, &program->protocol);
    if (program->path != NULL)
        firmware->boot->FreePool(program->path);
    if (program->pages != 0) {
        memory_attributes_set(program->protection, program->address, program->pages * PAGE_SIZE,
                              EFI_MEMORY_XP);
        firmware->boot->FreePages(program->address, program->pages);
    }
}
