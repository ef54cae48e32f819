// The heat equation by alternating directions (Peaceman and Rachford): each half step solves a tridiagonal system for
// every column, then for every row. The border is 1.
#include "kernel.h"

static const kernel_table table = {"adi", {{20, 20}, {100, 200}, {500, 1000}, {1000, 2000}}};

NOINLINE static void adi(int steps, int n, double u[n][n], double v[n][n], double p[n][n], double q[n][n]) {
  double dx = 1.0 / n, dt = 1.0 / steps;
  double mul1 = 2 * dt / (dx * dx), mul2 = dt / (dx * dx);
  double a = -mul1 / 2, b = 1 + mul1, c = a, d = -mul2 / 2, e = 1 + mul2, f = d;
  for (int t = 0; t < steps; t++) {
    for (int i = 1; i < n - 1; i++) {
      v[0][i] = 1;
      p[i][0] = 0;
      q[i][0] = v[0][i];
      for (int j = 1; j < n - 1; j++) {
        double pivot = a * p[i][j - 1] + b;
        p[i][j] = -c / pivot;
        q[i][j] = (-d * u[j][i - 1] + (1 + 2 * d) * u[j][i] - f * u[j][i + 1] - a * q[i][j - 1]) / pivot;
      }
      v[n - 1][i] = 1;
      for (int j = n - 2; j >= 1; j--) v[j][i] = p[i][j] * v[j + 1][i] + q[i][j];
    }
    for (int i = 1; i < n - 1; i++) {
      u[i][0] = 1;
      p[i][0] = 0;
      q[i][0] = u[i][0];
      for (int j = 1; j < n - 1; j++) {
        double pivot = d * p[i][j - 1] + e;
        p[i][j] = -f / pivot;
        q[i][j] = (-a * v[i - 1][j] + (1 + 2 * a) * v[i][j] - c * v[i + 1][j] - d * q[i][j - 1]) / pivot;
      }
      u[i][n - 1] = 1;
      for (int j = n - 2; j >= 1; j--) u[i][j] = p[i][j] * u[i][j + 1] + q[i][j];
    }
  }
}

static void kernel(const int *size, int repetitions) {
  int steps = size[0], n = size[1];
  size_t count = (size_t)n * n;
  void *u = new_array(count), *v = new_array(count), *p = new_array(count), *q = new_array(count);
  for (; repetitions > 0; repetitions--) {
    fill(u, count, 1), fill(v, count, 2);
    adi(steps, n, u, v, p, q);
  }
  digest(u, count);
}
