# SPDX-License-Identifier: BSD-2-Clause
# Static checks of the sources, each one line of TAP: `make lint`, or `make lint CHECKS=cppcheck`.

CHECKS ?=

.PHONY: lint
lint:
	@WARNINGS="$(warnings)" SYSROOT="$(sysroot)" tests/lint/lint.sh $(CHECKS)
