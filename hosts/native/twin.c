// What a workload calls in place of the C library when it is built natively: the same, at a place that has a name.
#define TWIN_ITSELF
#include "twin.h"

ssize_t native_fd_read__read(int fd, void *to, size_t size) { return read(fd, to, size); }
ssize_t native_fd_read__readv(int fd, const struct iovec *to, int count) { return readv(fd, to, count); }
ssize_t native_fd_write__write(int fd, const void *from, size_t size) { return write(fd, from, size); }
ssize_t native_fd_write__writev(int fd, const struct iovec *from, int count) { return writev(fd, from, count); }
ssize_t native_fd_pread__pread(int fd, void *to, size_t size, off_t at) { return pread(fd, to, size, at); }
ssize_t native_fd_pwrite__pwrite(int fd, const void *from, size_t size, off_t at) { return pwrite(fd, from, size, at); }
off_t native_fd_seek__lseek(int fd, off_t to, int from) { return lseek(fd, to, from); }
int native_fd_datasync__fdatasync(int fd) { return fdatasync(fd); }
int native_fd_close__close(int fd) { return close(fd); }
int native_fd_filestat_get__fstat(int fd, struct stat *to) { return fstat(fd, to); }

int native_path_open__open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open(path, flags, mode);
}

DIR *native_path_open__opendir(const char *path) { return opendir(path); }
struct dirent *native_fd_readdir__readdir(DIR *folder) { return readdir(folder); }
int native_fd_close__closedir(DIR *folder) { return closedir(folder); }
int native_path_filestat_get__stat(const char *path, struct stat *to) { return stat(path, to); }
int native_path_unlink_file__unlink(const char *path) { return unlink(path); }
int native_path_rename__rename(const char *from, const char *to) { return rename(from, to); }
int native_path_create_directory__mkdir(const char *path, mode_t mode) { return mkdir(path, mode); }
int native_path_remove_directory__rmdir(const char *path) { return rmdir(path); }
int native_clock_time_get__clock_gettime(clockid_t clock, struct timespec *to) { return clock_gettime(clock, to); }
int native_clock_time_get__gettimeofday(struct timeval *to, void *zone) { return gettimeofday(to, zone); }
int native_poll_oneoff__nanosleep(const struct timespec *asked, struct timespec *left) { return nanosleep(asked, left); }
int native_random_get__getentropy(void *to, size_t size) { return getentropy(to, size); }
