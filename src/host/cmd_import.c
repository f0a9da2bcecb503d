/* SPDX-License-Identifier: BSD-2-Clause */
/* The import command: an ImageBuilder configuration becomes a directory that Muster boots. */
#include "host/cmd_import.h"

#include <errno.h>
#include <getopt.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "host/base/output.h"
#include "host/base/process.h"
#include "host/cmd_check.h"
#include "host/import/imagebuilder_parse.h"
#include "host/import/import.h"
#include "host/import/import_files.h"
#include "host/import/import_rest.h"
#include "host/import/import_system.h"
#include "host/machine/host_platform.h"
#include "host/report/report.h"

struct arguments {
    const char *config;
    const char *directory; /* that names of files are relative to, or NULL */
    const char *target;    /* or NULL */
    bool replaces;         /* a target that is there */
};

/* Returns 0, or EXIT_CODE_USAGE after saying what is wrong. */
static int parse(int argc, char **argv, struct arguments *arguments)
{
    static const struct option options[] = {
        {"output", required_argument, NULL, 'o'},
        {"directory", required_argument, NULL, 'd'},
        {"force", no_argument, NULL, 'f'},
        {0},
    };
    int result;

    while ((result = getopt_long(argc, argv, ":o:d:f", options, NULL)) != -1) {
        if (result == 'o')
            arguments->target = optarg;
        else if (result == 'd')
            arguments->directory = optarg;
        else if (result == 'f')
            arguments->replaces = true;
        else
            return option_error(&import_command, result, argv);
    }
    if (argc - optind != 1)
        return usage_error(&import_command, "name one ImageBuilder configuration");
    arguments->config = argv[optind];
    return 0;
}

/* Reads the whole configuration into the arena. NULL after a message. */
static char *read_config(struct arena *arena, const char *path, size_t *size)
{
    FILE *file = fopen(path, "rbe");
    int error = file == NULL ? errno : 0;
    char *text = arena_allocate(arena, IMAGEBUILDER_SIZE_MAX + 1);

    *size = 0;
    if (file != NULL && text != NULL)
        *size = fread(text, 1, IMAGEBUILDER_SIZE_MAX + 1, file);
    if (file != NULL && ferror(file))
        error = errno;
    if (file != NULL)
        fclose(file);
    if (error != 0)
        output_error("cannot read %s: %s", path, strerror(error));
    else if (*size > IMAGEBUILDER_SIZE_MAX)
        output_error("%s is too large for an ImageBuilder configuration", path);
    else
        return text;
    return NULL;
}

/* The directory that a path lies in, in the arena. */
static const char *directory_of(struct arena *arena, const char *path)
{
    const char *name = file_base_name(path);

    if (name == path)
        return ".";
    return arena_copy(arena, path, name - path > 1 ? (size_t)(name - path) - 1 : 1);
}

/* Names that are the import's own cannot be given to files. */
static bool reserve_names(struct import *import)
{
    static const char *const own[] = {
        IMPORT_CONFIG_NAME,
        IMPORT_LOADER_DIRECTORY "/BOOTAA64.EFI",
        IMPORT_LOADER_DIRECTORY "/" IMPORT_OVERLAY_NAME,
    };

    names_init(&import->names, import->arena, true);
    names_init(&import->tree.cpus, import->arena, false);
    for (size_t at = 0; at < sizeof(own) / sizeof(own[0]); at++)
        if (names_add(&import->names, own[at], import) == NULL)
            return false;
    return true;
}

