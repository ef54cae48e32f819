// An electromagnetic field in two dimensions over time (finite differences), driven along one border.
#include "kernel.h"

static const kernel_table table = {
    "fdtd-2d", {{20, 20, 30}, {100, 200, 240}, {500, 1000, 1200}, {1000, 2000, 2600}}};

NOINLINE static void fdtd_2d(int steps, int nx, int ny, double ex[nx][ny], double ey[nx][ny], double hz[nx][ny],
                             const double *drive) {
  for (int t = 0; t < steps; t++) {
    for (int j = 0; j < ny; j++) ey[0][j] = drive[t];
    for (int i = 1; i < nx; i++)
      for (int j = 0; j < ny; j++) ey[i][j] -= 0.5 * (hz[i][j] - hz[i - 1][j]);
    for (int i = 0; i < nx; i++)
      for (int j = 1; j < ny; j++) ex[i][j] -= 0.5 * (hz[i][j] - hz[i][j - 1]);
    for (int i = 0; i < nx - 1; i++)
      for (int j = 0; j < ny - 1; j++) hz[i][j] -= 0.7 * (ex[i][j + 1] - ex[i][j] + ey[i + 1][j] - ey[i][j]);
  }
}

static void kernel(const int *size, int repetitions) {
  int steps = size[0], nx = size[1], ny = size[2];
  size_t count = (size_t)nx * ny;
  void *ex = new_array(count), *ey = new_array(count), *hz = new_array(count);
  double *drive = new_array(steps);
  for (; repetitions > 0; repetitions--) {
    fill(ex, count, 1), fill(ey, count, 2), fill(hz, count, 3), fill(drive, steps, 4);
    fdtd_2d(steps, nx, ny, ex, ey, hz, drive);
  }
  digest(ex, count);
  digest(ey, count);
  digest(hz, count);
}
