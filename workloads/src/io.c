// Loads that are nearly nothing but calls to the system: `io LOAD [NUMBER...]`, in the working folder, which may be empty.
// What was done is one line on stdout; on stderr for loads whose output is their work (`copy`, `lines`,
// `stamps`).
// Plain POSIX: `cc -O2 io.c` gives the native twin.
#define _GNU_SOURCE
#include "bare.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>

static line report;
static int report_fd = 1;

static void check(int holds, const char *what) {
  if (holds) return;
  put_text(&report, ": "), put_text(&report, what);
  put_text(&report, ": "), put_text(&report, strerror(errno));
  end_line(&report, 2);
  _exit(1);
}

static uint8_t *new_bytes(size_t size) {
  uint8_t *bytes = allocate(size);
  for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)((value_at(1, (uint32_t)i) + 0.5) * 256);
  return bytes;
}

static void put_checksum(uint64_t hash) { put_text(&report, " checksum="), put_hex(&report, hash, 16); }

static const char file_name[] = "io.data";

// A file of so many bytes, open for reading and writing, at its start.
static int new_file(size_t size) {
  int fd = open(file_name, O_RDWR | O_CREAT | O_TRUNC, 0600);
  check(fd >= 0, "open");
  enum { CHUNK = 65536 };
  uint8_t *bytes = size == 0 ? NULL : new_bytes(CHUNK);
  for (size_t done = 0; done < size; done += CHUNK) write_all(fd, bytes, size - done < CHUNK ? size - done : CHUNK);
  check(lseek(fd, 0, SEEK_SET) == 0, "lseek");
  return fd;
}

static void remove_file(int fd) {
  check(close(fd) == 0, "close");
  check(unlink(file_name) == 0, "unlink");
}

static void put_counts(uint64_t count, uint64_t bytes) { put_field(&report, "count", count), put_field(&report, "bytes", bytes); }

// ---- Files. Runtimes may do less than they were asked for (one stops behind the first of several buffers, another at
// some size), so that the rest is asked for again; what is counted are whole pieces.

static void read_whole(int fd, uint8_t *bytes, size_t size) {
  while (size > 0) {
    ssize_t got = read(fd, bytes, size);
    check(got > 0, "read");
    bytes += got, size -= (size_t)got;
  }
}

static void move_whole(int fd, struct iovec *buffers, int count, ssize_t (*move)(int, const struct iovec *, int)) {
  while (count > 0) {
    ssize_t moved = move(fd, buffers, count);
    check(moved > 0, "readv or writev");
    for (; count > 0 && (size_t)moved >= buffers->iov_len; buffers++, count--) moved -= (ssize_t)buffers->iov_len;
    if (count > 0) buffers->iov_base = (char *)buffers->iov_base + moved, buffers->iov_len -= (size_t)moved;
  }
}

static void reads(uint32_t count, uint32_t size) {
  int fd = new_file((size_t)count * size);
  uint8_t *buffer = allocate(size);
  uint64_t hash = HASH_START, bytes = 0;
  for (uint32_t i = 0; i < count; i++) {
    read_whole(fd, buffer, size);
    bytes += size, hash = hash_word(hash, buffer[i % size]);
  }
  check(read(fd, buffer, 1) == 0, "the end of the file");
  remove_file(fd);
  put_counts(count, bytes), put_checksum(hash);
}

static void writes(uint32_t count, uint32_t size) {
  int fd = new_file(0);
  uint8_t *buffer = new_bytes(size);
  for (uint32_t i = 0; i < count; i++) write_all(fd, buffer, size);
  struct stat status;
  check(fstat(fd, &status) == 0, "fstat");
  remove_file(fd);
  put_counts(count, (uint64_t)status.st_size);
}

static void syncs(uint32_t count, uint32_t size) {
  int fd = new_file(0);
  uint8_t *buffer = new_bytes(size);
  for (uint32_t i = 0; i < count; i++) {
    check(write(fd, buffer, size) == (ssize_t)size, "write");
    check(fdatasync(fd) == 0, "fdatasync");
  }
  remove_file(fd);
  put_counts(count, (uint64_t)count * size);
}

static uint32_t somewhere(uint32_t seed, uint32_t index, uint32_t below) { return (uint32_t)((value_at(seed, index) + 0.5) * below); }

static void seeks(uint32_t count, uint32_t size) {
  int fd = new_file(size);
  uint64_t hash = HASH_START;
  for (uint32_t i = 0; i < count; i++) {
    off_t to = (off_t)somewhere(2, i, size);
    uint8_t byte;
    // From the start and from the end in turns.
    check(lseek(fd, i % 2 ? to - (off_t)size : to, i % 2 ? SEEK_END : SEEK_SET) == to, "lseek");
    check(read(fd, &byte, 1) == 1, "read");
    hash = hash_word(hash, byte);
  }
  remove_file(fd);
  put_counts(count, count), put_checksum(hash);
}

