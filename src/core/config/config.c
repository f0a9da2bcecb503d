/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage config, first half: the grammar of a configuration file. */
#include "core/config/config.h"

#include <string.h>

#include "core/base/text.h"

#define LISTED_MAX   8U    /* sections that a hint lists */
#define LETTERS      63    /* of each of them */
#define TEXT_CHECKED 4096U /* bytes that tell if a file is text */

/* A stretch of a line: from `start` up to `end`. */
struct span {
    const char *start;
    const char *end;
};

/* The state of parsing a text. */
struct parser {
    const struct workspace *workspace;
    struct config *config;
    struct config_section *section; /* that entries go to */
    const char *line_start;
    unsigned line;
    struct config_header *again; /* the header that entries are below, if it was there before */
    bool is_continued;           /* the last line ended with a backslash, which is reported */
};

static struct span trim(struct span span)
{
    while (span.start < span.end && text_is_space(*span.start))
        span.start++;
    while (span.start < span.end && text_is_space(span.end[-1]))
        span.end--;
    return span;
}

static size_t span_length(struct span span)
{
    return (size_t)(span.end - span.start);
}

static struct location locate(const struct parser *parser, struct span span)
{
    return (struct location){
        .file = parser->config->file,
        .line = parser->line,
        .column = (unsigned)(span.start - parser->line_start) + 1,
        .width = (unsigned)span_length(span),
    };
}

static void report(const struct parser *parser, enum severity severity, struct span span,
                   const char *hint, const char *what)
{
    struct location where = locate(parser, span);

    diagnose(parser->workspace->diagnostics, severity, &where, hint, "%s", what);
}

/* The mistake in a section header, or NULL. */
static const char *wrong_header(struct span line, const char *close, struct span name)
{
    if (*line.start != '[')
        return "section header has no opening bracket";
    if (close == NULL)
        return "section header has no closing bracket";
    if (span_length(name) == 0)
        return "section header has no name";
    return close + 1 != line.end ? "what follows a section header is ignored" : NULL;
}

static bool open_section(struct parser *parser, struct span line)
{
    struct arena *arena = parser->workspace->arena;
    struct config *config = parser->config;
    const char *close = memchr(line.start, ']', span_length(line));
    const char *start = *line.start == '[' ? line.start + 1 : line.start;
    struct span name = trim((struct span){start, close != NULL ? close : line.end});
    const char *wrong = wrong_header(line, close, name);
    struct config_section *section;

    if (wrong != NULL)
        report(parser, SEVERITY_WARNING, line, "a section starts with its name in brackets: [name]",
               wrong);
    section = arena_allocate(arena, sizeof(*section));
    if (section == NULL)
        return false;
    section->name = arena_copy(arena, name.start, span_length(name));
    section->where = locate(parser, name);
    if (section->name == NULL)
        return false;
    parser->section = names_add(&config->sections, section->name, section);
    if (parser->section == NULL)
        return false;
    parser->again = NULL;
    if (parser->section == section) {
        config->last->next = section;
        config->last = section;
        return true;
    }
    parser->again = arena_allocate(arena, sizeof(*parser->again));
    if (parser->again == NULL)
        return false;
    parser->again->name = section->name;
    parser->again->where = section->where;
    return true;
}

static bool add_entry(struct parser *parser, struct span line)
{
    struct arena *arena = parser->workspace->arena;
    const char *equals = memchr(line.start, '=', span_length(line));
    struct span key = trim((struct span){line.start, equals != NULL ? equals : line.end});
    struct span value = equals != NULL ? trim((struct span){equals + 1, line.end}) : key;
    struct config_entry *entry = arena_allocate(arena, sizeof(*entry));

    if (entry == NULL)
        return false;
    entry->key = arena_copy(arena, key.start, span_length(key));
    entry->again = parser->again;
    entry->where = locate(parser, key);
    entry->value_where = locate(parser, value);
    if (equals != NULL)
        entry->value = arena_copy(arena, value.start, span_length(value));
    if (entry->key == NULL || (equals != NULL && entry->value == NULL))
        return false;
    if (parser->section->last != NULL)
        parser->section->last->next = entry;
    else
        parser->section->first = entry;
    parser->section->last = entry;
    return true;
}

