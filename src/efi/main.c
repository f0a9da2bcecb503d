/* SPDX-License-Identifier: BSD-2-Clause */
/* The UEFI application: from the firmware's call to the start of Xen, or back with an error. */
#include "core/base/version.h"
#include "core/plan/summary.h"
#include "core/system.h"
#include "efi/arch.h"
#include "efi/console.h"
#include "efi/debug_tree.h"
#include "efi/device_path.h"
#include "efi/efi_platform.h"
#include "efi/handover.h"
#include "efi/loader_menu.h"
#include "efi/loader_seal.h"
#include "efi/measured_boot.h"
#include "efi/network.h"
#include "efi/tree_table.h"

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

static const char usage[] =
    "usage: muster.efi [-cfg=FILE] [-debug] [-force] [-help] [SECTION] [-- XEN OPTIONS]\n";

static void print(const struct firmware *firmware, const char *text)
{
    console_print(firmware, text != NULL ? text : "error: out of memory\n");
}

static void print_diagnostics(const struct firmware *firmware, struct system *system)
{
    print(firmware, summary_of_diagnostics(&system->diagnostics));
    if (system->diagnostics.counts[SEVERITY_ERROR] != 0 && !system_falls_back(system))
        print(firmware, "nothing was started; back to the firmware\n");
}

/* Counts the boot and starts Xen. What is printed is what went wrong since the diagnostics before.
 */
static EFI_STATUS start_system(const struct firmware *firmware, struct system *system)
{
    EFI_STATUS status;

    diagnostics_init(&system->diagnostics, &system->arena);
    choice_count(&system->workspace, &system->choice);
    print(firmware, summary_of_diagnostics(&system->diagnostics));
    diagnostics_init(&system->diagnostics, &system->arena);
    network_rest(firmware);
    status = handover(firmware, system);
    system_conclude(system);
    print(firmware, summary_of_diagnostics(&system->diagnostics));
    return status;
}

/* A run of the loader: what stays while sections are tried in turn. */
struct run {
    struct firmware *firmware;
    const struct platform *platform;
    struct request request;
    struct arena arena; /* for the name of a section that a person chose */
    bool has_asked;     /* a menu was shown */
    bool is_left;       /* a person went back to the firmware */
    bool is_again;      /* a system is to be started again, after a menu */
};

/*
 * Lets a person choose, where there is a menu. False when this system has come to its end: after a
 * menu one is started again, as the menu's pages have read files that are not those of this boot.
 */
static bool ask(struct run *run, struct system *system)
{
    enum menu_result result;

    if (run->has_asked || run->request.failed != 0)
        return true;
    result = loader_menu(run->firmware, system, &run->arena, &run->request.section);
    run->has_asked = result != MENU_NONE;
    run->is_left = result == MENU_LEFT;
    run->is_again = run->has_asked && !run->is_left;
    if (run->is_left)
        print(run->firmware, "nothing was started; back to the firmware\n");
    return !run->has_asked;
}

/* Everything up to the handover; what it leaves is the caller's to release. */
static EFI_STATUS prepare_and_start(struct run *run, struct system *system)
{
    const struct firmware *firmware = run->firmware;

    if (!system_init(system, run->platform, &run->request)) {
        system_conclude(system);
        print_diagnostics(firmware, system);
        return EFI_OUT_OF_RESOURCES;
    }
    if (system->options.help) {
        print(firmware, usage);
        return EFI_SUCCESS;
    }
    if (!ask(run, system))
        return EFI_ABORTED;
    if (!system_describe(system)) {
        print_diagnostics(firmware, system);
        return EFI_LOAD_ERROR;
    }
    print(firmware,
          summary_of_domains(&system->arena, &system->section, &system->tree, &system->plan));
    if (!system_complete(system)) {
        print_diagnostics(firmware, system);
        return EFI_LOAD_ERROR;
    }
    /* By now a key that is held has come, however lazy the firmware is. */
    if (!ask(run, system))
        return EFI_ABORTED;
    print(firmware, summary_of_binaries(&system->arena, &system->plan));
    print_diagnostics(firmware, system);
    if (system->options.debug) {
        print(firmware, system_times(system));
        if (run->request.seal == NULL && firmware->root != NULL)
            debug_tree_write(firmware, system);
    }
    return start_system(firmware, system);
}

/* Sections are prepared in turn, each from a clean start, until one is started or none is left. */
static EFI_STATUS try_sections(struct run *run)
{
    struct system system;
    EFI_STATUS status;
    bool goes_on;

    arena_init(&run->arena, run->platform);
    do {
        run->is_again = false;
        measured_boot_restart(run->firmware->measured);
        status = prepare_and_start(run, &system);
        goes_on =
            run->is_again || (EFI_ERROR(status) && !run->is_left && system_falls_back(&system));
        system_release(&system);
        if (!run->is_again)
            run->request.failed++;
    } while (goes_on);
    arena_release(&run->arena);
    return status;
}

/* Runs the stages with files as the seal allows, if there is one. */
static EFI_STATUS run_system(struct firmware *firmware, const struct loader_seal *seal,
                             struct platform *platform)
{
    char *image = device_path_image_name(firmware);
    const char *remote = network_image_name(firmware);
    struct run run = {
        .firmware = firmware,
        .platform = platform,
        .request =
            {
                .image = remote != NULL ? remote : image,
                .load_options = firmware->loaded->LoadOptions,
                .load_options_size = firmware->loaded->LoadOptionsSize,
                .firmware_tree = tree_table_get(firmware),
                .exception_level = arch_exception_level(),
                .seal = seal->is_sealed ? &seal->seal : NULL,
                .seal_id = seal->is_sealed ? seal->id : NULL,
            },
    };
    EFI_STATUS status;

    if (image == NULL) {
        print(firmware, NULL);
        return EFI_OUT_OF_RESOURCES;
    }
    /* Only names of sealed files would be worth suggesting. */
    if (seal->is_sealed)
        platform->list = NULL;
    status = try_sections(&run);
    firmware->boot->FreePool(image);
    return status;
}

static EFI_STATUS open_and_run(struct firmware *firmware)
{
    struct platform platform = platform_of(firmware);
    struct loader_seal seal;
    struct measured_boot measured;
    EFI_STATUS status = EFI_SECURITY_VIOLATION;

    if (loader_seal_open(&seal, firmware, &platform)) {
        measured_boot_open(&measured, firmware, &seal);
        platform.settle = measured_boot_settle;
        platform.log_room = measured_boot_log_room;
        status = run_system(firmware, &seal, &platform);
    } else {
        print(firmware, "nothing was started; back to the firmware\n");
    }
    loader_seal_close(&seal);
    return status;
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
    struct firmware firmware;
    EFI_STATUS status = platform_open(&firmware, image, table);

    if (EFI_ERROR(status))
        return status;
    print(&firmware, "Muster " MUSTER_VERSION "\n");
    status = open_and_run(&firmware);
    platform_close(&firmware);
    return status;
}
