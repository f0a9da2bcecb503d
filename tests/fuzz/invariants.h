/* SPDX-License-Identifier: BSD-2-Clause */
/* Invariants of every system, whatever its parts are made of; a fuzzer stops where one is broken.
 */
#ifndef MUSTER_TESTS_FUZZ_INVARIANTS_H
#define MUSTER_TESTS_FUZZ_INVARIANTS_H

#include "support.h"

/* The function that libFuzzer calls, in each target. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stops the fuzzer, which then keeps the input, unless the condition holds. */
#define invariant(condition)                                                                       \
    do {                                                                                           \
        if (!(condition))                                                                          \
            invariant_broken(#condition, __FILE__, __LINE__);                                      \
    } while (0)
_Noreturn void invariant_broken(const char *condition, const char *file, int line);

/*
 * Makes a loader's run with the machine of the unit tests, which the caller ends with
 * fuzz_boot_end; that checks that nothing is held any more.
 */
struct boot *fuzz_boot_start(void);
void fuzz_boot_end(struct boot *boot);

/*
 * Runs all stages, shows what there is to show, and checks what came of it: either an error is
 * said, or the tree is one that Xen can be started with.
 */
void fuzz_boot_run(struct boot *boot, const void *tree, size_t tree_size);

#endif