/* A control character would end up in a name or a command line where nobody sees it. */
static bool check_characters(struct parser *parser, struct span line)
{
    for (const char *at = line.start; at < line.end; at++) {
        unsigned char character = (unsigned char)*at;

        if ((character < 0x20 && !text_is_space(*at)) || character == 0x7f) {
            report(parser, SEVERITY_ERROR, (struct span){at, at + 1},
                   "save the file as plain text in UTF-8",
                   text_format(parser->workspace->arena, "control character 0x%x",
                               (unsigned)character));
            return false;
        }
    }
    return true;
}

/* True if a line is the rest of one that ended with a backslash; the start of one loses that. */
static bool is_rest(struct parser *parser, struct span *line)
{
    bool was_continued = parser->is_continued;

    parser->is_continued = span_length(*line) != 0 && line->end[-1] == '\\';
    if (!parser->is_continued || was_continued)
        return was_continued;
    report(parser, SEVERITY_ERROR, (struct span){line->end - 1, line->end},
           "write the entry in one line, as long as it is", "a line does not go on in the next");
    *line = trim((struct span){line->start, line->end - 1});
    return false;
}

static bool parse_line(struct parser *parser, struct span line)
{
    const char *comment = memchr(line.start, '#', span_length(line));

    if (comment != NULL)
        line.end = comment;
    line = trim(line);
    if (is_rest(parser, &line))
        return true;
    if (span_length(line) == 0 || *line.start == ';')
        return true;
    if (!check_characters(parser, line))
        return true;
    if (*line.start == '[' ||
        (line.end[-1] == ']' && memchr(line.start, '=', span_length(line)) == NULL))
        return open_section(parser, line);
    if (*line.start == '=') {
        report(parser, SEVERITY_WARNING, line, "an entry is written key=value",
               "there is no key before the equals sign");
        return true;
    }
    return add_entry(parser, line);
}

const char *config_start(const char *text, size_t size)
{
    return size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
}

const char *config_line(const char *at, const char *end, const char **next)
{
    while (at < end && *at != '\n' && *at != '\r')
        at++;
    *next = end - at > 1 && memcmp(at, "\r\n", 2) == 0 ? at + 2 : at + 1;
    return at;
}

bool config_parse(const struct workspace *workspace, const char *file, const char *text,
                  size_t size, struct config *config)
{
    struct parser parser = {.workspace = workspace, .config = config};
    const char *end = text + size;

    *config = (struct config){.file = file};
    names_init(&config->sections, workspace->arena, false);
    config->last = &config->head;
    parser.section = &config->head;
    if (size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0)) {
        diagnose(workspace->diagnostics, SEVERITY_ERROR, &(struct location){.file = file},
                 "save the file as plain text in UTF-8", "the file is in UTF-16");
        return false;
    }
    if (size != 0 && memchr(text, '\0', size < TEXT_CHECKED ? size : TEXT_CHECKED) != NULL) {
        diagnose(workspace->diagnostics, SEVERITY_ERROR, &(struct location){.file = file},
                 "is it a configuration file?", "the file is not text");
        return false;
    }
    for (const char *at = config_start(text, size), *next; at < end; at = next) {
        struct span line = {at, config_line(at, end, &next)};

        if (++parser.line > CONFIG_LINES_MAX) {
            diagnose(workspace->diagnostics, SEVERITY_ERROR, &(struct location){.file = file},
                     "is it a configuration file?", "it has more than %u lines", CONFIG_LINES_MAX);
            return false;
        }
        parser.line_start = at;
        if (!parse_line(&parser, line))
            return false;
    }
    return true;
}

struct config_section *config_section(const struct config *config, const char *name)
{
    return names_find(&config->sections, name);
}

const struct config_entry *config_find(const struct config_section *section, const char *key)
{
    const struct config_entry *entry = section != NULL ? section->first : NULL;

    while (entry != NULL && strcmp(entry->key, key) != 0)
        entry = entry->next;
    return entry;
}

