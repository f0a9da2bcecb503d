/* SPDX-License-Identifier: BSD-2-Clause */
/* A system on the workstation: core's stages, run over a directory laid out as the ESP. */
#include "host/machine/host_system.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/base/text.h"
#include "host/base/environment.h"
#include "host/base/exit_code.h"
#include "host/base/output.h"
#include "host/machine/foreign.h"
#include "host/machine/memory_advice.h"
#include "host/machine/ramdisks.h"

/* The first address of RAM when nothing tells it: that of QEMU's "virt" machine. */
#define MEMORY_START 0x40000000U

/* The tree of the machine that this program runs on, as Linux shows it; a test names another. */
#define LOCAL_TREE          "/sys/firmware/fdt"
#define LOCAL_TREE_VARIABLE "MUSTER_FIRMWARE_TREE"

#define MEMORY_ASSUMED ((uint64_t)1 << 40)

/* The loader's name where firmware looks for one. */
#define BOOT_IMAGE  "BOOTAA64.EFI"
#define CONFIG_NAME "muster.cfg"

/* The directories of a configuration on the workstation. */
struct place {
    char *directory;  /* real path of the loader's directory */
    char *root;       /* real path of what stands for the partition */
    const char *file; /* name of the configuration in the loader's directory, or NULL */
    bool is_whole;    /* a directory was named */
};

static char *join(const char *directory, const char *name)
{
    char *result = NULL;
    size_t length = strlen(directory);
    bool slash = length != 0 && directory[length - 1] != '/';

    return asprintf(&result, "%s%s%s", directory, slash ? "/" : "", name) >= 0 ? result : NULL;
}

