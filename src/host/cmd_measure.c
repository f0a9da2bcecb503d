/* SPDX-License-Identifier: BSD-2-Clause */
/* The measure command: the values of a TPM's registers after a sealed system was started. */
#include "host/cmd_measure.h"

#include <getopt.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "core/seal/measure.h"
#include "host/base/digest.h"
#include "host/base/heap_arena.h"
#include "host/base/output.h"
#include "host/machine/host_system.h"
#include "host/report/report.h"
#include "host/run/qemu_system.h"
#include "host/seal/authenticode.h"

#define PCR_LOADER                                                                                 \
    4U /* what firmware starts (TCG PC Client Platform Firmware Profile §3.3.4.5)                 \
        */
#define PCR_COUNT 24U

enum { OPTION_FIRMWARE = HOST_OPTION_OTHER, OPTION_OPTIONS };

struct arguments {
    struct host_request request;
    const char *options; /* the load options, or NULL */
    bool is_u_boot;
};

/* The registers that are computed. */
struct registers {
    unsigned char values[PCR_COUNT][DIGEST_SIZE];
    bool has_tree; /* the firmware's tree is known, which is measured with the load options */
};

static int take_option(struct arguments *arguments, int option, char **argv)
{
    switch (option) {
    case OPTION_FIRMWARE:
        arguments->is_u_boot = strcmp(optarg, "u-boot") == 0;
        if (arguments->is_u_boot || strcmp(optarg, "edk2") == 0)
            return 0;
        return usage_error(&measure_command, "the firmware is edk2 or u-boot, not %s", optarg);
    case OPTION_OPTIONS:
        arguments->options = optarg;
        return 0;
    case ':':
    case '?':
        return option_error(&measure_command, option, argv);
    default:
        return host_option_take(&arguments->request, &measure_command, option, optarg);
    }
}

/* Returns 0, or EXIT_CODE_USAGE after saying what is wrong. */
static int parse(int argc, char **argv, struct arguments *arguments)
{
    static const struct option options[] = {
        {"section", required_argument, NULL, HOST_OPTION_SECTION},
        HOST_MACHINE_OPTIONS,
        {"firmware", required_argument, NULL, OPTION_FIRMWARE},
        {"options", required_argument, NULL, OPTION_OPTIONS},
        {0},
    };
    int option;
    int result = 0;

    while (result == 0 && (option = getopt_long(argc, argv, ":s:", options, NULL)) != -1)
        result = take_option(arguments, option, argv);
    if (result == 0 && argc - optind != 1)
        result = usage_error(&measure_command, "name one sealed loader");
    if (result == 0)
        arguments->request.config = argv[optind];
    return result;
}

/* Prints an event, and extends its register by the digest of its text. */
static bool add_event(void *data, unsigned pcr, const char *text, size_t size)
{
    struct registers *registers = data;

    if (pcr == MEASURE_PCR_OPTIONS && !registers->has_tree)
        return true;
    printf("%3u  ", pcr);
    output_text(stdout, text);
    putchar('\n');
    measure_extend(&host_digest, registers->values[pcr], text, size);
    return true;
}

/* Firmware measures programs by their Authenticode digests, not by one of a text. */
static bool add_program(struct registers *registers, const char *name, const void *data,
                        size_t size)
{
    unsigned char both[2 * DIGEST_SIZE];
    char text[DIGEST_TEXT_SIZE];

    memcpy(both, registers->values[PCR_LOADER], DIGEST_SIZE);
    if (!authenticode(data, size, both + DIGEST_SIZE)) {
        output_error("%s is cut off", name);
        return false;
    }
    digest_to_text(both + DIGEST_SIZE, text);
    printf("%3u  program %s ", PCR_LOADER, text);
    output_text(stdout, name);
    putchar('\n');
    digest_of(both, sizeof(both), registers->values[PCR_LOADER]);
    return true;
}

/* The firmware's events before the loader: their order differs. */
static bool add_firmware_events(struct registers *registers, const struct arguments *arguments,
                                const struct host_system *host)
{
    static const char action[] = "Calling EFI Application from Boot Option";
    static const char separator[4];
    const struct file_content *loader = &host->seal.file;

    if (arguments->is_u_boot &&
        !add_program(registers, arguments->request.config, loader->data, loader->size))
        return false;
    add_event(registers, PCR_LOADER, action, sizeof(action) - 1);
    printf("%3u  separator\n", PCR_LOADER);
    measure_extend(&host_digest, registers->values[PCR_LOADER], separator, sizeof(separator));
    return arguments->is_u_boot ||
           add_program(registers, arguments->request.config, loader->data, loader->size);
}

