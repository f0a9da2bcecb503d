/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs Muster on a scene, and describes what Xen would find so that a test can compare it. */
#include "scene.h"

#include <dirent.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define NAME_SIZE     512
#define XEN_PAGES_MAX 64 /* that Xen's loader takes at once */
#define MODULES_MAX   64
#define TREE_SIZE_MAX (2 * 1024 * 1024) /* Xen maps no more */

extern EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

struct content {
    struct content *next;
    char *name;
    void *bytes;
    size_t size;
};

struct scene {
    char root[NAME_SIZE];
    char volume[NAME_SIZE];
    char directory[NAME_SIZE];
    struct content *contents;
    struct content *tree;
    char loader[NAME_SIZE + 16];
    char *options;
    char *keys;
    char *expectation;
    bool writable;
};

/* A place in memory that belongs to one binary. */
struct extent {
    uint64_t start;
    uint64_t size;
};

/* The judge's knowledge while Xen would start. */
struct judge {
    struct firmware *fw;
    const struct scene *scene;
    const struct run *run;
    const struct handover *handover;
    struct text system;
    struct text problems;
    bool has_log; /* the tree names the log of events of a TPM */
    bool fixed_up;
    struct extent extents[MODULES_MAX];
    size_t extent_count;
};

static void append(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void append(struct text *text, const char *format, ...)
{
    va_list arguments;
    char line[2048];

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    text_append(text, line, strlen(line));
}

/* Scenes */

/* A file of the host; its name is what follows the first @prefix bytes of its path. */
static struct content *read_content(const char *path, size_t prefix)
{
    struct content *content = must_allocate(sizeof(*content));
    FILE *file = fopen(path, "rb");
    long size;

    if (file == NULL) {
        die("cannot open %s", path);
    }
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    content->name = must_copy(path + prefix);
    content->size = (size_t)size;
    content->bytes = must_allocate(content->size);
    content->next = NULL;
    if (fread(content->bytes, 1, content->size, file) != content->size) {
        die("cannot read %s", path);
    }
    fclose(file);
    return content;
}

static void free_content(struct content *content)
{
    free(content->name);
    free(content->bytes);
    free(content);
}

/* Adds the files of a directory and of those in it, named from the scene's own directory. */
static void read_directory(struct scene *scene, const char *path)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;

    if (directory == NULL) {
        die("there is no scene in %s", scene->root);
    }
    while ((entry = readdir(directory)) != NULL) {
        char name[2 * NAME_SIZE];

        snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        if (entry->d_type == DT_DIR && *entry->d_name != '.') {
            read_directory(scene, name);
        } else if (entry->d_type == DT_REG) {
            struct content *content = read_content(name, strlen(scene->directory) + 1);

            content->next = scene->contents;
            scene->contents = content;
        }
    }
    closedir(directory);
}

/* The text of an optional file or NULL. */
static char *read_text(const char *path)
{
    struct content *content;
    char *text;

    if (access(path, R_OK) != 0) {
        return NULL;
    }
    content = read_content(path, 0);
    text = must_allocate(content->size + 1);
    memcpy(text, content->bytes, content->size);
    text[content->size] = '\0';
    free_content(content);
    return text;
}

struct scene *scene_open(const char *name)
{
    struct scene *scene = must_allocate(sizeof(*scene));
    const char *scenes = getenv("SCENES");
    char path[2 * NAME_SIZE];

    memset(scene, 0, sizeof(*scene));
    snprintf(scene->root, sizeof(scene->root), "%s/%s",
             scenes != NULL ? scenes : "build/sim/scenes", name);
    snprintf(path, sizeof(path), "%s/firmware.dtb", scene->root);
    scene->tree = read_content(path, 0);
    snprintf(path, sizeof(path), "%s/volume", scene->root);
    strncpy(scene->volume, path, sizeof(scene->volume) - 1);
    snprintf(path, sizeof(path), "%s/volume/EFI/BOOT", scene->root);
    strncpy(scene->directory, path, sizeof(scene->directory) - 1);
    read_directory(scene, scene->directory);
    snprintf(scene->loader, sizeof(scene->loader), "%s/BOOTAA64.EFI", scene->directory);
    snprintf(path, sizeof(path), "%s/options", scene->root);
    scene->options = read_text(path);
    if (scene->options != NULL) {
        scene->options[strcspn(scene->options, "\n")] = '\0';
    }
    snprintf(path, sizeof(path), "%s/keys", scene->root);
    scene->keys = read_text(path);
    snprintf(path, sizeof(path), "%s/expect", scene->root);
    scene->expectation = read_text(path);
    snprintf(path, sizeof(path), "%s/writable", scene->root);
    scene->writable = access(path, F_OK) == 0;
    return scene;
}

