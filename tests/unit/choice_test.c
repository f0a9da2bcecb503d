/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of the choice of a section by [global] and the boot state, as a whole boot makes it. */
#include <stdio.h>

#include <zlib.h>

#include "core/config/choice.h"
#include "support.h"

#define STATE_NAME "/EFI/muster/muster.state"

/* Two sections that boot, one that cannot be prepared. */
#define SECTIONS                                                                                   \
    "[new]\noptions=console=dtuart\nkernel=vmlinuz\nramdisk=ramdisk\n"                             \
    "[old]\noptions=console=dtuart\nkernel=vmlinuz\n"                                              \
    "[broken]\nkernel=nothing\n"

/* The copies, and their confirmations. */
static unsigned char records[2 * STATE_COPIES][STATE_RECORD_SIZE];

static uint32_t crc(void *context, const void *data, size_t size)
{
    (void)context;
    return (uint32_t)crc32(0, data, (uInt)size);
}

/* Puts a state beside the loader. */
static void add_state(struct boot *boot, const struct state *state)
{
    memset(records, 0, sizeof(records));
    state_encode(state, crc, NULL, records[0]);
    machine_add_writable(&boot->machine, STATE_NAME, records[0], STATE_RECORD_SIZE);
    machine_add_writable(&boot->machine, STATE_NAME ".2", records[1], STATE_RECORD_SIZE);
    machine_add_writable(&boot->machine, STATE_NAME ".ok", records[2], 2 * STATE_RECORD_SIZE);
}

/* Reads what the files say now. */
static struct state read_state(void)
{
    struct state state;
    unsigned copy;

    assert_true(state_read(records, crc, NULL, &state, &copy));
    return state;
}

/* A machine with another node. */
#define TREE_BESIDE(node)                                                                          \
    TREE_HEAD "    chosen { stdout-path = \"/pl011@9000000\"; };\n" node "};\n"
#define WATCHDOG "watchdog@9040000 { compatible = \"vendor,timer\"; };\n"

/* A power-on up to the start of Xen; the sections that cannot be prepared give way. */
static const char *power_on(struct boot *boot, const char *global)
{
    char config[1024];

    snprintf(config, sizeof(config), "[global]\n%s" SECTIONS, global);
    for (boot->request.failed = 0;; boot->request.failed++) {
        if (boot_run(boot, config, TREE_BESIDE(WATCHDOG))) {
            choice_count(&boot->system.workspace, &boot->system.choice);
            return boot->system.section.name;
        }
        if (!system_falls_back(&boot->system))
            return NULL;
    }
}

static void assert_boots(struct boot *boot, const char *global, const char *section)
{
    const char *booted = power_on(boot, global);

    if (section == NULL)
        assert_null(booted);
    else
        assert_string_equal(booted, section);
}

static const char usual[] = "default=new\nfallback=old\ntries=2\n";

static void test_tries(void **state)
{
    struct boot *boot = *state;

    add_state(boot, &(struct state){.revision = 1});
    assert_boots(boot, usual, "new");
    assert_diagnostics(boot, "note: [new] is on trial; after this, 1 of 2 tries are left\n");
    assert_boots(boot, usual, "new");
    assert_int_equal(read_state().tries_left, 0);
    assert_boots(boot, usual, "old");
    assert_diagnostics(boot, "warning: [new] has used up its tries; [old] boots instead\n"
                             "  hint: confirm what works with muster state --confirm\n");
    assert_int_equal(read_state().reason, FALL_USED_UP);
    assert_int_equal(read_state().revision, 4);
    assert_boots(boot, usual, "old");
    assert_int_equal(read_state().revision, 4);
}

/* The firmware goes on with what it has beside Muster. */
static void test_tries_without_fallback(void **state)
{
    static const char global[] = "default=new\ntries=1\n";
    struct boot *boot = *state;

    add_state(boot, &(struct state){.revision = 1});
    assert_boots(boot, global, "new");
    assert_diagnostics(boot, "note: [new] is on trial; after this, 0 of 1 tries are left\n");
    assert_boots(boot, global, NULL);
    assert_diagnostics(boot, "error: [new] has used up its tries, and has no fallback\n"
                             "  hint: confirm what works with muster state --confirm\n");
    boot_set_options(boot, "new");
    assert_boots(boot, global, "new");
}

