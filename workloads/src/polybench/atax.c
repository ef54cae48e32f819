// y = A^T (A x).
#include "kernel.h"

static const kernel_table table = {"atax", {{38, 42}, {390, 410}, {1900, 2100}, {1800, 2200}}};

NOINLINE static void atax(int m, int n, double a[m][n], const double *x, double *y) {
  for (int j = 0; j < n; j++) y[j] = 0;
  for (int i = 0; i < m; i++) {
    double ax = 0;
    for (int j = 0; j < n; j++) ax += a[i][j] * x[j];
    for (int j = 0; j < n; j++) y[j] += a[i][j] * ax;
  }
}

static void kernel(const int *size, int repetitions) {
  int m = size[0], n = size[1];
  double(*a)[n] = new_array((size_t)m * n), *x = new_array(n), *y = new_array(n);
  for (; repetitions > 0; repetitions--) {
    fill(a, (size_t)m * n, 1), fill(x, n, 2);
    atax(m, n, a, x, y);
  }
  digest(y, n);
}
