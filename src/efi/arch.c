/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor's part on AArch64. */
#include "efi/arch.h"

/* The guard of the compiler's stack protector, which libfdt was built with, and its alarm. */
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

bool arch_has_sha256(void)
{
    uint64_t features;

    __asm__ volatile("mrs %0, id_aa64isar0_el1" : "=r"(features));
    return (features >> 12 & 15) != 0;
}

#define CRC32(size, width, type)                                                                   \
    static uint32_t crc32_##size(uint32_t crc, const unsigned char *at)                            \
    {                                                                                              \
        type value;                                                                                \
                                                                                                   \
        __builtin_memcpy(&value, at, sizeof(value));                                               \
        __asm__(".arch_extension crc\n\tcrc32" #size " %w0, %w0, %" #width "1"                     \
                : "+r"(crc)                                                                        \
                : "r"(value));                                                                     \
        return crc;                                                                                \
    }

CRC32(b, w, uint8_t)
CRC32(x, x, uint64_t)

bool arch_crc32(const void *data, size_t bytes, uint32_t *crc)
{
    const unsigned char *at = data;
    uint32_t value = UINT32_MAX;
    uint64_t features;

    __asm__ volatile("mrs %0, id_aa64isar0_el1" : "=r"(features));
    if ((features >> 16 & 15) == 0)
        return false;
    for (; bytes >= sizeof(uint64_t); at += sizeof(uint64_t), bytes -= sizeof(uint64_t))
        value = crc32_x(value, at);
    for (; bytes > 0; at++, bytes--)
        value = crc32_b(value, at);
    *crc = ~value;
    return true;
}

/* CTR_EL0 has log2 of the smallest lines in words: bits 19 to 16 for data, 3 to 0 for code. */
static uintptr_t line_size(unsigned shift)
{
    uint64_t type;

    __asm__ volatile("mrs %0, ctr_el0" : "=r"(type));
    return (uintptr_t)4 << (type >> shift & 15);
}

/* Cleans lines, which begin at `at`; returns the address behind them. */
#define CLEANER(name, lines)                                                                       \
    static uintptr_t name(uintptr_t at, uintptr_t line)                                            \
    {                                                                                              \
        __asm__ volatile(".rept " #lines "\n\tdc cvac, %0\n\tadd %0, %0, %1\n\t.endr"              \
                         : "+r"(at)                                                                \
                         : "r"(line)                                                               \
                         : "memory");                                                              \
        return at;                                                                                 \
    }

CLEANER(clean_line, 1)
CLEANER(clean_lines, 8)

void arch_clean_data_cache(const void *start, size_t bytes)
{
    uintptr_t line = line_size(16);
    uintptr_t at = (uintptr_t)start & ~(line - 1);
    uintptr_t end = (uintptr_t)start + bytes;

    /* Large files have millions of lines. */
    while (at + 8 * line <= end)
        at = clean_lines(at, line);
    while (at < end)
        at = clean_line(at, line);
    __asm__ volatile("dsb sy" : : : "memory");
}

void arch_make_executable(void *start, size_t bytes)
{
    uintptr_t line = line_size(0);
    uintptr_t at = (uintptr_t)start & ~(line - 1);

    arch_clean_data_cache(start, bytes);
    for (; at < (uintptr_t)start + bytes; at += line)
        __asm__ volatile("ic ivau, %0" : : "r"(at) : "memory");
    __asm__ volatile("dsb sy; isb" : : : "memory");
}

uintptr_t arch_call(uint64_t entry, void *handle, void *table)
{
    uintptr_t (*function)(void *, void *) = (uintptr_t(*)(void *, void *))(uintptr_t)entry;

    return function(handle, table);
}
