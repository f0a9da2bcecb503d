# SPDX-License-Identifier: BSD-2-Clause
# The EFI applications of the benchmark, which the Makefile builds as those of all tests.

bench-programs = $(filter build/bench/%,$(efi-tests))

# What the compiler calls, instead of gnu-efi's library: the applications are to be small.
$(bench-programs:=.so): build/efi/efi/freestanding.o

.PHONY: bench
bench: $(bench-programs:=.efi)
