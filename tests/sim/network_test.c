/* SPDX-License-Identifier: BSD-2-Clause */
/* Boots from the network on the simulated firmware: servers of all kinds, and hostile ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "efi/http_protocol.h"
#include "internal.h"
#include "scene.h"

#define USUAL     "two-domains"
#define FILE_NAME "EFI/BOOT/BOOTAA64.EFI"
#define URL       "http://10.0.2.2:8080/" FILE_NAME
#define KERNEL    "vmlinuz"
#define CONFIG    "muster.cfg"

static void print_outcome(const struct outcome *outcome)
{
    fprintf(stderr, "status %s\nproblems:\n%s\nsystem:\n%s\nconsole:\n%s\n",
            outcome->status == IMAGE_NEVER_RETURNS ? "started" : status_name(outcome->status),
            outcome->problems, outcome->system, outcome->console);
}

/* The usual scene behind a server. */
static struct outcome boot(const struct firmware_server *server)
{
    struct scene *scene = scene_open(USUAL);
    struct run run = {.setup.server = server};
    struct outcome outcome = scene_run(scene, &run);

    scene_close(scene);
    return outcome;
}

static void boots_from(const struct firmware_server *server)
{
    struct scene *scene = scene_open(USUAL);
    struct outcome outcome = boot(server);

    if (outcome.status != IMAGE_NEVER_RETURNS || *outcome.problems != '\0' || outcome.starts != 1 ||
        strcmp(outcome.system, scene_expectation(scene)) != 0) {
        print_outcome(&outcome);
        fail_msg("Xen was not started with the expected system");
    }
    scene_free_outcome(&outcome);
    scene_close(scene);
}

/* Nothing is started or kept, and the person is told so. */
static void fails_from(const struct firmware_server *server, const char *sentence)
{
    struct outcome outcome = boot(server);

    if (outcome.status != EFI_LOAD_ERROR || *outcome.problems != '\0' ||
        strstr(outcome.console, sentence) == NULL) {
        print_outcome(&outcome);
        fail_msg("expected \"%s\"", sentence);
    }
    scene_free_outcome(&outcome);
}

/* TFTP */

static void a_system_boots_by_tftp(void **state)
{
    (void)state;
    boots_from(&(struct firmware_server){.file = "/" FILE_NAME});
    boots_from(&(struct firmware_server){.file = FILE_NAME});
    boots_from(&(struct firmware_server){.file = "\\EFI\\BOOT\\BOOTAA64.EFI"});
    boots_from(&(struct firmware_server){.file = FILE_NAME, .by_option = true});
    boots_from(&(struct firmware_server){.file = FILE_NAME, .by_proxy = true});
    boots_from(&(struct firmware_server){.file = FILE_NAME, .trouble = TROUBLE_NO_CALLS});
}

static void small_frames_are_tried(void **state)
{
    (void)state;
    boots_from(&(struct firmware_server){.file = FILE_NAME, .trouble = TROUBLE_SMALL});
}

#define NO_VOLUME                                                                                  \
    "error: cannot read configuration BOOTAA64.cfg: the firmware reads no file system or server "  \
    "there\n"                                                                                      \
    "  hint: start the loader from a FAT partition, or put all files into it with muster seal "    \
    "--embed\n"

static void a_firmware_may_load_no_files(void **state)
{
    (void)state;
    fails_from(&(struct firmware_server){.file = FILE_NAME, .trouble = TROUBLE_NO_FILES},
               NO_VOLUME);
    fails_from(&(struct firmware_server){.file = FILE_NAME, .is_ipv6 = true}, NO_VOLUME);
    fails_from(&(struct firmware_server){.file = NULL}, NO_VOLUME);
    fails_from(&(struct firmware_server){.url = "ftp://10.0.2.2/x.efi"}, NO_VOLUME);
    fails_from(&(struct firmware_server){.url = "http://10.0.2.2?x.efi"}, NO_VOLUME);
    fails_from(&(struct firmware_server){.url = "http:///x.efi"}, NO_VOLUME);
}

static void tftp_errors_are_said(void **state)
{
    static const struct {
        unsigned code;
        const char *sentence;
    } cases[] = {
        /* EDK2 does not tell which error it was. */
        {0, "cannot open vmlinuz-guest: there is no such file\n"
            "  hint: put it into /EFI/BOOT of the loader's server\n"},
        {1, "cannot open vmlinuz-guest: there is no such file\n"},
        {2, "cannot open vmlinuz-guest: access was denied\n"
            "  hint: a name never leaves the loader's server, which has to give it out\n"},
        {3, "cannot open vmlinuz-guest: the server reports an error\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fails_from(&(struct firmware_server){.file = FILE_NAME,
                                             .trouble = TROUBLE_REFUSED,
                                             .part = KERNEL,
                                             .code = cases[i].code},
                   cases[i].sentence);
    }
}

