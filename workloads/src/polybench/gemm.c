// C = alpha A B + beta C.
#include "kernel.h"

static const kernel_table table = {"gemm", {{20, 25, 30}, {200, 220, 240}, {1000, 1100, 1200}, {2000, 2300, 2600}}};

NOINLINE static void gemm(int ni, int nj, int nk, double alpha, double beta, double c[ni][nj], double a[ni][nk],
                          double b[nk][nj]) {
  for (int i = 0; i < ni; i++) {
    for (int j = 0; j < nj; j++) c[i][j] *= beta;
    for (int k = 0; k < nk; k++)
      for (int j = 0; j < nj; j++) c[i][j] += alpha * a[i][k] * b[k][j];
  }
}

static void kernel(const int *size, int repetitions) {
  int ni = size[0], nj = size[1], nk = size[2];
  double(*c)[nj] = new_array((size_t)ni * nj), (*a)[nk] = new_array((size_t)ni * nk);
  double(*b)[nj] = new_array((size_t)nk * nj);
  for (; repetitions > 0; repetitions--) {
    fill(c, (size_t)ni * nj, 1), fill(a, (size_t)ni * nk, 2), fill(b, (size_t)nk * nj, 3);
    gemm(ni, nj, nk, 1.5, 1.25, c, a, b);
  }
  digest(c, (size_t)ni * nj);
}
