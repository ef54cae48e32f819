// Two matrix products in a row, D = alpha (A B) C + beta D, with inner products down the columns.
#include "kernel.h"

NOINLINE static void product(int n, double alpha, const double *a, const double *b, double beta, double *out) {
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++) {
      double sum = out[i * n + j] * beta;
      for (int k = 0; k < n; k++) sum += alpha * a[i * n + k] * b[k * n + j];
      out[i * n + j] = sum;
    }
  }
}

NOINLINE static void two_products(int n, const double *a, const double *b, const double *c, double *tmp, double *d) {
  product(n, 1.25, a, b, 0.0, tmp);
  product(n, 1.0, tmp, c, 0.75, d);
}

int main(int argc, char **argv) {
  int n = argument(argc, argv, 1, 96), repetitions = argument(argc, argv, 2, 10);
  double *a = new_matrix(n, n), *b = new_matrix(n, n), *c = new_matrix(n, n);
  double *tmp = new_matrix(n, n), *d = new_matrix(n, n);
  fill(a, n * n, 1), fill(b, n * n, 2), fill(c, n * n, 3), fill(tmp, n * n, 4), fill(d, n * n, 5);
  for (int r = 0; r < repetitions; r++) two_products(n, a, b, c, tmp, d);
  report("2mm", n, repetitions, d, n * n);
}