static void print_registers(const struct registers *registers)
{
    static const unsigned shown[] = {PCR_LOADER, MEASURE_PCR_SYSTEM, MEASURE_PCR_OPTIONS};
    char text[DIGEST_TEXT_SIZE];

    printf("\n%sPCR  SHA-256%s\n", output_style(stdout, STYLE_BOLD),
           output_style(stdout, STYLE_PLAIN));
    for (size_t at = 0; at < sizeof(shown) / sizeof(shown[0]); at++) {
        digest_to_text(registers->values[shown[at]], text);
        if (shown[at] != MEASURE_PCR_OPTIONS || registers->has_tree)
            printf("%3u  %s\n", shown[at], text);
        else
            printf("%3u  not known without --dtb\n", shown[at]);
    }
}

/* Prints all events and the registers. */
static bool show(const struct arguments *arguments, const struct host_system *host,
                 const struct measured_files *files)
{
    const struct binary *xen = &host->system.plan.xen;
    const char *section = arguments->request.section;
    /* A tree that only resembles the firmware's helps to see what is started, and no more. */
    const void *tree = arguments->request.machine == NULL && arguments->request.tree != NULL
                           ? host->firmware_tree
                           : NULL;
    struct measured measured = {
        .files = files,
        .section = host->system.section.name,
        .options = arguments->options != NULL ? arguments->options
                   : section != NULL          ? section
                                              : "",
        .tree = tree,
        .tree_size = tree != NULL ? fdt_totalsize(tree) : 0,
        .digest = &host_digest,
    };
    bool is_silent = host->platform.measuring == MEASURE_NOTHING;
    struct registers registers = {.has_tree = is_silent || tree != NULL};

    printf("%sPCR  EVENT%s\n", output_style(stdout, STYLE_BOLD), output_style(stdout, STYLE_PLAIN));
    if (!add_firmware_events(&registers, arguments, host))
        return false;
    /* With measure=no the loader adds nothing. */
    if (!is_silent && (!measure(&measured, add_event, &registers) ||
                       !add_program(&registers, xen->name, xen->memory, (size_t)xen->size)))
        return false;
    print_registers(&registers);
    return true;
}

static int measure_system(const struct arguments *arguments, struct host_system *host,
                          const struct measured_files *files)
{
    report_print(stderr, host);
    if (!host->is_bootable)
        return EXIT_CODE_ERRORS;
    if (!host->seal.is_sealed) {
        output_error("%s is not a sealed loader", arguments->request.config);
        return EXIT_CODE_ERRORS;
    }
    return show(arguments, host, files) ? EXIT_CODE_FINE : EXIT_CODE_ERRORS;
}

static int run(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct arena arena;
    struct measured_files files = {.arena = &arena};
    struct host_system host;
    int result = parse(argc, argv, &arguments);

    if (result != 0)
        return result;
    heap_arena_init(&arena);
    arguments.request.seen = measure_file_seen;
    arguments.request.data = &files;
    result = qemu_system_open(&host, &arguments.request);
    if (result == 0)
        result = measure_system(&arguments, &host, &files);
    host_system_close(&host);
    arena_release(&arena);
    return result;
}

const struct command measure_command = {
    .name = "measure",
    .synopsis = "[--firmware edk2|u-boot] [-s SECTION] [--options TEXT] [--dtb FILE]\n"
                "                      [--machine qemu] [--memory SIZE] [--root DIR] FILE",
    .summary = "say what a TPM will hold when a sealed system was started",
    .help =
        "Prints the events that the firmware and a sealed loader measure into the TPM on the way\n"
        "to the start of Xen, and the values that the registers (PCRs) have then in the bank of\n"
        "SHA-256. FILE is the sealed loader, in its place in the partition.\n"
        "\n"
        "  --firmware edk2|u-boot\n"
        "                   the firmware, whose events differ in their order; default: edk2\n"
        "  -s, --section SECTION\n"
        "                   the section that boots, if it is not the default one\n"
        "  --options TEXT   the load options of the boot entry; default: SECTION or none\n"
        "  --dtb FILE       the device tree, exactly as the firmware provides it\n"
        "  --machine qemu   without --dtb, take the tree of the machine that muster run starts; it "
        "is\n"
        "                   not the one that is measured\n"
        "  --memory SIZE[@START]\n"
        "                   the RAM that the machine has, instead of what its tree says\n"
        "  --root DIR       the root of the partition, as for muster check\n"
        "\n"
        "The exit code is 0, 1 when the system has errors, 2 when the command line is wrong.\n",
    .run = run,
};
