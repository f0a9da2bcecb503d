/* SPDX-License-Identifier: BSD-2-Clause */
/* A system on a machine that the command line names: its tree is that of muster run's. */
#include "host/run/qemu_system.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "host/base/output.h"
#include "host/base/temporary.h"
#include "host/run/qemu.h"

static int use_on_machine(const struct host_request *request, const char *directory,
                          qemu_system_user *use, void *data)
{
    struct machine machine = {
        .memory = request->memory != 0 ? request->memory : MACHINE_MEMORY,
        .cpus = MACHINE_CPUS,
    };
    struct host_request changed = *request;
    char *tree = NULL;
    int result = EXIT_CODE_ERRORS;

    if (asprintf(&tree, "%s/machine.dtb", directory) < 0)
        return EXIT_CODE_ERRORS;
    changed.tree = tree;
    changed.machine = NULL;
    if (machine_write_tree(&machine, tree))
        result = use(&changed, data);
    free(tree);
    return result;
}

int qemu_system_use(const struct host_request *request, qemu_system_user *use, void *data)
{
    char *directory;
    int result = EXIT_CODE_ERRORS;

    if (request->machine == NULL)
        return use(request, data);
    directory = temporary_make();
    if (directory != NULL) {
        result = use_on_machine(request, directory, use, data);
        temporary_remove(directory);
    }
    free(directory);
    return result;
}

const char *qemu_system_default(struct host_request *request)
{
    struct stat info;

    if (stat(HOST_DIRECTORY, &info) != 0 || !S_ISDIR(info.st_mode))
        return NULL;
    if (request->tree == NULL && request->machine == NULL && host_system_local_tree() == NULL) {
        request->machine = HOST_MACHINE_QEMU;
        request->is_assumed = true;
    }
    return HOST_DIRECTORY;
}

static int open_system(const struct host_request *request, void *host)
{
    return host_system_open(host, request);
}

int qemu_system_open(struct host_system *host, const struct host_request *request)
{
    *host = (struct host_system){.platform = {.files.root = -1}};
    return qemu_system_use(request, open_system, host);
}
