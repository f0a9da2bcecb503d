/* SPDX-License-Identifier: BSD-2-Clause */
/* Load options: decoded from the forms in which firmware passes them, then read word by word. */
#include "core/config/options.h"

#include <stdint.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/utf.h"

#define LOAD_OPTION_HEADER 6U /* Attributes and FilePathListLength, UEFI 2.10 §3.1.3 */

static unsigned unit_at(const unsigned char *data, size_t index)
{
    return data[2 * index] | (unsigned)data[2 * index + 1] << 8;
}

/* True if the first characters are text as a person would type it; false for an empty text. */
static bool looks_like_text(const unsigned char *data, size_t units)
{
    if (units == 0 || unit_at(data, 0) == 0)
        return false;
    for (size_t at = 0; at < units && unit_at(data, at) != 0; at++) {
        unsigned unit = unit_at(data, at);

        if ((unit < 0x20 && unit != '\t' && unit != '\r' && unit != '\n') || unit == 0x7f)
            return false;
    }
    return true;
}

/*
 * Moves to the optional data if this is an EFI_LOAD_OPTION: after the header come a description
 * that ends with a NUL and the device paths, which end with a node of type 0x7f.
 */
static void skip_load_option(const unsigned char **data, size_t *size)
{
    const unsigned char *bytes = *data;
    size_t at = LOAD_OPTION_HEADER;
    size_t paths;

    if (*size < LOAD_OPTION_HEADER + 2)
        return;
    paths = unit_at(bytes + 4, 0);
    while (at + 2 <= *size && unit_at(bytes + at, 0) != 0)
        at += 2;
    at += 2;
    if (at > *size || paths > *size - at || paths < 4 || bytes[at + paths - 4] != 0x7f)
        return;
    at += paths;
    *data = bytes + at;
    *size -= at;
}

/* UTF-16 of any alignment as UTF-8; NULL without memory. */
static char *decode_utf16(struct arena *arena, const unsigned char *data, size_t count)
{
    uint16_t *units = arena_array(arena, count, sizeof(*units));
    char *text = arena_array(arena, count + 1, 3);

    if (units == NULL || text == NULL)
        return NULL;
    for (size_t at = 0; at < count; at++)
        units[at] = (uint16_t)unit_at(data, at);
    utf16_to_utf8(units, count, text);
    return text;
}

/* The printable bytes that these begin with. */
static size_t printable_length(const unsigned char *data, size_t size)
{
    size_t length = 0;

    while (length < size && ((data[length] >= 0x20 && data[length] < 0x7f) || data[length] == '\t'))
        length++;
    return length;
}

/* True if these are characters that names of sections and files, and options, are likely of. */
static bool are_likely(const unsigned char *data, size_t length)
{
    for (size_t at = 0; at < length; at++)
        if (strchr("`{}|~^", (char)data[at]) != NULL)
            return false;
    return true;
}

/*
 * True for single-byte text, with an end or without. Most text in UTF-16 has a zero among its first
 * two bytes. Where it has none, as in Chinese, a space has one, or it has two as its end, or else
 * its bytes are hardly ones that a person would type.
 */
static bool is_ascii(const unsigned char *data, size_t size)
{
    size_t length = printable_length(data, size);

    if (length < 2)
        return false;
    for (size_t at = length; at < size; at++)
        if (data[at] != 0)
            return false;
    if (size % 2 != 0 || size - length == 1 || memchr(data, ' ', length) != NULL)
        return true;
    return length == size && are_likely(data, length);
}

/* An EFI_LOAD_OPTION is looked for before text, since its attributes may look like a character. */
char *load_options_text(struct arena *arena, const void *data, size_t size)
{
    const unsigned char *bytes = data;

    if (is_ascii(bytes, size))
        return arena_copy(arena, data, size);
    skip_load_option(&bytes, &size);
    if (looks_like_text(bytes, size / 2))
        return decode_utf16(arena, bytes, size / 2);
    return arena_copy(arena, "", 0);
}

static bool is_gap(char character)
{
    return text_is_space(character) || character == '\n';
}

/* Cuts the next word out of *text; NULL at its end. Double quotes keep white space together. */
static char *next_word(char **text)
{
    char *word = *text;
    char *from;
    char *to;
    bool quoted = false;

    while (is_gap(*word))
        word++;
    if (*word == '\0')
        return NULL;
    from = to = word;
    while (*from != '\0' && (quoted || !is_gap(*from))) {
        if (*from == '"')
            quoted = !quoted;
        else
            *to++ = *from;
        from++;
    }
    *text = *from != '\0' ? from + 1 : from;
    *to = '\0';
    return word;
}

/* A shell hands over the whole command; a boot entry only the options. */
static bool is_command_name(const char *word, const char *image)
{
    const char *base = file_base_name(word);
    size_t length = strlen(base);
    char *stem;

    if (file_stem_length(base) != length)
        return true;
    if (image == NULL)
        return false;
    stem = strrchr(image, '.');
    return text_equal_nocase(base, image) ||
           (stem != NULL && length == (size_t)(stem - image) && strncmp(base, image, length) == 0);
}

static void read_option(const struct workspace *workspace, const char *word,
                        struct load_options *options)
{
    if (text_starts(word, "-cfg="))
        options->config = word + 5;
    else if (strcmp(word, "-debug") == 0)
        options->debug = true;
    else if (strcmp(word, "-force") == 0)
        options->force = true;
    else if (strcmp(word, "-help") == 0 || strcmp(word, "--help") == 0)
        options->help = true;
    else
        diagnose(workspace->diagnostics, SEVERITY_WARNING, NULL,
                 "the options are -cfg=FILE, -debug, -force and -help; what is for Xen goes after "
                 "\" -- \"",
                 "unknown load option %s", word);
}

bool load_options_parse(const struct workspace *workspace, const void *data, size_t size,
                        const char *image, struct load_options *options)
{
    char *text = load_options_text(workspace->arena, data, size);
    bool first = true;
    char *word;

    *options = (struct load_options){0};
    if (text == NULL)
        return false;
    while ((word = next_word(&text)) != NULL) {
        if (strcmp(word, "--") == 0) {
            while (is_gap(*text))
                text++;
            options->xen = *text != '\0' ? text : NULL;
            break;
        }
        if (word[0] == '-')
            read_option(workspace, word, options);
        else if (!(first && is_command_name(word, image)) && options->section == NULL)
            options->section = word;
        first = false;
    }
    return true;
}

void load_options_seal(const struct workspace *workspace, struct load_options *options)
{
    const struct {
        const char *what;
        bool is_given;
    } refused[] = {
        {"-cfg= is ignored", options->config != NULL},
        {"-force is ignored", options->force},
        {"-debug writes no file", options->debug},
        {"what follows -- is ignored", options->xen != NULL},
    };

    for (size_t at = 0; at < sizeof(refused) / sizeof(refused[0]); at++)
        if (refused[at].is_given)
            diagnose(workspace->diagnostics, SEVERITY_WARNING, NULL,
                     "only the name of a sealed section can be given",
                     "%s, as the loader is sealed", refused[at].what);
    options->config = NULL;
    options->force = false;
    options->xen = NULL;
}
