/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's console as the terminal of a menu. */
#ifndef MUSTER_EFI_TERMINAL_H
#define MUSTER_EFI_TERMINAL_H

#include "core/boot/menu.h"
#include "efi/firmware.h"

struct efi_terminal {
    struct firmware *firmware;
    UINTN attribute;    /* the colours that it had */
    bool had_cursor;    /* the cursor was shown */
    EFI_INPUT_KEY held; /* the key that was held when it was opened, if is_held */
    bool is_held;
    unsigned quiet;    /* milliseconds since that key came last */
    unsigned watching; /* further waits without a key that are no reason for the watchdog */
};

/* True if the firmware has a console, with a keyboard. */
bool terminal_is_there(const struct firmware *firmware);

/*
 * True if a key is being pressed at the console, which is then terminal->held. Asks once, and does
 * not wait.
 */
bool terminal_key_is_held(struct efi_terminal *terminal, struct firmware *firmware);

/*
 * Opens the console, which has to be there, for a menu (UEFI 2.10 §12.3, §12.4); *interface refers
 * to `terminal`. The watchdog is fed at each key, and for `seconds` without one: then a board that
 * nobody looks after is reset. terminal_close gives back the colours, the cursor and a clear
 * screen.
 */
void terminal_open(struct efi_terminal *terminal, struct firmware *firmware, unsigned seconds,
                   struct terminal *interface);
void terminal_close(struct efi_terminal *terminal);

#endif
