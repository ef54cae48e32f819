// A = L U without pivoting, in place; L has ones on its diagonal.
#include "kernel.h"

static const kernel_table table = {"lu", {{40}, {400}, {2000}, {4000}}};

NOINLINE static void lu(int n, double a[n][n]) {
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < i; j++) {
      for (int k = 0; k < j; k++) a[i][j] -= a[i][k] * a[k][j];
      a[i][j] /= a[j][j];
    }
    for (int j = i; j < n; j++)
      for (int k = 0; k < i; k++) a[i][j] -= a[i][k] * a[k][j];
  }
}

static void kernel(const int *size, int repetitions) {
  int n = size[0];
  double(*a)[n] = new_array((size_t)n * n);
  for (; repetitions > 0; repetitions--) {
    fill(a, (size_t)n * n, 1);
    weigh_diagonal(n, a);
    lu(n, a);
  }
  digest(a, (size_t)n * n);
}
