// What the files of this folder share.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "wasi.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// Error numbers of WASI that we name ourselves.
enum { ERR_NONE = 0, ERR_BADF = 8, ERR_FAULT = 21, ERR_INVAL = 28, ERR_IO = 29, ERR_NAMETOOLONG = 37, ERR_NOTDIR = 54, ERR_NOTSOCK = 57, ERR_NOTSUP = 58, ERR_OVERFLOW = 61, ERR_NOTCAPABLE = 76 };

typedef struct {
  int fd;            // -1: free
  const char *name;  // of a folder that was given, for fd_prestat_dir_name
  DIR *entries;      // once it was read as a directory
  uint64_t cookie;   // where `entries` stands
  uint64_t rights, inheriting;
} descriptor;

struct wasi {
  char *const *args, *const *env;
  descriptor *table;
  uint32_t count;
};

#define ARG32(n) ((uint32_t)call->arg[n])
#define ARG64(n) (call->arg[n])

enum { RIGHT_DATASYNC = 1 << 0, RIGHT_READ = 1 << 1, RIGHT_SEEK = 1 << 2, RIGHT_TELL = 1 << 5, RIGHT_WRITE = 1 << 6, RIGHT_ALLOCATE = 1 << 8, RIGHT_READDIR = 1 << 14, RIGHT_SET_SIZE = 1 << 22 };
enum { ALL_RIGHTS = (1 << 30) - 1 };

// Bytes of the guest's memory, or NULL when they are not all in it.
static inline void *bytes_at(const wasi_call *call, uint32_t offset, uint64_t size) {
  return size > call->size || offset > call->size - size ? NULL : call->memory + offset;
}

static inline uint32_t put(const wasi_call *call, uint32_t offset, const void *value, size_t size) {
  void *to = bytes_at(call, offset, size);
  if (to == NULL) return ERR_FAULT;
  memcpy(to, value, size);
  return ERR_NONE;
}

static inline uint32_t put32(const wasi_call *call, uint32_t offset, uint32_t value) { return put(call, offset, &value, 4); }
static inline uint32_t put64(const wasi_call *call, uint32_t offset, uint64_t value) { return put(call, offset, &value, 8); }

static inline descriptor *descriptor_at(const wasi_call *call, uint32_t number) {
  return number < call->guest->count && call->guest->table[number].fd >= 0 ? &call->guest->table[number] : NULL;
}

static inline uint64_t nanoseconds(struct timespec time) { return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec; }

// The number of a new descriptor, which takes the file over; -1 without memory.
int add_descriptor(wasi *guest, descriptor new);
void close_descriptor(descriptor *closing);

// WASI's number for one of the system's errors.
uint32_t wasi_errno(int system);
static inline uint32_t result(int64_t outcome) { return outcome < 0 ? wasi_errno(errno) : ERR_NONE; }

uint8_t file_type(mode_t mode);
uint32_t put_status(const wasi_call *call, uint32_t offset, const struct stat *status);
// The two times of a `set_times` call. Gives an error of WASI's.
uint32_t read_times(uint64_t access, uint64_t modified, uint32_t flags, struct timespec times[2]);

// The functions themselves. Each begins with a nop where the compiler can make one: a probe of the kernel's costs a
// microsecond there, and more than ten on most other instructions.
#if defined(__linux__) && defined(__has_attribute)
#if __has_attribute(patchable_function_entry)
#define BEGINS_WITH_NOP __attribute__((patchable_function_entry(1)))
#endif
#endif
#ifndef BEGINS_WITH_NOP
#define BEGINS_WITH_NOP
#endif
#define DECLARE(name, parameters) BEGINS_WITH_NOP uint32_t w_##name(const wasi_call *call);
WASI_FUNCTIONS(DECLARE)
#undef DECLARE
