/* SPDX-License-Identifier: BSD-2-Clause */
/* The run command: a system is booted in QEMU, and its domains are heard one by one. */
#include "host/cmd_run.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/text.h"
#include "host/base/output.h"
#include "host/base/process.h"
#include "host/base/size.h"
#include "host/base/temporary.h"
#include "host/disk/disk.h"
#include "host/disk/disk_extract.h"
#include "host/disk/disk_files.h"
#include "host/disk/disk_links.h"
#include "host/run/domain_names.h"
#include "host/run/junit.h"
#include "host/run/qemu.h"
#include "host/run/qemu_system.h"
#include "host/run/session.h"
#include "host/run/web_server.h"

#define CPUS_MAX    512U
#define SECONDS_MAX 1000000U
#define DISK_ON_NET "disk.img" /* a disk's name on a server, by which EDK2 knows it for one */

enum {
    OPTION_FIRMWARE = 0x100,
    OPTION_SECURE_BOOT,
    OPTION_MEMORY,
    OPTION_CPUS,
    OPTION_LOG,
    OPTION_JUNIT,
    OPTION_NET,
    OPTION_TIMEOUT,
    OPTION_UNTIL
};

struct run {
    const char *source; /* directory or disk */
    const char *log;    /* or NULL */
    const char *junit;  /* or NULL */
    struct machine machine;
    struct run_system system;
    struct session session;
    char *directory; /* temporary */
    char *disk;      /* made from a directory, else NULL */
    char *served;    /* directory of a server, else NULL */
    char *url;       /* of what is booted there, else NULL */
    struct web_server web;
};

static int take_net(struct run *run, const char *argument)
{
    static const struct {
        const char *name;
        enum machine_net net;
    } nets[] = {{"tftp", MACHINE_TFTP}, {"http", MACHINE_HTTP}};

    run->machine.net = argument == NULL ? MACHINE_CARD : MACHINE_NO_NET;
    for (size_t at = 0; argument != NULL && at < sizeof(nets) / sizeof(nets[0]); at++)
        if (strcmp(argument, nets[at].name) == 0)
            run->machine.net = nets[at].net;
    return run->machine.net != MACHINE_NO_NET
               ? 0
               : usage_error(&run_command, "--net boots by tftp or http, not by %s", argument);
}

static int take_option(struct run *run, int option, const char *argument)
{
    uint64_t number = 0;
    bool is_number = argument != NULL && text_to_number(argument, strlen(argument), &number);

    switch (option) {
    case OPTION_FIRMWARE:
        run->machine.firmware = strcmp(argument, "u-boot") == 0 ? MACHINE_U_BOOT : MACHINE_EDK2;
        if (strcmp(argument, "u-boot") != 0 && strcmp(argument, "edk2") != 0)
            return usage_error(&run_command, "the firmware is edk2 or u-boot, not %s", argument);
        return 0;
    case OPTION_SECURE_BOOT:
        run->machine.secure_boot = true;
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
        run->session.seconds = number;
        if (is_number && number != 0 && number <= SECONDS_MAX)
            return 0;
        return usage_error(&run_command, "%s is not a number of seconds from 1 to %u", argument,
                           SECONDS_MAX);
    case OPTION_LOG:
        run->log = argument;
        return 0;
    case OPTION_JUNIT:
        run->junit = argument;
        return 0;
    case OPTION_NET:
        return take_net(run, argument);
    default:
        run->session.until = argument;
        return argument != NULL && argument[0] != '\0'
                   ? 0
                   : usage_error(&run_command, "--until needs a text");
    }
}

/* The next argument, if it is a word of --net, which may go without one. */
static const char *word_of_net(int argc, char **argv)
{
    bool is_word =
        optind < argc && (strcmp(argv[optind], "tftp") == 0 || strcmp(argv[optind], "http") == 0);

    return is_word ? argv[optind++] : NULL;
}

