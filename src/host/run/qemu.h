/* SPDX-License-Identifier: BSD-2-Clause */
/* A QEMU machine with UEFI firmware, and its serial console. */
#ifndef MUSTER_RUN_MACHINE_H
#define MUSTER_RUN_MACHINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define MACHINE_MEMORY (2048ULL << 20) /* bytes, unless told otherwise */
#define MACHINE_CPUS   2U              /* more of them only make emulation slower */

enum machine_firmware { MACHINE_EDK2, MACHINE_U_BOOT };

/* A network card: none, or one behind QEMU's own router, perhaps to boot over. */
enum machine_net { MACHINE_NO_NET, MACHINE_CARD, MACHINE_TFTP, MACHINE_HTTP };

struct machine {
    enum machine_firmware firmware;
    bool secure_boot; /* EDK2 has Secure Boot on, with the keys of Debian's that everybody has */
    uint64_t memory;  /* bytes */
    unsigned cpus;
    const char *disk; /* an image, which stays as it is; or NULL */
    enum machine_net net;
    const char *served;    /* the directory that is served by TFTP, or NULL */
    const char *boot_file; /* the name there of what the firmware boots, or NULL */
    const char *url;       /* of what EDK2 boots from a web server, or NULL */
    const char *directory; /* for the files that the machine needs while it runs */
    bool ends_on_reset;    /* instead of starting anew */
    char **more;           /* arguments of the person for QEMU, ended by NULL; or NULL */

    pid_t process; /* 0 when it does not run */
    int console;   /* descriptor of the serial line */
    int output;    /* what QEMU itself prints */
};

/* Writes the device tree that the machine gives its firmware. False after a message. */
bool machine_write_tree(const struct machine *machine, const char *path);

/* Starts it. False after a message. */
bool machine_start(struct machine *machine);

/* Ends it if it still runs. */
void machine_stop(struct machine *machine);

#endif
