/* SPDX-License-Identifier: BSD-2-Clause */
/* The facts of a completed system: one set of them for every form of plan. */
#include "host/report/facts.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/plan/xen_options.h"

const char *module_kind_name(enum module_kind kind)
{
    static const char *const names[] = {
        [MODULE_UNKNOWN] = "module",          [MODULE_KERNEL] = "kernel",
        [MODULE_RAMDISK] = "ramdisk",         [MODULE_XSM] = "xsm",
        [MODULE_DEVICE_TREE] = "device tree",
    };

    return names[kind];
}

bool module_address(const struct module *module, uint64_t *address, uint64_t *size)
{
    const struct binary *binary = module->binary;

    *address = binary != NULL ? binary->address : module->address;
    *size = binary != NULL ? binary->size : module->size;
    return binary != NULL ? binary->is_placed : *size != 0;
}

uint64_t binary_file_size(const struct binary *binary)
{
    return binary->packed_size != 0 ? binary->packed_size : binary->size;
}

/* The words for a content without their article. */
static const char *kind_name(enum content content)
{
    const char *name = content_name(content);

    if (content == CONTENT_UNKNOWN)
        return "unknown";
    return text_starts(name, "a ") || text_starts(name, "an ") ? strchr(name, ' ') + 1 : name;
}

/* Which Xen it is, or NULL. */
static const char *version_name(struct arena *arena, unsigned version)
{
    return version != 0 ? text_format(arena, "Xen %u.%u", version / 1000, version % 1000) : NULL;
}

static void gather_dom0(const struct facts *facts, struct domain_fact *fact)
{
    const char *options = facts->xen_options != NULL ? facts->xen_options : "";
    const char *cpus = xen_option(options, "dom0_max_vcpus");

    fact->console = "Xen's";
    fact->has_memory = xen_options_dom0_memory(options, &fact->memory);
    fact->cpus = cpus != NULL ? (uint32_t)xen_option_number(cpus) : 0;
    fact->has_cpus = fact->cpus != 0;
}

/* Counts, or with `devices` lists, the nodes of a passthrough fragment that stand for devices. */
static size_t list_devices(struct arena *arena, const void *fdt, const char **devices)
{
    size_t count = 0;

    for (int node = fdt_next_node(fdt, -1, NULL); node >= 0;
         node = fdt_next_node(fdt, node, NULL)) {
        const char *path = tree_string(fdt, node, "xen,path");

        if (path != NULL && devices != NULL)
            devices[count] = arena_copy(arena, path, strlen(path));
        count += path != NULL;
    }
    return count;
}

static bool gather_devices(struct arena *arena, struct domain_fact *fact)
{
    const struct domain *domain = fact->domain;

    for (size_t at = 0; at < domain->module_count; at++) {
        const struct module *module = &domain->modules[at];
        const struct binary *binary = module->binary;
        size_t count;

        if (module->kind != MODULE_DEVICE_TREE || binary == NULL || !binary->is_loaded ||
            fdt_check_full(binary->memory, binary->size) != 0)
            continue;
        count = list_devices(arena, binary->memory, NULL);
        fact->devices = arena_array(arena, count, sizeof(*fact->devices));
        if (fact->devices == NULL)
            return false;
        fact->device_count = list_devices(arena, binary->memory, fact->devices);
    }
    return !arena->failed;
}

/* The entries of a domain whose section has a like=. */
static struct like gather_like(struct system *system, const struct domain *domain)
{
    const struct config *config = system->section.config;
    const struct config_section *section =
        config != NULL && domain->where.line != 0 ? config_section(config, domain->name) : NULL;

    return config_find(section, "like") != NULL ? like_gather(&system->workspace, config, section)
                                                : (struct like){0};
}

static bool gather_domain(const struct facts *facts, const struct domain *domain,
                          struct domain_fact *fact)
{
    const struct tree *tree = &facts->host->system.tree;
    uint64_t kib = 0;

    *fact = (struct domain_fact){.domain = domain};
    if (domain->is_dom0) {
        gather_dom0(facts, fact);
        return true;
    }
    fact->has_cpus = domain_cpus(tree, domain, &fact->cpus);
    fact->has_memory = domain_memory(tree, domain, &kib) && kib <= UINT64_MAX / 1024;
    fact->memory = fact->has_memory ? kib * 1024 : 0;
    fact->console = tree_has(tree->fdt, domain->node, "vpl011") ? "vpl011" : NULL;
    fact->entries = gather_like(&facts->host->system, domain);
    return gather_devices(&facts->host->system.arena, fact);
}

static bool gather_domains(struct facts *facts)
{
    struct system *system = &facts->host->system;

    facts->domains =
        arena_array(&system->arena, system->plan.domain_count, sizeof(*facts->domains));
    if (facts->domains == NULL)
        return false;
    for (size_t at = 0; at < system->plan.domain_count; at++) {
        const struct domain *domain = &system->plan.domains[at];

        if (domain->is_dom0 && domain->module_count == 0)
            continue;
        if (!gather_domain(facts, domain, &facts->domains[facts->domain_count++]))
            return false;
    }
    return true;
}

