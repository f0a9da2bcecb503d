/* SPDX-License-Identifier: BSD-2-Clause */
/* Device paths of the simulated firmware, whose nodes are not aligned (UEFI 2.10 §10.2). */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define NODE_HEADER 4

static size_t node_length(const uint8_t *node)
{
    return node[2] | (size_t)node[3] << 8;
}

static bool is_end(const uint8_t *node)
{
    return node[0] == END_DEVICE_PATH_TYPE && node[1] == END_ENTIRE_DEVICE_PATH_SUBTYPE;
}

void device_path_append(struct text *path, uint8_t type, uint8_t subtype, const void *data,
                        size_t size)
{
    const uint8_t header[NODE_HEADER] = {type, subtype, (uint8_t)(size + NODE_HEADER),
                                         (uint8_t)((size + NODE_HEADER) >> 8)};

    text_append(path, (const char *)header, sizeof(header));
    text_append(path, data, size);
}

static void append_end(struct text *path)
{
    device_path_append(path, END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, "", 0);
}

size_t device_path_size(const void *path)
{
    const uint8_t *node = path;

    while (!is_end(node)) {
        if (node_length(node) < NODE_HEADER) {
            return 0;
        }
        node += node_length(node);
    }
    return (size_t)(node - (const uint8_t *)path);
}

uint8_t *device_path_for_volume(size_t *size)
{
    /* A vendor node of an odd length, then the second partition of a disk (§10.3.5.1). */
    static const uint8_t vendor[17] = {0x6d, 0x75, 0x73, 0x74, 0x65, 0x72, 0x21};
    uint8_t partition[38] = {2, 0, 0, 0, 0, 8};
    struct text path = {0};

    memset(partition + 20, 0x5a, 16);
    partition[36] = MBR_TYPE_EFI_PARTITION_TABLE_HEADER;
    partition[37] = SIGNATURE_TYPE_GUID;
    device_path_append(&path, HARDWARE_DEVICE_PATH, HW_VENDOR_DP, vendor, sizeof(vendor));
    device_path_append(&path, MEDIA_DEVICE_PATH, MEDIA_HARDDRIVE_DP, partition, sizeof(partition));
    *size = path.length;
    append_end(&path);
    return (uint8_t *)path.bytes;
}

static void append_file(struct text *path, const char *name)
{
    size_t size;
    CHAR16 *units = utf16_from_utf8(name, &size);

    device_path_append(path, MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, units, size);
    free(units);
}

uint8_t *device_path_for_file(const char *name, bool split)
{
    struct text path = {0};

    if (split) {
        char *parts = must_copy(name);

        for (char *part = strtok(parts, "\\"); part != NULL; part = strtok(NULL, "\\")) {
            append_file(&path, part);
        }
        free(parts);
    } else {
        append_file(&path, name);
    }
    append_end(&path);
    return (uint8_t *)path.bytes;
}

char *device_path_text(const void *path)
{
    struct text text = {0};

    text_append(&text, "", 0);
    for (const uint8_t *node = path; !is_end(node); node += node_length(node)) {
        if (node[0] == MEDIA_DEVICE_PATH && node[1] == MEDIA_FILEPATH_DP) {
            char *part = utf8_from_utf16(node + NODE_HEADER, node_length(node) - NODE_HEADER);
            bool joined = text.length > 0 && text.bytes[text.length - 1] != '\\' && *part != '\\';

            text_append(&text, "\\", joined ? 1 : 0);
            text_append(&text, part, strlen(part));
            free(part);
        }
    }
    return text.bytes;
}