void scene_close(struct scene *scene)
{
    while (scene->contents != NULL) {
        struct content *content = scene->contents;

        scene->contents = content->next;
        free_content(content);
    }
    free_content(scene->tree);
    free(scene->options);
    free(scene->keys);
    free(scene->expectation);
    free(scene);
}

const char *scene_expectation(const struct scene *scene)
{
    return scene->expectation;
}

const char *scene_directory(const struct scene *scene)
{
    return scene->directory;
}

/* The file of the volume with exactly these bytes, or NULL. */
static const char *name_of(const struct scene *scene, const void *bytes, size_t size)
{
    for (const struct content *content = scene->contents; content != NULL;
         content = content->next) {
        if (content->size == size && memcmp(content->bytes, bytes, size) == 0) {
            return content->name;
        }
    }
    return NULL;
}

/* The judge */

static uint64_t read_cells(const fdt32_t *cells, uint32_t count)
{
    uint64_t value = 0;

    for (uint32_t i = 0; i < count; i++) {
        value = value << 32 | fdt32_to_cpu(cells[i]);
    }
    return value;
}

/* #address-cells or #size-cells, which Xen wants stated. */
static uint32_t cells_of(struct judge *judge, const void *tree, int node, const char *name)
{
    int length;
    const fdt32_t *cells = fdt_getprop(tree, node, name, &length);

    if (cells == NULL || length != 4) {
        append(&judge->problems, "node %s has no %s\n", fdt_get_name(tree, node, NULL), name);
        return 2;
    }
    return fdt32_to_cpu(*cells);
}

static bool get_extent(struct judge *judge, const void *tree, int module, struct extent *extent)
{
    int parent = fdt_parent_offset(tree, module);
    uint32_t address_cells = cells_of(judge, tree, parent, "#address-cells");
    uint32_t size_cells = cells_of(judge, tree, parent, "#size-cells");
    int length;
    const fdt32_t *reg = fdt_getprop(tree, module, "reg", &length);

    if (reg == NULL || (uint32_t)length != 4 * (address_cells + size_cells)) {
        append(&judge->problems, "module %s has no reg of %u + %u cells\n",
               fdt_get_name(tree, module, NULL), address_cells, size_cells);
        return false;
    }
    extent->start = read_cells(reg, address_cells);
    extent->size = read_cells(reg + address_cells, size_cells);
    return true;
}

static bool overlap(const struct extent *a, const struct extent *b)
{
    return a->start < b->start + b->size && b->start < a->start + a->size;
}

/* A binary may serve several modules, but two binaries never share memory. */
static void note_extent(struct judge *judge, const char *module, const struct extent *extent)
{
    for (size_t i = 0; i < judge->extent_count; i++) {
        const struct extent *other = &judge->extents[i];

        if (extent->start == other->start && extent->size == other->size) {
            return;
        }
        if (overlap(extent, other)) {
            append(&judge->problems, "module %s overlaps another\n", module);
        }
    }
    if (judge->extent_count < MODULES_MAX) {
        judge->extents[judge->extent_count++] = *extent;
    }
}

static const char *describe_bytes(struct judge *judge, const char *module,
                                  const struct extent *extent)
{
    const char *name;

    if (!firmware_owns(judge->fw, extent->start, extent->size)) {
        return "memory of somebody else";
    }
    if (!firmware_is_cleaned(judge->fw, extent->start, extent->size)) {
        append(&judge->problems, "module %s is not cleaned from the data cache\n", module);
    }
    note_extent(judge, module, extent);
    name = name_of(judge->scene, (const void *)extent->start, extent->size);
    return name != NULL ? name : "unknown bytes";
}

