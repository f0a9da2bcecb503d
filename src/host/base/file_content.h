/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole files of the workstation in memory. */
#ifndef MUSTER_FILE_CONTENT_H
#define MUSTER_FILE_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

/* The content of a file; starts zeroed, ended by file_content_release. */
struct file_content {
    void *data;
    size_t size; /* bytes */
};

/* Reads a file. False after a message. */
bool file_content_read(struct file_content *content, const char *path);

void file_content_release(struct file_content *content);

#endif