const char *config_meant(struct arena *arena, const struct config_entry *entry)
{
    size_t length = text_until(entry->key, " \t:");
    const char *rest = entry->key + length;

    if (length == 0 || *rest == '\0')
        return NULL;
    while (text_is_space(*rest) || *rest == ':')
        rest++;
    return text_format(arena, "write %.*s=%s%s%s", (int)length, entry->key, rest,
                       entry->value != NULL ? "=" : "", entry->value != NULL ? entry->value : "");
}

/* The end of a word in quotes: the quote that closes it, with nothing but white space behind. */
static const char *quoted_end(const char *start)
{
    const char *end = *start == '"' || *start == '\'' ? strchr(start + 1, *start) : NULL;

    return end != NULL && (end[1] == '\0' || text_is_space(end[1])) ? end : NULL;
}

char *config_word(struct arena *arena, const char **text)
{
    const char *start = *text;
    const char *end;
    const char *rest;

    if (start == NULL)
        return NULL;
    while (text_is_space(*start))
        start++;
    end = quoted_end(start);
    if (end != NULL) {
        start++;
        rest = end + 1;
    } else {
        for (end = start; *end != '\0' && !text_is_space(*end); end++)
            continue;
        rest = end;
    }
    while (text_is_space(*rest))
        rest++;
    *text = *rest != '\0' ? rest : NULL;
    return end > start ? arena_copy(arena, start, (size_t)(end - start)) : NULL;
}

/* One message for all keys that two parts of a section both have. */
static void report_header(const struct workspace *workspace, const struct config_entry *entry,
                          const struct config_entry *first)
{
    if (!entry->again->is_reported)
        diagnose(workspace->diagnostics, SEVERITY_WARNING, &entry->again->where,
                 "rename one of them, or make one of the two",
                 "section [%s] is there twice; where both have a key, as %s=, the first one counts "
                 "(line %u)",
                 entry->again->name, entry->key, first->where.line);
    entry->again->is_reported = true;
}

void config_report_again(const struct workspace *workspace, const struct config_entry *entry,
                         const struct config_entry *first)
{
    if (entry->again != NULL) {
        report_header(workspace, entry, first);
        return;
    }
    diagnose_once(workspace->diagnostics, SEVERITY_WARNING, &entry->where, "remove one of them",
                  "%s= is given again; the one in line %u counts", entry->key, first->where.line);
}

void config_report_no_value(const struct workspace *workspace, const struct config_entry *entry,
                            enum severity severity)
{
    diagnose(workspace->diagnostics, severity, &entry->where, "an entry is written key=value",
             "%s has no value and is ignored", entry->key);
}

/* The section that is named with the brackets of its header, or NULL. */
static const struct config_section *in_brackets(const struct workspace *workspace,
                                                const struct config *config, const char *name)
{
    size_t length = strlen(name);
    const char *inner = length > 2 && name[0] == '[' && name[length - 1] == ']'
                            ? arena_copy(workspace->arena, name + 1, length - 2)
                            : NULL;

    return inner != NULL ? config_section(config, inner) : NULL;
}

void config_report_no_section(const struct workspace *workspace, const struct config *config,
                              const struct location *where, const char *name, bool is_domain)
{
    struct nearest nearest = {.wanted = name};
    const struct config_section *meant = in_brackets(workspace, config, name);
    const char *hint = NULL;
    const char *all = "";
    unsigned count = 0;

    for (const struct config_section *each = config->head.next; each != NULL; each = each->next) {
        if (strcmp(each->name, "global") == 0)
            continue;
        if (!is_domain || config_find(each, "domains") == NULL)
            nearest_offer(&nearest, each->name);
        if (count < LISTED_MAX)
            all = text_format(workspace->arena, "%s%s%.*s", all, count == 0 ? "" : ", ", LETTERS,
                              each->name);
        count++;
    }
    if (meant != NULL || nearest.name != NULL)
        hint = text_format(workspace->arena, "did you mean %s?",
                           meant != NULL ? meant->name : nearest.name);
    else if (count != 0)
        hint = text_format(workspace->arena, "its sections are: %s%s", all,
                           count > LISTED_MAX ? ", …" : "");
    else
        hint = text_format(workspace->arena, "add a section that starts with [%s]", name);
    diagnose_once(workspace->diagnostics, SEVERITY_ERROR, where, hint,
                  "there is no section [%s] in %s", name, config->file);
}
