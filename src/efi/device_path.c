/* SPDX-License-Identifier: BSD-2-Clause */
/* Device paths: names of files and addresses of the network in one, and one for a file. */
#include "efi/device_path.h"

#include <string.h>

#include "core/base/utf.h"

#define NODE_HEADER     4U
#define NODE_MEDIA      4U
#define NODE_FILE       4U
#define NODE_MESSAGING  3U
#define NODE_IPV4       12U
#define NODE_IPV6       13U
#define NODE_URI        24U
#define NODE_END        0x7fU
#define NODE_END_ENTIRE 0xffU

static size_t node_length(const EFI_DEVICE_PATH *node)
{
    return node->Length[0] | (size_t)node->Length[1] << 8;
}

static bool is_end(const EFI_DEVICE_PATH *node)
{
    return node->Type == NODE_END || node_length(node) < NODE_HEADER;
}

static bool is_file(const EFI_DEVICE_PATH *node)
{
    return node->Type == NODE_MEDIA && node->SubType == NODE_FILE;
}

static const EFI_DEVICE_PATH *next_node(const EFI_DEVICE_PATH *node)
{
    return (const void *)((const char *)node + node_length(node));
}

/* Bytes of all nodes before the end. */
static size_t path_length(const EFI_DEVICE_PATH *path)
{
    size_t length = 0;

    for (; path != NULL && !is_end(path); path = next_node(path))
        length += node_length(path);
    return length;
}

size_t device_path_size(const EFI_DEVICE_PATH *path)
{
    return path_length(path) + NODE_HEADER;
}

static void *pool(const struct firmware *firmware, size_t bytes)
{
    void *memory = NULL;

    return EFI_ERROR(firmware->boot->AllocatePool(EfiLoaderData, bytes, &memory)) ? NULL : memory;
}

/* Appends the text of a file node, with one slash in front; returns the new length. */
static size_t append_name(char *name, size_t length, const EFI_DEVICE_PATH *node)
{
    size_t count = (node_length(node) - NODE_HEADER) / sizeof(CHAR16);
    const char *units = (const char *)node + NODE_HEADER;

    if (length == 0 || name[length - 1] != '/')
        name[length++] = '/';
    for (size_t at = 0; at < count; at++) {
        CHAR16 unit[2]; /* nodes are packed, so units may be unaligned */

        memcpy(unit, units + at * sizeof(CHAR16), at + 1 < count ? sizeof(unit) : sizeof(unit[0]));
        if (unit[0] == 0)
            break;
        if (unit[0] == '\\' || unit[0] == '/') {
            if (name[length - 1] != '/')
                name[length++] = '/';
            continue;
        }
        bool is_pair = at + 1 < count && unit[0] >= 0xd800 && unit[0] <= 0xdbff;
        length += utf16_to_utf8(unit, is_pair ? 2 : 1, name + length);
        at += is_pair;
    }
    return length;
}

char *device_path_image_name(const struct firmware *firmware)
{
    static const char unknown[] = "/muster.efi";
    const EFI_DEVICE_PATH *path = firmware->loaded->FilePath;
    size_t length = 0;
    char *name = pool(firmware, 2 * path_length(path) + sizeof(unknown));

    if (name == NULL)
        return NULL;
    for (; path != NULL && !is_end(path); path = next_node(path))
        if (is_file(path))
            length = append_name(name, length, path);
    if (length <= 1)
        memcpy(name, unknown, sizeof(unknown));
    else
        name[length] = '\0';
    return name;
}

const char *device_path_uri(const EFI_DEVICE_PATH *path, size_t *length)
{
    const char *uri = NULL;

    for (; path != NULL && !is_end(path); path = next_node(path))
        if (path->Type == NODE_MESSAGING && path->SubType == NODE_URI) {
            uri = (const char *)path + NODE_HEADER;
            *length = node_length(path) - NODE_HEADER;
        }
    return uri;
}

/* Offsets of fields in the nodes of addresses, in bytes. */
#define NODE_ADDRESS     4U
#define NODE_IPV4_SUBNET 23U
#define NODE_IPV4_LENGTH 27U
#define NODE_IPV6_LENGTH 60U

void device_path_addresses(const EFI_DEVICE_PATH *path, struct http_ipv4 *ipv4,
                           struct http_ipv6 *ipv6, bool *is_ipv6)
{
    for (; path != NULL && !is_end(path); path = next_node(path)) {
        const char *node = (const char *)path;

        if (path->Type != NODE_MESSAGING)
            continue;
        if (path->SubType == NODE_IPV4 && node_length(path) >= NODE_IPV4_LENGTH) {
            memcpy(&ipv4->address, node + NODE_ADDRESS, sizeof(ipv4->address));
            memcpy(&ipv4->subnet, node + NODE_IPV4_SUBNET, sizeof(ipv4->subnet));
            ipv4->use_default_address = memcmp(&ipv4->address, "\0\0\0", 4) == 0;
        }
        *is_ipv6 =
            *is_ipv6 || (path->SubType == NODE_IPV6 && node_length(path) >= NODE_IPV6_LENGTH);
        if (path->SubType == NODE_IPV6 && node_length(path) >= NODE_IPV6_LENGTH)
            memcpy(&ipv6->address, node + NODE_ADDRESS, sizeof(ipv6->address));
    }
}

/* Writes a node header at `to`. */
static void put_header(char *to, unsigned type, unsigned subtype, size_t length)
{
    to[0] = (char)type;
    to[1] = (char)subtype;
    to[2] = (char)(length & 0xff);
    to[3] = (char)(length >> 8);
}

EFI_DEVICE_PATH *device_path_of_file(const struct firmware *firmware, const char *name)
{
    EFI_GUID guid = EFI_DEVICE_PATH_PROTOCOL_GUID;
    EFI_DEVICE_PATH *device = NULL;
    size_t prefix;
    size_t node = NODE_HEADER;
    char *path;

    if (EFI_ERROR(firmware->boot->HandleProtocol(firmware->loaded->DeviceHandle, &guid,
                                                 (void **)&device)))
        device = NULL;
    prefix = path_length(device);
    path = pool(firmware, prefix + 2 * NODE_HEADER + (strlen(name) + 1) * sizeof(CHAR16));
    if (path == NULL)
        return NULL;
    if (prefix != 0)
        memcpy(path, device, prefix);
    do {
        CHAR16 units[2] = {0, 0};
        size_t count = *name != '\0' ? utf16_from_utf8(&name, units) : 1;

        if (units[0] == '/')
            units[0] = '\\';
        memcpy(path + prefix + node, units, count * sizeof(units[0]));
        node += count * sizeof(units[0]);
        if (units[0] == 0)
            break;
    } while (true);
    put_header(path + prefix, NODE_MEDIA, NODE_FILE, node);
    put_header(path + prefix + node, NODE_END, NODE_END_ENTIRE, NODE_HEADER);
    return (EFI_DEVICE_PATH *)(void *)path;
}

EFI_DEVICE_PATH *device_path_file_part(EFI_DEVICE_PATH *path)
{
    char *node = (char *)path;

    while (!is_end((EFI_DEVICE_PATH *)(void *)node) && !is_file((EFI_DEVICE_PATH *)(void *)node))
        node += node_length((EFI_DEVICE_PATH *)(void *)node);
    return (EFI_DEVICE_PATH *)(void *)node;
}
