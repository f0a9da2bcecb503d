/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's section for a domain, with ImageBuilder's defaults. */
#include "host/import/import_domain.h"

#include <string.h>

#include "core/base/text.h"
#include "host/import/import_fragment.h"
#include "host/import/import_put.h"
#include "host/import/import_rest.h"

#define NUMBERS_MAX   64U         /* in one variable */
#define PORTS_MAX     0x20000U    /* event channels that a domain can have in Xen */
#define PHANDLE_FIRST 0x40000000U /* of event channels; far from those of any board */

#define SHARED_HINT "write \"ID HOST GUEST SIZE\""
#define CHANNELS_HINT                                                                              \
    "write \"PORT DOMAIN PORT; …\": the port here, the other domain's number, the port there"
#define DEFAULT_MIB      512U
#define DEFAULT_DOMU_CMD "console=ttyAMA0"

bool import_is_started(struct import *import, unsigned index)
{
    const struct imagebuilder_variable *reason =
        imagebuilder_find(&import->config, "DOMU_NOBOOT", index);

    if (reason != NULL) {
        import_report(import, SEVERITY_NOTE, reason, NULL,
                      text_format(import->arena,
                                  "domU%u is not started at boot, so its files are not copied; "
                                  "dom0 can create it later",
                                  index));
        return false;
    }
    reason = imagebuilder_find(&import->config, "DOMU_ROOTFS", index);
    if (reason != NULL)
        import_report(import, SEVERITY_WARNING, reason,
                      "give it a ramdisk with DOMU_RAMDISK, or create it from dom0",
                      text_format(import->arena,
                                  "domU%u is left out: its root file system is on a disk, which "
                                  "Xen does not give to a domain that it starts itself",
                                  index));
    return reason == NULL;
}

static void put_static_memory(struct import *import, unsigned index)
{
    const struct imagebuilder_variable *memory =
        imagebuilder_find(&import->config, "DOMU_STATIC_MEM", index);
    uint64_t numbers[NUMBERS_MAX];
    int count;

    if (memory == NULL)
        return;
    count = import_numbers(import, memory, memory->value, numbers, NUMBERS_MAX, IMPORT_PAIRS_HINT);
    if (count < 0)
        return;
    if (count == 0 || count % 2 != 0 || count > (int)NUMBERS_MAX) {
        import_report(import, SEVERITY_ERROR, memory, IMPORT_PAIRS_HINT,
                      "these are not pairs of an address and a size");
        return;
    }
    import_put_wide_cells(import, "xen,static-mem", numbers, count);
    if (import_number(import, "DOMU_DIRECT_MAP", index, 1, 1) == 1)
        import_put(import, NULL, "direct-map", NULL);
}

/* "ID [HOST] GUEST SIZE", without HOST where Xen is to find the memory itself. */
static void put_shared_memory(struct import *import, unsigned index)
{
    const struct imagebuilder_variable *shared =
        imagebuilder_find(&import->config, "DOMU_SHARED_MEM", index);
    uint64_t numbers[3];
    size_t length;
    const char *node;
    int count;

    if (shared == NULL)
        return;
    length = strcspn(shared->value, " \t");
    count = import_numbers(import, shared, shared->value + length, numbers, 3, SHARED_HINT);
    if (count < 0)
        return;
    if (count < 2 || count > 3 || strcspn(shared->value, "\"\\/") < length) {
        import_report(import, SEVERITY_ERROR, shared, SHARED_HINT,
                      "this does not describe shared memory");
        return;
    }
    node = count == 3 ? text_format(import->arena, "shared-mem@%lx", numbers[0])
                      : text_format(import->arena, "shared-mem-%.*s", (int)length, shared->value);
    if (node == NULL)
        return;
    import_put(import, NULL, text_format(import->arena, "%s/compatible", node),
               "\"xen,domain-shared-memory-v1\"");
    import_put(import, shared, text_format(import->arena, "%s/xen,shm-id", node),
               text_format(import->arena, "\"%.*s\"", (int)length, shared->value));
    import_put_wide_cells(import, text_format(import->arena, "%s/xen,shared-mem", node), numbers,
                          count);
}

static void put_console(struct import *import, unsigned index)
{
    if (import_number(import, "DOMU_VPL011", index, 1, 1) == 1)
        import_put(import, NULL, "vpl011", NULL);
}

/* ImageBuilder gives every domain the drivers for Xen's devices when there is a dom0. */
static void put_enhanced(struct import *import, unsigned index, bool has_dom0)
{
    uint64_t enhanced = import_number(import, "DOMU_ENHANCED", index, has_dom0 ? 1 : 0, 2);

    if (enhanced == 1)
        import_put(import, NULL, "xen,enhanced", "enabled");
    if (enhanced == 2)
        import_put(import, NULL, "xen,enhanced", "no-xenstore");
}

