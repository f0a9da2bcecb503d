/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot state: which section is on trial, and how many tries it has left, in small files. */
#ifndef MUSTER_CONFIG_STATE_H
#define MUSTER_CONFIG_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The state is two copies of a record, each a file of its own, and a third file with a confirmation
 * of each:
 *
 *     muster.state      copy 0
 *     muster.state.2    copy 1
 *     muster.state.ok   confirmation of copy 0, confirmation of copy 1
 *
 * A record is one sector, so that a power cut leaves it old, new or torn, and its CRC tells a torn
 * one. Copies are files, as U-Boot cuts a FAT file off behind what it writes. The copy with the
 * higher revision counts, and the other is rewritten. A confirmation is the copy itself, byte for
 * byte: so a domain confirms with nothing but dd.
 */
#define STATE_RECORD_SIZE 512U /* bytes of a record, and of a copy's file */
#define STATE_COPIES      2U   /* of the record */
#define STATE_CONFIRMATION_SUFFIX                                                                  \
    ".ok"                   /* of the file of confirmations, behind the state's name               \
                             */
#define STATE_NAME_SIZE 76U /* bytes of a section's name, with the NUL */
#define STATE_SEAL_SIZE 32U /* bytes that identify a seal; all zero without one */
#define STATE_TRIES_MAX 255U

/* Why a fallback was booted. The numbers are those in a record. */
enum fall_reason { FALL_NONE, FALL_UNPREPARED, FALL_USED_UP };

/* The content of a record. Names are "" where there is none. */
struct state {
    uint64_t revision;                          /* grows by one with each record that is written */
    uint32_t tries;                             /* that a section on trial has in all */
    uint32_t tries_left;                        /* boots of `trial` that may still go unconfirmed */
    char trial[STATE_NAME_SIZE];                /* the section on trial */
    char booted[STATE_NAME_SIZE];               /* the section that was started last */
    char confirmed[STATE_NAME_SIZE];            /* the section that was confirmed last */
    char next[STATE_NAME_SIZE];                 /* the section to boot once */
    char fallen[STATE_NAME_SIZE];               /* the section that a fallback stood in for last */
    enum fall_reason reason;                    /* why it did */
    unsigned char trial_seal[STATE_SEAL_SIZE];  /* the seal that `trial` came with */
    unsigned char booted_seal[STATE_SEAL_SIZE]; /* the seal that `booted` came with */
    unsigned char confirmed_seal[STATE_SEAL_SIZE]; /* the seal that `confirmed` came with */
};

/* CRC-32 as in zlib and in UEFI 2.10 §7.5 (CalculateCrc32), supplied by the platform. */
typedef uint32_t state_crc32(void *context, const void *data, size_t size);

/* The text that stands behind the state's name in that of the file of copy 0 or 1; static. */
const char *state_suffix(unsigned copy);

/* Writes a record of STATE_RECORD_SIZE bytes. */
void state_encode(const struct state *state, state_crc32 *crc32, void *context,
                  unsigned char *record);

/* Reads a record of STATE_RECORD_SIZE bytes; false when it is torn, damaged or none. */
bool state_decode(const unsigned char *record, state_crc32 *crc32, void *context,
                  struct state *state);

/*
 * Finds the record that counts among the copies: records[0] and [1] are the copies, [2] and [3]
 * their confirmations. Takes over a confirmation of it. Sets *copy to the one that is to be
 * rewritten next. False when neither copy can be read; *state is then empty and *copy 0.
 */
bool state_read(const unsigned char records[2 * STATE_COPIES][STATE_RECORD_SIZE],
                state_crc32 *crc32, void *context, struct state *state, unsigned *copy);

/* Confirms the section that was started last; false when the state does not know of one. */
bool state_confirm(struct state *state);

/* Sets one of the names, cut to what a record holds. */
void state_set_name(char name[STATE_NAME_SIZE], const char *text);

#endif
