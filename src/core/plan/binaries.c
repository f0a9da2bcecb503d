/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of stage plan: resolving the names of modules to binaries, each opened once. */
#include "core/plan/binaries.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/names.h"
#include "core/base/text.h"
#include "core/compose/node.h"

/* A binary= entry, taken apart. */
struct key {
    const char *file;
    const char *name;
    const struct config_entry *entry;
};

/* The state of resolving names. */
struct resolver {
    const struct workspace *workspace;
    const void *fdt; /* the working tree */
    struct key *keys;
    size_t key_count;
    struct names by_name; /* name → struct key */
    struct names files;   /* path → struct binary */
    struct binary **end;
};

static bool add_key(struct resolver *resolver, struct key key)
{
    struct key *slot = &resolver->keys[resolver->key_count++];
    const struct key *first = names_add(&resolver->by_name, key.name, slot);

    *slot = key;
    if (first != NULL && first != slot)
        diagnose(resolver->workspace->diagnostics, SEVERITY_WARNING, &key.entry->value_where,
                 "remove one of them", "the key %s is defined again; the one in line %u counts",
                 key.name, first->entry->where.line);
    return first != NULL;
}

/* The mistake in a value of binary=, or NULL. */
static const char *wrong_key(const char *file, const char *name, const char *rest)
{
    if (file == NULL || name == NULL)
        return "no key";
    if (rest != NULL)
        return "more than a file and a key";
    return strlen(file) > FILE_NAME_MAX ? "a file name of more than 511 characters" : NULL;
}

static bool read_keys(struct resolver *resolver, const struct boot_section *section)
{
    const struct workspace *workspace = resolver->workspace;

    resolver->keys = arena_array(workspace->arena, section->binary_count, sizeof(*resolver->keys));
    for (size_t at = 0; at < section->binary_count && !workspace->arena->failed; at++) {
        const struct config_entry *entry = section->binaries[at];
        const char *rest = entry->value;
        char *file = config_word(workspace->arena, &rest);
        char *name = config_word(workspace->arena, &rest);
        const char *wrong = wrong_key(file, name, rest);

        if (wrong != NULL)
            diagnose(workspace->diagnostics, SEVERITY_ERROR, &entry->value_where,
                     "it is written binary=FILE KEY", "binary= has %s", wrong);
        /* With too many words, the key is known all the same to those who name it. */
        if ((wrong == NULL || rest != NULL) && name != NULL &&
            !add_key(resolver, (struct key){file, name, entry}))
            return false;
    }
    return !workspace->arena->failed;
}

/* The binary of that path, new or known. NULL without memory. */
static struct binary *add_binary(struct resolver *resolver, const char *name, const char *path)
{
    struct binary *binary = names_find(&resolver->files, path);

    if (binary != NULL)
        return binary;
    binary = arena_allocate(resolver->workspace->arena, sizeof(*binary));
    if (binary == NULL || names_add(&resolver->files, path, binary) == NULL)
        return NULL;
    binary->name = name;
    binary->path = path;
    *resolver->end = binary;
    resolver->end = &binary->next;
    return binary;
}

