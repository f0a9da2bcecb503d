/* SPDX-License-Identifier: BSD-2-Clause */
/* The person's terminal as that of a menu. */
#include "host/base/tty.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host/base/output.h"

#define COLUMNS   80U /* of a terminal that does not tell its size */
#define ROWS      25U
#define ESCAPE    0x1b
#define INTERRUPT 0x03 /* Ctrl-C */
#define TOGETHER  50   /* milliseconds within which a key's bytes come */

/* The sequences of ECMA-48 and of xterm: switch to a screen of its own, without a cursor. */
static const char enter[] = "\x1b[?1049h\x1b[?25l";
static const char leave[] = "\x1b[?25h\x1b[?1049l";

/* The next byte of the keyboard; -1 if none comes in time, -2 if none can. */
static int next_byte(int milliseconds)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    unsigned char byte;
    int ready = poll(&input, 1, milliseconds);
    ssize_t count;

    if (ready == 0 || (ready < 0 && errno == EINTR))
        return -1;
    count = ready > 0 ? read(STDIN_FILENO, &byte, 1) : -1;
    if (count == 1)
        return byte;
    return count < 0 && errno == EINTR ? -1 : -2;
}

/* The key of a sequence that ends in a letter, or in a number and '~'. */
static enum key key_of(int letter, int number)
{
    static const struct {
        char letter;
        char number;
        enum key key;
    } keys[] = {
        {'A', 0, KEY_UP},      {'B', 0, KEY_DOWN},      {'H', 0, KEY_HOME}, {'F', 0, KEY_END},
        {'~', 1, KEY_HOME},    {'~', 7, KEY_HOME},      {'~', 4, KEY_END},  {'~', 8, KEY_END},
        {'~', 5, KEY_PAGE_UP}, {'~', 6, KEY_PAGE_DOWN},
    };

    for (size_t at = 0; at < sizeof(keys) / sizeof(keys[0]); at++)
        if (keys[at].letter == letter && (letter != '~' || keys[at].number == number))
            return keys[at].key;
    return KEY_CHARACTER;
}

/* The key that an escape byte begins: Escape itself, if nothing follows at once. */
static enum key read_sequence(void)
{
    int byte = next_byte(TOGETHER);
    int number = 0;

    if (byte != '[' && byte != 'O')
        return byte < 0 ? KEY_ESCAPE : KEY_CHARACTER;
    do {
        byte = next_byte(TOGETHER);
        if (byte >= '0' && byte <= '9')
            number = byte - '0';
    } while ((byte >= '0' && byte <= '9') || byte == ';');
    return key_of(byte, number);
}

static struct key_press wait_for_key(void *context, unsigned milliseconds)
{
    int byte;

    (void)context;
    fflush(stdout);
    byte = next_byte((int)milliseconds);
    if (byte < 0)
        return (struct key_press){.key = byte == -1 ? KEY_NONE : KEY_GONE};
    if (byte == ESCAPE)
        return (struct key_press){.key = read_sequence()};
    if (byte == INTERRUPT)
        return (struct key_press){.key = KEY_ESCAPE};
    if (byte == '\r' || byte == '\n')
        return (struct key_press){.key = KEY_ENTER};
    return (struct key_press){
        .key = KEY_CHARACTER,
        .character = byte < 0x7f ? (char)byte : '\0',
    };
}

static void clear(void *context)
{
    (void)context;
    fputs("\x1b[2J", stdout);
}

static void put(void *context, unsigned row, const char *text, bool is_marked)
{
    (void)context;
    printf("\x1b[%u;1H\x1b[K%s", row + 1, is_marked ? "\x1b[7m" : "");
    output_text(stdout, text);
    fputs(is_marked ? "\x1b[0m" : "", stdout);
}

bool tty_open(struct tty *tty, struct terminal *interface)
{
    struct winsize size = {0};
    struct termios raw;

    if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &tty->before) != 0)
        return false;
    raw = tty->before;
    cfmakeraw(&raw);
    raw.c_oflag = tty->before.c_oflag;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    fputs(enter, stdout);
    *interface = (struct terminal){
        .context = tty,
        .columns = size.ws_col != 0 ? size.ws_col : COLUMNS,
        .rows = size.ws_row != 0 ? size.ws_row : ROWS,
        .clear = clear,
        .put = put,
        .wait = wait_for_key,
    };
    return true;
}

void tty_close(struct tty *tty)
{
    fputs(leave, stdout);
    fflush(stdout);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &tty->before);
}
