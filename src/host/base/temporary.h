/* SPDX-License-Identifier: BSD-2-Clause */
/* Temporary directories. */
#ifndef MUSTER_TEMPORARY_H
#define MUSTER_TEMPORARY_H

/* Makes a directory under TMPDIR or /tmp. Its path, or NULL after a message. */
char *temporary_make(void);

/* Removes a directory with all that is in it. */
void temporary_remove(const char *path);

#endif