// What a log does that keeps its place: a seek in front of each write.
static void seek_writes(uint32_t count, uint32_t size) {
  enum { RECORDS = 1000 };
  int fd = new_file(0);
  uint8_t *buffer = new_bytes(size);
  for (uint32_t i = 0; i < count; i++) {
    off_t to = (off_t)(i % RECORDS) * size;
    check(lseek(fd, to, SEEK_SET) == to, "lseek");
    write_all(fd, buffer, size);
  }
  struct stat status;
  check(fstat(fd, &status) == 0, "fstat");
  remove_file(fd);
  put_counts(count, (uint64_t)status.st_size);
}

static void positioned(uint32_t count, uint32_t size) {
  uint32_t blocks = 256;
  int fd = new_file((size_t)blocks * size);
  uint8_t *buffer = allocate(size);
  uint64_t hash = HASH_START;
  for (uint32_t i = 0; i < count; i++) {
    off_t from = (off_t)somewhere(3, i, blocks) * size, to = (off_t)somewhere(4, i, blocks) * size;
    check(pread(fd, buffer, size, from) == (ssize_t)size, "pread");
    buffer[0]++;
    check(pwrite(fd, buffer, size, to) == (ssize_t)size, "pwrite");
    hash = hash_word(hash, buffer[0]);
  }
  check(lseek(fd, 0, SEEK_CUR) == 0, "the position moved");
  remove_file(fd);
  put_counts(2 * (uint64_t)count, 2 * (uint64_t)count * size), put_checksum(hash);
}

static void vectors(uint32_t count, uint32_t buffers, uint32_t size) {
  enum { MOST = 64 };
  if (buffers < 1 || buffers > MOST) fail("io vectors: 1 to 64 buffers");
  int fd = new_file(0);
  struct iovec out[MOST], in[MOST], left[MOST];
  for (uint32_t i = 0; i < buffers; i++) {
    out[i] = (struct iovec){new_bytes(size), size};
    in[i] = (struct iovec){allocate(size), size};
  }
  for (uint32_t i = 0; i < count; i++) memcpy(left, out, sizeof left), move_whole(fd, left, (int)buffers, writev);
  check(lseek(fd, 0, SEEK_SET) == 0, "lseek");
  uint64_t hash = HASH_START;
  for (uint32_t i = 0; i < count; i++) {
    memcpy(left, in, sizeof left), move_whole(fd, left, (int)buffers, readv);
    hash = hash_word(hash, ((uint8_t *)in[i % buffers].iov_base)[i % size]);
  }
  remove_file(fd);
  put_counts(2 * (uint64_t)count, 2 * (uint64_t)count * buffers * size), put_checksum(hash);
}

// ---- Names

static void opens(uint32_t count) {
  close(new_file(1));
  for (uint32_t i = 0; i < count; i++) {
    int fd = open(file_name, O_RDONLY);
    check(fd >= 0, "open");
    check(close(fd) == 0, "close");
  }
  check(open("io.missing", O_RDONLY) < 0 && errno == ENOENT, "a file that is not there was opened");
  check(unlink(file_name) == 0, "unlink");
  put_field(&report, "count", count);
}

static void renames(uint32_t count) {
  close(new_file(1));
  static const char *const names[] = {file_name, "io.other"};
  for (uint32_t i = 0; i < count; i++) check(rename(names[i % 2], names[(i + 1) % 2]) == 0, "rename");
  check(unlink(names[count % 2]) == 0, "unlink");
  put_field(&report, "count", count);
}

static const char *entry_name(uint32_t index) {
  static line name;
  name.length = 0;
  put_text(&name, "io.folder/entry-"), put_number(&name, index), put_character(&name, '\0');
  return name.text;
}

static void entries(uint32_t count) {
  check(mkdir("io.folder", 0700) == 0, "mkdir");
  for (uint32_t i = 0; i < count; i++) {
    int fd = open(entry_name(i), O_WRONLY | O_CREAT | O_EXCL, 0600);
    check(fd >= 0, "open");
    write_all(fd, "entry", i % 6);
    check(close(fd) == 0, "close");
  }
  uint64_t listed = 0, letters = 0, bytes = 0;
  DIR *folder = opendir("io.folder");
  check(folder != NULL, "opendir");
  for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
    if (entry->d_name[0] != '.') listed++, letters += strlen(entry->d_name);
  check(closedir(folder) == 0, "closedir");
  for (uint32_t i = 0; i < count; i++) {
    struct stat status;
    check(stat(entry_name(i), &status) == 0, "stat");
    bytes += (uint64_t)status.st_size;
  }
  for (uint32_t i = 0; i < count; i++) check(unlink(entry_name(i)) == 0, "unlink");
  check(rmdir("io.folder") == 0, "rmdir");
  put_counts(count, bytes), put_field(&report, "listed", listed), put_field(&report, "letters", letters);
}

