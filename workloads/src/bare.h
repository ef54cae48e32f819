// What the programs of the characterisation share instead of the C library's printf, malloc and argument vector, with
// which a module of two kilobytes would have thirty. Compiles natively too: `cc -O2 matmul.c -lm` gives a twin to compare with.
#ifndef BARE_H
#define BARE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __wasi__
#include <wasi/api.h>
#endif

// Keeps a function a function: a profile shall show the shape that the source has.
#define NOINLINE __attribute__((noinline))

// What a program is: prints its result and returns its exit code.
static int run(int argc, char **argv);

// ---- Text

typedef struct {
  char text[512];
  size_t length;
} line;

static void put_character(line *l, char c) {
  if (l->length < sizeof l->text) l->text[l->length++] = c;
}

static void put_text(line *l, const char *text) {
  while (*text != '\0') put_character(l, *text++);
}

static inline void put_number(line *l, uint64_t value) {
  char digits[20];
  int count = 0;
  do digits[count++] = (char)('0' + value % 10);
  while ((value /= 10) != 0);
  while (count > 0) put_character(l, digits[--count]);
}

static inline void put_hex(line *l, uint64_t value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) put_character(l, "0123456789abcdef"[value >> shift & 15]);
}

// `value` with so many decimals; its magnitude times ten to that power must fit 63 bits.
static inline void put_decimal(line *l, double value, int decimals) {
  uint64_t scale = 1;
  for (int i = 0; i < decimals; i++) scale *= 10;
  int64_t scaled = (int64_t)(value * (double)scale + (value < 0 ? -0.5 : 0.5));
  uint64_t magnitude = scaled < 0 ? (uint64_t)-scaled : (uint64_t)scaled;
  if (scaled < 0) put_character(l, '-');
  put_number(l, magnitude / scale);
  if (decimals > 0) put_character(l, '.');
  for (uint64_t unit = scale / 10; unit > 0; unit /= 10) put_character(l, (char)('0' + magnitude / unit % 10));
}

static inline void put_field(line *l, const char *name, uint64_t value) {
  put_character(l, ' ');
  put_text(l, name);
  put_character(l, '=');
  put_number(l, value);
}

static inline void write_all(int fd, const void *data, size_t size) {
  const char *at = data;
  while (size > 0) {
    ssize_t written = write(fd, at, size);
    if (written <= 0) _exit(1);
    at += written, size -= (size_t)written;
  }
}

static inline void end_line(line *l, int fd) {
  if (l->length == sizeof l->text) l->length--;
  put_character(l, '\n');
  write_all(fd, l->text, l->length);
  l->length = 0;
}

__attribute__((noreturn)) static inline void fail(const char *message) {
  line l = {.length = 0};
  put_text(&l, message);
  end_line(&l, 2);
  _exit(1);
}

// Reads digits up to something else, and moves `text` there.
static inline uint32_t take_number(const char **text) {
  uint32_t value = 0;
  if (**text < '0' || **text > '9') fail("a number was expected");
  while (**text >= '0' && **text <= '9') value = value * 10 + (uint32_t)(*(*text)++ - '0');
  return value;
}

static inline uint32_t number_argument(int argc, char **argv, int index, uint32_t fallback) {
  if (argc <= index) return fallback;
  const char *text = argv[index];
  uint32_t value = take_number(&text);
  if (*text != '\0') fail("a number was expected");
  return value;
}

// ---- Memory that is never given back; zeroed

#ifdef __wasi__
static inline void *allocate(size_t size) {
  static uintptr_t free_from, free_to;
  size = (size + 15) & ~(size_t)15;
  if (free_to - free_from < size) {
    size_t pages = (size + 65535) / 65536, grown = __builtin_wasm_memory_grow(0, pages);
    if (grown == SIZE_MAX) fail("out of memory");
    // What is left of the pages before is only given up when something else has grown the memory since.
    if (grown * 65536 != free_to) free_from = grown * 65536;
    free_to = (grown + pages) * 65536;
  }
  void *result = (void *)free_from;
  free_from += size;
  return result;
}
#else
static inline void *allocate(size_t size) {
  void *result = calloc(size == 0 ? 1 : size, 1);
  if (result == NULL) fail("out of memory");
  return result;
}
#endif

// ---- Numbers

// The same numbers on every machine, from -0.5 up to but not including 0.5. Each has few enough bits for a float.
static inline double value_at(uint32_t seed, uint32_t index) {
  uint32_t x = (index + 1) * 0x9e3779b1u + seed * 0x85ebca77u;
  x = (x ^ x >> 15) * 0x2c1b3c6du;
  x ^= x >> 12;
  return (double)(x >> 8) / 16777216.0 - 0.5;
}

// FNV-1a, with words of 64 bits instead of bytes, and its high half folded back.
static inline uint64_t hash_word(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x100000001b3ull;
  return hash ^ hash >> 32;
}
#define HASH_START 0xcbf29ce484222325ull

static inline uint64_t hash_bytes(uint64_t hash, const uint8_t *bytes, size_t size) {
  for (size_t i = 0; i < size; i++) hash = hash_word(hash, bytes[i]);
  return hash;
}

// ---- Input

// All of a descriptor, in one piece of memory.
static inline uint8_t *read_all(int fd, size_t *size) {
  size_t capacity = 65536, length = 0;
  uint8_t *data = allocate(capacity);
  for (;;) {
    if (length == capacity) {
      uint8_t *larger = allocate(capacity * 2);
      memcpy(larger, data, length);
      data = larger, capacity *= 2;
    }
    ssize_t count = read(fd, data + length, capacity - length);
    if (count < 0) fail("cannot read the input");
    if (count == 0) break;
    length += (size_t)count;
  }
  *size = length;
  return data;
}

// ---- The way in

#ifdef __wasi__
int main(void) {
  __wasi_size_t count, size;
  if (__wasi_args_sizes_get(&count, &size) != 0) return 1;
  char **argv = allocate((count + 1) * sizeof(char *)), *text = allocate(size);
  if (__wasi_args_get((uint8_t **)argv, (uint8_t *)text) != 0) return 1;
  return run((int)count, argv);
}
#else
int main(int argc, char **argv) { return run(argc, argv); }
#endif

#endif
