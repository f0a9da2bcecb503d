/* SPDX-License-Identifier: BSD-2-Clause */
/* The C library's setjmp in place of gnu-efi's, for the sanitizers know that one. */
#ifndef SIM_EFISETJMP_H
#define SIM_EFISETJMP_H

#include <setjmp.h>

#endif
