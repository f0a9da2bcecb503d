/* SPDX-License-Identifier: BSD-2-Clause */
/* The console of the simulated firmware, which keeps what is written (UEFI 2.10 §12.3, §12.4). */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS 80
#define ROWS    25

/* A line that ends in LF alone begins, on a real console, below its end. */
static void check_line_ends(struct firmware *fw, const CHAR16 *string)
{
    for (; *string != 0; string++) {
        if (*string == '\n' && !fw->carriage_return) {
            complain(fw, "the console got LF without CR");
        }
        fw->carriage_return = *string == '\r';
    }
}

static EFI_STATUS EFIAPI output_string(SIMPLE_TEXT_OUTPUT_INTERFACE *this, CHAR16 *string)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status = EFI_SUCCESS;
    char *text;

    if (this != &fw->output || string == NULL) {
        complain(fw, "OutputString of nothing");
        return EFI_INVALID_PARAMETER;
    }
    if (service_fails(fw, SERVICE_OUTPUT_STRING, NULL, &status) && EFI_ERROR(status)) {
        return status;
    }
    check_line_ends(fw, string);
    text = utf8_from_utf16(string, SIZE_MAX);
    text_append(&fw->console, text, strlen(text));
    free(text);
    return status;
}

static EFI_STATUS EFIAPI test_string(SIMPLE_TEXT_OUTPUT_INTERFACE *this, CHAR16 *string)
{
    EFI_STATUS status;

    (void)this;
    (void)string;
    return service_fails(firmware_current(), SERVICE_TEST_STRING, NULL, &status) ? status
                                                                                 : EFI_SUCCESS;
}

static EFI_STATUS simple(enum service service)
{
    EFI_STATUS status;

    return service_fails(firmware_current(), service, NULL, &status) ? status : EFI_SUCCESS;
}

static EFI_STATUS EFIAPI reset_output(SIMPLE_TEXT_OUTPUT_INTERFACE *this, BOOLEAN extended)
{
    (void)this;
    (void)extended;
    return simple(SERVICE_TEXT_RESET);
}

static EFI_STATUS EFIAPI query_mode(SIMPLE_TEXT_OUTPUT_INTERFACE *this, UINTN mode, UINTN *columns,
                                    UINTN *rows)
{
    EFI_STATUS status = simple(SERVICE_QUERY_MODE);

    (void)this;
    if (status == EFI_SUCCESS && mode != 0) {
        return EFI_UNSUPPORTED;
    }
    if (status == EFI_SUCCESS) {
        *columns = COLUMNS;
        *rows = ROWS;
    }
    return status;
}

static EFI_STATUS EFIAPI set_mode(SIMPLE_TEXT_OUTPUT_INTERFACE *this, UINTN mode)
{
    EFI_STATUS status = simple(SERVICE_SET_MODE);

    (void)this;
    return status == EFI_SUCCESS && mode != 0 ? EFI_UNSUPPORTED : status;
}

static EFI_STATUS EFIAPI set_attribute(SIMPLE_TEXT_OUTPUT_INTERFACE *this, UINTN attribute)
{
    EFI_STATUS status = simple(SERVICE_SET_ATTRIBUTE);

    if (status == EFI_SUCCESS) {
        this->Mode->Attribute = (INT32)attribute;
    }
    return status;
}

static EFI_STATUS EFIAPI clear_screen(SIMPLE_TEXT_OUTPUT_INTERFACE *this)
{
    (void)this;
    return simple(SERVICE_CLEAR_SCREEN);
}

static EFI_STATUS EFIAPI set_cursor_position(SIMPLE_TEXT_OUTPUT_INTERFACE *this, UINTN column,
                                             UINTN row)
{
    EFI_STATUS status = simple(SERVICE_SET_CURSOR_POSITION);

    (void)this;
    return status == EFI_SUCCESS && (column >= COLUMNS || row >= ROWS) ? EFI_UNSUPPORTED : status;
}

static EFI_STATUS EFIAPI enable_cursor(SIMPLE_TEXT_OUTPUT_INTERFACE *this, BOOLEAN visible)
{
    EFI_STATUS status = simple(SERVICE_ENABLE_CURSOR);

    if (status == EFI_SUCCESS) {
        this->Mode->CursorVisible = visible;
    }
    return status;
}

static EFI_STATUS EFIAPI reset_input(SIMPLE_INPUT_INTERFACE *this, BOOLEAN extended)
{
    EFI_STATUS status = simple(SERVICE_INPUT_RESET);

    (void)this;
    (void)extended;
    if (status == EFI_SUCCESS) {
        firmware_current()->key_count = 0;
    }
    return status;
}

static EFI_STATUS EFIAPI read_key_stroke(SIMPLE_INPUT_INTERFACE *this, EFI_INPUT_KEY *key)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status = simple(SERVICE_READ_KEY_STROKE);
    unsigned char pressed;

    (void)this;
    if (status != EFI_SUCCESS) {
        return status;
    }
    if (fw->key_count == 0) {
        return EFI_NOT_READY;
    }
    pressed = (unsigned char)fw->keys[0];
    key->ScanCode = pressed >= KEYS_SCAN ? (UINT16)(pressed - KEYS_SCAN) : SCAN_NULL;
    key->UnicodeChar = pressed >= KEYS_SCAN ? 0 : pressed;
    fw->key_count--;
    memmove(fw->keys, fw->keys + 1, fw->key_count);
    fw->key_event->signalled = fw->key_count > 0;
    return EFI_SUCCESS;
}

void firmware_press(struct firmware *fw, const char *keys)
{
    for (; *keys != '\0' && fw->key_count < KEYS_MAX; keys++) {
        fw->keys[fw->key_count++] = *keys;
    }
    fw->key_event->signalled = fw->key_count > 0;
}

const char *firmware_console(struct firmware *fw)
{
    char *to = must_allocate(fw->console.length + 1);

    free(fw->console_text);
    fw->console_text = to;
    for (size_t i = 0; i < fw->console.length; i++) {
        if (fw->console.bytes[i] != '\r' || fw->console.bytes[i + 1] != '\n') {
            *to++ = fw->console.bytes[i];
        }
    }
    *to = '\0';
    return fw->console_text;
}

void console_create(struct firmware *fw)
{
    static const SIMPLE_TEXT_OUTPUT_INTERFACE output = {
        .Reset = reset_output,
        .OutputString = output_string,
        .TestString = test_string,
        .QueryMode = query_mode,
        .SetMode = set_mode,
        .SetAttribute = set_attribute,
        .ClearScreen = clear_screen,
        .SetCursorPosition = set_cursor_position,
        .EnableCursor = enable_cursor,
    };

    text_append(&fw->console, "", 0);
    fw->output = output;
    fw->output.Mode = &fw->mode;
    fw->mode.MaxMode = 1;
    fw->mode.Attribute = EFI_LIGHTGRAY;
    fw->input.Reset = reset_input;
    fw->input.ReadKeyStroke = read_key_stroke;
    fw->input.WaitForKey = fw->key_event;
    if (!fw->setup.no_console) {
        fw->system_table->ConOut = &fw->output;
        fw->system_table->ConIn = &fw->input;
        fw->system_table->StdErr = &fw->output;
        fw->system_table->ConsoleOutHandle = fw->device;
    }
}

void console_destroy(struct firmware *fw)
{
    free(fw->console.bytes);
    free(fw->console_text);
}
