// C = alpha A B + beta C, where only the lower half of the symmetric A is read.
#include "kernel.h"

static const kernel_table table = {"symm", {{20, 30}, {200, 240}, {1000, 1200}, {2000, 2600}}};

NOINLINE static void symm(int m, int n, double alpha, double beta, double c[m][n], double a[m][m], double b[m][n]) {
  for (int i = 0; i < m; i++) {
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int k = 0; k < i; k++) {
        c[k][j] += alpha * b[i][j] * a[i][k];
        sum += b[k][j] * a[i][k];
      }
      c[i][j] = beta * c[i][j] + alpha * b[i][j] * a[i][i] + alpha * sum;
    }
  }
}

static void kernel(const int *size, int repetitions) {
  int m = size[0], n = size[1];
  double(*c)[n] = new_array((size_t)m * n), (*a)[m] = new_array((size_t)m * m), (*b)[n] = new_array((size_t)m * n);
  for (; repetitions > 0; repetitions--) {
    fill(c, (size_t)m * n, 1), fill(a, (size_t)m * m, 2), fill(b, (size_t)m * n, 3);
    symm(m, n, 1.5, 1.25, c, a, b);
  }
  digest(c, (size_t)m * n);
}