static void test_confirmed(void **state)
{
    struct boot *boot = *state;
    struct state confirmed = {.revision = 1};

    state_set_name(confirmed.confirmed, "new");
    state_set_name(confirmed.booted, "new");
    add_state(boot, &confirmed);
    assert_boots(boot, usual, "new");
    assert_diagnostics(boot, "");
    assert_int_equal(read_state().revision, 1);
    assert_boots(boot, "default=new\nfallback=old\ntries=2 always\n", "new");
    assert_int_equal(read_state().tries_left, 1);
}

static void test_unprepared(void **state)
{
    struct boot *boot = *state;

    assert_boots(boot, "default=broken\nfallback=old\n", "old");
    assert_diagnostics(boot, "warning: [broken] could not be started; [old] boots instead\n");
    assert_boots(boot, "default=broken\nfallback=broken old\n", "old");
    assert_boots(boot, "default=broken\nfallback=broken\n", NULL);
    assert_boots(boot, "default=broken\n", NULL);
    add_state(boot, &(struct state){.revision = 1});
    assert_boots(boot, "default=broken\nfallback=old\ntries=3\n", "old");
    assert_int_equal(read_state().reason, FALL_UNPREPARED);
    assert_string_equal(read_state().fallen, "broken");
}

static void test_a_person_asked(void **state)
{
    struct boot *boot = *state;

    boot_set_options(boot, "broken");
    assert_boots(boot, "default=new\nfallback=old\n", NULL);
    boot_set_options(boot, "old");
    add_state(boot, &(struct state){.revision = 1});
    assert_boots(boot, usual, "old");
    assert_string_equal(read_state().booted, "old");
    assert_int_equal(read_state().tries, 0);
    /* A choice in the menu counts more than load options. */
    boot->request.section = "new";
    assert_boots(boot, usual, "new");
}

static void test_once(void **state)
{
    struct boot *boot = *state;
    struct state once = {.revision = 1};

    state_set_name(once.next, "old");
    add_state(boot, &once);
    assert_boots(boot, usual, "old");
    assert_diagnostics(boot, "note: [old] boots once, as muster.state asks\n");
    assert_string_equal(read_state().next, "");
    assert_boots(boot, usual, "new");
    state_set_name(once.next, "gone");
    add_state(boot, &once);
    assert_boots(boot, usual, "new");
    assert_diagnosed(boot,
                     "warning: muster.state asks for [gone] once, but there is no such section");
    assert_string_equal(read_state().next, "");
}

static void test_no_state(void **state)
{
    struct boot *boot = *state;
    struct machine_file *found;

    assert_boots(boot, usual, "new");
    assert_diagnostics(boot,
                       "muster.cfg:4: warning: boots are not counted: muster.state: there is no "
                       "such file\n"
                       "  hint: make it with muster state --init\n");
    add_state(boot, &(struct state){.revision = 1});
    assert_boots(boot, "default=new\nfallback=old\ntries=2\nstate=other.state\n", "new");
    assert_diagnosed(boot, "muster.cfg:5: warning: boots are not counted: other.state: there is no "
                           "such file");
    found = machine_add_writable(&boot->machine, STATE_NAME ".2", records[1], 70);
    assert_boots(boot, usual, "new");
    assert_diagnostics(boot,
                       "muster.cfg:4: warning: boots are not counted: muster.state: the file ended "
                       "too early\n"
                       "  hint: remove it, and make it with muster state --init\n");
    add_state(boot, &(struct state){.revision = 1});
    found->writable = NULL; /* the older copy, which is to be written */
    assert_boots(boot, usual, "new");
    assert_diagnosed(boot, "muster.cfg:4: warning: boots are not counted: muster.state: access was "
                           "denied");
    boot->machine.platform.read_at = NULL;
    assert_boots(boot, usual, "new");
    assert_diagnosed(boot,
                     "muster.cfg:4: warning: boots are not counted: muster.state: the firmware "
                     "does not support it");
}

static void test_noise(void **state)
{
    struct boot *boot = *state;

    add_state(boot, &(struct state){.revision = 1});
    memset(records, 0x5a, sizeof(records));
    assert_boots(boot, usual, "new");
    assert_diagnosed(boot, "warning: muster.state is damaged; counting starts anew");
    assert_int_equal(read_state().tries_left, 1);
    assert_boots(boot, usual, "new");
    assert_int_equal(read_state().tries_left, 0);
}

#define NO_WATCHDOG                                                                                \
    "muster.cfg:4: warning: the device tree has no watchdog to reset a system that hangs\n"        \
    "  hint: without one on the board either, somebody has to switch it off and on\n"
