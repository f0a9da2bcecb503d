# SPDX-License-Identifier: BSD-2-Clause
# How the work and memory of core grow with its input: `make check-cost`. What the linker puts in front of libfdt and the
# C library, and the compiler into each step of a walk, counts it, so the numbers are the same on every machine.

cost-out ?= build/cost
cost-cflags = -std=gnu11 -g -O1 -fno-builtin $(warnings) -D_GNU_SOURCE -Isrc -Itests/unit
cost-counted = memcpy memmove memset fdt_next_tag

$(cost-out)/%.o: %.c tests/cost/cost.mk Makefile
	@mkdir -p $(@D)
	$(call quiet,CC)gcc $(cost-cflags) -MMD -MP -c -o $@ $<

$(cost-out)/src/core/tree/walk.o: cost-cflags += -finstrument-functions \
	-finstrument-functions-exclude-function-list=walk_,cell,aligned,is_named,note_,check_properties,check_node,read_structure,following,block_of,strings_of

$(cost-out)/cost_test: $(cost-out)/tests/cost/cost_test.o $(cost-out)/tests/unit/support.o \
		$(cost-out)/src/host/base/inflate.o \
		$(core-sources:%.c=$(cost-out)/%.o)
	$(call quiet,LD)gcc -o $@ $^ $(cost-counted:%=-Wl,--wrap=%) -lcmocka -lz -l:libfdt.a

.PHONY: check-cost
check-cost: $(cost-out)/cost_test
	@$<

-include $(shell find $(cost-out) -name '*.d' 2>/dev/null)
