/* SPDX-License-Identifier: BSD-2-Clause */
/* Preflight of Xen's command line: what it does not understand. */
#include "core/preflight/options_of_xen.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/text.h"
#include "core/preflight/option_values.h"

#define WORD_MAX 127U /* characters of an option that Xen reads */

/* Options that most people need, for the hint about one that Xen does not know. */
static const char *const usual[] = {
    "console",      "dtuart",      "noreboot",          "dom0_mem",     "dom0_max_vcpus",
    "sync_console", "loglvl",      "guest_loglvl",      "bootscrub",    "sched",
    "iommu",        "maxcpus",     "gnttab_max_frames", "llc-coloring", "dom0-llc-colors",
    "llc-size",     "llc-nr-ways", "xen-llc-colors",    "vwfi",         "xsm",
    "flask",        "conswitch",   "hmp-unsafe",        "dom0",         "serrors",
};

/* An option, taken out of the command line. */
struct option {
    const char *word; /* all of it */
    const char *name;
    const char *value; /* behind the "=", or NULL */
};

static bool read_option(const struct check *check, const char *at, size_t length,
                        struct option *option)
{
    char *word = arena_copy(check->arena, at, length);
    char *name = arena_copy(check->arena, at, length);
    char *equals;

    if (word == NULL || name == NULL)
        return false;
    equals = strchr(name, '=');
    if (equals != NULL)
        *equals = '\0';
    *option = (struct option){word, name, equals != NULL ? word + (equals - name) + 1 : NULL};
    return true;
}

static bool is_known(const struct check *check, const char *name)
{
    return xen_has_option(check->xen, name) ||
           (text_starts(name, "no-") && xen_has_option(check->xen, name + 3));
}

static void check_known(const struct check *check, const struct option *option)
{
    struct nearest nearest = {.wanted = option->name};

    if (is_known(check, option->name))
        return;
    for (size_t at = 0; at < sizeof(usual) / sizeof(usual[0]); at++)
        if (xen_has_option(check->xen, usual[at]))
            nearest_offer(&nearest, usual[at]);
    check_warning(check, NULL, check_options_place(check),
                  nearest.name != NULL ? text_format(check->arena, "did you mean %s?", nearest.name)
                                       : "leave it out",
                  "%s does not know the option %s and ignores it", check->plan->xen.name,
                  option->name[0] != '\0' ? option->name : option->word);
}

/* An element of console= that starts with dtuart, which is where Xen speaks on Arm. */
static bool names_dtuart(const char *value)
{
    for (const char *at = value; at != NULL; at = strchr(at, ','), at = at != NULL ? at + 1 : NULL)
        if (text_starts(at, "dtuart"))
            return true;
    return false;
}

static void check_console(const struct check *check, const struct option *option)
{
    if (strcmp(option->name, "console") == 0 && option->value != NULL &&
        !names_dtuart(option->value))
        check_warning(check, NULL, check_options_place(check), "write console=dtuart",
                      "Xen is silent with console=%s", option->value);
}

static void check_scheduler(const struct check *check, const struct option *option)
{
    if (strcmp(option->name, "sched") == 0 && option->value != NULL &&
        !xen_has_scheduler(check->xen, option->value))
        check_warning(check, NULL, check_options_place(check), "leave it out",
                      "%s has no scheduler %s", check->plan->xen.name, option->value);
}

static void check_frames(const struct check *check, const struct option *option)
{
    if (strcmp(option->name, "gnttab_max_frames") == 0 && option->value != NULL &&
        option->value[0] == '0' && xen_option_number(option->value) == 0)
        check_error(check, NULL, check_options_place(check), "give it 1 at least",
                    "gnttab_max_frames cannot be 0");
}

