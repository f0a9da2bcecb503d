# SPDX-License-Identifier: BSD-2-Clause
# The boot option that must run when Muster fails; the product does not contain it.

boot-sysroot ?= build/payload/sysroot
boot-cflags = -std=c11 -O2 -ffreestanding -fpic -fshort-wchar -fno-stack-protector \
	-mgeneral-regs-only -Wall -Wextra -Werror \
	-isystem $(boot-sysroot)/usr/include/efi -isystem $(boot-sysroot)/usr/include/efi/aarch64
boot-ldflags = -nostdlib -shared -Bsymbolic -znocombreloc --no-warn-rwx-segments \
	--defsym=EFI_SUBSYSTEM=0xa -T $(boot-sysroot)/usr/lib/elf_aarch64_efi.lds
boot-libraries = $(boot-sysroot)/usr/lib/libefi.a $(boot-sysroot)/usr/lib/libgnuefi.a

build/boot/next.efi: build/boot/next.so
	@aarch64-linux-gnu-objcopy -O binary -j .text -j .sdata -j .data -j .dynamic -j .dynsym \
		-j .rel -j .rela -j '.rel.*' -j '.rela.*' -j .reloc $< $@

build/boot/next.so: build/boot/next.o
	@aarch64-linux-gnu-ld $(boot-ldflags) -o $@ \
		$(boot-sysroot)/usr/lib/crt0-efi-aarch64.o $< $(boot-libraries)

build/boot/next.o: tests/boot/next.c tests/boot/boot.mk
	@mkdir -p $(@D)
	@aarch64-linux-gnu-gcc $(boot-cflags) -c -o $@ $<
