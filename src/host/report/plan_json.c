/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan for a program, as JSON. */
#include "host/report/plan_json.h"

#include <string.h>

#include "core/base/version.h"
#include "host/base/json.h"
#include "host/report/load_time.h"
#include "host/report/report.h"

static void write_module(struct json *json, const void *fdt, const struct module *module)
{
    uint64_t address;
    uint64_t size;
    bool has_address = module_address(module, &address, &size);

    json_object(json, NULL);
    json_string(json, "kind", module_kind_name(module->kind));
    json_string(json, "node", module->path);
    json_string(json, "binary", module->binary != NULL ? module->binary->name : NULL);
    if (has_address)
        json_address(json, "address", address);
    else
        json_null(json, "address");
    json_number(json, "size", size);
    json_string(json, "bootargs", tree_string(fdt, module->node, "bootargs"));
    json_end_object(json);
}

/* The entries that a domain has from sections that its own is like. */
static void write_like(struct json *json, const struct config *config,
                       const struct domain_fact *fact)
{
    json_array(json, "like");
    for (size_t at = 0; at < fact->entries.count; at++) {
        const struct config_entry *entry = fact->entries.entries[at];
        const struct config_section *section = like_section(config, entry);

        if (strcmp(section->name, fact->domain->name) == 0)
            continue;
        json_object(json, NULL);
        json_string(json, "key", entry->key);
        json_string(json, "section", section->name);
        json_number(json, "line", entry->where.line);
        json_end_object(json);
    }
    json_end_array(json);
}

static void write_domain(struct json *json, const struct facts *facts,
                         const struct domain_fact *fact)
{
    const void *fdt = facts->host->system.tree.fdt;

    json_object(json, NULL);
    json_string(json, "name", fact->domain->name);
    json_string(json, "node", fact->domain->path);
    json_bool(json, "dom0", fact->domain->is_dom0);
    if (fact->has_cpus)
        json_number(json, "vcpus", fact->cpus);
    else
        json_null(json, "vcpus");
    if (fact->has_memory)
        json_number(json, "memory", fact->memory);
    else
        json_null(json, "memory");
    json_string(json, "console", fact->console);
    json_array(json, "devices");
    for (size_t at = 0; at < fact->device_count; at++)
        json_string(json, NULL, fact->devices[at]);
    json_end_array(json);
    write_like(json, facts->host->system.section.config, fact);
    json_array(json, "modules");
    for (size_t at = 0; at < fact->domain->module_count; at++)
        write_module(json, fdt, &fact->domain->modules[at]);
    json_end_array(json);
    json_end_object(json);
}

static uint64_t milliseconds(double seconds)
{
    return (uint64_t)(seconds * 1000 + 0.5);
}

/* The time of loading and, of a kernel, what it would be in the other form; null without a speed.
 */
static void write_loading(struct json *json, const struct facts *facts, const struct binary *binary,
                          uint64_t speed)
{
    struct load_time time;

    if (speed == 0) {
        json_null(json, "loading");
        return;
    }
    time = load_time(facts, binary, speed);
    json_object(json, "loading");
    json_number(json, "milliseconds", milliseconds(time.seconds));
    if (time.has_other) {
        json_object(json, "otherwise");
        json_number(json, "file_size", time.other_size);
        json_number(json, "milliseconds", milliseconds(time.other_seconds));
        json_end_object(json);
    } else {
        json_null(json, "otherwise");
    }
    json_end_object(json);
}

static void write_binary(struct json *json, const struct facts *facts,
                         const struct binary_fact *fact, uint64_t speed)
{
    const struct binary *binary = fact->binary;

    json_object(json, NULL);
    json_string(json, "name", binary->name);
    json_string(json, "path", binary->path);
    json_bool(json, "hypervisor", fact->is_xen);
    json_number(json, "size", binary->size);
    json_string(json, "type", fact->type);
    json_string(json, "packed", fact->packed);
    json_number(json, "file_size", binary_file_size(binary));
    write_loading(json, facts, binary, speed);
    json_string(json, "sha256", fact->digest[0] != '\0' ? fact->digest : NULL);
    if (binary->is_placed)
        json_address(json, "address", binary->address);
    else
        json_null(json, "address");
    json_array(json, "users");
    for (size_t at = 0; at < fact->user_count; at++)
        json_string(json, NULL, fact->users[at]->domain->name);
    json_end_array(json);
    json_end_object(json);
}

static void write_region(struct json *json, const struct region *region)
{
    json_object(json, NULL);
    json_string(json, "kind", region_name(region));
    json_address(json, "start", region->start);
    json_number(json, "size", region->size);
    json_string(json, "domain", region->domain);
    json_string(json, "name", region->name);
    json_string(json, "node", region->where.node);
    json_end_object(json);
}

static void write_memory(struct json *json, const struct facts *facts)
{
    const struct host_memory *memory = &facts->host->platform.memory;

    json_object(json, "memory");
    json_array(json, "ram");
    for (size_t at = 0; at < memory->bank_count; at++) {
        json_object(json, NULL);
        json_address(json, "start", memory->banks[at].start);
        json_number(json, "size", memory->banks[at].size);
        json_end_object(json);
    }
    json_end_array(json);
    json_array(json, "regions");
    for (size_t at = 0; at < facts->span_count; at++)
        if (facts->spans[at].kind == SPAN_REGION)
            write_region(json, facts->spans[at].region);
    json_end_array(json);
    json_end_object(json);
}

void plan_json(FILE *stream, const struct facts *facts, uint64_t speed)
{
    struct json json = {.stream = stream};

    json_object(&json, NULL);
    json_string(&json, "muster", MUSTER_VERSION);
    report_json(&json, facts->host);
    json_string(&json, "xen_options", facts->xen_options);
    json_array(&json, "domains");
    for (size_t at = 0; at < facts->domain_count; at++)
        write_domain(&json, facts, &facts->domains[at]);
    json_end_array(&json);
    json_array(&json, "binaries");
    for (size_t at = 0; at < facts->binary_count; at++)
        write_binary(&json, facts, &facts->binaries[at], speed);
    json_end_array(&json);
    write_memory(&json, facts);
    json_end_object(&json);
}
