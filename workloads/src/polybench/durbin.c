// Durbin's recursion: y with T y = -r, where T is the symmetric Toeplitz matrix of 1, r1, r2, ….
#include "kernel.h"

static const kernel_table table = {"durbin", {{40}, {400}, {2000}, {4000}}};

NOINLINE static void durbin(int n, const double *r, double *y, double *z) {
  double alpha = -r[0], beta = 1;
  y[0] = alpha;
  for (int k = 1; k < n; k++) {
    beta *= 1 - alpha * alpha;
    double sum = 0;
    for (int i = 0; i < k; i++) sum += r[k - i - 1] * y[i];
    alpha = -(r[k] + sum) / beta;
    for (int i = 0; i < k; i++) z[i] = y[i] + alpha * y[k - i - 1];
    for (int i = 0; i < k; i++) y[i] = z[i];
    y[k] = alpha;
  }
}

static void kernel(const int *size, int repetitions) {
  int n = size[0];
  double *r = new_array(n), *y = new_array(n), *z = new_array(n);
  for (; repetitions > 0; repetitions--) {
    fill(r, n, 1);
    // Small beside the diagonal, so that the matrix is positive definite.
    for (int i = 0; i < n; i++) r[i] /= n;
    durbin(n, r, y, z);
  }
  digest(y, n);
}
