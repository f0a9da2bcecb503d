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

enum { OPTION_DEVICE = 0x100 };

static int take_option(struct disk_request *request, int option, char **argv)
{
    switch (option) {
    case 'o':
        request->disk = optarg;
        return 0;
    case OPTION_DEVICE:
        request->is_in_place = true;
        return 0;
    case 's':
        if (size_parse(optarg, &request->size) && request->size != 0)
            return 0;
        return usage_error(&image_command, "%s is not a size such as 256M or 2G", optarg);
    default:
        return option_error(&image_command, option, argv);
    }
}

/* Returns 0, or EXIT_CODE_USAGE after saying what is wrong. */
static int parse(int argc, char **argv, struct disk_request *request)
{
    static const struct option options[] = {
        {"output", required_argument, NULL, 'o'},
        {"size", required_argument, NULL, 's'},
        {"device", no_argument, NULL, OPTION_DEVICE},
        {0},
    };
    int option;
    int result = 0;

    while (result == 0 && (option = getopt_long(argc, argv, ":o:", options, NULL)) != -1)
        result = take_option(request, option, argv);
    if (result == 0 && argc - optind != 1)
        result = usage_error(&image_command, "name one directory");
    if (result == 0 && request->is_in_place && request->disk == NULL)
        result = usage_error(&image_command, "--device needs -o DISK");
    if (result == 0)
        request->directory = argv[optind];
    return result;
}

/* DIR.img beside DIR, which may be written as DIR/ or as . as well. The caller frees it. */
static char *default_disk(const char *directory)
{
    size_t length = strlen(directory);
    char *path = NULL;
    char *disk = NULL;

    while (length > 1 && directory[length - 1] == '/')
        length--;
    if (directory[length - 1] == '.' &&
        (length == 1 || strchr("/.", directory[length - 2]) != NULL))
        path = realpath(directory, NULL);
    if (path != NULL) {
        directory = path;
        length = strlen(path);
    }
    if (asprintf(&disk, "%.*s.img", (int)length, directory) < 0)
        disk = NULL;
    free(path);
    return disk;
}

static int run(int argc, char **argv)
{
    struct disk_request request = {0};
    int result = parse(argc, argv, &request);
    char *name = NULL;
    struct stat status;

    if (result != 0)
        return result;
    if (request.disk == NULL)
        request.disk = name = default_disk(request.directory);
    result = EXIT_CODE_ERRORS;
    process_catch_signals();
    if (request.disk != NULL && disk_make(&request) && stat(request.disk, &status) == 0) {
        if (request.is_in_place)
            printf("wrote to %s\n", request.disk);
        else
            printf("wrote %s, %lld MiB\n", request.disk, (long long)status.st_size >> 20);
        result = EXIT_CODE_FINE;
    }
    free(name);
    process_pass_signal();
    return result;
}

const struct command image_command = {
    .name = "image",
    .synopsis = "[-o DISK] [--device] [--size SIZE] DIR",
    .summary = "make a disk that boots from a directory",
    .help = "Writes a disk image with a GPT and one EFI system partition (FAT32) that holds DIR.\n"
            "Where DIR has no EFI/BOOT/BOOTAA64.EFI, Muster's loader is put there; muster.cfg is\n"
            "to be beside it, in EFI/BOOT. Where that has tries=, the boot state is made that DIR\n"
            "has none of. The same files give the same disk, byte for byte.\n"
            "\n"
            "  -o, --output DISK  the file to write; default: DIR.img\n"
            "  --device           write over DISK in place: a device such as /dev/sdX\n"
            "  --size SIZE        the size of the disk, such as 256M; default: what is needed\n"
            "\n"
            "SOURCE_DATE_EPOCH, if set, is the time of the files on the disk, else 1980-01-01.\n"
            "The exit code is 0, 1 when the disk could not be made, 2 when the command line is\n"
            "wrong.\n",
    .run = run,
};
