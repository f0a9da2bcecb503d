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

/* The words of which one must stand on the console when a service fails; NULL: an error is enough.
 */
struct words {
    enum service service;
    const char *words[4];
};

static const struct words expected_words[] = {
    {SERVICE_ALLOCATE_PAGES, {"memory"}},
    {SERVICE_ALLOCATE_POOL, {"memory"}},
    {SERVICE_GET_MEMORY_MAP, {"memory map"}},
    {SERVICE_INSTALL_CONFIGURATION_TABLE, {"device tree"}},
    {SERVICE_LOAD_IMAGE, {"xen"}},
    {SERVICE_START_IMAGE, {"xen"}},
};

/* How a scene went so far. */
struct sweep {
    const char *name;
    struct scene *scene;
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

static bool names_file(enum service service, const struct outcome *outcome)
{
    char name[160];

    failed_file(outcome->what, name, sizeof(name));
    (void)service;
    return *name != '\0' && strcasestr(outcome->console, name) != NULL;
}

static bool names_service(enum service service, const struct outcome *outcome)
{
    for (size_t i = 0; i < sizeof(expected_words) / sizeof(expected_words[0]); i++) {
        if (expected_words[i].service == service) {
            return strstr(outcome->console, expected_words[i].words[0]) != NULL;
        }
    }
    return true;
}

/* Whether a failing run says what failed. Without a console that works it cannot. */
static bool says_why(enum service service, const struct outcome *outcome)
{
    if (service == SERVICE_OUTPUT_STRING) {
        return true;
    }
    if (strstr(outcome->console, "error") == NULL) {
        return false;
    }
    if (service >= SERVICE_FILE_OPEN && service <= SERVICE_FILE_FLUSH) {
        return names_file(service, outcome);
    }
    return names_service(service, outcome);
}

/* What is wrong with the outcome of a failure, or NULL. */
static const char *judge(const struct sweep *sweep, enum service service,
                         const struct outcome *outcome)
{
    if (*outcome->problems != '\0') {
        return outcome->problems;
    }
    if (outcome->status == IMAGE_NEVER_RETURNS) {
        return strcmp(outcome->system, sweep->baseline.system) == 0
                   ? NULL
                   : "Xen was started with another system\n";
    }
    if (!EFI_ERROR(outcome->status)) {
        return "success is returned\n";
    }
    return says_why(service, outcome) ? NULL : "the console does not say what failed\n";
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
    const char *wrong = judge(sweep, run->truncate ? SERVICE_FILE_READ : run->service, &outcome);

    if (failed) {
        sweep->failures++;
        sweep->tolerated += outcome.status == IMAGE_NEVER_RETURNS;
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
    while (try_failure(sweep, &run) && run.nth < CALLS_MAX) {
        run.nth++;
    }
}

static void try_service(struct sweep *sweep, enum service service)
{
    const EFI_STATUS *statuses = service_statuses(service);

    if (sweep->baseline.calls[service] == 0) {
        return;
    }
    for (size_t i = 0; statuses[i] != EFI_SUCCESS; i++) {
        try_each_call(sweep, (struct run){.service = service, .failure = statuses[i]});
    }
    if (statuses[0] != EFI_SUCCESS) {
        try_each_call(sweep,
                      (struct run){.service = service, .failure = statuses[0], .lasting = true});
    }
}

static unsigned sweep_scene(int number, const char *name, struct sweep *total)
{
    struct sweep sweep = {.name = name, .scene = scene_open(name)};

    sweep.baseline = scene_run(sweep.scene, &(struct run){0});
    if (sweep.baseline.status != IMAGE_NEVER_RETURNS || *sweep.baseline.problems != '\0') {
        printf("# %s does not boot without a failure: %s%s", name, sweep.baseline.problems,
               sweep.baseline.console);
        sweep.wrong++;
    } else {
        for (int service = SERVICE_ANY + 1; service < SERVICE_COUNT; service++) {
            try_service(&sweep, (enum service)service);
        }
        try_each_call(&sweep, (struct run){.truncate = true});
    }
    scene_free_outcome(&sweep.baseline);
    scene_close(sweep.scene);
    printf("%s %d - sweep of %s: %u failures, %u of them tolerated\n",
           sweep.wrong == 0 ? "ok" : "not ok", number, name, sweep.failures, sweep.tolerated);
    fflush(stdout);
    total->failures += sweep.failures;
    total->tolerated += sweep.tolerated;
    return sweep.wrong;
}

int main(int count, char **names)
{
    struct sweep total = {0};
    int wrong = 0;

    printf("1..%d\n", count - 1);
    for (int i = 1; i < count; i++) {
        wrong += sweep_scene(i, names[i], &total) != 0;
    }
    printf("# %u failures injected, %u tolerated\n", total.failures, total.tolerated);
    return wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