// ---- Clocks and random numbers: that they make sense is checked here, since they differ at every run.

static uint64_t now(clockid_t clock) {
  struct timespec time;
  check(clock_gettime(clock, &time) == 0, "clock_gettime");
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void clocks(uint32_t count) {
  uint64_t before = now(CLOCK_MONOTONIC);
  for (uint32_t i = 0; i < count; i++) {
    uint64_t time = now(CLOCK_MONOTONIC);
    check(time >= before, "the monotonic clock went back");
    before = time;
    check(now(CLOCK_REALTIME) > 1500000000u * 1000000000ull, "the clock says a year before this program's");
  }
  put_field(&report, "count", 2 * (uint64_t)count);
}

static void sleeps(uint32_t count, uint32_t microseconds) {
  uint64_t start = now(CLOCK_MONOTONIC);
  struct timespec time = {.tv_sec = microseconds / 1000000, .tv_nsec = (long)(microseconds % 1000000) * 1000};
  for (uint32_t i = 0; i < count; i++) check(nanosleep(&time, NULL) == 0, "nanosleep");
  // Each may be a millisecond short: some runtimes count in these, from where the last one began.
  check(now(CLOCK_MONOTONIC) - start + count * 1000000ull >= count * 1000ull * microseconds, "slept too little");
  put_field(&report, "count", count), put_field(&report, "microseconds", (uint64_t)count * microseconds);
}

static void randoms(uint32_t count, uint32_t size) {
  uint8_t bytes[256];
  if (size > sizeof bytes) fail("io random: at most 256 bytes at once");
  uint64_t ones = 0;
  for (uint32_t i = 0; i < count; i++) {
    check(getentropy(bytes, size) == 0, "getentropy");
    for (uint32_t j = 0; j < size; j++) ones += (uint64_t)__builtin_popcount(bytes[j]);
  }
  uint64_t bits = 8 * (uint64_t)count * size;
  check(bits < 10000 || (ones * 10 > bits * 4 && ones * 10 < bits * 6), "not random");
  put_counts(count, (uint64_t)count * size);
}

// ---- Standard streams

static void copy(uint32_t size) {
  uint8_t *buffer = allocate(size);
  uint64_t hash = HASH_START, bytes = 0;
  for (ssize_t got; (got = read(0, buffer, size)) != 0; bytes += (uint64_t)got) {
    check(got > 0, "read");
    hash = hash_bytes(hash, buffer, (size_t)got);
    write_all(1, buffer, (size_t)got);
  }
  put_field(&report, "bytes", bytes), put_checksum(hash);
}

static void lines(uint32_t count) {
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < count; i++) {
    line l = {.length = 0};
    put_text(&l, "line "), put_number(&l, i);
    bytes += l.length + 1;
    end_line(&l, 1);
  }
  put_counts(count, bytes);
}

// The time, and a line that says it.
static void stamps(uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    struct timeval time;
    check(gettimeofday(&time, NULL) == 0, "gettimeofday");
    line l = {.length = 0};
    put_number(&l, (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec), put_text(&l, " us");
    end_line(&l, 1);
  }
  put_field(&report, "count", count);
}

static int run(int argc, char **argv) {
  const char *load = argc > 1 ? argv[1] : "";
#define IS(name) (strcmp(load, name) == 0)
  uint32_t count = number_argument(argc, argv, 2, 100), size = number_argument(argc, argv, 3, 16);
  report_fd = IS("copy") || IS("lines") || IS("stamps") ? 2 : 1;
  put_text(&report, "io "), put_text(&report, load);
  if (count == 0 || size == 0) fail("io: numbers are at least 1");
  if (IS("reads")) reads(count, size);
  else if (IS("writes")) writes(count, size);
  else if (IS("syncs")) syncs(count, size);
  else if (IS("seeks")) seeks(count, size);
  else if (IS("seek-writes")) seek_writes(count, size);
  else if (IS("positioned")) positioned(count, size);
  else if (IS("vectors")) vectors(count, size, number_argument(argc, argv, 4, 16));
  else if (IS("opens")) opens(count);
  else if (IS("renames")) renames(count);
  else if (IS("entries")) entries(count);
  else if (IS("clocks")) clocks(count);
  else if (IS("sleeps")) sleeps(count, size);
  else if (IS("random")) randoms(count, size);
  else if (IS("copy")) copy(count);
  else if (IS("lines")) lines(count);
  else if (IS("stamps")) stamps(count);
  else
    fail("usage: io reads|writes|syncs|seeks|seek-writes|positioned|random COUNT SIZE | vectors COUNT BUFFERS SIZE |\n"
         "          opens|renames|entries|clocks|lines|stamps COUNT | sleeps COUNT MICROSECONDS | copy BUFFER_SIZE");
  end_line(&report, report_fd);
  return 0;
}
