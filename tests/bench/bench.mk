# SPDX-License-Identifier: BSD-2-Clause
# The two EFI applications of the benchmark, which the product does not contain.

bench-sysroot ?= build/payload/sysroot
bench-cflags = -std=c11 -O2 -ffreestanding -fpic -fshort-wchar -fno-stack-protector \
	-mgeneral-regs-only -Wall -Wextra -Werror \
	-isystem $(bench-sysroot)/usr/include/efi -isystem $(bench-sysroot)/usr/include/efi/aarch64
bench-ldflags = -nostdlib -shared -Bsymbolic -znocombreloc -zdefs --no-warn-rwx-segments \
	--defsym=EFI_SUBSYSTEM=0xa -T $(bench-sysroot)/usr/lib/elf_aarch64_efi.lds

.PHONY: bench
bench: build/bench/floor.efi build/bench/stamp.efi

build/bench/%.o: tests/bench/%.c tests/bench/bench.mk
	@mkdir -p $(@D)
	aarch64-linux-gnu-gcc $(bench-cflags) -c -o $@ $<

build/bench/%.so: build/bench/%.o
	aarch64-linux-gnu-ld $(bench-ldflags) -o $@ \
		$(bench-sysroot)/usr/lib/crt0-efi-aarch64.o $< $(bench-sysroot)/usr/lib/libgnuefi.a

build/bench/%.efi: build/bench/%.so
	aarch64-linux-gnu-objcopy -O binary -j .text -j .sdata -j .data -j .dynamic -j .dynsym \
		-j .rel -j .rela -j '.rel.*' -j '.rela.*' -j .reloc $< $@
