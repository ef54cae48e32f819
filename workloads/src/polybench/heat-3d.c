// The heat equation in three dimensions over time, from one array into another and back.
#include "kernel.h"

static const kernel_table table = {"heat-3d", {{20, 10}, {100, 40}, {500, 120}, {1000, 200}}};

NOINLINE static void step(int n, double to[n][n][n], double from[n][n][n]) {
  for (int i = 1; i < n - 1; i++)
    for (int j = 1; j < n - 1; j++)
      for (int k = 1; k < n - 1; k++)
        to[i][j][k] = 0.125 * (from[i + 1][j][k] - 2 * from[i][j][k] + from[i - 1][j][k]) +
                      0.125 * (from[i][j + 1][k] - 2 * from[i][j][k] + from[i][j - 1][k]) +
                      0.125 * (from[i][j][k + 1] - 2 * from[i][j][k] + from[i][j][k - 1]) + from[i][j][k];
}

static void kernel(const int *size, int repetitions) {
  int steps = size[0], n = size[1];
  size_t count = (size_t)n * n * n;
  void *a = new_array(count), *b = new_array(count);
  for (; repetitions > 0; repetitions--) {
    fill(a, count, 1), fill(b, count, 1);
    for (int t = 0; t < steps; t++) step(n, b, a), step(n, a, b);
  }
  digest(a, count);
}
