#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Checks how the files of a source directory (default: src) stand on each other, by their includes. Prints a line for
# each mistake; the exit status tells whether there was one. A file is its .c and its .h together:
#
# - an include is by path from the source directory;
# - a folder stands on those named before it in the lists below; core uses neither efi nor host;
# - no files use each other in a circle;
# - a header has a .c file of its name, and a function that is not static is declared in the header of its file;
#   the exceptions are listed below.
set -eu

cd "${1:-src}"

find . -name '*.[ch]' | sed 's|^\./||' | sort | awk '
BEGIN {
    # Folders from the lowest up; those in braces stand side by side.
    order("core", "base tree config compose plan memory finish preflight . boot")
    order("host", "base machine report state {disk run import seal} install .")
    # These stand beside the others, on a few.
    only["core/pe"] = "core/base"
    only["core/seal"] = "core/base core/pe"

    # Headers of types and constants alone.
    split("core/base/version.h core/base/volume.h core/base/workspace.h efi/arch.h " \
        "efi/http_protocol.h host/base/exit_code.h", list)
    for (at in list)
        alone[list[at]] = 1
    # The compiler, libgcc and libdeflate call these.
    split("efi/arch efi/freestanding efi/deflate", list)
    for (at in list)
        is_called_unseen[list[at]] = 1
}

function order(top, folders, names, count, at, level, side) {
    count = split(folders, names, " ")
    for (at = 1; at <= count; at++) {
        if (!side)
            level++
        if (sub(/^\{/, "", names[at]))
            side = 1
        if (sub(/\}$/, "", names[at]))
            side = 0
        rank[names[at] == "." ? top : top "/" names[at]] = level
    }
}

function folder_of(file) {
    sub(/\/[^\/]*$/, "", file)
    return file
}

function stem_of(file) {
    sub(/\.[ch]$/, "", file)
    return file
}

function top_of(file) {
    sub(/\/.*/, "", file)
    return file
}

function say(file, what) {
    print file ": " what
    mistakes++
}

# True if a file of one folder may include one of another.
function may_use(from, to) {
    if (from == to)
        return 1
    if (from in only)
        return index(" " only[from] " ", " " to " ")
    if (top_of(from) != top_of(to))
        return top_of(to) == "core" && top_of(from) != "core"
    # A folder beside the others is for the last stage and for what is above.
    if (to in only)
        return rank[from] >= rank[top_of(to) "/preflight"]
    return rank[to] < rank[from]
}

{ exists[$0] = 1; files[++count] = $0 }

function check_include(file, name, from, to) {
    if (name !~ /\// || !(name in exists)) {
        say(file, "includes " name ", which is not a path from the source directory")
        return
    }
    from = folder_of(file)
    to = folder_of(name)
    if (!may_use(from, to))
        say(file, "includes " name ", but " from " does not stand on " to)
    if (stem_of(file) != stem_of(name))
        uses[stem_of(file)] = uses[stem_of(file)] " " stem_of(name)
}

# A definition starts at the left margin, and its body is on a line of its own.
function check_definition(file, text, name) {
    name = text
    sub(/\(.*/, "", name)
    sub(/.*[ *]/, "", name)
    if (name == "main" || name == "")
        return
    defines[stem_of(file)] = defines[stem_of(file)] " " name
}

function read_file(file, line, head, before, folder) {
    folder = folder_of(file)
    if (top_of(file) !~ /^(core|efi|host)$/ || (top_of(file) != "efi" && !(folder in rank) && !(folder in only)))
        say(file, "its folder " folder " has no place in tests/lint/structure.sh")
    if (file ~ /\.h$/ && !(file in alone) && !((stem_of(file) ".c") in exists))
        say(file, "has no .c file of its name")
    while ((getline line < file) > 0) {
        if (line ~ /^#include "/) {
            gsub(/^#include "|".*/, "", line)
            check_include(file, line)
        } else if (file ~ /\.c$/ && line ~ /^[a-z].*\(/ && line !~ /^static/ && line !~ /;$/) {
            # The type of a name at the margin is on the line above.
            head = line ~ /^[a-z_]*\(/ && before ~ /static/ ? "" : line
        } else if (line == "{") {
            if (head != "")
                check_definition(file, head)
            head = ""
        } else if (file ~ /\.h$/ && line ~ /\(/) {
            declared[stem_of(file)] = declared[stem_of(file)] " " line
        }
        if (line ~ /^(static|struct|enum|\})/)
            head = ""
        before = line
    }
    close(file)
}

function check_declared(stem, names, total, at) {
    total = stem in is_called_unseen ? 0 : split(defines[stem], names, " ")
    for (at = 1; at <= total; at++)
        if (declared[stem] !~ ("[ *]" names[at] "\\("))
            say(stem ".c", names[at] " is not declared in " stem ".h")
}

# Follows the uses of a file; `path` is the way to it.
function follow(stem, path, names, total, at) {
    if (state[stem] == "done")
        return
    if (state[stem] == "open") {
        sub(".* " stem " ", stem " ", path)
        gsub(/ /, " uses ", path)
        say(stem, "a circle: " path)
        return
    }
    state[stem] = "open"
    total = split(uses[stem], names, " ")
    for (at = 1; at <= total; at++)
        follow(names[at], path " " names[at])
    state[stem] = "done"
}

END {
    for (at = 1; at <= count; at++)
        read_file(files[at])
    for (at = 1; at <= count; at++) {
        if (files[at] ~ /\.c$/)
            check_declared(stem_of(files[at]))
        follow(stem_of(files[at]), " " stem_of(files[at]))
    }
    if (count == 0) {
        print "there are no sources"
        mistakes++
    }
    exit mistakes != 0
}'
