// Open files and folders.
#include "inside.h"

#include <fcntl.h>
#include <sys/uio.h>

static descriptor *const none = NULL;

#define WITH_FILE(name)                                \
  descriptor *name = descriptor_at(call, ARG32(0));    \
  if (name == none) return ERR_BADF

// ---- Reading and writing: more buffers than the system takes at once are a short read or write.

enum { MOST_BUFFERS = 256 };

static int read_buffers(const wasi_call *call, struct iovec buffers[MOST_BUFFERS]) {
  uint32_t count = ARG32(2) < MOST_BUFFERS ? ARG32(2) : MOST_BUFFERS;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t pair[2];
    const void *from = bytes_at(call, ARG32(1) + 8 * i, 8);
    if (from == NULL) return -1;
    memcpy(pair, from, 8);
    buffers[i] = (struct iovec){bytes_at(call, pair[0], pair[1]), pair[1]};
    if (buffers[i].iov_base == NULL) return -1;
  }
  return (int)count;
}

enum direction { IN, OUT };

static uint32_t move_bytes(const wasi_call *call, enum direction way, const uint64_t *position, uint32_t put_at) {
  WITH_FILE(file);
  if (!(file->rights & (way == IN ? RIGHT_READ : RIGHT_WRITE))) return ERR_BADF;
  struct iovec buffers[MOST_BUFFERS];
  int count = read_buffers(call, buffers);
  if (count < 0) return ERR_FAULT;
  ssize_t moved;
  if (position != NULL) moved = way == IN ? preadv(file->fd, buffers, count, (off_t)*position) : pwritev(file->fd, buffers, count, (off_t)*position);
  else moved = way == IN ? readv(file->fd, buffers, count) : writev(file->fd, buffers, count);
  return moved < 0 ? wasi_errno(errno) : put32(call, put_at, (uint32_t)moved);
}

uint32_t w_fd_read(const wasi_call *call) { return move_bytes(call, IN, NULL, ARG32(3)); }
uint32_t w_fd_write(const wasi_call *call) { return move_bytes(call, OUT, NULL, ARG32(3)); }
uint32_t w_fd_pread(const wasi_call *call) { return move_bytes(call, IN, &ARG64(3), ARG32(4)); }
uint32_t w_fd_pwrite(const wasi_call *call) { return move_bytes(call, OUT, &ARG64(3), ARG32(4)); }

static uint32_t move_to(const wasi_call *call, int64_t offset, uint32_t whence, uint32_t put_at) {
  WITH_FILE(file);
  if (whence > 2) return ERR_INVAL;
  static const int system[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  off_t at = lseek(file->fd, offset, system[whence]);
  return at < 0 ? wasi_errno(errno) : put64(call, put_at, (uint64_t)at);
}

uint32_t w_fd_seek(const wasi_call *call) { return move_to(call, (int64_t)ARG64(1), ARG32(2), ARG32(3)); }
uint32_t w_fd_tell(const wasi_call *call) { return move_to(call, 0, 1, ARG32(1)); }

// ---- About a file.

uint8_t file_type(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFBLK: return 1;
    case S_IFCHR: return 2;
    case S_IFDIR: return 3;
    case S_IFREG: return 4;
    case S_IFSOCK: return 6;
    case S_IFLNK: return 7;
    default: return 0;
  }
}

uint32_t put_status(const wasi_call *call, uint32_t offset, const struct stat *status) {
  uint64_t words[8] = {status->st_dev, status->st_ino, file_type(status->st_mode), status->st_nlink,
                       (uint64_t)status->st_size, nanoseconds(status->st_atim), nanoseconds(status->st_mtim), nanoseconds(status->st_ctim)};
  return put(call, offset, words, sizeof words);
}

uint32_t w_fd_filestat_get(const wasi_call *call) {
  WITH_FILE(file);
  struct stat status;
  return fstat(file->fd, &status) < 0 ? wasi_errno(errno) : put_status(call, ARG32(1), &status);
}

