/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of the values of Xen's options: words and numbers that Xen takes. */
#include "core/preflight/option_values.h"

#include <string.h>

#include "core/base/text.h"

enum form { WORD, SWITCH, LIST, LEVELS, NUMBER };

/* The words of each option, separated by commas. A switch takes on, off and the like, too, a list
 * any number of all, and levels are two words with a slash between them. */
static const struct {
    const char *option;
    enum form form;
    const char *words;
} rows[] = {
    {"bootscrub", SWITCH, "idle"},
    {"console_timestamps", SWITCH, "date,datems,boot,raw,none"},
    {"ext_regions", SWITCH, ""},
    {"hmp-unsafe", SWITCH, ""},
    {"llc-coloring", SWITCH, ""},
    {"noreboot", SWITCH, ""},
    {"sync_console", SWITCH, ""},
    {"flask", WORD, "enforcing,permissive,late,disabled"},
    {"serrors", WORD, "diverse,panic"},
    {"spec-ctrl", WORD, "ssbd=force-disable,ssbd=runtime,ssbd=force-enable"},
    {"xsm", WORD, "dummy,flask,silo"},
    {"gnttab", LIST, "max-ver:1,max-ver:2,transitive"},
    {"iommu", LIST, "force,required,verbose,debug,dom0-passthrough,dom0-strict"},
    {"loglvl", LEVELS, "none,error,warning,info,debug,all"},
    {"guest_loglvl", LEVELS, "none,error,warning,info,debug,all"},
    {"dom0_max_vcpus", NUMBER, ""},
    {"gnttab_max_frames", NUMBER, ""},
    {"gnttab_max_maptrack_frames", NUMBER, ""},
    {"maxcpus", NUMBER, ""},
};

/* True if `length` characters are one of the words. */
static bool is_one_of(const char *words, const char *text, size_t length)
{
    for (size_t end; *words != '\0'; words += end + (words[end] == ',' ? 1 : 0)) {
        end = text_until(words, ",");
        if (end == length && memcmp(words, text, length) == 0)
            return true;
    }
    return false;
}

static bool is_switch(const char *text, size_t length)
{
    bool state;

    return xen_option_state(text, length, &state);
}

/* An element of a list: a word, one behind "no-", or one that is switched by "=". */
static bool is_element(const char *words, const char *text, size_t length)
{
    size_t start = length > 3 && memcmp(text, "no-", 3) == 0 ? 3 : 0;
    const char *equals = memchr(text, '=', length);
    size_t end = equals != NULL ? (size_t)(equals - text) : length;

    return is_switch(text, length) || (end > start && is_one_of(words, text + start, end - start));
}

static bool is_list(const char *words, const char *value)
{
    for (size_t length; *value != '\0'; value += length + (value[length] == ',' ? 1 : 0)) {
        length = text_until(value, ",");
        if (length != 0 && !is_element(words, value, length))
            return false;
    }
    return true;
}

/* One level, or that of what is said always and that of what may be left out. */
static bool are_levels(const char *words, const char *value)
{
    size_t first = text_until(value, "/");

    return is_one_of(words, value, first) &&
           (value[first] == '\0' || is_one_of(words, value + first + 1, strlen(value + first + 1)));
}

static bool is_number(const char *value)
{
    bool is_hex = value[0] == '0' && (value[1] | 0x20) == 'x';

    for (value += is_hex ? 2 : 0; *value != '\0'; value++)
        if ((*value < '0' || *value > '9') &&
            !(is_hex && (*value | 0x20) >= 'a' && (*value | 0x20) <= 'f'))
            return false;
    return true;
}

static bool is_right(size_t row, const char *value)
{
    switch (rows[row].form) {
    case NUMBER:
        return is_number(value);
    case LIST:
        return is_list(rows[row].words, value);
    case LEVELS:
        return are_levels(rows[row].words, value);
    case SWITCH:
        if (is_switch(value, strlen(value)))
            return true;
        break;
    case WORD:
    default:
        break;
    }
    return is_one_of(rows[row].words, value, strlen(value));
}

const char *option_value_hint(const struct check *check, const char *name, const char *value)
{
    bool is_on;

    for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
        if (strcmp(rows[row].option, name) != 0 || value[0] == '\0' || is_right(row, value))
            continue;
        if (rows[row].form == NUMBER)
            return "write a number";
        is_on = rows[row].form == SWITCH;
        return text_format(check->arena, "write one of %s%s%s", rows[row].words,
                           is_on && rows[row].words[0] != '\0' ? "," : "", is_on ? "on,off" : "");
    }
    return NULL;
}
