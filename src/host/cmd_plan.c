/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan command: what would boot, and where in memory it would go. */
#include "host/cmd_plan.h"

#include <errno.h>
#include <getopt.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "host/base/output.h"
#include "host/base/size.h"
#include "host/report/advice.h"
#include "host/report/plan_json.h"
#include "host/report/plan_svg.h"
#include "host/report/plan_table.h"
#include "host/report/report.h"
#include "host/run/qemu_system.h"

enum { OPTION_JSON = HOST_OPTION_OTHER, OPTION_SVG, OPTION_TREE_OUT, OPTION_ADVISE, OPTION_SPEED };

struct arguments {
    struct host_request request;
    bool json;
    const char *svg;      /* file to write, or NULL */
    const char *tree_out; /* file to write, or NULL */
    bool advise;
    uint64_t speed; /* of the medium, bytes a second; 0 if it is not asked for */
};

static int take_speed(struct arguments *arguments, const char *value)
{
    if (size_parse(value, &arguments->speed) && arguments->speed != 0)
        return 0;
    return usage_error(&plan_command, "%s is not a speed such as 50M, in bytes a second", value);
}

static int take_option(struct arguments *arguments, int option, char **argv)
{
    switch (option) {
    case OPTION_JSON:
        arguments->json = true;
        return 0;
    case OPTION_SVG:
        arguments->svg = optarg;
        return 0;
    case OPTION_TREE_OUT:
        arguments->tree_out = optarg;
        return 0;
    case OPTION_ADVISE:
        arguments->advise = true;
        return 0;
    case OPTION_SPEED:
        return take_speed(arguments, optarg);
    case ':':
    case '?':
        return option_error(&plan_command, option, argv);
    default:
        return host_option_take(&arguments->request, &plan_command, option, optarg);
    }
}

/* True if a file to write is standard output. */
static bool is_output(const char *name)
{
    return name != NULL && strcmp(name, "-") == 0;
}

/* Returns 0, or EXIT_CODE_USAGE after saying what is wrong. */
static int parse(int argc, char **argv, struct arguments *arguments)
{
    static const struct option options[] = {
        HOST_OPTIONS,
        {"json", no_argument, NULL, OPTION_JSON},
        {"svg", required_argument, NULL, OPTION_SVG},
        {"dtb-out", required_argument, NULL, OPTION_TREE_OUT},
        {"advise", no_argument, NULL, OPTION_ADVISE},
        {"speed", required_argument, NULL, OPTION_SPEED},
        {0},
    };
    int option;
    int result = 0;

    while (result == 0 && (option = getopt_long(argc, argv, ":s:", options, NULL)) != -1)
        result = take_option(arguments, option, argv);
    if (result == 0)
        arguments->request.config =
            argc == optind ? qemu_system_default(&arguments->request) : argv[optind];
    if (result == 0 && (arguments->request.config == NULL || argc - optind > 1))
        result = usage_error(&plan_command, "name one configuration");
    if (arguments->json + is_output(arguments->svg) + is_output(arguments->tree_out) > 1)
        result = usage_error(&plan_command, "only one thing can go to standard output");
    return result;
}

static void write_tree(FILE *stream, const struct facts *facts)
{
    const void *fdt = facts->host->system.tree.fdt;

    fwrite(fdt, 1, fdt_totalsize(fdt), stream);
}

/* Removes what could not be written whole, but not a device that was named. */
static void remove_file(const char *name)
{
    struct stat info;

    if (lstat(name, &info) == 0 && S_ISREG(info.st_mode))
        remove(name);
}

/* Writes a file by `form`. */
static int write_file(const char *name, void (*form)(FILE *stream, const struct facts *facts),
                      const struct facts *facts)
{
    FILE *stream;
    int error;

    if (strcmp(name, "-") == 0) {
        form(stdout, facts);
        return EXIT_CODE_FINE;
    }
    stream = fopen(name, "wb");
    error = errno;
    if (stream != NULL) {
        errno = 0;
        form(stream, facts);
        error = !ferror(stream) ? 0 : errno != 0 ? errno : EIO;
        if (fclose(stream) != 0)
            error = errno;
        if (error == 0)
            return EXIT_CODE_FINE;
        remove_file(name);
    }
    output_error("cannot write %s: %s", name, strerror(error));
    return EXIT_CODE_ERRORS;
}

static int show(const struct arguments *arguments, const struct facts *facts)
{
    int result = EXIT_CODE_FINE;

    if (arguments->json)
        plan_json(stdout, facts, arguments->speed);
    else if (!is_output(arguments->svg) && !is_output(arguments->tree_out))
        plan_table(stdout, facts, arguments->speed);
    if (arguments->svg != NULL)
        result = write_file(arguments->svg, plan_svg, facts);
    if (arguments->tree_out != NULL && result == EXIT_CODE_FINE)
        result = write_file(arguments->tree_out, write_tree, facts);
    return result;
}

/* There is no plan of a system with errors: it would not be what boots. */
static int plan(const struct arguments *arguments, struct host_system *host)
{
    struct facts facts = {.host = host};

    if (host->is_bootable &&
        (!facts_gather(&facts, host) || (arguments->advise && !advice_add(&facts)))) {
        output_error("out of memory");
        return EXIT_CODE_ERRORS;
    }
    report_print(stderr, host);
    if (!host->is_bootable)
        return EXIT_CODE_ERRORS;
    return show(arguments, &facts);
}

static int run(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct host_system host;
    int result = parse(argc, argv, &arguments);

    if (result != 0)
        return result;
    result = qemu_system_open(&host, &arguments.request);
    if (result == 0)
        result = plan(&arguments, &host);
    host_system_close(&host);
    return result;
}

const struct command plan_command = {
    .name = "plan",
    .synopsis =
        "[-s SECTION] [--dtb FILE] [--machine qemu] [--memory SIZE] [--root DIR] [--force]\n"
        "                   [--advise] [--json] [--svg FILE] [--dtb-out FILE] [--speed SIZE]\n"
        "                   [CONFIG]",
    .summary = "show the domains, binaries and memory of a system",
    .help =
        "Shows what would boot: each domain, each binary and who shares it, and where in memory\n"
        "it would go. Addresses are those of a machine whose firmware keeps nothing for itself,\n"
        "so they differ from those of a real boot. CONFIG is as for muster check; a system with\n"
        "errors has no plan.\n"
        "\n" HOST_REQUEST_HELP
        "  --advise         add notes on what would have the domains up sooner\n"
        "  --json           print the plan as JSON\n"
        "  --svg FILE       draw the plan into FILE; - is standard output, without tables\n"
        "  --dtb-out FILE   write the finished device tree, as Xen would get it, to FILE\n"
        "  --speed SIZE     show the time of loading from a medium that reads SIZE in a second\n"
        "\n"
        "The exit code is 0 when there is a plan, 1 when the system has errors or a file could\n"
        "not be written, 2 when the command line is wrong.\n",
    .run = run,
};
