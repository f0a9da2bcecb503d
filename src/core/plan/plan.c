/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage plan: the domains and modules of the working tree, and the binaries that they need. */
#include "core/plan/plan.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/compose/compose.h"

#define CELLS_MISSING 2U /* what a node without cells properties will get */

/* The properties by which a module names its binary, the one that counts first. */
static const char *const name_properties[] = {"uefi,binary", "uefi,key", "xen,uefi-binary"};

/* A binary= entry, taken apart. */
struct key {
    const char *file;
    const char *name;
    const struct config_entry *entry;
};

/* The state of making a plan. */
struct planner {
    const struct workspace *workspace;
    const struct tree *tree;
    const void *fdt; /* of the tree */
    struct plan *plan;
    struct key *keys;
    size_t key_count;
    struct names by_name; /* name → struct key */
    struct names files;   /* path → struct binary */
    struct binary **binaries_end;
};

static bool is_module(const void *fdt, int node)
{
    for (size_t at = 0; at < sizeof(name_properties) / sizeof(name_properties[0]); at++)
        if (tree_has(fdt, node, name_properties[at]))
            return true;
    return tree_is_compatible(fdt, node, "multiboot,module") ||
           tree_is_compatible(fdt, node, "xen,multiboot-module");
}

static bool is_domain(const void *fdt, int node)
{
    return tree_is_compatible(fdt, node, "xen,domain");
}

/*
 * Calls `each` for /chosen and every domain under it, then for their modules: `module` is -1 for
 * the former. Both plan_make and plan_locate walk this way, so that their orders agree.
 */
static void walk(const struct tree *tree, void (*each)(void *data, int parent, int module),
                 void *data)
{
    const void *fdt = tree->fdt;
    int chosen = tree_find_chosen(tree);
    int node;
    int child;

    each(data, chosen, -1);
    fdt_for_each_subnode(node, fdt, chosen) if (!is_domain(fdt, node) && is_module(fdt, node))
        each(data, chosen, node);
    fdt_for_each_subnode(node, fdt, chosen)
    {
        if (!is_domain(fdt, node))
            continue;
        each(data, node, -1);
        fdt_for_each_subnode(child, fdt, node) if (is_module(fdt, child)) each(data, node, child);
    }
}

/* How many domains and modules there are; /chosen counts as a domain. */
struct counts {
    size_t domains;
    size_t modules;
};

static void count(void *data, int parent, int module)
{
    struct counts *counts = data;

    (void)parent;
    if (module < 0)
        counts->domains++;
    else
        counts->modules++;
}

static enum module_kind stated_kind(const void *fdt, int node)
{
    static const struct {
        const char *compatible;
        enum module_kind kind;
    } kinds[] = {
        {"multiboot,kernel", MODULE_KERNEL},           {"xen,linux-zimage", MODULE_KERNEL},
        {"multiboot,ramdisk", MODULE_RAMDISK},         {"xen,linux-initrd", MODULE_RAMDISK},
        {"multiboot,device-tree", MODULE_DEVICE_TREE}, {"xen,xsm-policy", MODULE_XSM},
    };

    for (size_t at = 0; at < sizeof(kinds) / sizeof(kinds[0]); at++)
        if (tree_is_compatible(fdt, node, kinds[at].compatible))
            return kinds[at].kind;
    return MODULE_UNKNOWN;
}

static uint32_t cells(const struct planner *planner, const struct domain *domain, const char *name,
                      uint32_t most)
{
    uint32_t value = tree_cells(planner->fdt, domain->node, name, CELLS_MISSING);

    if (value >= 1 && value <= most)
        return value;
    diagnose(planner->workspace->diagnostics, SEVERITY_ERROR, &domain->where,
             text_format(planner->workspace->arena, "it is one cell, from 1 to %u", most),
             "%s cannot be used for the reg of modules", name);
    return CELLS_MISSING;
}

