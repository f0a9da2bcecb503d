/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's HTTP protocol, which gnu-efi does not declare: UEFI 2.10 §29.6. */
#ifndef MUSTER_HTTP_PROTOCOL_H
#define MUSTER_HTTP_PROTOCOL_H

#include <efi.h>

#define HTTP_SERVICE_BINDING_GUID                                                                  \
    {                                                                                              \
        0xbdc8e6af, 0xd9bc, 0x4379,                                                                \
        {                                                                                          \
            0xa7, 0x2a, 0xe0, 0xc4, 0xe7, 0x5d, 0xae, 0x1c                                         \
        }                                                                                          \
    }
#define HTTP_PROTOCOL_GUID                                                                         \
    {                                                                                              \
        0x7a59b29b, 0x910b, 0x4171,                                                                \
        {                                                                                          \
            0x82, 0x42, 0xa8, 0x5a, 0x0d, 0xf2, 0x5b, 0x5b                                         \
        }                                                                                          \
    }

/* A status of the token: the server has answered with a code of 400 or more (UEFI 2.10 §29.6.6). */
#define HTTP_ERROR EFIERR(35)

enum http_version { HTTP_VERSION_10, HTTP_VERSION_11 };
enum http_method { HTTP_GET = 0, HTTP_HEAD = 5 };

/* The specification counts the codes of HTTP through. */
enum http_code {
    HTTP_OK = 3,
    HTTP_MOVED_PERMANENTLY = 11,
    HTTP_FOUND = 12,
    HTTP_SEE_OTHER = 13,
    HTTP_TEMPORARY_REDIRECT = 16,
    HTTP_BAD_REQUEST = 17,
    HTTP_UNAUTHORIZED = 18,
    HTTP_FORBIDDEN = 20,
    HTTP_NOT_FOUND = 21,
    HTTP_METHOD_NOT_ALLOWED = 22,
    HTTP_PROXY_AUTHENTICATION = 24,
    HTTP_GONE = 27,
    HTTP_INTERNAL_SERVER_ERROR = 35,
    HTTP_NOT_IMPLEMENTED = 36,
    HTTP_VERSION_NOT_SUPPORTED = 40,
    HTTP_PERMANENT_REDIRECT = 41,
};

struct http_ipv4 {
    BOOLEAN use_default_address;
    EFI_IPv4_ADDRESS address;
    EFI_IPv4_ADDRESS subnet;
    UINT16 port;
};

struct http_ipv6 {
    EFI_IPv6_ADDRESS address;
    UINT16 port;
};

struct http_config {
    UINT32 version;
    UINT32 timeout; /* milliseconds */
    BOOLEAN is_ipv6;
    union {
        struct http_ipv4 *ipv4;
        struct http_ipv6 *ipv6;
    } access_point;
};

struct http_request {
    UINT32 method;
    CHAR16 *url;
};

struct http_response {
    UINT32 code;
};

struct http_header {
    CHAR8 *name;
    CHAR8 *value;
};

struct http_message {
    union {
        struct http_request *request;
        struct http_response *response;
    } data;
    UINTN header_count;
    struct http_header *headers;
    UINTN body_length; /* bytes */
    void *body;
};

struct http_token {
    EFI_EVENT event;
    EFI_STATUS status;
    struct http_message *message;
};

struct http_protocol {
    EFI_STATUS(EFIAPI *get_mode_data)(struct http_protocol *this, struct http_config *config);
    EFI_STATUS(EFIAPI *configure)(struct http_protocol *this, struct http_config *config);
    EFI_STATUS(EFIAPI *request)(struct http_protocol *this, struct http_token *token);
    EFI_STATUS(EFIAPI *cancel)(struct http_protocol *this, struct http_token *token);
    EFI_STATUS(EFIAPI *response)(struct http_protocol *this, struct http_token *token);
    EFI_STATUS(EFIAPI *poll)(struct http_protocol *this);
};

#endif
