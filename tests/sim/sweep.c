/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sweep: in each scene every call of every service fails once, with each status that it may
 * have, and once for good. After each failure either Xen is started with the right system
 * nevertheless, or the application says what failed, gives everything back and returns an error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"

#define CALLS_MAX      5000 /* a scene that calls one service more often than this loops */
#define COMPLAINTS_MAX 20
#define READ_LIMIT     7001 /* bytes of one Read: several make up a file */

/* A word that the console must have when a service fails; any error will do for those not listed.
 */
static const struct {
    enum service service;
    const char *word;
} expected_words[] = {
    {SERVICE_ALLOCATE_PAGES, "memory"},     {SERVICE_ALLOCATE_POOL, "memory"},
    {SERVICE_GET_MEMORY_MAP, "memory map"}, {SERVICE_INSTALL_CONFIGURATION_TABLE, "device tree"},
    {SERVICE_LOAD_IMAGE, ".efi"},           {SERVICE_START_IMAGE, ".efi"},
    {SERVICE_OPEN_VOLUME, "file system"},   {SERVICE_FIXUP, "device tree"},
};

/* The results of a scene so far. */
struct sweep {
    const char *name;
    struct scene *scene;
    struct run machine; /* what all runs have in common */
    struct outcome baseline;
    unsigned failures;  /* that were injected */
    unsigned tolerated; /* of them, those with which Xen was started nevertheless */
    unsigned wrong;
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '\\');

    if (slash == NULL) {
        slash = strrchr(path, '/');
    }
    return slash != NULL ? slash + 1 : path;
}

/* The file that failed, from "service (file)"; "" if it was none. The caller's @name is filled. */
static void failed_file(const char *what, char *name, size_t size)
{
    const char *open = strchr(what, '(');

    snprintf(name, size, "%s", open != NULL ? base_name(open + 1) : "");
    name[strcspn(name, ")")] = '\0';
}

static bool names_file(const struct outcome *outcome)
{
    char name[160];

    failed_file(outcome->what, name, sizeof(name));
    return *name != '\0' && strcasestr(outcome->console, name) != NULL;
}

static bool names_service(enum service service, const struct outcome *outcome)
{
    for (size_t i = 0; i < sizeof(expected_words) / sizeof(expected_words[0]); i++) {
        if (expected_words[i].service == service) {
            return strstr(outcome->console, expected_words[i].word) != NULL;
        }
    }
    return true;
}

/* A configuration that is not there may be none: what is missed is what it would have said. */
static bool is_no_configuration(const struct run *run, const struct outcome *outcome)
{
    return run->service == SERVICE_FILE_OPEN && run->failure == EFI_NOT_FOUND &&
           strstr(outcome->what, ".cfg") != NULL;
}

/* True if a failing run says what failed. Without a console that works it cannot. */
static bool says_why(const struct run *run, const struct outcome *outcome)
{
    /* A directory, whose name has no dot, is only read for a hint. */
    const char *file = strchr(outcome->what, '(');

    if (run->service == SERVICE_OUTPUT_STRING) {
        return true;
    }
    if (strstr(outcome->console, "error") == NULL) {
        return false;
    }
    if (file != NULL && strchr(file, '.') != NULL) {
        /* A lasting failure is reported for a file that is read later, too: a page of a menu
         * that was the first is not shown any more. */
        return run->lasting || run->truncate || names_file(outcome) ||
               is_no_configuration(run, outcome);
    }
    return names_service(run->service, outcome);
}

/*
 * The table could not be put back. Then nothing can be as before, and the one thing that counts is
 * that it does not name memory that is free.
 */
static bool table_is_stuck(const struct run *run)
{
    return run->xen_returns != 0 && run->service == SERVICE_INSTALL_CONFIGURATION_TABLE &&
           run->nth % 2 == 0;
}

/* A variable that the firmware does not remove stays. */
static bool only_variables_stay(const char *problems)
{
    while (*problems != '\0' && strncmp(problems, "variable ", 9) == 0) {
        problems = strchr(problems, '\n') + 1;
    }
    return *problems == '\0';
}

static bool is_clean(const struct run *run, const struct outcome *outcome)
{
    if (run->service == SERVICE_SET_VARIABLE) {
        return only_variables_stay(outcome->problems);
    }
    return table_is_stuck(run) ? strstr(outcome->problems, FREED_MEMORY) == NULL
                               : *outcome->problems == '\0';
}

/* The fault in the outcome of a run, or NULL. */
static const char *judge(const struct sweep *sweep, const struct run *run,
                         const struct outcome *outcome)
{
    if (!is_clean(run, outcome)) {
        return outcome->problems;
    }
    if (outcome->starts != 0 && strcmp(outcome->system, sweep->baseline.system) != 0) {
        return "Xen was started with another system\n";
    }
    if (outcome->status == IMAGE_NEVER_RETURNS) {
        return NULL;
    }
    if (!EFI_ERROR(outcome->status)) {
        return "success is returned\n";
    }
    if (outcome->starts != 0 && outcome->status == run->xen_returns) {
        return NULL; /* Xen was started, which is as far as it goes */
    }
    return says_why(run, outcome) ? NULL : "the console does not say what failed\n";
}

