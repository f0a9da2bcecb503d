# SPDX-License-Identifier: BSD-2-Clause
# Lines and branches of src/core and src/efi that the unit tests and the simulated firmware reach:
# `make coverage`; and the unit tests under valgrind: `make check-valgrind`.

coverage-flags = --coverage -O0 -fprofile-abs-path

.PHONY: coverage check-valgrind
coverage:
	@find build/coverage -name '*.gcda' -delete 2>/dev/null || true
	@$(MAKE) -s check-unit unit-out=build/coverage/unit unit-sanitizers="$(coverage-flags)" \
		>build/coverage-unit.log 2>&1 || { tail -20 build/coverage-unit.log; exit 1; }
	@$(MAKE) -s check-sim sim-out=build/coverage/sim sim-sanitizers="$(coverage-flags)" \
		>build/coverage-sim.log 2>&1 || { tail -20 build/coverage-sim.log; exit 1; }
	@/usr/bin/python3 tests/coverage/coverage.py build/coverage

# Without the sanitizers, which valgrind cannot run. One line of TAP for each program.
check-valgrind:
	@$(MAKE) -s unit-programs unit-out=build/valgrind unit-sanitizers=
	@number=0; status=0; for program in build/valgrind/*_test; do \
		number=$$((number + 1)); result=ok; \
		valgrind -q --error-exitcode=9 --leak-check=full $$program >$$program.log 2>&1 || \
			{ result="not ok"; status=1; cat $$program.log; }; \
		echo "$$result $$number - $$(basename $$program) under valgrind"; \
	done; exit $$status
