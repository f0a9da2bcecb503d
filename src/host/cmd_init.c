/* SPDX-License-Identifier: BSD-2-Clause */
/* The init command: a first system to go on from, made of a Xen, a kernel and a ramdisk. */
#include "host/cmd_init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "host/base/copy.h"
#include "host/base/output.h"
#include "host/base/process.h"
#include "host/base/staging.h"
#include "host/disk/disk_files.h"
#include "host/machine/host_request.h"

/* MiB of memory that a configuration asks for. */
#define MEMORY_DOM0   512U
#define MEMORY_MOST   512U /* for a domain */
#define MEMORY_LEAST  64U
#define MEMORY_IN_ALL 1600U /* of the machine's 2 GiB: the rest is for Xen, and for binaries */

#define DEFAULT_BOOT     "/boot"
#define DEFAULT_DOMAINS  2U
#define DOMAINS_MAX      16U
#define STAGED_NAME      "partition"
#define LOADER_DIRECTORY "EFI/BOOT"

enum {
    OPTION_XEN = 0x100,
    OPTION_KERNEL,
    OPTION_RAMDISK,
    OPTION_DOM0,
    OPTION_DOMAINS,
    OPTION_BOOT
};

/* A system to be written. The texts that are found or typed belong to it. */
struct init {
    const char *directory;
    const char *boot; /* the directory in which Xen and kernels are looked for */
    char *xen;
    char *kernel;
    char *ramdisk; /* NULL or "" for none */
    unsigned domains;
    bool has_domains; /* as the command line says */
    bool has_dom0;
    bool is_silent; /* nothing is asked */
};

static bool set(char **text, const char *value)
{
    free(*text);
    *text = strdup(value);
    return *text != NULL;
}

static int take_domains(struct init *init, const char *argument)
{
    uint64_t number;

    if (!text_to_number(argument, strlen(argument), &number) || number > DOMAINS_MAX)
        return usage_error(&init_command, "%s is not a number of domains from 0 to %u", argument,
                           DOMAINS_MAX);
    init->domains = (unsigned)number;
    init->has_domains = true;
    return 0;
}

static int take_option(struct init *init, int option, char **argv)
{
    switch (option) {
    case OPTION_XEN:
        return set(&init->xen, optarg) ? 0 : EXIT_CODE_ERRORS;
    case OPTION_KERNEL:
        return set(&init->kernel, optarg) ? 0 : EXIT_CODE_ERRORS;
    case OPTION_RAMDISK:
        return set(&init->ramdisk, optarg) ? 0 : EXIT_CODE_ERRORS;
    case OPTION_DOM0:
        init->has_dom0 = true;
        return 0;
    case OPTION_DOMAINS:
        return take_domains(init, optarg);
    case OPTION_BOOT:
        init->boot = optarg;
        return 0;
    case 'y':
        init->is_silent = true;
        return 0;
    default:
        return option_error(&init_command, option, argv);
    }
}

/* Returns 0, or EXIT_CODE_USAGE after saying what is wrong. */
static int parse(int argc, char **argv, struct init *init)
{
    static const struct option options[] = {
        {"xen", required_argument, NULL, OPTION_XEN},
        {"kernel", required_argument, NULL, OPTION_KERNEL},
        {"ramdisk", required_argument, NULL, OPTION_RAMDISK},
        {"dom0", no_argument, NULL, OPTION_DOM0},
        {"domains", required_argument, NULL, OPTION_DOMAINS},
        {"boot", required_argument, NULL, OPTION_BOOT},
        {"yes", no_argument, NULL, 'y'},
        {0},
    };
    int option;
    int result = 0;

    while (result == 0 && (option = getopt_long(argc, argv, ":y", options, NULL)) != -1)
        result = take_option(init, option, argv);
    if (result == 0 && argc - optind > 1)
        result = usage_error(&init_command, "name one directory");
    if (result == 0 && optind < argc)
        init->directory = argv[optind];
    return result;
}

