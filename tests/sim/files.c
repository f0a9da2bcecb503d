/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot volume: a directory of the host, seen as a FAT file system (UEFI 2.10 §13.4 and §13.5).
 *
 * Names are compared without regard to case, only '\' separates them, and a Read may return less
 * than asked for.
 */
#include "internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOST_PATH_MAX 4096

static const EFI_FILE_PROTOCOL file_functions;

static void host_path(const struct firmware *fw, const char *path, char out[HOST_PATH_MAX])
{
    if (snprintf(out, HOST_PATH_MAX, "%s/%s", fw->setup.volume, path) >= HOST_PATH_MAX) {
        die("the path %s is too long", path);
    }
}

static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Sorted, so that a directory reads the same on every host. */
static int list_directory(const struct firmware *fw, const char *path, struct dirent ***entries)
{
    char host[HOST_PATH_MAX];

    host_path(fw, path, host);
    return scandir(host, entries, is_entry, alphasort);
}

static void free_list(struct dirent **entries, int count)
{
    for (int i = 0; i < count; i++) {
        free(entries[i]);
    }
    free(entries);
}

/* The name in the directory @path that is @name in any case, or NULL. */
static char *find_name(const struct firmware *fw, const char *path, const char *name)
{
    struct dirent **entries;
    int count = list_directory(fw, path, &entries);
    char *found = NULL;

    for (int i = 0; i < count && found == NULL; i++) {
        if (strcasecmp(entries[i]->d_name, name) == 0) {
            found = must_copy(entries[i]->d_name);
        }
    }
    if (count >= 0) {
        free_list(entries, count);
    }
    return found;
}

static char *join(const char *path, const char *name)
{
    char *joined = must_allocate(strlen(path) + strlen(name) + 2);

    sprintf(joined, "%s%s%s", path, *path != '\0' ? "/" : "", name);
    return joined;
}

static char *parent_of(const char *path)
{
    char *parent = must_copy(path);
    char *slash = strrchr(parent, '/');

    *(slash != NULL ? slash : parent) = '\0';
    return parent;
}

/* The path that one part of a name leads to from @path, or NULL. */
static char *step(const struct firmware *fw, const char *path, const char *name)
{
    char *found;
    char *joined;

    if (strcmp(name, ".") == 0) {
        return must_copy(path);
    }
    if (strcmp(name, "..") == 0) {
        return *path != '\0' ? parent_of(path) : NULL;
    }
    found = find_name(fw, path, name);
    joined = found != NULL ? join(path, found) : NULL;
    free(found);
    return joined;
}

/*
 * Resolve @name from the directory @start. Returns the path, or NULL if it is not there; if all but
 * its last part is there, *@wanted is the path that it would have. The caller frees both.
 */
static char *resolve(const struct firmware *fw, const char *start, const char *name, char **wanted)
{
    char *path = must_copy(*name == '\\' ? "" : start);
    const char *part = *name == '\\' ? name + 1 : name;

    *wanted = NULL;
    while (path != NULL && *part != '\0') {
        size_t length = strcspn(part, "\\");
        char *copy = must_copy(part);
        char *next;

        copy[length] = '\0';
        next = length > 0 && strchr(copy, '/') == NULL ? step(fw, path, copy) : NULL;
        if (next == NULL && part[length] == '\0') {
            *wanted = join(path, copy);
        }
        free(copy);
        free(path);
        path = next;
        part += length + (part[length] == '\\');
    }
    return path;
}

static struct open_file *file_of(EFI_FILE_PROTOCOL *protocol, const char *what)
{
    struct firmware *fw = firmware_current();
    struct open_file *file = fw->files;

    while (file != NULL && &file->protocol != protocol) {
        file = file->next;
    }
    if (file == NULL) {
        complain(fw, "%s of a file that is not open", what);
    }
    return file;
}

static struct open_file *new_file(struct firmware *fw, char *path, int descriptor, bool directory,
                                  bool writable)
{
    struct open_file *file = must_allocate(sizeof(*file));

    memset(file, 0, sizeof(*file));
    file->protocol = file_functions;
    file->fw = fw;
    file->path = path;
    file->descriptor = descriptor;
    file->directory = directory;
    file->writable = writable;
    file->next = fw->files;
    fw->files = file;
    return file;
}

