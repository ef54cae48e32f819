// C = A B for matrices of doubles of N x N by the three nested loops of the definition: `matmul N`.
#include "bare.h"

NOINLINE static void multiply(int n, const double *a, const double *b, double *c) {
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      c[i * n + j] = sum;
    }
  }
}

static int run(int argc, char **argv) {
  int n = (int)number_argument(argc, argv, 1, 30);
  size_t count = (size_t)n * (size_t)n;
  double *a = allocate(count * sizeof(double)), *b = allocate(count * sizeof(double)), *c = allocate(count * sizeof(double));
  for (size_t i = 0; i < count; i++) a[i] = value_at(1, (uint32_t)i), b[i] = value_at(2, (uint32_t)i);
  multiply(n, a, b, c);
  uint64_t hash = HASH_START;
  double sum = 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t bits;
    memcpy(&bits, c + i, sizeof bits);
    hash = hash_word(hash, bits);
    sum += c[i] * value_at(99, (uint32_t)i);
  }
  line l = {.length = 0};
  put_text(&l, "matmul"), put_field(&l, "n", (uint64_t)n);
  put_text(&l, " checksum="), put_hex(&l, hash, 16);
  put_text(&l, " sum="), put_decimal(&l, sum, 9);
  end_line(&l, 1);
  return 0;
}
