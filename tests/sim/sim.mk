# SPDX-License-Identifier: BSD-2-Clause
# src/efi on a simulated firmware, natively and under the sanitizers: `make check-sim`.

sim-out ?= build/sim
sim-cc ?= gcc
sim-objcopy ?= objcopy
sim-sanitizers ?= -fsanitize=address,undefined -fno-sanitize-recover=all
sim-architecture := $(shell uname -m)

sim-cppflags = -Isrc -Itests/sim -D_GNU_SOURCE -isystem /usr/include/efi \
	-isystem /usr/include/efi/$(sim-architecture)
ifeq ($(sim-architecture),x86_64)
sim-cppflags += -DGNU_EFI_USE_MS_ABI
endif

sim-cflags = -std=gnu11 -g -O1 -fshort-wchar -fno-omit-frame-pointer $(sim-sanitizers) \
	-Wall -Wextra -Werror -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wpointer-arith -Wwrite-strings -Wundef

sim-programs = freestanding_test firmware_test boot_test network_test sweep
sim-scenes = $(patsubst %/files,%,$(wildcard tests/sim/scenes/*/files examples/*/files))

# The simulated firmware takes the place of what only an AArch64 processor can do.
sim-product = $(core-sources) \
	$(filter-out src/efi/arch.c src/efi/freestanding.c,$(wildcard src/efi/*.c))
sim-firmware = $(filter-out $(sim-programs:%=tests/sim/%.c) tests/sim/scene.c tests/sim/arch.c,\
	$(wildcard tests/sim/*.c))

sim-objects = $(patsubst %.c,$(sim-out)/%.o,$(1))

$(sim-out)/%.o: %.c
	@mkdir -p $(@D)
	@$(sim-cc) $(sim-cppflags) $(sim-cflags) -MMD -MP -c -o $@ $<

# The names of the C library that src/efi brings its own functions for.
sim-freestanding = memcpy memmove memset memcmp memchr strlen strnlen strcmp strncmp strchr strrchr \
	strtoul

$(sim-out)/src/efi/freestanding.o: sim-cflags += -fno-builtin \
	$(foreach name,$(sim-freestanding),-D$(name)=muster_$(name))

$(sim-out)/freestanding_test: $(call sim-objects,tests/sim/freestanding_test.c \
		src/efi/freestanding.c)
	@$(sim-cc) $(sim-cflags) -o $@ $^ -lcmocka

$(sim-out)/firmware_test: $(call sim-objects,tests/sim/firmware_test.c $(sim-firmware))
	@$(sim-cc) $(sim-cflags) -o $@ $^ -lcmocka -lfdt -lcrypto -lz

# One object that shows its entry alone: the product's names are not those of the simulation.
$(sim-out)/product.o: $(call sim-objects,$(sim-product))
	@ld -r -o $@ $^
	@$(sim-objcopy) --keep-global-symbol=efi_main $@

$(addprefix $(sim-out)/,boot_test network_test sweep): $(sim-out)/%: $(sim-out)/product.o $(call sim-objects,\
		tests/sim/scene.c tests/sim/arch.c $(sim-firmware)) $(sim-out)/tests/sim/%.o
	@$(sim-cc) $(sim-cflags) -o $@ $^ -lcmocka -lfdt -lcrypto -ldeflate -lz

$(sim-out)/scenes.stamp: tests/sim/scenes.py tests/sim/machine.dts $(wildcard tests/sim/expect/*) \
		tests/sim/scenes examples $(shell find $(sim-scenes))
	@rm -rf $(sim-out)/scenes
	@/usr/bin/python3 tests/sim/scenes.py $(sim-out)/scenes $(sim-scenes)
	@touch $@

# The programs, then the sweep of each scene, as both write to scenes; the longest come first.
sim-tests = $(filter-out sweep,$(sim-programs))
sim-long = thirty-modules two-domains fallback menu-keys trial
sim-names = $(sim-long) $(filter-out $(sim-long),$(notdir $(sim-scenes)))
sim-runs = $(sim-tests:%=$(sim-out)/%.run)
sweep-runs = $(sim-names:%=$(sim-out)/sweep-%.run)

# Counts the tests of all programs; one that ends too early has failed those that are missing.
define sim-count
/^1\.\.[0-9]+/ { planned += substr($$0, 4) } /^ok / { passed++ } /^# .* ended with an error$$/ { broken++ } \
{ print; fflush() } \
END { failed = planned > passed ? planned - passed : broken; \
	printf "# %d passed, %d failed\n", passed, failed; exit failed != 0 }
endef

.PHONY: check-sim $(sim-runs) $(sweep-runs)
check-sim: $(sim-programs:%=$(sim-out)/%) $(sim-out)/scenes.stamp
	+@$(run-all) $(sim-runs) $(sweep-runs) 2>&1 | awk '$(sim-count)'

sim-run = @SCENES=$(sim-out)/scenes CMOCKA_MESSAGE_OUTPUT=tap $(1) 2>&1 || echo "\# $(notdir $@) ended with an error"

$(sim-runs): $(sim-out)/%.run: $(sim-out)/%
	$(call sim-run,$< $(if $(filter boot_test,$*),$(sim-names)))
$(sweep-runs): $(sim-out)/sweep-%.run: $(sim-out)/sweep | $(sim-runs)
	$(call sim-run,$< $*)

-include $(shell find $(sim-out) -name '*.d' 2>/dev/null)
