# SPDX-License-Identifier: BSD-2-Clause
# The host tool build/muster, with the same core as the application: `make host`, `make install`.

host-cc ?= gcc
host-out ?= build/host
host-program ?= build/muster
host-sanitizers ?=
prefix ?= /usr/local
DESTDIR ?=

host-cflags = -std=gnu11 -O2 -g -fstack-protector-strong $(host-sanitizers) $(warnings) \
	-D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Isrc
host-objects = $(patsubst src/%.c,$(host-out)/%.o,$(core-sources) $(sort $(shell find src/host -name "*.c")))
host-libraries = -lfdt -lnettle

.PHONY: host install
all: host
host: $(host-program)

$(host-out)/%.o: src/%.c Makefile src/host/host.mk
	@mkdir -p $(@D)
	$(call quiet,HOSTCC)$(host-cc) $(host-cflags) -MMD -MP -c -o $@ $<

$(host-program): $(host-objects)
	$(call quiet,HOSTLD)$(host-cc) $(host-cflags) -o $@ $^ $(host-libraries)

install: $(host-program) build/musteraa64.efi
	install -D -m 755 $(host-program) $(DESTDIR)$(prefix)/bin/muster
	install -D -m 644 build/musteraa64.efi $(DESTDIR)$(prefix)/lib/muster/musteraa64.efi
	install -D -m 644 docs/man/muster.1 $(DESTDIR)$(prefix)/share/man/man1/muster.1
	install -D -m 644 docs/man/muster.cfg.5 $(DESTDIR)$(prefix)/share/man/man5/muster.cfg.5
	install -D -m 644 docs/man/muster.efi.7 $(DESTDIR)$(prefix)/share/man/man7/muster.efi.7
	install -D -m 644 docs/check.schema.json $(DESTDIR)$(prefix)/share/muster/check.schema.json
	install -D -m 644 docs/plan.schema.json $(DESTDIR)$(prefix)/share/muster/plan.schema.json
	install -D -m 644 completions/muster \
		$(DESTDIR)$(prefix)/share/bash-completion/completions/muster

-include $(host-objects:.o=.d)
