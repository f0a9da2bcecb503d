#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Makes the base relocations of an EFI application (Microsoft PE format, "The .reloc Section"), for which binutils have no
# tool: from those of the shared object that it is made of, which have 24 bytes each. Firmware so moves the pointers.
#
# usage: base-relocations.sh PREFIX OBJECT FILE; PREFIX is that of the binutils, such as aarch64-linux-gnu-
set -eu

# Assembler text: a block for each page, with its address and size, and two bytes for each pointer: its type and the rest
# of its address. Without pointers the table is empty.
"$1readelf" -rW "$2" | awk '
    function end_block() { print ".balign 4\n1:" }
    !/R_AARCH64_/ { next }
    $3 != "R_AARCH64_RELATIVE" { print "base-relocations: " $0 >"/dev/stderr"; exit failed = 1 }
    (page = substr($1, 1, 13)) != last {
        if (last)
            end_block()
        last = page
        print "0: .4byte 0x" page "000, 1f - 0b"
    }
    { print ".2byte 0xa" substr($1, 14) }
    END {
        if (failed)
            exit 1
        if (last)
            end_block()
    }' >"$3.s"
"$1as" -o "$3.o" "$3.s"
"$1objcopy" -O binary -j .text "$3.o" "$3"
rm "$3.s" "$3.o"