enum { FLAG_APPEND = 1, FLAG_DSYNC = 2, FLAG_NONBLOCK = 4, FLAG_RSYNC = 8, FLAG_SYNC = 16 };

uint32_t w_fd_fdstat_get(const wasi_call *call) {
  WITH_FILE(file);
  struct stat status;
  int flags = fcntl(file->fd, F_GETFL);
  if (flags < 0 || fstat(file->fd, &status) < 0) return wasi_errno(errno);
  struct { uint8_t type, pad; uint16_t flags; uint32_t pad2; uint64_t rights, inheriting; } about = {
      .type = file_type(status.st_mode), .rights = file->rights, .inheriting = file->inheriting};
  about.flags = (uint16_t)((flags & O_APPEND ? FLAG_APPEND : 0) | (flags & O_NONBLOCK ? FLAG_NONBLOCK : 0) |
                           ((flags & O_SYNC) == O_SYNC ? FLAG_SYNC : flags & O_DSYNC ? FLAG_DSYNC : 0));
  // wasi-libc takes a character device that can neither seek nor tell for a terminal.
  if (isatty(file->fd)) about.rights &= ~(uint64_t)(RIGHT_SEEK | RIGHT_TELL);
  return put(call, ARG32(1), &about, sizeof about);
}

uint32_t w_fd_fdstat_set_flags(const wasi_call *call) {
  WITH_FILE(file);
  if (ARG32(1) & (FLAG_DSYNC | FLAG_RSYNC | FLAG_SYNC)) return ERR_INVAL;
  return result(fcntl(file->fd, F_SETFL, (ARG32(1) & FLAG_APPEND ? O_APPEND : 0) | (ARG32(1) & FLAG_NONBLOCK ? O_NONBLOCK : 0)));
}

uint32_t w_fd_fdstat_set_rights(const wasi_call *call) {
  WITH_FILE(file);
  if ((ARG64(1) & ~file->rights) || (ARG64(2) & ~file->inheriting)) return ERR_NOTCAPABLE;
  file->rights = ARG64(1), file->inheriting = ARG64(2);
  return ERR_NONE;
}

uint32_t w_fd_filestat_set_size(const wasi_call *call) {
  WITH_FILE(file);
  return result(ftruncate(file->fd, (off_t)ARG64(1)));
}

uint32_t read_times(uint64_t access, uint64_t modified, uint32_t flags, struct timespec times[2]) {
  enum { ACCESS = 1, ACCESS_NOW = 2, MODIFIED = 4, MODIFIED_NOW = 8 };
  if ((flags & ACCESS && flags & ACCESS_NOW) || (flags & MODIFIED && flags & MODIFIED_NOW)) return ERR_INVAL;
  const uint64_t given[2] = {access, modified};
  for (int i = 0; i < 2; i++, flags >>= 2) {
    times[i] = (struct timespec){(time_t)(given[i] / 1000000000u), (long)(given[i] % 1000000000u)};
    if (flags & ACCESS_NOW) times[i].tv_nsec = UTIME_NOW;
    else if (!(flags & ACCESS)) times[i].tv_nsec = UTIME_OMIT;
  }
  return ERR_NONE;
}

uint32_t w_fd_filestat_set_times(const wasi_call *call) {
  WITH_FILE(file);
  struct timespec times[2];
  uint32_t error = read_times(ARG64(1), ARG64(2), ARG32(3), times);
  return error ? error : result(futimens(file->fd, times));
}

uint32_t w_fd_advise(const wasi_call *call) {
  WITH_FILE(file);
  static const int system[] = {POSIX_FADV_NORMAL, POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM, POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED, POSIX_FADV_NOREUSE};
  if (ARG32(3) > 5) return ERR_INVAL;
  int error = posix_fadvise(file->fd, (off_t)ARG64(1), (off_t)ARG64(2), system[ARG32(3)]);
  return error ? wasi_errno(error) : ERR_NONE;
}

