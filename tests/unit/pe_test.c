/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of reading PE images: good ones, and each field wrong in turn. */
#include <stdlib.h>

#include "core/pe/pe.h"
#include "support.h"

enum {
    HEADER = 0x40,
    OPTIONAL_SIZE = 160,
    SECTIONS = HEADER + PE_OFFSET_OPTIONAL + OPTIONAL_SIZE,
    HEADERS_SIZE = 0x200,
    FILE_SIZE = 0x600,
    CODE = 0x1000, /* the address of .text */
};

/* An image in a block of exactly its size, so that ASan sees what is read outside. */
struct image {
    unsigned char *data;
    size_t size;
};

static void put(struct image *image, size_t at, uint64_t value, unsigned bytes)
{
    assert_true(at + bytes <= image->size);
    for (unsigned byte = 0; byte < bytes; byte++)
        image->data[at + byte] = (unsigned char)(value >> 8 * byte);
}

static void put_section(struct image *image, unsigned index, const char *name,
                        const struct pe_section *section)
{
    size_t at = SECTIONS + index * (size_t)PE_SECTION_HEADER_SIZE;

    memcpy(image->data + at, name, strlen(name));
    put(image, at + PE_SECTION_OFFSET_VIRTUAL_SIZE, section->size, 4);
    put(image, at + PE_SECTION_OFFSET_ADDRESS, section->address, 4);
    put(image, at + PE_SECTION_OFFSET_FILE_SIZE, section->file_size, 4);
    put(image, at + PE_SECTION_OFFSET_FILE_OFFSET, section->file_offset, 4);
    put(image, at + PE_SECTION_OFFSET_CHARACTERISTICS, section->characteristics, 4);
}

/* An image of two sections: .text of 0x200 bytes, and .data of 0x100 bytes, padded in the file. */
static int setup(void **state)
{
    struct image *image = calloc(1, sizeof(*image));

    *image = (struct image){.data = calloc(1, FILE_SIZE), .size = FILE_SIZE};
    memcpy(image->data, "MZ", 2);
    put(image, 0x3c, HEADER, 4);
    memcpy(image->data + HEADER, "PE\0\0", 4);
    put(image, HEADER + 4, PE_MACHINE_ARM64, 2);
    put(image, HEADER + PE_OFFSET_SECTION_COUNT, 2, 2);
    put(image, HEADER + PE_OFFSET_OPTIONAL_SIZE, OPTIONAL_SIZE, 2);
    put(image, HEADER + PE_OFFSET_OPTIONAL, 0x20b, 2);
    put(image, HEADER + PE_OFFSET_ENTRY, CODE + 8, 4);
    put(image, HEADER + PE_OFFSET_IMAGE_BASE, 0x123456789, 8);
    put(image, HEADER + PE_OFFSET_SECTION_ALIGNMENT, 0x1000, 4);
    put(image, HEADER + PE_OFFSET_FILE_ALIGNMENT, 0x200, 4);
    put(image, HEADER + PE_OFFSET_IMAGE_SIZE, 0x3000, 4);
    put(image, HEADER + PE_OFFSET_HEADERS_SIZE, HEADERS_SIZE, 4);
    put(image, HEADER + PE_OFFSET_SUBSYSTEM, PE_SUBSYSTEM_EFI, 2);
    put(image, HEADER + PE_OFFSET_CHARACTERISTICS, 0x100, 2);
    put(image, HEADER + PE_OFFSET_DIRECTORY_COUNT, 6, 4);
    put_section(image, 0, ".text",
                &(struct pe_section){.address = CODE,
                                     .size = 0x200,
                                     .file_offset = 0x200,
                                     .file_size = 0x200,
                                     .characteristics = PE_SECTION_CODE | PE_SECTION_EXECUTABLE});
    put_section(image, 1, ".longest",
                &(struct pe_section){.address = 0x2000,
                                     .size = 0x100,
                                     .file_offset = 0x400,
                                     .file_size = 0x200,
                                     .characteristics = PE_SECTION_DATA});
    *state = image;
    return 0;
}