static bool uses(const struct domain_fact *fact, const struct binary *binary)
{
    for (size_t at = 0; at < fact->domain->module_count; at++)
        if (fact->domain->modules[at].binary == binary)
            return true;
    return false;
}

/* The digest of a file as it lies on the disk. */
static void digest_file(const struct host_system *host, const struct binary *binary,
                        char text[DIGEST_TEXT_SIZE])
{
    const struct workspace *workspace = &host->system.workspace;
    char *content = binary->memory;
    uint64_t size = binary->size;

    if (binary->packed_size == 0 || file_read(workspace, binary->path, SIZE_MAX - 1, arena_bulk,
                                              &content, &size) == PLATFORM_OK)
        digest_text(content, size, text);
}

static bool gather_binary(struct facts *facts, const struct binary *binary)
{
    struct binary_fact *fact = &facts->binaries[facts->binary_count++];
    struct system *system = &facts->host->system;
    struct arena *arena = &system->arena;

    *fact = (struct binary_fact){.binary = binary,
                                 .type = binary->is_loaded ? kind_name(binary->content) : NULL};
    fact->is_xen = binary == &system->plan.xen;
    if (fact->is_xen && system->plan.xen_version != 0)
        fact->type = version_name(arena, system->plan.xen_version);
    if (binary->is_loaded)
        digest_file(facts->host, binary, fact->digest);
    if (binary->packed_size != 0)
        fact->packed = kind_name(binary->packed_content);
    fact->users = arena_array(arena, facts->domain_count, sizeof(*fact->users));
    if (fact->users == NULL)
        return false;
    for (size_t at = 0; at < facts->domain_count; at++)
        if (uses(&facts->domains[at], binary))
            fact->users[fact->user_count++] = &facts->domains[at];
    return true;
}

static bool gather_binaries(struct facts *facts)
{
    struct system *system = &facts->host->system;
    size_t count = 1;

    for (const struct binary *each = system->plan.binaries; each != NULL; each = each->next)
        count++;
    facts->binaries = arena_array(&system->arena, count, sizeof(*facts->binaries));
    if (facts->binaries == NULL || !gather_binary(facts, &system->plan.xen))
        return false;
    for (const struct binary *each = system->plan.binaries; each != NULL; each = each->next)
        if (!gather_binary(facts, each))
            return false;
    return true;
}

const char *region_name(const struct region *region)
{
    static const char *const names[] = {
        [REGION_STATIC_MEMORY] = "static memory", [REGION_STATIC_HEAP] = "static heap",
        [REGION_SHARED_MEMORY] = "shared memory", [REGION_RESERVED] = "reserved memory",
        [REGION_RESERVE_ENTRY] = "/memreserve/",  [REGION_MODULE] = "loaded module",
    };

    return names[region->kind];
}

static const char *region_label(struct arena *arena, const struct region *region)
{
    const char *name = region->name;

    if (name == NULL && region->kind == REGION_RESERVED && region->where.node != NULL)
        name = strrchr(region->where.node, '/') + 1;
    return text_format(arena, "%s%s%s%s%s", region_name(region), name != NULL ? " " : "",
                       name != NULL ? name : "", region->domain != NULL ? " of " : "",
                       region->domain != NULL ? region->domain : "");
}

static int compare_spans(const void *left, const void *right)
{
    const struct span *one = left;
    const struct span *other = right;

    if (one->start != other->start)
        return one->start > other->start ? 1 : -1;
    return (one->size < other->size) - (one->size > other->size);
}

static bool gather_spans(struct facts *facts)
{
    struct system *system = &facts->host->system;

    facts->spans = arena_array(&system->arena, facts->binary_count + system->regions.count,
                               sizeof(*facts->spans));
    if (facts->spans == NULL)
        return false;
    for (size_t at = 0; at < facts->binary_count; at++) {
        const struct binary *binary = facts->binaries[at].binary;

        if (binary->is_placed)
            facts->spans[facts->span_count++] = (struct span){
                .kind = SPAN_BINARY,
                .start = binary->address,
                .size = binary->size,
                .binary = &facts->binaries[at],
                .label = binary->name,
            };
    }
    for (const struct region *region = system->regions.first; region != NULL; region = region->next)
        facts->spans[facts->span_count++] = (struct span){
            .kind = SPAN_REGION,
            .start = region->start,
            .size = region->size,
            .region = region,
            .label = region_label(&system->arena, region),
        };
    qsort(facts->spans, facts->span_count, sizeof(*facts->spans), compare_spans);
    return !system->arena.failed;
}

bool facts_gather(struct facts *facts, struct host_system *host)
{
    const struct plan *plan = &host->system.plan;
    const char *options = "";

    *facts = (struct facts){.host = host};
    if (plan->domain_count != 0)
        options = xen_options(host->system.tree.fdt, plan->domains);
    if (options[0] != '\0')
        facts->xen_options = options;
    return gather_domains(facts) && gather_binaries(facts) && gather_spans(facts);
}