/* Open @path, which the file will own, and which exists. */
static EFI_STATUS open_path(struct firmware *fw, char *path, bool writable,
                            EFI_FILE_PROTOCOL **opened)
{
    char host[HOST_PATH_MAX];
    struct stat information;
    int descriptor;

    host_path(fw, path, host);
    if (stat(host, &information) != 0) {
        free(path);
        return EFI_DEVICE_ERROR;
    }
    descriptor = open(host, !S_ISDIR(information.st_mode) && writable ? O_RDWR : O_RDONLY);
    if (descriptor < 0) {
        free(path);
        return errno == EACCES ? EFI_ACCESS_DENIED : EFI_DEVICE_ERROR;
    }
    *opened = &new_file(fw, path, descriptor, S_ISDIR(information.st_mode), writable)->protocol;
    return EFI_SUCCESS;
}

static EFI_STATUS create_path(struct firmware *fw, char *path, bool directory,
                              EFI_FILE_PROTOCOL **opened)
{
    char host[HOST_PATH_MAX];
    int made;

    host_path(fw, path, host);
    made = directory ? mkdir(host, 0777) : open(host, O_RDWR | O_CREAT | O_EXCL, 0666);
    if (made < 0) {
        free(path);
        return EFI_DEVICE_ERROR;
    }
    if (!directory) {
        close(made);
    }
    return open_path(fw, path, true, opened);
}

static bool open_mode_is_valid(uint64_t mode)
{
    return mode == EFI_FILE_MODE_READ || mode == (EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE) ||
           mode == (EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE | EFI_FILE_MODE_CREATE);
}

static EFI_STATUS open_name(struct open_file *file, const char *name, uint64_t mode,
                            uint64_t attributes, EFI_FILE_PROTOCOL **opened)
{
    struct firmware *fw = file->fw;
    char *start = file->directory ? must_copy(file->path) : parent_of(file->path);
    char *wanted;
    char *path = resolve(fw, start, name, &wanted);
    EFI_STATUS status = EFI_NOT_FOUND;

    free(start);
    if (mode != EFI_FILE_MODE_READ && !fw->setup.writable) {
        status = EFI_WRITE_PROTECTED;
    } else if (path != NULL) {
        status = open_path(fw, path, mode != EFI_FILE_MODE_READ, opened);
        path = NULL;
    } else if (wanted != NULL && (mode & EFI_FILE_MODE_CREATE) != 0) {
        status = create_path(fw, wanted, (attributes & EFI_FILE_DIRECTORY) != 0, opened);
        wanted = NULL;
    }
    free(path);
    free(wanted);
    return status;
}

static EFI_STATUS EFIAPI file_open(EFI_FILE_PROTOCOL *this, EFI_FILE_PROTOCOL **opened,
                                   CHAR16 *file_name, UINT64 mode, UINT64 attributes)
{
    struct open_file *file = file_of(this, "Open");
    EFI_STATUS status;
    char *name;

    if (file == NULL || opened == NULL || file_name == NULL || !open_mode_is_valid(mode)) {
        complain(firmware_current(), "Open of a file with mode 0x%llx", (unsigned long long)mode);
        return EFI_INVALID_PARAMETER;
    }
    name = utf8_from_utf16(file_name, SIZE_MAX);
    if (!service_fails(file->fw, SERVICE_FILE_OPEN, name, &status)) {
        status = open_name(file, name, mode, attributes, opened);
    }
    free(name);
    return status;
}

static void close_file(struct open_file *file)
{
    struct open_file **link = &file->fw->files;

    while (*link != file) {
        link = &(*link)->next;
    }
    *link = file->next;
    close(file->descriptor);
    free(file->path);
    free(file);
}

