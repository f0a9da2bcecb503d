/* SPDX-License-Identifier: BSD-2-Clause */
/* The flash in which EDK2 keeps its variables, and a boot option among them. */
#include "host/run/edk2_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/little.h"
#include "host/base/file_content.h"
#include "host/base/output.h"

#define FLASH_SIZE  (64 * 1024 * 1024) /* bytes that the machine has for variables */
#define STORE_SIZE  0x40000U           /* of them for the variables themselves, with the headers */
#define VOLUME_SIZE 0xC0000U           /* with what EDK2 needs to write them safely */
#define HEADERS     100U               /* bytes in front of the first variable */
#define VARIABLE    60U                /* bytes of a variable's header */
#define STATE       2U                 /* place of its state in that */
#define DELETED     0x3cU
#define NAME_SIZE   36U /* place of the sizes of name and data in it */
#define DATA_SIZE   40U
#define OPTION_MAX  512U /* bytes of a boot option */

/* The headers of an empty store: a firmware volume's (PI 1.7 §3.2.1), then the store's own. */
static const unsigned char headers[HEADERS] = {
    [16] = 0x8d, 0x2b,       0xf1, 0xff,        0x96,        0x76,        0x8b,        0x4c,
    0xa9,        0x85,       0x27, 0x47,        0x07,        0x5b,        0x4f,        0x50,
    [34] = 0x0c, [40] = '_', 'F',  'V',         'H',         0x36,        0x0e,        [48] = 0x48,
    0x00,        0xf8,       0xf8, [55] = 0x02, [57] = 0x01, [62] = 0x04, [72] = 0x78, 0x2c,
    0xf3,        0xaa,       0x7b, 0x94,        0x9a,        0x43,        0xa1,        0x80,
    0x2e,        0x14,       0x4e, 0xc3,        0x77,        0x92,        0xb8,        0xff,
    0x03,        0x00,       0x5a, 0xfe};

/* The owner of boot options: UEFI 2.10 §3.3. */
static const unsigned char global_variable[16] = {0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11,
                                                  0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c};

static size_t aligned(size_t size)
{
    return (size + 3) / 4 * 4;
}

/* A text as UTF-16 with a zero; returns the bytes of it. */
static size_t put_text(unsigned char *at, const char *text)
{
    size_t length = strlen(text) + 1;

    for (size_t character = 0; character < length; character++)
        write_little(at + 2 * character, (unsigned char)text[character], 2);
    return 2 * length;
}

/* True if there is a variable at a place. */
static bool is_variable(const unsigned char *store, size_t at)
{
    return at + VARIABLE <= STORE_SIZE && read_little(store + at, 2) == 0x55aa;
}

/* The place behind a variable. */
static size_t find_next(const unsigned char *store, size_t at)
{
    return aligned(at + VARIABLE + read_little(store + at + NAME_SIZE, 4) +
                   read_little(store + at + DATA_SIZE, 4));
}

/* Marks the boot options that are there as deleted. */
static void delete_options(unsigned char *store)
{
    static const unsigned char name[8] = {'B', 0, 'o', 0, 'o', 0, 't', 0};

    for (size_t at = HEADERS; is_variable(store, at); at = find_next(store, at))
        if (memcmp(store + at + VARIABLE, name, sizeof(name)) == 0)
            store[at + STATE] = DELETED;
}

/* Adds an authenticated variable without count, time or key; false where there is no room. */
static bool add_variable(unsigned char *store, const char *name, const void *data, size_t size)
{
    size_t at = HEADERS;
    unsigned char *variable;
    size_t name_size = 2 * (strlen(name) + 1);

    while (is_variable(store, at))
        at = find_next(store, at);
    variable = store + at;
    if (at + VARIABLE + name_size + size > STORE_SIZE)
        return false;
    memset(variable, 0, VARIABLE);
    write_little(variable, 0x3f55aa, 3); /* its start, and that it was added */
    write_little(variable + 4, 7, 4);    /* kept, for boot services and at runtime */
    write_little(variable + NAME_SIZE, name_size, 4);
    write_little(variable + DATA_SIZE, size, 4);
    memcpy(variable + 44, global_variable, sizeof(global_variable));
    put_text(variable + VARIABLE, name);
    memcpy(variable + VARIABLE + name_size, data, size);
    return true;
}

/* Adds a boot option (UEFI 2.10 §3.1.3) whose path is an address (§10.3.4.23). */
static bool add_option(unsigned char *store, const char *url)
{
    static const unsigned char order[2] = {1, 0};
    unsigned char option[OPTION_MAX] = {1}; /* active */
    size_t length = strlen(url);
    unsigned char *at = option + 6;

    if (length > OPTION_MAX / 2)
        return false;
    write_little(option + 4, length + 8, 2);
    at += put_text(at, "network");
    write_little(at, 0x1803, 2);
    write_little(at + 2, length + 4, 2);
    for (size_t character = 0; character < length; character++)
        at[4 + character] = (unsigned char)url[character];
    write_little(at + 4 + length, 0x4ff7f, 4);
    delete_options(store);
    return add_variable(store, "BootOrder", order, sizeof(order)) &&
           add_variable(store, "Boot0001", option, (size_t)(at + 8 + length - option));
}

/* Fills a store of VOLUME_SIZE bytes. */
static bool fill(unsigned char *store, const char *base)
{
    struct file_content content;
    bool is_read;

    memset(store, 0xff, VOLUME_SIZE);
    memcpy(store, headers, HEADERS);
    if (base == NULL)
        return true;
    is_read = file_content_read(&content, base);
    if (is_read)
        memcpy(store, content.data, content.size < VOLUME_SIZE ? content.size : VOLUME_SIZE);
    file_content_release(&content);
    return is_read;
}

static bool write_store(const char *path, const unsigned char *store)
{
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    bool is_done = file >= 0 && ftruncate(file, FLASH_SIZE) == 0 &&
                   write(file, store, VOLUME_SIZE) == (ssize_t)VOLUME_SIZE;

    if (file >= 0)
        close(file);
    return is_done;
}

bool edk2_store_make(const char *path, const char *base, const char *url)
{
    unsigned char *store = malloc(VOLUME_SIZE);
    bool is_done = store != NULL && fill(store, base) && (url == NULL || add_option(store, url)) &&
                   write_store(path, store);

    free(store);
    if (!is_done)
        output_error("cannot make %s: %s", path, strerror(errno));
    return is_done;
}
