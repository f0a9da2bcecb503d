/* SPDX-License-Identifier: BSD-2-Clause */
/* Text: formatting, comparing, numbers and the nearest of several names. */
#include "core/base/text.h"

#include <string.h>

#include "core/base/arena.h"

#define NUMBER_MAX   24U  /* digits of the longest number, with its end */
#define NAME_MAX     63U  /* longest name that is compared by distance */
#define COMPARED_MAX 128U /* names that one search compares */

/* The destination of formatted text, which is only counted while `text` is NULL. */
struct output {
    char *text;
    size_t length;
};

static void put(struct output *output, const char *text, size_t length)
{
    if (output->text != NULL)
        memcpy(output->text + output->length, text, length);
    output->length += length;
}

static void put_number(struct output *output, uint64_t number, unsigned base)
{
    char digits[NUMBER_MAX];
    size_t at = sizeof(digits);

    do {
        digits[--at] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    put(output, digits + at, sizeof(digits) - at);
}

static void put_string(struct output *output, const char *text, int limit)
{
    size_t length = 0;

    if (text == NULL)
        text = "(none)";
    while ((limit < 0 || length < (size_t)limit) && text[length] != '\0')
        length++;
    put(output, text, length);
}

static void put_signed(struct output *output, int number)
{
    if (number < 0)
        put(output, "-", 1);
    put_number(output, number < 0 ? 0U - (uint64_t)number : (uint64_t)number, 10);
}

/* Formats one conversion; returns the character after it. */
static const char *put_conversion(struct output *output, const char *format, va_list *arguments)
{
    int limit = -1;
    bool is_long = false;

    if (format[0] == '.') {
        limit = va_arg(*arguments, int);
        format += 2;
    }
    if (*format == 'l' || *format == 'z') {
        is_long = true;
        format++;
    }
    switch (*format) {
    case 's':
        put_string(output, va_arg(*arguments, const char *), limit);
        break;
    case 'c': {
        char character = (char)va_arg(*arguments, int);

        put(output, &character, 1);
        break;
    }
    case 'd':
        put_signed(output, va_arg(*arguments, int));
        break;
    case 'u':
    case 'x':
        put_number(output,
                   is_long ? va_arg(*arguments, unsigned long) : va_arg(*arguments, unsigned),
                   *format == 'u' ? 10 : 16);
        break;
    default:
        put(output, format, 1);
        break;
    }
    return format + 1;
}

static void put_format(struct output *output, const char *format, va_list *arguments)
{
    while (*format != '\0') {
        size_t plain = text_until(format, "%");

        put(output, format, plain);
        format += plain;
        if (*format != '\0')
            format = put_conversion(output, format + 1, arguments);
    }
}

char *text_format_list(struct arena *arena, const char *format, va_list arguments)
{
    struct output output = {0};
    va_list again;

    va_copy(again, arguments);
    put_format(&output, format, &again);
    va_end(again);

    output.text = arena_allocate(arena, output.length + 1);
    if (output.text == NULL)
        return NULL;
    output.length = 0;
    va_copy(again, arguments);
    put_format(&output, format, &again);
    va_end(again);
    return output.text;
}

char *text_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = text_format_list(arena, format, arguments);
    va_end(arguments);
    return text;
}

static char lower(char character)
{
    return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

bool text_equal_nocase(const char *left, const char *right)
{
    while (*left != '\0' && lower(*left) == lower(*right)) {
        left++;
        right++;
    }
    return lower(*left) == lower(*right);
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *ending)
{
    size_t length = strlen(text);
    size_t end = strlen(ending);

    return length >= end && strcmp(text + length - end, ending) == 0;
}

size_t text_until(const char *text, const char *any)
{
    size_t length = 0;

    while (text[length] != '\0' &&
           (any[1] == '\0' ? text[length] != any[0] : strchr(any, text[length]) == NULL))
        length++;
    return length;
}

bool text_is_plain(const char *bytes, size_t size)
{
    if (size < 2 || bytes[size - 1] != '\0')
        return false;
    for (size_t at = 0; at < size - 1; at++)
        if (bytes[at] < ' ' || bytes[at] > '~')
            return false;
    return true;
}

bool text_is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\v' ||
           character == '\f';
}

