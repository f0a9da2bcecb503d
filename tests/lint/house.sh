#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Checks that a person finds the way in a source tree (default: the current directory). Prints a line for each mistake;
# the exit status tells whether there was one.
#
# - Each file of src has a line in docs/architecture.md, below its folder: its .c, or its .h where that is alone. There is
#   no line for a file that is not there.
# - A function has at most 60 lines.
set -eu

cd "${1:-.}"

# FOLDER/FILE for each line "- `FILE`: …" of the page, which has "**FOLDER**: …" above.
told() {
    # shellcheck disable=SC2016 # no expression
    sed -n 's/^\*\*\([a-z\/]*\)\*\*.*/= \1/p; s/^- `\([a-z0-9_]*\.[ch]\)`: .*/- \1/p' docs/architecture.md |
        awk '$1 == "=" { folder = $2 } $1 == "-" { print folder "/" $2 }' | sort
}

there() {
    find src -name '*.[ch]' | sed 's|^src/||' | sort -r |
        awk '{ stem = $0; sub(/\.[ch]$/, "", stem) } /\.c$/ { print } /\.h$/ { header[stem] = $0 }
            /\.c$/ { has[stem] = 1 } END { for (stem in header) if (!(stem in has)) print header[stem] }' | sort
}

long_functions() {
    find src -name '*.c' | sort | xargs awk '
        /^\{/ { start = FNR }
        /^\}/ { if (start && FNR - start - 1 > 60) print FILENAME ":" start ": a function of more than 60 lines"; start = 0 }'
}

lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT
told >"$lists/told"
there >"$lists/there"
{
    comm -13 "$lists/told" "$lists/there" | sed 's|.*|src/&: has no line in docs/architecture.md|'
    comm -23 "$lists/told" "$lists/there" | sed 's|.*|docs/architecture.md: has a line for &, which is not there|'
    long_functions
} >"$lists/mistakes"
cat "$lists/mistakes"
test ! -s "$lists/mistakes"
