// Decomposition of a symmetric positive definite matrix, A = L L^T: triangular loops, divisions, square roots.
#include "kernel.h"

NOINLINE static void cholesky(int n, double *a) {
  for (int i = 0; i < n; i++) {
    double *row = a + i * n;
    for (int j = 0; j < i; j++) {
      const double *other = a + j * n;
      double sum = row[j];
      for (int k = 0; k < j; k++) sum -= row[k] * other[k];
      row[j] = sum / other[j];
    }
    double rest = row[i];
    for (int k = 0; k < i; k++) rest -= row[k] * row[k];
    row[i] = __builtin_sqrt(rest);
  }
}

// A heavy diagonal makes the symmetric matrix positive definite.
NOINLINE static void new_matrix_values(int n, double *a, uint32_t seed) {
  fill(a, n * n, seed);
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < i; j++) a[j * n + i] = a[i * n + j];
    a[i * n + i] = n;
  }
}

int main(int argc, char **argv) {
  int n = argument(argc, argv, 1, 192), repetitions = argument(argc, argv, 2, 10);
  double *a = new_matrix(n, n);
  for (int r = 0; r < repetitions; r++) {
    new_matrix_values(n, a, (uint32_t)r + 1);
    cholesky(n, a);
  }
  report("cholesky", n, repetitions, a, n * n);
}
