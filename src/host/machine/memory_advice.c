/* SPDX-License-Identifier: BSD-2-Clause */
/* Advice about RAM: what somebody at a workstation can do where the tree may not have all of it. */
#include "host/machine/memory_advice.h"

#include <string.h>

#include "core/base/diagnostic.h"
#include "core/base/text.h"

/* Words of the messages that another amount of RAM is an answer to. */
static const char *const questions[] = {
    "but the machine has",
    "lies outside the machine's memory",
    "no room in memory for",
};

/* Words that begin hints which are an answer to the question of RAM; others have the cause. */
static const char *const answers[] = {"give ", "the largest free stretch"};

static bool is_question(const struct diagnostic *diagnostic)
{
    bool is_open = diagnostic->hint == NULL;

    for (size_t at = 0; at < sizeof(answers) / sizeof(answers[0]); at++)
        is_open = is_open || text_starts(diagnostic->hint, answers[at]);
    for (size_t at = 0; is_open && at < sizeof(questions) / sizeof(questions[0]); at++)
        if (strstr(diagnostic->what, questions[at]) != NULL)
            return true;
    return false;
}

void memory_advise(const struct diagnostics *diagnostics, const struct host_memory *memory)
{
    uint64_t bytes = 0;

    for (size_t at = 0; at < memory->bank_count; at++)
        bytes += memory->banks[at].size;
    for (struct diagnostic *each = diagnostics->first; each != NULL; each = each->next)
        if (is_question(each))
            each->hint =
                text_format(diagnostics->arena,
                            "%s%sthe tree has %s of RAM, from 0x%lx: --memory SIZE tells of more",
                            each->hint != NULL ? each->hint : "", each->hint != NULL ? "; " : "",
                            text_size(diagnostics->arena, bytes), memory->banks[0].start);
}
