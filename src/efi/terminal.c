/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's console as the terminal of a menu. */
#include "efi/terminal.h"

#include "efi/console.h"
#include "efi/watchdog.h"

#define STEP       20U  /* milliseconds between two looks at the keyboard */
#define REPETITION 600U /* milliseconds within which a key that is held comes again */
#define COLUMNS    80U  /* of every console (UEFI 2.10 §12.4, mode 0) */
#define ROWS       25U
#define MARKED     (EFI_BLACK | EFI_BACKGROUND_LIGHTGRAY)
#define ENTER      0x0d
#define LINE_FEED  0x0a /* what some terminals send for Enter */
#define ASCII_MAX  0x7e
#define TOGETHER   3U /* looks at the keyboard within which the characters of one key come */

static SIMPLE_TEXT_OUTPUT_INTERFACE *output_of(const struct efi_terminal *terminal)
{
    return terminal->firmware->table->ConOut;
}

static EFI_STATUS read_key(const struct firmware *firmware, EFI_INPUT_KEY *key)
{
    SIMPLE_INPUT_INTERFACE *input = firmware->table->ConIn;

    *key = (EFI_INPUT_KEY){0};
    return input->ReadKeyStroke(input, key);
}

bool terminal_is_there(const struct firmware *firmware)
{
    return firmware->table->ConIn != NULL && firmware->table->ConOut != NULL;
}

bool terminal_key_is_held(struct efi_terminal *terminal, struct firmware *firmware)
{
    *terminal = (struct efi_terminal){.firmware = firmware};
    terminal->is_held =
        terminal_is_there(firmware) && !EFI_ERROR(read_key(firmware, &terminal->held));
    return terminal->is_held;
}

static struct key_press press_of(const EFI_INPUT_KEY *key)
{
    static const struct {
        unsigned char scan_code;
        unsigned char key;
    } keys[] = {
        {SCAN_UP, KEY_UP},           {SCAN_DOWN, KEY_DOWN},
        {SCAN_PAGE_UP, KEY_PAGE_UP}, {SCAN_PAGE_DOWN, KEY_PAGE_DOWN},
        {SCAN_HOME, KEY_HOME},       {SCAN_END, KEY_END},
    };

    for (size_t at = 0; at < sizeof(keys) / sizeof(keys[0]); at++)
        if (key->ScanCode == keys[at].scan_code)
            return (struct key_press){.key = (enum key)keys[at].key};
    if (key->UnicodeChar == ENTER || key->UnicodeChar == LINE_FEED)
        return (struct key_press){.key = KEY_ENTER};
    return (struct key_press){
        .key = KEY_CHARACTER,
        .character = key->UnicodeChar <= ASCII_MAX ? (char)key->UnicodeChar : '\0',
    };
}

/* The next character of a key of which Esc was the first; 0 if there is none. */
static CHAR16 next_character(const struct firmware *firmware)
{
    for (unsigned look = 0; look < TOGETHER; look++) {
        EFI_INPUT_KEY key;

        if (!EFI_ERROR(read_key(firmware, &key)))
            return key.UnicodeChar;
        firmware->boot->Stall(STEP * 1000);
    }
    return 0;
}

/*
 * The key that begins with Esc: a firmware hands on, character by character, what its kind of
 * terminal does not have, such as End of xterm on EDK2. That is not Esc, which leaves the menu.
 */
static struct key_press press_of_escape(const struct firmware *firmware)
{
    CHAR16 character = next_character(firmware);

    if (character == 0)
        return (struct key_press){.key = KEY_ESCAPE};
    if (character == '[' || character == 'O')
        do
            character = next_character(firmware);
        while (character == ';' || (character >= '0' && character <= '9'));
    if (character == 'H' || character == 'F')
        return (struct key_press){.key = character == 'H' ? KEY_HOME : KEY_END};
    return (struct key_press){.key = KEY_CHARACTER};
}

/* The key that brought the menu repeats while it is held, which is to choose nothing. */
static bool is_repetition(struct efi_terminal *terminal, const EFI_INPUT_KEY *key)
{
    terminal->is_held = terminal->is_held && key->ScanCode == terminal->held.ScanCode &&
                        key->UnicodeChar == terminal->held.UnicodeChar;
    terminal->quiet = 0;
    return terminal->is_held;
}

static void note_silence(struct efi_terminal *terminal)
{
    terminal->quiet += STEP;
    if (terminal->quiet >= REPETITION)
        terminal->is_held = false;
}

static struct key_press wait_for_key(void *context, unsigned milliseconds)
{
    struct efi_terminal *terminal = context;
    bool works = false;

    if (terminal->watching > 0) {
        terminal->watching--;
        watchdog_feed(terminal->firmware);
    }
    for (unsigned passed = 0; passed < milliseconds; passed += STEP) {
        EFI_INPUT_KEY key;
        EFI_STATUS status = read_key(terminal->firmware, &key);

        if (!EFI_ERROR(status) && !is_repetition(terminal, &key)) {
            watchdog_feed(terminal->firmware);
            return key.ScanCode == SCAN_ESC ? press_of_escape(terminal->firmware) : press_of(&key);
        }
        if (status == EFI_NOT_READY)
            note_silence(terminal);
        works = works || !EFI_ERROR(status) || status == EFI_NOT_READY;
        terminal->firmware->boot->Stall(STEP * 1000);
    }
    return (struct key_press){.key = works ? KEY_NONE : KEY_GONE};
}

static void clear(void *context)
{
    SIMPLE_TEXT_OUTPUT_INTERFACE *output = output_of(context);

    output->ClearScreen(output);
}

static void put(void *context, unsigned row, const char *text, bool is_marked)
{
    const struct efi_terminal *terminal = context;
    SIMPLE_TEXT_OUTPUT_INTERFACE *output = output_of(terminal);

    output->SetCursorPosition(output, 0, row);
    if (is_marked)
        output->SetAttribute(output, MARKED);
    console_print(terminal->firmware, text);
    if (is_marked)
        output->SetAttribute(output, terminal->attribute);
}

void terminal_open(struct efi_terminal *terminal, struct firmware *firmware, unsigned seconds,
                   struct terminal *interface)
{
    SIMPLE_TEXT_OUTPUT_INTERFACE *output = firmware->table->ConOut;
    UINTN columns = 0;
    UINTN rows = 0;

    terminal->firmware = firmware;
    terminal->attribute = (UINTN)output->Mode->Attribute;
    terminal->had_cursor = output->Mode->CursorVisible;
    terminal->watching = seconds;
    watchdog_feed(firmware);
    output->EnableCursor(output, FALSE);
    if (EFI_ERROR(output->QueryMode(output, (UINTN)output->Mode->Mode, &columns, &rows)) ||
        columns == 0 || rows == 0) {
        columns = COLUMNS;
        rows = ROWS;
    }
    *interface = (struct terminal){
        .context = terminal,
        .columns = (unsigned)columns,
        .rows = (unsigned)rows,
        .clear = clear,
        .put = put,
        .wait = wait_for_key,
    };
}

void terminal_close(struct efi_terminal *terminal)
{
    SIMPLE_TEXT_OUTPUT_INTERFACE *output = output_of(terminal);

    output->SetAttribute(output, terminal->attribute);
    output->ClearScreen(output);
    output->EnableCursor(output, terminal->had_cursor);
}