static void put_number(struct import *import, const char *key, const char *name, unsigned index)
{
    if (import_is_set(import, name, index))
        fprintf(import->text, "%s=%u\n", key,
                (unsigned)import_number(import, name, index, 0, UINT32_MAX));
}

static void put_cpupool(struct import *import, unsigned index, unsigned cpupools)
{
    const struct imagebuilder_variable *pool =
        imagebuilder_find(&import->config, "DOMU_CPUPOOL", index);
    uint64_t number = import_number(import, "DOMU_CPUPOOL", index, 0, UINT32_MAX);

    if (pool == NULL)
        return;
    if (number < cpupools && import_is_set(import, "CPUPOOL", (unsigned)number))
        import_put(import, NULL, "domain-cpupool",
                   text_format(import->arena, "<&{/chosen/cpupool_%lu}>", number));
    else
        import_report(import, SEVERITY_ERROR, pool, "cpupools count from 0 to NUM_CPUPOOLS - 1",
                      text_format(import->arena, "there is no CPUPOOL[%lu]", number));
}

static void put_domain_colours(struct import *import, unsigned index)
{
    const struct imagebuilder_variable *colours =
        imagebuilder_find(&import->config, "DOMU_COLORS", index);

    import_check_colours(import, colours);
    if (colours != NULL)
        import_put(import, colours, "llc-colors",
                   text_format(import->arena, "\"%s\"", colours->value));
}

/* DOMU_VCPU_HARD_AFFINITY[DOMAIN,VCPU]: a node for each vCPU that is bound. */
static void put_affinity(struct import *import, unsigned index)
{
    uint64_t cpus = import_number(import, "DOMU_VCPUS", index, 1, UINT32_MAX);

    for (unsigned vcpu = 0; vcpu < cpus && vcpu <= IMAGEBUILDER_INDEX_MAX; vcpu++) {
        const struct imagebuilder_variable *list =
            imagebuilder_find_pair(&import->config, "DOMU_VCPU_HARD_AFFINITY", index, vcpu);

        if (list == NULL)
            continue;
        import_put(import, NULL, text_format(import->arena, "vcpu%u/compatible", vcpu),
                   "\"xen,vcpu\"");
        import_put(import, NULL, text_format(import->arena, "vcpu%u/id", vcpu),
                   text_format(import->arena, "<%u>", vcpu));
        import_put(import, list, text_format(import->arena, "vcpu%u/hard-affinity", vcpu),
                   text_format(import->arena, "\"%s\"", list->value));
    }
}

/* The phandle of a domain's event channel: both of its ends can tell it without the other. */
static unsigned channel_phandle(unsigned index, uint64_t port)
{
    return PHANDLE_FIRST + index * PORTS_MAX + (unsigned)port;
}

/* True if the numbers of "PORT DOMAIN PORT" are these, or it is wrong, which is told elsewhere. */
static bool is_channel(struct import *import, const char *text, const uint64_t *numbers)
{
    bool is_same = true;
    unsigned count = 0;

    for (const char *word; (word = import_next_word(import, &text, " \t\r\n")) != NULL; count++) {
        uint64_t number;

        if (count == 3 || !text_to_number(word, strlen(word), &number))
            return true;
        is_same = is_same && number == numbers[count];
    }
    return count == 3 ? is_same : count != 0;
}

/* Reports a channel that the other domain does not have. */
static void check_other_end(struct import *import, const struct imagebuilder_variable *channels,
                            const uint64_t *numbers)
{
    const uint64_t wanted[] = {numbers[2], channels->index, numbers[0]};
    const struct imagebuilder_variable *other =
        imagebuilder_find(&import->config, "DOMU_STATIC_EVTCHNS", (unsigned)numbers[1]);
    const char *at = other != NULL ? other->value : "";
    bool is_there = other != NULL && other->is_faulty;
    const char *text;

    while (!is_there && (text = import_next_word(import, &at, ";")) != NULL)
        is_there = is_channel(import, text, wanted);
    if (!is_there && !import->arena->failed)
        import_report(import, SEVERITY_ERROR, channels, "write a channel in both of its domains",
                      text_format(import->arena,
                                  "DOMU_STATIC_EVTCHNS[%lu] does not have %lu %lu %lu", numbers[1],
                                  wanted[0], wanted[1], wanted[2]));
}

