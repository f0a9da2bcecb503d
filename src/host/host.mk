# SPDX-License-Identifier: BSD-2-Clause
# The host tool build/muster, with the same core as the application: `make host`, `make install`.

host-cc ?= gcc
host-out ?= build/host
host-program ?= build/muster
host-sanitizers ?=
host-more ?=
prefix ?= /usr/local
DESTDIR ?=

host-cflags = -std=gnu11 -O2 -g -fstack-protector-strong $(host-sanitizers) $(host-more) $(warnings) \
	-D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Isrc
host-sources = $(filter-out src/host/state_main.c,$(sort $(shell find src/host -name "*.c")))
host-objects = $(patsubst src/%.c,$(host-out)/%.o,$(core-sources) $(host-sources))
host-libraries = -lfdt -lnettle -lz

.PHONY: host install install-tool uninstall install-hooks uninstall-hooks
all: host
host: $(host-program)

$(host-out)/%.o: src/%.c Makefile src/host/host.mk
	@mkdir -p $(@D)
	$(call quiet,HOSTCC)$(host-cc) $(host-cflags) -MMD -MP -c -o $@ $<

$(host-program): $(host-objects)
	$(call quiet,HOSTLD)$(host-cc) $(host-cflags) -o $@ $^ $(host-libraries)

# The state command alone, static, for the ramdisk of a domain that confirms.
state-program = build/muster-state.arm64
state-sources = src/host/state_main.c src/host/cmd_state.c src/host/state/state_store.c \
	$(addprefix src/host/base/,command.c output.c) src/core/config/state.c \
	$(addprefix src/core/base/,arena.c little.c text.c utf.c)
state-objects = $(state-sources:src/%.c=build/state-arm64/%.o)

all: $(state-program)

build/state-arm64/%.o: src/%.c Makefile src/host/host.mk
	@mkdir -p $(@D)
	$(call quiet,CC)$(cross)gcc $(host-cflags) -Os -isystem $(sysroot)/usr/include \
		-isystem $(sysroot)/usr/include/aarch64-linux-gnu -MMD -MP -c -o $@ $<

$(state-program): $(state-objects)
	$(call quiet,LD)$(cross)gcc -static -s -o $@ $^ $(sysroot)/usr/lib/aarch64-linux-gnu/libz.a

# The tool for arm64: `make host-arm64`, after tools/payload.sh host. `make install-arm64` installs it.
arm64-libraries = $(abspath build/payload/host)
arm64-tool = host-cc=$(cross)gcc host-out=build/host-arm64 host-program=build/muster.arm64 \
	host-more="-isystem $(arm64-libraries)/usr/include -isystem $(arm64-libraries)/usr/include/aarch64-linux-gnu" \
	host-libraries="-L$(arm64-libraries)/usr/lib/aarch64-linux-gnu -L$(arm64-libraries)/lib/aarch64-linux-gnu -lfdt -lnettle -l:libz.so.1"

.PHONY: host-arm64 install-arm64
host-arm64:
	@$(MAKE) --no-print-directory $(arm64-tool) host
install-arm64:
	@$(MAKE) --no-print-directory $(arm64-tool) install

# What is installed: a mode, a file, and its place below the prefix.
define installed
755 $(host-program) bin/muster
644 build/musteraa64.efi lib/muster/musteraa64.efi
644 docs/man/muster.1 share/man/man1/muster.1
644 docs/man/muster.cfg.5 share/man/man5/muster.cfg.5
644 docs/man/muster.efi.7 share/man/man7/muster.efi.7
644 docs/check.schema.json share/muster/check.schema.json
644 docs/plan.schema.json share/muster/plan.schema.json
644 completions/muster share/bash-completion/completions/muster
644 completions/_muster share/zsh/site-functions/_muster
644 completions/muster.fish share/fish/vendor_completions.d/muster.fish
endef
export installed

# The same with the pages.
list-installed = { echo "$$installed"; \
	for page in docs/*.md docs/*.svg; do echo "644 $$page share/doc/muster/$${page\#docs/}"; done; }

# What has a package manager call the tool, each at its place in the system.
define installed_hooks
755 packaging/hooks/muster-hook usr/lib/muster/muster-hook
755 packaging/hooks/postinst.d etc/kernel/postinst.d/zz-muster
755 packaging/hooks/postrm.d etc/kernel/postrm.d/zz-muster
755 packaging/hooks/post-update.d etc/initramfs/post-update.d/zz-muster
755 packaging/hooks/95-muster.install usr/lib/kernel/install.d/95-muster.install
644 packaging/muster-confirm.service usr/lib/systemd/system/muster-confirm.service
endef
export installed_hooks

install-hooks:
	echo "$$installed_hooks" | while read -r mode file place; do \
		install -D -m $$mode $$file "$(DESTDIR)/$$place" || exit 1; done

uninstall-hooks:
	echo "$$installed_hooks" | while read -r mode file place; do \
		rm -f "$(DESTDIR)/$$place" || exit 1; done

# The tool without the loader, which needs a compiler for arm64.
install-tool: $(host-program)
	$(list-installed) | grep -v musteraa64.efi | while read -r mode file place; do \
		install -D -m $$mode $$file "$(DESTDIR)$(prefix)/$$place" || exit 1; done

install: $(host-program) build/musteraa64.efi
	$(list-installed) | while read -r mode file place; do \
		install -D -m $$mode $$file "$(DESTDIR)$(prefix)/$$place" || exit 1; done

uninstall:
	$(list-installed) | while read -r mode file place; do \
		rm -f "$(DESTDIR)$(prefix)/$$place" || exit 1; done
	for directory in lib share share/doc; do rmdir "$(DESTDIR)$(prefix)/$$directory/muster" 2>/dev/null || true; done

-include $(host-objects:.o=.d) $(state-objects:.o=.d)
