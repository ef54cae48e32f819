// Matrix product with update, C = alpha A B + beta C.
#include "kernel.h"

NOINLINE static void gemm(int n, double alpha, double beta, const double *a, const double *b, double *c) {
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++) c[i * n + j] *= beta;
    for (int k = 0; k < n; k++) {
      double factor = alpha * a[i * n + k];
      for (int j = 0; j < n; j++) c[i * n + j] += factor * b[k * n + j];
    }
  }
}

int main(int argc, char **argv) {
  int n = argument(argc, argv, 1, 128), repetitions = argument(argc, argv, 2, 10);
  double *a = new_matrix(n, n), *b = new_matrix(n, n), *c = new_matrix(n, n);
  fill(a, n * n, 1), fill(b, n * n, 2), fill(c, n * n, 3);
  for (int r = 0; r < repetitions; r++) gemm(n, 1.5, 0.5, a, b, c);
  report("gemm", n, repetitions, c, n * n);
}
