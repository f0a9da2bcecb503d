# SPDX-License-Identifier: BSD-2-Clause
# Fuzzing of src/core with libFuzzer under the sanitizers.
# `make check-fuzz` runs each target a fixed number of times, from the corpus of the repository;
# `make fuzz FUZZ=config FUZZ_TIME=600` searches for that many seconds and keeps what it finds in
# build/fuzz/found/.

fuzz-out ?= build/fuzz
fuzz-cflags = -std=gnu11 -g -O1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all $(warnings) -D_GNU_SOURCE -DARENA_BLOCK_SIZE=1U -Isrc \
	-Itests/unit -Itests/fuzz

# Each target with the number of runs that a check does; those that take longest come first.
fuzz-targets = imagebuilder system config options value headers tree pe seal digests server unpack
fuzz-runs-config = 4000
fuzz-runs-options = 6000
fuzz-runs-value = 6000
fuzz-runs-headers = 4000
fuzz-runs-imagebuilder = 4000
fuzz-runs-tree = 6000
fuzz-runs-pe = 20000
fuzz-runs-seal = 3000
fuzz-runs-digests = 3000
fuzz-runs-server = 20000
fuzz-runs-unpack = 1500
fuzz-runs-system = 4000

FUZZ ?= system
FUZZ_TIME ?= 60

fuzz-core = $(core-sources:%.c=$(fuzz-out)/%.o) $(fuzz-out)/tests/unit/support.o \
	$(fuzz-out)/tests/unit/pe_image.o $(fuzz-out)/tests/fuzz/invariants.o \
	$(fuzz-out)/src/host/base/inflate.o
fuzz-limits = -timeout=10 -rss_limit_mb=2048 -max_len=65536 -close_fd_mask=0

$(fuzz-out)/%.o: %.c tests/fuzz/fuzz.mk Makefile
	@mkdir -p $(@D)
	$(call quiet,CC)clang $(fuzz-cflags) -MMD -MP -c -o $@ $<

$(fuzz-targets:%=$(fuzz-out)/%): $(fuzz-out)/%: $(fuzz-out)/tests/fuzz/%_fuzz.o $(fuzz-core)
	$(call quiet,LD)clang -fsanitize=fuzzer,address,undefined -o $@ $^ -lcmocka -lfdt -lz

$(fuzz-out)/pe: $(fuzz-out)/src/host/seal/pe_writer.o
# The parts of the application that read what servers send, with the fuzzer as the firmware.
fuzz-server = $(addprefix $(fuzz-out)/src/efi/,http.o http_chunks.o http_url.o http_volume.o \
	patience.o tftp.o)
$(fuzz-out)/server: $(fuzz-server)
$(fuzz-server) $(fuzz-out)/tests/fuzz/server_fuzz.o: fuzz-cflags += -fshort-wchar \
	-isystem /usr/include/efi -isystem /usr/include/efi/$(shell uname -m) -DGNU_EFI_USE_MS_ABI
$(fuzz-out)/imagebuilder: $(addprefix $(fuzz-out)/src/host/import/,imagebuilder.o imagebuilder_parse.o \
	shell_text.o shell_word.o)

# Seeds are kept as text where they can be; those of the whole system are joined of several files.
$(fuzz-out)/corpus.stamp: tests/fuzz/seeds.py $(shell find tests/fuzz/corpus -type f)
	@rm -rf $(fuzz-out)/corpus
	@mkdir -p $(@D)
	/usr/bin/python3 tests/fuzz/seeds.py tests/fuzz/corpus $(fuzz-out)/corpus
	@touch $@

fuzz-dictionary = $(if $(wildcard tests/fuzz/$(1).dict),-dict=tests/fuzz/$(1).dict)

# One line of TAP for each target; a finding is shown with its stack.
fuzz-runs = $(fuzz-targets:%=$(fuzz-out)/%.run)

.PHONY: check-fuzz fuzz $(fuzz-runs)
check-fuzz: $(fuzz-targets:%=$(fuzz-out)/%) $(fuzz-out)/corpus.stamp
	@echo 1..$(words $(fuzz-targets))
	+@$(run-all) $(fuzz-runs)

$(fuzz-runs): $(fuzz-out)/%.run: $(fuzz-out)/%
	@rm -rf $(fuzz-out)/new/$*; mkdir -p $(fuzz-out)/new/$*
	@if $(fuzz-out)/$* $(fuzz-limits) -seed=1 -runs=$(fuzz-runs-$*) \
		$(call fuzz-dictionary,$*) -artifact_prefix=$(fuzz-out)/ \
		$(fuzz-out)/new/$* $(fuzz-out)/corpus/$* >$(fuzz-out)/$*.log 2>&1; \
	then echo "ok - $*"; else echo "not ok - $*"; tail -40 $(fuzz-out)/$*.log; exit 1; fi

fuzz: $(fuzz-out)/$(FUZZ) $(fuzz-out)/corpus.stamp
	@mkdir -p $(fuzz-out)/found/$(FUZZ)
	$(fuzz-out)/$(FUZZ) $(fuzz-limits) -max_total_time=$(FUZZ_TIME) -print_final_stats=1 \
		$(call fuzz-dictionary,$(FUZZ)) -artifact_prefix=$(fuzz-out)/ \
		$(fuzz-out)/found/$(FUZZ) $(fuzz-out)/corpus/$(FUZZ)

.PRECIOUS: $(fuzz-out)/%.o
-include $(shell find $(fuzz-out) -name '*.d' 2>/dev/null)
