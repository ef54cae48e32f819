// x1 = x1 + A y1 and x2 = x2 + A^T y2.
#include "kernel.h"

static const kernel_table table = {"mvt", {{40}, {400}, {2000}, {4000}}};

NOINLINE static void mvt(int n, double *x1, double *x2, const double *y1, const double *y2, double a[n][n]) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) x1[i] += a[i][j] * y1[j];
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) x2[i] += a[j][i] * y2[j];
}

static void kernel(const int *size, int repetitions) {
  int n = size[0];
  double(*a)[n] = new_array((size_t)n * n);
  double *x1 = new_array(n), *x2 = new_array(n), *y1 = new_array(n), *y2 = new_array(n);
  for (; repetitions > 0; repetitions--) {
    fill(a, (size_t)n * n, 1), fill(x1, n, 2), fill(x2, n, 3), fill(y1, n, 4), fill(y2, n, 5);
    mvt(n, x1, x2, y1, y2, a);
  }
  digest(x1, n);
  digest(x2, n);
}
