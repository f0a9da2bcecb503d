/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of a processor that C does not reach: its exception level, its counter, and its data
 * cache. */
#ifndef MUSTER_ARCH_H
#define MUSTER_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The exception level that the loader runs at, 0 to 3 (Arm ARM, CurrentEL). */
unsigned arch_exception_level(void);

/* The system counter and how often it ticks in a second (CNTPCT_EL0 or CNTVCT_EL0, CNTFRQ_EL0). */
uint64_t arch_counter(void);
uint64_t arch_counter_frequency(void);

/* True if the processor has the instructions for SHA-256 (Arm ARM, ID_AA64ISAR0_EL1.SHA2). */
bool arch_has_sha256(void);

/*
 * The CRC-32 of zlib by the processor's instructions; false if it has none (Arm ARM,
 * ID_AA64ISAR0_EL1.CRC32).
 */
bool arch_crc32(const void *data, size_t bytes, uint32_t *crc);

/*
 * Cleans `bytes` at `start` from the data cache to the point of coherency, so that they are in
 * memory when Xen turns the MMU and with it the cache off.
 */
void arch_clean_data_cache(const void *start, size_t bytes);

/*
 * Makes the code that was written to `bytes` at `start` visible to instruction fetches, and cleans
 * it to the point of coherency (Arm ARM, "Instruction and data cache maintenance").
 */
void arch_make_executable(void *start, size_t bytes);

/* Calls the entry point of an EFI program with its handle and the system table; its status. */
uintptr_t arch_call(uint64_t entry, void *handle, void *table);

#endif
