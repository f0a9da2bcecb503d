/* SPDX-License-Identifier: BSD-2-Clause */
/* The forms of files that Xen starts: what their headers say of their size and processor. */
#include "core/preflight/images.h"

#include <libfdt.h>
#include <string.h>

#include "core/base/little.h"
#include "core/base/text.h"
#include "core/finish/packed.h"
#include "core/pe/pe.h"

#define IMAGE_OLD     0x14000008U /* the first instruction of an arm64 Image without a magic */
#define UIMAGE_ARM    2           /* in the header of a U-Boot image */
#define UIMAGE_ARM64  22
#define UIMAGE_HEADER 64U
#define ELF_ARM       40 /* e_machine */
#define ELF_ARM64     183
#define X86_MAGIC_AT  0x202U      /* in a Linux for x86 */
#define X86_MAGIC     0x53726448U /* "HdrS" */

void check_whole(const struct check *check, const struct binary *binary)
{
    struct pe pe;
    enum pe_status status = pe_read(&pe, binary->memory, (size_t)binary->size);
    uint64_t size = status == PE_FINE ? pe_file_size(&pe) : 0;

    if (status == PE_CUT_OFF)
        check_error(check, NULL, &binary->where, "was it copied completely?",
                    "%s is cut off: it ends within its headers", binary->name);
    else if (size > binary->size)
        check_error(check, NULL, &binary->where, "was it copied completely?",
                    "%s is cut off: it has %lu of %lu bytes", binary->name, binary->size, size);
}

/* True if Xen starts what is in a U-Boot image: gzip it unpacks; up to 4.17 it does not look. */
static bool is_taken(const struct check *check, unsigned char compression)
{
    return compression <= 1 || xen_is_from_to(check->xen, 0, XEN(4, 17));
}

void check_unpacked(const struct check *check, const struct binary *binary)
{
    const unsigned char *header = binary->memory;

    if (binary->content == CONTENT_UIMAGE && header[31] != 0 && check->xen->version != 0 &&
        check->xen->version < XEN(4, 18))
        check_warning(check, NULL, &binary->where, "take it out of its wrapping: dumpimage -o FILE",
                      "%s is compressed in its U-Boot image, which this Xen does not unpack",
                      binary->name);
}

/* A U-Boot image: its length, architecture and compression are what Xen looks at. */
static const char *read_uimage(const struct check *check, const struct binary *binary,
                               struct kernel_image *image)
{
    const unsigned char *header = binary->memory;

    if (binary->size < UIMAGE_HEADER)
        return "cut off";
    image->size = fdt32_ld((const void *)(header + 12));
    if (image->size > binary->size - UIMAGE_HEADER)
        return "cut off";
    if (!is_taken(check, header[31]))
        return "compressed in its U-Boot image";
    image->is_32 = header[29] == UIMAGE_ARM;
    if (xen_is_from_to(check->xen, XEN(4, 18), 0)) {
        image->address = fdt32_ld((const void *)(header + 16));
        if (image->address == 0 && fdt32_ld((const void *)(header + 20)) != 0)
            return "without a load address, but with an entry point";
    }
    return header[29] != UIMAGE_ARM && header[29] != UIMAGE_ARM64 ? "for another processor" : NULL;
}

const char *image_read(const struct check *check, const struct binary *binary,
                       struct kernel_image *image)
{
    const char *data = binary->memory;

    *image = (struct kernel_image){.size = binary->size};
    switch (binary->content) {
    case CONTENT_IMAGE:
        image->offset = read_little(data + 8, 8);
        return binary->size < 64 ? "cut off" : NULL;
    case CONTENT_ZIMAGE:
        image->is_32 = true;
        if (binary->size < 48 ||
            read_little(data + 44, 4) - read_little(data + 40, 4) > binary->size)
            return "cut off";
        image->address = read_little(data + 40, 4);
        image->size = read_little(data + 44, 4) - image->address;
        return NULL;
    case CONTENT_UIMAGE:
        return read_uimage(check, binary, image);
    case CONTENT_GZIP:
        return NULL; /* it is used as something else, too, which is said; others are unpacked */
    case CONTENT_UNKNOWN:
        if (binary->size < 64 || read_little(data, 4) != IMAGE_OLD)
            return "not a kernel";
        image->offset = read_little(data + 8, 8);
        return NULL;
    case CONTENT_ELF:
    case CONTENT_ZBOOT:
    case CONTENT_PE:
    case CONTENT_DEVICE_TREE:
    case CONTENT_CPIO:
    case CONTENT_COMPRESSED:
    case CONTENT_XSM:
    default:
        break;
    }
    return content_name(binary->content);
}

static const char *zboot_hint(const struct check *check, const struct binary *binary)
{
    uint64_t start;
    uint64_t size;

    if (!packed_in_zstd(binary->memory, binary->size, &start, &size))
        return "use the Image in it, or one in gzip";
    return text_format(check->arena,
                       "take the Image out of it: tail -c +%lu %s | head -c %lu | zstd -dc >Image",
                       start + 1, binary->name, size);
}

/* True for a program or kernel of processors that are not Arm's; those of Linux for x86 say so. */
static bool is_foreign(const struct binary *binary)
{
    const char *data = binary->memory;
    uint64_t machine = 0;
    struct pe pe;

    if (binary->content == CONTENT_ELF && binary->size >= 20)
        machine = read_little(data + 18, 2);
    if (machine != 0)
        return machine != ELF_ARM && machine != ELF_ARM64;
    if (pe_read(&pe, data, (size_t)binary->size) == PE_FINE)
        return pe.machine != PE_MACHINE_ARM64;
    return binary->size > X86_MAGIC_AT + 4 && read_little(data + X86_MAGIC_AT, 4) == X86_MAGIC;
}

const char *image_hint(const struct check *check, const struct binary *binary)
{
    if (is_foreign(binary))
        return "it is for another processor";
    switch (binary->content) {
    case CONTENT_ELF:
        return "use the Image that objcopy -O binary makes of it";
    case CONTENT_ZBOOT:
        return zboot_hint(check, binary);
    case CONTENT_COMPRESSED:
        return "Xen unpacks gzip alone: unpack it, or pack it with gzip";
    case CONTENT_IMAGE:
    case CONTENT_ZIMAGE:
    case CONTENT_GZIP:
        return "was it copied completely?";
    case CONTENT_UIMAGE:
    case CONTENT_UNKNOWN:
    case CONTENT_PE:
    case CONTENT_DEVICE_TREE:
    case CONTENT_CPIO:
    case CONTENT_XSM:
    default:
        break;
    }
    if (binary->size >= 8 && memcmp(binary->memory, "!<arch>\n", 8) == 0)
        return "it is a package: take the kernel out of it with dpkg-deb -x FILE DIR";
    return "Xen starts an Image, a zImage, or these in gzip";
}
