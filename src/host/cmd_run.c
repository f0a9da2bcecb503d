/* SPDX-License-Identifier: BSD-2-Clause */
/* The run command: a system is booted in QEMU, and its domains are heard one by one. */
#include "host/cmd_run.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/text.h"
#include "host/base/output.h"
#include "host/base/process.h"
#include "host/base/size.h"
#include "host/base/temporary.h"
#include "host/disk/disk.h"
#include "host/disk/disk_extract.h"
#include "host/run/domain_names.h"
#include "host/run/keyboard.h"
#include "host/run/qemu.h"
#include "host/run/screen.h"

#define DEFAULT_MEMORY (2048ULL << 20)
#define DEFAULT_CPUS   2U /* more of them only make emulation slower */
#define CPUS_MAX       512U
#define SECONDS_MAX    1000000U
#define PAUSE_MS       60  /* of silence, after which an unfinished line is shown */
#define TICK_MS        500 /* between looks at signals and the time */

enum {
    OPTION_FIRMWARE = 0x100,
    OPTION_MEMORY,
    OPTION_CPUS,
    OPTION_LOG,
    OPTION_TIMEOUT,
    OPTION_UNTIL
};

/* The ways in which a run ends. */
enum ending { ENDING_NONE, ENDING_SAID, ENDING_LEFT, ENDING_TIME, ENDING_MACHINE, ENDING_SIGNAL };

struct run {
    const char *source; /* directory or disk */
    const char *log;    /* or NULL */
    const char *until;  /* or NULL */
    uint64_t seconds;   /* 0 for no limit */
    struct machine machine;
    struct run_system system;
    char *directory; /* temporary */
    char *disk;      /* made from a directory, else NULL */
    FILE *log_file;
    bool was_heard; /* the machine printed something */
    struct timespec start;
};

static int take_option(struct run *run, int option, const char *argument)
{
    uint64_t number = 0;
    bool is_number = text_to_number(argument, strlen(argument), &number);

    switch (option) {
    case OPTION_FIRMWARE:
        run->machine.firmware = strcmp(argument, "u-boot") == 0 ? MACHINE_U_BOOT : MACHINE_EDK2;
        if (strcmp(argument, "u-boot") != 0 && strcmp(argument, "edk2") != 0)
            return usage_error(&run_command, "the firmware is edk2 or u-boot, not %s", argument);
        return 0;
    case OPTION_MEMORY:
        if (size_parse(argument, &run->machine.memory) && run->machine.memory >> 20 != 0)
            return 0;
        return usage_error(&run_command, "%s is not a size such as 512M or 2G", argument);
    case OPTION_CPUS:
        run->machine.cpus = (unsigned)number;
        if (is_number && number != 0 && number <= CPUS_MAX)
            return 0;
        return usage_error(&run_command, "%s is not a number of CPUs from 1 to %u", argument,
                           CPUS_MAX);
    case OPTION_TIMEOUT:
        run->seconds = number;
        if (is_number && number != 0 && number <= SECONDS_MAX)
            return 0;
        return usage_error(&run_command, "%s is not a number of seconds from 1 to %u", argument,
                           SECONDS_MAX);
    case OPTION_LOG:
        run->log = argument;
        return 0;
    default:
        run->until = argument;
        return argument[0] != '\0' ? 0 : usage_error(&run_command, "--until needs a text");
    }
}

/* Returns 0, or EXIT_CODE_USAGE after saying what is wrong. */
static int parse(int argc, char **argv, struct run *run)
{
    static const struct option options[] = {
        {"firmware", required_argument, NULL, OPTION_FIRMWARE},
        {"memory", required_argument, NULL, OPTION_MEMORY},
        {"cpus", required_argument, NULL, OPTION_CPUS},
        {"log", required_argument, NULL, OPTION_LOG},
        {"timeout", required_argument, NULL, OPTION_TIMEOUT},
        {"until", required_argument, NULL, OPTION_UNTIL},
        {0},
    };
    int option;

    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        int result;

        if (option == '?' || option == ':')
            return option_error(&run_command, option, argv);
        result = take_option(run, option, optarg);
        if (result != 0)
            return result;
    }
    if (argc - optind != 1)
        return usage_error(&run_command, "name one directory or disk");
    run->source = argv[optind];
    return 0;
}

static char *path_in(const struct run *run, const char *name)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s", run->directory, name) >= 0 ? path : NULL;
}

/* Plans the system, to learn the names of its domains. */
static bool read_system(struct run *run, const char *content)
{
    char *tree = path_in(run, "machine.dtb");
    bool is_done = tree != NULL && machine_write_tree(&run->machine, tree) &&
                   run_system_read(&run->system, content, tree);

    free(tree);
    return is_done;
}

