/* SPDX-License-Identifier: BSD-2-Clause */
/* All platforms alike: the time, and names for the reasons for which a request fails. */
#include "core/base/platform.h"

const char *platform_status_text(enum platform_status status)
{
    switch (status) {
    case PLATFORM_OK:
        return "no error";
    case PLATFORM_NOT_FOUND:
        return "there is no such file";
    case PLATFORM_IS_DIRECTORY:
        return "it is a directory";
    case PLATFORM_NO_MEMORY:
        return "out of memory";
    case PLATFORM_SHORT_READ:
        return "the file ended too early";
    case PLATFORM_TOO_LARGE:
        return "it is too large";
    case PLATFORM_DENIED:
        return "access was denied";
    case PLATFORM_UNSEALED:
        return "it is not in the loader's seal";
    case PLATFORM_ALTERED:
        return "it is not the file that was sealed";
    case PLATFORM_CORRUPT:
        return "the volume is corrupted";
    case PLATFORM_NO_MEDIA:
        return "the medium is missing or was changed";
    case PLATFORM_BUSY:
        return "the memory is in use";
    case PLATFORM_UNSUPPORTED:
        return "the firmware does not support it";
    case PLATFORM_NO_VOLUME:
        return "the firmware reads no file system or server there";
    case PLATFORM_NO_ANSWER:
        return "the server does not answer, or too slowly";
    case PLATFORM_SERVER_ERROR:
        return "the server reports an error";
    case PLATFORM_BAD_ANSWER:
        return "the server's answer cannot be used";
    case PLATFORM_DEVICE_ERROR:
    default:
        break;
    }
    return "the device reported an error";
}

uint64_t platform_now(const struct platform *platform)
{
    return platform->clock != NULL ? platform->clock(platform->context) : 0;
}