static EFI_STATUS EFIAPI file_close(EFI_FILE_PROTOCOL *this)
{
    struct open_file *file = file_of(this, "Close");
    EFI_STATUS status;

    if (file == NULL) {
        return EFI_INVALID_PARAMETER;
    }
    service_fails(file->fw, SERVICE_FILE_CLOSE, file->path, &status);
    close_file(file);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI file_delete(EFI_FILE_PROTOCOL *this)
{
    struct open_file *file = file_of(this, "Delete");
    char host[HOST_PATH_MAX];
    EFI_STATUS status;

    if (file == NULL) {
        return EFI_INVALID_PARAMETER;
    }
    if (!service_fails(file->fw, SERVICE_FILE_DELETE, file->path, &status)) {
        host_path(file->fw, file->path, host);
        status = file->writable && remove(host) == 0 ? EFI_SUCCESS : EFI_WARN_DELETE_FAILURE;
    }
    close_file(file);
    return status;
}

static uint64_t size_of(const struct open_file *file)
{
    struct stat information;

    if (fstat(file->descriptor, &information) != 0) {
        die("cannot stat %s: %s", file->path, strerror(errno));
    }
    return file->directory ? 0 : (uint64_t)information.st_size;
}

/* FileInfo for @name: its needed size goes to *@size, the structure to @buffer if it fits. */
static EFI_STATUS put_information(const char *name, uint64_t file_size, uint64_t attributes,
                                  UINTN *size, void *buffer)
{
    EFI_FILE_INFO information = {.FileSize = file_size, .Attribute = attributes};
    size_t name_size;
    CHAR16 *units = utf16_from_utf8(name, &name_size);
    size_t needed = offsetof(EFI_FILE_INFO, FileName) + name_size;
    bool fits = *size >= needed;

    *size = needed;
    if (fits) {
        information.Size = needed;
        information.PhysicalSize = (file_size + 511) / 512 * 512;
        memcpy(buffer, &information, offsetof(EFI_FILE_INFO, FileName));
        memcpy((uint8_t *)buffer + offsetof(EFI_FILE_INFO, FileName), units, name_size);
    }
    free(units);
    return fits ? EFI_SUCCESS : EFI_BUFFER_TOO_SMALL;
}

static EFI_STATUS put_entry(struct open_file *file, const char *name, UINTN *size, void *buffer)
{
    char *path = join(file->path, name);
    char host[HOST_PATH_MAX];
    struct stat information;
    EFI_STATUS status = EFI_DEVICE_ERROR;

    host_path(file->fw, path, host);
    free(path);
    if (stat(host, &information) == 0) {
        bool directory = S_ISDIR(information.st_mode);

        status = put_information(name, directory ? 0 : (uint64_t)information.st_size,
                                 directory ? EFI_FILE_DIRECTORY : EFI_FILE_ARCHIVE, size, buffer);
    }
    return status;
}

static EFI_STATUS read_directory(struct open_file *file, UINTN *size, void *buffer)
{
    struct dirent **entries;
    int count = list_directory(file->fw, file->path, &entries);
    EFI_STATUS status = EFI_SUCCESS;

    if (count < 0) {
        return EFI_DEVICE_ERROR;
    }
    if (file->position < (uint64_t)count) {
        status = put_entry(file, entries[file->position]->d_name, size, buffer);
        file->position += status == EFI_SUCCESS;
    } else {
        *size = 0;
    }
    free_list(entries, count);
    return status;
}

static bool is_truncated(struct firmware *fw, const char *path)
{
    struct injection *injection = &fw->injection;

    if (injection->truncate_from == 0 || fw->calls[SERVICE_FILE_READ] < injection->truncate_from) {
        return false;
    }
    if (!injection->done) {
        snprintf(injection->what, sizeof(injection->what), "the end of file (%s)", path);
    }
    injection->done = true;
    return true;
}

static EFI_STATUS read_bytes(struct open_file *file, UINTN *size, void *buffer)
{
    struct firmware *fw = file->fw;
    size_t limit = fw->setup.read_limit != 0 ? fw->setup.read_limit : SIZE_MAX / 2;
    ssize_t got;

    if (file->position > size_of(file) ||
        (fw->setup.read_most != 0 && *size > fw->setup.read_most)) {
        return EFI_DEVICE_ERROR;
    }
    if (is_truncated(fw, file->path)) {
        *size = 0;
        return EFI_SUCCESS;
    }
    got = pread(file->descriptor, buffer, *size < limit ? *size : limit, (off_t)file->position);
    if (got < 0) {
        return EFI_DEVICE_ERROR;
    }
    file->position += (uint64_t)got;
    *size = (UINTN)got + fw->setup.odd_read;
    events_advance(fw, 100 + (uint64_t)got / 10 + (uint64_t)got / 1024 * fw->setup.read_time);
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI file_read(EFI_FILE_PROTOCOL *this, UINTN *size, VOID *buffer)
{
    struct open_file *file = file_of(this, "Read");
    EFI_STATUS status;

    if (file == NULL || size == NULL || (buffer == NULL && *size != 0)) {
        complain(firmware_current(), "Read without a size or a buffer");
        return EFI_INVALID_PARAMETER;
    }
    if (service_fails(file->fw, SERVICE_FILE_READ, file->path, &status)) {
        return status;
    }
    return file->directory ? read_directory(file, size, buffer) : read_bytes(file, size, buffer);
}

static EFI_STATUS EFIAPI file_write(EFI_FILE_PROTOCOL *this, UINTN *size, VOID *buffer)
{
    struct open_file *file = file_of(this, "Write");
    EFI_STATUS status;
    ssize_t put;

    if (file == NULL || size == NULL || (buffer == NULL && *size != 0)) {
        complain(firmware_current(), "Write without a size or a buffer");
        return EFI_INVALID_PARAMETER;
    }
    if (service_fails(file->fw, SERVICE_FILE_WRITE, file->path, &status)) {
        *size = 0;
        return status;
    }
    if (file->directory) {
        return EFI_UNSUPPORTED;
    }
    if (!file->writable) {
        return EFI_ACCESS_DENIED;
    }
    put =
        pwrite(file->descriptor, buffer, *size - file->fw->setup.odd_write, (off_t)file->position);
    if (put < 0) {
        *size = 0;
        return errno == ENOSPC ? EFI_VOLUME_FULL : EFI_DEVICE_ERROR;
    }
    file->position += (uint64_t)put;
    *size = (UINTN)put;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI file_get_position(EFI_FILE_PROTOCOL *this, UINT64 *position)
{
    struct open_file *file = file_of(this, "GetPosition");
    EFI_STATUS status;

    if (file == NULL || position == NULL) {
        return EFI_INVALID_PARAMETER;
    }
    if (service_fails(file->fw, SERVICE_FILE_GET_POSITION, file->path, &status)) {
        return status;
    }
    if (file->directory) {
        return EFI_UNSUPPORTED;
    }
    *position = file->position;
    return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI file_set_position(EFI_FILE_PROTOCOL *this, UINT64 position)
{
    struct open_file *file = file_of(this, "SetPosition");
    EFI_STATUS status;

    if (file == NULL) {
        return EFI_INVALID_PARAMETER;
    }
    if (service_fails(file->fw, SERVICE_FILE_SET_POSITION, file->path, &status)) {
        return status;
    }
    if (file->directory && position != 0) {
        return EFI_UNSUPPORTED;
    }
    file->position = position == UINT64_MAX ? size_of(file) : position;
    return EFI_SUCCESS;
}

static EFI_STATUS put_volume_information(struct firmware *fw, UINTN *size, void *buffer)
{
    static const CHAR16 label[] = u"ESP";
    EFI_FILE_SYSTEM_INFO information = {
        .Size = offsetof(EFI_FILE_SYSTEM_INFO, VolumeLabel) + sizeof(label),
        .ReadOnly = !fw->setup.writable,
        .VolumeSize = 1 << 30,
        .FreeSpace = fw->setup.writable ? 1 << 29 : 0,
        .BlockSize = 512,
    };
    bool fits = *size >= information.Size;

    *size = information.Size;
    if (fits) {
        memcpy(buffer, &information, offsetof(EFI_FILE_SYSTEM_INFO, VolumeLabel));
        memcpy((uint8_t *)buffer + offsetof(EFI_FILE_SYSTEM_INFO, VolumeLabel), label,
               sizeof(label));
    }
    return fits ? EFI_SUCCESS : EFI_BUFFER_TOO_SMALL;
}

static EFI_STATUS put_file_information(struct open_file *file, UINTN *size, void *buffer)
{
    const char *slash = strrchr(file->path, '/');
    uint64_t claimed = size_of(file) + (file->fw->setup.odd_file_size && !file->directory);

    return put_information(slash != NULL ? slash + 1 : file->path, claimed,
                           file->directory ? EFI_FILE_DIRECTORY : EFI_FILE_ARCHIVE, size, buffer);
}

static EFI_STATUS EFIAPI file_get_info(EFI_FILE_PROTOCOL *this, EFI_GUID *type, UINTN *size,
                                       VOID *buffer)
{
    static const EFI_GUID file_information = EFI_FILE_INFO_ID;
    static const EFI_GUID volume_information = EFI_FILE_SYSTEM_INFO_ID;
    struct open_file *file = file_of(this, "GetInfo");
    EFI_STATUS status;

    if (file == NULL || type == NULL || size == NULL || (buffer == NULL && *size != 0)) {
        complain(firmware_current(), "GetInfo without a type, a size or a buffer");
        return EFI_INVALID_PARAMETER;
    }
    if (service_fails(file->fw, SERVICE_FILE_GET_INFO, file->path, &status)) {
        *size += status == EFI_BUFFER_TOO_SMALL ? 64 : 0;
        return status;
    }
    if (guid_equal(type, &file_information)) {
        return put_file_information(file, size, buffer);
    }
    return guid_equal(type, &volume_information) ? put_volume_information(file->fw, size, buffer)
                                                 : EFI_UNSUPPORTED;
}

/* Only the size of a file can be changed. */
static EFI_STATUS EFIAPI file_set_info(EFI_FILE_PROTOCOL *this, EFI_GUID *type, UINTN size,
                                       VOID *buffer)
{
    static const EFI_GUID file_information = EFI_FILE_INFO_ID;
    struct open_file *file = file_of(this, "SetInfo");
    EFI_FILE_INFO information;
    EFI_STATUS status;

    if (file == NULL || type == NULL || buffer == NULL) {
        complain(firmware_current(), "SetInfo without a type or a buffer");
        return EFI_INVALID_PARAMETER;
    }
    if (service_fails(file->fw, SERVICE_FILE_SET_INFO, file->path, &status)) {
        return status;
    }
    if (!guid_equal(type, &file_information)) {
        return EFI_UNSUPPORTED;
    }
    if (size < offsetof(EFI_FILE_INFO, FileName)) {
        return EFI_BAD_BUFFER_SIZE;
    }
    memcpy(&information, buffer, offsetof(EFI_FILE_INFO, FileName));
    if (!file->writable || file->directory) {
        return EFI_ACCESS_DENIED;
    }
    return ftruncate(file->descriptor, (off_t)information.FileSize) == 0 ? EFI_SUCCESS
                                                                         : EFI_DEVICE_ERROR;
}

static EFI_STATUS EFIAPI file_flush(EFI_FILE_PROTOCOL *this)
{
    struct open_file *file = file_of(this, "Flush");
    EFI_STATUS status;

    if (file == NULL) {
        return EFI_INVALID_PARAMETER;
    }
    if (service_fails(file->fw, SERVICE_FILE_FLUSH, file->path, &status)) {
        return status;
    }
    return file->writable ? EFI_SUCCESS : EFI_ACCESS_DENIED;
}

/* Revision 1: the asynchronous functions of revision 2 are not there. */
static const EFI_FILE_PROTOCOL file_functions = {
    .Revision = EFI_FILE_PROTOCOL_REVISION,
    .Open = file_open,
    .Close = file_close,
    .Delete = file_delete,
    .Read = file_read,
    .Write = file_write,
    .GetPosition = file_get_position,
    .SetPosition = file_set_position,
    .GetInfo = file_get_info,
    .SetInfo = file_set_info,
    .Flush = file_flush,
};

static EFI_STATUS EFIAPI open_volume(EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *this,
                                     EFI_FILE_PROTOCOL **root)
{
    struct firmware *fw = firmware_current();
    EFI_STATUS status;

    if (service_fails(fw, SERVICE_OPEN_VOLUME, NULL, &status)) {
        return status;
    }
    if (this != &fw->volume || root == NULL) {
        complain(fw, "OpenVolume of another volume");
        return EFI_INVALID_PARAMETER;
    }
    return open_path(fw, must_copy(""), fw->setup.writable, root);
}

void *file_content(struct firmware *fw, const char *name, size_t *size)
{
    char *wanted = NULL;
    char *path = fw->setup.volume != NULL ? resolve(fw, "", name, &wanted) : NULL;
    EFI_FILE_PROTOCOL *protocol;
    struct open_file *file;
    void *content;

    free(wanted);
    if (path == NULL || open_path(fw, path, false, &protocol) != EFI_SUCCESS) {
        return NULL;
    }
    file = fw->files;
    *size = size_of(file);
    content = must_allocate(*size);
    if (pread(file->descriptor, content, *size, 0) != (ssize_t)*size) {
        die("cannot read %s", name);
    }
    close_file(file);
    return content;
}

void *host_content(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    struct stat information;
    void *content;

    if (file == NULL || fstat(fileno(file), &information) != 0) {
        die("cannot open %s", path);
    }
    *size = (size_t)information.st_size;
    content = must_allocate(*size);
    if (fread(content, 1, *size, file) != *size) {
        die("cannot read %s", path);
    }
    fclose(file);
    return content;
}

void files_create(struct firmware *fw)
{
    fw->volume.Revision = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_REVISION;
    fw->volume.OpenVolume = open_volume;
}

void files_check(struct firmware *fw, bool root_too)
{
    for (const struct open_file *file = fw->files; file != NULL; file = file->next) {
        if (!root_too && *file->path == '\0') {
            continue;
        }
        complain(fw, "file \"%s\" was not closed", file->path);
    }
}

void files_destroy(struct firmware *fw)
{
    while (fw->files != NULL) {
        close_file(fw->files);
    }
}