static int teardown(void **state)
{
    struct image *image = *state;

    free(image->data);
    free(image);
    return 0;
}

#define image_test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

static enum pe_status status_of(const struct image *image)
{
    struct pe pe;
    enum pe_status status = pe_read(&pe, image->data, image->size);

    return status == PE_FINE ? pe_check(&pe) : status;
}

/* The verdict on an image with one field changed, which is put back afterwards. */
static enum pe_status with(struct image *image, size_t at, uint64_t value, unsigned bytes)
{
    unsigned char before[8];
    enum pe_status status;

    memcpy(before, image->data + at, bytes);
    put(image, at, value, bytes);
    status = status_of(image);
    memcpy(image->data + at, before, bytes);
    return status;
}

static void test_fields(void **state)
{
    const struct image *image = *state;
    struct pe pe;
    uint32_t address;
    uint32_t size;

    assert_int_equal(pe_read(&pe, image->data, image->size), PE_FINE);
    assert_int_equal(pe_check(&pe), PE_FINE);
    assert_int_equal(pe.machine, PE_MACHINE_ARM64);
    assert_int_equal(pe.subsystem, PE_SUBSYSTEM_EFI);
    assert_int_equal(pe.characteristics, 0x100);
    assert_int_equal(pe.entry, CODE + 8);
    assert_int_equal(pe.image_base, 0x123456789);
    assert_int_equal(pe.section_alignment, 0x1000);
    assert_int_equal(pe.file_alignment, 0x200);
    assert_int_equal(pe.image_size, 0x3000);
    assert_int_equal(pe.headers_size, HEADERS_SIZE);
    assert_int_equal(pe.section_count, 2);
    assert_int_equal(pe_file_size(&pe), FILE_SIZE);
    pe_directory(&pe, PE_DIRECTORY_RELOCATIONS, &address, &size);
    assert_int_equal(address, 0);
    assert_int_equal(size, 0);
}

static void test_sections(void **state)
{
    const struct image *image = *state;
    struct pe_section section;
    struct pe pe;
    size_t size;

    assert_int_equal(pe_read(&pe, image->data, image->size), PE_FINE);
    assert_false(pe_find(&pe, ".long", &section));
    assert_false(pe_find(&pe, ".longest1", &section));
    assert_true(pe_find(&pe, ".longest", &section));
    assert_string_equal(section.name, ".longest");
    assert_int_equal(section.address, 0x2000);
    assert_int_equal(section.characteristics, PE_SECTION_DATA);
    assert_ptr_equal(pe_file_content(&pe, &section, &size), image->data + 0x400);
    assert_int_equal(size, 0x100);

    /* The file as it would be mapped is shorter than what the section has there. */
    assert_null(pe_mapped_content(&pe, &section, &size));
    section.address = 0x500;
    assert_ptr_equal(pe_mapped_content(&pe, &section, &size), image->data + 0x500);
    section.address = 0x501;
    assert_null(pe_mapped_content(&pe, &section, &size));
    section.address = UINT32_MAX;
    assert_null(pe_mapped_content(&pe, &section, &size));

    /* A section larger in memory than in the file ends in zeros, which are not in the file. */
    section.size = 0x1000;
    pe_file_content(&pe, &section, &size);
    assert_int_equal(size, 0x200);
    section.file_offset = 0x401;
    assert_null(pe_file_content(&pe, &section, &size));
}

