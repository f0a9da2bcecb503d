# SPDX-License-Identifier: BSD-2-Clause
# Unit tests of src/core, natively and under the sanitizers: `make check-unit`.
# One program alone: make build/unit/config_test && build/unit/config_test

unit-out ?= build/unit
unit-cc ?= gcc
unit-sanitizers ?= -fsanitize=address,undefined -fno-sanitize-recover=all

unit-cflags = -std=gnu11 -g -O1 -fno-omit-frame-pointer $(unit-sanitizers) $(warnings) \
	-D_GNU_SOURCE -DARENA_BLOCK_SIZE=1U -Isrc -Itests/unit

unit-programs = $(patsubst tests/unit/%.c,$(unit-out)/%,$(wildcard tests/unit/*_test.c))
unit-core = $(core-sources:%.c=$(unit-out)/%.o)

$(unit-out)/%.o: %.c tests/unit/unit.mk Makefile
	@mkdir -p $(@D)
	$(call quiet,CC)$(unit-cc) $(unit-cflags) -MMD -MP -c -o $@ $<

$(unit-out)/%_test: $(unit-out)/tests/unit/%_test.o $(unit-out)/tests/unit/support.o \
	$(unit-out)/tests/unit/pe_image.o $(unit-out)/src/host/base/inflate.o $(unit-core)
	$(call quiet,LD)$(unit-cc) $(unit-cflags) -o $@ $^ -lcmocka -lfdt -lz

$(unit-out)/unpack_test: $(unit-out)/tests/unit/pack.o

# Those of preflight are made of rows.
$(filter $(unit-out)/preflight_%,$(unit-programs)): $(unit-out)/tests/unit/rows.o

# All programs run, whatever one of them says.
unit-runs = $(unit-programs:=.run)

.PHONY: unit-programs check-unit $(unit-runs)
unit-programs: $(unit-programs)

check-unit: $(unit-programs)
	+@$(run-all) $(unit-runs)

$(unit-runs): %.run: %
	@printf '# %s\n' "$(notdir $*)"; $* 2>&1

.PRECIOUS: $(unit-out)/%.o
-include $(shell find $(unit-out) -name '*.d' 2>/dev/null)
