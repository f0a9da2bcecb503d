/* SPDX-License-Identifier: BSD-2-Clause */
/* EFI_TCG2_PROTOCOL: measurements into a TPM, and into the log of events (TCG EFI Protocol 1.0). */
#ifndef MUSTER_TCG2_H
#define MUSTER_TCG2_H

#include "efi/firmware.h"

struct tcg2_protocol;

/* The firmware's protocol, if a TPM is there; or NULL. */
struct tcg2_protocol *tcg2_find(const struct firmware *firmware);

/*
 * Extends a register with the digests of the `size` characters of a NUL-terminated text, by an
 * event of type EV_IPL that holds the text with its NUL.
 */
EFI_STATUS tcg2_extend_text(const struct firmware *firmware, struct tcg2_protocol *tcg2,
                            unsigned pcr, const char *text, size_t size);

/*
 * Measures an EFI program in memory into register 4 as the firmware does when it loads one: its
 * digest is that which a signature covers (TCG PC Client Platform Firmware Profile, §3.3.4.5).
 */
EFI_STATUS tcg2_measure_program(const struct firmware *firmware, struct tcg2_protocol *tcg2,
                                const void *program, size_t size, const EFI_DEVICE_PATH *path,
                                size_t path_size);

/*
 * The log of events so far, in the form of TPM 2.0: its bytes, and *log, which is the firmware's. 0
 * if there is none in that form (TCG EFI Protocol §6.5).
 */
size_t tcg2_log(struct tcg2_protocol *tcg2, const void **log);

#endif