static void add_domain(struct planner *planner, int node)
{
    struct arena *arena = planner->workspace->arena;
    struct plan *plan = planner->plan;
    struct domain *domain = &plan->domains[plan->domain_count++];
    const char *name = fdt_get_name(planner->fdt, node, NULL);

    domain->node = node;
    domain->is_dom0 = plan->domain_count == 1;
    domain->name = domain->is_dom0 ? "dom0" : arena_copy(arena, name, strlen(name));
    domain->path = domain->is_dom0 ? "/chosen" : text_format(arena, "/chosen/%s", name);
    domain->where = compose_origin(arena, planner->fdt, node, domain->path);
    domain->is_faulty = tree_has(planner->fdt, node, FAULTY_PROPERTY);
    domain->modules = &plan->modules[plan->module_count];
    domain->address_cells = cells(planner, domain, "#address-cells", TREE_CELLS_MAX);
    domain->size_cells = cells(planner, domain, "#size-cells", 2);
}

static void add_module(struct planner *planner, int node)
{
    struct arena *arena = planner->workspace->arena;
    struct plan *plan = planner->plan;
    struct domain *domain = &plan->domains[plan->domain_count - 1];
    struct module *module = &plan->modules[plan->module_count++];

    domain->module_count++;
    module->node = node;
    module->domain = domain;
    module->path =
        text_format(arena, "%s/%s", domain->path, fdt_get_name(planner->fdt, node, NULL));
    module->where = compose_origin(arena, planner->fdt, node, module->path);
    module->kind = stated_kind(planner->fdt, node);
    module->is_stated = module->kind != MODULE_UNKNOWN;
}

static void add_node(void *data, int parent, int module)
{
    if (module < 0)
        add_domain(data, parent);
    else
        add_module(data, module);
}

static bool find_nodes(struct planner *planner)
{
    struct arena *arena = planner->workspace->arena;
    struct plan *plan = planner->plan;
    struct counts counts = {0};

    walk(planner->tree, count, &counts);
    if (counts.domains > PLAN_NODES_MAX || counts.modules > PLAN_NODES_MAX) {
        diagnose(planner->workspace->diagnostics, SEVERITY_ERROR,
                 &(struct location){.node = "/chosen"},
                 "Xen takes at most 32 modules, itself and the tree counted",
                 "%zu domains with %zu modules are too many", counts.domains - 1, counts.modules);
        return false;
    }
    plan->domains = arena_array(arena, counts.domains, sizeof(*plan->domains));
    plan->modules = arena_array(arena, counts.modules, sizeof(*plan->modules));
    if (plan->domains == NULL || plan->modules == NULL)
        return false;
    walk(planner->tree, add_node, planner);
    return !arena->failed;
}

static bool add_key(struct planner *planner, struct key key)
{
    struct key *slot = &planner->keys[planner->key_count++];
    const struct key *first = names_add(&planner->by_name, key.name, slot);

    *slot = key;
    if (first != NULL && first != slot)
        diagnose(planner->workspace->diagnostics, SEVERITY_WARNING, &key.entry->value_where,
                 "remove one of them", "the key %s is defined again; the one in line %u counts",
                 key.name, first->entry->where.line);
    return first != NULL;
}

/* What is wrong with a value of binary=, or NULL. */
static const char *wrong_key(const char *file, const char *name, const char *rest)
{
    if (file == NULL || name == NULL)
        return "no key";
    if (rest != NULL)
        return "more than a file and a key";
    return strlen(file) > FILE_NAME_MAX ? "a file name of more than 511 characters" : NULL;
}

static bool read_keys(struct planner *planner, const struct boot_section *section)
{
    const struct workspace *workspace = planner->workspace;

    planner->keys = arena_array(workspace->arena, section->binary_count, sizeof(*planner->keys));
    for (size_t at = 0; at < section->binary_count && !workspace->arena->failed; at++) {
        const struct config_entry *entry = section->binaries[at];
        const char *rest = entry->value;
        char *file = config_word(workspace->arena, &rest);
        char *name = config_word(workspace->arena, &rest);
        const char *wrong = wrong_key(file, name, rest);

        if (wrong != NULL)
            diagnose(workspace->diagnostics, SEVERITY_ERROR, &entry->value_where,
                     "it is written binary=FILE KEY", "binary= has %s", wrong);
        else if (!add_key(planner, (struct key){file, name, entry}))
            return false;
    }
    return !workspace->arena->failed;
}

