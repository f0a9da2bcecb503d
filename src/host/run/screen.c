/* SPDX-License-Identifier: BSD-2-Clause */
/* The console of a Xen machine, sorted: who says which line, and who has said what is waited for.
 */
#include "host/run/screen.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/output.h"

#define XEN_PREFIX "(XEN) "
#define INPUT_TO   "*** Serial input to "
#define NAME_LEAST 8U /* columns of the names' column */
#define NAME_MOST  20U
#define NO_DOMAIN  SIZE_MAX
#define BELL       '\a'
#define ESCAPE     '\033'

/* Who says a line, and where in it what is said begins. */
struct speech {
    size_t domain; /* index, or NO_DOMAIN for Xen, the loader and the firmware */
    bool is_xen;
    const char *text;
    bool is_partial; /* a prefix is there in part, so it is not known yet */
};

static bool starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Behind a timestamp that Xen may print: [...] and a space. */
static const char *skip_timestamp(const char *text)
{
    const char *end = *text == '[' ? strstr(text, "] ") : NULL;

    return end != NULL ? end + 2 : text;
}

/*
 * Reads MARK NUMBER END at `text`: "DOM1: " of Xen up to 4.18, "(d1) " of later ones. Returns what
 * is behind it, or NULL; *is_partial when the text ends within it.
 */
static const char *read_mark(const char *text, const char *mark, const char *end, size_t *number,
                             bool *is_partial)
{
    size_t length = strlen(mark);
    size_t have = strlen(text);
    char *rest;

    if (strncmp(text, mark, have < length ? have : length) != 0)
        return NULL;
    *is_partial = have <= length;
    if (*is_partial || text[length] < '0' || text[length] > '9')
        return NULL;
    *number = strtoul(text + length, &rest, 10);
    if (starts(rest, end))
        return rest + strlen(end);
    /* The blank is missing where Xen ends an empty line. */
    if (strncmp(rest, end, strlen(end) - 1) == 0 && rest[strlen(end) - 1] == '\0')
        return rest + strlen(end) - 1;
    *is_partial = *rest == '\0';
    return NULL;
}

/* Lines of Xen itself among those of the domain that has the keyboard. */
static bool is_of_xen(const char *text)
{
    size_t digits;

    text = skip_timestamp(text);
    digits = *text == 'd' ? strspn(text + 1, "0123456789") : 0;

    return starts(text, "***") || (digits != 0 && text[1 + digits] == 'v');
}

static struct speech attribute(const struct screen *screen, const char *line)
{
    struct speech speech = {.domain = NO_DOMAIN, .text = line};
    const char *said;

    if (!starts(line, XEN_PREFIX)) {
        said = read_mark(line, "(d", ") ", &speech.domain, &speech.is_partial);
        speech.is_partial |= strncmp(XEN_PREFIX, line, strlen(line)) == 0;
        if (said != NULL)
            speech.text = said;
        else if (screen->has_dom0 && screen->xen_has_spoken)
            speech.domain = 0;
        else
            speech.domain = NO_DOMAIN;
        return speech;
    }
    speech.text += strlen(XEN_PREFIX);
    said = read_mark(skip_timestamp(speech.text), "DOM", ": ", &speech.domain, &speech.is_partial);
    if (said != NULL) {
        speech.text = said;
        return speech;
    }
    speech.domain = NO_DOMAIN;
    if (screen->focus != 0 && !is_of_xen(speech.text))
        speech.domain = screen->focus;
    speech.is_xen = speech.domain == NO_DOMAIN;
    return speech;
}

static const char *name_of(const struct screen *screen, const struct speech *speech, char *buffer,
                           size_t size)
{
    if (speech->domain < screen->domain_count)
        return screen->domains[speech->domain].name;
    if (speech->domain == NO_DOMAIN)
        return speech->is_xen ? "xen" : "";
    snprintf(buffer, size, "DOM%zu", speech->domain);
    return buffer;
}

static enum style style_of(const struct speech *speech)
{
    static const enum style styles[] = {STYLE_GREEN, STYLE_YELLOW,  STYLE_CYAN,
                                        STYLE_BLUE,  STYLE_MAGENTA, STYLE_RED};

    if (speech->domain == NO_DOMAIN)
        return STYLE_FAINT;
    return styles[speech->domain % (sizeof(styles) / sizeof(styles[0]))];
}