static bool is_directory(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* The path of what `directory` has under a name but for case, or NULL; the caller frees it. */
static char *find_nocase(const char *directory, const char *name)
{
    struct dirent **names = NULL;
    int count = scandir(directory, &names, NULL, alphasort);
    char *found = NULL;

    for (int at = 0; at < count; at++) {
        if (found == NULL && text_equal_nocase(names[at]->d_name, name))
            found = join(directory, names[at]->d_name);
        free(names[at]);
    }
    free(names);
    return found;
}

static bool holds_efi(const char *directory)
{
    char *efi = find_nocase(directory, "EFI");
    bool found = efi != NULL;

    free(efi);
    return found;
}

/* The nearest directory at or above `directory` that holds EFI/, else `directory` itself. */
static char *find_root(const char *directory)
{
    char *path = strdup(directory);

    while (path != NULL && !holds_efi(path)) {
        char *slash = strrchr(path, '/');

        if (slash == path) {
            free(path);
            return strdup(directory);
        }
        *slash = '\0';
    }
    return path;
}

static bool starts_as_image(const char *path)
{
    FILE *file = fopen(path, "rbe");
    char bytes[2] = "";
    bool is_image = file != NULL && fread(bytes, 1, 2, file) == 2 && memcmp(bytes, "MZ", 2) == 0;

    if (file != NULL)
        fclose(file);
    return is_image;
}

static bool has_file(const char *directory, const char *name)
{
    char *path = find_nocase(directory, name);
    bool found = path != NULL;

    free(path);
    return found;
}

/* True if a loader in a directory would find a configuration. */
static bool is_configured(const char *directory)
{
    static const char *const names[] = {"BOOTAA64.cfg", CONFIG_NAME, "xen.cfg"};

    for (size_t at = 0; at < sizeof(names) / sizeof(names[0]); at++)
        if (has_file(directory, names[at]))
            return true;
    return false;
}

/* Tells if the loader in a directory has a seal. False after a message. */
static bool has_seal(const char *directory, bool *is_sealed)
{
    char *loader = find_nocase(directory, BOOT_IMAGE);
    struct host_seal seal = {0};
    bool is_good = loader == NULL || !starts_as_image(loader) || host_seal_open(&seal, loader);

    *is_sealed = seal.is_sealed;
    if (loader != NULL)
        host_seal_close(&seal);
    free(loader);
    return is_good;
}

/*
 * The first directory of a partition's EFI/ with a configuration, or NULL; the caller frees it.
 * *others becomes the number of further ones.
 */
static char *find_configured(const char *efi, unsigned *others)
{
    struct dirent **entries = NULL;
    int count = scandir(efi, &entries, NULL, alphasort);
    char *found = NULL;

    *others = 0;
    for (int at = 0; at < count; at++) {
        char *path = entries[at]->d_name[0] != '.' ? join(efi, entries[at]->d_name) : NULL;

        if (path != NULL && has_file(path, CONFIG_NAME)) {
            *others += found != NULL;
            if (found == NULL) {
                found = path;
                path = NULL;
            }
        }
        free(path);
        free(entries[at]);
    }
    free(entries);
    return found;
}

/* Has another directory of EFI/ count, where `boot` has nothing for Muster. False after a message.
 */
static bool look_elsewhere(struct host_system *host, const char *efi, char **boot)
{
    bool is_sealed = false;
    char *other = NULL;

    if (*boot != NULL && is_configured(*boot))
        return true;
    other = find_configured(efi, &host->other_count);
    if (other == NULL)
        return true;
    if (*boot != NULL && (!has_seal(*boot, &is_sealed) || is_sealed)) {
        free(other);
        return is_sealed;
    }
    host->is_found = true;
    free(*boot);
    *boot = other;
    return true;
}

/*
 * The directory in a partition that firmware boots from (UEFI 2.10 §3.5.1.1), unless it has nothing
 * for Muster and another one has; else its root. NULL after a message.
 */
static char *boot_directory(struct host_system *host, const char *root)
{
    char *efi = find_nocase(root, "EFI");
    char *boot = efi != NULL ? find_nocase(efi, "BOOT") : NULL;
    bool is_good = efi == NULL || look_elsewhere(host, efi, &boot);

    free(efi);
    if (is_good && boot != NULL && is_directory(boot))
        return boot;
    free(boot);
    return is_good ? strdup(root) : NULL;
}

/* The loader's directory as the person would write it. */
static char *shown_directory(struct host_system *host, const struct host_request *request,
                             bool whole)
{
    const char *slash = strrchr(request->config, '/');

    if (whole)
        return boot_directory(host, request->config);
    return strndup(request->config, slash != NULL ? (size_t)(slash - request->config) + 1 : 0);
}

static bool is_below(const char *path, const char *root)
{
    size_t length = strlen(root);

    return length == 1 ||
           (strncmp(path, root, length) == 0 && (path[length] == '/' || path[length] == '\0'));
}

static int find_place(struct host_system *host, const struct host_request *request,
                      struct place *place)
{
    bool whole = is_directory(request->config);
    const char *slash = strrchr(request->config, '/');
    const char *shown;

    place->is_whole = whole;
    host->directory = shown_directory(host, request, whole);
    if (host->directory == NULL)
        return EXIT_CODE_ERRORS;
    if (!whole)
        place->file = slash != NULL ? slash + 1 : request->config;
    shown = host->directory[0] != '\0' ? host->directory : ".";
    place->directory = realpath(shown, NULL);
    if (place->directory == NULL) {
        output_error("cannot open the directory %s: %s", shown, strerror(errno));
        return EXIT_CODE_ERRORS;
    }
    place->root = request->root != NULL ? realpath(request->root, NULL)
                  : whole               ? realpath(request->config, NULL)
                                        : find_root(place->directory);
    if (place->root == NULL) {
        output_error("cannot open the directory %s: %s", request->root, strerror(errno));
        return EXIT_CODE_ERRORS;
    }
    if (is_below(place->directory, place->root))
        return 0;
    output_error("%s is not in %s, which --root names", request->config, request->root);
    return EXIT_CODE_USAGE;
}

/* Reads the seal of the loader: of the file that was named, or of the one in the directory. */
static int find_seal(struct host_system *host, const struct host_request *request,
                     struct place *place)
{
    char *loader =
        place->is_whole ? find_nocase(host->directory, BOOT_IMAGE) : strdup(request->config);
    bool is_image = loader != NULL && starts_as_image(loader);
    bool is_good = true;

    if (is_image && request->is_sealing && !place->is_whole) {
        output_error("%s is a loader: name the configuration that is to be sealed", loader);
        is_good = false;
    } else if (is_image && !request->is_sealing)
        is_good = place->is_whole ? host_seal_open(&host->seal, loader)
                                  : host_seal_open_sealed(&host->seal, loader);
    free(loader);
    if (host->seal.is_sealed)
        place->file = NULL;
    return is_good ? 0 : EXIT_CODE_ERRORS;
}

/* Reads a device tree as the firmware would have it in memory. */
static int read_tree(const char *name, void **content, size_t *size)
{
    FILE *file = fopen(name, "rb");
    int error = file == NULL ? errno : 0;

    *content = file != NULL ? malloc(TREE_SIZE_MAX + 1) : NULL;
    *size = 0;
    if (*content != NULL) {
        *size = fread(*content, 1, TREE_SIZE_MAX + 1, file);
        error = ferror(file) ? errno : 0;
    } else if (file != NULL) {
        error = ENOMEM;
    }
    if (file != NULL)
        fclose(file);
    if (error == 0 && *size != 0)
        return 0;
    output_error("cannot read the device tree %s: %s", name,
                 error != 0 ? strerror(error) : "it is empty");
    return EXIT_CODE_ERRORS;
}

const char *host_system_local_tree(void)
{
    const char *given = getenv(LOCAL_TREE_VARIABLE);
    struct utsname name;

    if (given != NULL)
        return given[0] != '\0' ? given : NULL;
    if (environment_is_xen())
        return NULL; /* Xen made dom0's */
    if (uname(&name) != 0 || strcmp(name.machine, "aarch64") != 0 || access(LOCAL_TREE, R_OK) != 0)
        return NULL;
    return LOCAL_TREE;
}

/*
 * Gives the machine its RAM. Where nothing tells how much, it gets enough to find other mistakes.
 * True if it is what the tree says.
 */
static bool set_memory(struct host_system *host, const struct host_request *request,
                       struct system *system)
{
    struct host_memory *memory = &host->platform.memory;
    size_t count = host_memory_from_tree(memory, system->tree.fdt);
    uint64_t start = MEMORY_START;

    if (count != 0)
        start = memory->banks[0].start;
    else
        host_memory_start(system->tree.fdt, &start);
    if (request->memory != 0)
        host_memory_set(memory, request->has_memory_start ? request->memory_start : start,
                        request->memory);
    if (memory->bank_count != 0)
        return request->memory == 0;
    host_memory_set(memory, start, MEMORY_ASSUMED);
    diagnose(&system->diagnostics, SEVERITY_ERROR, NULL,
             "--memory SIZE tells what the firmware would know",
             "the device tree does not say how much RAM the machine has");
    return false;
}

bool host_system_complete(struct host_system *host, const struct host_request *request,
                          struct system *system)
{
    bool is_of_tree = set_memory(host, request, system);
    bool is_bootable = system_complete(system);

    if (is_of_tree)
        memory_advise(&system->diagnostics, &host->platform.memory);
    ramdisks_check(system);
    return is_bootable;
}

/* Says what somebody at a workstation can do about a missing tree. */
static void explain_no_tree(struct system *system)
{
    bool is_chosen = system->section.config != NULL ||
                     (system->config.file == NULL && system->options.config == NULL);

    if (system->request.firmware_tree == NULL && system->section.dtb == NULL && is_chosen)
        diagnose(
            &system->diagnostics, SEVERITY_NOTE, NULL,
            "--dtb FILE gives the tree that the firmware would provide, --machine qemu that of "
            "muster run",
            "a workstation has no firmware's device tree to look at");
}

bool host_system_describe(struct host_system *host)
{
    struct system *system = &host->system;

    if (system_describe(system))
        return true;
    if (system->tree.fdt == NULL)
        explain_no_tree(system);
    system_conclude(system);
    return false;
}

void host_system_finish(struct host_system *host, const struct host_request *request)
{
    struct system *system = &host->system;

    if (host->is_found)
        diagnose(&system->diagnostics, SEVERITY_NOTE, NULL,
                 host->other_count != 0 ? "name the file of another directory to look at that"
                                        : NULL,
                 "the configuration is that of %s", host->directory);
    if (request->is_assumed && system->section.dtb == NULL)
        diagnose(&system->diagnostics, SEVERITY_NOTE, NULL, "--dtb FILE takes another one",
                 "the device tree is that of the machine that muster run starts");
    if (host->local_tree != NULL && system->section.dtb == NULL)
        diagnose(&system->diagnostics, SEVERITY_NOTE, NULL, "--dtb FILE takes another one",
                 "the device tree is that of this machine, %s", host->local_tree);
    host->is_bootable = host_system_complete(host, request, system);
}

/* Runs the stages; what is wrong with the system is in its diagnostics then. */
static void run_stages(struct host_system *host, const struct host_request *request)
{
    if (host_system_describe(host))
        host_system_finish(host, request);
}

/*
 * Names of a sealed system are resolved where it was sealed, so that is how they are to be shown;
 * `below` is the loader's directory in the partition.
 */
static bool show_sealed_directory(struct host_system *host, const char *below)
{
    const char *name = host->seal.seal.configs[0].name;
    const char *base = strrchr(name, '/');
    size_t length = (size_t)(base - name);

    if (length == strlen(below) && strncasecmp(name, below, length) == 0)
        return true;
    free(host->directory);
    if (asprintf(&host->directory, "%s%.*s", host->platform.files.root_path, (int)length, name) < 0)
        host->directory = NULL;
    return host->directory != NULL;
}

/* Starts core on the platform, under the seal if there is one. */
static bool start_core(struct host_system *host, const struct host_request *request,
                       const struct place *place, struct request *core)
{
    static const char force[] = "-force";
    const struct sealed rules = {
        .seal = host->seal.is_sealed ? &host->seal.seal : NULL,
        .arena = &host->system.arena,
        .seen = request->seen,
        .data = request->data,
    };

    core->seal = rules.seal;
    core->is_sealing = request->is_sealing;
    if (rules.seal != NULL || rules.seen != NULL)
        host_platform_seal(&host->platform, &rules);
    if (rules.seal != NULL) {
        host->interface.list = NULL; /* another name than the sealed one would not help */
        core->load_options = request->force ? force : NULL;
        core->load_options_size = request->force ? sizeof(force) - 1 : 0;
    }
    if (!system_init(&host->system, &host->interface, core))
        return false;
    if (rules.seal == NULL) {
        host->system.options.config = place->file;
        host->system.options.force = request->force;
    }
    host->system.options.section = request->section;
    return true;
}

/* True after reporting that the file which was named is known to be something else. */
static bool is_foreign(struct host_system *host, const struct place *place)
{
    char *path = place->file != NULL ? host_file_name(host, place->file) : NULL;
    bool is_other = path != NULL && foreign_report(&host->system.diagnostics, path, place->file);

    free(path);
    return is_other;
}

static int start(struct host_system *host, const struct host_request *request,
                 const struct place *place)
{
    const char *below = place->directory + (strlen(place->root) > 1 ? strlen(place->root) : 0);
    const char *tree = request->tree;
    struct request core = {0};
    int result;

    if (!host_platform_open(&host->platform, place->root)) {
        output_error("cannot open the directory %s: %s", place->root, strerror(errno));
        return EXIT_CODE_ERRORS;
    }
    host->interface = host_platform_interface(&host->platform);
    host->image = join(below[0] != '\0' ? below : "/", BOOT_IMAGE);
    if (tree == NULL)
        tree = host->local_tree = host_system_local_tree();
    if (tree != NULL) {
        result = read_tree(tree, &host->firmware_tree, &core.firmware_tree_size);
        if (result != 0)
            return result;
    }
    core.image = host->image;
    core.firmware_tree = host->firmware_tree;
    host->is_open =
        host->image != NULL && (!host->seal.is_sealed || show_sealed_directory(host, below));
    if (!host->is_open || !start_core(host, request, place, &core)) {
        output_error("out of memory");
        return EXIT_CODE_ERRORS;
    }
    if (is_foreign(host, place))
        system_conclude(&host->system);
    else if (request->is_choosing)
        system_configure(&host->system);
    else
        run_stages(host, request);
    return 0;
}

int host_system_open(struct host_system *host, const struct host_request *request)
{
    struct place place = {0};
    int result;

    *host = (struct host_system){.platform = {.files.root = -1}};
    result = find_place(host, request, &place);
    if (result == 0)
        result = find_seal(host, request, &place);
    if (result == 0)
        result = start(host, request, &place);
    free(place.directory);
    free(place.root);
    return result;
}

void host_system_close(struct host_system *host)
{
    if (host->is_open)
        system_release(&host->system);
    host_platform_close(&host->platform);
    host_seal_close(&host->seal);
    free(host->firmware_tree);
    free(host->image);
    free(host->directory);
}

char *host_file_name(const struct host_system *host, const char *file)
{
    if (file[0] == '/' || file[0] == '\\')
        return join(host->platform.files.root_path, file + 1);
    return join(host->directory, file);
}