#define NO_REBOOT                                                                                  \
    "muster.cfg:4: warning: with noreboot, Xen stays where it panics, and the next try never "     \
    "comes\n"                                                                                      \
    "  hint: leave noreboot out of options=\n"
#define COUNTED "[global]\ndefault=new\nfallback=old\ntries=2\nstate=s\n"
#define NOT_MADE                                                                                   \
    "muster.cfg:5: warning: boots are not counted: s: there is no such file\n"                     \
    "  hint: make it with muster state --init\n"

/* Something has to end a boot that hangs. */
static void test_what_resets(void **state)
{
    static const struct {
        const char *options;
        const char *tree;
        const char *expected;
    } cases[] = {
        {"console=dtuart", TREE_BESIDE(WATCHDOG), ""},
        {"console=dtuart", TREE_BESIDE("t { compatible = \"x,y\", \"snps,dw-wdt\"; };"), ""},
        {"console=dtuart", TREE_BESIDE("t { compatible = \"arm,sp805\"; status = \"okay\"; };"),
         ""},
        {"console=dtuart", TREE_BESIDE("t { compatible = \"arm,sp805\"; status = \"disabled\"; };"),
         NO_WATCHDOG},
        {"console=dtuart", TREE_BESIDE("watchdog { };"), NO_WATCHDOG},
        {"console=dtuart noreboot", TREE_BESIDE(WATCHDOG), NO_REBOOT},
        {"console=dtuart noreboot", TREE(""), NO_REBOOT NO_WATCHDOG},
    };
    struct boot *boot = *state;
    char config[512];
    char expected[1024];

    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        snprintf(config, sizeof(config), "%s[new]\noptions=%s\nkernel=vmlinuz\n[old]\n", COUNTED,
                 cases[at].options);
        snprintf(expected, sizeof(expected), "%s%s", cases[at].expected, NOT_MADE);
        assert_true(boot_run(boot, config, cases[at].tree));
        assert_diagnostics(boot, expected);
    }
}

/* Nothing is counted for a fallback, nor for what a person asks for. */
static void test_what_resets_nothing_counted(void **state)
{
    struct boot *boot = *state;

    boot_set_options(boot, "new");
    assert_true(
        boot_run(boot, "[global]\ndefault=new\nfallback=old\ntries=2\n" SECTIONS, TREE("")));
    assert_null(choice_tries(&boot->system.choice));
}

static void test_values(void **state)
{
    struct boot *boot = *state;

    assert_boots(boot, "default=new\nfallback=old\ntries=0\n", NULL);
    assert_diagnosed(boot, "muster.cfg:4: error: tries=0 cannot be used");
    assert_boots(boot, "default=new\nfallback=old\ntries=256\n", NULL);
    assert_diagnosed(boot, "  hint: write a number from 1 to 255, or 3 always");
    assert_boots(boot, "default=new\nfallback=old\ntries=3 allways\n", NULL);
    assert_diagnosed(boot, "muster.cfg:4: error: tries=3 allways cannot be used");
    assert_boots(boot, "default=new\ntimeout=soon\n", NULL);
    assert_diagnostics(boot, "muster.cfg:3: error: timeout=soon cannot be used\n"
                             "  hint: write a number of seconds, up to 3600\n");
    assert_boots(boot, "default=new\nfallback=olt\n", NULL);
    assert_diagnostics(boot, "muster.cfg:3: error: there is no section [olt] in muster.cfg\n"
                             "  hint: did you mean old?\n");
    assert_true(boot_run(boot, "[global]\ntries=3\n" SECTIONS, TREE("")));
    assert_diagnosed(boot, "muster.cfg:2: warning: tries= does nothing without default=");
    assert_true(boot_run(boot, "[global]\nfallback=old\n" SECTIONS, TREE("")));
    assert_diagnosed(boot, "muster.cfg:2: warning: fallback= does nothing without default=");
    assert_diagnosed(boot, "  hint: add default=SECTION");
    assert_true(boot_run(boot, "[global]\ntimeout=5\n" SECTIONS, TREE("")));
    assert_diagnosed(boot, "muster.cfg:2: warning: timeout= does nothing without default=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        boot_test(test_tries),
        boot_test(test_tries_without_fallback),
        boot_test(test_confirmed),
        boot_test(test_unprepared),
        boot_test(test_a_person_asked),
        boot_test(test_once),
        boot_test(test_no_state),
        boot_test(test_noise),
        boot_test(test_values),
        boot_test(test_what_resets),
        boot_test(test_what_resets_nothing_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