static void describe_module(struct judge *judge, const void *tree, int module)
{
    int parent = fdt_parent_offset(tree, module);
    const char *name = fdt_get_name(tree, module, NULL);
    const char *type = fdt_getprop(tree, module, "compatible", NULL);
    const char *options = fdt_getprop(tree, module, "bootargs", NULL);
    struct extent extent;

    append(&judge->system, "%s %s", fdt_get_name(tree, parent, NULL), type);
    if (get_extent(judge, tree, module, &extent)) {
        append(&judge->system, " %s", describe_bytes(judge, name, &extent));
    }
    append(&judge->system, options != NULL ? " \"%s\"\n" : "\n", options);
}

static void check_properties(struct judge *judge, const void *tree, int node)
{
    static const char *const ours[] = {"uefi,binary", "uefi,key", "xen,uefi-binary",
                                       "xen,uefi-cfg-load"};
    int property;

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        if (fdt_getprop(tree, node, ours[i], NULL) != NULL) {
            append(&judge->problems, "%s is left in node %s\n", ours[i],
                   fdt_get_name(tree, node, NULL));
        }
    }
    fdt_for_each_property_offset(property, tree, node)
    {
        const char *name;

        if (fdt_getprop_by_offset(tree, property, &name, NULL) != NULL &&
            strncmp(name, "muster,", 7) == 0) {
            append(&judge->problems, "%s is left in node %s\n", name,
                   fdt_get_name(tree, node, NULL));
        }
    }
}

static void describe_nodes(struct judge *judge, const void *tree)
{
    int chosen = fdt_path_offset(tree, "/chosen");
    const char *options = chosen < 0 ? NULL : fdt_getprop(tree, chosen, "xen,xen-bootargs", NULL);

    judge->fixed_up = fdt_getprop(tree, 0, "serial-number", NULL) != NULL;
    if (options != NULL) {
        append(&judge->system, "xen \"%s\"\n", options);
    }
    for (int node = 0; node >= 0; node = fdt_next_node(tree, node, NULL)) {
        check_properties(judge, tree, node);
        if (fdt_node_check_compatible(tree, node, "multiboot,module") == 0) {
            describe_module(judge, tree, node);
        }
    }
}

/* Xen's loader takes memory where the firmware gives it, for its copy of the tree for one. */
static bool xen_may_get(struct firmware *fw, const struct extent *extent)
{
    bool got = false;

    for (uint64_t pages = 1; pages <= XEN_PAGES_MAX && !got; pages *= 2) {
        struct extent taken = {.size = pages * EFI_PAGE_SIZE};

        if (memory_take(fw, pages, EfiLoaderData, false, &taken.start) != EFI_SUCCESS) {
            break;
        }
        got = overlap(&taken, extent);
        memory_give_back(fw, taken.start);
    }
    return got;
}

/* Memory that a domain is to get, where Xen finds nothing else or stops. */
static void check_static_memory(struct judge *judge, const void *tree, int node)
{
    int chosen = fdt_path_offset(tree, "/chosen");
    int length;
    const fdt32_t *at = fdt_getprop(tree, node, "xen,static-mem", &length);
    struct extent itself = {(uint64_t)tree, fdt_totalsize(tree)};
    uint32_t address_cells;
    uint32_t size_cells;

    if (at == NULL) {
        return;
    }
    address_cells = cells_of(judge, tree, chosen, "#address-cells");
    size_cells = cells_of(judge, tree, chosen, "#size-cells");
    for (int left = length / 4; left >= (int)(address_cells + size_cells);
         left -= (int)(address_cells + size_cells), at += address_cells + size_cells) {
        struct extent extent = {read_cells(at, address_cells),
                                read_cells(at + address_cells, size_cells)};

        bool is_free = !overlap(&extent, &itself) && !xen_may_get(judge->fw, &extent);

        for (size_t i = 0; i < judge->extent_count; i++) {
            is_free = is_free && !overlap(&extent, &judge->extents[i]);
        }
        if (!is_free) {
            append(&judge->problems, "static memory at 0x%llx is not free\n",
                   (unsigned long long)extent.start);
        }
    }
}

/* Xen's loader deletes the entries, and all memory that is not reserved in the map becomes Xen's.
 */
