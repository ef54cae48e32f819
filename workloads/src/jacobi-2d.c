// A five-point stencil, back and forth between two grids.
#include "kernel.h"

NOINLINE static void sweep(int n, const double *from, double *to) {
  for (int i = 1; i < n - 1; i++) {
    for (int j = 1; j < n - 1; j++) {
      const double *p = from + i * n + j;
      to[i * n + j] = 0.2 * (p[0] + p[-1] + p[1] + p[-n] + p[n]);
    }
  }
}

int main(int argc, char **argv) {
  int n = argument(argc, argv, 1, 256), repetitions = argument(argc, argv, 2, 50);
  double *a = new_matrix(n, n), *b = new_matrix(n, n);
  fill(a, n * n, 1), memcpy(b, a, sizeof(double) * (size_t)(n * n));
  for (int r = 0; r < repetitions; r++) {
    sweep(n, a, b);
    sweep(n, b, a);
  }
  report("jacobi-2d", n, repetitions, a, n * n);
}
