# SPDX-License-Identifier: BSD-2-Clause
# The tests that run src/efi on a simulated firmware, natively, with the sanitizers on. Included by the Makefile.

SIM_OUT := build/sim
SIM_CC ?= gcc
SIM_ARCH := $(shell uname -m)

SIM_CPPFLAGS := -Isrc -Isrc/core -Isrc/efi -Itests/sim -isystem /usr/include/efi \
	-isystem /usr/include/efi/$(SIM_ARCH) -D_GNU_SOURCE
ifeq ($(SIM_ARCH),x86_64)
SIM_CPPFLAGS += -DGNU_EFI_USE_MS_ABI
endif

SIM_CFLAGS := -std=gnu11 -g -O1 -fshort-wchar -fno-omit-frame-pointer \
	-Wall -Wextra -Werror -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wpointer-arith -Wwrite-strings -Wundef \
	-fsanitize=address,undefined -fno-sanitize-recover=all

SIM_FIRMWARE := $(patsubst tests/sim/%.c,$(SIM_OUT)/%.o,$(filter-out %_test.c %sweep.c,\
	$(wildcard tests/sim/*.c)))

$(SIM_OUT)/%.o: tests/sim/%.c
	@mkdir -p $(@D)
	@echo '  CC      $@'
	@$(SIM_CC) $(SIM_CPPFLAGS) $(SIM_CFLAGS) -MMD -MP -c -o $@ $<

$(SIM_OUT)/firmware_test: $(SIM_OUT)/firmware_test.o $(SIM_FIRMWARE)
	@echo '  LD      $@'
	@$(SIM_CC) $(SIM_CFLAGS) -o $@ $^ -lcmocka -lfdt

.PHONY: check-sim
check-sim: $(SIM_OUT)/firmware_test
	$(SIM_OUT)/firmware_test

-include $(wildcard $(SIM_OUT)/*.d)