static void check_reservations(struct judge *judge, const void *tree)
{
    for (int entry = 0; entry < fdt_num_mem_rsv(tree); entry++) {
        struct extent extent;

        fdt_get_mem_rsv(tree, entry, &extent.start, &extent.size);
        for (size_t i = 0; i < judge->fw->area_count; i++) {
            const struct area *area = &judge->fw->areas[i];
            struct extent all = {area->start, area->pages * EFI_PAGE_SIZE};

            if (overlap(&all, &extent) && area->type != EfiReservedMemoryType) {
                append(&judge->problems, "what is kept at 0x%llx is not reserved\n",
                       (unsigned long long)extent.start);
            }
        }
    }
}

/* The log of a TPM that the tree names is all that there is, and stays. */
static void check_log(struct judge *judge, const void *tree)
{
    int chip = fdt_path_offset(tree, "/tpm@c000000");
    const fdt32_t *base = fdt_getprop(tree, chip, "linux,sml-base", NULL);
    const fdt32_t *length = fdt_getprop(tree, chip, "linux,sml-size", NULL);
    int kept = fdt_first_subnode(tree, fdt_path_offset(tree, "/reserved-memory"));
    const fdt32_t *reg = fdt_getprop(tree, kept, "reg", NULL);
    struct extent extent;
    const void *log;
    size_t size;

    if (base == NULL || length == NULL) {
        return;
    }
    extent = (struct extent){read_cells(base, 2), fdt32_to_cpu(*length)};
    if (reg == NULL || read_cells(reg, 2) != extent.start || read_cells(reg + 2, 2) < extent.size ||
        !firmware_owns(judge->fw, extent.start, read_cells(reg + 2, 2))) {
        append(&judge->problems, "the log of events is not kept\n");
        return;
    }
    note_extent(judge, "tpm", &extent);
    log = firmware_log(judge->fw, &size);
    judge->has_log = extent.size != 0;
    if (extent.size != 0 && (extent.size != size || memcmp(log, (void *)extent.start, size) != 0 ||
                             !firmware_is_cleaned(judge->fw, extent.start, size))) {
        append(&judge->problems, "the log of events is not the firmware's\n");
    }
}

static void check_tree(struct judge *judge, const void *tree)
{
    uint64_t start = (uint64_t)tree;
    uint32_t size;

    if (tree == NULL || fdt_check_header(tree) != 0) {
        append(&judge->problems, "Xen was started without a device tree\n");
        return;
    }
    size = fdt_totalsize(tree);
    if (fdt_check_full(tree, size) != 0) {
        append(&judge->problems, "the device tree is damaged\n");
        return;
    }
    if (start % 8 != 0 || size > TREE_SIZE_MAX) {
        append(&judge->problems, "Xen cannot use a tree of %u bytes at 0x%llx\n", size,
               (unsigned long long)start);
    }
    if (tree != judge->fw->tree && !firmware_is_cleaned(judge->fw, start, size)) {
        append(&judge->problems, "the device tree is not cleaned from the data cache\n");
    }
    describe_nodes(judge, tree);
    check_log(judge, tree);
    check_reservations(judge, tree);
    for (int node = 0; node >= 0; node = fdt_next_node(tree, node, NULL)) {
        check_static_memory(judge, tree, node);
    }
}

static EFI_STATUS judge_handover(struct firmware *fw, const struct handover *handover,
                                 void *context)
{
    struct judge *judge = context;
    const char *image = name_of(judge->scene, handover->image, handover->image_size);

    judge->fw = fw;
    judge->handover = handover;
    judge->extent_count = 0;
    judge->system.length = 0;
    append(&judge->system, "start %s%s%s\n", image != NULL ? image : "an unknown image",
           handover->load_options != NULL ? " " : "",
           handover->load_options != NULL ? handover->load_options : "");
    check_tree(judge, handover->tree);
    firmware_check_handover(fw);
    if (judge->run->xen_returns != 0 || judge->run->xen_ends) {
        return judge->run->xen_returns;
    }
    return IMAGE_NEVER_RETURNS;
}

/* A run */

static struct firmware_setup make_setup(const struct scene *scene, const struct run *run,
                                        struct judge *judge, CHAR16 **options)
{
    struct firmware_setup setup = run->setup;
    const char *text = run->load_options != NULL ? run->load_options : scene->options;
    size_t size;

