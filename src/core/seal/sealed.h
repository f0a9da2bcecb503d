/* SPDX-License-Identifier: BSD-2-Clause */
/* A volume under a seal: it has the sealed files alone, and they have the sealed content. */
#ifndef MUSTER_SEALED_H
#define MUSTER_SEALED_H

#include "core/base/arena.h"
#include "core/base/volume.h"
#include "core/seal/seal.h"

/*
 * The context of such a volume. With `seal` NULL every file of the volume can be opened, and is
 * only digested for `seen`.
 */
struct sealed {
    const struct volume *volume; /* whose files they are, but for those in the loader's image */
    const struct seal *seal;     /* or NULL */
    const struct digest *digest;
    struct arena *arena; /* for what is known of each open file */
    /*
     * Told the digest of each file when its last byte was read and is right; not of sealed
     * configurations, which are a part of the loader. May be NULL.
     */
    void (*seen)(void *data, const char *name, uint64_t size,
                 const unsigned char digest[DIGEST_SIZE]);
    void *data;
};

/*
 * The volume with these rules; it refers to `sealed`, which has to outlive it. A file that is not
 * in the seal does not open: PLATFORM_UNSEALED. Configurations, and files that the loader's image
 * holds, come from there. Others are opened in the volume beneath; PLATFORM_ALTERED if the size is
 * not the sealed one. The digest is computed of the bytes in the buffer that the caller will use,
 * after each part is read; when the last part makes a wrong digest, the read gives
 * PLATFORM_ALTERED, so nothing of a file is to be used before all of it was read.
 */
struct volume sealed_volume(struct sealed *sealed);

#endif