static void a_hostile_tftp_server_does_no_harm(void **state)
{
    static const struct {
        enum trouble trouble;
        const char *part;
        const char *sentence;
    } cases[] = {
        {TROUBLE_LONGER, KERNEL, "cannot read vmlinuz-guest: the server's answer cannot be used\n"},
        {TROUBLE_SHORTER, KERNEL, "cannot read vmlinuz-guest: the file ended too early\n"},
        {TROUBLE_HUGE, KERNEL, "vmlinuz-guest"},
        {TROUBLE_HUGE, CONFIG, "is too large"},
        {TROUBLE_HUGE, "two-domains.dtb", "two-domains.dtb"},
        {TROUBLE_SILENT, KERNEL,
         "cannot read vmlinuz-guest: the server does not answer, or too slowly\n"},
        {TROUBLE_DRIP, KERNEL,
         "cannot read vmlinuz-guest: the server does not answer, or too slowly\n"},
        {TROUBLE_LONGER, CONFIG, "the server's answer cannot be used\n"},
        {TROUBLE_SHORTER, CONFIG, "the file ended too early\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fails_from(&(struct firmware_server){.file = FILE_NAME,
                                             .trouble = cases[i].trouble,
                                             .part = cases[i].part},
                   cases[i].sentence);
    }
}

/* HTTP */

static void a_system_boots_by_http(void **state)
{
    (void)state;
    boots_from(&(struct firmware_server){.url = URL});
    boots_from(&(struct firmware_server){.url = "http://10.0.2.2:8080/%45FI/BOOT/x%20y.efi?a=b#c"});
    boots_from(&(struct firmware_server){.url = URL, .is_ipv6 = true});
    boots_from(&(struct firmware_server){.url = URL, .has_no_address = true});
}

static void servers_differ(void **state)
{
    static const enum trouble troubles[] = {TROUBLE_CHUNKED, TROUBLE_NO_HEAD, TROUBLE_LEAVES,
                                            TROUBLE_LAST};

    (void)state;
    for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++) {
        boots_from(&(struct firmware_server){.url = URL, .trouble = troubles[i]});
    }
}

static void redirections_are_followed(void **state)
{
    static const unsigned codes[] = {HTTP_MOVED_PERMANENTLY, HTTP_FOUND, HTTP_SEE_OTHER,
                                     HTTP_TEMPORARY_REDIRECT, HTTP_PERMANENT_REDIRECT};
    static const char *const locations[] = {
        "/moved%s",
        "//10.0.2.2:8080/moved%s",
        "http://10.0.2.2:8080/moved%s#part",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        boots_from(&(struct firmware_server){
            .url = URL, .trouble = TROUBLE_MOVED, .code = codes[i], .location = locations[0]});
    }
    for (size_t i = 0; i < sizeof(locations) / sizeof(locations[0]); i++) {
        boots_from(&(struct firmware_server){
            .url = URL, .trouble = TROUBLE_MOVED, .code = HTTP_FOUND, .location = locations[i]});
    }
}

#define UNUSABLE "cannot open vmlinuz-guest: the server's answer cannot be used\n"

static void redirections_may_lead_nowhere(void **state)
{
    static const char *const locations[] = {
        NULL,
        "",
        "%s",
        "#part",
        "vmlinuz-guest",
        "ftp://10.0.2.2:8080/moved%s",
        "http://10.0.2.2:8080",
        "http://10.0.2.2:8080?%s",
        "http:///moved%s",
        "/moved /%s",
        "/moved\n%s",
        "//",
        "///moved%s",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(locations) / sizeof(locations[0]); i++) {
        fails_from(&(struct firmware_server){.url = URL,
                                             .trouble = TROUBLE_MOVED,
                                             .part = KERNEL,
                                             .code = HTTP_FOUND,
                                             .location = locations[i]},
                   UNUSABLE);
    }
}

