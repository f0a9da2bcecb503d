#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Tests structure.sh: sources that are wrong on purpose are refused, each for its reason, and right ones are not.
set -eu

check=$(cd "$(dirname "$0")" && pwd)/structure.sh
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
failed=0

# Sources that are right: a file, its header, and one above them.
start() {
    rm -rf "$directory/src"
    mkdir -p "$directory/src/core/base" "$directory/src/core/tree" "$directory/src/efi" "$directory/src/host/disk" \
        "$directory/src/host/run" "$directory/src/core/seal"
    put core/base/text.h 'int text_length(const char *text);'
    put core/base/text.c '#include "core/base/text.h"' 'int text_length(const char *text)' '{' '}'
    put core/tree/tree.h '#include "core/base/text.h"' 'struct tree *tree_open(void);'
    put core/tree/tree.c '#include "core/tree/tree.h"' 'static int helper(void)' '{' '}' \
        'struct tree *tree_open(void)' '{' '}'
    put efi/main.c '#include "core/tree/tree.h"' 'int main(void)' '{' '}'
    put core/seal/seal.c '#include "core/base/text.h"'
}

# put FILE LINE… adds lines to a file.
put() {
    file=$directory/src/$1
    shift
    printf '%s\n' "$@" >>"$file"
}

# expect TEXT: what is said of the sources contains it, and they are refused; without TEXT they are right.
expect() {
    said=$("$check" "$directory/src") && status=right || status=refused
    if [ $# = 0 ]; then
        wanted=right
    else
        wanted="refused*$1*"
    fi
    # shellcheck disable=SC2254 # a pattern
    case $status$said in
    $wanted) ;;
    *)
        echo "wanted: $wanted; got: $status $said"
        failed=1
        ;;
    esac
    start
}

start
expect

put core/base/text.c '#include "core/tree/tree.h"'
expect 'core/base/text.c: includes core/tree/tree.h, but core/base does not stand on core/tree'
put core/tree/tree.c '#include "efi/main.h"'
put efi/main.h
expect 'core/tree/tree.c: includes efi/main.h, but core/tree does not stand on efi'
put host/main.c '#include "efi/main.h"'
put efi/main.h
expect 'host/main.c: includes efi/main.h, but host does not stand on efi'
put host/disk/disk.c '#include "host/run/run.h"'
put host/run/run.h
put host/run/run.c
expect 'host/disk/disk.c: includes host/run/run.h, but host/disk does not stand on host/run'
put core/seal/seal.c '#include "core/tree/tree.h"'
expect 'core/seal/seal.c: includes core/tree/tree.h, but core/seal does not stand on core/tree'
put core/tree/tree.c '#include "core/seal/seal.h"'
put core/seal/seal.h
expect 'core/tree/tree.c: includes core/seal/seal.h, but core/tree does not stand on core/seal'
put core/system.c '#include "core/seal/seal.h"' '#include "core/tree/tree.h"'
put core/seal/seal.h
expect

put core/tree/tree.c '#include "tree.h"'
expect 'core/tree/tree.c: includes tree.h, which is not a path'
put core/tree/tree.c '#include "core/tree/other.h"'
expect 'core/tree/tree.c: includes core/tree/other.h, which is not a path'
put core/tree/other.h
expect 'core/tree/other.h: has no .c file of its name'
mkdir "$directory/src/core/cellar"
put core/cellar/wine.c
expect 'core/cellar/wine.c: its folder core/cellar has no place'
put core/tree/tree.c 'int tree_close(' '    struct tree *tree)' '{' '}'
expect 'core/tree/tree.c: tree_close is not declared in core/tree/tree.h'

put core/tree/tree.c '__attribute__((cold)) static void' 'helper(int a,' '       int b)' '{' '}'
expect

put core/tree/one.h
put core/tree/one.c '#include "core/tree/two.h"'
put core/tree/two.h '#include "core/tree/three.h"'
put core/tree/two.c
put core/tree/three.h
put core/tree/three.c '#include "core/tree/one.h"'
expect 'a circle: core/tree/one uses core/tree/two uses core/tree/three uses core/tree/one'

rm -rf "$directory/src/"*
expect 'there are no sources'

exit $failed