/* The newest file of a directory whose name has this start and end, or NULL. */
static char *find_newest(const char *directory, const char *start, const char *end)
{
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, NULL, versionsort);
    char *path = NULL;

    for (int at = count; at-- > 0;) {
        const char *name = entries[at]->d_name;

        if (path == NULL && text_starts(name, start) && text_ends(name, end) &&
            asprintf(&path, "%s/%s", directory, name) < 0)
            path = NULL;
        free(entries[at]);
    }
    free(entries);
    return path;
}

/* The ramdisk that a distribution made for a kernel, if it is there. */
static char *find_ramdisk(const char *kernel)
{
    const char *base = disk_file_base(kernel);
    char *path = NULL;

    if (!text_starts(base, "vmlinuz-") || asprintf(&path, "%.*sinitrd.img-%s", (int)(base - kernel),
                                                   kernel, base + strlen("vmlinuz-")) < 0)
        return NULL;
    if (access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}

/* Asks for a text, which may stay as it is. False at the end of the input. */
static bool ask(const struct init *init, const char *question, char **text)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    bool is_done = true;

    if (init->is_silent)
        return true;
    printf("%s [%s]: ", question, *text != NULL ? *text : "none");
    fflush(stdout);
    length = getline(&line, &size, stdin);
    if (length <= 0) {
        is_done = false;
    } else {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '\0')
            is_done = set(text, line);
    }
    free(line);
    return is_done;
}

/* True for the name of a file, or for none where none is needed; else it says what is wrong. */
static bool is_answer(const char *name, bool is_needed)
{
    struct stat status;
    int error = 0;

    if (name == NULL || name[0] == '\0') {
        if (is_needed)
            output_error("this needs a file");
        return !is_needed;
    }
    if (access(name, R_OK) != 0 || stat(name, &status) != 0)
        error = errno;
    else if (S_ISDIR(status.st_mode))
        error = EISDIR;
    if (error != 0)
        output_error("cannot read %s: %s", name, strerror(error));
    return error == 0;
}

/* Asks for a file until there is an answer that will do. False at the end of the input. */
static bool ask_file(const struct init *init, const char *question, char **file, bool is_needed)
{
    char *offer = *file;
    bool is_done = init->is_silent;

    while (!is_done) {
        char *answer = offer != NULL ? strdup(offer) : NULL;

        if (!ask(init, question, &answer)) {
            free(answer);
            return false;
        }
        is_done = is_answer(answer, is_needed);
        if (is_done) {
            free(offer);
            *file = answer;
        } else {
            free(answer);
        }
    }
    return true;
}

/* Asks until there is a number that will do. False at the end of the input. */
static bool ask_domains(struct init *init)
{
    bool is_done = init->has_domains || init->is_silent;

    if (!init->has_domains)
        init->domains = DEFAULT_DOMAINS;
    while (!is_done) {
        unsigned least = init->has_dom0 ? 0 : 1;
        uint64_t number;
        char *text = NULL;

        if (asprintf(&text, "%u", init->domains) < 0)
            return false;
        if (!ask(init, "Domains", &text)) {
            free(text);
            return false;
        }
        is_done =
            text_to_number(text, strlen(text), &number) && number >= least && number <= DOMAINS_MAX;
        if (is_done)
            init->domains = (unsigned)number;
        else
            output_error("%s is not a number from %u to %u", text, least, DOMAINS_MAX);
        free(text);
    }
    return true;
}

/* Asks for what the command line does not name. False at the end of the input, after a message. */
static bool ask_all(struct init *init, bool finds_ramdisk)
{
    bool is_done =
        ask_file(init, "Xen", &init->xen, true) && ask_file(init, "Kernel", &init->kernel, true);

    if (is_done && init->ramdisk == NULL && init->kernel != NULL && finds_ramdisk)
        init->ramdisk = find_ramdisk(init->kernel);
    is_done = is_done && ask_file(init, "Ramdisk", &init->ramdisk, false) && ask_domains(init);
    if (!is_done && process_signal() == 0) {
        putchar('\n');
        output_error("not all questions were answered, so nothing was written");
    }
    return is_done;
}

