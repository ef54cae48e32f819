// Means of three neighbours over time, from one array into another and back.
#include "kernel.h"

static const kernel_table table = {"jacobi-1d", {{20, 30}, {100, 400}, {500, 2000}, {1000, 4000}}};

NOINLINE static void step(int n, double *to, const double *from) {
  for (int i = 1; i < n - 1; i++) to[i] = 0.33333 * (from[i - 1] + from[i] + from[i + 1]);
}

static void kernel(const int *size, int repetitions) {
  int steps = size[0], n = size[1];
  double *a = new_array(n), *b = new_array(n);
  for (; repetitions > 0; repetitions--) {
    fill(a, n, 1), fill(b, n, 2);
    for (int t = 0; t < steps; t++) step(n, b, a), step(n, a, b);
  }
  digest(a, n);
}
