/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor's part on AArch64. */
#include "efi/arch.h"

/* What the compiler's stack protector compares with, and calls when it differs. */
uintptr_t __stack_chk_guard = 0x595e9fbd94fda766;
void __stack_chk_fail(void) __attribute__((noreturn));

void __stack_chk_fail(void)
{
    for (;;)
        __asm__ volatile("wfi");
}

unsigned arch_exception_level(void)
{
    uint64_t level;

    __asm__ volatile("mrs %0, CurrentEL" : "=r"(level));
    return (unsigned)(level >> 2 & 3);
}

uint64_t arch_counter(void)
{
    uint64_t ticks;

    __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
    return ticks;
}

uint64_t arch_counter_frequency(void)
{
    uint64_t frequency;

    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
    return frequency;
}

static inline uintptr_t clean_line(uintptr_t at, uintptr_t line)
{
    __asm__ volatile("dc cvac, %0" : : "r"(at) : "memory");
    return at + line;
}

static inline __attribute__((always_inline)) uintptr_t clean_lines(uintptr_t at, uintptr_t line)
{
    at = clean_line(at, line);
    at = clean_line(at, line);
    at = clean_line(at, line);
    at = clean_line(at, line);
    at = clean_line(at, line);
    at = clean_line(at, line);
    at = clean_line(at, line);
    return clean_line(at, line);
}

void arch_clean_data_cache(const void *start, size_t bytes)
{
    uint64_t type;
    unsigned shift;
    uintptr_t line;
    uintptr_t at;
    uintptr_t count;

    /* DminLine is the log2 of the smallest line in words (Arm ARM, CTR_EL0). */
    __asm__ volatile("mrs %0, ctr_el0" : "=r"(type));
    shift = 2 + (type >> 16 & 15);
    line = (uintptr_t)1 << shift;
    at = (uintptr_t)start & ~(line - 1);
    count = ((uintptr_t)start + bytes - at + line - 1) >> shift;
    /* There are millions of lines: in a plain loop, half of the instructions would be its own. */
    for (; count >= 16; count -= 16)
        at = clean_lines(clean_lines(at, line), line);
    for (; count > 0; count--)
        at = clean_line(at, line);
    __asm__ volatile("dsb sy" : : : "memory");
}