static int name_width(const struct screen *screen)
{
    size_t width = NAME_LEAST;

    for (size_t at = 0; at < screen->domain_count; at++) {
        size_t length = strlen(screen->domains[at].name);

        if (length > width)
            width = length;
    }
    return (int)(width < NAME_MOST ? width : NAME_MOST);
}

/* True if a person at this terminal types to the one who speaks. */
static bool has_keyboard(const struct screen *screen, const struct speech *speech)
{
    if (!screen->is_terminal || speech->domain == NO_DOMAIN)
        return false;
    return speech->domain == 0 ? screen->dom0_has_input : speech->domain == screen->focus;
}

static void show_name(const struct screen *screen, const struct speech *speech)
{
    char buffer[32];
    const char *name = name_of(screen, speech, buffer, sizeof(buffer));
    int width = name_width(screen);

    fprintf(screen->out, "%s%*.*s %c%s ", output_style(screen->out, style_of(speech)), width, width,
            name, has_keyboard(screen, speech) ? '>' : '|', output_style(screen->out, STYLE_PLAIN));
}

/* Shows what of the line is not on the screen yet. */
static void show(struct screen *screen, const struct speech *speech)
{
    size_t start = (size_t)(speech->text - screen->line);

    if (!screen->is_open) {
        show_name(screen, speech);
        screen->is_open = true;
        screen->shown = start;
    }
    if (screen->shown < start)
        screen->shown = start;
    fwrite(screen->line + screen->shown, 1, screen->length - screen->shown, screen->out);
    screen->shown = screen->length;
}

static void listen(struct screen *screen, const struct speech *speech)
{
    if (screen->until == NULL || strstr(speech->text, screen->until) == NULL)
        return;
    screen->anybody_said = true;
    if (speech->domain < screen->domain_count)
        screen->domains[speech->domain].has_said = true;
}

/* Follows Xen's word on which domain has the keyboard. */
static void follow_focus(struct screen *screen, const char *text)
{
    text = skip_timestamp(text);
    if (!starts(text, INPUT_TO))
        return;
    text += strlen(INPUT_TO);
    screen->focus = starts(text, "DOM") ? strtoul(text + 3, NULL, 10) : 0;
    screen->dom0_has_input = screen->has_dom0 && starts(text, "DOM0");
    screen->input_is_lost = !screen->has_dom0 && starts(text, "DOM0");
}

/* True if the line is Xen's word on the keyboard already, perhaps behind its time. */
static bool is_input_line(const struct screen *screen)
{
    return starts(screen->line, XEN_PREFIX) &&
           starts(skip_timestamp(screen->line + strlen(XEN_PREFIX)), INPUT_TO);
}

static void forget_line(struct screen *screen)
{
    screen->length = 0;
    screen->shown = 0;
    screen->row = 0;
    screen->is_open = false;
    screen->line[0] = '\0';
}

static void end_line(struct screen *screen)
{
    struct speech speech = attribute(screen, screen->line);

    if (starts(screen->line, XEN_PREFIX))
        screen->xen_has_spoken = true;
    listen(screen, &speech);
    if (speech.is_xen)
        follow_focus(screen, speech.text);
    while (screen->length > screen->shown && screen->length > 0 &&
           screen->line[screen->length - 1] == ' ')
        screen->line[--screen->length] = '\0';
    if (speech.text > screen->line + screen->length)
        speech.text = screen->line + screen->length;
    show(screen, &speech);
    fprintf(screen->out, "%s\n", output_style(screen->out, STYLE_PLAIN));
    forget_line(screen);
}

/* A carriage return within a line starts it anew: a progress bar, or a person's editing. */
static void restart_line(struct screen *screen)
{
    if (screen->is_open)
        fputs("\r\033[K", screen->out);
    forget_line(screen);
}

static bool ends(const struct screen *screen, const char *text)
{
    size_t length = strlen(text);

    return screen->length >= length && strcmp(screen->line + screen->length - length, text) == 0;
}

/* Ends the line in front of `text`, which is at its end, and starts Xen's own line with it. */
static void break_line(struct screen *screen, const char *text)
{
    screen->length -= strlen(text);
    screen->line[screen->length] = '\0';
    end_line(screen);
    screen->length = (size_t)snprintf(screen->line, sizeof(screen->line), "%s%s", XEN_PREFIX,
                                      strcmp(text, XEN_PREFIX) == 0 ? "" : text);
}

