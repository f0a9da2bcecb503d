/* SPDX-License-Identifier: BSD-2-Clause */
/* The check command: every diagnostic that the firmware would give, before it is asked. */
#include "host/cmd_check.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "core/base/version.h"
#include "core/plan/summary.h"
#include "host/base/json.h"
#include "host/base/output.h"
#include "host/machine/host_system.h"
#include "host/report/report.h"
#include "host/report/report_github.h"
#include "host/report/report_sarif.h"
#include "host/run/qemu_system.h"

enum { OPTION_JSON = HOST_OPTION_OTHER, OPTION_FORMAT, OPTION_STRICT };

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_SARIF, FORMAT_GITHUB };

struct arguments {
    struct host_request request;
    enum format format;
    bool is_strict; /* warnings count as errors do */
};

static int take_format(struct arguments *arguments, const char *name)
{
    static const char *const names[] = {"text", "json", "sarif", "github"};

    for (size_t at = 0; at < sizeof(names) / sizeof(names[0]); at++)
        if (strcmp(names[at], name) == 0) {
            arguments->format = (enum format)at;
            return 0;
        }
    return usage_error(&check_command, "the format is text, json, sarif or github, not %s", name);
}

static int take_option(struct arguments *arguments, int option, char **argv)
{
    switch (option) {
    case OPTION_JSON:
        arguments->format = FORMAT_JSON;
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
    if (result == 0 && argc - optind != 1)
        result = usage_error(&check_command, "name one configuration");
    if (result == 0)
        arguments->request.config = argv[optind];
    return result;
}

static void print_for_program(struct host_system *host)
{
    struct json json = {.stream = stdout};

    json_object(&json, NULL);
    json_string(&json, "muster", MUSTER_VERSION);
    report_json(&json, host);
    json_end_object(&json);
}

/* One line that says what was looked at, so that silence is not mistaken for success. */
static void print_verdict(struct host_system *host)
{
    const struct plan *plan = &host->system.plan;
    size_t domains = plan->domain_count - (plan->domains[0].module_count == 0);
    size_t files = 1;

    for (const struct binary *binary = plan->binaries; binary != NULL; binary = binary->next)
        files++;
    printf("%sno errors:%s %zu domain%s, %zu file%s\n", output_style(stdout, STYLE_GREEN),
           output_style(stdout, STYLE_PLAIN), domains, domains != 1 ? "s" : "", files,
           files != 1 ? "s" : "");
}

static void print_for_person(struct host_system *host)
{
    report_print(stdout, host);
    if (host->is_bootable)
        print_verdict(host);
}

static void print(struct host_system *host, enum format format)
{
    switch (format) {
    case FORMAT_TEXT:
        print_for_person(host);
        break;
    case FORMAT_JSON:
        print_for_program(host);
        break;
    case FORMAT_SARIF:
        report_sarif(stdout, host);
        break;
    case FORMAT_GITHUB:
        report_github(stdout, host);
        break;
    }
}

static bool is_accepted(const struct host_system *host, const struct arguments *arguments)
{
    return host->is_bootable &&
           !(arguments->is_strict && host->system.diagnostics.counts[SEVERITY_WARNING] != 0);
}

static int run(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct host_system host;
    int result = parse(argc, argv, &arguments);

    if (result != 0)
        return result;
    result = qemu_system_open(&host, &arguments.request);
    if (result == 0) {
        print(&host, arguments.format);
        result = is_accepted(&host, &arguments) ? EXIT_CODE_FINE : EXIT_CODE_ERRORS;
    }
    host_system_close(&host);
    return result;
}

const struct command check_command = {
    .name = "check",
    .synopsis = "[-s SECTION] [--dtb FILE] [--machine qemu] [--memory SIZE] [--root DIR]\n"
                "                    [--force] [--strict] [--format FORMAT] [--json] CONFIG",
    .summary = "say what the firmware would say about a system",
    .help =
        "Reads the configuration, the device tree, overlays and every binary as the loader does,\n"
        "and prints every mistake. CONFIG is the configuration file in the loader's directory, or\n"
        "a directory laid out as the EFI system partition.\n"
        "\n" HOST_REQUEST_HELP "  --strict         count warnings as errors in the exit code\n"
        "  --format FORMAT  text, json, sarif (for code scanning) or github (for its log)\n"
        "  --json           the same as --format json\n"
        "\n"
        "The exit code is 0 when the system can be started, 1 when it has errors, 2 when the\n"
        "command line is wrong.\n",
    .run = run,
};
