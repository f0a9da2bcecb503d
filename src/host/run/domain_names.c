/* SPDX-License-Identifier: BSD-2-Clause */
/* The system that is run, as its plan tells: the domains' names in the order of Xen's numbers. */
#include "host/run/domain_names.h"

#include <libfdt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan/recognise.h"
#include "host/base/output.h"
#include "host/base/process.h"
#include "host/machine/host_system.h"
#include "host/report/report.h"

#define SECTOR       512U
#define ENTRIES_MAX  128U /* partitions that are looked at */
#define ENTRY_SIZE   128U /* bytes, the only size in use */
#define OFFSET_TABLE 72U  /* in the header: UEFI 2.10 §5.3.2 */
#define OFFSET_FIRST 32U  /* in an entry: §5.3.3 */

/* Names come from a tree, and go to a terminal. */
static char *clean_name(const char *name)
{
    char *copy = strdup(name);

    for (char *at = copy; at != NULL && *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || (unsigned char)*at >= 0x7f)
            *at = '?';
    return copy;
}

/* True if the output of a domain comes to Xen's console. */
static bool has_console(const struct host_system *host, const struct domain *domain)
{
    const void *fdt = host->system.tree.fdt;
    int node = fdt_path_offset(fdt, domain->path);

    return node >= 0 && tree_has(fdt, node, "vpl011");
}

static bool take_domains(struct run_system *system, const struct host_system *host)
{
    const struct plan *plan = &host->system.plan;

    system->domains = calloc(plan->domain_count, sizeof(*system->domains));
    if (system->domains == NULL)
        return false;
    system->has_dom0 = plan->domains[0].module_count != 0;
    for (size_t at = 0; at < plan->domain_count; at++) {
        const struct domain *domain = &plan->domains[at];
        char *name = clean_name(domain->name);

        if (name == NULL)
            return false;
        system->domains[system->count].name = name;
        system->domains[system->count].is_awaited =
            at == 0 ? system->has_dom0 : has_console(host, domain);
        system->count++;
    }
    return true;
}

bool run_system_read(struct run_system *system, const char *directory, const char *tree)
{
    const struct host_request request = {.config = directory, .root = directory, .tree = tree};
    struct host_system host;
    bool is_good = host_system_open(&host, &request) == 0;

    *system = (struct run_system){0};
    if (is_good && host.system.config.file != NULL) {
        is_good = host.is_bootable;
        if (!is_good)
            report_print(stdout, &host);
        else if (!take_domains(system, &host))
            is_good = false;
    }
    host_system_close(&host);
    return is_good;
}

void run_system_release(struct run_system *system)
{
    for (size_t at = 0; at < system->count; at++) {
        union {
            const char *shown;
            char *owned;
        } name = {.shown = system->domains[at].name};

        free(name.owned);
    }
    free(system->domains);
    *system = (struct run_system){0};
}

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

bool run_system_extract(const char *disk, const char *directory)
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
