/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses of files on a web server: RFC 3986, as far as servers of files need it. */
#include "efi/http_url.h"

#include <string.h>

#include "core/base/text.h"
#include "efi/memory.h"

static bool has_scheme(const char *url, const char *scheme)
{
    for (; *scheme != '\0'; scheme++, url++)
        if (*scheme != (*url >= 'A' && *url <= 'Z' ? *url + ('a' - 'A') : *url))
            return false;
    return true;
}

static bool is_visible(const char *url)
{
    size_t length = 0;

    for (; url[length] != '\0'; length++)
        if (length + 1 == HTTP_URL_MAX || url[length] <= ' ' || url[length] > '~')
            return false;
    return true;
}

size_t http_url_origin(const char *url)
{
    size_t scheme = has_scheme(url, "http://") ? 7 : has_scheme(url, "https://") ? 8 : 0;
    size_t length = scheme;

    if (scheme == 0 || !is_visible(url))
        return 0;
    length += text_until(url + length, "/?#");
    return length != scheme && url[length] == '/' ? length : 0;
}

static int digit_of(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    character = (char)(character | ('a' - 'A'));
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

char *http_url_name(struct firmware *firmware, const char *url)
{
    const char *at = url + http_url_origin(url);
    char *name = memory_allocate(firmware, strlen(at) + 1);
    size_t count = 0;

    if (name == NULL)
        return NULL;
    for (; *at != '\0' && *at != '?' && *at != '#'; at++) {
        char character = *at;

        if (character == '%' && digit_of(at[1]) >= 0 && digit_of(at[2]) >= 0) {
            character = (char)(digit_of(at[1]) * 16 + digit_of(at[2]));
            at += 2;
        }
        if (character == '\0')
            break;
        name[count++] = character;
    }
    name[count] = '\0';
    return name;
}

/* Characters that stand for themselves in a path (RFC 3986 §3.3). */
static bool is_plain(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') ||
           (character != '\0' && strchr("/-._~!$&'()*+,;=:@", character) != NULL);
}

char *http_url_of(struct firmware *firmware, const char *origin, size_t length, const char *name)
{
    static const char digits[] = "0123456789ABCDEF";
    char *url = memory_allocate(firmware, length + 3 * strlen(name) + 1);

    if (url == NULL)
        return NULL;
    memcpy(url, origin, length);
    for (; *name != '\0'; name++) {
        unsigned byte = (unsigned char)*name;

        if (is_plain(*name)) {
            url[length++] = *name;
            continue;
        }
        url[length++] = '%';
        url[length++] = digits[byte >> 4];
        url[length++] = digits[byte & 15];
    }
    url[length] = '\0';
    return url;
}

/* The bytes of `base` that an address which is not complete goes on from. */
static size_t kept_length(const char *base, const char *location)
{
    size_t origin = http_url_origin(base);
    size_t length = origin + text_until(base + origin, "?#");

    if (text_starts(location, "//"))
        return (size_t)(strchr(base, '/') - base);
    if (location[0] == '/')
        return origin;
    while (base[length - 1] != '/')
        length--;
    return length;
}

char *http_url_join(struct firmware *firmware, const char *base, const char *location)
{
    bool is_whole = has_scheme(location, "http://") || has_scheme(location, "https://");
    size_t length = text_until(location, "#");
    size_t kept = is_whole ? 0 : kept_length(base, location);
    char *url;

    if (length == 0 || length >= HTTP_URL_MAX)
        return NULL;
    /* A colon before the first slash ends a scheme (RFC 3986 §4.2). */
    if (!is_whole && location[text_until(location, ":/?")] == ':')
        return NULL;
    url = memory_allocate(firmware, kept + length + 1);
    if (url == NULL)
        return NULL;
    memcpy(url, base, kept);
    memcpy(url + kept, location, length);
    url[kept + length] = '\0';
    if (http_url_origin(url) != 0 && (!has_scheme(base, "https:") || has_scheme(url, "https:")))
        return url;
    memory_release(firmware, url, kept + length + 1);
    return NULL;
}
