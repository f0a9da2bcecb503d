/* SPDX-License-Identifier: BSD-2-Clause */
/* Text of any bytes within XML 1.0. */
#include "host/base/xml.h"

#include "core/base/utf.h"

/* The entity that stands for a character; NULL for one that stands for itself. */
static const char *entity_of(char character)
{
    switch (character) {
    case '<':
        return "&lt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

void xml_text(FILE *stream, const char *text)
{
    while (text != NULL && *text != '\0') {
        size_t length = utf8_length(text);
        const char *entity = entity_of(*text);

        if (entity != NULL)
            fputs(entity, stream);
        else if (length == 0 || (unsigned char)*text < 0x20)
            fputs("\xef\xbf\xbd", stream);
        else
            fwrite(text, 1, length, stream);
        text += length != 0 ? length : 1;
    }
}
