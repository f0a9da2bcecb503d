/* SPDX-License-Identifier: BSD-2-Clause */
/* Text of any bytes within XML 1.0. */
#ifndef MUSTER_XML_H
#define MUSTER_XML_H

#include <stdio.h>

/* Writes a text as character data or an attribute's value; NULL is empty. */
void xml_text(FILE *stream, const char *text);

#endif
