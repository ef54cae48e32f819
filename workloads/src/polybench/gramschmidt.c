// A = Q R by Gram and Schmidt's method as modified: orthogonal columns in Q, R upper triangular.
#include "kernel.h"

// Rows and columns. There are more rows than columns: otherwise some columns depend on others, and what remains of them
// is rounding errors.
static const kernel_table table = {"gramschmidt", {{30, 20}, {240, 200}, {1200, 1000}, {2600, 2000}}};

NOINLINE static void gramschmidt(int m, int n, double a[m][n], double r[n][n], double q[m][n]) {
  for (int k = 0; k < n; k++) {
    double norm = 0;
    for (int i = 0; i < m; i++) norm += a[i][k] * a[i][k];
    r[k][k] = __builtin_sqrt(norm);
    for (int i = 0; i < m; i++) q[i][k] = a[i][k] / r[k][k];
    for (int j = k + 1; j < n; j++) {
      r[k][j] = 0;
      for (int i = 0; i < m; i++) r[k][j] += q[i][k] * a[i][j];
      for (int i = 0; i < m; i++) a[i][j] -= q[i][k] * r[k][j];
    }
  }
}

static void kernel(const int *size, int repetitions) {
  int m = size[0], n = size[1];
  double(*a)[n] = new_array((size_t)m * n), (*r)[n] = new_array((size_t)n * n), (*q)[n] = new_array((size_t)m * n);
  for (; repetitions > 0; repetitions--) {
    fill(a, (size_t)m * n, 1);
    gramschmidt(m, n, a, r, q);
  }
  digest(r, (size_t)n * n);
  digest(q, (size_t)m * n);
}
