/* SPDX-License-Identifier: BSD-2-Clause */
/* The menu of the loader, on the firmware's console. */
#ifndef MUSTER_LOADER_MENU_H
#define MUSTER_LOADER_MENU_H

#include "core/boot/menu.h"
#include "core/system.h"
#include "efi/firmware.h"

/*
 * Configures a system that was started, and shows its menu where timeout= asks for one, or a key
 * that is held; for a system that was configured before, that key alone counts. MENU_NONE without a
 * menu. *section is what the person chose, in `arena`, or stays as it was.
 */
enum menu_result loader_menu(struct firmware *firmware, struct system *system, struct arena *arena,
                             const char **section);

#endif
