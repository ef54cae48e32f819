// x with A x = b: A = L U, then forward and backward substitution.
#include "kernel.h"

static const kernel_table table = {"ludcmp", {{40}, {400}, {2000}, {4000}}};

NOINLINE static void ludcmp(int n, double a[n][n], const double *b, double *x, double *y) {
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < i; j++) {
      double rest = a[i][j];
      for (int k = 0; k < j; k++) rest -= a[i][k] * a[k][j];
      a[i][j] = rest / a[j][j];
    }
    for (int j = i; j < n; j++) {
      double rest = a[i][j];
      for (int k = 0; k < i; k++) rest -= a[i][k] * a[k][j];
      a[i][j] = rest;
    }
  }
  for (int i = 0; i < n; i++) {
    double rest = b[i];
    for (int j = 0; j < i; j++) rest -= a[i][j] * y[j];
    y[i] = rest;
  }
  for (int i = n - 1; i >= 0; i--) {
    double rest = y[i];
    for (int j = i + 1; j < n; j++) rest -= a[i][j] * x[j];
    x[i] = rest / a[i][i];
  }
}

static void kernel(const int *size, int repetitions) {
  int n = size[0];
  double(*a)[n] = new_array((size_t)n * n), *b = new_array(n), *x = new_array(n), *y = new_array(n);
  for (; repetitions > 0; repetitions--) {
    fill(a, (size_t)n * n, 1), fill(b, n, 2);
    weigh_diagonal(n, a);
    ludcmp(n, a, b, x, y);
  }
  digest(x, n);
}
