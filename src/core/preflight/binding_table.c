/* SPDX-License-Identifier: BSD-2-Clause */
/* The properties and nodes of Xen's bindings, as a table. */
#include "core/preflight/binding_table.h"

#include <string.h>

#include "core/base/text.h"
#include "core/compose/origin.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* clang-format off */
const struct binding bindings[] = {
    /* name                   nodes                   form          since        with another form */
    {"compatible",            IN_ALL,                 FORM_ANY,     0,           GOES_ON},
    {"name",                  IN_ALL,                 FORM_ANY,     0,           GOES_ON},
    {"phandle",               IN_ALL,                 FORM_CELL,    0,           GOES_ON},
    {"linux,phandle",         IN_ALL,                 FORM_CELL,    0,           GOES_ON},
    {"status",                IN_ALL,                 FORM_TEXT,    0,           GOES_ON},
    {"reg",                   IN_ALL,                 FORM_ANY,     0,           GOES_ON},
    {"#address-cells",        IN_ALL,                 FORM_CELL,    0,           GOES_ON},
    {"#size-cells",           IN_ALL,                 FORM_CELL,    0,           GOES_ON},
    {ORIGIN_PROPERTY,         IN_ALL,                 FORM_ANY,     0,           GOES_ON},

    {"cpus",                  IN_DOMAIN,              FORM_CELL,    0,           GIVES_UP},
    {"memory",                IN_DOMAIN,              FORM_CELLS_2, 0,           GIVES_UP},
    {"vpl011",                IN_DOMAIN,              FORM_FLAG,    0,           GOES_ON},
    {"nr_spis",               IN_DOMAIN,              FORM_CELL,    0,           TOO_MUCH},
    {"xen,static-mem",        IN_DOMAIN,              FORM_REGIONS, XEN(4, 16),  GIVES_UP},
    {"direct-map",            IN_DOMAIN,              FORM_FLAG,    XEN(4, 17),  GOES_ON},
    {"domain-cpupool",        IN_DOMAIN,              FORM_CELL,    XEN(4, 17),  GOES_ON},
    {"xen,enhanced",          IN_DOMAIN,              FORM_ANY,     XEN(4, 17),  GOES_ON},
    {"xen,domain-p2m-mem-mb", IN_DOMAIN,              FORM_CELL,    XEN(4, 17),  TOO_MUCH},
    {"sve",                   IN_DOMAIN,              FORM_CELL_0,  XEN(4, 18),  GIVES_UP},
    {"max_grant_version",     IN_DOMAIN,              FORM_CELL,    XEN(4, 18),  FOUR_BITS},
    {"max_grant_frames",      IN_DOMAIN,              FORM_CELL,    XEN(4, 18),  TOO_MUCH},
    {"max_maptrack_frames",   IN_DOMAIN,              FORM_CELL,    XEN(4, 18),  TOO_MUCH},
    {"passthrough",           IN_DOMAIN,              FORM_TEXT,    XEN(4, 19),  GOES_ON},
    {"llc-colors",            IN_DOMAIN,              FORM_TEXT,    XEN(4, 20),  GOES_ON},
    {"capabilities",          IN_DOMAIN,              FORM_CELL,    XEN(4, 21),  TOO_MUCH},
    {"trap-unmapped-accesses", IN_DOMAIN,             FORM_CELL,    XEN(4, 21),  TOO_MUCH},
    {"xen,sci_type",          IN_DOMAIN,              FORM_TEXT,    XEN(4, 21),  GIVES_UP},
    {"v8r_el1_msa",           IN_DOMAIN,              FORM_ANY,     XEN(4, 22),  GOES_ON},

    {"bootargs",              IN_MODULE | IN_CHOSEN,  FORM_TEXT,    0,           GOES_ON},
    {"uefi,binary",           IN_MODULE,              FORM_ANY,     0,           GOES_ON},
    {"uefi,key",              IN_MODULE,              FORM_ANY,     0,           GOES_ON},
    {"xen,uefi-binary",       IN_MODULE,              FORM_ANY,     0,           GOES_ON},

    {"id",                    IN_VCPU,                FORM_CELL,    0,           GIVES_UP},
    {"hard-affinity",         IN_VCPU,                FORM_TEXT,    0,           GOES_ON},

    {"role",                  IN_SHARED,              FORM_TEXT,    0,           GIVES_UP},
    {"xen,shm-id",            IN_SHARED,              FORM_TEXT,    0,           GIVES_UP},
    {"xen,shared-mem",        IN_SHARED,              FORM_ANY,     0,           GOES_ON},

    {"xen,evtchn",            IN_CHANNEL,             FORM_ANY,     0,           GOES_ON},

    {"cpupool-cpus",          IN_POOL,                FORM_ANY,     0,           GOES_ON},
    {"cpupool-sched",         IN_POOL,                FORM_TEXT,    0,           GOES_ON},

    {"xen,xen-bootargs",      IN_CHOSEN,              FORM_TEXT,    0,           GOES_ON},
    {"xen,dom0-bootargs",     IN_CHOSEN,              FORM_TEXT,    0,           GOES_ON},
    {"xen,static-heap",       IN_CHOSEN,              FORM_REGIONS, XEN(4, 17),  GIVES_UP},
    {"xen,uefi-cfg-load",     IN_CHOSEN,              FORM_ANY,     0,           GOES_ON},
};

