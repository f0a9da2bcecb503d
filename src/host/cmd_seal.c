/* SPDX-License-Identifier: BSD-2-Clause */
/* The seal command: the loader gets a system's configurations and digests, and a signature. */
#include "host/cmd_seal.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/base/output.h"
#include "host/base/process.h"
#include "host/base/staging.h"
#include "host/disk/disk_files.h"
#include "host/machine/host_seal.h"
#include "host/run/qemu_system.h"
#include "host/seal/seal_collect.h"
#include "host/seal/seal_show.h"
#include "host/seal/seal_write.h"

#define DEFAULT_OUTPUT "muster-sealed.efi"
#define MIB            (1024U * 1024U)
#define LARGE          64U /* MiB of a sealed loader that some firmware may fail on */

enum {
    OPTION_EMBED = HOST_OPTION_OTHER,
    OPTION_KEY,
    OPTION_CERTIFICATE,
    OPTION_LOADER,
    OPTION_SHOW,
    OPTION_VERIFY,
};

struct arguments {
    struct host_request request;
    const char *output;
    const char *loader;      /* or NULL for Muster's own */
    const char *key;         /* or NULL */
    const char *certificate; /* or NULL */
    const char *directory;   /* of --verify */
    bool embed;
    int action; /* OPTION_SHOW, OPTION_VERIFY, or 0 to seal */
};

static int take_option(struct arguments *arguments, int option, char **argv)
{
    switch (option) {
    case 'o':
        arguments->output = optarg;
        return 0;
    case OPTION_EMBED:
        arguments->embed = true;
        return 0;
    case OPTION_KEY:
        arguments->key = optarg;
        return 0;
    case OPTION_CERTIFICATE:
        arguments->certificate = optarg;
        return 0;
    case OPTION_LOADER:
        arguments->loader = optarg;
        return 0;
    case OPTION_SHOW:
    case OPTION_VERIFY:
        arguments->action = option;
        return 0;
    case ':':
    case '?':
        return option_error(&seal_command, option, argv);
    default:
        return host_option_take(&arguments->request, &seal_command, option, optarg);
    }
}

/* Takes what is not an option, and looks whether all fits together. */
static int take_operands(struct arguments *arguments, int count, char **operands)
{
    if (arguments->action == OPTION_VERIFY && count != 2)
        return usage_error(&seal_command, "name one sealed file and one directory");
    if (arguments->action == OPTION_SHOW && count != 1)
        return usage_error(&seal_command, "name one sealed file");
    if (arguments->action == 0 && count != 1)
        return usage_error(&seal_command, "name one configuration");
    if ((arguments->key == NULL) != (arguments->certificate == NULL))
        return usage_error(&seal_command, "--key and --cert belong together");
    arguments->request.config = operands[0];
    arguments->directory = count > 1 ? operands[1] : NULL;
    return 0;
}

/* Returns 0, or EXIT_CODE_USAGE after saying what is wrong. */
static int parse(int argc, char **argv, struct arguments *arguments)
{
    static const struct option options[] = {
        {"output", required_argument, NULL, 'o'},
        {"embed", no_argument, NULL, OPTION_EMBED},
        {"key", required_argument, NULL, OPTION_KEY},
        {"cert", required_argument, NULL, OPTION_CERTIFICATE},
        {"loader", required_argument, NULL, OPTION_LOADER},
        HOST_MACHINE_OPTIONS,
        {"show", no_argument, NULL, OPTION_SHOW},
        {"verify", no_argument, NULL, OPTION_VERIFY},
        {0},
    };
    int option;
    int result = 0;

    while (result == 0 && (option = getopt_long(argc, argv, ":o:", options, NULL)) != -1)
        result = take_option(arguments, option, argv);
    return result != 0 ? result : take_operands(arguments, argc - optind, argv + optind);
}

static bool write_all(const char *path, const struct file_content *content)
{
    FILE *stream = fopen(path, "wbe");
    bool is_done =
        stream != NULL && fwrite(content->data, 1, content->size, stream) == content->size;
    int error = errno;

    if (stream != NULL && fclose(stream) != 0 && is_done) {
        is_done = false;
        error = errno;
    }
    if (!is_done)
        output_error("cannot write %s: %s", path, strerror(error));
    return is_done;
}

/* Signs the file `from`; without a key it is as it is to be. */
static bool sign(const struct arguments *arguments, const char *from, const char *to)
{
    const char *const command[] = {
        "sbsign",   "--key", arguments->key, "--cert", arguments->certificate,
        "--output", to,      from,           NULL,
    };

    if (arguments->key != NULL)
        return process_run(command, NULL);
    if (rename(from, to) == 0)
        return true;
    output_error("cannot write %s: %s", to, strerror(errno));
    return false;
}

