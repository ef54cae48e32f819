// D = alpha A B C + beta D, as two matrix products.
#include "kernel.h"

static const kernel_table table = {
    "2mm", {{16, 18, 22, 24}, {180, 190, 210, 220}, {800, 900, 1100, 1200}, {1600, 1800, 2200, 2400}}};

NOINLINE static void two_products(int ni, int nj, int nk, int nl, double alpha, double beta, double ab[ni][nj],
                                  double a[ni][nk], double b[nk][nj], double c[nj][nl], double d[ni][nl]) {
  for (int i = 0; i < ni; i++) {
    for (int j = 0; j < nj; j++) {
      ab[i][j] = 0;
      for (int k = 0; k < nk; k++) ab[i][j] += alpha * a[i][k] * b[k][j];
    }
  }
  for (int i = 0; i < ni; i++) {
    for (int j = 0; j < nl; j++) {
      d[i][j] *= beta;
      for (int k = 0; k < nj; k++) d[i][j] += ab[i][k] * c[k][j];
    }
  }
}

static void kernel(const int *size, int repetitions) {
  int ni = size[0], nj = size[1], nk = size[2], nl = size[3];
  double(*ab)[nj] = new_array((size_t)ni * nj), (*a)[nk] = new_array((size_t)ni * nk);
  double(*b)[nj] = new_array((size_t)nk * nj), (*c)[nl] = new_array((size_t)nj * nl);
  double(*d)[nl] = new_array((size_t)ni * nl);
  for (; repetitions > 0; repetitions--) {
    fill(a, (size_t)ni * nk, 1), fill(b, (size_t)nk * nj, 2), fill(c, (size_t)nj * nl, 3), fill(d, (size_t)ni * nl, 4);
    two_products(ni, nj, nk, nl, 1.5, 1.25, ab, a, b, c, d);
  }
  digest(d, (size_t)ni * nl);
}
