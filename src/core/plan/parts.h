/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of a plan: domains, their modules, and the binaries that these stand for. */
#ifndef MUSTER_PARTS_H
#define MUSTER_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/workspace.h"
#include "core/compose/origin.h"
#include "core/plan/recognise.h"
#include "core/tree/tree.h"

/* The kinds of modules that Xen knows. */
enum module_kind {
    MODULE_UNKNOWN,
    MODULE_KERNEL,
    MODULE_RAMDISK,
    MODULE_XSM,
    MODULE_DEVICE_TREE,
};

/* A file that is in memory once, however many modules stand for it. */
struct binary {
    const char *name; /* the file as the person wrote it */
    const char *path; /* absolute, see platform.h */
    struct location where;
    struct platform_file *file; /* open from plan to load, else NULL */
    uint64_t size;              /* bytes in memory: of the file, or unpacked */
    uint64_t limit;             /* it must lie below this address; 0 for none */
    uint64_t wanted;            /* the address asked for, if has_wanted */
    bool has_wanted;
    bool is_tried;    /* it was opened, or that failed */
    bool is_placed;   /* address and memory are valid, the pages are ours */
    bool is_in_block; /* and a part of what one of the plan's guards holds */
    bool is_loaded;   /* its content is in memory */
    uint64_t address; /* bytes, page aligned */
    void *memory;     /* where core can write it */
    enum content content;
    enum content packed_content; /* of its file, if it was unpacked */
    uint64_t packed_size;        /* bytes of its file, if it was unpacked, else 0 */
    unsigned users;              /* modules that stand for it */
    struct binary *next;
};

struct domain;

/* A device tree node that stands for a binary. Offsets are those of the working tree. */
struct module {
    int node;
    const char *path;
    struct location where;
    struct domain *domain;
    struct binary *binary; /* NULL when it was loaded by someone earlier, or on an error */
    enum module_kind kind; /* as its compatible says, then as recognised */
    bool is_stated;        /* its compatible says what it is */
    bool is_corrected;     /* and that was wrong */
    uint64_t address;      /* of one loaded earlier */
    uint64_t size;
    uint32_t address_cells; /* of its reg */
    uint32_t size_cells;
};

/* A domain, or dom0, whose modules stand directly under /chosen. */
struct domain {
    int node;
    const char *name;
    const char *path;
    struct location where;
    bool is_dom0;
    struct origin_lines lines; /* of its properties, where they are a section's entries */
    bool is_faulty;            /* it lacks what could not be read, which is reported */
    uint32_t address_cells;    /* for the reg of its modules */
    uint32_t size_cells;
    struct module *modules; /* its first one; `module_count` of them in a row */
    size_t module_count;
};

/* Pages that the plan holds: a region that the tree gives away, or what several things lie in. */
struct guard {
    uint64_t address; /* bytes */
    uint64_t pages;
    struct guard *next;
};

struct plan {
    struct domain *domains; /* in tree order, dom0 first */
    size_t domain_count;
    struct module *modules; /* by domain, each in tree order */
    size_t module_count;
    struct binary *binaries; /* in order of first use */
    struct binary xen;       /* the hypervisor */
    unsigned xen_version;    /* as XEN(4, 17); 0 if it is not loaded, or is no Xen */
    struct guard *guards;
    struct guard rest; /* what is left of one of them, at its start, for place_pages */
    void *rest_memory; /* where core can write it */
    /* Bytes at the start of memory that are to be a free stretch of their own; 0 for none. */
    uint64_t first_stretch;
};

/* Whole pages that a binary takes. */
uint64_t binary_pages(const struct binary *binary);

/* The place at which a mistake in a child of a domain's node, or of /chosen, is shown. */
struct location domain_child(struct arena *arena, const void *fdt, const struct domain *domain,
                             int node);

/* The vCPUs of a domain; false when cpus is missing or is not a number. */
bool domain_cpus(const struct tree *tree, const struct domain *domain, uint32_t *cpus);

/* The memory of a domain in KiB; false when memory is missing or is not a number. */
bool domain_memory(const struct tree *tree, const struct domain *domain, uint64_t *kib);

/* The first module of a kind that a domain has, or NULL. */
const struct module *domain_module(const struct domain *domain, enum module_kind kind);

/* The one that Xen takes of several: the first of dom0, the last of another domain. NULL if none.
 */
const struct module *domain_taken(const struct domain *domain, enum module_kind kind);

/* The same; NULL also if its binary is not loaded. */
const struct module *domain_loaded(const struct domain *domain, enum module_kind kind);

/* True if the binary of a module is loaded, and Xen takes the module. */
bool module_is_taken(const struct module *module);

/* True if no module before it that Xen takes, as the same kind, has the same binary. */
bool module_is_first(const struct plan *plan, const struct module *module);

/*
 * The module whose bootargs Xen gives to the kernel, or NULL: the first that has any, of whatever
 * kind; of dom0 the first kernel that has.
 */
const struct module *domain_line(const void *fdt, const struct domain *domain);

#endif