static bool boots_from_net(const struct run *run)
{
    return run->machine.net == MACHINE_TFTP || run->machine.net == MACHINE_HTTP;
}

/* Takes what follows -- for QEMU off the arguments; returns how many are left. */
static int take_more(int argc, char **argv, struct run *run)
{
    for (int at = 1; at < argc; at++)
        if (strcmp(argv[at], "--") == 0) {
            run->machine.more = argv + at + 1;
            return at;
        }
    return argc;
}

/* Returns 0, or EXIT_CODE_USAGE after saying what is wrong. */
static int parse(int argc, char **argv, struct run *run)
{
    static const struct option options[] = {
        {"firmware", required_argument, NULL, OPTION_FIRMWARE},
        {"secure-boot", no_argument, NULL, OPTION_SECURE_BOOT},
        {"memory", required_argument, NULL, OPTION_MEMORY},
        {"cpus", required_argument, NULL, OPTION_CPUS},
        {"log", required_argument, NULL, OPTION_LOG},
        {"junit", required_argument, NULL, OPTION_JUNIT},
        {"net", optional_argument, NULL, OPTION_NET},
        {"timeout", required_argument, NULL, OPTION_TIMEOUT},
        {"until", required_argument, NULL, OPTION_UNTIL},
        {0},
    };
    int option;

    argc = take_more(argc, argv, run);
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        int result;

        if (option == '?' || option == ':')
            return option_error(&run_command, option, argv);
        result = take_option(
            run, option, option == OPTION_NET && optarg == NULL ? word_of_net(argc, argv) : optarg);
        if (result != 0)
            return result;
    }
    if (run->machine.secure_boot && run->machine.firmware != MACHINE_EDK2)
        return usage_error(&run_command, "--secure-boot is for edk2 alone");
    if (boots_from_net(run) && run->machine.firmware != MACHINE_EDK2)
        return usage_error(&run_command, "--net tftp and --net http are for edk2 alone");
    run->source = argc == optind ? qemu_system_default(&(struct host_request){0}) : argv[optind];
    if (run->source == NULL || argc - optind > 1)
        return usage_error(&run_command, "name one directory or disk");
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

/*
 * Muster's own loader is put on a disk without one, and looks for its configuration beside itself.
 * Without it, nothing would be known of the system, and it would not start.
 */
static bool has_system(const struct run *run)
{
    bool has_loader;

    if (run->system.count != 0)
        return true;
    if (!disk_has_loader(run->source, &has_loader))
        return false;
    if (!has_loader)
        output_error("%s has no EFI/BOOT/muster.cfg, which the loader would read", run->source);
    return has_loader;
}

/* Serves what is in run->served; `boot_file` of it is what the firmware is to boot. */
static bool serve(struct run *run, const char *boot_file)
{
    run->machine.served = run->served;
    run->machine.boot_file = boot_file;
    run->machine.disk = NULL;
    if (run->machine.net == MACHINE_TFTP)
        return true;
    if (!web_server_start(&run->web, run->served) ||
        asprintf(&run->url, "http://10.0.2.2:%u/%s", run->web.port, boot_file) < 0)
        return false;
    run->machine.url = run->url;
    return true;
}

static bool prepare_directory(struct run *run)
{
    struct disk_request request = {.directory = run->source};

    if (!read_system(run, run->source) || !has_system(run))
        return false;
    if (boots_from_net(run))
        return disk_links_make(run->source, run->served) && serve(run, DISK_LOADER);
    run->disk = path_in(run, "disk.img");
    run->machine.disk = run->disk;
    request.disk = run->disk;
    return run->disk != NULL && disk_make(&request);
}