static void put(struct screen *screen, char character)
{
    if (screen->length == SCREEN_LINE_MAX)
        end_line(screen);
    screen->line[screen->length++] = character;
    screen->line[screen->length] = '\0';
    /* Xen does not wait for dom0 to end its line, nor for the domain that has the keyboard. */
    if (character != ' ')
        return;
    if (screen->length > strlen(XEN_PREFIX) && screen->line[0] != '(' && ends(screen, XEN_PREFIX))
        break_line(screen, XEN_PREFIX);
    else if (screen->xen_has_spoken && ends(screen, INPUT_TO) && !is_input_line(screen))
        break_line(screen, INPUT_TO);
}

/* At the start of another row is another line, as of a menu; at that of the same row, the line
 * anew.
 */
static void go_to_row(struct screen *screen)
{
    char *rest;
    unsigned long row = strtoul(screen->sequence, &rest, 10);
    unsigned long column = *rest == ';' ? strtoul(rest + 1, &rest, 10) : 1;

    if (column > 1 || *rest != '\0')
        return;
    if (screen->length != 0 && row == screen->row)
        restart_line(screen);
    else if (screen->length != 0)
        end_line(screen);
    screen->row = row;
}

/* Of the escape sequences, a terminal gets those that colour and erase within a line. */
static void end_sequence(struct screen *screen, char final)
{
    screen->escape = ESCAPE_NONE;
    screen->sequence[screen->sequence_length] = '\0';
    if (final == 'H')
        go_to_row(screen);
    if (!screen->is_terminal || strchr("mKCD", final) == NULL)
        return;
    put(screen, ESCAPE);
    put(screen, '[');
    for (size_t at = 0; at < screen->sequence_length; at++)
        put(screen, screen->sequence[at]);
    put(screen, final);
}

/* True if a byte belongs to an escape sequence. */
static bool take_escape(struct screen *screen, char byte)
{
    switch (screen->escape) {
    case ESCAPE_NONE:
        if (byte == ESCAPE)
            screen->escape = ESCAPE_STARTED;
        return byte == ESCAPE;
    case ESCAPE_STARTED:
        screen->sequence_length = 0;
        screen->escape = byte == '[' ? ESCAPE_CONTROL : ESCAPE_NONE;
        if (byte == ']' || byte == 'P' || byte == 'X' || byte == '^' || byte == '_')
            screen->escape = ESCAPE_STRING;
        return true;
    case ESCAPE_CONTROL:
        if (byte >= '@' && byte <= '~')
            end_sequence(screen, byte);
        else if (screen->sequence_length < sizeof(screen->sequence) - 1 && byte >= ' ')
            screen->sequence[screen->sequence_length++] = byte;
        else
            screen->escape = ESCAPE_NONE;
        return true;
    case ESCAPE_STRING:
        if (byte == BELL || byte == ESCAPE || byte == '\n')
            screen->escape = byte == ESCAPE ? ESCAPE_STARTED : ESCAPE_NONE;
        return true;
    }
    return false;
}

static void take(struct screen *screen, char byte)
{
    if (take_escape(screen, byte) || byte == '\0')
        return;
    if (byte == '\r') {
        screen->ends_carriage = true;
        return;
    }
    if (byte == '\n') {
        end_line(screen);
    } else {
        if (screen->ends_carriage)
            restart_line(screen);
        if ((unsigned char)byte >= ' ' || byte == '\t' || (byte == '\b' && screen->is_terminal))
            put(screen, byte);
    }
    screen->ends_carriage = false;
}

void screen_take(struct screen *screen, const char *bytes, size_t count)
{
    for (size_t at = 0; at < count; at++)
        take(screen, bytes[at]);
    fflush(screen->out);
}

void screen_pause(struct screen *screen)
{
    struct speech speech = attribute(screen, screen->line);

    if (screen->length == screen->shown || speech.is_partial)
        return;
    listen(screen, &speech);
    if (screen->is_terminal)
        show(screen, &speech);
    fflush(screen->out);
}

void screen_end(struct screen *screen)
{
    if (screen->length != 0)
        end_line(screen);
    fflush(screen->out);
}

bool screen_is_complete(const struct screen *screen)
{
    bool is_awaited = false;

    for (size_t at = 0; at < screen->domain_count; at++) {
        if (screen->domains[at].is_awaited && !screen->domains[at].has_said)
            return false;
        is_awaited |= screen->domains[at].is_awaited;
    }
    return is_awaited || screen->anybody_said;
}