/* Finds what the command line does not name. False after a message. */
static bool complete(struct init *init)
{
    bool is_asked = init->kernel != NULL; /* then no ramdisk is wanted but the one that is named */

    if (init->xen == NULL)
        init->xen = find_newest(init->boot, "xen", ".efi");
    if (init->kernel == NULL)
        init->kernel = find_newest(init->boot, "vmlinuz-", "");
    if (!ask_all(init, !is_asked))
        return false;
    if (init->xen == NULL)
        output_error("there is no Xen in %s: name one with --xen FILE", init->boot);
    else if (init->kernel == NULL)
        output_error("there is no kernel in %s: name one with --kernel FILE", init->boot);
    else if (init->domains == 0 && !init->has_dom0)
        output_error("there is neither a dom0 nor a domain: give --dom0 or --domains N");
    else
        return true;
    return false;
}

/* Writes the name of a file as an entry has it. */
static void write_name(FILE *stream, const char *key, const char *path, const char *rest)
{
    const char *name = disk_file_base(path);
    const char *quote = strchr(name, ' ') != NULL ? "\"" : "";

    fprintf(stream, "%s=%s%s%s%s\n", key, quote, name, quote, rest);
}

static void write_binaries(FILE *stream, const struct init *init, const char *rest)
{
    write_name(stream, "kernel", init->kernel, rest);
    if (init->ramdisk != NULL && init->ramdisk[0] != '\0')
        write_name(stream, "ramdisk", init->ramdisk, "");
}

/* MiB of memory for each domain, so that all run on the machine of muster run. */
static unsigned memory_of_domains(const struct init *init)
{
    unsigned memory = MEMORY_MOST;

    while (memory > MEMORY_LEAST &&
           init->domains * memory + (init->has_dom0 ? MEMORY_DOM0 : 0) > MEMORY_IN_ALL)
        memory /= 2;
    return memory;
}

static void write_config(FILE *stream, const struct init *init)
{
    unsigned memory = memory_of_domains(init);

    fputs("# Made by muster init. docs/configuration.md explains every key.\n\n"
          "[global]\ndefault=system\n\n[system]\n",
          stream);
    fprintf(stream, "options=console=dtuart%s\n", init->has_dom0 ? " dom0_mem=512M" : "");
    write_name(stream, "xen", init->xen, "");
    if (init->has_dom0)
        write_binaries(stream, init, " console=hvc0");
    for (unsigned at = 1; at <= init->domains; at++)
        fprintf(stream, "%sdomU%u%s", at == 1 ? "domains=" : " ", at,
                at == init->domains ? "\n" : "");
    for (unsigned at = 1; at <= init->domains; at++) {
        fprintf(stream, "\n[domU%u]\n", at);
        write_binaries(stream, init, " console=ttyAMA0");
        fprintf(stream, "cpus=1\nmemory=%uM\nvpl011\n", memory);
    }
}

/* Copies a file into the loader's directory; `name` is NULL for its own. */
static bool add_file(const char *directory, const char *source, const char *name)
{
    int input = open(source, O_RDONLY | O_CLOEXEC);
    int output = -1;
    char *target = NULL;
    bool is_done = false;

    if (asprintf(&target, "%s/" LOADER_DIRECTORY "/%s", directory,
                 name != NULL ? name : disk_file_base(source)) < 0)
        target = NULL;
    if (input >= 0 && target != NULL)
        output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    is_done = output >= 0 && copy_all(input, output);
    if (!is_done && process_signal() == 0)
        output_error("cannot copy %s: %s", source, strerror(errno));
    if (input >= 0)
        close(input);
    if (output >= 0 && close(output) != 0)
        is_done = false;
    free(target);
    return is_done;
}

static bool make_directories(const char *directory)
{
    static const char *const parts[] = {"", "/EFI", ("/" LOADER_DIRECTORY)};

    for (size_t at = 0; at < sizeof(parts) / sizeof(parts[0]); at++) {
        char *path = NULL;
        bool is_done = asprintf(&path, "%s%s", directory, parts[at]) >= 0 && mkdir(path, 0777) == 0;

        free(path);
        if (!is_done)
            return false;
    }
    return true;
}

