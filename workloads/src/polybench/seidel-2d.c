// Means of nine neighbours in a plane over time, in place (Gauss and Seidel): each value waits for the one before.
#include "kernel.h"

static const kernel_table table = {"seidel-2d", {{20, 40}, {100, 400}, {500, 2000}, {1000, 4000}}};

NOINLINE static void seidel_2d(int steps, int n, double a[n][n]) {
  for (int t = 0; t < steps; t++)
    for (int i = 1; i < n - 1; i++)
      for (int j = 1; j < n - 1; j++)
        a[i][j] = (a[i - 1][j - 1] + a[i - 1][j] + a[i - 1][j + 1] + a[i][j - 1] + a[i][j] + a[i][j + 1] +
                   a[i + 1][j - 1] + a[i + 1][j] + a[i + 1][j + 1]) /
                  9;
}

static void kernel(const int *size, int repetitions) {
  int steps = size[0], n = size[1];
  void *a = new_array((size_t)n * n);
  for (; repetitions > 0; repetitions--) {
    fill(a, (size_t)n * n, 1);
    seidel_2d(steps, n, a);
  }
  digest(a, (size_t)n * n);
}