static void test_certificates_belong_to_the_file(void **state)
{
    struct image *image = *state;
    size_t at = HEADER + PE_OFFSET_DIRECTORIES + 8 * (size_t)PE_DIRECTORY_CERTIFICATES;
    struct pe pe;
    uint32_t address;
    uint32_t size;

    put(image, at, FILE_SIZE, 4);
    put(image, at + 4, 0x123, 4);
    assert_int_equal(pe_read(&pe, image->data, image->size), PE_FINE);
    pe_directory(&pe, PE_DIRECTORY_CERTIFICATES, &address, &size);
    assert_int_equal(address, FILE_SIZE);
    assert_int_equal(size, 0x123);
    assert_int_equal(pe_file_size(&pe), FILE_SIZE + 0x123);

    put(image, HEADER + PE_OFFSET_DIRECTORY_COUNT, 4, 4);
    assert_int_equal(pe_read(&pe, image->data, image->size), PE_FINE);
    pe_directory(&pe, PE_DIRECTORY_CERTIFICATES, &address, &size);
    assert_int_equal(size, 0);
    assert_int_equal(pe_file_size(&pe), FILE_SIZE);
}

/* Whatever is missing at the end is noticed, and nothing behind it is read. */
static void test_every_length(void **state)
{
    const struct image *whole = *state;

    for (size_t size = 0; size < FILE_SIZE; size++) {
        struct image part = {.data = malloc(size != 0 ? size : 1), .size = size};
        enum pe_status expected = size < HEADER + PE_OFFSET_OPTIONAL ? PE_NO_IMAGE : PE_CUT_OFF;

        memcpy(part.data, whole->data, size);
        /* The last 0x100 bytes are padding. */
        assert_int_equal(status_of(&part), size < FILE_SIZE - 0x100 ? expected : PE_FINE);
        assert_int_equal(pe_is_image(part.data, size), expected != PE_NO_IMAGE);
        free(part.data);
    }
}

