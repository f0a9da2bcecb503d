# SPDX-License-Identifier: BSD-2-Clause
# Lines and branches of src/core and src/efi that the unit tests and the simulated firmware reach:
# `make coverage`; and the unit tests under valgrind: `make check-valgrind`.

coverage-flags = --coverage -O0 -fprofile-abs-path

valgrind-out = build/valgrind
valgrind-runs = $(patsubst tests/unit/%.c,$(valgrind-out)/%.run,$(wildcard tests/unit/*_test.c))

.PHONY: coverage check-valgrind $(valgrind-runs)
coverage:
	@find build/coverage -name '*.gcda' -delete 2>/dev/null || true
	@$(MAKE) -s check-unit unit-out=build/coverage/unit unit-sanitizers="$(coverage-flags)" \
		>build/coverage-unit.log 2>&1 || { tail -20 build/coverage-unit.log; exit 1; }
	@$(MAKE) -s check-sim sim-out=build/coverage/sim sim-sanitizers="$(coverage-flags)" \
		>build/coverage-sim.log 2>&1 || { tail -20 build/coverage-sim.log; exit 1; }
	@/usr/bin/python3 tests/coverage/coverage.py build/coverage

# Without the sanitizers, which valgrind cannot run. One line of TAP for each program, the longest first.
valgrind-long = $(patsubst %,$(valgrind-out)/%_test.run,system unpack compose boot_menu)

check-valgrind:
	@$(MAKE) -s unit-programs unit-out=$(valgrind-out) unit-sanitizers=
	+@$(run-all) $(valgrind-long) $(filter-out $(valgrind-long),$(valgrind-runs))

$(valgrind-runs): %.run:
	@valgrind -q --error-exitcode=9 --leak-check=full --read-inline-info=no $* >$*.log 2>&1 && \
		echo "ok - $(notdir $*) under valgrind" || \
		{ echo "not ok - $(notdir $*) under valgrind"; cat $*.log; exit 1; }