uint32_t w_fd_allocate(const wasi_call *call) {
  WITH_FILE(file);
  int error = posix_fallocate(file->fd, (off_t)ARG64(1), (off_t)ARG64(2));
  return error ? wasi_errno(error) : ERR_NONE;
}

uint32_t w_fd_datasync(const wasi_call *call) {
  WITH_FILE(file);
  return result(fdatasync(file->fd));
}

uint32_t w_fd_sync(const wasi_call *call) {
  WITH_FILE(file);
  return result(fsync(file->fd));
}

uint32_t w_fd_close(const wasi_call *call) {
  WITH_FILE(file);
  close_descriptor(file);
  return ERR_NONE;
}

uint32_t w_fd_renumber(const wasi_call *call) {
  WITH_FILE(from);
  descriptor *to = descriptor_at(call, ARG32(1));
  if (to == none) return ERR_BADF;
  if (from == to) return ERR_NONE;
  close_descriptor(to);
  *to = *from;
  *from = (descriptor){.fd = -1};
  return ERR_NONE;
}

// ---- Folders.

uint32_t w_fd_prestat_get(const wasi_call *call) {
  WITH_FILE(file);
  if (file->name == NULL) return ERR_BADF;
  const uint32_t folder[2] = {0, (uint32_t)strlen(file->name)};
  return put(call, ARG32(1), folder, sizeof folder);
}

uint32_t w_fd_prestat_dir_name(const wasi_call *call) {
  WITH_FILE(file);
  if (file->name == NULL) return ERR_BADF;
  size_t size = strlen(file->name);
  return ARG32(2) < size ? ERR_NAMETOOLONG : put(call, ARG32(1), file->name, size);
}

// The folder's entries, standing where the guest left off.
static uint32_t open_entries(descriptor *file, uint64_t cookie) {
  if (file->entries == NULL) {
    // With a position of its own, and so that closing it leaves the guest's descriptor.
    int fd = openat(file->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return wasi_errno(errno);
    file->entries = fdopendir(fd);
    if (file->entries == NULL) return close(fd), wasi_errno(errno);
    file->cookie = 0;
  } else if (cookie == 0) {
    // Also sees what has come since.
    rewinddir(file->entries);
    file->cookie = 0;
  }
  if (cookie != file->cookie) seekdir(file->entries, (long)cookie);
  return ERR_NONE;
}

static uint8_t entry_type(unsigned char type) { return file_type((mode_t)DTTOIF(type)); }

uint32_t w_fd_readdir(const wasi_call *call) {
  WITH_FILE(file);
  uint32_t size = ARG32(2), used = 0;
  uint8_t *to = bytes_at(call, ARG32(1), size);
  if (to == NULL) return ERR_FAULT;
  uint32_t error = open_entries(file, ARG64(3));
  if (error) return error;
  file->cookie = ARG64(3);
  struct dirent *entry;
  // An entry that does not fit is cut: the guest sees a full buffer, and asks again from there.
  while (used < size && (errno = 0, entry = readdir(file->entries)) != NULL) {
    struct { uint64_t next, inode; uint32_t size; uint8_t type, pad[3]; } head = {
        .next = (uint64_t)telldir(file->entries), .inode = entry->d_ino, .size = (uint32_t)strlen(entry->d_name), .type = entry_type(entry->d_type)};
    uint8_t whole[sizeof head + sizeof entry->d_name];
    memcpy(whole, &head, sizeof head);
    memcpy(whole + sizeof head, entry->d_name, head.size);
    uint32_t wanted = (uint32_t)sizeof head + head.size, fits = wanted < size - used ? wanted : size - used;
    memcpy(to + used, whole, fits);
    used += fits;
    file->cookie = head.next;
  }
  if (used < size && errno != 0) return wasi_errno(errno);
  return put32(call, ARG32(4), used);
}
