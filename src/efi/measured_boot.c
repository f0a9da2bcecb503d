/* SPDX-License-Identifier: BSD-2-Clause */
/* Measured boot: what is started, and how it was asked for, goes into registers of the TPM. */
#include "efi/measured_boot.h"

#include <libfdt.h>

#include "core/base/text.h"
#include "efi/arch.h"
#include "efi/device_path.h"
#include "efi/report.h"
#include "efi/sha256.h"
#include "efi/tcg2.h"

/* Bytes that the events of a boot may add to the log: some hundred. */
#define LOG_GROWTH (64U * 1024U)

void measured_boot_open(struct measured_boot *measured, struct firmware *firmware,
                        struct loader_seal *seal)
{
    *measured = (struct measured_boot){
        .firmware = firmware,
        .tcg2 = tcg2_find(firmware),
        .files = {.arena = &seal->arena},
        .plain = firmware->volume,
        .is_sealed = seal->is_sealed,
    };
    if (measured->tcg2 != NULL)
        loader_seal_watch(seal, firmware, measure_file_seen, &measured->files);
    measured->volume = firmware->volume;
    firmware->measured = measured;
}

void measured_boot_restart(struct measured_boot *measured)
{
    measured->files = (struct measured_files){.arena = measured->files.arena};
    measured->measuring = MEASURE_REQUEST;
    measured->firmware->volume = measured->volume;
}

static bool has_files(const struct measured_boot *measured)
{
    return measured->is_sealed || measured->measuring == MEASURE_FILES ||
           measured->measuring == MEASURE_REQUIRED;
}

void measured_boot_settle(void *context, enum measuring measuring)
{
    struct firmware *firmware = context;

    firmware->measured->measuring = measuring;
    /* Digests that nobody wants are not computed. */
    if (!has_files(firmware->measured))
        firmware->volume = firmware->measured->plain;
}

static void note_failure(struct measured_boot *measured, EFI_STATUS status)
{
    if (EFI_ERROR(status) && !EFI_ERROR(measured->status))
        measured->status = status;
}

static bool extend(void *data, unsigned pcr, const char *text, size_t size)
{
    struct measured_boot *measured = data;
    EFI_STATUS status = tcg2_extend_text(measured->firmware, measured->tcg2, pcr, text, size);

    note_failure(measured, status);
    return !EFI_ERROR(status);
}

/* The firmware's tree, which nobody else has looked at when there is a dtb=; NULL without one. */
static const void *firmware_tree(const struct system *system)
{
    const void *tree = system->request.firmware_tree;

    return tree != NULL && fdt_check_header(tree) == 0 ? tree : NULL;
}

static void measure_system(struct measured_boot *measured, const struct system *system)
{
    const struct measured_files none = {.arena = measured->files.arena};
    const void *tree = firmware_tree(system);
    const struct measured events = {
        .files = has_files(measured) ? &measured->files : &none,
        .section = system->section.name,
        .options = load_options_text(measured->files.arena, system->request.load_options,
                                     system->request.load_options_size),
        .tree = tree,
        .tree_size = tree != NULL ? fdt_totalsize(tree) : 0,
        .digest = sha256(),
    };

    if (events.options == NULL || !measure(&events, extend, measured))
        note_failure(measured, EFI_OUT_OF_RESOURCES);
}

void measured_boot_extend(struct measured_boot *measured, struct system *system,
                          const void *program, const EFI_DEVICE_PATH *path)
{
    if (measured->tcg2 == NULL || measured->measuring == MEASURE_NOTHING)
        return;
    measure_system(measured, system);
    if (program != NULL)
        note_failure(measured, tcg2_measure_program(measured->firmware, measured->tcg2, program,
                                                    (size_t)system->plan.xen.size, path,
                                                    device_path_size(path)));
}

uint64_t measured_boot_log_room(void *context)
{
    const struct firmware *firmware = context;
    struct tcg2_protocol *tcg2 = firmware->measured->tcg2;
    const void *log;
    size_t size = tcg2 != NULL ? tcg2_log(tcg2, &log) : 0;

    return size != 0 ? size + LOG_GROWTH : 0;
}

const char *measured_boot_keep_log(const struct measured_boot *measured,
                                   const struct event_log *kept, void *tree)
{
    const char *text = NULL;
    const void *log = NULL;
    size_t size;

    if (kept->pages == 0)
        return NULL;
    size = tcg2_log(measured->tcg2, &log);
    if (size == 0 || size > kept->pages * PAGE_SIZE) {
        text = text_format(measured->files.arena,
                           "warning: the TPM's log of events is not kept for dom0: %s\n",
                           size == 0 ? "the firmware has none" : "it is too large");
        text = text != NULL ? text : "error: out of memory\n";
        size = 0;
    }
    event_log_write(kept, log, size, tree);
    arch_clean_data_cache(kept->memory, (size_t)(kept->pages * PAGE_SIZE));
    arch_clean_data_cache(tree, fdt_totalsize(tree));
    return text;
}

const char *measured_boot_problem(const struct measured_boot *measured, bool *is_fatal)
{
    const char *reason = "there is no TPM";
    const char *text;

    *is_fatal = measured->measuring == MEASURE_REQUIRED;
    if (measured->tcg2 == NULL && !*is_fatal && measured->measuring != MEASURE_FILES)
        return NULL;
    if (measured->tcg2 != NULL) {
        if (!EFI_ERROR(measured->status))
            return NULL;
        reason = status_text(measured->status);
    }
    text = *is_fatal ? text_format(measured->files.arena,
                                   "error: this boot cannot be measured: %s\n", reason)
                     : text_format(measured->files.arena,
                                   "warning: this boot cannot be measured: %s\n", reason);
    return text != NULL ? text : "error: out of memory\n";
}