/* Reads, maps and reports; the text of muster.cfg is then in *text, which the caller frees. */
static bool make(struct import *import, const char *config, char **text, size_t *size)
{
    size_t length;
    char *source = read_config(import->arena, config, &length);
    bool is_read;

    if (source == NULL || !reserve_names(import))
        return false;
    import->text = open_memstream(text, size);
    if (import->text == NULL)
        return false;
    fprintf(import->text, IMPORT_MARK "%s.\n\n", file_base_name(config));
    is_read = imagebuilder_parse(&import->config, import->arena, import->diagnostics, config,
                                 source, length);
    if (is_read)
        import_system(import);
    if (is_read)
        import_rest(import);
    if (fclose(import->text) != 0 || import->arena->failed) {
        output_error("out of memory");
        return false;
    }
    if (import->tree.overlay.fdt != NULL)
        fdt_pack(import->tree.overlay.fdt);
    diagnostics_sort(import->diagnostics);
    report_list(stdout, import->diagnostics, source, length);
    return import->diagnostics->counts[SEVERITY_ERROR] == 0;
}

static void print_done(const struct import *import, const char *target)
{
    uint64_t bytes = 0;
    unsigned files = 0;

    for (const struct import_file *file = import->files; file != NULL; file = file->next) {
        bytes += file->size;
        files++;
    }
    printf("wrote %s: the configuration %s and %u files, %s\n", target, IMPORT_CONFIG_NAME, files,
           text_size(import->arena, bytes));
}

/* The new directory is checked as `muster check` would. */
static int check(const struct import *import, const char *target)
{
    char name[] = "check";
    char *path = strdup(target);
    char *memory = import->memory != NULL ? strdup(import->memory) : NULL;
    char *arguments[] = {name, path, memory, NULL};
    int result = EXIT_CODE_ERRORS;

    optind = 0;
    if (import->memory != NULL)
        printf("muster check %s %s\n", import->memory, target);
    if (path != NULL)
        result = check_command.run(memory != NULL ? 3 : 2, arguments);
    free(memory);
    free(path);
    return result;
}

static int import_to(struct import *import, const struct arguments *arguments, const char *target)
{
    char *text = NULL;
    size_t size = 0;
    bool is_done =
        make(import, arguments->config, &text, &size) && import_write(import, target, text, size);

    free(text);
    if (!is_done)
        return EXIT_CODE_ERRORS;
    print_done(import, target);
    return check(import, target);
}

static int run(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct host_platform nowhere = {.files.root = -1};
    struct platform platform = host_platform_interface(&nowhere);
    struct arena arena;
    struct diagnostics diagnostics;
    struct import import = {.arena = &arena, .diagnostics = &diagnostics};
    const char *target;
    int result = parse(argc, argv, &arguments);

    if (result != 0)
        return result;
    import.replaces = arguments.replaces;
    arena_init(&arena, &platform);
    diagnostics_init(&diagnostics, &arena);
    import.directory =
        arguments.directory != NULL ? arguments.directory : directory_of(&arena, arguments.config);
    target = arguments.target != NULL
                 ? arguments.target
                 : text_format(&arena, "%s.esp", file_base_name(arguments.config));
    result = EXIT_CODE_ERRORS;
    process_catch_signals();
    if (import.directory != NULL && target != NULL)
        result = import_to(&import, &arguments, target);
    arena_release(&arena);
    process_pass_signal();
    return result;
}

const struct command import_command = {
    .name = "import",
    .synopsis = "[-o DIR] [-f] [-d DIR] IMAGEBUILDER-CONFIG",
    .summary = "turn an ImageBuilder configuration into a system for Muster",
    .help = "Reads the configuration without running it as a shell does, with ImageBuilder's\n"
            "defaults, and writes a directory laid out as the EFI system partition: muster.cfg\n"
            "and all files. Each line that cannot be carried over, or is not needed, is named.\n"
            "\n"
            "  -o, --output DIR     the new directory; default: CONFIG.esp here\n"
            "  -f, --force          replace the directory of an earlier import\n"
            "  -d, --directory DIR  what names of files are relative to; default: the directory\n"
            "                       of the configuration\n"
            "\n"
            "The exit code is 0 when the new system can be started, 1 when there are errors (then\n"
            "nothing is written, but for errors that the finished system has), 2 when the command\n"
            "line is wrong.\n",
    .run = run,
};
