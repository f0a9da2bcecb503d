/* SPDX-License-Identifier: BSD-2-Clause */
/* The check command: every diagnostic that the firmware would give, before it is asked. */
#include "host/cmd_check.h"

#include <getopt.h>
#include <stdio.h>

#include "core/base/version.h"
#include "core/plan/summary.h"
#include "host/base/json.h"
#include "host/base/output.h"
#include "host/machine/host_system.h"
#include "host/report/report.h"

struct arguments {
    struct host_request request;
    bool json;
};

/* Returns 0, or EXIT_CODE_USAGE after saying what is wrong. */
static int parse(int argc, char **argv, struct arguments *arguments)
{
    static const struct option options[] = {
        HOST_OPTIONS,
        {"json", no_argument, NULL, HOST_OPTION_OTHER},
        {0},
    };
    int result;

    while ((result = getopt_long(argc, argv, ":s:", options, NULL)) != -1) {
        if (result == HOST_OPTION_OTHER)
            arguments->json = true;
        else if (result == ':' || result == '?')
            return option_error(&check_command, result, argv);
        else if (!host_request_option(&arguments->request, result, optarg))
            return usage_error(&check_command, HOST_REQUEST_WRONG, optarg);
    }
    if (argc - optind != 1)
        return usage_error(&check_command, "name one configuration");
    arguments->request.config = argv[optind];
    return 0;
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

static int run(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct host_system host;
    int result = parse(argc, argv, &arguments);

    if (result != 0)
        return result;
    result = host_system_open(&host, &arguments.request);
    if (result == 0) {
        if (arguments.json)
            print_for_program(&host);
        else
            print_for_person(&host);
        result = host.is_bootable ? EXIT_CODE_FINE : EXIT_CODE_ERRORS;
    }
    host_system_close(&host);
    return result;
}

const struct command check_command = {
    .name = "check",
    .synopsis = "[-s SECTION] [--dtb FILE] [--memory SIZE] [--root DIR] [--force]\n"
                "                    [--json] CONFIG",
    .summary = "say what the firmware would say about a system",
    .help =
        "Reads the configuration, the device tree, overlays and every binary as the loader does,\n"
        "and prints every mistake. CONFIG is the configuration file in the loader's directory, or\n"
        "a directory laid out as the EFI system partition.\n"
        "\n" HOST_REQUEST_HELP "  --json           print the result as JSON\n"
        "\n"
        "The exit code is 0 when the system can be started, 1 when it has errors, 2 when the\n"
        "command line is wrong.\n",
    .run = run,
};