static bool prepare_disk(struct run *run)
{
    char *content = path_in(run, "content");
    bool is_done = content != NULL && mkdir(content, 0700) == 0 && disk_is_partitioned(run->source);

    run->machine.disk = run->source;
    if (is_done && disk_extract(run->source, content))
        is_done = read_system(run, content);
    if (content != NULL)
        temporary_remove(content);
    free(content);
    if (is_done && boots_from_net(run))
        is_done =
            disk_links_make_one(run->source, run->served, DISK_ON_NET) && serve(run, DISK_ON_NET);
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
    run->served = path_in(run, "served");
    run->machine.directory = run->directory;
    if (run->log != NULL)
        run->session.log = fopen(run->log, "wbe");
    if (run->log != NULL && run->session.log == NULL) {
        output_error("cannot write %s: %s", run->log, strerror(errno));
        return false;
    }
    if (S_ISDIR(status.st_mode))
        return prepare_directory(run);
    if (run->machine.net != MACHINE_TFTP)
        return prepare_disk(run);
    output_error("%s is no directory: a disk does not boot by tftp", run->source);
    return false;
}

/* Says why the run ended, and which domains have not written what was waited for. */
static void report_missing(const struct run *run, const char *why)
{
    const char *comma = "";

    fprintf(stderr, "muster run: %s", why);
    if (run->session.until != NULL)
        fputs(" before ", stderr);
    for (size_t at = 0; at < run->system.count && run->session.until != NULL; at++) {
        const struct screen_domain *domain = &run->system.domains[at];

        if (!domain->is_awaited || domain->has_said)
            continue;
        fprintf(stderr, "%s%s", comma, domain->name);
        comma = ", ";
    }
    if (run->session.until != NULL)
        fprintf(stderr, "%s wrote \"%s\"", comma[0] != '\0' ? "" : "anybody", run->session.until);
    fputc('\n', stderr);
}

static void report_complete(const struct run *run)
{
    fprintf(stderr, "muster run: %s wrote \"%s\" within %.1f s of power-on\n",
            run->system.count != 0 ? "every domain" : "somebody", run->session.until,
            run->session.elapsed);
}

static int conclude(const struct run *run, enum session_ending ending)
{
    switch (ending) {
    case SESSION_SAID:
        report_complete(run);
        return EXIT_CODE_FINE;
    case SESSION_TIMEOUT:
        report_missing(run, "the time ran out");
        return EXIT_CODE_ERRORS;
    case SESSION_STOPPED:
        if (!run->session.was_heard)
            process_report("qemu-system-aarch64", run->machine.output);
        if (run->session.was_heard && run->session.until != NULL)
            report_missing(run, "the machine stopped");
        return run->session.was_heard && run->session.until == NULL ? EXIT_CODE_FINE
                                                                    : EXIT_CODE_ERRORS;
    case SESSION_LEFT:
        return run->session.until == NULL ? EXIT_CODE_FINE : EXIT_CODE_ERRORS;
    case SESSION_GOES_ON:
    case SESSION_SIGNAL:
        break;
    }
    return EXIT_CODE_ERRORS;
}

/* Says who cannot be waited for. */
static bool check_until(const struct run *run)
{
    size_t awaited = 0;

    for (size_t at = 0; at < run->system.count && run->session.until != NULL; at++) {
        const struct screen_domain *domain = &run->system.domains[at];

        awaited += domain->is_awaited;
        if (!domain->is_awaited && at != 0)
            fprintf(stderr, "muster run: %s has no console (vpl011), so it is not waited for\n",
                    domain->name);
    }
    if (run->session.until == NULL || run->system.count == 0 || awaited != 0)
        return true;
    output_error("no domain has a console, so none can write \"%s\"", run->session.until);
    return false;
}

/* The reason that a run failed for, or NULL. */
static const char *failure_of(enum session_ending ending, const struct session *session)
{
    if (ending == SESSION_TIMEOUT)
        return "the time ran out";
    if (ending == SESSION_STOPPED && (session->until != NULL || !session->was_heard))
        return "the machine stopped";
    return NULL;
}

