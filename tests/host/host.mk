# SPDX-License-Identifier: BSD-2-Clause
# Tests of the host tool, on a plain build and on a sanitized one: `make check-host`.

host-test = /usr/bin/python3 -m pytest -p no:cacheprovider -q -n 2 tests/host

.PHONY: host-asan check-host
host-asan:
	@$(MAKE) --no-print-directory host host-out=build/host-asan \
		host-program=build/host-asan/muster \
		host-sanitizers="-fsanitize=address,undefined -fno-sanitize-recover=all"
	@ln -sf ../musteraa64.efi build/host-asan/musteraa64.efi # the loader is looked for beside the tool

check-host: host host-asan
	$(host-test)
	MUSTER=build/host-asan/muster $(host-test)