static bool prepare_directory(struct run *run)
{
    struct disk_request request = {.directory = run->source};

    if (!read_system(run, run->source))
        return false;
    run->disk = path_in(run, "disk.img");
    run->machine.disk = run->disk;
    request.disk = run->disk;
    return run->disk != NULL && disk_make(&request);
}

static bool prepare_disk(struct run *run)
{
    char *content = path_in(run, "content");
    bool is_done = content != NULL && mkdir(content, 0700) == 0;

    run->machine.disk = run->source;
    if (is_done && disk_extract(run->source, content))
        is_done = read_system(run, content);
    if (content != NULL)
        temporary_remove(content);
    free(content);
    return is_done;
}

static bool prepare(struct run *run)
{
    struct stat status;

    if (stat(run->source, &status) != 0) {
        output_error("cannot read %s: %s", run->source, strerror(errno));
        return false;
    }
    run->directory = temporary_make();
    if (run->directory == NULL)
        return false;
    run->machine.directory = run->directory;
    if (run->log != NULL)
        run->log_file = fopen(run->log, "wbe");
    if (run->log != NULL && run->log_file == NULL) {
        output_error("cannot write %s: %s", run->log, strerror(errno));
        return false;
    }
    return S_ISDIR(status.st_mode) ? prepare_directory(run) : prepare_disk(run);
}

/* Reads what the console has; false at its end. */
static bool hear(struct run *run, struct screen *screen)
{
    char bytes[4096];
    ssize_t count = read(run->machine.console, bytes, sizeof(bytes));

    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return true;
    if (count <= 0)
        return false;
    run->was_heard = true;
    if (run->log_file != NULL) {
        fwrite(bytes, 1, (size_t)count, run->log_file);
        fflush(run->log_file);
    }
    screen_take(screen, bytes, (size_t)count);
    return true;
}

/* Seconds since power-on. */
static double seconds_of(const struct run *run)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - run->start.tv_sec) +
           (double)(now.tv_nsec - run->start.tv_nsec) / 1e9;
}

static enum ending type(struct run *run, struct keyboard *keyboard)
{
    switch (keyboard_pass(keyboard, run->machine.console)) {
    case KEYBOARD_LEAVE:
        return ENDING_LEFT;
    case KEYBOARD_HELP:
        fputs("\nCtrl-A x leaves, Ctrl-A n gives the keyboard to the next domain, "
              "Ctrl-A a is Ctrl-A itself\n",
              stderr);
        return ENDING_NONE;
    case KEYBOARD_NOTHING:
        break;
    }
    return ENDING_NONE;
}

/* One wait for the machine, the person or the time. */
static enum ending step(struct run *run, struct screen *screen, struct keyboard *keyboard)
{
    struct pollfd files[] = {
        {.fd = run->machine.console, .events = POLLIN},
        {.fd = keyboard->input, .events = POLLIN},
    };
    enum ending ending = ENDING_NONE;
    int ready = poll(files, 2, screen->length != screen->shown ? PAUSE_MS : TICK_MS);

    if (process_signal() != 0)
        return ENDING_SIGNAL;
    if (ready == 0)
        screen_pause(screen);
    if (ready > 0 && files[1].revents != 0)
        ending = type(run, keyboard);
    if (ready > 0 && files[0].revents != 0 && !hear(run, screen))
        ending = ENDING_MACHINE;
    if (run->until != NULL && screen_is_complete(screen))
        return ENDING_SAID;
    if (ending == ENDING_NONE && run->seconds != 0 && seconds_of(run) >= (double)run->seconds)
        ending = ENDING_TIME;
    return ending;
}

static enum ending attend(struct run *run, struct screen *screen)
{
    struct keyboard keyboard;
    enum ending ending = ENDING_NONE;

    clock_gettime(CLOCK_MONOTONIC, &run->start);
    keyboard_open(&keyboard);
    if (keyboard.is_raw)
        fputs("Ctrl-A x leaves, Ctrl-A n gives the keyboard to the next domain\n", stderr);
    while (ending == ENDING_NONE)
        ending = step(run, screen, &keyboard);
    screen_end(screen);
    keyboard_close(&keyboard);
    return ending;
}

/* Says why the run ended, and which domains have not written what was waited for. */
static void report_missing(const struct run *run, const char *why)
{
    const char *comma = "";

    fprintf(stderr, "muster run: %s", why);
    if (run->until != NULL)
        fputs(" before ", stderr);
    for (size_t at = 0; at < run->system.count && run->until != NULL; at++) {
        const struct screen_domain *domain = &run->system.domains[at];

        if (!domain->is_awaited || domain->has_said)
            continue;
        fprintf(stderr, "%s%s", comma, domain->name);
        comma = ", ";
    }
    if (run->until != NULL)
        fprintf(stderr, "%s wrote \"%s\"", comma[0] != '\0' ? "" : "anybody", run->until);
    fputc('\n', stderr);
}

