/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's overlay: what lies outside of domain nodes, for the board's own device tree. */
#ifndef MUSTER_IMPORT_TREE_H
#define MUSTER_IMPORT_TREE_H

#include "host/import/import.h"

/* Reads the base tree. Reports mistakes. */
void import_tree_open(struct import *import, const struct imagebuilder_variable *variable);

/* Applies an overlay to the base tree, so that what is named later can be found there. */
void import_tree_apply(struct import *import, const struct imagebuilder_variable *variable);

/* Marks each device in a text of paths, separated by white space, with xen,passthrough. */
void import_tree_passthrough(struct import *import, const struct imagebuilder_variable *variable);

/* Marks the device at a path of the base tree. */
void import_tree_mark(struct import *import, const char *path);

/* Makes /chosen/cpupool_INDEX from "cpu@0,cpu@1 SCHEDULER". */
void import_tree_cpupool(struct import *import, const struct imagebuilder_variable *variable);

/* Sets xen,static-heap from addresses and sizes. */
void import_tree_static_heap(struct import *import, const struct imagebuilder_variable *variable);

/* Makes the cells of /chosen 2 and 2, in which Xen reads static memory. */
void import_tree_chosen_cells(struct import *import);

#endif