static bool add_config(const char *directory, const struct init *init)
{
    char *path = NULL;
    FILE *stream = NULL;

    if (asprintf(&path, "%s/" LOADER_DIRECTORY "/muster.cfg", directory) >= 0)
        stream = fopen(path, "we");
    free(path);
    if (stream == NULL)
        return false;
    write_config(stream, init);
    return fclose(stream) == 0;
}

/* The loader is added where it is found; muster image adds it as well. */
static bool fill(const char *directory, const struct init *init)
{
    char *loader = disk_find_loader();
    bool is_done = make_directories(directory) && add_config(directory, init) &&
                   add_file(directory, init->xen, NULL) &&
                   add_file(directory, init->kernel, NULL) &&
                   (init->ramdisk == NULL || init->ramdisk[0] == '\0' ||
                    add_file(directory, init->ramdisk, NULL)) &&
                   (loader == NULL || add_file(directory, loader, disk_file_base(DISK_LOADER)));

    free(loader);
    return is_done;
}

static bool write_system(const struct init *init)
{
    struct staging staging;
    char *partial = NULL;
    bool is_done = staging_open(&staging, init->directory);

    if (is_done)
        partial = staging_path(&staging, STAGED_NAME);
    is_done = partial != NULL && fill(partial, init) && process_signal() == 0 &&
              staging_finish(&staging, STAGED_NAME);
    staging_close(&staging);
    free(partial);
    return is_done;
}

/* False after a message if something is there, and is not an empty directory. */
static bool is_free(const char *path)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, NULL);
    bool is_there = count > 2 || (count < 0 && errno != ENOENT); /* "." and ".." are */

    for (int at = 0; at < count; at++)
        free(entries[at]);
    free(entries);
    if (!is_there)
        return true;
    output_error("%s is there already", path);
    output_hint("name another directory");
    return false;
}

static int run(int argc, char **argv)
{
    struct init init = {.directory = HOST_DIRECTORY, .boot = DEFAULT_BOOT};
    int result = parse(argc, argv, &init);

    if (!isatty(STDIN_FILENO))
        init.is_silent = true;
    process_catch_signals();
    if (result == 0)
        result = is_free(init.directory) && complete(&init) && write_system(&init)
                     ? EXIT_CODE_FINE
                     : EXIT_CODE_ERRORS;
    if (result == EXIT_CODE_FINE)
        printf("wrote %s\nnext: muster check --machine qemu %s, muster run %s\n", init.directory,
               init.directory, init.directory);
    free(init.xen);
    free(init.kernel);
    free(init.ramdisk);
    process_pass_signal();
    return result;
}

const struct command init_command = {
    .name = "init",
    .synopsis = "[--xen FILE] [--kernel FILE] [--ramdisk FILE] [--dom0] [--domains N]\n"
                "                   [--boot DIR] [--yes] [DIR]",
    .summary = "write a first system to go on from",
    .help =
        "Writes a directory laid out as the EFI system partition, with a configuration, Xen, a\n"
        "kernel and a ramdisk, that checks, runs and becomes a disk. On a terminal it asks for\n"
        "what is not named; the newest Xen and kernel in /boot are what it offers.\n"
        "\n"
        "  --xen FILE      the hypervisor\n"
        "  --kernel FILE   the kernel of all domains\n"
        "  --ramdisk FILE  their ramdisk; default: the kernel's in /boot, if that was found\n"
        "  --dom0          have a dom0 as well\n"
        "  --domains N     the number of domains; default: 2\n"
        "  --boot DIR      where Xen and kernels are looked for; default: /boot\n"
        "  -y, --yes       ask nothing\n"
        "\n"
        "DIR is new, esp unless named. The exit code is 0, 1 when it could not be made, 2 when\n"
        "the command line is wrong.\n",
    .run = run,
};
