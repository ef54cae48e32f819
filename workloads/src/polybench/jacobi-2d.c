// Means of five neighbours in a plane over time, from one array into another and back.
#include "kernel.h"

static const kernel_table table = {"jacobi-2d", {{20, 30}, {100, 250}, {500, 1300}, {1000, 2800}}};

NOINLINE static void step(int n, double to[n][n], double from[n][n]) {
  for (int i = 1; i < n - 1; i++)
    for (int j = 1; j < n - 1; j++)
      to[i][j] = 0.2 * (from[i][j] + from[i][j - 1] + from[i][j + 1] + from[i + 1][j] + from[i - 1][j]);
}

static void kernel(const int *size, int repetitions) {
  int steps = size[0], n = size[1];
  size_t count = (size_t)n * n;
  void *a = new_array(count), *b = new_array(count);
  for (; repetitions > 0; repetitions--) {
    fill(a, count, 1), fill(b, count, 2);
    for (int t = 0; t < steps; t++) step(n, b, a), step(n, a, b);
  }
  digest(a, count);
}
