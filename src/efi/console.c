/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's text console, for UTF-8. */
#include "efi/console.h"

#include "core/base/utf.h"

#define BUFFER_UNITS 128U
#define BAR_CELLS    40U
#define BAR_MINIMUM  (32U * 1024U * 1024U) /* bytes whose reading a person would notice */

/* Units on their way to the console, which wants them NUL-terminated. */
struct buffer {
    CHAR16 units[BUFFER_UNITS];
    size_t count;
};

static void flush(const struct firmware *firmware, struct buffer *buffer)
{
    SIMPLE_TEXT_OUTPUT_INTERFACE *console = firmware->table->ConOut;

    buffer->units[buffer->count] = 0;
    if (console != NULL && buffer->count != 0)
        console->OutputString(console, buffer->units);
    buffer->count = 0;
}

void console_print(const struct firmware *firmware, const char *text)
{
    struct buffer buffer = {.count = 0};

    while (*text != '\0') {
        /* Room for CR LF or a surrogate pair, and the end. */
        if (buffer.count + 3 > BUFFER_UNITS)
            flush(firmware, &buffer);
        if (*text == '\n')
            buffer.units[buffer.count++] = '\r';
        buffer.count += utf16_from_utf8(&text, &buffer.units[buffer.count]);
    }
    flush(firmware, &buffer);
}

static void begin_bar(struct firmware *firmware, const char *name)
{
    if (firmware->has_open_bar)
        return;
    console_print(firmware, "  reading ");
    console_print(firmware, name);
    console_print(firmware, " ");
    firmware->has_open_bar = true;
}

void console_progress(void *context, const char *name, uint64_t done, uint64_t total)
{
    struct firmware *firmware = context;
    unsigned due = done == total ? BAR_CELLS : (unsigned)(done / (total / BAR_CELLS + 1));

    if (total < BAR_MINIMUM)
        return;
    begin_bar(firmware, name);
    for (; firmware->progress_drawn < due; firmware->progress_drawn++)
        console_print(firmware, "#");
    if (done == total)
        console_end_bar(firmware);
}

void console_end_bar(struct firmware *firmware)
{
    if (firmware->has_open_bar)
        console_print(firmware, "\n");
    firmware->has_open_bar = false;
    firmware->progress_drawn = 0;
}
