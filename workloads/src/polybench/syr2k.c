// The lower half of C = alpha A B^T + alpha B A^T + beta C.
#include "kernel.h"

static const kernel_table table = {"syr2k", {{20, 30}, {200, 240}, {1000, 1200}, {2000, 2600}}};

NOINLINE static void syr2k(int m, int n, double alpha, double beta, double c[n][n], double a[n][m], double b[n][m]) {
  for (int i = 0; i < n; i++) {
    for (int j = 0; j <= i; j++) c[i][j] *= beta;
    for (int k = 0; k < m; k++)
      for (int j = 0; j <= i; j++) c[i][j] += a[j][k] * alpha * b[i][k] + b[j][k] * alpha * a[i][k];
  }
}

static void kernel(const int *size, int repetitions) {
  int m = size[0], n = size[1];
  double(*c)[n] = new_array((size_t)n * n), (*a)[m] = new_array((size_t)n * m), (*b)[m] = new_array((size_t)n * m);
  for (; repetitions > 0; repetitions--) {
    fill(c, (size_t)n * n, 1), fill(a, (size_t)n * m, 2), fill(b, (size_t)n * m, 3);
    syr2k(m, n, 1.5, 1.25, c, a, b);
  }
  digest(c, (size_t)n * n);
}
