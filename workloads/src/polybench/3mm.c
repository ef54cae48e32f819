// G = (A B) (C D).
#include "kernel.h"

static const kernel_table table = {
    "3mm", {{16, 18, 20, 22, 24}, {180, 190, 200, 210, 220}, {800, 900, 1000, 1100, 1200}, {1600, 1800, 2000, 2200, 2400}}};

NOINLINE static void product(int ni, int nj, int nk, double c[ni][nj], double a[ni][nk], double b[nk][nj]) {
  for (int i = 0; i < ni; i++) {
    for (int j = 0; j < nj; j++) {
      c[i][j] = 0;
      for (int k = 0; k < nk; k++) c[i][j] += a[i][k] * b[k][j];
    }
  }
}

static void kernel(const int *size, int repetitions) {
  int ni = size[0], nj = size[1], nk = size[2], nl = size[3], nm = size[4];
  double(*a)[nk] = new_array((size_t)ni * nk), (*b)[nj] = new_array((size_t)nk * nj);
  double(*c)[nm] = new_array((size_t)nj * nm), (*d)[nl] = new_array((size_t)nm * nl);
  double(*ab)[nj] = new_array((size_t)ni * nj), (*cd)[nl] = new_array((size_t)nj * nl);
  double(*g)[nl] = new_array((size_t)ni * nl);
  for (; repetitions > 0; repetitions--) {
    fill(a, (size_t)ni * nk, 1), fill(b, (size_t)nk * nj, 2), fill(c, (size_t)nj * nm, 3), fill(d, (size_t)nm * nl, 4);
    product(ni, nj, nk, ab, a, b);
    product(nj, nl, nm, cd, c, d);
    product(ni, nl, nj, g, ab, cd);
  }
  digest(g, (size_t)ni * nl);
}
