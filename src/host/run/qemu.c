/* SPDX-License-Identifier: BSD-2-Clause */
/* A QEMU machine with UEFI firmware, and its serial console. */
#include "host/run/qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/base/output.h"
#include "host/base/process.h"
#include "host/run/edk2_store.h"

#define ARGUMENTS_MAX  256U
#define EDK2_CODE      "/usr/share/AAVMF/AAVMF_CODE.fd"
#define EDK2_KEYS      "/usr/share/AAVMF/AAVMF_VARS.snakeoil.fd"
#define U_BOOT         "/usr/lib/u-boot/qemu_arm64/u-boot.bin"
#define EDK2_PACKAGE   "qemu-efi-aarch64"
#define U_BOOT_PACKAGE "u-boot-qemu"

/* A command that is put together; it owns the texts in `made`. */
struct command_line {
    const char *arguments[ARGUMENTS_MAX + 1];
    unsigned count;
    char *made[ARGUMENTS_MAX];
    unsigned made_count;
    bool is_good;
};

static void add(struct command_line *line, const char *argument)
{
    if (line->count < ARGUMENTS_MAX && argument != NULL)
        line->arguments[line->count++] = argument;
    else
        line->is_good = false;
}

__attribute__((format(printf, 2, 3))) static void add_format(struct command_line *line,
                                                             const char *format, ...)
{
    char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    if (line->made_count == ARGUMENTS_MAX || vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    if (text != NULL)
        line->made[line->made_count++] = text;
    add(line, text);
}

/* A path within an option, where QEMU wants commas twice. */
static void add_path(struct command_line *line, const char *option, const char *path)
{
    char *quoted = calloc(2, strlen(path) + 1);
    char *to = quoted;

    for (; quoted != NULL && *path != '\0'; path++) {
        if (*path == ',')
            *to++ = ',';
        *to++ = *path;
    }
    if (quoted != NULL)
        add_format(line, "%s%s", option, quoted);
    else
        line->is_good = false;
    free(quoted);
}

static bool is_complete(const struct command_line *line)
{
    if (!line->is_good)
        output_error("there are too many arguments for QEMU");
    return line->is_good;
}

static void release(struct command_line *line)
{
    for (unsigned at = 0; at < line->made_count; at++)
        free(line->made[at]);
}

/* Options that shape the device tree; the same ones dump it and run it. */
static void add_hardware(struct command_line *line, const struct machine *machine)
{
    add(line, "qemu-system-aarch64");
    add(line, "-machine");
    add(line, "virt,virtualization=on,gic-version=3,acpi=off");
    add(line, "-cpu");
    add(line, "cortex-a57");
    add(line, "-smp");
    add_format(line, "%u", machine->cpus);
    add(line, "-m");
    add_format(line, "%lluM", (unsigned long long)(machine->memory >> 20));
    add(line, "-nic");
    add(line, "none");
    add(line, "-display");
    add(line, "none");
    for (char **more = machine->more; more != NULL && *more != NULL; more++)
        add(line, *more);
}

static void add_network(struct command_line *line, const struct machine *machine)
{
    add(line, "-netdev");
    if (machine->net == MACHINE_TFTP) {
        char *option = NULL;

        if (asprintf(&option, "user,id=net0,bootfile=%s,tftp=", machine->boot_file) < 0)
            option = NULL;
        if (option != NULL)
            add_path(line, option, machine->served);
        else
            line->is_good = false;
        free(option);
    } else {
        add(line, "user,id=net0");
    }
    add(line, "-device");
    add(line, "virtio-net-device,netdev=net0");
    if (machine->net != MACHINE_CARD) {
        add(line, "-device"); /* without random numbers, newer EDK2 has no network */
        add(line, "virtio-rng-device");
    }
}

static void add_disk(struct command_line *line, const char *disk)
{
    add(line, "-drive");
    add_path(line, "if=none,id=disk0,format=raw,snapshot=on,file=", disk);
    add(line, "-device");
    add(line, "virtio-blk-device,drive=disk0");
}

bool machine_write_tree(const struct machine *machine, const char *path)
{
    struct command_line line = {.is_good = true};
    bool is_done;

    add_hardware(&line, machine);
    add(&line, "-machine");
    add_path(&line, "dtb-randomness=off,dumpdtb=", path);
    is_done = is_complete(&line) && process_run(line.arguments, NULL);
    release(&line);
    return is_done;
}

static bool check_file(const char *path, const char *what, const char *package)
{
    if (access(path, R_OK) == 0)
        return true;
    output_error("%s is missing: install the Debian package %s", what, package);
    return false;
}

static bool add_firmware(struct command_line *line, const struct machine *machine)
{
    char *store = NULL;
    bool is_done;

    if (machine->firmware == MACHINE_U_BOOT) {
        add(line, "-bios");
        add(line, U_BOOT);
        return check_file(U_BOOT, "U-Boot for QEMU", U_BOOT_PACKAGE);
    }
    if (!check_file(EDK2_CODE, "EDK2 for QEMU", EDK2_PACKAGE) ||
        (machine->secure_boot && !check_file(EDK2_KEYS, "EDK2 for QEMU", EDK2_PACKAGE)) ||
        asprintf(&store, "%s/variables.fd", machine->directory) < 0)
        return false;
    add(line, "-boot"); /* else it waits five seconds for somebody who wants its menu */
    add(line, "menu=on,splash-time=0");
    add(line, "-drive");
    add(line, "if=pflash,format=raw,readonly=on,file=" EDK2_CODE);
    add(line, "-drive");
    add_path(line, "if=pflash,format=raw,file=", store);
    /* EDK2 writes its variables, so each run has a store of its own; one with keys has Secure Boot
     * on. */
    is_done = edk2_store_make(store, machine->secure_boot ? EDK2_KEYS : NULL, machine->url);
    free(store);
    return is_done;
}

/*
 * Emulated CPUs run at the same time only where the host has CPUs to spare: else one that waits for
 * another in a loop keeps it from running, and a boot may take minutes.
 */
static void add_accelerator(struct command_line *line, const struct machine *machine)
{
    add(line, "-accel");
    add(line, sysconf(_SC_NPROCESSORS_ONLN) > (long)machine->cpus ? "tcg" : "tcg,thread=single");
}

static bool spawn(struct machine *machine, int serial)
{
    struct command_line line = {.is_good = true};
    bool is_done;

    /* QEMU must not outlive this program, however that ends. */
    add(&line, "setpriv");
    add(&line, "--pdeathsig");
    add(&line, "KILL");
    add_hardware(&line, machine);
    add_accelerator(&line, machine);
    add(&line, "-monitor");
    add(&line, "none");
    if (machine->ends_on_reset)
        add(&line, "-no-reboot");
    if (machine->disk != NULL)
        add_disk(&line, machine->disk);
    if (machine->net != MACHINE_NO_NET)
        add_network(&line, machine);
    add(&line, "-chardev");
    add_format(&line, "socket,id=serial,fd=%d", serial);
    add(&line, "-serial");
    add(&line, "chardev:serial");
    is_done = add_firmware(&line, machine) && is_complete(&line);
    if (is_done)
        machine->process = process_start(line.arguments, -1, machine->output);
    release(&line);
    return is_done && machine->process > 0;
}

bool machine_start(struct machine *machine)
{
    int ends[2];
    bool is_done;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
        output_error("cannot make a serial line: %s", strerror(errno));
        return false;
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    machine->console = ends[0];
    machine->output = process_output();
    is_done = machine->output >= 0 && spawn(machine, ends[1]);
    close(ends[1]);
    if (!is_done)
        machine_stop(machine);
    return is_done;
}

void machine_stop(struct machine *machine)
{
    if (machine->process > 0)
        process_stop(machine->process);
    if (machine->console >= 0)
        close(machine->console);
    if (machine->output >= 0)
        close(machine->output);
    machine->process = 0;
    machine->console = -1;
    machine->output = -1;
}
