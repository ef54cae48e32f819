// y = alpha A x + beta B x.
#include "kernel.h"

static const kernel_table table = {"gesummv", {{30}, {250}, {1300}, {2800}}};

NOINLINE static void gesummv(int n, double alpha, double beta, double a[n][n], double b[n][n], const double *x, double *y) {
  for (int i = 0; i < n; i++) {
    double of_a = 0, of_b = 0;
    for (int j = 0; j < n; j++) {
      of_a += a[i][j] * x[j];
      of_b += b[i][j] * x[j];
    }
    y[i] = alpha * of_a + beta * of_b;
  }
}

static void kernel(const int *size, int repetitions) {
  int n = size[0];
  double(*a)[n] = new_array((size_t)n * n), (*b)[n] = new_array((size_t)n * n), *x = new_array(n), *y = new_array(n);
  for (; repetitions > 0; repetitions--) {
    fill(a, (size_t)n * n, 1), fill(b, (size_t)n * n, 2), fill(x, n, 3);
    gesummv(n, 1.5, 1.25, a, b, x, y);
  }
  digest(y, n);
}