static void report(struct sweep *sweep, const struct run *run, const struct outcome *outcome,
                   const char *wrong)
{
    sweep->wrong++;
    if (sweep->wrong <= COMPLAINTS_MAX) {
        printf("# %s: call %u of %s: %s%s, returned %s: %s", sweep->name, run->nth, outcome->what,
               run->truncate ? "end of file" : status_name(run->failure),
               run->lasting ? " from then on" : "", status_name(outcome->status), wrong);
        printf("# --- console\n%s# ---\n", outcome->console);
    }
}

/* One run with one failure. Returns whether the failure happened. */
static bool try_failure(struct sweep *sweep, const struct run *run)
{
    struct outcome outcome = scene_run(sweep->scene, run);
    bool failed = outcome.failed;
    const char *wrong = judge(sweep, run, &outcome);

    if (failed) {
        sweep->failures++;
        sweep->tolerated += outcome.starts != 0;
    }
    if (wrong != NULL) {
        report(sweep, run, &outcome, wrong);
    }
    scene_free_outcome(&outcome);
    return failed;
}

static void try_each_call(struct sweep *sweep, struct run run)
{
    run.nth = 1;
    run.setup = sweep->machine.setup;
    run.xen_returns = sweep->machine.xen_returns;
    while (try_failure(sweep, &run) && run.nth < CALLS_MAX) {
        run.nth++;
    }
}

static void try_service(struct sweep *sweep, enum service service)
{
    const EFI_STATUS *statuses = service_statuses(service);

    if (sweep->baseline.calls[service] == 0 || statuses[0] == EFI_SUCCESS) {
        return;
    }
    for (size_t i = 0; statuses[i] != EFI_SUCCESS; i++) {
        try_each_call(sweep, (struct run){.service = service, .failure = statuses[i]});
    }
    try_each_call(sweep, (struct run){.service = service, .failure = statuses[0], .lasting = true});
}

#define NETWORK_SCENE "two-domains" /* that is booted from servers, too */
#define LOADER        "EFI/BOOT/BOOTAA64.EFI"

/* All failures of a scene on a machine. */
static void try_all(struct sweep *sweep, const struct run *machine)
{
    EFI_STATUS expected = machine->xen_returns != 0 ? machine->xen_returns : IMAGE_NEVER_RETURNS;

    sweep->machine = *machine;
    sweep->baseline = scene_run(sweep->scene, machine);
    if (sweep->baseline.status != expected || *sweep->baseline.problems != '\0') {
        printf("# %s does not boot without a failure: %s%s", sweep->name, sweep->baseline.problems,
               sweep->baseline.console);
        sweep->wrong++;
    } else {
        for (int service = SERVICE_ANY + 1; service < SERVICE_COUNT; service++) {
            try_service(sweep, (enum service)service);
        }
        try_each_call(sweep, (struct run){.truncate = true});
    }
    scene_free_outcome(&sweep->baseline);
}

static bool sweep_scene(int number, const char *name)
{
    struct sweep sweep = {.name = name, .scene = scene_open(name)};

    try_all(&sweep, &(struct run){0});
    /* Reads are short, the firmware has its own wishes for the tree and for code, and Xen comes
     * back. */
    try_all(&sweep, &(struct run){.setup.read_limit = READ_LIMIT,
                                  .setup.fixup = true,
                                  .setup.strict = true,
                                  .setup.tcg2 = true,
                                  .xen_returns = EFI_ABORTED});
    if (strcmp(name, NETWORK_SCENE) == 0) {
        static const struct firmware_server tftp = {.file = LOADER};
        static const struct firmware_server http = {.url = "http://10.0.2.2:8080/" LOADER};
        static const struct firmware_server chunked = {
            .url = "http://10.0.2.2:8080/" LOADER, .trouble = TROUBLE_CHUNKED, .part = "domA"};

        try_all(&sweep, &(struct run){.setup.server = &tftp});
        try_all(&sweep, &(struct run){.setup.server = &http});
        try_all(&sweep, &(struct run){.setup.server = &chunked, .xen_returns = EFI_ABORTED});
    }
    scene_close(sweep.scene);
    printf("%s %d - sweep of %s: %u failures, with %u of them Xen started\n",
           sweep.wrong == 0 ? "ok" : "not ok", number, name, sweep.failures, sweep.tolerated);
    fflush(stdout);
    return sweep.wrong == 0;
}

/* The arguments name the scenes. */
int main(int count, char **names)
{
    bool passed = true;

    printf("1..%d\n", count - 1);
    for (int i = 1; i < count; i++) {
        passed = sweep_scene(i, names[i]) && passed;
    }
    return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
