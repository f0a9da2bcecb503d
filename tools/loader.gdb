# SPDX-License-Identifier: BSD-2-Clause
# For gdb-multiarch, connected to a QEMU machine in whose memory the loader is: finds it, and gives gdb its symbols.
# CONTRIBUTING.md tells how to come there. $top is the end of RAM; set it before for another machine than 2 GiB.

set pagination off
set confirm off
set architecture aarch64

# What the image has at its entry, read from the file.
file build/musteraa64.so
set $entry = (long)&efi_main
set $words = *(unsigned long *)$entry
set $more = *(unsigned long *)($entry + 8)
symbol-file

define loader
  if $_isvoid($top)
    set $top = 0xc0000000
  end
  set $page = $top - 0x40000
  while *(unsigned long *)($page + $entry) != $words || *(unsigned long *)($page + $entry + 8) != $more
    set $page = $page - 0x1000
  end
  printf "the loader is at 0x%lx\n", $page
  add-symbol-file build/musteraa64.so -o $page
end
document loader
Finds the loader in memory, from the end of RAM down, and gives gdb its symbols.
end

target remote :1234
