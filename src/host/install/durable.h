/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are on the medium when the call returns, and whole whenever the power goes. */
#ifndef MUSTER_DURABLE_H
#define MUSTER_DURABLE_H

#include <stdbool.h>
#include <stddef.h>

/* The name that a file has until it is complete ends so. */
#define DURABLE_SUFFIX ".new"

/*
 * Makes a file with this content, or replaces it: on a FAT file system, too, the name stands for
 * the former content or for all of the new one. False after a message.
 */
bool durable_write(const char *path, const void *content, size_t size);

/* As durable_write, with the content of another file. */
bool durable_copy(const char *path, const char *source);

/* Makes a directory that may be there already. False after a message. */
bool durable_make_directory(const char *path);

/* Removes a file that may be gone already, and what is left of one that never was complete. False
 * after a message. */
bool durable_remove(const char *path);

/* Removes a directory if it is empty. */
void durable_remove_directory(const char *path);

#endif
