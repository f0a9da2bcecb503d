/* SPDX-License-Identifier: BSD-2-Clause */
/* The string functions of src/efi, renamed, against those of the host's C library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROOM   256 /* bytes that the functions work on: some of their larger steps */
#define ROUNDS 20000

/* freestanding.c is compiled with its names prefixed: see sim.mk. */
void *muster_memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *muster_memmove(void *to, const void *from, size_t bytes);
void *muster_memset(void *to, int value, size_t bytes);
int muster_memcmp(const void *left, const void *right, size_t bytes);
void *muster_memchr(const void *data, int value, size_t bytes);
size_t muster_strlen(const char *text);
size_t muster_strnlen(const char *text, size_t limit);
int muster_strcmp(const char *left, const char *right);
int muster_strncmp(const char *left, const char *right, size_t limit);
char *muster_strchr(const char *text, int character);
char *muster_strrchr(const char *text, int character);
unsigned long muster_strtoul(const char *text, char **end, int base);

/* Two buffers with the same bytes: one for the host's function, one for ours. */
struct pair {
    char *host;
    char *ours;
};

static int set_up(void **state)
{
    struct pair *pair = malloc(sizeof(*pair));

    srand(1);
    if (pair == NULL || (pair->host = malloc(ROOM)) == NULL ||
        (pair->ours = malloc(ROOM)) == NULL) {
        return -1;
    }
    *state = pair;
    return 0;
}

static int tear_down(void **state)
{
    struct pair *pair = *state;

    free(pair->host);
    free(pair->ours);
    free(pair);
    return 0;
}

static size_t up_to(size_t limit)
{
    return (size_t)rand() % (limit + 1);
}

/* Few different bytes, among them 0 and one above 127, so that comparisons get far. */
static void shuffle(struct pair *pair)
{
    static const char bytes[] = {'a', 'a', 'a', 'b', '\0', (char)0x80, (char)0xff};

    for (size_t i = 0; i < ROOM; i++) {
        pair->host[i] = bytes[up_to(sizeof(bytes) - 1)];
    }
    memcpy(pair->ours, pair->host, ROOM);
}

static void copies(void **state)
{
    struct pair *pair = *state;
    char source[ROOM];

    for (int round = 0; round < ROUNDS; round++) {
        size_t bytes = up_to(ROOM);
        size_t to = up_to(ROOM - bytes);
        size_t from = up_to(ROOM - bytes);

        shuffle(pair);
        memcpy(source, pair->host, ROOM);
        source[0]++;
        memcpy(pair->host + to, source + from, bytes);
        assert_ptr_equal(muster_memcpy(pair->ours + to, source + from, bytes), pair->ours + to);
        assert_memory_equal(pair->host, pair->ours, ROOM);
    }
}

static void moves(void **state)
{
    struct pair *pair = *state;

    for (int round = 0; round < ROUNDS; round++) {
        size_t bytes = up_to(ROOM);
        size_t to = up_to(ROOM - bytes);
        size_t from = up_to(ROOM - bytes);

        shuffle(pair);
        memmove(pair->host + to, pair->host + from, bytes);
        assert_ptr_equal(muster_memmove(pair->ours + to, pair->ours + from, bytes),
                         pair->ours + to);
        assert_memory_equal(pair->host, pair->ours, ROOM);
    }
}

static void fills(void **state)
{
    struct pair *pair = *state;

    for (int round = 0; round < ROUNDS; round++) {
        size_t bytes = up_to(ROOM);
        size_t to = up_to(ROOM - bytes);
        int value = (int)up_to(1023) - 512;

        shuffle(pair);
        memset(pair->host + to, value, bytes);
        assert_ptr_equal(muster_memset(pair->ours + to, value, bytes), pair->ours + to);
        assert_memory_equal(pair->host, pair->ours, ROOM);
    }
}

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static void compares_memory(void **state)
{
    struct pair *pair = *state;

    for (int round = 0; round < ROUNDS; round++) {
        size_t bytes = up_to(8);
        const char *left = pair->host + up_to(ROOM - bytes);
        const char *right = pair->host + up_to(ROOM - bytes);
        int value = (int)up_to(300);

        shuffle(pair);
        assert_int_equal(sign(muster_memcmp(left, right, bytes)), sign(memcmp(left, right, bytes)));
        assert_ptr_equal(muster_memchr(left, value, bytes), memchr(left, value, bytes));
    }
}

static void compares_text(void **state)
{
    struct pair *pair = *state;

    for (int round = 0; round < ROUNDS; round++) {
        const char *left = pair->host + up_to(ROOM - 1);
        const char *right = pair->host + up_to(ROOM - 1);
        size_t limit = up_to(8);

        shuffle(pair);
        pair->host[ROOM - 1] = '\0';
        assert_int_equal(sign(muster_strcmp(left, right)), sign(strcmp(left, right)));
        assert_int_equal(sign(muster_strncmp(left, right, limit)),
                         sign(strncmp(left, right, limit)));
    }
}

static void searches_text(void **state)
{
    struct pair *pair = *state;

    for (int round = 0; round < ROUNDS; round++) {
        const char *text = pair->host + up_to(ROOM - 1);
        char character = "ab\0\x80z"[up_to(4)];
        size_t limit = up_to(ROOM);

        shuffle(pair);
        pair->host[ROOM - 1] = '\0';
        assert_int_equal(muster_strlen(text), strlen(text));
        assert_int_equal(muster_strnlen(text, limit), strnlen(text, limit));
        assert_ptr_equal(muster_strchr(text, character), strchr(text, character));
        assert_ptr_equal(muster_strrchr(text, character), strrchr(text, character));
    }
}

static void no_function_reads_too_far(void **state)
{
    static const char unended[] = {'a', 'b'};
    char *text = malloc(2);

    (void)state;
    memcpy(text, unended, 2);
    assert_int_equal(muster_strnlen(text, 2), 2);
    assert_int_equal(muster_strncmp(text, text, 2), 0);
    assert_null(muster_memchr(text, 'c', 2));
    assert_non_null(muster_memchr(text, 'b', SIZE_MAX)); /* it ends at the first that it finds */
    free(text);
}

static void reads_numbers(void **state)
{
    static const char *const texts[] = {"0", "17", "4294967295", "", "x", "12x", "12 3", "089"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char *host;
        char *ours;

        assert_int_equal(muster_strtoul(texts[i], &ours, 10), strtoul(texts[i], &host, 10));
        assert_ptr_equal(ours, host);
    }
    assert_int_equal(muster_strtoul("17", NULL, 8), 15);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(copies),
        TEST(moves),
        TEST(fills),
        TEST(compares_memory),
        TEST(compares_text),
        TEST(searches_text),
        TEST(no_function_reads_too_far),
        TEST(reads_numbers),
    };

    return cmocka_run_group_tests_name("freestanding", tests, NULL, NULL);
}
