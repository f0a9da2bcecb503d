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

# Without the sanitizers, which valgrind cannot run.
check-valgrind:
	@$(MAKE) -s check-unit unit-out=build/valgrind unit-sanitizers= \
		unit-run="valgrind -q --error-exitcode=9 --leak-check=full --track-fds=no"
