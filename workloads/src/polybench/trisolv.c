// x with L x = b, where L is lower triangular.
#include "kernel.h"

static const kernel_table table = {"trisolv", {{40}, {400}, {2000}, {4000}}};

NOINLINE static void trisolv(int n, double l[n][n], double *x, const double *b) {
  for (int i = 0; i < n; i++) {
    x[i] = b[i];
    for (int j = 0; j < i; j++) x[i] -= l[i][j] * x[j];
    x[i] /= l[i][i];
  }
}

static void kernel(const int *size, int repetitions) {
  int n = size[0];
  double(*l)[n] = new_array((size_t)n * n), *x = new_array(n), *b = new_array(n);
  for (; repetitions > 0; repetitions--) {
    fill(l, (size_t)n * n, 1), fill(b, n, 2);
    weigh_diagonal(n, l);
    trisolv(n, l, x, b);
  }
  digest(x, n);
}
