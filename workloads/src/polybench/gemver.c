// A' = A + u1 v1^T + u2 v2^T, x = beta A'^T y + z, w = alpha A' x.
#include "kernel.h"

static const kernel_table table = {"gemver", {{40}, {400}, {2000}, {4000}}};

NOINLINE static void gemver(int n, double alpha, double beta, double a[n][n], const double *u1, const double *v1,
                            const double *u2, const double *v2, double *w, double *x, const double *y, const double *z) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) a[i][j] += u1[i] * v1[j] + u2[i] * v2[j];
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) x[i] += beta * a[j][i] * y[j];
  for (int i = 0; i < n; i++) x[i] += z[i];
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) w[i] += alpha * a[i][j] * x[j];
}

static void kernel(const int *size, int repetitions) {
  int n = size[0];
  double(*a)[n] = new_array((size_t)n * n), *vectors[8];
  for (int i = 0; i < 8; i++) vectors[i] = new_array(n);
  double **v = vectors, *w = v[4], *x = v[5];
  for (; repetitions > 0; repetitions--) {
    fill(a, (size_t)n * n, 1);
    for (int i = 0; i < 8; i++) fill(v[i], n, i + 2);
    for (int i = 0; i < n; i++) w[i] = x[i] = 0;
    gemver(n, 1.5, 1.25, a, v[0], v[1], v[2], v[3], w, x, v[6], v[7]);
  }
  digest(w, n);
}