    setup.volume = setup.volume != NULL ? setup.volume : scene->volume;
    setup.writable = setup.writable || scene->writable;
    setup.image_path = setup.image_path != NULL ? setup.image_path : "\\EFI\\BOOT\\BOOTAA64.EFI";
    if (setup.tree == NULL) {
        setup.tree = scene->tree->bytes;
        setup.tree_size = scene->tree->size;
    } else if (setup.tree_size == 0) {
        setup.tree = NULL;
    }
    if (setup.load_options == NULL && text != NULL && *text != '\0') {
        *options = utf16_from_utf8(text, &size);
        setup.load_options = *options;
        setup.load_options_size = (uint32_t)size;
    }
    if (setup.image == NULL && !run->no_image) {
        setup.image = scene->loader;
    }
    setup.handover = judge_handover;
    setup.context = judge;
    return setup;
}

static void ask_for_failure(struct firmware *fw, const struct run *run)
{
    if (run->nth != 0 && run->truncate) {
        firmware_truncate(fw, run->nth);
    } else if (run->nth != 0) {
        firmware_fail(fw, run->service, run->nth, run->failure, run->lasting);
    }
}

/* The firmware is left with a tree that it can read, be it its own or not. */
static void check_table(struct firmware *fw, struct judge *judge)
{
    EFI_GUID guid = EFI_DTB_TABLE_GUID;
    const void *tree = firmware_table(fw, &guid);

    if (tree != NULL && tree != fw->tree && !firmware_owns(fw, (uint64_t)tree, 1)) {
        append(&judge->problems, "the configuration table names " FREED_MEMORY "\n");
    }
}

static struct outcome conclude(struct firmware *fw, struct judge *judge, EFI_STATUS status)
{
    struct outcome outcome = {.status = status, .starts = firmware_starts(fw)};
    const char *what;

    if (status != IMAGE_NEVER_RETURNS) {
        firmware_check_clean(fw);
        check_table(fw, judge);
    }
    append(&judge->problems, "%s", firmware_complaints(fw));
    append(&judge->system, "%s", "");
    outcome.measured = must_copy(firmware_measurements(fw));
    outcome.console = must_copy(firmware_console(fw));
    outcome.failed = firmware_has_failed(fw, &what);
    outcome.what = must_copy(what);
    outcome.system = judge->system.bytes;
    outcome.problems = judge->problems.bytes;
    outcome.fixed_up = judge->fixed_up;
    outcome.has_log = judge->has_log;
    outcome.fixup_flags = fw->fixup_flags;
    for (int service = 0; service < SERVICE_COUNT; service++) {
        outcome.calls[service] = firmware_calls(fw, (enum service)service);
    }
    return outcome;
}

/* Puts the boot state back as it was, so that each run of a scene finds the same. */
static void restore_state(const struct scene *scene)
{
    for (const struct content *content = scene->contents; content != NULL;
         content = content->next) {
        char path[2 * NAME_SIZE];
        FILE *file;

        if (strncmp(content->name, "muster.state", 12) != 0) {
            continue;
        }
        snprintf(path, sizeof(path), "%s/%s", scene->directory, content->name);
        file = fopen(path, "r+b");
        if (file == NULL || fwrite(content->bytes, 1, content->size, file) != content->size) {
            die("cannot write %s", path);
        }
        fclose(file);
    }
}

struct outcome scene_run(const struct scene *scene, const struct run *run)
{
    struct judge judge = {.scene = scene, .run = run};
    CHAR16 *options = NULL;
    struct firmware_setup setup = make_setup(scene, run, &judge, &options);
    struct firmware *fw = firmware_create(&setup);
    struct outcome outcome;

    if (run->keys != NULL || scene->keys != NULL) {
        firmware_press(fw, run->keys != NULL ? run->keys : scene->keys);
    }
    if (run->prepare != NULL) {
        run->prepare(fw);
    }
    ask_for_failure(fw, run);
    outcome = conclude(fw, &judge, firmware_run(fw, efi_main));
    firmware_destroy(fw);
    free(options);
    if (scene->writable) {
        restore_state(scene);
    }
    return outcome;
}

void scene_free_outcome(struct outcome *outcome)
{
    free(outcome->console);
    free(outcome->measured);
    free(outcome->system);
    free(outcome->problems);
    free(outcome->what);
}