static void test_wrong_fields(void **state)
{
    static const struct {
        size_t at;
        uint64_t value;
        unsigned bytes;
        enum pe_status status;
    } cases[] = {
        {0, 'M', 2, PE_NO_IMAGE},
        {0x3c, HEADER + 1, 4, PE_NO_IMAGE},
        {0x3c, FILE_SIZE, 4, PE_NO_IMAGE},
        {0x3c, UINT32_MAX, 4, PE_NO_IMAGE},
        {HEADER + PE_OFFSET_SECTION_COUNT, 0, 2, PE_DAMAGED},
        {HEADER + PE_OFFSET_SECTION_COUNT, 1, 2, PE_FINE},
        {HEADER + PE_OFFSET_SECTION_COUNT, 8, 2, PE_DAMAGED},
        {HEADER + PE_OFFSET_SECTION_COUNT, 96, 2, PE_CUT_OFF},
        {HEADER + PE_OFFSET_SECTION_COUNT, 97, 2, PE_DAMAGED},
        {HEADER + PE_OFFSET_OPTIONAL_SIZE, 0, 2, PE_CUT_OFF},
        {HEADER + PE_OFFSET_OPTIONAL_SIZE, 111, 2, PE_DAMAGED},
        {HEADER + PE_OFFSET_OPTIONAL_SIZE, UINT16_MAX, 2, PE_CUT_OFF},
        {HEADER + PE_OFFSET_OPTIONAL, 0x10b, 2, PE_NO_PE32P},
        {HEADER + PE_OFFSET_DIRECTORY_COUNT, 7, 4, PE_DAMAGED},
        {HEADER + PE_OFFSET_DIRECTORY_COUNT, UINT32_MAX, 4, PE_DAMAGED},
        {HEADER + PE_OFFSET_SECTION_ALIGNMENT, 0, 4, PE_DAMAGED},
        {HEADER + PE_OFFSET_SECTION_ALIGNMENT, 0x1001, 4, PE_DAMAGED},
        {HEADER + PE_OFFSET_SECTION_ALIGNMENT, 0x100, 4, PE_DAMAGED},
        {HEADER + PE_OFFSET_SECTION_ALIGNMENT, 0x20000000, 4, PE_DAMAGED},
        {HEADER + PE_OFFSET_FILE_ALIGNMENT, 0, 4, PE_DAMAGED},
        {HEADER + PE_OFFSET_FILE_ALIGNMENT, 3, 4, PE_DAMAGED},
        {HEADER + PE_OFFSET_IMAGE_SIZE, HEADERS_SIZE - 1, 4, PE_DAMAGED},
        {HEADER + PE_OFFSET_IMAGE_SIZE, 0x20ff, 4, PE_DAMAGED},
        {HEADER + PE_OFFSET_IMAGE_SIZE, 0x2100, 4, PE_FINE},
        {HEADER + PE_OFFSET_HEADERS_SIZE, SECTIONS + 79, 4, PE_DAMAGED},
        {HEADER + PE_OFFSET_HEADERS_SIZE, SECTIONS + 80, 4, PE_FINE},
        {HEADER + PE_OFFSET_HEADERS_SIZE, CODE, 4, PE_CUT_OFF},
        {HEADER + PE_OFFSET_ENTRY, 0, 4, PE_DAMAGED},
        {HEADER + PE_OFFSET_ENTRY, CODE - 1, 4, PE_DAMAGED},
        {HEADER + PE_OFFSET_ENTRY, CODE + 0x1ff, 4, PE_FINE},
        {HEADER + PE_OFFSET_ENTRY, CODE + 0x200, 4, PE_DAMAGED},
        {HEADER + PE_OFFSET_ENTRY, 0x2000, 4, PE_DAMAGED},
        /* Of the sections: a size without content, addresses, overlaps, the file's end. */
        {SECTIONS + 40 + PE_SECTION_OFFSET_VIRTUAL_SIZE, 0, 4, PE_FINE},
        {SECTIONS + 40 + PE_SECTION_OFFSET_VIRTUAL_SIZE, 0x1001, 4, PE_DAMAGED},
        {SECTIONS + 40 + PE_SECTION_OFFSET_VIRTUAL_SIZE, UINT32_MAX, 4, PE_DAMAGED},
        {SECTIONS + PE_SECTION_OFFSET_ADDRESS, HEADERS_SIZE - 1, 4, PE_DAMAGED},
        {SECTIONS + PE_SECTION_OFFSET_ADDRESS, 0x1e01, 4, PE_DAMAGED},
        {SECTIONS + 40 + PE_SECTION_OFFSET_ADDRESS, UINT32_MAX, 4, PE_DAMAGED},
        {SECTIONS + 40 + PE_SECTION_OFFSET_FILE_OFFSET, FILE_SIZE - 0x100, 4, PE_FINE},
        {SECTIONS + 40 + PE_SECTION_OFFSET_FILE_OFFSET, FILE_SIZE - 0xff, 4, PE_CUT_OFF},
        {SECTIONS + 40 + PE_SECTION_OFFSET_FILE_OFFSET, UINT32_MAX, 4, PE_CUT_OFF},
        {SECTIONS + 40 + PE_SECTION_OFFSET_FILE_SIZE, UINT32_MAX, 4, PE_FINE},
        {SECTIONS + PE_SECTION_OFFSET_CHARACTERISTICS, PE_SECTION_CODE, 4, PE_DAMAGED},
    };

    for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
        enum pe_status status = with(*state, cases[at].at, cases[at].value, cases[at].bytes);

        if (status != cases[at].status)
            print_error("case %zu\n", at);
        assert_int_equal(status, cases[at].status);
    }
}

static void test_status_texts(void **state)
{
    (void)state;
    assert_string_equal(pe_status_text(PE_FINE), "no error");
    assert_string_equal(pe_status_text(PE_NO_IMAGE), "it is not an EFI program");
    assert_string_equal(pe_status_text(PE_CUT_OFF), "it is cut off");
    assert_string_equal(pe_status_text(PE_NO_PE32P), "it is not of the 64-bit PE format");
    assert_string_equal(pe_status_text(PE_DAMAGED), "its headers contradict each other");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        image_test(test_fields),
        image_test(test_sections),
        image_test(test_certificates_belong_to_the_file),
        image_test(test_every_length),
        image_test(test_wrong_fields),
        cmocka_unit_test(test_status_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
