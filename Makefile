# SPDX-License-Identifier: BSD-2-Clause
# Builds the EFI application and runs the checks; ./dev installs what this needs and calls it.

.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules

V ?= 0
quiet = $(if $(filter 0,$(V)),@printf '  %-8s %s\n' $(1) $@;,)

sysroot ?= build/payload/sysroot
core-sources = $(sort $(shell find src/core -name "*.c"))
efi-sources = $(wildcard src/efi/*.c)

warnings = -Wall -Wextra -Werror -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wswitch-enum \
	-Wcast-qual -Wredundant-decls

# --- build/musteraa64.efi -------------------------------------------------------------------------

cross ?= aarch64-linux-gnu-
efi-clang ?= clang-19
efi-cc = $(efi-clang) --target=aarch64-linux-gnu
efi-cflags = -std=gnu11 -Oz -g -ffreestanding -fpic -fshort-wchar -fno-strict-aliasing \
	-fno-asynchronous-unwind-tables -fno-stack-protector \
	-fomit-frame-pointer -ffunction-sections -mcmodel=tiny -mgeneral-regs-only \
	-mno-outline-atomics -fvisibility=hidden -flto $(warnings) \
	-Isrc -isystem $(sysroot)/usr/include -isystem $(sysroot)/usr/include/efi \
	-isystem $(sysroot)/usr/include/efi/aarch64 \
	-isystem $(sysroot)/usr/include/aarch64-linux-gnu
efi-ldflags = -nostdlib -shared -fuse-ld=lld -Wl,-mllvm,-enable-machine-outliner=always \
	-Wl,-mllvm,-machine-outliner-reruns=5,-mllvm,-inline-threshold=-25 \
	-Wl,-mllvm,-enable-merge-functions,-mllvm,-disable-machine-licm,--icf=all \
	-Wl,-mllvm,-enable-misched=false,-mllvm,-enable-post-misched=false \
	-Wl,-mllvm,-code-model=tiny \
	-Wl,-Bsymbolic,-znocombreloc,-znorelro,-zdefs \
	-Wl,--gc-sections,--exclude-libs,ALL,--build-id=none,--hash-style=gnu,--fix-cortex-a53-843419 \
	-Wl,-O2,--apply-dynamic-relocs,--orphan-handling=error -T src/efi/image.lds
efi-objects = $(patsubst src/%.c,build/efi/%.o,$(core-sources) $(efi-sources))
efi-sections = .text .rodata .data .reloc

efi-link = $(efi-cc) $(efi-cflags) $(efi-ldflags) -o $@ $(filter %.o,$^) $(efi-libraries)
efi-libraries = $(addprefix $(sysroot)/usr/lib/,libefi.a aarch64-linux-gnu/libfdt.a \
	aarch64-linux-gnu/libcrypto.a aarch64-linux-gnu/libdeflate.a)

.PHONY: all efi clean
all: efi
efi: build/musteraa64.efi

# The compiler makes calls to what this file defines after link-time optimization has ended.
build/efi/efi/freestanding.o: efi-cflags += -fno-lto

build/efi/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(call quiet,CC)$(efi-cc) $(efi-cflags) -MMD -MP -c -o $@ $<

build/musteraa64.so: $(efi-objects) src/efi/image.lds
	$(call quiet,LD)$(efi-link)

build/%.efi: build/%.so tools/base-relocations.sh
	$(call quiet,OBJCOPY)tools/base-relocations.sh $(cross) $< $@.reloc && \
		$(cross)objcopy -S --target efi-app-aarch64 --file-alignment 512 --section-alignment 4096 \
		$(addprefix -j ,$(efi-sections)) --update-section .reloc=$@.reloc $< $@

# Applications that tests start beside Muster, of one file each: build/DIRECTORY/NAME.efi. They have
# gnu-efi's library, whose prototypes lack const for names.
efi-tests = $(patsubst tests/%.c,build/%,$(wildcard tests/boot/*.c tests/bench/*.c))

$(efi-tests:=.o): efi-cflags += -Wno-write-strings
$(efi-tests:=.o): build/%.o: tests/%.c Makefile
	@mkdir -p $(@D)
	$(call quiet,CC)$(efi-cc) $(efi-cflags) -MMD -MP -c -o $@ $<

# It computes digests as Muster does.
build/boot/sha256.so: build/efi/efi/sha256.o build/efi/efi/arch.o
build/boot/sha256.so: efi-tests-more = aarch64-linux-gnu/libcrypto.a
# It cleans the cache as Muster does.
build/bench/floor.so: build/efi/efi/arch.o
$(efi-tests:=.so): efi-libraries = $(addprefix $(sysroot)/usr/lib/,libefi.a $(efi-tests-more))
$(efi-tests:=.so): %.so: %.o src/efi/image.lds
	$(call quiet,LD)$(efi-link)

.PHONY: efi-tests
efi-tests: $(efi-tests:=.efi)

clean:
	rm -rf build/efi build/unit build/sim build/fuzz build/host build/host-asan build/musteraa64.* \
		build/muster compile_commands.json $(addsuffix .*,$(efi-tests))

# --- checks ---------------------------------------------------------------------------------------

# Makes each of the targets that follow, whatever comes of the others; the output of each stays together.
run-all = $(MAKE) --no-print-directory -k -O

-include $(wildcard tests/*/*.mk src/host/host.mk)
-include $(efi-objects:.o=.d) $(efi-tests:=.d)

# --- for editors -----------------------------------------------------------------------------------

# Each source with its compiler and options, for editors (clangd) and other tools that read C.
all: compile_commands.json
compiled-for-efi = $(efi-sources)
compiled-for-host = $(core-sources) $(host-sources) src/host/state_main.c
compiled-for-tests = $(wildcard tests/unit/*.c)
compile-command = {"directory": "$(CURDIR)", "file": "$1", "command": "$2 -c $1"}
add-commands = $(foreach source,$1,$(file >>$@,$(comma)$(call compile-command,$(source),$2)))
comma = ,

compile_commands.json: Makefile src/host/host.mk $(core-sources) $(efi-sources) $(host-sources)
	$(file >$@,[$(call compile-command,src/efi/main.c,$(efi-cc) $(efi-cflags)))
	$(call add-commands,$(filter-out src/efi/main.c,$(compiled-for-efi)),$(efi-cc) $(efi-cflags))
	$(call add-commands,$(compiled-for-host),$(host-cc) $(host-cflags))
	$(call add-commands,$(compiled-for-tests),$(unit-cc) $(unit-cflags))
	$(file >>$@,])
	@:
