/* SPDX-License-Identifier: BSD-2-Clause */
/* The output of check for one system or for many, in each of its formats. */
#include "host/report/check_output.h"

#include <stdio.h>

#include "core/base/version.h"
#include "host/base/output.h"
#include "host/report/report.h"
#include "host/report/report_github.h"
#include "host/report/report_sarif.h"

/* One line that says what was looked at, so that silence is not mistaken for success. */
static void print_verdict(const struct host_system *host)
{
    const struct plan *plan = &host->system.plan;
    size_t domains = plan->domain_count - (plan->domains[0].module_count == 0);
    size_t files = 1;

    for (const struct binary *binary = plan->binaries; binary != NULL; binary = binary->next)
        files++;
    printf("%sno errors:%s %zu domain%s, %zu file%s\n", output_style(stdout, STYLE_GREEN),
           output_style(stdout, STYLE_PLAIN), domains, domains != 1 ? "s" : "", files,
           files != 1 ? "s" : "");
}

/* Of many systems, those are shown of which there is something to say. */
static void print_text(const struct check_output *output, const char *name,
                       struct host_system *host)
{
    if (host == NULL || (output->is_many && host->system.diagnostics.first == NULL))
        return;
    if (output->is_many) {
        output_text(stdout, name);
        fputs(":\n", stdout);
    }
    report_print(stdout, host);
    if (output->is_many)
        fputc('\n', stdout);
    else if (host->is_bootable)
        print_verdict(host);
}

static void write_json(struct check_output *output, const char *name, struct host_system *host)
{
    struct json *json = &output->json;

    if (output->is_many) {
        json_object(json, NULL);
        json_string(json, "name", name);
        json_bool(json, "opened", host != NULL);
    }
    if (host != NULL)
        report_json(json, host);
    if (output->is_many)
        json_end_object(json);
}

/* Nothing is printed of a single system that cannot be opened. */
static void begin(struct check_output *output)
{
    if (output->format == CHECK_SARIF)
        report_sarif_start(&output->json);
    if (output->format != CHECK_JSON)
        return;
    json_object(&output->json, NULL);
    json_string(&output->json, "muster", MUSTER_VERSION);
    if (output->is_many)
        json_array(&output->json, "systems");
}

void check_output_start(struct check_output *output, enum check_format format, bool is_many)
{
    *output =
        (struct check_output){.format = format, .is_many = is_many, .json = {.stream = stdout}};
}

void check_output_add(struct check_output *output, const char *name, struct host_system *host)
{
    if (output->systems++ == 0)
        begin(output);
    output->failed += host == NULL || !host->is_bootable;
    for (unsigned severity = 0; severity <= SEVERITY_ERROR && host != NULL; severity++)
        output->counts[severity] += host->system.diagnostics.counts[severity];
    switch (output->format) {
    case CHECK_TEXT:
        print_text(output, name, host);
        break;
    case CHECK_JSON:
        write_json(output, name, host);
        break;
    case CHECK_SARIF:
        if (host != NULL)
            report_sarif_add(&output->json, host);
        break;
    case CHECK_GITHUB:
        if (host != NULL)
            report_github(stdout, host);
        break;
    }
}

void check_output_end(struct check_output *output)
{
    if (output->systems == 0)
        return;
    if (output->format == CHECK_SARIF)
        report_sarif_end(&output->json);
    if (output->format == CHECK_JSON && output->is_many) {
        json_end_array(&output->json);
        json_bool(&output->json, "bootable", output->failed == 0);
        report_json_counts(&output->json, output->counts);
    }
    if (output->format == CHECK_JSON)
        json_end_object(&output->json);
    if (output->format == CHECK_TEXT && output->is_many)
        printf("%zu systems: %zu can be started, %zu cannot; %zu error%s, %zu warning%s\n",
               output->systems, output->systems - output->failed, output->failed,
               output->counts[SEVERITY_ERROR], output->counts[SEVERITY_ERROR] != 1 ? "s" : "",
               output->counts[SEVERITY_WARNING], output->counts[SEVERITY_WARNING] != 1 ? "s" : "");
}
