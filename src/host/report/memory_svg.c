/* SPDX-License-Identifier: BSD-2-Clause */
/* The two pictures of memory in a plan's drawing: who takes how much, and what lies where. */
#include "host/report/memory_svg.h"

#include "core/base/text.h"

#define BAR         44 /* width of both */
#define LABEL       (BAR + 34)
#define SHARES_END  256 /* where the sizes of the first picture end */
#define ADDRESSES   300 /* where the second picture begins */
#define TO_SCALE    22  /* width of RAM to scale beside its enlarged parts */
#define ENLARGED    (ADDRESSES + TO_SCALE + 46)
#define NAMES       (ENLARGED + BAR + 10)
#define NAME_MOST   17 /* characters of a share's label */
#define SPAN_MOST   21
#define LEAST       420 /* height */
#define MARK        1.5 /* what is smaller could not be seen */
#define SPAN_HEIGHT 34
#define BANK_GAP    16.0

/* One stretch of the second picture: what lies there, or what is free between two of these. */
struct stretch {
    const struct span *span; /* NULL: free */
    uint64_t start;
    uint64_t size;
};

static double total_ram(const struct facts *facts)
{
    const struct host_memory *memory = &facts->host->platform.memory;
    double total = 0;

    for (size_t at = 0; at < memory->bank_count; at++)
        total += (double)memory->banks[at].size;
    return total;
}

static bool is_in(const struct host_bank *bank, const struct span *span)
{
    return span->start >= bank->start && span->start - bank->start < bank->size;
}

/* Shared memory has a span for each domain that takes part. */
static bool is_again(const struct facts *facts, size_t at)
{
    return at != 0 && facts->spans[at - 1].start == facts->spans[at].start;
}

/*
 * Lists the stretches of a bank by address, with an array of two for each span and one more.
 * Returns how many there are.
 */
static size_t list_stretches(const struct facts *facts, const struct host_bank *bank,
                             struct stretch *stretches)
{
    uint64_t end = bank->start + (bank->size - 1); /* the last byte: RAM may end where numbers do */
    uint64_t next = bank->start;
    size_t count = 0;

    for (size_t at = 0; at < facts->span_count; at++) {
        const struct span *span = &facts->spans[at];

        if (!is_in(bank, span) || is_again(facts, at))
            continue;
        if (span->start > next && span->start - next >= 4096)
            stretches[count++] = (struct stretch){NULL, next, span->start - next};
        stretches[count++] = (struct stretch){span, span->start, span->size};
        if (span->size > end - span->start)
            return count;
        next = span->start + span->size > next ? span->start + span->size : next;
    }
    if (end - next >= 4095)
        stretches[count++] = (struct stretch){NULL, next, end - next + 1};
    return count;
}

static size_t stretches_most(const struct facts *facts)
{
    return 2 * facts->span_count + 1;
}

double memory_svg_height(const struct facts *facts, const struct amounts *amounts)
{
    const struct host_memory *memory = &facts->host->platform.memory;
    double shares = SVG_LINE * (double)(amounts->count + 1);
    double addresses = SPAN_HEIGHT * (double)(stretches_most(facts) + 2 * memory->bank_count);
    double height = shares > LEAST ? shares : LEAST;

    return addresses > height ? addresses : height;
}

static const char *class_of(enum amount_kind kind)
{
    static const char *const classes[] = {
        [AMOUNT_XEN] = "xen",       [AMOUNT_DOMAIN] = "domain", [AMOUNT_BINARIES] = "binaries",
        [AMOUNT_REGION] = "region", [AMOUNT_FREE] = "free",
    };

    return classes[kind];
}

/* A label stands beside its share where there is room, else as near below or above as there is. */
static double label_y(double wanted, double *next, double *last)
{
    double y = wanted > *next ? wanted : *next;

    y = y < *last ? y : *last;
    *next = y + SVG_LINE;
    *last += SVG_LINE;
    return y;
}

/* RAM, or what is asked for where that is more. */
static double amounts_sum(const struct amounts *amounts)
{
    double sum = 0;

    for (size_t at = 0; at < amounts->count; at++)
        sum += (double)amounts->each[at].size;
    return sum;
}

static void put_shares(const struct svg *svg, const struct amounts *amounts, double x, double y,
                       double height)
{
    double scale = height / amounts_sum(amounts);
    double top = y;
    double next = y + 10;
    double last = y + height - SVG_LINE * ((double)amounts->count - 1);

    svg_box(svg, x, y, BAR, height, "ram", text_size(svg->arena, amounts->ram));
    for (size_t at = 0; at < amounts->count; at++) {
        const struct amount *amount = &amounts->each[at];
        const char *size = text_size(svg->arena, amount->size);
        double high = (double)amount->size * scale;
        double label = label_y(top + high / 2 + 4, &next, &last);

        svg_box(svg, x, top, BAR, high > MARK ? high : MARK, class_of(amount->kind),
                text_format(svg->arena, "%s, %s", amount->label, size));
        svg_leader(svg, x + BAR, top + high / 2, x + LABEL - 4, label - 4);
        svg_text(svg, x + LABEL, label, "faint", amount->label, NAME_MOST);
        svg_text_end(svg, x + SHARES_END, label, "faint", size, 12);
        top += high;
    }
}

