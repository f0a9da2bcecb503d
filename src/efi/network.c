/* SPDX-License-Identifier: BSD-2-Clause */
/* The server that the loader came from, and what else of its files the firmware can fetch. */
#include "efi/network.h"

#include <string.h>

#include "efi/device_path.h"
#include "efi/http_url.h"
#include "efi/http_volume.h"
#include "efi/memory.h"
#include "efi/tftp.h"

struct network {
    struct http_server web;
    struct tftp tftp;
    char *name; /* of the loader on a web server, from the pool, or NULL */
    bool is_web;
    bool is_tftp;
};

static enum platform_status open_nothing(void *context, const char *name,
                                         struct platform_file **file, uint64_t *size)
{
    (void)context;
    (void)name;
    (void)file;
    (void)size;
    return PLATFORM_NO_VOLUME;
}

/* The path of the device that the loader came from, or NULL. */
static EFI_DEVICE_PATH *device_path(const struct firmware *firmware)
{
    EFI_GUID guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
    EFI_DEVICE_PATH *path = NULL;

    if (EFI_ERROR(
            firmware->boot->HandleProtocol(firmware->loaded->DeviceHandle, &guid, (void **)&path)))
        return NULL;
    return path;
}

/*
 * Takes the address that the loader came from, with which the firmware has completed the path. It
 * is left out if it is none.
 */
static EFI_STATUS take_url(struct network *network, struct firmware *firmware,
                           const EFI_DEVICE_PATH *path)
{
    size_t length = 0;
    const char *uri = device_path_uri(path, &length);

    if (uri == NULL)
        return EFI_SUCCESS;
    network->web.url = memory_allocate(firmware, length + 1);
    if (network->web.url == NULL)
        return EFI_OUT_OF_RESOURCES;
    memcpy(network->web.url, uri, length);
    network->web.url[length] = '\0';
    network->web.origin = http_url_origin(network->web.url);
    if (network->web.origin == 0)
        return EFI_SUCCESS;
    network->name = http_url_name(firmware, network->web.url);
    return network->name != NULL ? EFI_SUCCESS : EFI_OUT_OF_RESOURCES;
}

static EFI_STATUS open_server(struct network *network, struct firmware *firmware)
{
    EFI_DEVICE_PATH *path = device_path(firmware);
    EFI_STATUS status = take_url(network, firmware, path);

    if (EFI_ERROR(status))
        return status;
    network->is_web = network->name != NULL && http_open(&network->web.http, firmware, path);
    network->is_tftp = !network->is_web && tftp_open(&network->tftp, firmware);
    if (!network->is_web && !network->is_tftp)
        return EFI_SUCCESS;
    firmware->volume = network->is_web ? http_volume(&network->web) : tftp_volume(&network->tftp);
    return EFI_SUCCESS;
}

EFI_STATUS network_open(struct firmware *firmware)
{
    struct network *network = memory_allocate(firmware, sizeof(*network));

    if (network == NULL)
        return EFI_OUT_OF_RESOURCES;
    *network = (struct network){.is_web = false};
    firmware->network = network;
    firmware->volume = (struct volume){.open = open_nothing};
    return firmware->loaded->DeviceHandle != NULL ? open_server(network, firmware) : EFI_SUCCESS;
}

void network_rest(const struct firmware *firmware)
{
    if (firmware->network != NULL && firmware->network->is_web)
        http_disconnect(&firmware->network->web.http);
}

void network_close(struct firmware *firmware)
{
    struct network *network = firmware->network;

    if (network == NULL)
        return;
    network_rest(firmware);
    if (network->name != NULL)
        firmware->boot->FreePool(network->name);
    if (network->web.url != NULL)
        firmware->boot->FreePool(network->web.url);
    firmware->boot->FreePool(network);
    firmware->network = NULL;
}

const char *network_image_name(const struct firmware *firmware)
{
    const struct network *network = firmware->network;

    if (network == NULL)
        return NULL;
    if (network->is_web)
        return network->name;
    return network->is_tftp ? network->tftp.image : NULL;
}
