/* SPDX-License-Identifier: BSD-2-Clause */
/* Xen's options: its command line, and what a value in it means to Xen. Alike from 4.14 to 4.22. */
#include "core/plan/xen_options.h"

#include <string.h>

#include "core/base/text.h"
#include "core/tree/tree.h"

/* True if dom0's kernel has a command line of its own in the tree. */
static bool has_command_line(const void *fdt, const struct domain *dom0)
{
    const struct module *line = domain_line(fdt, dom0);
    const char *options = line != NULL ? tree_string(fdt, line->node, "bootargs") : NULL;

    return options != NULL && options[0] != '\0';
}

const char *xen_options(const void *fdt, const struct domain *dom0)
{
    const char *options = tree_string(fdt, dom0->node, "xen,xen-bootargs");

    if (options == NULL &&
        (tree_has(fdt, dom0->node, "xen,dom0-bootargs") || has_command_line(fdt, dom0)))
        options = tree_string(fdt, dom0->node, "bootargs");
    return options != NULL ? options : "";
}

/* The characters of the word that starts here; only spaces separate words. */
static size_t word_length(const char *word)
{
    return text_until(word, " ");
}

/* The value of the option `name` if this word is that option, or NULL. */
static const char *value_of(const char *word, const char *name)
{
    size_t length = strlen(name);

    if (!text_starts(word, name))
        return NULL;
    if (word[length] == '=')
        return word + length + 1;
    return word[length] == ' ' || word[length] == '\0' ? word + length : NULL;
}

const char *xen_option(const char *options, const char *name)
{
    const char *value = NULL;

    for (const char *word = options; *word != '\0'; word += *word == ' ' ? 1 : word_length(word)) {
        const char *found = value_of(word, name);

        if (found != NULL)
            value = found;
    }
    return value;
}

bool xen_option_state(const char *word, size_t length, bool *state)
{
    static const struct {
        char word[8];
        bool state;
    } words[] = {
        {"yes", true}, {"on", true},   {"true", true},   {"enable", true},   {"1", true},
        {"no", false}, {"off", false}, {"false", false}, {"disable", false}, {"0", false},
    };

    for (size_t at = 0; at < sizeof(words) / sizeof(words[0]); at++)
        if (strlen(words[at].word) == length && strncmp(words[at].word, word, length) == 0) {
            *state = words[at].state;
            return true;
        }
    return false;
}

/*
 * True if a word says yes, or is empty; anything that Xen does not know changes nothing. The word
 * ends at `end`.
 */
static bool read_state(const char *value, const char *end, bool before)
{
    bool state = value == end || before;

    xen_option_state(value, (size_t)(end - value), &state);
    return state;
}

bool xen_option_is_on(const char *options, const char *name)
{
    bool is_on = false;

    for (const char *word = options; *word != '\0'; word += *word == ' ' ? 1 : word_length(word)) {
        bool is_inverted = text_starts(word, "no-");
        const char *value = value_of(word + (is_inverted ? 3 : 0), name);

        if (value != NULL)
            is_on =
                read_state(value, value + word_length(value), is_on != is_inverted) != is_inverted;
    }
    return is_on;
}

/* The value of a digit, or 16. */
static unsigned digit(char character)
{
    if (character >= '0' && character <= '9')
        return (unsigned)(character - '0');
    if (character >= 'a' && character <= 'f')
        return (unsigned)(character - 'a') + 10;
    if (character >= 'A' && character <= 'F')
        return (unsigned)(character - 'A') + 10;
    return 16;
}

/* Reads a number and moves *text behind it. */
static uint64_t read_number(const char **text)
{
    const char *at = *text;
    unsigned base = 10;
    uint64_t number = 0;

    if (at[0] == '0') {
        bool is_hexadecimal = (at[1] == 'x' || at[1] == 'X') && digit(at[2]) < 16;

        base = is_hexadecimal ? 16 : 8;
        at += is_hexadecimal ? 2 : 1;
    }
    for (; digit(*at) < base; at++)
        number = number * base + digit(*at);
    *text = at;
    return number;
}

uint64_t xen_option_number(const char *value)
{
    return read_number(&value);
}

uint64_t xen_option_size(const char *value)
{
    static const char units[] = "BbKkMmGgTt"; /* each 1024 times the one before */
    uint64_t number = read_number(&value);
    const char *unit = *value != '\0' ? strchr(units, *value) : NULL;

    return number << 10 * (unit != NULL ? (unit - units) / 2 : 1);
}

bool xen_options_dom0_memory(const char *options, uint64_t *bytes)
{
    const char *value = xen_option(options, "dom0_mem");

    *bytes = value != NULL ? xen_option_size(value) : 0;
    return *bytes != 0;
}

/* The state of `name`, no-`name` or `name`=STATE, if the word up to `end` is that. */
static bool read_named(const char *word, const char *end, const char *name, bool before)
{
    bool is_inverted = text_starts(word, "no-");
    const char *value = word + (is_inverted ? 3 : 0) + strlen(name);

    if (!text_starts(word + (is_inverted ? 3 : 0), name) || value > end)
        return before;
    if (value == end)
        return !is_inverted;
    return *value == '=' && !is_inverted ? read_state(value + 1, end, before) : before;
}

static void read_iommu(const char *at, struct xen_iommu *iommu)
{
    const char *last = at + word_length(at);

    while (at <= last) {
        const char *end = at + text_until(at, ", ");

        if (at != end)
            iommu->is_off = !read_state(at, end, !iommu->is_off);
        iommu->is_forced = read_named(at, end, "force", iommu->is_forced);
        iommu->is_forced = read_named(at, end, "required", iommu->is_forced);
        at = end + 1;
    }
}

struct xen_iommu xen_options_iommu(const char *options)
{
    struct xen_iommu iommu = {0};

    for (const char *word = options; *word != '\0'; word += *word == ' ' ? 1 : word_length(word)) {
        const char *value = value_of(word, "iommu");

        if (value != NULL)
            read_iommu(value, &iommu);
        if (text_starts(word, "no-iommu") && word_length(word) == 8)
            iommu.is_off = true;
    }
    return iommu;
}

static bool has_size(const char *options, const char *name)
{
    const char *value = xen_option(options, name);

    return value != NULL && xen_option_size(value) != 0;
}

bool xen_options_color(const char *options)
{
    if (xen_option(options, "llc-coloring") != NULL ||
        xen_option(options, "no-llc-coloring") != NULL)
        return xen_option_is_on(options, "llc-coloring");
    return has_size(options, "llc-size") && has_size(options, "llc-nr-ways");
}
