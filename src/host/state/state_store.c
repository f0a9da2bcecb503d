/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of the boot state on this machine: made, read, and rewritten in place. */
#include "host/state/state_store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "host/base/output.h"

static uint32_t crc_of(void *context, const void *data, size_t size)
{
    (void)context;
    return (uint32_t)crc32(0, data, (uInt)size);
}

/* Writes a record over one copy. False with errno. */
static bool write_record(int file, const struct state *state, unsigned copy)
{
    unsigned char record[STATE_RECORD_SIZE];
    ssize_t written;

    state_encode(state, crc_of, NULL, record);
    written = pwrite(file, record, sizeof(record), (off_t)state_offset(copy));
    if (written == (ssize_t)sizeof(record))
        return fsync(file) == 0;
    if (written >= 0)
        errno = ENOSPC;
    return false;
}

/* Every block is written, so that the file has all its clusters from the start. */
static bool fill(int file)
{
    static const unsigned char zeroes[STATE_STRIDE];

    for (unsigned done = 0; done < STATE_FILE_SIZE; done += STATE_STRIDE) {
        ssize_t written = pwrite(file, zeroes, sizeof(zeroes), (off_t)done);

        if (written != (ssize_t)sizeof(zeroes)) {
            if (written >= 0)
                errno = ENOSPC;
            return false;
        }
    }
    return true;
}

bool state_store_make(const char *name)
{
    struct state state = {.revision = 1};
    int file = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
    bool is_made;

    if (file < 0) {
        output_error("cannot make %s: %s", name, strerror(errno));
        return false;
    }
    is_made = fill(file) && write_record(file, &state, 0);
    if (close(file) != 0)
        is_made = false;
    if (!is_made) {
        output_error("cannot write %s: %s", name, strerror(errno));
        unlink(name);
    }
    return is_made;
}

static bool read_records(int file, unsigned char records[][STATE_RECORD_SIZE])
{
    for (unsigned copy = 0; copy < STATE_COPIES; copy++)
        if (pread(file, records[copy], STATE_RECORD_SIZE, (off_t)state_offset(copy)) !=
                (ssize_t)STATE_RECORD_SIZE ||
            pread(file, records[STATE_COPIES + copy], STATE_RECORD_SIZE,
                  (off_t)state_confirmation_offset(copy)) != (ssize_t)STATE_RECORD_SIZE)
            return false;
    return true;
}

static bool check_file(const struct state_store *store)
{
    struct stat status;

    if (fstat(store->file, &status) == 0 && S_ISREG(status.st_mode) &&
        status.st_size == (off_t)STATE_FILE_SIZE)
        return true;
    output_error("%s is not a boot state: that is a file of %u bytes, made with "
                 "muster state --init",
                 store->name, (unsigned)STATE_FILE_SIZE);
    return false;
}

bool state_store_open(struct state_store *store, const char *name, bool is_writing)
{
    unsigned char records[2 * STATE_COPIES][STATE_RECORD_SIZE];

    *store = (struct state_store){.name = name};
    /* A FIFO would make the open wait for its other end. */
    store->file = open(name, (is_writing ? O_RDWR : O_RDONLY) | O_NONBLOCK | O_CLOEXEC);
    if (store->file < 0) {
        output_error("cannot open %s: %s", name, strerror(errno));
        return false;
    }
    if (!check_file(store))
        return false;
    if (!read_records(store->file, records)) {
        output_error("cannot read %s: %s", name, strerror(errno));
        return false;
    }
    if (state_read(records, crc_of, NULL, &store->state, &store->copy))
        return true;
    output_error("%s has no state that can be read: both copies are damaged; remove it and make "
                 "it with muster state --init",
                 name);
    return false;
}

bool state_store_write(struct state_store *store)
{
    store->state.revision++;
    if (write_record(store->file, &store->state, store->copy)) {
        store->copy = 1 - store->copy;
        return true;
    }
    output_error("cannot write %s: %s", store->name, strerror(errno));
    return false;
}

void state_store_close(struct state_store *store)
{
    if (store->file >= 0)
        close(store->file);
    store->file = -1;
}
