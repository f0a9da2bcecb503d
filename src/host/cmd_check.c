/* SPDX-License-Identifier: BSD-2-Clause */
/* The check command: every diagnostic that the firmware would give, before it is asked. */
#include "host/cmd_check.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "host/machine/host_system.h"
#include "host/report/check_output.h"
#include "host/run/qemu_system.h"

enum { OPTION_JSON = HOST_OPTION_OTHER, OPTION_FORMAT, OPTION_STRICT };

struct arguments {
    struct host_request request;
    enum check_format format;
    bool is_strict;             /* warnings count as errors do */
    const char *const *configs; /* as in struct host_request, one for each system */
    const char *preset;         /* the one of them where none is named */
    int count;
};

static int take_format(struct arguments *arguments, const char *name)
{
    static const char *const names[] = {"text", "json", "sarif", "github"};

    for (size_t at = 0; at < sizeof(names) / sizeof(names[0]); at++)
        if (strcmp(names[at], name) == 0) {
            arguments->format = (enum check_format)at;
            return 0;
        }
    return usage_error(&check_command, "the format is text, json, sarif or github, not %s", name);
}

static int take_option(struct arguments *arguments, int option, char **argv)
{
    switch (option) {
    case OPTION_JSON:
        arguments->format = CHECK_JSON;
        return 0;
    case OPTION_FORMAT:
        return take_format(arguments, optarg);
    case OPTION_STRICT:
        arguments->is_strict = true;
        return 0;
    case ':':
    case '?':
        return option_error(&check_command, option, argv);
    default:
        return host_option_take(&arguments->request, &check_command, option, optarg);
    }
}

/* Returns 0, or EXIT_CODE_USAGE after saying what is wrong. */
static int parse(int argc, char **argv, struct arguments *arguments)
{
    static const struct option options[] = {
        HOST_OPTIONS,
        {"json", no_argument, NULL, OPTION_JSON},
        {"format", required_argument, NULL, OPTION_FORMAT},
        {"strict", no_argument, NULL, OPTION_STRICT},
        {0},
    };
    int option;
    int result = 0;

    while (result == 0 && (option = getopt_long(argc, argv, ":s:", options, NULL)) != -1)
        result = take_option(arguments, option, argv);
    arguments->configs = (const char *const *)argv + optind;
    arguments->count = argc - optind;
    if (result != 0 || arguments->count != 0)
        return result;
    arguments->preset = qemu_system_default(&arguments->request);
    arguments->configs = &arguments->preset;
    arguments->count = 1;
    return arguments->preset != NULL ? 0 : usage_error(&check_command, "name a configuration");
}

static bool is_accepted(const struct host_system *host, const struct arguments *arguments)
{
    return host->is_bootable &&
           !(arguments->is_strict && host->system.diagnostics.counts[SEVERITY_WARNING] != 0);
}

/* One of the systems; the exit code as if it were the only one. */
static int check_one(const struct arguments *arguments, const struct host_request *request,
                     struct check_output *output)
{
    struct host_system host;
    int result = host_system_open(&host, request);
    bool is_open = result == 0;

    if (is_open)
        result = is_accepted(&host, arguments) ? EXIT_CODE_FINE : EXIT_CODE_ERRORS;
    if (is_open || arguments->count > 1)
        check_output_add(output, request->config, is_open ? &host : NULL);
    host_system_close(&host);
    return result;
}

static int check_all(const struct host_request *request, void *data)
{
    const struct arguments *arguments = data;
    struct host_request each = *request;
    struct check_output output;
    int result = EXIT_CODE_FINE;

    check_output_start(&output, arguments->format, arguments->count > 1);
    for (int at = 0; at < arguments->count; at++) {
        int code;

        each.config = arguments->configs[at];
        code = check_one(arguments, &each, &output);
        if (code != EXIT_CODE_FINE)
            result = code;
    }
    check_output_end(&output);
    return result;
}

static int run(int argc, char **argv)
{
    struct arguments arguments = {0};
    int result = parse(argc, argv, &arguments);

    return result != 0 ? result : qemu_system_use(&arguments.request, check_all, &arguments);
}

const struct command check_command = {
    .name = "check",
    .synopsis = "[-s SECTION] [--dtb FILE] [--machine qemu] [--memory SIZE] [--root DIR]\n"
                "                    [--force] [--strict] [--format FORMAT] [--json] [CONFIG...]",
    .summary = "say what the firmware would say about a system",
    .help =
        "Reads the configuration, the device tree, overlays and every binary as the loader does,\n"
        "and prints every mistake. CONFIG is the configuration file in the loader's directory, or\n"
        "a directory laid out as the EFI system partition. Of several, a summary is printed as "
        "well.\n"
        "Without any it is esp, as muster init writes it, for the machine of muster run.\n"
        "\n" HOST_REQUEST_HELP "  --strict         count warnings as errors in the exit code\n"
        "  --format FORMAT  text, json, sarif (for code scanning) or github (for its log)\n"
        "  --json           the same as --format json\n"
        "\n"
        "The exit code is 0 when all systems can be started, 1 when one has errors, 2 when\n"
        "the command line is wrong.\n",
    .run = run,
};