/* The binary of that path, new or known. NULL without memory. */
static struct binary *add_binary(struct planner *planner, const char *name, const char *path)
{
    struct binary *binary = names_find(&planner->files, path);

    if (binary != NULL)
        return binary;
    binary = arena_allocate(planner->workspace->arena, sizeof(*binary));
    if (binary == NULL || names_add(&planner->files, path, binary) == NULL)
        return NULL;
    binary->name = name;
    binary->path = path;
    *planner->binaries_end = binary;
    planner->binaries_end = &binary->next;
    return binary;
}

static bool open_binary(struct planner *planner, struct binary *binary,
                        const struct location *where, enum platform_status *status)
{
    const struct workspace *workspace = planner->workspace;
    const struct platform *platform = workspace->platform;

    if (where != NULL)
        binary->where = *where;
    binary->is_tried = true;
    *status = platform->open(platform->context, binary->path, &binary->file, &binary->size);
    if (*status != PLATFORM_OK) {
        binary->file = NULL;
        return false;
    }
    if (binary->size == 0)
        diagnose(workspace->diagnostics, SEVERITY_ERROR, where, "was it copied completely?",
                 "%s is empty", binary->name);
    return binary->size != 0;
}

/* The hint where a name is neither key nor file. */
static const char *suggest(const struct planner *planner, const char *name)
{
    struct arena *arena = planner->workspace->arena;
    struct nearest nearest = {.wanted = name};
    const char *hint;

    /* Of further errors only the number is shown. */
    if (planner->workspace->diagnostics->counts[SEVERITY_ERROR] >= DIAGNOSTICS_MAX)
        return NULL;
    for (size_t at = 0; at < planner->key_count; at++)
        nearest_offer(&nearest, planner->keys[at].name);
    if (nearest.name != NULL)
        return text_format(arena, "did you mean the key %s?", nearest.name);
    hint = file_suggest(planner->workspace, name);
    return hint != NULL ? hint
                        : "define it with binary=FILE KEY, or put the file beside the loader";
}

static void report_open(const struct planner *planner, const char *name, const struct key *key,
                        const struct location *where, enum platform_status status)
{
    const struct workspace *workspace = planner->workspace;

    if (key == NULL && status == PLATFORM_NOT_FOUND)
        diagnose(workspace->diagnostics, SEVERITY_ERROR, where, suggest(planner, name),
                 "%s is neither a key of binary= nor a file", name);
    else
        file_diagnose(workspace, where, "open", name, status);
}

/* Resolves what a module names. Each file is opened, and a mistake in it reported, once. */
static struct binary *find_binary(struct planner *planner, const char *name,
                                  const struct location *where)
{
    const struct workspace *workspace = planner->workspace;
    const struct key *key = names_find(&planner->by_name, name);
    const char *file = key != NULL ? key->file : name;
    struct binary *binary = NULL;
    enum platform_status status;
    const char *path = file_resolve(workspace->arena, workspace->directory, file, &status);

    if (key != NULL)
        where = &key->entry->value_where;
    binary = add_binary(planner, file, path != NULL ? path : file);
    if (binary == NULL || binary->is_tried ||
        (path != NULL && open_binary(planner, binary, where, &status)))
        return binary;
    binary->is_tried = true;
    if (status != PLATFORM_OK)
        report_open(planner, file, key, where, status);
    return binary;
}

