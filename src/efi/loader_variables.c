/* SPDX-License-Identifier: BSD-2-Clause */
/* The Boot Loader Interface: variables by which systemd-analyze in dom0 shows the loader. */
#include "efi/loader_variables.h"

#include "core/base/version.h"
#include "efi/clock.h"
#include "efi/utf16.h"

#define ATTRIBUTES   (EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)
#define VALUE_UNITS  256U /* of the longest value; a longer path is left out */
#define NUMBER_UNITS 21U  /* digits of 64 bits, with the end */

static EFI_GUID vendor = {
    0x4a67b082, 0x0a4c, 0x41cf, {0xb6, 0xc7, 0x44, 0x0b, 0x29, 0xbb, 0x8c, 0x4f}};

static const CHAR16 names[][sizeof("LoaderImageIdentifier")] = {
    L"LoaderTimeInitUSec",
    L"LoaderTimeExecUSec",
    L"LoaderInfo",
    L"LoaderImageIdentifier",
};

enum { TIME_INIT, TIME_EXEC, INFO, IMAGE, VARIABLE_COUNT };

/* The firmware's calls take names that are not constant, but leave them as they are. */
static CHAR16 *name_of(unsigned variable)
{
    return (CHAR16 *)(uintptr_t)names[variable];
}

static bool is_set(const struct firmware *firmware, unsigned variable)
{
    UINTN size = 0;

    return firmware->table->RuntimeServices->GetVariable(name_of(variable), &vendor, NULL, &size,
                                                         NULL) != EFI_NOT_FOUND;
}

/* Writes a value of `count` units with its end; the bit of the variable if that was done. */
static unsigned write_units(const struct firmware *firmware, unsigned variable, CHAR16 *units,
                            size_t count)
{
    if (is_set(firmware, variable) ||
        EFI_ERROR(firmware->table->RuntimeServices->SetVariable(
            name_of(variable), &vendor, ATTRIBUTES, (count + 1) * sizeof(*units), units)))
        return 0;
    return 1U << variable;
}

static unsigned write_text(const struct firmware *firmware, unsigned variable, const char *text)
{
    CHAR16 units[VALUE_UNITS];
    size_t count = 0;

    while (*text != '\0') {
        if (count + 3 > VALUE_UNITS)
            return 0;
        count += utf16_from_utf8(&text, &units[count]);
        if (units[count - 1] == '/')
            units[count - 1] = '\\';
    }
    units[count] = 0;
    return write_units(firmware, variable, units, count);
}

static unsigned write_number(const struct firmware *firmware, unsigned variable, uint64_t number)
{
    CHAR16 units[NUMBER_UNITS];
    size_t at = NUMBER_UNITS - 1;

    units[at] = 0;
    do {
        units[--at] = (CHAR16)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    return write_units(firmware, variable, units + at, NUMBER_UNITS - 1 - at);
}

unsigned loader_variables_write(const struct firmware *firmware, const char *image,
                                uint64_t started)
{
    return write_number(firmware, TIME_INIT, started) |
           write_number(firmware, TIME_EXEC, clock_now(NULL)) |
           write_text(firmware, INFO, "Muster " MUSTER_VERSION) |
           write_text(firmware, IMAGE, image);
}

void loader_variables_remove(const struct firmware *firmware, unsigned written)
{
    for (unsigned variable = 0; variable < VARIABLE_COUNT; variable++)
        if ((written & 1U << variable) != 0)
            firmware->table->RuntimeServices->SetVariable(name_of(variable), &vendor, ATTRIBUTES, 0,
                                                          NULL);
}
