/* SPDX-License-Identifier: BSD-2-Clause */
/* The import's last word: what became of every variable that the new configuration does not use. */
#include "host/import/import_rest.h"

#include <string.h>

#include "core/base/text.h"

/* A variable that ImageBuilder knows, and why the import may have had no use for it. */
struct known {
    const char *name;
    enum severity severity;
    const char *why;  /* NULL for one that is carried over where it counts; in a note, the reason */
    const char *hint; /* or NULL */
};

/* Notes on the same reason are one note. */
#define U_BOOT_ONLY "only U-Boot's script uses this"
#define FIT_ONLY    "there is no FIT image, the loader reads files"
#define LINUX_ONLY  "is not carried over: it is for a boot without Xen"
#define DISK_ONLY   "is not carried over: it is for ImageBuilder's disk image"
#define LOPPER_ONLY "import makes the fragments for devices itself"

static const struct known known[] = {
    {"LOAD_CMD", SEVERITY_NOTE, U_BOOT_ONLY, NULL},
    {"BOOT_CMD", SEVERITY_NOTE, U_BOOT_ONLY, NULL},
    {"XEN_LOAD", SEVERITY_NOTE, U_BOOT_ONLY, NULL},
    {"DOM0_LOAD", SEVERITY_NOTE, U_BOOT_ONLY, NULL},
    {"DOMU_LOAD", SEVERITY_NOTE, U_BOOT_ONLY, NULL},
    {"UBOOT_SOURCE", SEVERITY_NOTE, U_BOOT_ONLY, NULL},
    {"UBOOT_SCRIPT", SEVERITY_NOTE, U_BOOT_ONLY, NULL},
    {"CALC", SEVERITY_NOTE, U_BOOT_ONLY, NULL},
    {"EFI", SEVERITY_NOTE, "the loader is an EFI application", NULL},
    {"GPT", SEVERITY_NOTE, "muster image always makes a GPT", NULL},
    {"FDTEDIT", SEVERITY_NOTE, "muster plan --dtb-out writes the finished tree", NULL},
    {"FIT", SEVERITY_NOTE, FIT_ONLY, NULL},
    {"FIT_ENC_KEY_DIR", SEVERITY_NOTE, FIT_ONLY, "sign the loader and Xen for Secure Boot"},
    {"FIT_ENC_UB_DTB", SEVERITY_NOTE, FIT_ONLY, "sign the loader and Xen for Secure Boot"},
    {"APPEND_EXTRA_CMDS", SEVERITY_WARNING, "is not carried over: these are commands of U-Boot",
     "run them before the loader, or do their work in an overlay"},
    {"BITSTREAM", SEVERITY_WARNING, "is not carried over: the loader programs no FPGA",
     "load the bitstream before the loader is started"},
    {"PASSTHROUGH_DTS_REPO", SEVERITY_WARNING,
     "is not carried over: import makes the fragments for devices from DEVICE_TREE",
     "compile one of your own with dtc, and name it with DOMU_PASSTHROUGH_DTB[n]"},
    {"LOPPER_PATH", SEVERITY_NOTE, LOPPER_ONLY, NULL},
    {"LOPPER_CMD", SEVERITY_NOTE, LOPPER_ONLY, NULL},
    {"XEN_PASSTHROUGH_PATHS", SEVERITY_WARNING, NULL, NULL},
    {"LINUX", SEVERITY_WARNING, LINUX_ONLY, NULL},
    {"LINUX_CMD", SEVERITY_WARNING, LINUX_ONLY, NULL},
    {"LINUX_RAMDISK", SEVERITY_WARNING, LINUX_ONLY, NULL},
    {"LINUX_ROOTFS", SEVERITY_WARNING, LINUX_ONLY, NULL},
    {"DOM0_ROOTFS", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_ROOTFS", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_DRIVER_DOMAIN", SEVERITY_WARNING, DISK_ONLY, NULL},
    {"DOMU_MAXMEM", SEVERITY_WARNING,
     "is not carried over: Xen gives a domain that it starts itself the memory of DOMU_MEM and no "
     "more",
     NULL},
    {"DOMU_VCPU_HARD_AFFINITY", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_STATIC_EVTCHNS", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_CAPS", SEVERITY_WARNING, "is not carried over",
     "write capabilities=<N> into the domain's section"},
    {"XEN", SEVERITY_WARNING, NULL, NULL},
    {"XEN_CMD", SEVERITY_WARNING, NULL, NULL},
    {"XEN_POLICY", SEVERITY_WARNING, NULL, NULL},
    {"XEN_COLORS", SEVERITY_WARNING, NULL, NULL},
    {"XEN_STATIC_HEAP", SEVERITY_WARNING, NULL, NULL},
    {"DEVICE_TREE", SEVERITY_WARNING, NULL, NULL},
    {"NUM_DT_OVERLAY", SEVERITY_WARNING, NULL, NULL},
    {"DT_OVERLAY", SEVERITY_WARNING, NULL, NULL},
    {"DOM0_KERNEL", SEVERITY_WARNING, NULL, NULL},
    {"DOM0_CMD", SEVERITY_WARNING, NULL, NULL},
    {"DOM0_RAMDISK", SEVERITY_WARNING, NULL, NULL},
    {"DOM0_MEM", SEVERITY_WARNING, NULL, NULL},
    {"DOM0_VCPUS", SEVERITY_WARNING, NULL, NULL},
    {"DOM0_COLORS", SEVERITY_WARNING, NULL, NULL},
    {"NUM_CPUPOOLS", SEVERITY_WARNING, NULL, NULL},
    {"CPUPOOL", SEVERITY_WARNING, NULL, NULL},
    {"NUM_BOOT_AUX_FILE", SEVERITY_WARNING, NULL, NULL},
    {"BOOT_AUX_FILE", SEVERITY_WARNING, NULL, NULL},
    {"NUM_DOMUS", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_KERNEL", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_CMD", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_RAMDISK", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_PASSTHROUGH_DTB", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_PASSTHROUGH_PATHS", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_MEM", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_VCPUS", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_NOBOOT", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_VPL011", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_ENHANCED", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_STATIC_MEM", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_DIRECT_MAP", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_SHARED_MEM", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_COLORS", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_CPUPOOL", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_GRANT_VER", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_GRANT_FRAMES", SEVERITY_WARNING, NULL, NULL},
    {"DOMU_MAPTRACK_FRAMES", SEVERITY_WARNING, NULL, NULL},
};

#define KNOWN_COUNT (sizeof(known) / sizeof(known[0]))

/* Arrays count up to what another variable says. */
static const struct {
    const char *prefix;
    const char *count;
} counts[] = {
    {"DOMU_", "NUM_DOMUS"},
    {"DT_OVERLAY", "NUM_DT_OVERLAY"},
    {"CPUPOOL", "NUM_CPUPOOLS"},
    {"BOOT_AUX_FILE", "NUM_BOOT_AUX_FILE"},
};

static const struct known *find_known(const char *name)
{
    for (size_t at = 0; at < KNOWN_COUNT; at++)
        if (strcmp(known[at].name, name) == 0)
            return &known[at];
    return NULL;
}

static const char *nearest_known(const char *name)
{
    struct nearest nearest = {.wanted = name};

    for (size_t at = 0; at < KNOWN_COUNT; at++)
        nearest_offer(&nearest, known[at].name);
    return nearest.name;
}

static const char *nearest_hint(struct import *import, const char *name)
{
    const char *near = nearest_known(name);

    return near != NULL ? text_format(import->arena, "did you mean %s?", near) : NULL;
}

void import_report_missing(struct import *import, const char *name, unsigned index,
                           const char *hint)
{
    struct imagebuilder_variable *meant = import->config.first;
    bool is_element = text_starts(name, "DOMU_");
    const char *written = is_element ? text_format(import->arena, "%s[%u]", name, index) : name;

    for (; meant != NULL; meant = meant->next) {
        const char *near = find_known(meant->name) == NULL ? nearest_known(meant->name) : NULL;

        if (near != NULL && strcmp(near, name) == 0 && meant->index == index)
            break;
    }
    if (meant != NULL) {
        meant->is_used = true;
        hint = text_format(import->arena, "did you mean %s?", written);
    } else if (is_element) {
        meant = imagebuilder_look_up(&import->config, "NUM_DOMUS", 0, IMAGEBUILDER_ALONE);
    }
    import_report(import, SEVERITY_ERROR, meant, hint,
                  text_format(import->arena, "%s is not set", written));
}

/* The reason why a variable that is carried over elsewhere has no effect here; NULL if reported. */
static const char *no_effect(struct import *import, const struct imagebuilder_variable *variable)
{
    if (text_starts(variable->name, "DOM0_"))
        return "has no effect: DOM0_KERNEL is not set";
    if (strcmp(variable->name, "DOMU_DIRECT_MAP") == 0)
        return "has no effect without DOMU_STATIC_MEM";
    if (strcmp(variable->name, "DOMU_VCPU_HARD_AFFINITY") == 0 &&
        variable->second == IMAGEBUILDER_ALONE)
        return "has no effect: it is written NAME[DOMAIN,VCPU]";
    for (size_t at = 0; at < sizeof(counts) / sizeof(counts[0]); at++) {
        if (!text_starts(variable->name, counts[at].prefix))
            continue;
        if (import_is_faulty(import, counts[at].count))
            return NULL;
        if (variable->second != IMAGEBUILDER_ALONE)
            return "has no effect: the domain has no such vCPU";
        return text_format(import->arena, "has no effect: %s is %s", counts[at].count,
                           imagebuilder_value(&import->config, counts[at].count, 0, "not set"));
    }
    return "is not carried over";
}

static bool is_left(const struct imagebuilder_variable *variable)
{
    return !variable->is_used && !variable->is_faulty && variable->value[0] != '\0';
}

/* The reason why a known variable is left over; NULL if that was reported. */
static const char *reason(struct import *import, const struct imagebuilder_variable *variable,
                          const struct known *entry)
{
    return entry->why != NULL ? entry->why : no_effect(import, variable);
}

/* The names of the variables behind `first` that have the same reason, which are then used; NULL
 * for none. */
static const char *join_alike(struct import *import, struct imagebuilder_variable *first,
                              const struct known *entry, const char *why)
{
    const char *names = NULL;

    for (struct imagebuilder_variable *each = first->next; each != NULL; each = each->next) {
        const struct known *other = is_left(each) ? find_known(each->name) : NULL;
        const char *its = other != NULL ? reason(import, each, other) : NULL;

        if (its == NULL || other->hint != entry->hint || other->severity != entry->severity ||
            strcmp(its, why) != 0)
            continue;
        each->is_used = true;
        names = text_format(import->arena, "%s%s%s", names != NULL ? names : "",
                            names != NULL ? ", " : "", imagebuilder_written(&import->config, each));
    }
    return names;
}

static void report(struct import *import, struct imagebuilder_variable *variable)
{
    const struct known *entry = find_known(variable->name);
    const char *name = imagebuilder_written(&import->config, variable);
    const char *why;
    const char *others;
    const char *what;

    if (entry == NULL) {
        import_report(
            import, SEVERITY_WARNING, variable, nearest_hint(import, variable->name),
            text_format(import->arena, "%s is not carried over: import does not know it", name));
        return;
    }
    why = reason(import, variable, entry);
    if (why == NULL)
        return;
    others = join_alike(import, variable, entry, why);
    if (entry->severity == SEVERITY_NOTE)
        what = text_format(import->arena, "not needed: %s%s%s (%s)", name,
                           others != NULL ? ", " : "", others != NULL ? others : "", why);
    else
        what = text_format(import->arena, "%s %s%s%s", name, why,
                           others != NULL ? "; the same for " : "", others != NULL ? others : "");
    import_report(import, entry->severity, variable, entry->hint, what);
}

void import_rest(struct import *import)
{
    for (struct imagebuilder_variable *variable = import->config.first; variable != NULL;
         variable = variable->next)
        if (is_left(variable))
            report(import, variable);
}