/* The stretch of the picture that shows a bank of RAM. */
struct bank_frame {
    const struct host_bank *bank;
    double enlarged_y; /* upper edges */
    double scaled_y;
    double scaled_height;
};

static double scaled_y(const struct bank_frame *frame, uint64_t address)
{
    double offset = (double)(address - frame->bank->start) / (double)frame->bank->size;

    return frame->scaled_y + frame->scaled_height * (1 - offset);
}

static void put_stretch(const struct svg *svg, const struct facts *facts,
                        const struct bank_frame *frame, const struct stretch *stretch, double x,
                        double y)
{
    bool is_binary = stretch->span != NULL && stretch->span->kind == SPAN_BINARY;
    const char *label = stretch->span != NULL ? stretch->span->label : "free";
    const char *class = stretch->span != NULL ? "region" : "free";
    const char *size = text_size(svg->arena, stretch->size);
    double bottom = scaled_y(frame, stretch->start);
    double high = (double)stretch->size / (double)frame->bank->size * frame->scaled_height;

    if (is_binary)
        class = text_format(svg->arena, "f%zu",
                            (size_t)(stretch->span->binary - facts->binaries) % SVG_COLOURS);
    high = high < bottom - frame->scaled_y ? high : bottom - frame->scaled_y;
    if (stretch->span != NULL)
        svg_box(svg, x + ADDRESSES, bottom - high, TO_SCALE, high > MARK ? high : MARK, class,
                label);
    svg_box(svg, x + ENLARGED, y, BAR, SPAN_HEIGHT - 2, class, label);
    svg_text(svg, x + NAMES, y + 13, "faint", label, SPAN_MOST);
    svg_text_end(svg, x + MEMORY_SVG_WIDTH, y + 27, "faint", size, 12);
    svg_text(svg, x + NAMES, y + 27, "mono", text_format(svg->arena, "0x%lx", stretch->start), 20);
}

/* Returns the height of the enlarged part. */
static double put_bank(const struct svg *svg, const struct facts *facts,
                       const struct bank_frame *frame, double x)
{
    struct stretch *stretches = arena_array(svg->arena, stretches_most(facts), sizeof(*stretches));
    size_t count = stretches != NULL ? list_stretches(facts, frame->bank, stretches) : 0;
    double height = SPAN_HEIGHT * (double)count;

    svg_box(svg, x + ADDRESSES, frame->scaled_y, TO_SCALE, frame->scaled_height, "ram",
            text_format(svg->arena, "RAM 0x%lx, %s", frame->bank->start,
                        text_size(svg->arena, frame->bank->size)));
    for (size_t at = 0; at < count; at++)
        put_stretch(svg, facts, frame, &stretches[at], x,
                    frame->enlarged_y + height - SPAN_HEIGHT * (double)(at + 1));
    svg_line(svg, x + ADDRESSES + TO_SCALE, frame->scaled_y, x + ENLARGED, frame->enlarged_y);
    svg_line(svg, x + ADDRESSES + TO_SCALE, frame->scaled_y + frame->scaled_height, x + ENLARGED,
             frame->enlarged_y + height - 2);
    return height;
}

/* The highest address is at the top. */
static void put_addresses(const struct svg *svg, const struct facts *facts, double x, double y,
                          double height)
{
    const struct host_memory *memory = &facts->host->platform.memory;
    double total = total_ram(facts);
    double scaled = height - BANK_GAP * (double)(memory->bank_count - 1);
    struct bank_frame frame = {.enlarged_y = y, .scaled_y = y};

    for (size_t at = memory->bank_count; at-- > 0;) {
        frame.bank = &memory->banks[at];
        frame.scaled_height = (double)frame.bank->size / total * scaled;
        frame.enlarged_y += put_bank(svg, facts, &frame, x) + BANK_GAP;
        frame.scaled_y += frame.scaled_height + BANK_GAP;
    }
}

void memory_svg(const struct svg *svg, const struct facts *facts, const struct amounts *amounts,
                double x, double y, double height)
{
    svg_text(svg, x, y - 16, "head",
             amounts->too_much ? "RAM: more is asked for than there is" : "RAM, and who takes it",
             40);
    svg_text(svg, x + ADDRESSES, y - 16, "head", "Addresses, to scale and enlarged", 40);
    put_shares(svg, amounts, x, y, height);
    put_addresses(svg, facts, x, y, height);
}
