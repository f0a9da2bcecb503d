/* SPDX-License-Identifier: BSD-2-Clause */
/* The seal in the loader's own image, and what it means for the files that are read. */
#ifndef MUSTER_LOADER_SEAL_H
#define MUSTER_LOADER_SEAL_H

#include "core/base/arena.h"
#include "core/seal/sealed.h"
#include "efi/firmware.h"

/* It refers to itself, so it must not move. */
struct loader_seal {
    struct arena arena;
    struct pe image;
    struct seal seal;
    struct sealed sealed;
    struct volume partition; /* the files beneath */
    bool is_sealed;
    unsigned char id[DIGEST_SIZE]; /* of the seal, as seal_identify has it */
};

/*
 * Reads the seal of the image that the firmware has loaded. If there is one, the firmware's volume
 * becomes that of the sealed files. False, with an error printed, if nothing may be started: the
 * seal is damaged, or there is none and Secure Boot is on. loader_seal_close ends it in any case.
 */
bool loader_seal_open(struct loader_seal *seal, struct firmware *firmware,
                      const struct platform *platform);
void loader_seal_close(struct loader_seal *seal);

/* Has each file's digest told to `seen` when it was read, with `data`; also without a seal. */
void loader_seal_watch(struct loader_seal *seal, struct firmware *firmware,
                       void (*seen)(void *data, const char *name, uint64_t size,
                                    const unsigned char digest[DIGEST_SIZE]),
                       void *data);

#endif
