// Each row of a tensor of three dimensions times a matrix, from a multiresolution method of quantum chemistry.
#include "kernel.h"

static const kernel_table table = {"doitgen", {{8, 10, 12}, {40, 50, 60}, {140, 150, 160}, {220, 250, 270}}};

NOINLINE static void doitgen(int nq, int nr, int np, double a[nr][nq][np], double c[np][np], double *row) {
  for (int r = 0; r < nr; r++) {
    for (int q = 0; q < nq; q++) {
      for (int p = 0; p < np; p++) {
        row[p] = 0;
        for (int s = 0; s < np; s++) row[p] += a[r][q][s] * c[s][p];
      }
      for (int p = 0; p < np; p++) a[r][q][p] = row[p];
    }
  }
}

static void kernel(const int *size, int repetitions) {
  int nq = size[0], nr = size[1], np = size[2];
  double(*a)[nq][np] = new_array((size_t)nr * nq * np), (*c)[np] = new_array((size_t)np * np), *row = new_array(np);
  for (; repetitions > 0; repetitions--) {
    fill(a, (size_t)nr * nq * np, 1), fill(c, (size_t)np * np, 2);
    doitgen(nq, nr, np, a, c, row);
  }
  digest(a, (size_t)nr * nq * np);
}
