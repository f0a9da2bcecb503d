/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a disk image: its EFI system partition is copied to a directory. */
#include "host/disk/disk_extract.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/little.h"
#include "host/base/output.h"
#include "host/base/process.h"

#define SECTOR       512U
#define ENTRIES_MAX  128U /* partitions that are looked at */
#define ENTRY_SIZE   128U /* bytes, the only size in use */
#define OFFSET_TABLE 72U  /* in the header: UEFI 2.10 §5.3.2 */
#define OFFSET_FIRST 32U  /* in an entry: §5.3.3 */

static bool read_at(FILE *file, uint64_t offset, unsigned char *bytes, size_t size)
{
    return offset <= INT64_MAX && fseeko(file, (off_t)offset, SEEK_SET) == 0 &&
           fread(bytes, 1, size, file) == size;
}

/* The first byte of the EFI system partition; 0 when there is none. */
static uint64_t find_partition(FILE *file)
{
    /* C12A7328-F81F-11D2-BA4B-00A0C93EC93B, as it is stored. */
    static const unsigned char type[] = {0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
                                         0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b};
    unsigned char block[SECTOR];
    uint64_t table;

    if (!read_at(file, SECTOR, block, sizeof(block)) || memcmp(block, "EFI PART", 8) != 0)
        return 0;
    table = read_little(block + OFFSET_TABLE, 8);
    if (table > INT64_MAX / SECTOR - ENTRIES_MAX)
        return 0;
    for (unsigned at = 0; at < ENTRIES_MAX; at++) {
        if (!read_at(file, table * SECTOR + at * ENTRY_SIZE, block, ENTRY_SIZE))
            return 0;
        if (memcmp(block, type, sizeof(type)) == 0)
            return read_little(block + OFFSET_FIRST, 8) * SECTOR;
    }
    return 0;
}

bool disk_is_partitioned(const char *disk)
{
    FILE *file = fopen(disk, "rbe");
    unsigned char block[SECTOR] = {0};
    bool is_read = file != NULL && read_at(file, 0, block, sizeof(block));
    bool is_disk = is_read && block[SECTOR - 2] == 0x55 && block[SECTOR - 1] == 0xaa;

    if (file == NULL)
        output_error("cannot read %s: %s", disk, strerror(errno));
    else if (!is_disk)
        output_error("%s is not a disk image: it has no partition table", disk);
    if (file != NULL)
        fclose(file);
    return is_disk;
}

bool disk_extract(const char *disk, const char *directory)
{
    FILE *file = fopen(disk, "rbe");
    uint64_t start = file != NULL ? find_partition(file) : 0;
    char *partition = NULL;
    bool is_done;

    if (file != NULL)
        fclose(file);
    if (start == 0 || asprintf(&partition, "%s@@%llu", disk, (unsigned long long)start) < 0)
        return false;
    {
        const char *const command[] = {"mcopy", "-i",   partition, "-s", "-n",
                                       "-Q",    "::/*", directory, NULL};

        setenv("MTOOLSRC", "/dev/null", 1);
        setenv("MTOOLS_SKIP_CHECK", "1", 1);
        is_done = process_run(command, NULL);
    }
    free(partition);
    return is_done;
}