static bool open_binary(const struct workspace *workspace, struct binary *binary,
                        const struct location *where, enum platform_status *status)
{
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

/* The name from the partition's root of a file that is named as on a running machine. */
static const char *without_mount_point(const char *name)
{
    static const char *const points[] = {"/boot/efi/", "/efi/", "/boot/"};

    for (size_t at = 0; at < sizeof(points) / sizeof(points[0]); at++)
        if (text_starts(name, points[at]) && !text_starts(name + 1, "EFI/"))
            return name + strlen(points[at]) - 1;
    return NULL;
}

/* The hint where a name is neither key nor file. */
static const char *suggest(const struct resolver *resolver, const char *name)
{
    struct arena *arena = resolver->workspace->arena;
    struct nearest nearest = {.wanted = name};
    const char *hint;

    /* Of further errors only the number is shown. */
    if (resolver->workspace->diagnostics->counts[SEVERITY_ERROR] >= DIAGNOSTICS_MAX)
        return NULL;
    for (size_t at = 0; at < resolver->key_count; at++) {
        if (strcmp(resolver->keys[at].file, name) == 0)
            return "it is written binary=FILE KEY";
        nearest_offer(&nearest, resolver->keys[at].name);
    }
    if (nearest.name != NULL)
        return text_format(arena, "did you mean the key %s?", nearest.name);
    hint = without_mount_point(name);
    if (hint != NULL)
        return text_format(arena, "names start at the partition's root: %s", hint);
    hint = file_suggest(resolver->workspace, name);
    return hint != NULL ? hint
                        : "define it by binary=FILE KEY in the booted section, or put the file "
                          "beside the loader";
}

static void report_open(const struct resolver *resolver, const char *name, const struct key *key,
                        const struct location *where, enum platform_status status)
{
    const struct workspace *workspace = resolver->workspace;

    if (key == NULL && status == PLATFORM_NOT_FOUND)
        diagnose(workspace->diagnostics, SEVERITY_ERROR, where, suggest(resolver, name),
                 "%s is neither a key of binary= nor a file", name);
    else
        file_diagnose(workspace, where, "open", name, status);
}

/* Resolves what a module names. Each file is opened, and a mistake in it reported, once. */
static struct binary *find_binary(struct resolver *resolver, const char *name,
                                  const struct location *where)
{
    const struct workspace *workspace = resolver->workspace;
    const struct key *key = names_find(&resolver->by_name, name);
    const char *file = key != NULL ? key->file : name;
    struct binary *binary = NULL;
    enum platform_status status;
    const char *path = file_resolve(workspace->arena, workspace->directory, file, &status);

    if (key != NULL)
        where = &key->entry->value_where;
    binary = add_binary(resolver, file, path != NULL ? path : file);
    if (binary == NULL || binary->is_tried ||
        (path != NULL && open_binary(workspace, binary, where, &status)))
        return binary;
    binary->is_tried = true;
    if (status != PLATFORM_OK)
        report_open(resolver, file, key, where, status);
    return binary;
}

/* The name by which a module calls its binary; NULL after reporting that it is none. */
static const char *binary_name(struct resolver *resolver, const struct module *module,
                               const char *property)
{
    const struct workspace *workspace = resolver->workspace;
    const char *name = tree_string(resolver->fdt, module->node, property);

    if (name != NULL && name[0] != '\0')
        return arena_copy(workspace->arena, name, strlen(name));
    diagnose(workspace->diagnostics, SEVERITY_ERROR, &module->where,
             "it is a text: a key of binary= or a file name", "%s is not a name", property);
    return NULL;
}

/* Reads the first entry of a module's reg, if it has one that can be read. */
static bool read_reg(struct resolver *resolver, struct module *module, uint64_t *address)
{
    uint32_t address_cells = module->address_cells;
    uint32_t size_cells = module->size_cells;
    int size;
    const fdt32_t *reg = tree_get(resolver->fdt, module->node, "reg", &size);

    if (reg == NULL)
        return false;
    /* A size has at most two cells, which fit. */
    if ((size_t)size >= (address_cells + size_cells) * sizeof(*reg) &&
        tree_read_number(reg, address_cells, address))
        return tree_read_number(reg + address_cells, size_cells, &module->size);
    diagnose(resolver->workspace->diagnostics, SEVERITY_ERROR, &module->where,
             text_format(resolver->workspace->arena,
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

static void use_binary(struct resolver *resolver, struct module *module, struct binary *binary)
{
    uint64_t limit = limit_of(module->domain->address_cells);
    uint64_t address;

    module->binary = binary;
    binary->users++;
    if (limit != 0)
        binary->limit = limit;
    if (!read_reg(resolver, module, &address))
        return;
    if (binary->has_wanted && binary->wanted != address)
        diagnose(resolver->workspace->diagnostics, SEVERITY_NOTE, &module->where, NULL,
                 "%s is in memory once: 0x%lx was asked for before", binary->name, binary->wanted);
    else
        binary->wanted = address;
    binary->has_wanted = true;
}

/* The hint for a module without a name: the property that was to be one, if it is misspelt. */
static const char *name_hint(const struct resolver *resolver, const struct module *module)
{
    int property;

    fdt_for_each_property_offset(property, resolver->fdt, module->node)
    {
        struct nearest nearest = {0};

        fdt_getprop_by_offset(resolver->fdt, property, &nearest.wanted, NULL);
        nearest_offer(&nearest, "uefi,binary");
        if (nearest.name != NULL)
            return text_format(resolver->workspace->arena, "did you mean uefi,binary for %s?",
                               nearest.wanted);
    }
    return "add uefi,binary with a key of binary= or a file name";
}

/* A module that names no binary stands for what somebody has loaded already. */
static void use_loaded(struct resolver *resolver, struct module *module)
{
    if (!read_reg(resolver, module, &module->address) &&
        !tree_has(resolver->fdt, module->node, "reg"))
        diagnose(resolver->workspace->diagnostics, SEVERITY_ERROR, &module->where,
                 name_hint(resolver, module), "the module names no binary and has no reg");
}

static void resolve_module(struct resolver *resolver, struct module *module)
{
    const char *property = node_binary_property(resolver->fdt, module->node);
    const char *name = property != NULL ? binary_name(resolver, module, property) : NULL;
    struct binary *binary = name != NULL ? find_binary(resolver, name, &module->where) : NULL;

    if (binary != NULL)
        use_binary(resolver, module, binary);
    else if (property == NULL)
        use_loaded(resolver, module);
}

/* What nothing uses, unless a mistake may be the reason. */
static void report_unused(const struct resolver *resolver, bool has_modules)
{
    const struct workspace *workspace = resolver->workspace;
    bool is_sure = has_modules && workspace->diagnostics->counts[SEVERITY_ERROR] == 0;

    for (size_t at = 0; is_sure && at < resolver->key_count; at++) {
        const struct key *key = &resolver->keys[at];
        enum platform_status status;
        const char *path = file_resolve(workspace->arena, workspace->directory, key->file, &status);

        if (names_find(&resolver->files, path != NULL ? path : key->file) == NULL)
            diagnose(workspace->diagnostics, SEVERITY_NOTE, &key->entry->value_where, NULL,
                     "no module uses %s; it is not loaded", key->name);
    }
}

bool binaries_open_xen(const struct workspace *workspace, const struct boot_section *section,
                       struct plan *plan)
{
    struct binary *xen = &plan->xen;
    const struct config_entry *entry = section->xen;
    const struct location *where = entry != NULL ? &entry->value_where : NULL;
    enum platform_status status;

    xen->name = entry != NULL ? entry->value : "xen.efi";
    xen->path = file_resolve(workspace->arena, workspace->directory, xen->name, &status);
    if (xen->path != NULL && open_binary(workspace, xen, where, &status))
        return true;
    if (status != PLATFORM_OK)
        file_diagnose(workspace, where, "open the hypervisor", xen->name, status);
    return !workspace->arena->failed;
}

bool binaries_resolve(const struct workspace *workspace, const struct boot_section *section,
                      const struct tree *tree, struct plan *plan)
{
    struct resolver resolver = {.workspace = workspace, .fdt = tree->fdt};

    resolver.end = &plan->binaries;
    names_init(&resolver.by_name, workspace->arena, false);
    names_init(&resolver.files, workspace->arena, false);
    if (!read_keys(&resolver, section))
        return false;
    for (size_t at = 0; at < plan->module_count; at++)
        resolve_module(&resolver, &plan->modules[at]);
    report_unused(&resolver, plan->module_count != 0);
    return !workspace->arena->failed;
}
