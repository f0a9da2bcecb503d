/* SPDX-License-Identifier: BSD-2-Clause */
/* The variables of an ImageBuilder configuration. */
#include "host/import/imagebuilder.h"

#include "core/base/text.h"

static const char *variable_key(struct imagebuilder *config, const char *name, unsigned index,
                                unsigned second)
{
    return second == IMAGEBUILDER_ALONE
               ? text_format(config->arena, "%s[%u]", name, index)
               : text_format(config->arena, "%s[%u,%u]", name, index, second);
}

struct imagebuilder_variable *imagebuilder_look_up(struct imagebuilder *config, const char *name,
                                                   unsigned index, unsigned second)
{
    const char *key = variable_key(config, name, index, second);

    return key != NULL ? names_find(&config->names, key) : NULL;
}

static void append(struct imagebuilder *config, struct imagebuilder_variable *variable)
{
    if (config->last != NULL)
        config->last->next = variable;
    else
        config->first = variable;
    config->last = variable;
}

struct imagebuilder_variable *imagebuilder_take(struct imagebuilder *config, const char *name,
                                                unsigned index, unsigned second)
{
    const char *key = variable_key(config, name, index, second);
    struct imagebuilder_variable *variable;

    if (key == NULL)
        return NULL;
    variable = names_find(&config->names, key);
    if (variable != NULL)
        return variable;
    variable = arena_allocate(config->arena, sizeof(*variable));
    if (variable == NULL || names_add(&config->names, key, variable) == NULL)
        return NULL;
    variable->name = name;
    variable->index = index;
    variable->second = second;
    append(config, variable);
    return variable;
}

const struct imagebuilder_variable *imagebuilder_find_pair(struct imagebuilder *config,
                                                           const char *name, unsigned index,
                                                           unsigned second)
{
    struct imagebuilder_variable *variable = imagebuilder_look_up(config, name, index, second);

    if (variable == NULL)
        return NULL;
    variable->is_used = true;
    return variable->is_faulty || variable->value[0] != '\0' ? variable : NULL;
}

const struct imagebuilder_variable *imagebuilder_find(struct imagebuilder *config, const char *name,
                                                      unsigned index)
{
    return imagebuilder_find_pair(config, name, index, IMAGEBUILDER_ALONE);
}

const char *imagebuilder_written(struct imagebuilder *config,
                                 const struct imagebuilder_variable *variable)
{
    bool is_plain = !variable->is_element && variable->index == 0;

    return is_plain ? variable->name
                    : variable_key(config, variable->name, variable->index, variable->second);
}

const char *imagebuilder_value(struct imagebuilder *config, const char *name, unsigned index,
                               const char *missing)
{
    const struct imagebuilder_variable *variable = imagebuilder_find(config, name, index);

    return variable != NULL ? variable->value : missing;
}
