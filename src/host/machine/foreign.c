/* SPDX-License-Identifier: BSD-2-Clause */
/* Foreign files: what a file is that was named as a configuration and is something else. */
#include "host/machine/foreign.h"

#include <stdio.h>
#include <string.h>

#include "core/base/diagnostic.h"
#include "core/base/text.h"
#include "core/config/config.h"
#include "core/plan/recognise.h"

#define LOOKED_AT 65536U /* bytes of a file */
#define FIRST     "muster init writes a first configuration"

/* The start of a file, with a NUL behind it. */
struct start {
    char bytes[LOOKED_AT + 1];
    size_t size;
};

/* Configurations of other programs, and words that begin lines of theirs alone. */
#define YAML 0 /* a row */
static const struct {
    const char *word;
    const char *what;
    const char *before; /* the name of the file, in the hint */
    const char *after;  /* it; NULL for a hint without it */
} texts[] = {
    {"---", "YAML", "sections start with [NAME], and lines are written key=value", NULL},
    {"NUM_DOMUS=", "a configuration of ImageBuilder", "muster import ", " makes a system of it"},
    {"DOMU_KERNEL", "a configuration of ImageBuilder", "muster import ", " makes a system of it"},
    {"DOM0_KERNEL=", "a configuration of ImageBuilder", "muster import ", " makes a system of it"},
    {"DEVICE_TREE=", "a configuration of ImageBuilder", "muster import ", " makes a system of it"},
    {"MEMORY_START=", "a configuration of ImageBuilder", "muster import ", " makes a system of it"},
    {"setenv ", "a script for U-Boot", FIRST, NULL},
    {"fatload ", "a script for U-Boot", FIRST, NULL},
    {"tftpb", "a script for U-Boot", FIRST, NULL},
    {"load ", "a script for U-Boot", FIRST, NULL},
    {"fdt ", "a script for U-Boot", FIRST, NULL},
    {"booti ", "a script for U-Boot", FIRST, NULL},
    {"menuentry ", "a configuration of GRUB", FIRST, NULL},
    {"vcpus ", "a domain's configuration for xl",
     "write it as a section: [NAME], kernel=FILE, cpus=N, memory=512M", NULL},
    {"vcpus=", "a domain's configuration for xl",
     "write it as a section: [NAME], kernel=FILE, cpus=N, memory=512M", NULL},
    {"/dts-v1/", "the source of a device tree", "dtc -@ -O dtb -o system.dtb ",
     "; name system.dtb with dtb="},
    {"{", "JSON", FIRST, NULL},
};

static const char *hint_for(enum content content)
{
    switch (content) {
    case CONTENT_IMAGE:
    case CONTENT_ZIMAGE:
    case CONTENT_ZBOOT:
    case CONTENT_ELF:
        return "name the configuration that has it as kernel=";
    case CONTENT_DEVICE_TREE:
        return "name it with --dtb, and then the configuration";
    case CONTENT_GZIP:
    case CONTENT_CPIO:
    case CONTENT_COMPRESSED:
        return "name the configuration that has it as ramdisk=";
    case CONTENT_UNKNOWN:
    case CONTENT_UIMAGE:
    case CONTENT_PE:
    case CONTENT_XSM:
    default:
        return "name the configuration that has it";
    }
}

static void read_start(struct start *start, const char *path)
{
    FILE *file = fopen(path, "rbe");

    start->size = file != NULL ? fread(start->bytes, 1, LOOKED_AT, file) : 0;
    start->bytes[start->size] = '\0';
    if (file != NULL)
        fclose(file);
}

/* The row of texts that a line begins as, or -1; a comment or an empty line begins as none. */
static int find_text(const char *line)
{
    int at = (int)(sizeof(texts) / sizeof(texts[0])) - 1;

    while (at >= 0 && !text_starts(line, texts[at].word))
        at--;
    return at;
}

/* True for "KEY:" at the end of a line, or with a blank behind it. */
static bool is_yaml(const char *line)
{
    size_t length =
        strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    return length != 0 && line[length] == ':' && strchr(" \r\n", line[length + 1]) != NULL;
}

/* True for a byte order mark of UTF-16, which is reported where the file is read. */
static bool is_utf16(const struct start *start)
{
    return memcmp(start->bytes, "\xff\xfe", 2) == 0 || memcmp(start->bytes, "\xfe\xff", 2) == 0;
}

/* True if a text has control characters, as binaries have. */
static bool is_binary(const struct start *start)
{
    for (size_t at = 0; at < start->size; at++)
        if ((unsigned char)start->bytes[at] < ' ' && start->bytes[at] != '\n' &&
            !text_is_space(start->bytes[at]))
            return true;
    return false;
}

/* True if no line starts a section, as in a configuration of Muster. */
static bool has_no_section(const struct start *start)
{
    const char *end = start->bytes + start->size;

    for (const char *at = config_start(start->bytes, start->size), *next; at < end; at = next) {
        config_line(at, end, &next);
        while (at < end && text_is_space(*at))
            at++;
        if (*at == '[')
            return false;
    }
    return true;
}

/* Reports the first line that only another program's configuration has. */
static bool report_text(struct diagnostics *diagnostics, const struct start *start,
                        const char *path, const char *name)
{
    const char *end = start->bytes + start->size;
    struct location where = {.file = name};

    for (const char *at = config_start(start->bytes, start->size), *next; at < end; at = next) {
        const char *line = at;
        int row;

        where.width = (unsigned)(config_line(at, end, &next) - at);
        where.line++;
        while (line < end && text_is_space(*line))
            line++;
        row = is_yaml(line) ? YAML : find_text(line);
        if (row < 0)
            continue;
        where.column = (unsigned)(line - at) + 1;
        where.width -= where.column - 1;
        diagnose(diagnostics, SEVERITY_ERROR, &where,
                 texts[row].after == NULL ? texts[row].before
                                          : text_format(diagnostics->arena, "%s%s%s",
                                                        texts[row].before, path, texts[row].after),
                 "this is %s", texts[row].what);
        return true;
    }
    return false;
}

bool foreign_report(struct diagnostics *diagnostics, const char *path, const char *name)
{
    static struct start start;
    enum content content;

    read_start(&start, path);
    content = recognise(start.bytes, start.size);
    if (content != CONTENT_UNKNOWN) {
        diagnose(diagnostics, SEVERITY_ERROR, &(struct location){.file = name}, hint_for(content),
                 "this is %s, not a configuration", content_name(content));
        return true;
    }
    if (!has_no_section(&start))
        return false;
    if (is_binary(&start) && start.size >= 2 && !is_utf16(&start)) {
        diagnose(diagnostics, SEVERITY_ERROR, &(struct location){.file = name},
                 "is it a configuration file?", "the file is not text");
        return true;
    }
    return report_text(diagnostics, &start, path, name);
}
