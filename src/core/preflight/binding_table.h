/* SPDX-License-Identifier: BSD-2-Clause */
/* The properties and nodes of Xen's bindings, as a table. */
#ifndef MUSTER_BINDING_TABLE_H
#define MUSTER_BINDING_TABLE_H

#include <stddef.h>

#include "core/preflight/xen.h"

/* Nodes that a property may be in; a row of the table has a sum of them. */
enum {
    IN_DOMAIN = 1,
    IN_MODULE = 2,
    IN_VCPU = 4,
    IN_SHARED = 8,
    IN_CHANNEL = 16,
    IN_POOL = 32,
    IN_CHOSEN = 64,
    IN_ALL = 127,
};

/* The form of a property's value. */
enum binding_form {
    FORM_ANY,
    FORM_FLAG,    /* its being there is all that counts */
    FORM_CELL,    /* <NUMBER> */
    FORM_CELL_0,  /* the same, or nothing */
    FORM_CELLS_2, /* <0 NUMBER> */
    FORM_REGIONS, /* <0 ADDRESS 0 SIZE>, in cells as the parent counts them */
    FORM_TEXT,    /* "TEXT" */
};

/* Xen's answer to a value of another form. */
enum binding_otherwise {
    GOES_ON,   /* it ignores the property, or reads the start of it */
    TOO_MUCH,  /* the same, but a text is read as a number, and that is more than it takes */
    FOUR_BITS, /* the same, but of that number the lowest four bits are to be 1 */
    GIVES_UP,
};

/* A property of a binding. */
struct binding {
    const char *name;
    unsigned nodes; /* IN_… */
    enum binding_form form;
    unsigned since; /* the first Xen that knows it, or 0 for all that make domains */
    enum binding_otherwise otherwise;
};

/* A node that Xen knows by its compatible text. */
struct node_kind {
    const char *compatible;
    unsigned kind; /* IN_…, or 0 for what is no business of the other checks */
    unsigned since;
    enum xen_feature feature;
};

/* A word that people write for one of Muster's or Xen's, and what to write. */
struct slip {
    const char *word;
    const char *in_section; /* the hint in a section of the configuration */
    const char *in_tree;    /* the hint in a device tree, or NULL for none */
};

/* The row of a property in nodes of a kind, or NULL. */
const struct binding *binding_find(const char *name, unsigned kind);

/* The slip that a word is, or NULL. */
const struct slip *binding_slip(const char *word);

/* All rows. */
extern const struct binding bindings[];
extern const size_t binding_count;
extern const struct node_kind node_kinds[];
extern const size_t node_kind_count;

#endif
