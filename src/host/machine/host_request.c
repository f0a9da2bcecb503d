/* SPDX-License-Identifier: BSD-2-Clause */
/* The system to look at, as the command line describes it. */
#include "host/machine/host_request.h"

#include <stdlib.h>
#include <string.h>

#include "host/base/size.h"

#define MEMORY_LEAST 4096U /* bytes: no machine has less, so a unit was meant */

/* Reads SIZE or SIZE@START. */
static bool parse_memory(struct host_request *request, const char *text)
{
    const char *at = strchr(text, '@');
    char *size = at != NULL ? strndup(text, (size_t)(at - text)) : strdup(text);
    bool is_good = size != NULL && size_parse(size, &request->memory) && request->memory != 0;

    free(size);
    if (at != NULL)
        is_good = is_good && size_parse(at + 1, &request->memory_start);
    request->has_memory_start = at != NULL;
    return is_good && request->memory <= UINT64_MAX - request->memory_start;
}

int host_option_take(struct host_request *request, const struct command *command, int option,
                     const char *argument)
{
    switch (option) {
    case HOST_OPTION_SECTION:
        request->section = argument;
        return 0;
    case HOST_OPTION_TREE:
        request->tree = argument;
        return 0;
    case HOST_OPTION_ROOT:
        request->root = argument;
        return 0;
    case HOST_OPTION_FORCE:
        request->force = true;
        return 0;
    case HOST_OPTION_MACHINE:
        request->machine = argument;
        if (strcmp(argument, HOST_MACHINE_QEMU) == 0)
            return 0;
        return usage_error(command, "the machine is " HOST_MACHINE_QEMU ", not %s", argument);
    default:
        if (parse_memory(request, argument) && request->memory >= MEMORY_LEAST)
            return 0;
        if (strspn(argument, "0123456789") == strlen(argument) && argument[0] != '\0')
            return usage_error(command, "%s are bytes of memory; did you mean %sM?", argument,
                               argument);
        return usage_error(command, "%s is not a size such as 512M or 2G@0x80000000", argument);
    }
}
