/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of modules: which ones a domain has, and whether Xen can use what is in them. */
#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/preflight/check.h"

#define MODULES_MAX     32U /* Xen's boot modules, itself and the tree counted, and command lines */
#define MODULES_XEN     2U
#define COMMAND_MAX     1023U       /* characters of a module's command line */
#define MODULE_PATH_MAX 91U         /* characters of a module's path that Xen has room for */
#define IMAGE_OLD       0x14000008U /* the first instruction of an arm64 Image without a magic */
#define ALIGNMENT       0x200000U   /* of what Xen puts into a domain's memory */
#define LOW_MEMORY      0x8000000U  /* bytes behind which ramdisk and tree go if they can */
#define UIMAGE_ARM      2           /* in the header of a U-Boot image */
#define UIMAGE_ARM64    22
#define UIMAGE_HEADER   64U
#define DEVICES_MAX     64U   /* of all fragments that are looked up in the tree */
#define DEPTH_MAX       16    /* of nodes in a fragment */
#define DEFLATE_MOST    1040U /* bytes that one compressed byte can become at most */

static const char *kind_name(enum module_kind kind)
{
    static const char names[][14] = {
        [MODULE_UNKNOWN] = "a module",          [MODULE_KERNEL] = "a kernel",
        [MODULE_RAMDISK] = "a ramdisk",         [MODULE_XSM] = "an XSM policy",
        [MODULE_DEVICE_TREE] = "a device tree",
    };

    return names[kind];
}

static bool is_loaded(const struct module *module)
{
    return module->binary != NULL && module->binary->is_loaded;
}

/* Whether two modules are one to Xen: one binary of one kind. */
static bool is_same(const struct module *left, const struct module *right)
{
    return left->kind == right->kind && left->binary == right->binary &&
           (left->binary != NULL || left->address == right->address);
}

/* Whether no module before it stands for the same binary as the same kind. */
static bool is_first(const struct check *check, const struct module *module)
{
    const struct module *first = check->plan->modules;

    while (!is_same(first, module))
        first++;
    return first == module;
}

/* --- how many there are ----------------------------------------------------------------------- */

/* Modules of one binary count once, whatever domain they are of. */
static void check_count(const struct check *check)
{
    const struct plan *plan = check->plan;
    size_t count = MODULES_XEN;
    size_t lines = 0;

    for (size_t at = 0; at < plan->module_count; at++) {
        const struct module *module = &plan->modules[at];

        if (is_first(check, module))
            count++;
        if (tree_has(check->fdt, module->node, "bootargs"))
            lines++;
    }
    if (count > MODULES_MAX)
        check_error(check, NULL, &(struct location){.node = "/chosen"},
                    "share binaries between domains: each counts once",
                    "%zu boot modules are needed, but Xen takes %u (itself and the tree counted)",
                    count, MODULES_MAX);
    if (lines > MODULES_MAX)
        check_error(check, NULL, &(struct location){.node = "/chosen"}, NULL,
                    "%zu modules have a command line, but Xen takes %u", lines, MODULES_MAX);
}

/* A kernel is needed once; of a ramdisk or fragment that is there twice Xen takes one. */
static void check_once(const struct check *check, const struct domain *domain,
                       enum module_kind kind)
{
    bool is_found = false;

    for (size_t at = 0; at < domain->module_count; at++) {
        const struct module *module = &domain->modules[at];

        if (module->kind == kind && is_found)
            (kind == MODULE_KERNEL ? check_error : check_warning)(
                check, NULL, &module->where, "leave one of them", "%s has more than one %s",
                domain->name, strchr(kind_name(kind), ' ') + 1);
        is_found = is_found || module->kind == kind;
    }
}

static void check_kernels(const struct check *check, const struct domain *domain)
{
    check_once(check, domain, MODULE_KERNEL);
    check_once(check, domain, MODULE_RAMDISK);
    check_once(check, domain, MODULE_DEVICE_TREE);
    /* What is of unknown kind was not read, or it would be the kernel by now. */
    if (check_has_kernel(domain) || domain_module(domain, MODULE_UNKNOWN) != NULL)
        return;
    if (!domain->is_dom0)
        check_error(check, domain, NULL,
                    "add a module with compatible \"multiboot,kernel\", \"multiboot,module\"",
                    " has no kernel");
    else if (domain_module(domain, MODULE_RAMDISK) != NULL)
        (check->plan->domain_count > 1 ? check_warning : check_error)(
            check, domain, NULL, "give it a kernel, or leave its ramdisk out",
            " has a ramdisk but no kernel");
}

/* --- their nodes ------------------------------------------------------------------------------ */

