/* SPDX-License-Identifier: BSD-2-Clause */
/* Measured boot: what is started, and how it was asked for, goes into registers of the TPM. */
#ifndef MUSTER_MEASURED_BOOT_H
#define MUSTER_MEASURED_BOOT_H

#include "core/seal/measure.h"
#include "core/system.h"
#include "efi/loader_seal.h"

struct tcg2_protocol;

struct measured_boot {
    struct firmware *firmware;
    struct tcg2_protocol *tcg2; /* NULL without a TPM */
    struct measured_files files;
    struct volume volume; /* where files are read from, with their digests */
    struct volume plain;  /* and without, in a loader that is not sealed */
    enum measuring measuring;
    bool is_sealed;
    EFI_STATUS status; /* the first failure */
};

/*
 * Looks for a TPM, and becomes the firmware's measured boot, which is told of each file that is
 * read. Texts will belong to the seal's arena.
 */
void measured_boot_open(struct measured_boot *measured, struct firmware *firmware,
                        struct loader_seal *seal);

/* Forgets the files of a section that was not started: another is prepared. */
void measured_boot_restart(struct measured_boot *measured);

/* core's platform call; `context` is the firmware. */
void measured_boot_settle(void *context, enum measuring measuring);

/*
 * Measures a system that is about to be started, as core/seal/measure.h has it: the files of one
 * that is not sealed only on request. `program` is a Xen that the loader has loaded by itself,
 * which goes into register 4 as the firmware would measure it; NULL if the firmware did.
 */
void measured_boot_extend(struct measured_boot *measured, struct system *system,
                          const void *program, const EFI_DEVICE_PATH *path);

/* core's platform call: the log as it is now, and as much again as a boot may add. */
uint64_t measured_boot_log_room(void *context);

/*
 * Writes the log, with all that this boot has added, to where the system keeps it, and its size
 * into the finished tree. A sentence for what went wrong, in the arena, or NULL.
 */
const char *measured_boot_keep_log(const struct measured_boot *measured,
                                   const struct event_log *kept, void *tree);

/*
 * The sentence for what went wrong, in the arena; NULL if nothing did. *is_fatal is true if the
 * boot had to be measured.
 */
const char *measured_boot_problem(const struct measured_boot *measured, bool *is_fatal);

#endif