/* Writes the result for a pipeline, if the person wants one. False after a message. */
static bool write_junit(const struct run *run, const char *failure)
{
    const struct junit junit = {
        .source = run->source,
        .until = run->session.until,
        .system = &run->system,
        .failure = failure,
        .elapsed = run->session.elapsed,
    };
    FILE *stream = run->junit != NULL ? fopen(run->junit, "we") : NULL;

    if (run->junit == NULL)
        return true;
    if (stream != NULL) {
        junit_write(stream, &junit);
        if (fclose(stream) == 0)
            return true;
    }
    output_error("cannot write %s: %s", run->junit, strerror(errno));
    return false;
}

static int boot(struct run *run)
{
    enum session_ending ending;
    int result;

    run->machine.ends_on_reset = run->session.until != NULL;
    if (!check_until(run) || !machine_start(&run->machine)) {
        write_junit(run, "the machine could not be started");
        return EXIT_CODE_ERRORS;
    }
    ending = session_attend(&run->session);
    result = conclude(run, ending);
    machine_stop(&run->machine);
    if (ending != SESSION_SIGNAL && !write_junit(run, failure_of(ending, &run->session)))
        result = EXIT_CODE_ERRORS;
    return result;
}

static void release(struct run *run)
{
    web_server_stop(&run->web);
    run_system_release(&run->system);
    if (run->session.log != NULL && fclose(run->session.log) != 0)
        output_error("cannot write %s: %s", run->log, strerror(errno));
    if (run->directory != NULL)
        temporary_remove(run->directory);
    free(run->directory);
    free(run->disk);
    free(run->served);
    free(run->url);
}

static int run_system(int argc, char **argv)
{
    struct run run = {
        .machine = {.memory = MACHINE_MEMORY, .cpus = MACHINE_CPUS, .console = -1, .output = -1},
    };
    int result = parse(argc, argv, &run);

    if (result != 0)
        return result;
    run.session.machine = &run.machine;
    run.session.system = &run.system;
    process_catch_signals();
    result = EXIT_CODE_ERRORS;
    if (prepare(&run))
        result = boot(&run);
    else if (process_signal() == 0)
        write_junit(&run, "the system could not be prepared");
    release(&run);
    process_pass_signal();
    return result;
}

const struct command run_command = {
    .name = "run",
    .synopsis = "[--firmware edk2|u-boot] [--secure-boot] [--memory SIZE] [--cpus N]\n"
                "                  [--net [tftp|http]] [--log FILE] [--junit FILE] [--timeout S]\n"
                "                  [--until TEXT] [DIR|DISK] [-- QEMU-ARGUMENT…]",
    .summary = "boot a system in QEMU and show who says what",
    .help =
        "Boots a directory, as muster image would make a disk of it, or a disk image, which\n"
        "stays as it is. Each line of the console stands behind the name of the domain that\n"
        "says it, as the plan has it. Keys go to the machine; Ctrl-A x leaves, Ctrl-A n gives\n"
        "the keyboard to the next domain, whose lines are marked with > then. Arguments behind\n"
        "-- are added to QEMU's. Without a name it is esp, as muster init writes it.\n"
        "\n"
        "  --firmware edk2|u-boot  the firmware, default: edk2\n"
        "  --secure-boot           have Secure Boot on, with the keys in qemu-efi-aarch64\n"
        "  --memory SIZE           the machine's RAM, default: 2G\n"
        "  --cpus N                its CPUs, default: 2\n"
        "  --net                   give it a network card, behind QEMU's own router\n"
        "  --net tftp|http         boot DIR from a server there; http boots a DISK, too\n"
        "  --log FILE              write the console to FILE as it came\n"
        "  --junit FILE            write the result for a build pipeline\n"
        "  --timeout S             give up after S seconds\n"
        "  --until TEXT            end when every domain has written a line with TEXT\n"
        "\n"
        "The exit code is 0 when the machine was left or ended by itself; with --until, only\n"
        "when every domain with a console has written TEXT. It is 1 otherwise, 2 when the\n"
        "command line is wrong.\n",
    .run = run_system,
};
