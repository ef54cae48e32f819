// L of A = L L^T, in place in the lower half of the symmetric positive definite A.
#include "kernel.h"

static const kernel_table table = {"cholesky", {{40}, {400}, {2000}, {4000}}};

NOINLINE static void cholesky(int n, double a[n][n]) {
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < i; j++) {
      for (int k = 0; k < j; k++) a[i][j] -= a[i][k] * a[j][k];
      a[i][j] /= a[j][j];
    }
    for (int k = 0; k < i; k++) a[i][i] -= a[i][k] * a[i][k];
    a[i][i] = __builtin_sqrt(a[i][i]);
  }
}

static void kernel(const int *size, int repetitions) {
  int n = size[0];
  double(*a)[n] = new_array((size_t)n * n);
  for (; repetitions > 0; repetitions--) {
    fill(a, (size_t)n * n, 1);
    weigh_diagonal(n, a);
    cholesky(n, a);
  }
  // The upper half is input.
  for (int i = 0; i < n; i++) digest(a[i], i + 1);
}
