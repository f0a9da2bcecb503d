/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot state: the form of a record, and which of its copies counts. */
#include "core/config/state.h"

#include <string.h>

#include "core/base/little.h"

/* The form of a record: little-endian numbers, names padded with zeroes, the CRC at the end. */
#define MAGIC_SIZE    8U
#define FORM          1U /* of the record; another form is not read */
#define FORM_AT       8U
#define REVISION_AT   12U
#define TRIES_AT      20U
#define TRIES_LEFT_AT 22U
#define REASON_AT     24U
#define NAMES_AT      28U
#define SEALS_AT      (NAMES_AT + 5 * STATE_NAME_SIZE)
#define CRC_AT        (STATE_RECORD_SIZE - 4)

_Static_assert(SEALS_AT + 3 * STATE_SEAL_SIZE <= CRC_AT, "size");

static const unsigned char magic[MAGIC_SIZE] = {'M', 'U', 'S', 'T', 'E', 'R', 'S', 'T'};

const char *state_suffix(unsigned copy)
{
    return copy == 0 ? "" : ".2";
}

void state_set_name(char name[STATE_NAME_SIZE], const char *text)
{
    memset(name, 0, STATE_NAME_SIZE);
    for (size_t at = 0; at < STATE_NAME_SIZE - 1 && text[at] != '\0'; at++)
        name[at] = text[at];
}

void state_encode(const struct state *state, state_crc32 *crc32, void *context,
                  unsigned char *record)
{
    const char *const names[] = {state->trial, state->booted, state->confirmed, state->next,
                                 state->fallen};

    memset(record, 0, STATE_RECORD_SIZE);
    memcpy(record, magic, MAGIC_SIZE);
    write_little(record + FORM_AT, FORM, 4);
    write_little(record + REVISION_AT, state->revision, 8);
    write_little(record + TRIES_AT, state->tries, 2);
    write_little(record + TRIES_LEFT_AT, state->tries_left, 2);
    write_little(record + REASON_AT, state->reason, 2);
    for (size_t at = 0; at < sizeof(names) / sizeof(names[0]); at++)
        memcpy(record + NAMES_AT + at * STATE_NAME_SIZE, names[at], STATE_NAME_SIZE);
    memcpy(record + SEALS_AT, state->trial_seal, STATE_SEAL_SIZE);
    memcpy(record + SEALS_AT + STATE_SEAL_SIZE, state->booted_seal, STATE_SEAL_SIZE);
    memcpy(record + SEALS_AT + 2 * STATE_SEAL_SIZE, state->confirmed_seal, STATE_SEAL_SIZE);
    write_little(record + CRC_AT, crc32(context, record, CRC_AT), 4);
}

static void get_name(const unsigned char *record, unsigned index, char name[STATE_NAME_SIZE])
{
    memcpy(name, record + NAMES_AT + index * STATE_NAME_SIZE, STATE_NAME_SIZE);
    name[STATE_NAME_SIZE - 1] = '\0';
}

/* A reason that a later version may write is none to this one. */
static enum fall_reason get_reason(const unsigned char *record)
{
    uint64_t reason = read_little(record + REASON_AT, 2);

    return reason <= FALL_USED_UP ? (enum fall_reason)reason : FALL_NONE;
}

bool state_decode(const unsigned char *record, state_crc32 *crc32, void *context,
                  struct state *state)
{
    *state = (struct state){0};
    if (memcmp(record, magic, MAGIC_SIZE) != 0 || read_little(record + FORM_AT, 4) != FORM ||
        read_little(record + CRC_AT, 4) != crc32(context, record, CRC_AT))
        return false;
    state->revision = read_little(record + REVISION_AT, 8);
    state->tries = (uint32_t)read_little(record + TRIES_AT, 2);
    state->tries_left = (uint32_t)read_little(record + TRIES_LEFT_AT, 2);
    state->reason = get_reason(record);
    get_name(record, 0, state->trial);
    get_name(record, 1, state->booted);
    get_name(record, 2, state->confirmed);
    get_name(record, 3, state->next);
    get_name(record, 4, state->fallen);
    memcpy(state->trial_seal, record + SEALS_AT, STATE_SEAL_SIZE);
    memcpy(state->booted_seal, record + SEALS_AT + STATE_SEAL_SIZE, STATE_SEAL_SIZE);
    memcpy(state->confirmed_seal, record + SEALS_AT + 2 * STATE_SEAL_SIZE, STATE_SEAL_SIZE);
    return true;
}

bool state_confirm(struct state *state)
{
    if (state->booted[0] == '\0')
        return false;
    memcpy(state->confirmed, state->booted, STATE_NAME_SIZE);
    memcpy(state->confirmed_seal, state->booted_seal, STATE_SEAL_SIZE);
    if (strcmp(state->trial, state->booted) == 0 &&
        memcmp(state->trial_seal, state->booted_seal, STATE_SEAL_SIZE) == 0)
        state->tries_left = state->tries;
    return true;
}

bool state_read(const unsigned char records[2 * STATE_COPIES][STATE_RECORD_SIZE],
                state_crc32 *crc32, void *context, struct state *state, unsigned *copy)
{
    struct state second;
    bool has_first = state_decode(records[0], crc32, context, state);
    bool has_second = state_decode(records[1], crc32, context, &second);
    unsigned newest = has_second && (!has_first || second.revision > state->revision);

    if (newest == 1)
        *state = second;
    *copy = has_first || has_second ? 1 - newest : 0;
    if (!has_first && !has_second)
        return false;
    if (memcmp(records[newest], records[STATE_COPIES + newest], STATE_RECORD_SIZE) == 0)
        state_confirm(state);
    return true;
}
