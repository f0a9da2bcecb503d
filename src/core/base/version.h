/* SPDX-License-Identifier: BSD-2-Clause */
/* The version of loader and host tool. */
#ifndef MUSTER_VERSION_H
#define MUSTER_VERSION_H

#define MUSTER_VERSION "0.2"

#endif
