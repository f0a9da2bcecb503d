# SPDX-License-Identifier: BSD-2-Clause
# Tests of the host tool, all on a sanitized build, and on a plain one those in which it does most of its work:
# `make check-host`.

host-test = /usr/bin/python3 -m pytest -p no:cacheprovider -q -n 2
plain-tests = $(patsubst %,tests/host/test_%.py,golden image install plan seal)

.PHONY: host-asan check-host
host-asan:
	@$(MAKE) --no-print-directory host host-out=build/host-asan \
		host-program=build/host-asan/muster \
		host-sanitizers="-fsanitize=address,undefined -fno-sanitize-recover=all"
	@ln -sf ../musteraa64.efi build/host-asan/musteraa64.efi # the loader is looked for beside the tool

check-host: host host-asan
	MUSTER=build/host-asan/muster $(host-test) tests/host
	$(host-test) $(plain-tests)
