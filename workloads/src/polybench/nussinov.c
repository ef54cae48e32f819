// How many bases of an RNA sequence can pair without crossing: dynamic programming over all its parts (Nussinov).
#include "kernel.h"

static const kernel_table table = {"nussinov", {{60}, {500}, {2500}, {5500}}};

static inline int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

NOINLINE static void nussinov(int n, const uint8_t *bases, int32_t best[n][n]) {
  for (int i = n - 1; i >= 0; i--) {
    for (int j = i + 1; j < n; j++) {
      best[i][j] = larger(best[i][j], best[i][j - 1]);
      best[i][j] = larger(best[i][j], best[i + 1][j]);
      // Neighbours do not pair: the strand cannot bend so sharply.
      int pairs = i < j - 1 && bases[i] + bases[j] == 3;
      best[i][j] = larger(best[i][j], best[i + 1][j - 1] + pairs);
      for (int k = i + 1; k < j; k++) best[i][j] = larger(best[i][j], best[i][k] + best[k + 1][j]);
    }
  }
}

static void kernel(const int *size, int repetitions) {
  int n = size[0];
  size_t count = (size_t)n * n;
  uint8_t *bases = allocate(n);
  int32_t *best = allocate(count * sizeof(int32_t));
  for (; repetitions > 0; repetitions--) {
    for (int i = 0; i < n; i++) bases[i] = (uint8_t)((value_at(1, i) + 0.5) * 4);
    for (size_t i = 0; i < count; i++) best[i] = 0;
    nussinov(n, bases, (void *)best);
  }
  for (size_t i = 0; i < count; i++) digest_value(best[i], (uint32_t)best[i]);
}
