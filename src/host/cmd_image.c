/* SPDX-License-Identifier: BSD-2-Clause */
/* The image command: a directory becomes a disk that firmware boots from. */
#include "host/cmd_image.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/base/process.h"
#include "host/base/size.h"
#include "host/disk/disk.h"

struct arguments {
    const char *directory;
    const char *disk; /* or NULL */
    uint64_t size;    /* bytes, 0 for what is needed */
};

/* Returns 0, or EXIT_CODE_USAGE after saying what is wrong. */
static int parse(int argc, char **argv, struct arguments *arguments)
{
    static const struct option options[] = {
        {"output", required_argument, NULL, 'o'},
        {"size", required_argument, NULL, 's'},
        {0},
    };
    int result;

    while ((result = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
        if (result == 'o')
            arguments->disk = optarg;
        else if (result != 's')
            return option_error(&image_command, result, argv);
        else if (!size_parse(optarg, &arguments->size) || arguments->size == 0)
            return usage_error(&image_command, "%s is not a size such as 256M or 2G", optarg);
    }
    if (argc - optind != 1)
        return usage_error(&image_command, "name one directory");
    arguments->directory = argv[optind];
    return 0;
}

/* DIR.img for DIR or DIR/. The caller frees it. */
static char *default_disk(const char *directory)
{
    size_t length = strlen(directory);
    char *disk = NULL;

    while (length > 1 && directory[length - 1] == '/')
        length--;
    if (asprintf(&disk, "%.*s.img", (int)length, directory) < 0)
        return NULL;
    return disk;
}

static int run(int argc, char **argv)
{
    struct arguments arguments = {0};
    int result = parse(argc, argv, &arguments);
    char *disk;
    struct stat status;

    if (result != 0)
        return result;
    disk = arguments.disk != NULL ? strdup(arguments.disk) : default_disk(arguments.directory);
    result = EXIT_CODE_ERRORS;
    process_catch_signals();
    if (disk != NULL && disk_make(disk, arguments.directory, arguments.size) &&
        stat(disk, &status) == 0) {
        printf("wrote %s, %lld MiB\n", disk, (long long)status.st_size >> 20);
        result = EXIT_CODE_FINE;
    }
    free(disk);
    process_pass_signal();
    return result;
}

const struct command image_command = {
    .name = "image",
    .synopsis = "[-o DISK] [--size SIZE] DIR",
    .summary = "make a disk that boots from a directory",
    .help = "Writes a disk image with a GPT and one EFI system partition (FAT32) that holds DIR.\n"
            "Where DIR has no EFI/BOOT/BOOTAA64.EFI, Muster's loader is put there; muster.cfg is\n"
            "to be beside it, in EFI/BOOT. The same files give the same disk, byte for byte.\n"
            "\n"
            "  -o, --output DISK  the file to write; default: DIR.img\n"
            "  --size SIZE        the size of the disk, such as 256M; default: what is needed\n"
            "\n"
            "SOURCE_DATE_EPOCH, if set, is the time of the files on the disk, else 1980-01-01.\n"
            "The exit code is 0, 1 when the disk could not be made, 2 when the command line is\n"
            "wrong.\n",
    .run = run,
};