static unsigned digit_value(char character)
{
    character = lower(character);
    if (character >= '0' && character <= '9')
        return (unsigned)(character - '0');
    if (character >= 'a' && character <= 'f')
        return (unsigned)(character - 'a') + 10;
    return 16;
}

bool text_to_number(const char *text, size_t length, uint64_t *number)
{
    unsigned base = 10;
    uint64_t value = 0;

    if (length > 2 && text[0] == '0' && lower(text[1]) == 'x') {
        base = 16;
        text += 2;
        length -= 2;
    }
    if (length == 0)
        return false;
    for (size_t at = 0; at < length; at++) {
        unsigned digit = digit_value(text[at]);

        if (digit >= base || value > (UINT64_MAX - digit) / base)
            return false;
        value = value * base + digit;
    }
    *number = value;
    return true;
}

const char *text_size(struct arena *arena, uint64_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    uint64_t unit = 1024;
    unsigned at = 0;
    uint64_t tenths;

    if (bytes < 1024)
        return text_format(arena, "%lu B", bytes);
    while (at + 1 < sizeof(units) / sizeof(units[0]) && bytes / unit >= 1024) {
        unit *= 1024;
        at++;
    }
    tenths = bytes % unit * 10 / unit;
    if (bytes % unit == 0 || bytes / unit >= 100)
        return text_format(arena, "%lu %s", bytes / unit, units[at]);
    return text_format(arena, "%lu.%lu %s", bytes / unit, tenths, units[at]);
}

static unsigned char least(unsigned left, unsigned middle, unsigned right)
{
    unsigned value = left < middle ? left : middle;

    return (unsigned char)(value < right ? value : right);
}

unsigned text_distance(const char *left, const char *right)
{
    /* Rows of the edit matrix: the one being made, the one before, and the one before that. */
    unsigned char rows[3][NAME_MAX + 1];
    size_t left_length = strlen(left);
    size_t right_length = strlen(right);

    if (left_length > NAME_MAX || right_length > NAME_MAX)
        return 255;
    for (size_t column = 0; column <= right_length; column++)
        rows[0][column] = (unsigned char)column;
    for (size_t row = 1; row <= left_length; row++) {
        unsigned char *now = rows[row % 3];
        const unsigned char *before = rows[(row - 1) % 3];
        const unsigned char *earlier = rows[(row + 1) % 3];

        now[0] = (unsigned char)row;
        for (size_t column = 1; column <= right_length; column++) {
            char from = lower(left[row - 1]);
            char to = lower(right[column - 1]);

            now[column] = least(before[column] + 1U, now[column - 1] + 1U,
                                before[column - 1] + (from != to ? 1U : 0U));
            if (row > 1 && column > 1 && from == lower(right[column - 2]) &&
                to == lower(left[row - 2]))
                now[column] = least(now[column], earlier[column - 2] + 1U, 255);
        }
    }
    return rows[left_length % 3][right_length];
}

void nearest_offer(struct nearest *nearest, const char *candidate)
{
    size_t length = strlen(nearest->wanted);
    size_t other = strlen(candidate);
    size_t gap = length > other ? length - other : other - length;
    size_t limit = length / 3 > 1 ? length / 3 : 1;
    unsigned distance;

    if (length < 2 || length > NAME_MAX || gap > limit || nearest->compared == COMPARED_MAX ||
        strcmp(nearest->wanted, candidate) == 0)
        return;
    nearest->compared++;
    distance = text_distance(nearest->wanted, candidate);
    if (distance <= limit && (nearest->name == NULL || distance < nearest->distance)) {
        nearest->name = candidate;
        nearest->distance = distance;
    }
}