/* The name by which a module calls its binary, or NULL; *is_named tells whether it has one. */
static const char *binary_name(struct planner *planner, const struct module *module, bool *is_named)
{
    *is_named = false;
    for (size_t at = 0; at < sizeof(name_properties) / sizeof(name_properties[0]); at++) {
        const char *property = name_properties[at];
        const char *name = tree_string(planner->fdt, module->node, property);

        if (!tree_has(planner->fdt, module->node, property))
            continue;
        *is_named = true;
        if (name == NULL || name[0] == '\0')
            diagnose(planner->workspace->diagnostics, SEVERITY_ERROR, &module->where,
                     "it is a text: a key of binary= or a file name", "%s is not a name", property);
        return name != NULL && name[0] != '\0'
                   ? arena_copy(planner->workspace->arena, name, strlen(name))
                   : NULL;
    }
    return NULL;
}

/* Reads the first entry of a module's reg, if it has one that can be read. */
static bool read_reg(struct planner *planner, struct module *module, uint64_t *address)
{
    uint32_t address_cells = module->domain->address_cells;
    uint32_t size_cells = module->domain->size_cells;
    int size;
    const fdt32_t *reg = tree_get(planner->fdt, module->node, "reg", &size);

    if (reg == NULL)
        return false;
    /* A size has at most two cells, which fit. */
    if ((size_t)size >= (address_cells + size_cells) * sizeof(*reg) &&
        tree_read_number(reg, address_cells, address))
        return tree_read_number(reg + address_cells, size_cells, &module->size);
    diagnose(planner->workspace->diagnostics, SEVERITY_ERROR, &module->where,
             text_format(planner->workspace->arena,
                         "its parent asks for %u cells of address and %u of size", address_cells,
                         size_cells),
             "reg of %u bytes cannot be read", (unsigned)size);
    return false;
}

/* The lowest address that `cells` cells cannot express; 0 when they can express any. */
static uint64_t limit_of(uint32_t cells)
{
    return cells == 1 ? (uint64_t)1 << 32 : 0;
}

static void use_binary(struct planner *planner, struct module *module, struct binary *binary)
{
    uint64_t limit = limit_of(module->domain->address_cells);
    uint64_t address;

    module->binary = binary;
    binary->users++;
    if (limit != 0)
        binary->limit = limit;
    if (!read_reg(planner, module, &address))
        return;
    if (binary->has_wanted && binary->wanted != address)
        diagnose(planner->workspace->diagnostics, SEVERITY_NOTE, &module->where, NULL,
                 "%s is in memory once: 0x%lx was asked for before", binary->name, binary->wanted);
    else
        binary->wanted = address;
    binary->has_wanted = true;
}

static void plan_module(struct planner *planner, struct module *module)
{
    bool is_named;
    const char *name = binary_name(planner, module, &is_named);
    struct binary *binary;

    if (name != NULL) {
        binary = find_binary(planner, name, &module->where);
        if (binary != NULL)
            use_binary(planner, module, binary);
        return;
    }
    if (is_named || read_reg(planner, module, &module->address))
        return;
    if (!tree_has(planner->fdt, module->node, "reg"))
        diagnose(planner->workspace->diagnostics, SEVERITY_ERROR, &module->where,
                 "add uefi,binary with a key of binary= or a file name",
                 "the module names no binary and has no reg");
}

static void report_unused(const struct planner *planner)
{
    const struct workspace *workspace = planner->workspace;

    for (size_t at = 0; at < planner->key_count; at++) {
        const struct key *key = &planner->keys[at];
        enum platform_status status;
        const char *path = file_resolve(workspace->arena, workspace->directory, key->file, &status);

        if (names_find(&planner->files, path != NULL ? path : key->file) == NULL)
            diagnose(workspace->diagnostics, SEVERITY_NOTE, &key->entry->value_where, NULL,
                     "no module uses %s; it is not loaded", key->name);
    }
}

static bool plan_xen(struct planner *planner, const struct boot_section *section)
{
    const struct workspace *workspace = planner->workspace;
    struct binary *xen = &planner->plan->xen;
    const struct config_entry *entry = section->xen;
    const struct location *where = entry != NULL ? &entry->value_where : NULL;
    enum platform_status status;

    xen->name = entry != NULL ? entry->value : "xen.efi";
    xen->path = file_resolve(workspace->arena, workspace->directory, xen->name, &status);
    if (xen->path != NULL && open_binary(planner, xen, where, &status))
        return true;
    if (status != PLATFORM_OK)
        file_diagnose(workspace, where, "open the hypervisor", xen->name, status);
    return !workspace->arena->failed;
}

