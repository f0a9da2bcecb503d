/* SPDX-License-Identifier: BSD-2-Clause */
/* Load options: what the boot entry, shell or boot manager hands to the loader. */
#ifndef MUSTER_OPTIONS_H
#define MUSTER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/workspace.h"

struct load_options {
    const char *config;  /* -cfg=FILE, or NULL */
    const char *section; /* first word that is not an option, or NULL */
    const char *xen;     /* what follows " -- ", for Xen's command line, or NULL */
    bool debug;          /* -debug */
    bool help;           /* -help */
    bool force;          /* -force: errors of preflight become warnings */
};

/*
 * Load options in any of the forms of load_options_parse as one UTF-8 text in the arena, empty when
 * there are none; NULL without memory.
 */
char *load_options_text(struct arena *arena, const void *data, size_t size);

/*
 * Reads load options of `size` bytes (any value, any alignment; may be NULL when 0). They are
 * UTF-16 text, with or without an end, or an EFI_LOAD_OPTION whose optional data is that (UEFI 2.10
 * §3.1.3), or single-byte text. `image` is the loader's file name, which a shell puts in front
 * (may be NULL). Bytes that are none of these are taken as no options.
 * False only without memory; unknown options are reported as warnings.
 */
bool load_options_parse(const struct workspace *workspace, const void *data, size_t size,
                        const char *image, struct load_options *options);

/*
 * Takes out of the load options what a sealed loader must not be told: whoever starts it could
 * change what its signature stands for. Each is reported as a warning. `debug` stays, for the times
 * on the console; a file is not to be written then.
 */
void load_options_seal(const struct workspace *workspace, struct load_options *options);

#endif
