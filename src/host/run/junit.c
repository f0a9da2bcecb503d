/* SPDX-License-Identifier: BSD-2-Clause */
/* The result of a run as JUnit's XML, which build pipelines show. */
#include "host/run/junit.h"

#include "host/base/xml.h"

static void start_case(FILE *stream, const struct junit *junit, const char *name, double seconds)
{
    fputs("    <testcase classname=\"", stream);
    xml_text(stream, junit->source);
    fputs("\" name=\"", stream);
    xml_text(stream, name);
    fprintf(stream, "\" time=\"%.1f\"", seconds);
}

static void write_domain(FILE *stream, const struct junit *junit,
                         const struct screen_domain *domain)
{
    start_case(stream, junit, domain->name, domain->has_said ? domain->seconds : junit->elapsed);
    if (domain->has_said) {
        fputs("/>\n", stream);
        return;
    }
    fputs("><failure message=\"", stream);
    xml_text(stream, junit->failure != NULL ? junit->failure : "the run was left");
    fputs(" before it wrote &quot;", stream);
    xml_text(stream, junit->until);
    fputs("&quot;\"/></testcase>\n", stream);
}

static void write_boot(FILE *stream, const struct junit *junit)
{
    start_case(stream, junit, "boot", junit->elapsed);
    if (junit->failure == NULL) {
        fputs("/>\n", stream);
        return;
    }
    fputs("><failure message=\"", stream);
    xml_text(stream, junit->failure);
    fputs("\"/></testcase>\n", stream);
}

void junit_write(FILE *stream, const struct junit *junit)
{
    const struct run_system *system = junit->system;
    size_t tests = 0;
    size_t failures = 0;

    for (size_t at = 0; junit->until != NULL && at < system->count; at++) {
        tests += system->domains[at].is_awaited;
        failures += system->domains[at].is_awaited && !system->domains[at].has_said;
    }
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", stream);
    fprintf(stream,
            "  <testsuite name=\"muster run\" tests=\"%zu\" failures=\"%zu\" time=\"%.1f\">\n",
            tests != 0 ? tests : 1, tests != 0 ? failures : (size_t)(junit->failure != NULL),
            junit->elapsed);
    for (size_t at = 0; tests != 0 && at < system->count; at++)
        if (system->domains[at].is_awaited)
            write_domain(stream, junit, &system->domains[at]);
    if (tests == 0)
        write_boot(stream, junit);
    fputs("  </testsuite>\n</testsuites>\n", stream);
}
