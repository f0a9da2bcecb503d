/* SPDX-License-Identifier: BSD-2-Clause */
/* The menu command: the loader's menu on the person's terminal. */
#include "host/cmd_menu.h"

#include <getopt.h>
#include <stdio.h>

#include "core/boot/boot_menu.h"
#include "host/base/output.h"
#include "host/base/tty.h"
#include "host/report/report.h"
#include "host/run/qemu_system.h"

/* The context of the menu's pages: the system whose sections are looked at. */
struct looking {
    struct host_system *host;
    const struct host_request *request;
};

/* Returns 0, or EXIT_CODE_USAGE after saying what is wrong. */
static int parse(int argc, char **argv, struct host_request *request)
{
    static const struct option options[] = {HOST_OPTIONS, {0}};
    int option;
    int result = 0;

    while (result == 0 && (option = getopt_long(argc, argv, ":s:", options, NULL)) != -1)
        result = option == ':' || option == '?'
                     ? option_error(&menu_command, option, argv)
                     : host_option_take(request, &menu_command, option, optarg);
    if (result == 0 && argc - optind != 1)
        result = usage_error(&menu_command, "name one configuration");
    if (result == 0)
        request->config = argv[optind];
    request->is_choosing = true;
    return result;
}

static bool complete(void *context, struct system *system)
{
    const struct looking *looking = context;

    return host_system_complete(looking->host, looking->request, system);
}

/* Says what the result means for a board; what is wrong is said by the caller. */
static int report_result(const struct host_system *host, enum menu_result result,
                         const char *section)
{
    if (result == MENU_TIME_OVER && host->system.has_choice)
        section = host->system.section.name;
    if (result == MENU_LEFT) {
        puts("nothing would boot; back to the firmware");
        return EXIT_CODE_FINE;
    }
    if (section == NULL)
        return EXIT_CODE_ERRORS;
    putchar('[');
    output_text(stdout, section);
    puts("] would boot");
    return EXIT_CODE_FINE;
}

static int show(struct host_system *host, const struct host_request *request)
{
    struct looking looking = {host, request};
    struct tty tty;
    struct terminal terminal;
    struct boot_menu menu = {
        .system = &host->system,
        .terminal = &terminal,
        .is_asked_for = boot_menu_seconds(&host->system) == 0,
        .complete = complete,
        .context = &looking,
    };
    enum menu_result result;
    const char *section;
    int code;

    if (!tty_open(&tty, &terminal)) {
        output_error("a menu needs a terminal, and there is none");
        output_hint("muster check --section SECTION looks at one section");
        return EXIT_CODE_USAGE;
    }
    result = boot_menu_run(&menu, &host->system.arena, &section);
    tty_close(&tty);
    /* The messages so far are not about what a person chose or left. */
    if (result == MENU_NONE || result == MENU_TIME_OVER) {
        system_conclude(&host->system);
        report_print(stderr, host);
    }
    code = report_result(host, result, section);
    if (code != EXIT_CODE_FINE && host->system.has_choice)
        output_error("%s has no sections to choose from", request->config);
    return code;
}

static int run(int argc, char **argv)
{
    struct host_request request = {0};
    struct host_system host;
    int result = parse(argc, argv, &request);

    if (result != 0)
        return result;
    result = qemu_system_open(&host, &request);
    if (result == 0)
        result = show(&host, &request);
    host_system_close(&host);
    return result;
}

const struct command menu_command = {
    .name = "menu",
    .synopsis =
        "[-s SECTION] [--dtb FILE] [--machine qemu] [--memory SIZE] [--root DIR] [--force]\n"
        "                   CONFIG",
    .summary = "show the menu of the sections as the loader does",
    .help = "Shows the menu of the loader on this terminal, with the countdown that timeout= asks\n"
            "for, and prints which section would boot. Nothing is booted, and no boot is counted.\n"
            "CONFIG is as for muster check.\n"
            "\n" HOST_REQUEST_HELP "\n"
            "The exit code is 0, 1 when there is no section to choose, 2 when the command line is\n"
            "wrong or there is no terminal.\n",
    .run = run,
};
