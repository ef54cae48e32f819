// B = alpha A^T B, where A is lower triangular with ones on its diagonal.
#include "kernel.h"

static const kernel_table table = {"trmm", {{20, 30}, {200, 240}, {1000, 1200}, {2000, 2600}}};

NOINLINE static void trmm(int m, int n, double alpha, double a[m][m], double b[m][n]) {
  for (int i = 0; i < m; i++) {
    for (int j = 0; j < n; j++) {
      for (int k = i + 1; k < m; k++) b[i][j] += a[k][i] * b[k][j];
      b[i][j] *= alpha;
    }
  }
}

static void kernel(const int *size, int repetitions) {
  int m = size[0], n = size[1];
  double(*a)[m] = new_array((size_t)m * m), (*b)[n] = new_array((size_t)m * n);
  for (; repetitions > 0; repetitions--) {
    fill(a, (size_t)m * m, 1), fill(b, (size_t)m * n, 2);
    trmm(m, n, 1.5, a, b);
  }
  digest(b, (size_t)m * n);
}