static void check_node(const struct check *check, const struct module *module)
{
    const struct domain *domain = module->domain;
    const char *line = tree_string(check->fdt, module->node, "bootargs");
    const char *name = fdt_get_name(check->fdt, module->node, NULL);

    if (line != NULL)
        check_length(check, domain, &module->where, "the command line", line, COMMAND_MAX);
    check_length(check, domain, &module->where, "the module's path",
                 text_format(check->arena, "%s/%s", domain->path, name), MODULE_PATH_MAX);
    if (module->kind == MODULE_UNKNOWN && (is_loaded(module) || module->binary == NULL))
        check_warning(check, domain, &module->where,
                      "say it in compatible, such as \"multiboot,ramdisk\"",
                      ": it is not known what the module is for");
}

/* --- whole files ------------------------------------------------------------------------------ */

bool check_is_efi(const struct binary *binary, uint64_t *header)
{
    const char *data = binary->memory;

    if (binary->size < 64 || memcmp(data, "MZ", 2) != 0)
        return false;
    *header = read_little(data + 0x3c, 4);
    return *header + 24 <= binary->size && memcmp(data + *header, "PE\0\0", 4) == 0;
}

void check_whole(const struct check *check, const struct binary *binary)
{
    const char *data = binary->memory;
    uint64_t header;
    uint64_t section;
    uint64_t end = 0;

    if (!check_is_efi(binary, &header))
        return;
    section = header + 24 + read_little(data + header + 20, 2);
    for (uint64_t left = read_little(data + header + 6, 2); left > 0; left--, section += 40) {
        uint64_t last;

        if (section + 40 > binary->size)
            break;
        last = read_little(data + section + 16, 4) + read_little(data + section + 20, 4);
        end = last > end ? last : end;
    }
    if (end > binary->size)
        check_error(check, NULL, &binary->where, "was it copied completely?",
                    "%s is cut off: it has %lu of %lu bytes", binary->name, binary->size, end);
}

/* --- kernels ---------------------------------------------------------------------------------- */

/* What Xen makes of a kernel. */
struct kernel {
    uint64_t size;   /* bytes, unpacked */
    uint64_t offset; /* from the start of the domain's memory */
};

/* Reads the length that gzip data says it has when unpacked; false when that cannot be right. */
static bool read_gzip(const struct binary *binary, struct kernel *kernel)
{
    uint64_t packed = binary->size;

    if (packed < 20)
        return false;
    kernel->size = read_little((const char *)binary->memory + binary->size - 4, 4);
    return kernel->size / DEFLATE_MOST <= packed && packed / 64 * 63 <= kernel->size + 1024;
}

/* A U-Boot image: its length and architecture are what Xen looks at. */
static const char *check_uimage(const struct binary *binary, struct kernel *kernel)
{
    const unsigned char *header = binary->memory;

    if (binary->size < UIMAGE_HEADER)
        return "cut off";
    kernel->size = fdt32_ld((const void *)(header + 12));
    if (kernel->size > binary->size - UIMAGE_HEADER)
        return "cut off";
    return header[29] != UIMAGE_ARM && header[29] != UIMAGE_ARM64 ? "for another processor" : NULL;
}

/* What makes a binary no kernel for Xen, or NULL; then *kernel is what Xen makes of it. */
static const char *check_content(const struct binary *binary, struct kernel *kernel)
{
    const char *data = binary->memory;

    *kernel = (struct kernel){.size = binary->size};
    switch (binary->content) {
    case CONTENT_IMAGE:
        kernel->offset = read_little(data + 8, 8);
        return binary->size < 64 ? "cut off" : NULL;
    case CONTENT_ZIMAGE:
        if (binary->size < 48 ||
            read_little(data + 44, 4) - read_little(data + 40, 4) > binary->size)
            return "cut off";
        return NULL;
    case CONTENT_UIMAGE:
        return check_uimage(binary, kernel);
    case CONTENT_GZIP:
        return read_gzip(binary, kernel) ? NULL : "damaged";
    case CONTENT_UNKNOWN:
        if (binary->size >= 64 && read_little(data, 4) == IMAGE_OLD)
            return NULL;
        return "no kernel";
    case CONTENT_ELF:
    case CONTENT_ZBOOT:
    case CONTENT_PE:
    case CONTENT_DEVICE_TREE:
    case CONTENT_CPIO:
    case CONTENT_COMPRESSED:
    case CONTENT_XSM:
    default:
        break;
    }
    return content_name(binary->content);
}

static const char *kernel_hint(enum content content)
{
    switch (content) {
    case CONTENT_ELF:
        return "use the Image that objcopy -O binary makes of it";
    case CONTENT_ZBOOT:
        return "only firmware can start it: use the Image that was packed into it";
    case CONTENT_COMPRESSED:
        return "Xen unpacks gzip alone: unpack it, or pack it with gzip";
    case CONTENT_IMAGE:
    case CONTENT_ZIMAGE:
    case CONTENT_GZIP:
        return "was it copied completely?";
    case CONTENT_UIMAGE:
    case CONTENT_UNKNOWN:
    case CONTENT_PE:
    case CONTENT_DEVICE_TREE:
    case CONTENT_CPIO:
    case CONTENT_XSM:
    default:
        break;
    }
    return "Xen starts an Image, a zImage, or these in gzip";
}

