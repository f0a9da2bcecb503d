/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of the boot state on this machine: made, read, and rewritten in place. */
#include "host/state/state_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
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

/* Writes `size` bytes over the start of a file, onto the medium. False with errno. */
static bool write_through(int file, const void *bytes, size_t size)
{
    ssize_t written = pwrite(file, bytes, size, 0);

    if (written == (ssize_t)size)
        return fsync(file) == 0;
    if (written >= 0)
        errno = ENOSPC;
    return false;
}

static bool write_record(int file, const struct state *state)
{
    unsigned char record[STATE_RECORD_SIZE];

    state_encode(state, crc_of, NULL, record);
    return write_through(file, record, sizeof(record));
}

/* The name of one of the files; the caller frees it. NULL after a message. */
static char *file_name(const char *name, const char *suffix)
{
    char *result = NULL;

    if (asprintf(&result, "%s%s", name, suffix) >= 0)
        return result;
    output_error("out of memory");
    return NULL;
}

/* Makes a file that is not there, of these bytes. False after a message. */
static bool make_file(const char *name, const char *suffix, const void *bytes, size_t size)
{
    char *path = file_name(name, suffix);
    int file = path != NULL ? open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644) : -1;
    bool is_made = file >= 0;

    if (path != NULL && !is_made)
        output_error("cannot make %s: %s", path, strerror(errno));
    if (is_made && (!write_through(file, bytes, size) || close(file) != 0)) {
        output_error("cannot write %s: %s", path, strerror(errno));
        unlink(path);
        is_made = false;
    }
    free(path);
    return is_made;
}

bool state_store_make(const char *name)
{
    static const unsigned char nothing[STATE_COPIES * STATE_RECORD_SIZE];
    unsigned char record[STATE_RECORD_SIZE];

    state_encode(&(struct state){.revision = 1}, crc_of, NULL, record);
    return make_file(name, state_suffix(0), record, sizeof(record)) &&
           make_file(name, state_suffix(1), nothing, STATE_RECORD_SIZE) &&
           make_file(name, STATE_CONFIRMATION_SUFFIX, nothing, sizeof(nothing));
}

static bool is_copy(int file, const char *path)
{
    struct stat status;

    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
        status.st_size == (off_t)STATE_RECORD_SIZE)
        return true;
    output_error("%s is not of a boot state: such a file has %u bytes, and muster state --init "
                 "makes it",
                 path, STATE_RECORD_SIZE);
    return false;
}

/* Opens a copy and reads its record. False after a message. */
static bool open_copy(struct state_store *store, unsigned copy, int mode, unsigned char *record)
{
    char *path = file_name(store->name, state_suffix(copy));
    bool is_read = false;

    if (path == NULL)
        return false;
    /* A FIFO would make the open wait for its other end. */
    store->files[copy] = open(path, mode | O_NONBLOCK | O_CLOEXEC);
    if (store->files[copy] < 0)
        output_error("cannot open %s: %s", path, strerror(errno));
    else if (is_copy(store->files[copy], path))
        is_read =
            pread(store->files[copy], record, STATE_RECORD_SIZE, 0) == (ssize_t)STATE_RECORD_SIZE;
    free(path);
    return is_read;
}

/* Reads the confirmations, which may not be there: nothing was confirmed then. */
static void read_confirmations(const char *name, unsigned char records[][STATE_RECORD_SIZE])
{
    char *path = file_name(name, STATE_CONFIRMATION_SUFFIX);
    int file = path != NULL ? open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;

    for (unsigned copy = 0; copy < STATE_COPIES; copy++)
        if (file < 0 || pread(file, records[copy], STATE_RECORD_SIZE,
                              (off_t)copy * (off_t)STATE_RECORD_SIZE) != (ssize_t)STATE_RECORD_SIZE)
            memset(records[copy], 0, STATE_RECORD_SIZE);
    if (file >= 0)
        close(file);
    free(path);
}

bool state_store_open(struct state_store *store, const char *name, bool is_writing)
{
    unsigned char records[2 * STATE_COPIES][STATE_RECORD_SIZE];

    *store = (struct state_store){.name = name, .files = {-1, -1}};
    for (unsigned copy = 0; copy < STATE_COPIES; copy++)
        if (!open_copy(store, copy, is_writing ? O_RDWR : O_RDONLY, records[copy]))
            return false;
    read_confirmations(name, records + STATE_COPIES);
    if (state_read(records, crc_of, NULL, &store->state, &store->copy))
        return true;
    output_error("%s has no state that can be read: both copies are damaged; remove them and make "
                 "them with muster state --init",
                 name);
    return false;
}

bool state_store_write(struct state_store *store)
{
    store->state.revision++;
    if (write_record(store->files[store->copy], &store->state)) {
        store->copy = 1 - store->copy;
        return true;
    }
    output_error("cannot write %s: %s", store->name, strerror(errno));
    return false;
}

void state_store_close(struct state_store *store)
{
    for (unsigned copy = 0; copy < STATE_COPIES; copy++)
        if (store->files[copy] >= 0)
            close(store->files[copy]);
}
