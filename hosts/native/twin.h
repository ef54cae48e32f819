// Put in front of a workload's source by the compiler (`-include`), so that its calls of the C library go through the
// functions of twin.c: these are what WASI's functions are in a runtime, and the kernel watches both alike. Each is
// called native_FUNCTION__CALL, after the function of WASI's that does this and the call of the C library's.
#ifndef TWIN_H
#define TWIN_H
#define _GNU_SOURCE

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

ssize_t native_fd_read__read(int, void *, size_t);
ssize_t native_fd_read__readv(int, const struct iovec *, int);
ssize_t native_fd_write__write(int, const void *, size_t);
ssize_t native_fd_write__writev(int, const struct iovec *, int);
ssize_t native_fd_pread__pread(int, void *, size_t, off_t);
ssize_t native_fd_pwrite__pwrite(int, const void *, size_t, off_t);
off_t native_fd_seek__lseek(int, off_t, int);
int native_fd_datasync__fdatasync(int);
int native_fd_close__close(int);
int native_fd_filestat_get__fstat(int, struct stat *);
int native_path_open__open(const char *, int, ...);
DIR *native_path_open__opendir(const char *);
struct dirent *native_fd_readdir__readdir(DIR *);
int native_fd_close__closedir(DIR *);
int native_path_filestat_get__stat(const char *, struct stat *);
int native_path_unlink_file__unlink(const char *);
int native_path_rename__rename(const char *, const char *);
int native_path_create_directory__mkdir(const char *, mode_t);
int native_path_remove_directory__rmdir(const char *);
int native_clock_time_get__clock_gettime(clockid_t, struct timespec *);
int native_clock_time_get__gettimeofday(struct timeval *, void *);
int native_poll_oneoff__nanosleep(const struct timespec *, struct timespec *);
int native_random_get__getentropy(void *, size_t);

#ifndef TWIN_ITSELF
#define read native_fd_read__read
#define readv native_fd_read__readv
#define write native_fd_write__write
#define writev native_fd_write__writev
#define pread native_fd_pread__pread
#define pwrite native_fd_pwrite__pwrite
#define lseek native_fd_seek__lseek
#define fdatasync native_fd_datasync__fdatasync
#define close native_fd_close__close
#define fstat native_fd_filestat_get__fstat
#define open native_path_open__open
#define opendir native_path_open__opendir
#define readdir native_fd_readdir__readdir
#define closedir native_fd_close__closedir
// With arguments only: the structure has the same name.
#define stat(path, status) native_path_filestat_get__stat(path, status)
#define unlink native_path_unlink_file__unlink
#define rename native_path_rename__rename
#define mkdir native_path_create_directory__mkdir
#define rmdir native_path_remove_directory__rmdir
#define clock_gettime native_clock_time_get__clock_gettime
#define gettimeofday native_clock_time_get__gettimeofday
#define nanosleep native_poll_oneoff__nanosleep
#define getentropy native_random_get__getentropy
#endif
#endif
