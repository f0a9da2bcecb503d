# SPDX-License-Identifier: BSD-2-Clause
# Completion of muster's command line for fish: the program itself tells its commands and options.

function __muster_commands
    set -l words (commandline -opc)
    $words[1] --help | string replace -rf '^  ([a-z]+) +(.*)' '$1\t$2'
end

function __muster_options
    set -l words (commandline -opc)
    $words[1] $words[2] --help | string match -ra -- '--[a-z][a-z0-9-]*' | sort -u
    echo --help
end

complete -c muster -n 'test (count (commandline -opc)) = 1' -f -a '(__muster_commands)'
complete -c muster -n '__fish_seen_subcommand_from help' -f -a '(__muster_commands)'
complete -c muster -n 'test (count (commandline -opc)) -gt 1; and string match -q -- "-*" (commandline -ct)' \
    -f -a '(__muster_options)'
complete -c muster -n '__fish_prev_arg_in --machine' -f -a qemu
complete -c muster -n '__fish_prev_arg_in --format' -f -a 'text json sarif github'
complete -c muster -n '__fish_prev_arg_in --firmware' -f -a 'edk2 u-boot'
complete -c muster -n '__fish_prev_arg_in --root -d --directory --boot --esp' -f -a '(__fish_complete_directories (commandline -ct))'
complete -c muster -n '__fish_prev_arg_in --memory --label --size --cpus --domains --timeout --until --next' -f
