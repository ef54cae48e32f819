// s = A^T r and q = A p, the products of the biconjugate gradient method.
#include "kernel.h"

static const kernel_table table = {"bicg", {{38, 42}, {390, 410}, {1900, 2100}, {1800, 2200}}};

NOINLINE static void bicg(int m, int n, double a[n][m], double *s, double *q, const double *p, const double *r) {
  for (int j = 0; j < m; j++) s[j] = 0;
  for (int i = 0; i < n; i++) {
    q[i] = 0;
    for (int j = 0; j < m; j++) {
      s[j] += r[i] * a[i][j];
      q[i] += a[i][j] * p[j];
    }
  }
}

static void kernel(const int *size, int repetitions) {
  int m = size[0], n = size[1];
  double(*a)[m] = new_array((size_t)n * m), *s = new_array(m), *q = new_array(n), *p = new_array(m), *r = new_array(n);
  for (; repetitions > 0; repetitions--) {
    fill(a, (size_t)n * m, 1), fill(p, m, 2), fill(r, n, 3);
    bicg(m, n, a, s, q, p, r);
  }
  digest(s, m);
  digest(q, n);
}