/* Writes a node for "PORT DOMAIN PORT", if there is something. False if it is something else. */
static bool put_channel(struct import *import, const struct imagebuilder_variable *channels,
                        const char *text)
{
    uint64_t numbers[3];
    int count = import_numbers(import, channels, text, numbers, 3, CHANNELS_HINT);
    const char *node;

    if (count <= 0)
        return true;
    if (count != 3 || numbers[0] >= PORTS_MAX || numbers[2] >= PORTS_MAX ||
        numbers[1] > IMAGEBUILDER_INDEX_MAX)
        return false;
    check_other_end(import, channels, numbers);
    node = text_format(import->arena, "evtchn@%lx", numbers[0]);
    import_put(import, NULL, text_format(import->arena, "%s/compatible", node),
               "\"xen,evtchn-v1\"");
    import_put(import, NULL, text_format(import->arena, "%s/phandle", node),
               text_format(import->arena, "<0x%x>", channel_phandle(channels->index, numbers[0])));
    import_put(import, NULL, text_format(import->arena, "%s/xen,evtchn", node),
               text_format(import->arena, "<%lu 0x%x>", numbers[0],
                           channel_phandle((unsigned)numbers[1], numbers[2])));
    return true;
}

/* "PORT DOMAIN PORT; …": its own port, the other domain's number, and the port there. */
static void put_channels(struct import *import, unsigned index)
{
    const struct imagebuilder_variable *channels =
        imagebuilder_find(&import->config, "DOMU_STATIC_EVTCHNS", index);

    for (const char *at = channels != NULL ? channels->value : ""; *at != '\0';) {
        size_t length = strcspn(at, ";");
        const char *text = arena_copy(import->arena, at, length);

        if (text == NULL)
            return;
        if (!put_channel(import, channels, text)) {
            import_report(import, SEVERITY_ERROR, channels, CHANNELS_HINT,
                          "these are not event channels");
            return;
        }
        at += at[length] == ';' ? length + 1 : length;
    }
}

/* A fragment of the person's own, else one that is made for the devices. */
static void put_devices(struct import *import, unsigned index)
{
    const struct imagebuilder_variable *paths =
        imagebuilder_find(&import->config, "DOMU_PASSTHROUGH_PATHS", index);
    const char *file = NULL;

    if (import_is_set(import, "DOMU_PASSTHROUGH_DTB", index))
        import_put_file(import, "dtb", "DOMU_PASSTHROUGH_DTB", index);
    else if (paths != NULL)
        file = import_fragment(import, paths);
    if (file != NULL)
        import_put(import, paths, "dtb", file);
}

/* Its kernel is what a domain has to have; some count the domains from one. */
static void put_kernel(struct import *import, unsigned index)
{
    bool has_console = import_number(import, "DOMU_VPL011", index, 1, 1) == 1;
    unsigned count = (unsigned)import_number(import, "NUM_DOMUS", 0, 0, IMAGEBUILDER_INDEX_MAX);
    const struct imagebuilder_variable *command =
        imagebuilder_find(&import->config, "DOMU_CMD", index);
    const struct imagebuilder_variable *last =
        index == 0 ? imagebuilder_look_up(&import->config, "DOMU_KERNEL", count, IMAGEBUILDER_ALONE)
                   : NULL;

    if (import_is_set(import, "DOMU_KERNEL", index)) {
        import_put_kernel(import, "DOMU_KERNEL", index, command,
                          command != NULL ? command->value
                          : has_console   ? DEFAULT_DOMU_CMD
                                          : "");
    } else if (last != NULL) {
        import_report(import, SEVERITY_ERROR, last,
                      "domains count from 0: write DOMU_KERNEL[0] for the first",
                      "DOMU_KERNEL[0] is not set");
        import_pass_over(import, count);
    } else {
        import_report_missing(import, "DOMU_KERNEL", index,
                              "set it, or leave the domain out of NUM_DOMUS");
    }
}

void import_domain(struct import *import, unsigned index, bool has_dom0, unsigned cpupools)
{
    fprintf(import->text, "\n[domU%u]\n", index);
    put_kernel(import, index);
    import_put_file(import, "ramdisk", "DOMU_RAMDISK", index);
    put_devices(import, index);
    fprintf(import->text, "cpus=%u\n",
            (unsigned)import_number(import, "DOMU_VCPUS", index, 1, UINT32_MAX));
    fprintf(import->text, "memory=%luM\n",
            (unsigned long)import_number(import, "DOMU_MEM", index, DEFAULT_MIB, IMPORT_MIB_MAX));
    put_console(import, index);
    put_enhanced(import, index, has_dom0);
    put_static_memory(import, index);
    put_shared_memory(import, index);
    put_domain_colours(import, index);
    put_affinity(import, index);
    put_channels(import, index);
    put_cpupool(import, index, cpupools);
    put_number(import, "max_grant_version", "DOMU_GRANT_VER", index);
    put_number(import, "max_grant_frames", "DOMU_GRANT_FRAMES", index);
    put_number(import, "max_maptrack_frames", "DOMU_MAPTRACK_FRAMES", index);
}

void import_pass_over(struct import *import, unsigned index)
{
    for (struct imagebuilder_variable *variable = import->config.first; variable != NULL;
         variable = variable->next)
        if (variable->index == index && text_starts(variable->name, "DOMU_"))
            variable->is_used = true;
}
