/* SPDX-License-Identifier: BSD-2-Clause */
/* Variables of the simulated firmware (UEFI 2.10 §8.2). */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static struct variable **find(struct firmware *fw, const char *name, const EFI_GUID *vendor)
{
    struct variable **link = &fw->variables;

    while (*link != NULL && (strcmp((*link)->name, name) != 0 ||
                             (vendor != NULL && !guid_equal(&(*link)->vendor, vendor)))) {
        link = &(*link)->next;
    }
    return link;
}

static void remove_variable(struct variable **link)
{
    struct variable *variable = *link;

    *link = variable->next;
    free(variable->name);
    free(variable->data);
    free(variable);
}

static void add_variable(struct firmware *fw, const char *name, const EFI_GUID *vendor,
                         uint32_t attributes, const void *data, size_t size)
{
    struct variable *variable = must_allocate(sizeof(*variable));

    variable->name = must_copy(name);
    variable->vendor = *vendor;
    variable->attributes = attributes;
    variable->size = size;
    variable->data = memcpy(must_allocate(size), data, size);
    variable->initial = false;
    variable->next = fw->variables;
    fw->variables = variable;
}

static EFI_STATUS put_value(const struct variable *variable, UINT32 *attributes, UINTN *size,
                            void *data)
{
    bool fits = *size >= variable->size;

    *size = variable->size;
    if (!fits) {
        return EFI_BUFFER_TOO_SMALL;
    }
    if (attributes != NULL) {
        *attributes = variable->attributes;
    }
    memcpy(data, variable->data, variable->size);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI get_variable(CHAR16 *name, EFI_GUID *vendor, UINT32 *attributes,
                                      UINTN *size, VOID *data)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;
    char *text;

    if (name == NULL || vendor == NULL || size == NULL || (data == NULL && *size != 0)) {
        complain(fw, "GetVariable without a name, vendor, size or buffer");
        return EFI_INVALID_PARAMETER;
    }
    text = utf8_from_utf16(name, SIZE_MAX);
    if (!service_fails(fw, SERVICE_GET_VARIABLE, text, &status)) {
        const struct variable *variable = *find(fw, text, vendor);

        status = fw->setup.no_variables ? EFI_UNSUPPORTED
                 : variable == NULL     ? EFI_NOT_FOUND
                                        : put_value(variable, attributes, size, data);
    }
    free(text);
    return status;
}

static EFI_STATUS change(struct firmware *fw, const char *name, const EFI_GUID *vendor,
                         uint32_t attributes, const void *data, size_t size)
{
    struct variable **link = find(fw, name, vendor);
    const uint32_t access = EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS;

    if (fw->setup.no_variables) {
        return EFI_UNSUPPORTED;
    }
    if (size != 0 && *link != NULL && (*link)->attributes != attributes) {
        return EFI_INVALID_PARAMETER;
    }
    if (size != 0 && (attributes & access) == EFI_VARIABLE_RUNTIME_ACCESS) {
        return EFI_INVALID_PARAMETER;
    }
    if (*link == NULL && size == 0) {
        return EFI_NOT_FOUND;
    }
    if (*link != NULL) {
        remove_variable(link);
    }
    if (size != 0 && (attributes & access) != 0) {
        add_variable(fw, name, vendor, attributes, data, size);
    }
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI set_variable(CHAR16 *name, EFI_GUID *vendor, UINT32 attributes, UINTN size,
                                      VOID *data)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;
    char *text;

    if (name == NULL || *name == 0 || vendor == NULL || (data == NULL && size != 0)) {
        complain(fw, "SetVariable without a name, vendor or data");
        return EFI_INVALID_PARAMETER;
    }
    text = utf8_from_utf16(name, SIZE_MAX);
    if (!service_fails(fw, SERVICE_SET_VARIABLE, text, &status)) {
        status = change(fw, text, vendor, attributes, data, size);
    }
    free(text);
    return status;
}

const void *firmware_variable(const struct firmware *fw, const char *name, size_t *size)
{
    for (const struct variable *variable = fw->variables; variable != NULL;
         variable = variable->next) {
        if (strcmp(variable->name, name) == 0) {
            *size = variable->size;
            return variable->data;
        }
    }
    return NULL;
}

void firmware_set_variable(struct firmware *fw, const char *name, const void *data, size_t size)
{
    static const EFI_GUID global = EFI_GLOBAL_VARIABLE;

    add_variable(fw, name, &global, EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS,
                 data, size);
    fw->variables->initial = true;
}

void variables_check(struct firmware *fw)
{
    for (const struct variable *variable = fw->variables; variable != NULL;
         variable = variable->next) {
        if (!variable->initial) {
            complain(fw, "variable %s was not removed", variable->name);
        }
    }
}

void variables_destroy(struct firmware *fw)
{
    while (fw->variables != NULL) {
        remove_variable(&fw->variables);
    }
}

void variables_fill_services(EFI_RUNTIME_SERVICES *services)
{
    services->GetVariable = get_variable;
    services->SetVariable = set_variable;
}