/* Lists of min: and max: are of x86. */
static void check_dom0_memory(const struct check *check, const struct option *option)
{
    size_t length = 0;

    if (strcmp(option->name, "dom0_mem") != 0 || option->value == NULL)
        return;
    while (option->value[length] >= '0' && option->value[length] <= '9')
        length++;
    if (length == 0)
        check_warning(check, NULL, check_options_place(check), "write dom0_mem=512M",
                      "Xen gives dom0 512 MiB: it does not understand dom0_mem=%s", option->value);
    /* Until 4.21 nobody sees what Xen says of it, and the amount is right. */
    else if (strchr(option->value, ',') != NULL && xen_is_from_to(check->xen, XEN(4, 21), 0))
        check_warning(check, NULL, check_options_place(check), "write dom0_mem=512M",
                      "Xen reads dom0_mem=%s up to the comma", option->value);
}

/* The policy is a module of dom0. What Xen does not understand is its usual one, silo. */
static void check_policy(const struct check *check, const struct option *option)
{
    const char *flask = xen_option(check->options, "flask");
    bool is_flask;

    if (strcmp(option->name, "xsm") != 0 || option->value == NULL)
        return;
    is_flask = strcmp(option->value, "flask") == 0;
    if (is_flask && domain_module(check->plan->domains, MODULE_XSM) == NULL &&
        (flask == NULL || text_starts(flask, "enforcing")))
        check_error(check, NULL, check_options_place(check), "add xsm=FILE, or flask=permissive",
                    "xsm=flask wants a policy, but there is none");
    else if (is_flask || strcmp(option->value, "dummy") == 0)
        check_warning(check, NULL, check_options_place(check), "leave it out to keep domains apart",
                      "Xen warns of xsm=%s", option->value);
}

static void check_value(const struct check *check, const struct option *option)
{
    const char *hint = option->value != NULL && is_known(check, option->name)
                           ? option_value_hint(check, option->name, option->value)
                           : NULL;

    const char *policy = xen_option(check->options, "xsm");
    bool is_flask = policy != NULL && text_starts(policy, "flask");

    /* Flask stops at a mode that it does not know. */
    if (hint != NULL)
        (is_flask && strcmp(option->name, "flask") == 0 ? check_error : check_warning)(
            check, NULL, check_options_place(check), hint, "Xen does not understand %s=%s",
            option->name, option->value);
}

/* Xen stops without the driver that is named; only the machine shows if firmware has FF-A. */
static void check_tee(const struct check *check, const struct option *option)
{
    if (strcmp(option->name, "tee") != 0 || option->value == NULL || option->value[0] == '\0' ||
        !xen_has_option(check->xen, "tee") || strcmp(option->value, "ffa") == 0 ||
        (strcmp(option->value, "optee") == 0 &&
         tree_find_compatible(check->fdt, "linaro,optee-tz") >= 0))
        return;
    check_error(check, NULL, check_options_place(check),
                "leave it out, so that Xen looks what there is",
                "Xen does not find tee=%s on this machine", option->value);
}

/* A text from its first quote or tab on. */
static const char *quoted(const char *text)
{
    return text + text_until(text, "\"'\t\n");
}

static void check_one(const struct check *check, const struct option *option)
{
    if (quoted(option->word)[0] == '\0')
        check_known(check, option);
    if (strlen(option->word) > WORD_MAX)
        check_warning(check, NULL, check_options_place(check), "shorten it",
                      "Xen reads %u characters of the option %s", WORD_MAX, option->name);
    check_console(check, option);
    check_scheduler(check, option);
    check_frames(check, option);
    check_dom0_memory(check, option);
    check_policy(check, option);
    check_tee(check, option);
    check_value(check, option);
}

void check_options(const struct check *check)
{
    const char *at = check->xen->version != 0 ? check->options : "";

    if (quoted(at)[0] != '\0')
        check_warning(check, NULL, check_options_place(check),
                      "write it without them; only spaces separate options",
                      "Xen takes quotes and tabs as part of an option: %s", quoted(at));
    while (*at != '\0') {
        size_t length = text_until(at, " ");
        struct option option;

        if (at[0] == '=') {
            check_warning(check, NULL, check_options_place(check), "an entry is written key=value",
                          "Xen takes no space around an =");
            /* Its value is no option. */
            for (at += length; length == 1 && *at == ' '; at++)
                ;
            length = text_until(at, " ");
        } else if (length != 0 && read_option(check, at, length, &option))
            check_one(check, &option);
        at += length + (at[length] == ' ' ? 1 : 0);
    }
}
