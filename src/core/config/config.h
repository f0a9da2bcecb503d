/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage config: the text of a configuration file becomes sections and entries, and one is chosen.
 */
#ifndef MUSTER_CONFIG_H
#define MUSTER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/diagnostic.h"
#include "core/base/names.h"
#include "core/base/workspace.h"

#define CONFIG_SIZE_MAX  (1024U * 1024U) /* bytes of a configuration file */
#define CONFIG_LINES_MAX 16384U          /* lines of one */

/* A header of a section that had one before. */
struct config_header {
    const char *name;
    struct location where;
    bool is_reported; /* both have a key */
};

/* One line `key=value`, or a key alone. */
struct config_entry {
    const char *key;
    const char *value;           /* without white space around it; NULL for a key alone */
    struct location where;       /* of the key */
    struct location value_where; /* of the value, or of the key where there is none */
    struct config_header *again; /* the second header of its section that it is below, or NULL */
    struct config_entry *next;   /* in the order of the file */
};

/* A section: all its entries, also when its header stands in several places. */
struct config_section {
    const char *name; /* NULL for what comes before the first header */
    struct location where;
    bool is_domain; /* it describes a domain, and is not booted */
    struct config_entry *first;
    struct config_entry *last;
    struct config_section *next;
};

/* A configuration file. */
struct config {
    const char *file;           /* its name as shown to people */
    struct config_section head; /* entries before the first header */
    struct config_section *last;
    struct names sections; /* by name */
};

/*
 * Parses text into sections and entries; both belong to the arena and keep pointing to names. Lines
 * that are neither header, entry nor comment are reported. Format: Xen's xen.cfg, see
 * docs/configuration.md. False when something in it makes it unusable, or without memory.
 */
bool config_parse(const struct workspace *workspace, const char *file, const char *text,
                  size_t size, struct config *config);

/* The start of the first line of a text of `size` bytes, behind a UTF-8 byte order mark. */
const char *config_start(const char *text, size_t size);

/*
 * The end of the line at `at` in a text up to `end`; *next becomes the start of the line behind it.
 * LF, CRLF and CR end a line: to Xen any control character does.
 */
const char *config_line(const char *at, const char *end, const char **next);

/* The section of that name, or NULL. */
struct config_section *config_section(const struct config *config, const char *name);

/*
 * The hint for an entry whose key has a blank or a colon, as that was to be an equals sign: "write
 * KEY=VALUE", in the arena. NULL for another one, or where the key would not be a word.
 */
const char *config_meant(struct arena *arena, const struct config_entry *entry);

/* The first entry of a section with that key, or NULL. */
const struct config_entry *config_find(const struct config_section *section, const char *key);

/*
 * Takes the first word off *text (white space separates words) and returns it in the arena; *text
 * moves to what follows, NULL if that is nothing. A word in quotes, " or ', may have white space.
 * NULL when there is no word or no memory.
 */
char *config_word(struct arena *arena, const char **text);

/* Reports that an entry repeats the key of `first`, which counts. */
void config_report_again(const struct workspace *workspace, const struct config_entry *entry,
                         const struct config_entry *first);

/* Reports that the entry of a key that wants a value has none. */
void config_report_no_value(const struct workspace *workspace, const struct config_entry *entry,
                            enum severity severity);

/*
 * Reports that a section does not exist, with the nearest name or the names that there are; one
 * that boots is not offered for a domain.
 */
void config_report_no_section(const struct workspace *workspace, const struct config *config,
                              const struct location *where, const char *name, bool is_domain);

#endif
