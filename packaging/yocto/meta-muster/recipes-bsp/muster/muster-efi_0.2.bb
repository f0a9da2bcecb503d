# SPDX-License-Identifier: BSD-2-Clause
SUMMARY = "UEFI loader of Xen systems for Arm"
DESCRIPTION = "Muster's loader as ./dev build made it: MUSTER_EFI is the directory with musteraa64.efi."
LICENSE = "BSD-2-Clause"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/BSD-2-Clause;md5=cb641bc04cda31daea161b1bc15da69f"

MUSTER_EFI ?= "${THISDIR}/files"
FILESEXTRAPATHS:prepend := "${MUSTER_EFI}:"
SRC_URI = "file://musteraa64.efi"
S = "${WORKDIR}"

COMPATIBLE_HOST = "aarch64.*-linux"
INHIBIT_DEFAULT_DEPS = "1"

inherit deploy

do_install() {
    install -D -m 644 ${WORKDIR}/musteraa64.efi ${D}${prefix}/lib/muster/musteraa64.efi
}

do_deploy() {
    install -D -m 644 ${WORKDIR}/musteraa64.efi ${DEPLOYDIR}/musteraa64.efi
}
addtask deploy after do_install before do_build

FILES:${PN} = "${prefix}/lib/muster"
