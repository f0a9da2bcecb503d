/* SPDX-License-Identifier: BSD-2-Clause */
/* Computes SHA-256 as Muster does, by each kind of the library's code, and says what is wrong. */

#include <efi.h>
#include <efilib.h>

#include "efi/arch.h"
#include "efi/sha256.h"

#define MILLION 1000000U
#define PIECES  300U /* each split of so many bytes is tried */

/* The library chooses its code by it: C-like, NEON, or the processor's instructions. */
extern unsigned int OPENSSL_armcap_P;

/* The examples of FIPS 180-4's authors (csrc.nist.gov, "Examples with Intermediate Values"), and
 * the message of no bytes. */
static const struct {
    const char *text;
    const char *digest;
} vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};
static const char million_digest[] =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static UINTN wrong;

static void expect(const struct digest *sha, struct digest_state *state, const char *wanted)
{
    unsigned char digest[DIGEST_SIZE];

    sha->finish(state, digest);
    for (UINTN at = 0; at < DIGEST_SIZE; at++) {
        unsigned char high = (unsigned char)"0123456789abcdef"[digest[at] >> 4];
        unsigned char low = (unsigned char)"0123456789abcdef"[digest[at] & 15];

        if (high != (unsigned char)wanted[2 * at] || low != (unsigned char)wanted[2 * at + 1]) {
            wrong++;
            return;
        }
    }
}

static void try_texts(const struct digest *sha)
{
    struct digest_state state;

    for (UINTN at = 0; at < sizeof(vectors) / sizeof(vectors[0]); at++) {
        sha->start(&state);
        sha->update(&state, vectors[at].text, strlena((const CHAR8 *)vectors[at].text));
        expect(sha, &state, vectors[at].digest);
    }
}

static void try_a_million(const struct digest *sha)
{
    static unsigned char letters[1000];
    struct digest_state state;

    SetMem(letters, sizeof(letters), 'a');
    sha->start(&state);
    for (UINTN at = 0; at < MILLION / sizeof(letters); at++)
        sha->update(&state, letters, sizeof(letters));
    expect(sha, &state, million_digest);
}

/* Bytes at any address, in two parts of any size, have the digest of the whole. */
static void try_pieces(const struct digest *sha)
{
    static unsigned char bytes[PIECES + 1];
    unsigned char whole[DIGEST_SIZE];
    unsigned char parted[DIGEST_SIZE];
    struct digest_state state;

    for (UINTN at = 0; at < sizeof(bytes); at++)
        bytes[at] = (unsigned char)(at * 7);
    sha->start(&state);
    sha->update(&state, bytes + 1, PIECES);
    sha->finish(&state, whole);
    for (UINTN part = 0; part <= PIECES; part++) {
        sha->start(&state);
        sha->update(&state, bytes + 1, part);
        sha->update(&state, bytes + 1 + part, PIECES - part);
        sha->finish(&state, parted);
        wrong += CompareMem(whole, parted, DIGEST_SIZE) != 0;
    }
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
    static const unsigned kinds[] = {0x00, 0x01, 0x11};
    const struct digest *sha = sha256();

    InitializeLib(image, system_table);
    Print(L"sha256: %s instructions\r\n", arch_has_sha256() ? L"with" : L"without");
    for (UINTN at = 0; at < (arch_has_sha256() ? 3U : 2U); at++) {
        OPENSSL_armcap_P = kinds[at];
        wrong = 0;
        try_texts(sha);
        try_a_million(sha);
        try_pieces(sha);
        Print(L"sha256: code %x, %d wrong\r\n", (UINT64)kinds[at], wrong);
    }
    Print(L"sha256: done\r\n");
    return EFI_SUCCESS;
}