bool plan_make(const struct workspace *workspace, const struct boot_section *section,
               const struct tree *tree, struct plan *plan)
{
    struct planner planner = {.workspace = workspace, .tree = tree, .fdt = tree->fdt, .plan = plan};

    *plan = (struct plan){0};
    planner.binaries_end = &plan->binaries;
    names_init(&planner.by_name, workspace->arena, false);
    names_init(&planner.files, workspace->arena, true);
    if (!plan_xen(&planner, section) || !read_keys(&planner, section) || !find_nodes(&planner))
        return false;
    for (size_t at = 0; at < plan->module_count; at++)
        plan_module(&planner, &plan->modules[at]);
    report_unused(&planner);
    return !workspace->arena->failed;
}

/* Where plan_locate is in the plan. */
struct locator {
    struct plan *plan;
    size_t domains;
    size_t modules;
};

static void locate_node(void *data, int parent, int module)
{
    struct locator *locator = data;

    if (module < 0 && locator->domains < locator->plan->domain_count)
        locator->plan->domains[locator->domains++].node = parent;
    else if (module >= 0 && locator->modules < locator->plan->module_count)
        locator->plan->modules[locator->modules++].node = module;
}

void plan_locate(const struct tree *tree, struct plan *plan)
{
    struct locator locator = {.plan = plan};

    walk(tree, locate_node, &locator);
}

static void release_binary(const struct platform *platform, struct binary *binary)
{
    if (binary->file != NULL)
        platform->close(platform->context, binary->file);
    if (binary->is_placed)
        platform->release_pages(platform->context, binary->address, binary_pages(binary));
    binary->file = NULL;
    binary->is_placed = false;
}

void plan_release(const struct workspace *workspace, struct plan *plan)
{
    const struct platform *platform = workspace->platform;

    for (struct binary *binary = plan->binaries; binary != NULL; binary = binary->next)
        release_binary(platform, binary);
    release_binary(platform, &plan->xen);
    for (; plan->guards != NULL; plan->guards = plan->guards->next)
        platform->release_pages(platform->context, plan->guards->address, plan->guards->pages);
}

uint64_t binary_pages(const struct binary *binary)
{
    /* The pages of the largest sizes would not be countable in bytes; nothing has room for them. */
    bool has_rest = binary->size % PAGE_SIZE != 0 && binary->size <= UINT64_MAX - PAGE_SIZE;

    return binary->size / PAGE_SIZE + has_rest;
}

struct location domain_child(struct arena *arena, const void *fdt, const struct domain *domain,
                             int node)
{
    struct location where = domain->where;

    if (where.file != NULL)
        return where;
    where.order += (unsigned)(node - domain->node);
    where.node = text_format(arena, "%s/%s", domain->path, fdt_get_name(fdt, node, NULL));
    return where;
}

bool domain_cpus(const struct tree *tree, const struct domain *domain, uint32_t *cpus)
{
    int size;
    const fdt32_t *value = tree_get(tree->fdt, domain->node, "cpus", &size);

    if (value == NULL || size != (int)sizeof(*value))
        return false;
    *cpus = fdt32_ld(value);
    return true;
}

bool domain_memory(const struct tree *tree, const struct domain *domain, uint64_t *kib)
{
    int size;
    const void *value = tree_get(tree->fdt, domain->node, "memory", &size);

    if (value == NULL || size != 8)
        return false;
    return tree_read_number(value, 2, kib);
}

const struct module *domain_module(const struct domain *domain, enum module_kind kind)
{
    for (size_t at = 0; at < domain->module_count; at++)
        if (domain->modules[at].kind == kind)
            return &domain->modules[at];
    return NULL;
}
