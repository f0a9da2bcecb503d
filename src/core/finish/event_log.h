/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log of what was measured into a TPM, kept for the dom0 that has the TPM. Linux reads it by
 * linux,sml-base and linux,sml-size of the TPM's node (dtschema tpm/tpm-common.yaml), from memory
 * that /reserved-memory keeps: Xen maps that for dom0, whose memory it is then.
 */
#ifndef MUSTER_EVENT_LOG_H
#define MUSTER_EVENT_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/workspace.h"
#include "core/memory/regions.h"
#include "core/plan/plan.h"
#include "core/tree/tree.h"

/* The pages that keep it; none where there is none. */
struct event_log {
    uint64_t address; /* bytes, page aligned */
    uint64_t pages;
    void *memory; /* to write it to */
};

/*
 * Takes pages for `room` bytes of a log, and zeroes them, if the plan has a dom0 and the tree a TPM
 * that is dom0's. The plan gives them back when it is released. Warns if there is no memory.
 */
void event_log_place(const struct workspace *workspace, const struct regions *regions,
                     const struct tree *tree, uint64_t room, struct plan *plan,
                     struct event_log *log);

/*
 * Tells the tree where the log is, with all of its pages as its size. Nothing without pages.
 * Returns 0 or a negative libfdt error. Offsets change.
 */
int event_log_describe(struct tree *tree, const struct event_log *log);

/*
 * Writes a log of `size` bytes, of at most the pages, into the pages and its size into a finished
 * tree. Nothing without pages. Offsets stay.
 */
void event_log_write(const struct event_log *log, const void *content, size_t size, void *fdt);

/*
 * The bytes of a log in the crypto-agile form of TPM 2.0 (TCG PC Client Platform Firmware Profile
 * §10.2) whose last event is at the offset `last`. 0 if it does not begin as such a log does, or
 * its last event has a digest that its first one does not tell of.
 */
size_t event_log_size(const void *log, size_t last);

#endif