static void http_codes_are_said(void **state)
{
    static const struct {
        unsigned code;
        const char *sentence;
    } cases[] = {
        {HTTP_NOT_FOUND, "cannot open vmlinuz-guest: there is no such file\n"},
        {HTTP_GONE, "cannot open vmlinuz-guest: there is no such file\n"},
        {HTTP_FORBIDDEN, "cannot open vmlinuz-guest: access was denied\n"},
        {HTTP_UNAUTHORIZED, "cannot open vmlinuz-guest: access was denied\n"},
        {HTTP_PROXY_AUTHENTICATION, "cannot open vmlinuz-guest: access was denied\n"},
        {HTTP_INTERNAL_SERVER_ERROR, "cannot open vmlinuz-guest: the server reports an error\n"},
        {HTTP_NOT_IMPLEMENTED, "cannot open vmlinuz-guest: the server reports an error\n"},
        {HTTP_METHOD_NOT_ALLOWED, "cannot open vmlinuz-guest: the server reports an error\n"},
        {0, UNUSABLE},
        {4, UNUSABLE},
        {9999, UNUSABLE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fails_from(
            &(struct firmware_server){
                .url = URL, .trouble = TROUBLE_REFUSED, .part = KERNEL, .code = cases[i].code},
            cases[i].sentence);
    }
}

#define SLOW "the server does not answer, or too slowly\n"

static void a_hostile_web_server_does_no_harm(void **state)
{
    static const struct {
        enum trouble trouble;
        const char *part;
        const char *sentence;
    } cases[] = {
        {TROUBLE_LONGER, KERNEL, "cannot read vmlinuz-guest: the server's answer cannot be used\n"},
        {TROUBLE_SHORTER, KERNEL, "cannot read vmlinuz-guest: the file ended too early\n"},
        {TROUBLE_CUT, KERNEL, "cannot read vmlinuz-guest: the file ended too early\n"},
        {TROUBLE_HUGE, KERNEL, "vmlinuz-guest"},
        {TROUBLE_HUGE, CONFIG, "is too large"},
        {TROUBLE_SILENT, KERNEL, "cannot open vmlinuz-guest: " SLOW},
        {TROUBLE_DRIP, KERNEL, "cannot read vmlinuz-guest: " SLOW},
        {TROUBLE_UNSIZED, KERNEL, UNUSABLE},
        {TROUBLE_BAD_CHUNK, KERNEL, UNUSABLE},
        {TROUBLE_ENDLESS, KERNEL, "cannot open vmlinuz-guest: it is too large\n"},
        {TROUBLE_TWO_LENGTHS, KERNEL, UNUSABLE},
        {TROUBLE_GZIP, KERNEL, UNUSABLE},
        {TROUBLE_MORE_READ, KERNEL,
         "cannot read vmlinuz-guest: the server's answer cannot be used\n"},
        {TROUBLE_ENDLESS, CONFIG, "error: a configuration of 64 MiB is too large\n"},
        {TROUBLE_SHORTER, CONFIG, "the file ended too early\n"},
        {TROUBLE_SILENT, CONFIG, SLOW},
        {TROUBLE_SILENT, NULL, SLOW},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fails_from(&(struct firmware_server){.url = URL,
                                             .trouble = cases[i].trouble,
                                             .part = cases[i].part},
                   cases[i].sentence);
    }
}

/* A file of the seal counts, wherever it comes from. */
static void a_sealed_system_boots_from_a_server(void **state)
{
    static const struct firmware_server servers[] = {{.url = URL}, {.file = FILE_NAME}};
    struct scene *scene = scene_open("sealed");

    (void)state;
    for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
        struct run run = {.setup.server = &servers[i], .setup.strict = true};
        struct outcome outcome = scene_run(scene, &run);

        if (outcome.status != IMAGE_NEVER_RETURNS || *outcome.problems != '\0' ||
            strcmp(outcome.system, scene_expectation(scene)) != 0) {
            print_outcome(&outcome);
            fail();
        }
        scene_free_outcome(&outcome);
    }
    scene_close(scene);
}

static void enable_secure_boot(struct firmware *fw)
{
    firmware_set_variable(fw, "SecureBoot", "\1", 1);
    firmware_set_variable(fw, "SetupMode", "\0", 1);
}

static void secure_boot_wants_a_seal_from_a_server_too(void **state)
{
    struct scene *scene = scene_open(USUAL);
    struct run run = {.setup.server = &(struct firmware_server){.url = URL},
                      .prepare = enable_secure_boot};
    struct outcome outcome = scene_run(scene, &run);

    (void)state;
    assert_int_equal(outcome.status, EFI_SECURITY_VIOLATION);
    assert_non_null(strstr(outcome.console, "error: Secure Boot is on, and this loader has no "
                                            "seal"));
    assert_string_equal(outcome.problems, "");
    scene_free_outcome(&outcome);
    scene_close(scene);
}

/* Without any file to read but those in the loader, it does not matter where it came from. */
static void debug_writes_no_tree_to_a_server(void **state)
{
    struct scene *scene = scene_open(USUAL);
    struct run run = {.setup.server = &(struct firmware_server){.file = FILE_NAME},
                      .load_options = "-debug"};
    struct outcome outcome = scene_run(scene, &run);

    (void)state;
    assert_int_equal(outcome.status, IMAGE_NEVER_RETURNS);
    assert_string_equal(outcome.problems, "");
    assert_null(strstr(outcome.console, "warning"));
    scene_free_outcome(&outcome);
    scene_close(scene);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_system_boots_by_tftp),
        TEST(small_frames_are_tried),
        TEST(a_firmware_may_load_no_files),
        TEST(tftp_errors_are_said),
        TEST(a_hostile_tftp_server_does_no_harm),
        TEST(a_system_boots_by_http),
        TEST(servers_differ),
        TEST(redirections_are_followed),
        TEST(redirections_may_lead_nowhere),
        TEST(http_codes_are_said),
        TEST(a_hostile_web_server_does_no_harm),
        TEST(a_sealed_system_boots_from_a_server),
        TEST(secure_boot_wants_a_seal_from_a_server_too),
        TEST(debug_writes_no_tree_to_a_server),
    };

    return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}
