// What the kernels share: `NAME [SIZE [REPETITIONS]]`, where SIZE is mini, medium, large, extralarge or its numbers
// (`20,25,30`). Each repetition starts from the same input, made anew.
//
// A kernel defines `sizes` and `kernel`, which allocates, and repeats: fill the input, call the kernel proper. Then it
// shows the results to `digest`. One line comes out: a hash of the results' bits, and a sum with weights, which
// a calculation with another order of additions gives too, up to rounding.
#ifndef KERNEL_H
#define KERNEL_H

#include "../bare.h"

enum { MAX_DIMENSIONS = 5 };

typedef struct {
  const char *name;
  int sizes[4][MAX_DIMENSIONS];
} kernel_table;

static const kernel_table table;
static void kernel(const int *size, int repetitions);

static uint64_t digest_hash = HASH_START;
static double digest_sum = 0;
static uint32_t digest_count = 0;

static inline void digest_value(double value, uint64_t bits) {
  digest_hash = hash_word(digest_hash, bits);
  digest_sum += value * value_at(99, digest_count++);
}

NOINLINE static inline void digest(const void *array, size_t count) {
  const double *values = array;
  for (size_t i = 0; i < count; i++) {
    uint64_t bits;
    memcpy(&bits, values + i, sizeof bits);
    digest_value(values[i], bits);
  }
}

NOINLINE static inline void *new_array(size_t count) { return allocate(count * sizeof(double)); }

NOINLINE static inline void fill(void *array, size_t count, uint32_t seed) {
  double *values = array;
  for (size_t i = 0; i < count; i++) values[i] = value_at(seed, (uint32_t)i);
}

// Large enough for elimination without pivoting, and for a positive definite matrix if it is symmetric.
static inline void weigh_diagonal(int n, double a[n][n]) {
  for (int i = 0; i < n; i++) a[i][i] += n;
}

static int run(int argc, char **argv) {
  static const char *const names[] = {"mini", "medium", "large", "extralarge"};
  const char *wanted = argc > 1 ? argv[1] : names[0];
  int size[MAX_DIMENSIONS] = {0}, dimensions = 0, named = -1;
  while (dimensions < MAX_DIMENSIONS && table.sizes[0][dimensions] != 0) dimensions++;
  for (int i = 0; i < 4; i++)
    if (strcmp(wanted, names[i]) == 0) named = i;
  for (int i = 0; i < dimensions; i++) {
    if (named < 0 && i > 0 && *wanted++ != ',') fail("a size is mini, medium, large, extralarge or N,N,…");
    size[i] = named >= 0 ? table.sizes[named][i] : (int)take_number(&wanted);
    if (size[i] < 1) fail("a size is at least 1");
  }
  if (named < 0 && *wanted != '\0') fail("a size has more numbers than the kernel");
  kernel(size, (int)number_argument(argc, argv, 2, 1));
  line l = {.length = 0};
  put_text(&l, table.name);
  for (int i = 0; i < dimensions; i++) put_character(&l, i == 0 ? ' ' : ','), put_number(&l, (uint64_t)size[i]);
  put_text(&l, " checksum="), put_hex(&l, digest_hash, 16);
  put_text(&l, " sum="), put_decimal(&l, digest_sum, 9);
  end_line(&l, 1);
  return 0;
}

#endif