static uint64_t round_up(uint64_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Whether kernel, ramdisk and tree fit into the memory of a domain, as Xen arranges them. */
static void check_room(const struct check *check, const struct domain *domain,
                       const struct kernel *kernel)
{
    const struct module *ramdisk = domain_module(domain, MODULE_RAMDISK);
    uint64_t other = ALIGNMENT; /* the tree */
    uint64_t end = kernel->offset + kernel->size;
    uint64_t bytes;

    if (!domain_memory(check->subject->tree, domain, &bytes) || bytes == 0 ||
        bytes > UINT64_MAX / 1024 || kernel->offset >= UINT64_MAX / 4)
        return;
    bytes *= 1024;
    if (ramdisk != NULL)
        other += round_up(ramdisk->binary != NULL ? ramdisk->binary->size : ramdisk->size);
    if (end >= LOW_MEMORY || bytes < LOW_MEMORY + other)
        if (round_up(end) + other >= bytes)
            check_error(check, domain, NULL, check_memory_hint(check, bytes / 1024),
                        " has %s of memory, but its files need %s", text_size(check->arena, bytes),
                        text_size(check->arena, round_up(end) + other + ALIGNMENT));
}

static void check_kernel(const struct check *check, const struct module *module)
{
    const struct binary *binary = module->binary;
    struct kernel kernel;
    const char *wrong;

    if (!is_loaded(module))
        return;
    wrong = check_content(binary, &kernel);
    if (wrong == NULL && !module->domain->is_dom0)
        check_room(check, module->domain, &kernel);
    if (!is_first(check, module))
        return;
    if (wrong == NULL)
        check_whole(check, binary);
    else
        check_error(check, NULL, &binary->where, kernel_hint(binary->content),
                    "%s is %s, so Xen cannot start it as the kernel of %s", binary->name, wrong,
                    module->domain->name);
}

/* --- what else content tells ------------------------------------------------------------------ */

static bool is_kernel(enum content content)
{
    return content == CONTENT_IMAGE || content == CONTENT_ZIMAGE || content == CONTENT_ELF ||
           content == CONTENT_ZBOOT;
}

/* Warns when a module that is stated to be one thing holds another. */
static void check_stated(const struct check *check, const struct module *module)
{
    enum content content = is_loaded(module) ? module->binary->content : CONTENT_UNKNOWN;
    bool is_other = is_kernel(content) || content == CONTENT_DEVICE_TREE;

    if (module->kind == MODULE_RAMDISK)
        is_other = is_other || content == CONTENT_XSM;
    else if (module->kind == MODULE_XSM)
        is_other = is_other || content == CONTENT_CPIO;
    else
        return;
    if (module->is_stated && is_other && is_first(check, module))
        check_warning(check, module->domain, &module->where, "are two files mixed up?",
                      ": %s is stated to be %s, but is %s", module->binary->name,
                      kind_name(module->kind), content_name(content));
}

/*
 * Xen finds a module by its address, and one address has one kind. Returns whether the module is
 * of the same kind as all others of its binary.
 */
static bool check_kinds(const struct check *check, const struct module *module)
{
    const struct module *other = check->plan->modules;
    const struct module *end = other + check->plan->module_count;
    struct kernel kernel;

    if (!is_loaded(module))
        return true;
    while (other < end && (other->binary != module->binary || other->kind == module->kind))
        other++;
    /* That it is no kernel is the cause then, and was said. */
    if (other == end || ((other->kind == MODULE_KERNEL || module->kind == MODULE_KERNEL) &&
                         check_content(module->binary, &kernel) != NULL))
        return true;
    if (other < module && is_first(check, module))
        check_error(check, module->domain, &module->where, "give it a copy of the file",
                    ": %s is used as %s, but as %s elsewhere", module->binary->name,
                    kind_name(module->kind), kind_name(other->kind));
    return false;
}

/* --- passthrough fragments -------------------------------------------------------------------- */

/* A fragment while its nodes are walked. */
struct fragment {
    struct check *check;
    const struct module *module;
    const void *fdt;
};

static void check_device_node(const struct fragment *fragment, const char *device, const char *path)
{
    const struct check *check = fragment->check;
    int node = fdt_path_offset(check->fdt, path);

    if (node < 0)
        check_error(check, fragment->module->domain, &fragment->module->where, NULL,
                    ": %s in %s names %s, which the machine's tree does not have", device,
                    fragment->module->binary->name, path);
    else if (!tree_has(check->fdt, node, "xen,passthrough"))
        check_warning(check, fragment->module->domain, &fragment->module->where,
                      "add xen,passthrough to its node, so that neither Xen nor dom0 uses it",
                      " gets %s, which has no xen,passthrough", path);
}

/* xen,reg: address in the machine, size, address in the domain, each in whole pages. */
static void check_device_memory(const struct fragment *fragment, const char *device,
                                const fdt32_t *value, size_t size, int parent)
{
    uint32_t address_cells = tree_cells(fragment->fdt, parent, "#address-cells", 2);
    uint32_t size_cells = tree_cells(fragment->fdt, parent, "#size-cells", 1);
    size_t entry = (2 * (size_t)address_cells + size_cells) * sizeof(*value);
    bool is_right = address_cells - 1 < TREE_CELLS_MAX && size_cells - 1 < TREE_CELLS_MAX &&
                    size != 0 && size % entry == 0;

    for (const fdt32_t *end = value + size / sizeof(*value); is_right && value < end;
         value += entry / sizeof(*value)) {
        uint64_t last = fdt32_ld(value + address_cells - 1) |
                        fdt32_ld(value + address_cells + size_cells - 1) |
                        fdt32_ld(value + entry / sizeof(*value) - 1);

        is_right = last % PAGE_SIZE == 0;
    }
    if (!is_right)
        check_error(fragment->check, fragment->module->domain, &fragment->module->where,
                    "write <HOST SIZE GUEST>, each in whole pages",
                    ": %s in %s has xen,reg that is no list of pages", device,
                    fragment->module->binary->name);
}

static void check_device(const struct fragment *fragment, int node, int parent)
{
    int size;
    const char *device = fdt_get_name(fragment->fdt, node, NULL);
    const fdt32_t *memory = tree_get(fragment->fdt, node, "xen,reg", &size);
    const char *path = tree_string(fragment->fdt, node, "xen,path");
    bool is_forced = tree_has(fragment->fdt, node, "xen,force-assign-without-iommu");

    if (memory != NULL)
        check_device_memory(fragment, device, memory, (size_t)size, parent);
    if (path != NULL && memory != NULL)
        check_device_node(fragment, device, path);
    else if (path != NULL || !is_forced)
        check_error(fragment->check, fragment->module->domain, &fragment->module->where,
                    "give it both, or xen,reg and xen,force-assign-without-iommu",
                    ": %s in %s has %s", device, fragment->module->binary->name,
                    path != NULL ? "xen,path but no xen,reg" : "xen,reg but no xen,path");
}

/* Each node below /passthrough; the parents are remembered on the way down. */
static void check_devices(const struct fragment *fragment, int passthrough)
{
    int parents[DEPTH_MAX] = {passthrough};
    int depth = 0;

    for (int node = fdt_next_node(fragment->fdt, passthrough, &depth); node >= 0 && depth > 0;
         node = fdt_next_node(fragment->fdt, node, &depth)) {
        if (depth >= DEPTH_MAX)
            continue;
        parents[depth] = node;
        if (!tree_has(fragment->fdt, node, "xen,reg") && !tree_has(fragment->fdt, node, "xen,path"))
            continue;
        if (fragment->check->devices++ >= DEVICES_MAX)
            return;
        check_device(fragment, node, parents[depth - 1]);
    }
}

static void check_fragment(struct check *check, const struct module *module)
{
    const struct binary *binary = module->binary;
    struct fragment fragment = {check, module, binary->memory};
    int result = tree_check(fragment.fdt, (size_t)binary->size);
    int passthrough;

    if (result != 0) {
        check_error(check, NULL, &binary->where, "make it with dtc -O dtb",
                    "%s, a device tree for %s, is none: %s", binary->name, module->domain->name,
                    tree_error(result));
        return;
    }
    passthrough = fdt_subnode_offset(fragment.fdt, 0, "passthrough");
    if (passthrough < 0)
        check_warning(check, module->domain, &module->where, "put the devices below it",
                      ": %s has no node /passthrough", binary->name);
    else
        check_devices(&fragment, passthrough);
}

void check_modules(struct check *check)
{
    const struct plan *plan = check->plan;

    check_count(check);
    for (size_t at = 0; at < plan->domain_count; at++)
        check_kernels(check, &plan->domains[at]);
    for (size_t at = 0; at < plan->module_count; at++) {
        const struct module *module = &plan->modules[at];

        check_node(check, module);
        if (check_kinds(check, module))
            check_stated(check, module);
        if (module->kind == MODULE_KERNEL)
            check_kernel(check, module);
        else if (module->kind == MODULE_DEVICE_TREE && is_loaded(module) && is_first(check, module))
            check_fragment(check, module);
    }
}
