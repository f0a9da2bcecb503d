/* SPDX-License-Identifier: BSD-2-Clause */
/* The state command: what the boot state says, and confirming what was booted. */
#include "host/cmd_state.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "host/base/output.h"
#include "host/state/state_store.h"

enum action { ACTION_SHOW, ACTION_INIT, ACTION_CONFIRM, ACTION_NEXT };

struct arguments {
    enum action action;
    const char *section; /* of --next; "" takes it back */
    const char *file;
};

/* Returns 0, or EXIT_CODE_USAGE after saying what is wrong. */
static int parse(int argc, char **argv, struct arguments *arguments)
{
    static const struct option options[] = {
        {"init", no_argument, NULL, 'i'},
        {"confirm", no_argument, NULL, 'c'},
        {"next", required_argument, NULL, 'n'},
        {0},
    };
    unsigned actions = 0;
    int result;

    while ((result = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (result != 'i' && result != 'c' && result != 'n')
            return option_error(&state_command, result, argv);
        arguments->action = result == 'i'   ? ACTION_INIT
                            : result == 'c' ? ACTION_CONFIRM
                                            : ACTION_NEXT;
        arguments->section = optarg;
        actions++;
    }
    if (actions > 1)
        return usage_error(&state_command, "--init, --confirm and --next do not go together");
    if (argc - optind != 1)
        return usage_error(&state_command, "name one file");
    if (arguments->section != NULL && strlen(arguments->section) >= STATE_NAME_SIZE)
        return usage_error(&state_command,
                           "the name of a section in the state has at most %u bytes",
                           STATE_NAME_SIZE - 1);
    arguments->file = argv[optind];
    return 0;
}

static void show_name(const char *label, const char *name)
{
    printf("%-14s ", label);
    output_text(stdout, name[0] != '\0' ? name : "-");
}

static const char *reason_text(enum fall_reason reason)
{
    switch (reason) {
    case FALL_UNPREPARED:
        return " could not be started";
    case FALL_USED_UP:
        return " has used up its tries";
    case FALL_NONE:
        break;
    }
    return "";
}

static void show(const struct state *state)
{
    show_name("on trial", state->trial);
    if (state->trial[0] != '\0')
        printf(": %u of %u tries left", state->tries_left, state->tries);
    putchar('\n');
    show_name("booted last", state->booted);
    putchar('\n');
    show_name("confirmed", state->confirmed);
    putchar('\n');
    show_name("next, once", state->next);
    putchar('\n');
    show_name("last fallback", state->fallen);
    puts(reason_text(state->reason));
}

static int confirm(struct state_store *store)
{
    if (!state_confirm(&store->state)) {
        output_error("%s: no section was booted yet", store->name);
        return EXIT_CODE_ERRORS;
    }
    if (!state_store_write(store))
        return EXIT_CODE_ERRORS;
    fputs("confirmed ", stdout);
    output_text(stdout, store->state.confirmed);
    putchar('\n');
    return EXIT_CODE_FINE;
}

static int set_next(struct state_store *store, const char *section)
{
    state_set_name(store->state.next, section);
    return state_store_write(store) ? EXIT_CODE_FINE : EXIT_CODE_ERRORS;
}

static int act(struct state_store *store, const struct arguments *arguments)
{
    if (arguments->action == ACTION_CONFIRM)
        return confirm(store);
    if (arguments->action == ACTION_NEXT)
        return set_next(store, arguments->section);
    show(&store->state);
    return EXIT_CODE_FINE;
}

static int run(int argc, char **argv)
{
    struct arguments arguments = {.action = ACTION_SHOW};
    struct state_store store;
    int result = parse(argc, argv, &arguments);

    if (result != 0)
        return result;
    if (arguments.action == ACTION_INIT)
        return state_store_make(arguments.file) ? EXIT_CODE_FINE : EXIT_CODE_ERRORS;
    result = EXIT_CODE_ERRORS;
    if (state_store_open(&store, arguments.file, arguments.action != ACTION_SHOW))
        result = act(&store, &arguments);
    state_store_close(&store);
    return result;
}

const struct command state_command = {
    .name = "state",
    .synopsis = "[--init | --confirm | --next SECTION] FILE",
    .summary = "show or change which section is on trial",
    .help = "Shows the boot state FILE, such as muster.state on the mounted partition: its copies\n"
            "are FILE and FILE.2, their confirmations are in FILE.ok.\n"
            "\n"
            "  --init             make the files, with nothing on trial; they must not be there\n"
            "  --confirm          the section that was booted last works: keep it\n"
            "  --next SECTION     boot SECTION the next time, once; \"\" takes that back\n"
            "\n"
            "What is written is on the medium when the command ends. The exit code is 0, 1 when\n"
            "the state could not be read or written, or nothing was booted, 2 when the command\n"
            "line is wrong.\n",
    .run = run,
};
