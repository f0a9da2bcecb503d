# SPDX-License-Identifier: BSD-2-Clause
SUMMARY = "Check, install and try Xen systems for Arm"
DESCRIPTION = "The tool of Muster, for the target and for the build machine: check, plan, image, seal, install, update."
LICENSE = "BSD-2-Clause"
LIC_FILES_CHKSUM = "file://LICENSE;md5=27bf581df2a60018d3285afbd50b7d07"

# The tarball that ./dev release makes.
MUSTER_URI ?= "file://muster-${PV}.tar.gz"
SRC_URI = "${MUSTER_URI}"
S = "${WORKDIR}/muster-${PV}"

DEPENDS = "dtc nettle zlib"

do_compile() {
    oe_runmake host host-cc="${CC} ${CFLAGS} ${LDFLAGS}"
}

do_install() {
    oe_runmake install-tool host-cc="${CC} ${CFLAGS} ${LDFLAGS}" DESTDIR="${D}" prefix="${prefix}"
}

do_install:append:class-target() {
    oe_runmake install-hooks DESTDIR="${D}"
}

FILES:${PN} += "${datadir} ${prefix}/lib"
RRECOMMENDS:${PN} = "efibootmgr muster-efi"
RRECOMMENDS:${PN}:class-native = ""

BBCLASSEXTEND = "native"
