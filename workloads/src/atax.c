// Transposed matrix times matrix times vector, y = A^T (A x): little work per byte.
#include "kernel.h"

NOINLINE static void atax(int n, const double *a, const double *x, double *y) {
  for (int j = 0; j < n; j++) y[j] = 0.0;
  for (int i = 0; i < n; i++) {
    double dot = 0.0;
    for (int j = 0; j < n; j++) dot += a[i * n + j] * x[j];
    for (int j = 0; j < n; j++) y[j] += a[i * n + j] * dot;
  }
}

// The next input is the last output, brought back to the size of the first.
NOINLINE static void scale(int n, const double *y, double *x) {
  double largest = 1e-300;
  for (int j = 0; j < n; j++) {
    double size = y[j] < 0 ? -y[j] : y[j];
    if (size > largest) largest = size;
  }
  for (int j = 0; j < n; j++) x[j] = y[j] / largest;
}

int main(int argc, char **argv) {
  int n = argument(argc, argv, 1, 512), repetitions = argument(argc, argv, 2, 50);
  double *a = new_matrix(n, n), *x = new_matrix(n, 1), *y = new_matrix(n, 1);
  fill(a, n * n, 1), fill(x, n, 2);
  for (int r = 0; r < repetitions; r++) {
    atax(n, a, x, y);
    scale(n, y, x);
  }
  report("atax", n, repetitions, y, n);
}