/* Writes the sealed loader in a private directory, and gives it its name when it is complete. */
static bool put_out(const struct arguments *arguments, const struct file_content *sealed)
{
    struct staging staging = {.descriptor = -1};
    char *unsigned_path = NULL;
    char *signed_path = NULL;
    bool is_done = staging_open(&staging, arguments->output);

    if (is_done) {
        unsigned_path = staging_path(&staging, "unsigned.efi");
        signed_path = staging_path(&staging, "sealed.efi");
        is_done = unsigned_path != NULL && signed_path != NULL &&
                  write_all(unsigned_path, sealed) && sign(arguments, unsigned_path, signed_path) &&
                  staging_finish(&staging, "sealed.efi");
    }
    staging_close(&staging);
    free(unsigned_path);
    free(signed_path);
    return is_done;
}

static void warn_of_size(size_t size)
{
    if (size / MIB < LARGE)
        return;
    output_warning("the sealed loader has %zu MiB", size / MIB);
    output_hint("firmware holds such a file and its image in memory at the same time, and some "
                "fails: without --embed the files stay in the partition");
}

/* Prints what was written, as it would be read. */
static bool show_result(const char *path)
{
    struct host_seal seal;
    bool is_good = host_seal_open_sealed(&seal, path);

    if (is_good)
        seal_show(stdout, &seal.seal);
    host_seal_close(&seal);
    return is_good;
}

static bool make(const struct arguments *arguments, const struct seal_list *list, const char *root)
{
    struct file_content sealed = {0};
    char *loader = arguments->loader != NULL ? strdup(arguments->loader) : disk_find_loader();
    bool is_done = loader != NULL;

    if (!is_done)
        output_error("musteraa64.efi is not where this program is: --loader FILE names it");
    is_done = is_done && seal_write(&sealed, loader, list, root, arguments->embed) &&
              put_out(arguments, &sealed) && show_result(arguments->output);
    if (is_done) {
        warn_of_size(sealed.size);
        printf("wrote %s, %s\n", arguments->output,
               arguments->key != NULL ? "signed" : "not signed yet");
    }
    file_content_release(&sealed);
    free(loader);
    return is_done;
}

static int seal(struct arguments *arguments)
{
    struct seal_list list = {0};
    char *root = NULL;
    bool is_done;

    if (arguments->output == NULL)
        arguments->output = DEFAULT_OUTPUT;
    arguments->request.is_sealing = true;
    process_catch_signals();
    is_done = seal_collect(&list, &arguments->request, qemu_system_open, &root);
    is_done = is_done && make(arguments, &list, root);
    seal_list_release(&list);
    free(root);
    process_pass_signal();
    return is_done ? EXIT_CODE_FINE : EXIT_CODE_ERRORS;
}

/* Shows the seal of a file, or compares a directory with it. */
static int look(const struct arguments *arguments)
{
    struct host_seal seal;
    bool is_good = host_seal_open_sealed(&seal, arguments->request.config);

    if (is_good && arguments->action == OPTION_SHOW)
        seal_show(stdout, &seal.seal);
    else if (is_good)
        is_good = seal_compare(stdout, &seal.seal, arguments->directory);
    host_seal_close(&seal);
    return is_good ? EXIT_CODE_FINE : EXIT_CODE_ERRORS;
}

static int run(int argc, char **argv)
{
    struct arguments arguments = {0};
    int result = parse(argc, argv, &arguments);

    if (result != 0)
        return result;
    return arguments.action != 0 ? look(&arguments) : seal(&arguments);
}

const struct command seal_command = {
    .name = "seal",
    .synopsis = "[-o FILE] [--embed] [--key KEY --cert CERT] [--loader FILE]\n"
                "                   [--dtb FILE] [--machine qemu] [--memory SIZE] [--root DIR]\n"
                "                   CONFIG\n"
                "       muster seal --show FILE\n"
                "       muster seal --verify FILE DIR",
    .summary = "make one signed file vouch for a whole system",
    .help =
        "Puts the configuration, and a SHA-256 of each file that any section of it can load, into\n"
        "the loader's file. Such a loader boots that and nothing else, and one signature covers\n"
        "all of it. CONFIG is as for muster check; a system with errors is not sealed.\n"
        "\n"
        "  -o, --output FILE  the sealed loader; default: " DEFAULT_OUTPUT "\n"
        "  --embed            put the files themselves into the loader as well\n"
        "  --key KEY          sign it by sbsign, with this key\n"
        "  --cert CERT        and its certificate\n"
        "  --loader FILE      the loader to seal, instead of Muster's own\n"
        "  --dtb FILE         the device tree that the firmware provides\n"
        "  --machine qemu     take the tree of the machine that muster run starts\n"
        "  --memory SIZE[@START]\n"
        "                     the RAM that the machine has, instead of what its tree says\n"
        "  --root DIR         the root of the partition, as for muster check\n"
        "  --show             print what a sealed FILE covers\n"
        "  --verify           compare DIR, the root of a partition, with a sealed FILE\n"
        "\n"
        "The exit code is 0, 1 when the system has errors, something could not be done or DIR is\n"
        "not what was sealed, 2 when the command line is wrong.\n",
    .run = run,
};
