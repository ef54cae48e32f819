// What the numeric kernels share: `NAME [size] [repetitions]`, matrices on the heap, one line of output.
// The kernel is called once per repetition, so that an engine which compiles in tiers can switch between calls.
#ifndef KERNEL_H
#define KERNEL_H

#include "workload.h"

static inline double *new_matrix(int rows, int columns) {
  double *m = malloc(sizeof(double) * (size_t)rows * (size_t)columns);
  if (m == NULL) {
    fprintf(stderr, "out of memory\n");
    exit(1);
  }
  return m;
}

// Values in [-0.5, 0.5) that differ between cells and are the same everywhere.
static inline void fill(double *m, int count, uint32_t seed) {
  uint32_t state = seed;
  for (int i = 0; i < count; i++) m[i] = (double)(next_random(&state) >> 8) / 16777216.0 - 0.5;
}

static inline void report(const char *name, int n, int repetitions, const double *m, int count) {
  uint64_t hash = fnv1a(FNV_START, m, sizeof(double) * (size_t)count);
  printf("%s n=%d repetitions=%d checksum=%016llx\n", name, n, repetitions, (unsigned long long)hash);
}

#endif
