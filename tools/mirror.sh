#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Prints the address of the mirror from which this machine has its own Debian; fails where apt has none.
set -eu

codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
# shellcheck disable=SC2016 # apt's own variables
apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' 'Identifier: Packages' |
    sed -n "s/^$codename main //p" | head -n 1 | grep .
