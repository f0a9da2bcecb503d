# SPDX-License-Identifier: BSD-2-Clause
# How the time and memory of core grow with its input, to the largest that it takes:
# `make check-cost`. Without the sanitizers, which cost time of their own.

cost-out ?= build/cost
cost-cflags = -std=gnu11 -g -O2 $(warnings) -D_GNU_SOURCE -Isrc -Itests/unit

$(cost-out)/%.o: %.c tests/cost/cost.mk Makefile
	@mkdir -p $(@D)
	$(call quiet,CC)gcc $(cost-cflags) -MMD -MP -c -o $@ $<

$(cost-out)/cost_test: $(cost-out)/tests/cost/cost_test.o $(cost-out)/tests/unit/support.o \
		$(core-sources:%.c=$(cost-out)/%.o)
	$(call quiet,LD)gcc -o $@ $^ -lcmocka -lfdt

.PHONY: check-cost
check-cost: $(cost-out)/cost_test
	@$<

-include $(shell find $(cost-out) -name '*.d' 2>/dev/null)
