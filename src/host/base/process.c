/* SPDX-License-Identifier: BSD-2-Clause */
/* Other programs: found on PATH, started without a shell, and ended when this one is to end. */
#include "host/base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/base/output.h"

#define SHOWN_MAX  2000U    /* bytes that are shown of what a program printed */
#define STOP_STEPS 100      /* waits until a program is killed, each of */
#define STOP_NS    20000000 /* nanoseconds */

static volatile sig_atomic_t caught;

static void remember(int signal)
{
    caught = signal;
}

void process_catch_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = remember};

    sigemptyset(&action.sa_mask);
    for (size_t at = 0; at < sizeof(signals) / sizeof(signals[0]); at++)
        sigaction(signals[at], &action, NULL);
    /* A reader of our output that is gone shows as an error of writing. */
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

int process_signal(void)
{
    return caught;
}

void process_pass_signal(void)
{
    if (caught == 0)
        return;
    signal(caught, SIG_DFL);
    raise(caught);
}

/* The Debian package that a program comes in. */
static const char *package_of(const char *program)
{
    static const struct {
        const char *program;
        const char *package;
    } packages[] = {
        {"mformat", "mtools"},
        {"mcopy", "mtools"},
        {"mmd", "mtools"},
        {"sfdisk", "fdisk"},
        {"sbsign", "sbsigntool"},
        {"setpriv", "util-linux"},
        {"qemu-system-aarch64", "qemu-system-arm"},
    };

    for (size_t at = 0; at < sizeof(packages) / sizeof(packages[0]); at++)
        if (strcmp(packages[at].program, program) == 0)
            return packages[at].package;
    return program;
}

/* Actions and attributes of a start: streams as asked for, signals as by default. */
static int prepare(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int input,
                   int output)
{
    sigset_t signals;
    int result = 0;

    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    if (input >= 0)
        result = posix_spawn_file_actions_adddup2(actions, input, STDIN_FILENO);
    else
        result = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (result == 0 && output >= 0)
        result = posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
    else if (result == 0)
        result = posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (result == 0)
        result = posix_spawn_file_actions_adddup2(actions, STDOUT_FILENO, STDERR_FILENO);
    if (result == 0)
        result = posix_spawnattr_setsigdefault(attributes, &signals);
    if (result == 0)
        result = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF);
    return result;
}

/* posix_spawnp takes arguments that it promises not to change, but not as const. */
static char **arguments_of(const char *const argv[])
{
    union {
        const char *const *given;
        char **taken;
    } arguments = {.given = argv};

    return arguments.taken;
}

pid_t process_start(const char *const argv[], int input, int output)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t process = -1;
    int result;

    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    result = prepare(&actions, &attributes, input, output);
    if (result == 0)
        result =
            posix_spawnp(&process, argv[0], &actions, &attributes, arguments_of(argv), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (result == 0)
        return process;
    if (result == ENOENT)
        output_error("%s is missing: install the Debian package %s", argv[0], package_of(argv[0]));
    else
        output_error("cannot start %s: %s", argv[0], strerror(result));
    return -1;
}

/* A file in memory with `text` in it, read from its start; -1 with errno. */
static int memory_file(const char *name, const char *text)
{
    size_t size = strlen(text);
    int file = memfd_create(name, MFD_CLOEXEC);

    if (file >= 0 && (write(file, text, size) != (ssize_t)size || lseek(file, 0, SEEK_SET) != 0)) {
        close(file);
        return -1;
    }
    return file;
}

int process_output(void)
{
    int file = memory_file("output", "");

    if (file < 0)
        output_error("cannot make a file in memory: %s", strerror(errno));
    return file;
}

/*
 * Waits for a program; its status, or -1 after a signal to this one, which ends it too. A signal
 * may come just before a wait that blocks, so none does.
 */
static int wait_for(pid_t process)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    int status = -1;

    while (waitpid(process, &status, WNOHANG) == 0) {
        if (caught != 0) {
            process_stop(process);
            return -1;
        }
        nanosleep(&pause, NULL);
    }
    return status;
}

void process_report(const char *program, int output)
{
    char text[SHOWN_MAX + 1];
    ssize_t size = pread(output, text, SHOWN_MAX, 0);

    while (size > 0 && text[size - 1] == '\n')
        size--;
    text[size > 0 ? size : 0] = '\0';
    output_error("%s failed%s%s", program, text[0] != '\0' ? ": " : "", text);
}

/* Runs a program; what it prints goes to the file `output`. False after a message or a signal. */
static bool run_to(const char *const argv[], const char *text, int output)
{
    int input = memory_file("input", text != NULL ? text : "");
    bool is_done = false;

    if (input >= 0 && output >= 0 && caught == 0) {
        pid_t process = process_start(argv, input, output);
        int status = process > 0 ? wait_for(process) : -1;

        is_done = status == 0 && caught == 0;
        if (process > 0 && !is_done && caught == 0)
            process_report(argv[0], output);
    }
    if (input >= 0)
        close(input);
    return is_done;
}

bool process_run(const char *const argv[], const char *text)
{
    int output = process_output();
    bool is_done = run_to(argv, text, output);

    if (output >= 0)
        close(output);
    return is_done;
}

char *process_capture(const char *const argv[])
{
    int output = process_output();
    off_t size = run_to(argv, NULL, output) ? lseek(output, 0, SEEK_END) : -1;
    char *text = size >= 0 ? calloc(1, (size_t)size + 1) : NULL;

    if (text != NULL && pread(output, text, (size_t)size, 0) != size) {
        free(text);
        text = NULL;
    }
    if (output >= 0)
        close(output);
    return text;
}

void process_stop(pid_t process)
{
    const struct timespec moment = {.tv_nsec = STOP_NS};

    kill(process, SIGTERM);
    for (int step = 0; step < STOP_STEPS; step++) {
        if (waitpid(process, NULL, WNOHANG) != 0)
            return;
        nanosleep(&moment, NULL);
    }
    kill(process, SIGKILL);
    waitpid(process, NULL, 0);
}
