#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2317 # the functions are called by their names
# Runs the static checks named as arguments, or all, and reports each as one line of TAP.
# The environment gives WARNINGS, compiler options, and SYSROOT, where the EFI headers are.
set -u

all="format licence structure cppcheck clang analyzer tidy shell"
out=build/lint
jobs=$(nproc)
mkdir -p "$out"

sources() {
    find "$@" -name '*.[ch]' | sort
}

# Compiler options for core and host, and for the EFI application.
native="-std=gnu11 -D_GNU_SOURCE $WARNINGS -Isrc"
efi="-std=gnu11 -ffreestanding -fshort-wchar $WARNINGS -Isrc
    -isystem $SYSROOT/usr/include -isystem $SYSROOT/usr/include/efi
    -isystem $SYSROOT/usr/include/efi/aarch64 -isystem $SYSROOT/usr/include/aarch64-linux-gnu"
clang_efi="--target=aarch64-linux-gnu $efi -isystem /usr/aarch64-linux-gnu/include"

# Runs a command once for each source file, several at a time. {} stands for the file.
each() {
    xargs -P "$jobs" -I {} "$@"
}

check_format() {
    sources src tests | xargs -P "$jobs" -n 50 clang-format --dry-run -Werror
}

# Each source file names its licence and says in one sentence what it is.
check_licence() {
    sources src tests | xargs grep -LPz '\A/\* SPDX-License-Identifier: BSD-2-Clause \*/\s/\*' |
        sed 's/$/: the first lines are not the licence and a sentence about the file/' | { ! grep .; }
}

# Files stand on each other in one direction; the check itself is checked first.
check_structure() {
    tests/lint/structure_test.sh && tests/lint/structure.sh && tests/lint/house.sh
}

check_cppcheck() {
    cppcheck -q -j "$jobs" --std=c11 --enable=warning,performance,portability \
        --inline-suppr --suppress=missingIncludeSystem --error-exitcode=1 \
        -Isrc src tests/unit
}

# Both compilers are strict with different things.
# shellcheck disable=SC2086 # options are words
check_clang() {
    find src/core src/host -name '*.c' | each clang $native -fsyntax-only {} &&
        find src/core src/efi -name '*.c' | each clang $clang_efi -fsyntax-only {}
}

# shellcheck disable=SC2086
check_analyzer() {
    find src/core -name '*.c' | each gcc $native -O1 -fanalyzer -c -o /dev/null {} &&
        find src/efi -name '*.c' |
        each aarch64-linux-gnu-gcc $efi -O1 -mgeneral-regs-only -fanalyzer -c -o /dev/null {}
}

# clang's analyzer, which is nearly all of the work, looks at a third of the states of each function that it would look at;
# NODES=225000 is its own number.
# shellcheck disable=SC2086
check_tidy() {
    nodes="-Xclang -analyzer-config -Xclang max-nodes=${NODES:-75000}"
    find src/core src/host -name '*.c' | each clang-tidy --quiet {} -- $native $nodes &&
        find src/efi -name '*.c' | each clang-tidy --quiet {} -- $clang_efi $nodes
}

check_shell() {
    { echo dev; find tools tests .ci -type f \( -name '*.sh' -o -path .ci/run \); find packaging/hooks -type f; } |
        xargs shellcheck
}

number=0
status=0
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $all
echo "1..$#"
for check in "$@"; do
    number=$((number + 1))
    if "check_$check" >"$out/$check.log" 2>&1; then
        echo "ok $number - $check"
    else
        echo "not ok $number - $check"
        sed 's/^/# /' "$out/$check.log"
        status=1
    fi
done
exit $status