static void report_complete(const struct run *run)
{
    fprintf(stderr, "muster run: %s wrote \"%s\" within %.1f s of power-on\n",
            run->system.count != 0 ? "every domain" : "somebody", run->until, seconds_of(run));
}

static int conclude(const struct run *run, enum ending ending)
{
    switch (ending) {
    case ENDING_SAID:
        report_complete(run);
        return EXIT_CODE_FINE;
    case ENDING_TIME:
        report_missing(run, "the time ran out");
        return EXIT_CODE_ERRORS;
    case ENDING_MACHINE:
        if (!run->was_heard)
            process_report("qemu-system-aarch64", run->machine.output);
        if (run->was_heard && run->until != NULL)
            report_missing(run, "the machine stopped");
        return run->was_heard && run->until == NULL ? EXIT_CODE_FINE : EXIT_CODE_ERRORS;
    case ENDING_LEFT:
        return run->until == NULL ? EXIT_CODE_FINE : EXIT_CODE_ERRORS;
    case ENDING_NONE:
    case ENDING_SIGNAL:
        break;
    }
    return EXIT_CODE_ERRORS;
}

/* Says who cannot be waited for. */
static bool check_until(const struct run *run)
{
    size_t awaited = 0;

    for (size_t at = 0; at < run->system.count && run->until != NULL; at++) {
        const struct screen_domain *domain = &run->system.domains[at];

        awaited += domain->is_awaited;
        if (!domain->is_awaited && at != 0)
            fprintf(stderr, "muster run: %s has no console (vpl011), so it is not waited for\n",
                    domain->name);
    }
    if (run->until == NULL || run->system.count == 0 || awaited != 0)
        return true;
    output_error("no domain has a console, so none can write \"%s\"", run->until);
    return false;
}

static int boot(struct run *run)
{
    struct screen screen = {
        .out = stdout,
        .until = run->until,
        .domains = run->system.domains,
        .domain_count = run->system.count,
        .has_dom0 = run->system.has_dom0,
        .is_terminal = isatty(STDOUT_FILENO) != 0,
    };
    int result;

    run->machine.ends_on_reset = run->until != NULL;
    if (!check_until(run) || !machine_start(&run->machine))
        return EXIT_CODE_ERRORS;
    result = conclude(run, attend(run, &screen));
    machine_stop(&run->machine);
    return result;
}

static void release(struct run *run)
{
    run_system_release(&run->system);
    if (run->log_file != NULL && fclose(run->log_file) != 0)
        output_error("cannot write %s: %s", run->log, strerror(errno));
    if (run->directory != NULL)
        temporary_remove(run->directory);
    free(run->directory);
    free(run->disk);
}

static int run_system(int argc, char **argv)
{
    struct run run = {
        .machine = {.memory = DEFAULT_MEMORY, .cpus = DEFAULT_CPUS, .console = -1, .output = -1},
    };
    int result = parse(argc, argv, &run);

    if (result != 0)
        return result;
    process_catch_signals();
    result = prepare(&run) ? boot(&run) : EXIT_CODE_ERRORS;
    release(&run);
    process_pass_signal();
    return result;
}

const struct command run_command = {
    .name = "run",
    .synopsis = "[--firmware edk2|u-boot] [--memory SIZE] [--cpus N] [--log FILE]\n"
                "                  [--timeout S] [--until TEXT] DIR|DISK",
    .summary = "boot a system in QEMU and show who says what",
    .help = "Boots a directory, as muster image would make a disk of it, or a disk image, which\n"
            "stays as it is. Each line of the console stands behind the name of the domain that\n"
            "says it, as the plan has it. Keys go to the machine; Ctrl-A x leaves, Ctrl-A n gives\n"
            "the keyboard to the next domain.\n"
            "\n"
            "  --firmware edk2|u-boot  the firmware, default: edk2\n"
            "  --memory SIZE           the machine's RAM, default: 2G\n"
            "  --cpus N                its CPUs, default: 2\n"
            "  --log FILE              write the console to FILE as it came\n"
            "  --timeout S             give up after S seconds\n"
            "  --until TEXT            end when every domain has written a line with TEXT\n"
            "\n"
            "The exit code is 0 when the machine was left or ended by itself; with --until, only\n"
            "when every domain with a console has written TEXT. It is 1 otherwise, 2 when the\n"
            "command line is wrong.\n",
    .run = run_system,
};
