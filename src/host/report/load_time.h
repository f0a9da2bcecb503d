/* SPDX-License-Identifier: BSD-2-Clause */
/* The time that loading a binary takes at a medium's speed, packed and not. */
#ifndef MUSTER_LOAD_TIME_H
#define MUSTER_LOAD_TIME_H

#include "host/report/facts.h"

/* A binary, and a kernel in the other form: not packed if it is, in gzip if it is not. */
struct load_time {
    uint64_t size;  /* bytes of the file */
    double seconds; /* to read it, and to unpack it */
    bool has_other; /* it is a kernel */
    uint64_t other_size;
    double other_seconds;
};

/* Tells the time at `speed` bytes a second; packs a kernel that is not packed to know its size. */
struct load_time load_time(const struct facts *facts, const struct binary *binary, uint64_t speed);

#endif
