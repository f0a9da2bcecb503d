/* SPDX-License-Identifier: BSD-2-Clause */
/* The seal in the loader's own image, and what it means for the files that are read. */
#include "efi/loader_seal.h"

#include "efi/console.h"
#include "efi/secure_boot.h"
#include "efi/sha256.h"

static void print_problem(const struct firmware *firmware, const char *problem)
{
    console_print(firmware, "error: the loader's seal cannot be used: ");
    console_print(firmware, problem);
    console_print(firmware, "\n  hint: make it again with muster seal\n");
}

/* Without a seal it is the firmware that says whether anything may be started. */
static bool may_be_unsealed(const struct firmware *firmware)
{
    if (!secure_boot_is_on(firmware))
        return true;
    console_print(firmware,
                  "error: Secure Boot is on, and this loader has no seal: it could not verify what "
                  "it starts\n"
                  "  hint: seal the system with muster seal, and sign the result\n");
    return false;
}

/* Files come from under the seal, if there is one, and are digested from now on. */
static void enter(struct loader_seal *seal, struct firmware *firmware)
{
    seal->partition = firmware->volume;
    seal->sealed = (struct sealed){
        .volume = &seal->partition,
        .seal = seal->is_sealed ? &seal->seal : NULL,
        .digest = sha256(),
        .arena = &seal->arena,
    };
    firmware->volume = sealed_volume(&seal->sealed);
    seal_identify(&seal->seal, sha256(), seal->id);
}

bool loader_seal_open(struct loader_seal *seal, struct firmware *firmware,
                      const struct platform *platform)
{
    const EFI_LOADED_IMAGE *loaded = firmware->loaded;
    const char *problem = NULL;
    enum pe_status status;

    *seal = (struct loader_seal){.is_sealed = false};
    arena_init(&seal->arena, platform);
    status = pe_read(&seal->image, loaded->ImageBase, (size_t)loaded->ImageSize);
    if (status != PE_FINE) {
        print_problem(firmware, pe_status_text(status));
        return false;
    }
    if (!seal_exists(&seal->image))
        return may_be_unsealed(firmware);
    if (!seal_read(&seal->seal, &seal->arena, &seal->image, SEAL_IN_MEMORY, &problem)) {
        print_problem(firmware, problem != NULL ? problem : "out of memory");
        return false;
    }
    seal->is_sealed = true;
    enter(seal, firmware);
    return true;
}

void loader_seal_close(struct loader_seal *seal)
{
    arena_release(&seal->arena);
}

void loader_seal_watch(struct loader_seal *seal, struct firmware *firmware,
                       void (*seen)(void *data, const char *name, uint64_t size,
                                    const unsigned char digest[DIGEST_SIZE]),
                       void *data)
{
    if (!seal->is_sealed)
        enter(seal, firmware);
    seal->sealed.seen = seen;
    seal->sealed.data = data;
}
