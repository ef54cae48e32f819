// What is named by a path, always beneath a folder that the guest has.
#include "inside.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/syscall.h>

enum { FOLLOW = 1 };

// A path of the guest's, ended by a zero.
typedef struct { char text[PATH_MAX]; } path;

static uint32_t read_path(const wasi_call *call, uint32_t offset, uint32_t size, path *to) {
  const char *from = bytes_at(call, offset, size);
  if (from == NULL) return ERR_FAULT;
  if (size >= sizeof to->text) return ERR_NAMETOOLONG;
  if (memchr(from, 0, size) != NULL) return ERR_INVAL;
  memcpy(to->text, from, size);
  to->text[size] = 0;
  return ERR_NONE;
}

static int open_beneath(int folder, const char *name, uint64_t flags, uint64_t mode) {
  struct open_how how = {.flags = flags | O_CLOEXEC, .mode = mode, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
  long fd;
  // The kernel gives up a resolution in which something was renamed meanwhile.
  for (int tries = 0; tries < 16; tries++) {
    fd = syscall(SYS_openat2, folder, name, &how, sizeof how);
    if (fd >= 0 || errno != EAGAIN) break;
  }
  return (int)fd;
}

// The folder in which a path's last name stands, and that name. `parent` is to be closed.
typedef struct { int parent; path path; const char *name; } place;

static uint32_t find_place(const wasi_call *call, uint32_t folder, uint32_t offset, uint32_t size, place *found) {
  descriptor *file = descriptor_at(call, folder);
  if (file == NULL) return ERR_BADF;
  uint32_t error = read_path(call, offset, size, &found->path);
  if (error) return error;
  char *text = found->path.text, *end = text + strlen(text);
  while (end > text + 1 && end[-1] == '/') *--end = 0;
  char *slash = strrchr(text, '/');
  found->name = slash == NULL ? text : slash + 1;
  // These have no place to be made in or removed from.
  if (strcmp(found->name, "..") == 0) return ERR_NOTCAPABLE;
  if (strcmp(found->name, ".") == 0 || *found->name == 0) return ERR_INVAL;
  if (slash != NULL) *slash = 0;
  found->parent = open_beneath(file->fd, slash == NULL ? "." : slash == text ? "/" : text, O_PATH | O_DIRECTORY, 0);
  return result(found->parent);
}

#define WITH_PLACE(at, folder, offset, size)                                 \
  place at;                                                                  \
  do {                                                                       \
    uint32_t error_ = find_place(call, folder, offset, size, &at);           \
    if (error_) return error_;                                               \
  } while (0)

static uint32_t leave(place *at, int outcome) {
  uint32_t error = result(outcome);
  close(at->parent);
  return error;
}

uint32_t w_path_create_directory(const wasi_call *call) {
  WITH_PLACE(at, ARG32(0), ARG32(1), ARG32(2));
  return leave(&at, mkdirat(at.parent, at.name, 0777));
}

uint32_t w_path_remove_directory(const wasi_call *call) {
  WITH_PLACE(at, ARG32(0), ARG32(1), ARG32(2));
  return leave(&at, unlinkat(at.parent, at.name, AT_REMOVEDIR));
}

uint32_t w_path_unlink_file(const wasi_call *call) {
  WITH_PLACE(at, ARG32(0), ARG32(1), ARG32(2));
  return leave(&at, unlinkat(at.parent, at.name, 0));
}

uint32_t w_path_rename(const wasi_call *call) {
  WITH_PLACE(from, ARG32(0), ARG32(1), ARG32(2));
  place to;
  uint32_t error = find_place(call, ARG32(3), ARG32(4), ARG32(5), &to);
  if (error) return close(from.parent), error;
  error = leave(&to, renameat(from.parent, from.name, to.parent, to.name));
  return close(from.parent), error;
}

uint32_t w_path_link(const wasi_call *call) {
  // A link that is followed could lead out.
  if (ARG32(1) & FOLLOW) return ERR_INVAL;
  WITH_PLACE(from, ARG32(0), ARG32(2), ARG32(3));
  place to;
  uint32_t error = find_place(call, ARG32(4), ARG32(5), ARG32(6), &to);
  if (error) return close(from.parent), error;
  error = leave(&to, linkat(from.parent, from.name, to.parent, to.name, 0));
  return close(from.parent), error;
}

uint32_t w_path_symlink(const wasi_call *call) {
  path target;
  uint32_t error = read_path(call, ARG32(0), ARG32(1), &target);
  if (error) return error;
  if (target.text[0] == '/') return ERR_NOTCAPABLE;
  WITH_PLACE(at, ARG32(2), ARG32(3), ARG32(4));
  return leave(&at, symlinkat(target.text, at.parent, at.name));
}

uint32_t w_path_readlink(const wasi_call *call) {
  uint32_t size = ARG32(4);
  char *to = bytes_at(call, ARG32(3), size);
  if (to == NULL) return ERR_FAULT;
  WITH_PLACE(at, ARG32(0), ARG32(1), ARG32(2));
  ssize_t length = readlinkat(at.parent, at.name, to, size);
  uint32_t error = leave(&at, length < 0 ? -1 : 0);
  return error ? error : put32(call, ARG32(5), (uint32_t)length);
}

// Opens what a path names, only to ask or say something about it.
static uint32_t open_named(const wasi_call *call, int *fd) {
  descriptor *folder = descriptor_at(call, ARG32(0));
  if (folder == NULL) return ERR_BADF;
  path named;
  uint32_t error = read_path(call, ARG32(2), ARG32(3), &named);
  if (error) return error;
  *fd = open_beneath(folder->fd, named.text, O_PATH | (ARG32(1) & FOLLOW ? 0u : O_NOFOLLOW), 0);
  return result(*fd);
}

uint32_t w_path_filestat_get(const wasi_call *call) {
  int fd;
  uint32_t error = open_named(call, &fd);
  if (error) return error;
  struct stat status;
  error = fstat(fd, &status) < 0 ? wasi_errno(errno) : put_status(call, ARG32(4), &status);
  return close(fd), error;
}

uint32_t w_path_filestat_set_times(const wasi_call *call) {
  struct timespec times[2];
  uint32_t error = read_times(ARG64(4), ARG64(5), ARG32(6), times);
  int fd;
  if (error || (error = open_named(call, &fd))) return error;
  error = result(utimensat(fd, "", times, AT_EMPTY_PATH));
  return close(fd), error;
}

enum { CREATE = 1, DIRECTORY = 2, EXCLUSIVE = 4, TRUNCATE = 8 };
enum { APPEND = 1, DSYNC = 2, NONBLOCK = 4, RSYNC = 8, SYNC = 16 };

// Flags of the system for what a guest asks for.
static uint64_t open_flags(uint32_t lookup, uint32_t how, uint64_t rights, uint32_t flags) {
  int reads = (rights & (RIGHT_READ | RIGHT_READDIR)) != 0;
  int writes = (rights & (RIGHT_WRITE | RIGHT_DATASYNC | RIGHT_ALLOCATE | RIGHT_SET_SIZE)) != 0;
  // Libraries ask for all rights of a directory, which can only be read.
  uint64_t mode = how & DIRECTORY ? O_RDONLY | O_DIRECTORY : writes ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY;
  return mode | (lookup & FOLLOW ? 0u : O_NOFOLLOW) | (how & CREATE ? O_CREAT : 0u) | (how & EXCLUSIVE ? O_EXCL : 0u) |
         (how & TRUNCATE ? O_TRUNC : 0u) | (flags & APPEND ? O_APPEND : 0u) | (flags & NONBLOCK ? O_NONBLOCK : 0u) |
         (flags & DSYNC ? O_DSYNC : 0u) | (flags & (SYNC | RSYNC) ? O_SYNC : 0u);
}

uint32_t w_path_open(const wasi_call *call) {
  descriptor *folder = descriptor_at(call, ARG32(0));
  if (folder == NULL) return ERR_BADF;
  path named;
  uint32_t error = read_path(call, ARG32(2), ARG32(3), &named);
  if (error) return error;
  uint32_t how = ARG32(4);
  if (how & DIRECTORY && how & (CREATE | EXCLUSIVE | TRUNCATE)) return ERR_INVAL;
  uint64_t rights = ARG64(5) & folder->inheriting, inheriting = ARG64(6) & folder->inheriting;
  uint64_t flags = open_flags(ARG32(1), how, rights, ARG32(7));
  int fd = open_beneath(folder->fd, named.text, flags, flags & O_CREAT ? 0666 : 0);
  // A directory that was asked for with the right to write too.
  if (fd < 0 && errno == EISDIR && !(how & (CREATE | TRUNCATE)))
    fd = open_beneath(folder->fd, named.text, (flags & ~(uint64_t)O_ACCMODE) | O_RDONLY, 0);
  if (fd < 0) return wasi_errno(errno);
  int number = add_descriptor(call->guest, (descriptor){.fd = fd, .rights = rights, .inheriting = inheriting});
  if (number < 0) return close(fd), wasi_errno(ENOMEM);
  return put32(call, ARG32(8), (uint32_t)number);
}