const struct node_kind node_kinds[] = {
    /* compatible                    kind        since        built with */
    {"multiboot,module",             IN_MODULE,  0,           FEATURE_NONE},
    {"xen,multiboot-module",         IN_MODULE,  0,           FEATURE_NONE},
    {"xen,domain",                   IN_DOMAIN,  0,           FEATURE_NONE},
    {"xen,domain-shared-memory-v1",  IN_SHARED,  XEN(4, 17),  FEATURE_NONE},
    {"xen,evtchn-v1",                IN_CHANNEL, XEN(4, 17),  FEATURE_STATIC_EVTCHN},
    {"xen,cpupool",                  IN_POOL,    XEN(4, 17),  FEATURE_CPUPOOLS},
    {"xen,vcpu",                     IN_VCPU,    XEN(4, 21),  FEATURE_NONE},
};

static const struct slip slips[] = {
    /* word         in a section of the configuration         in a device tree */
    {"initrd",      "write ramdisk=FILE",                     NULL},
    {"vcpus",       "write cpus=N",                           "write cpus = <N>"},
    {"cpu",         "write cpus=N",                           "write cpus = <N>"},
    {"mem",         "write memory=SIZE",                      "write memory = <0 KIB>"},
    {"bootargs",    "write it behind the kernel: kernel=FILE TEXT", "it belongs into the module of the kernel"},
    {"cmdline",     "write it behind the kernel: kernel=FILE TEXT", "it is bootargs of the module of the kernel"},
    {"extra",       "write it behind the kernel: kernel=FILE TEXT", "it is bootargs of the module of the kernel"},
    {"device_tree", "write dtb=FILE",                         NULL},
    {"colors",      "write llc-colors=TEXT",                  "write llc-colors = \"TEXT\""},
    {"binary",      "move it to the booted section",          NULL},
    {"domains",     "move it to the booted section",          NULL},
    {"options",     "move it to the booted section",          NULL},
    {"xen",         "move it to the booted section",          NULL},
};
/* clang-format on */

const size_t binding_count = COUNT(bindings);
const size_t node_kind_count = COUNT(node_kinds);

const struct binding *binding_find(const char *name, unsigned kind)
{
    for (size_t at = 0; at < COUNT(bindings); at++)
        if ((bindings[at].nodes & kind) != 0 && strcmp(bindings[at].name, name) == 0)
            return &bindings[at];
    return NULL;
}

const struct slip *binding_slip(const char *word)
{
    for (size_t at = 0; at < COUNT(slips); at++)
        if (strcmp(slips[at].word, word) == 0)
            return &slips[at];
    return NULL;
}
