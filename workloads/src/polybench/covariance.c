// Covariance of m attributes over n points.
#include "kernel.h"

static const kernel_table table = {"covariance", {{28, 32}, {240, 260}, {1200, 1400}, {2600, 3000}}};

NOINLINE static void covariance(int m, int n, double data[n][m], double cov[m][m], double mean[m]) {
  for (int j = 0; j < m; j++) {
    mean[j] = 0;
    for (int i = 0; i < n; i++) mean[j] += data[i][j];
    mean[j] /= n;
  }
  for (int i = 0; i < n; i++)
    for (int j = 0; j < m; j++) data[i][j] -= mean[j];
  for (int i = 0; i < m; i++) {
    for (int j = i; j < m; j++) {
      cov[i][j] = 0;
      for (int k = 0; k < n; k++) cov[i][j] += data[k][i] * data[k][j];
      cov[i][j] /= n - 1.0;
      cov[j][i] = cov[i][j];
    }
  }
}

static void kernel(const int *size, int repetitions) {
  int m = size[0], n = size[1];
  double(*data)[m] = new_array((size_t)n * m), (*cov)[m] = new_array((size_t)m * m), *mean = new_array(m);
  for (; repetitions > 0; repetitions--) {
    fill(data, (size_t)n * m, 1);
    covariance(m, n, data, cov, mean);
  }
  digest(cov, (size_t)m * m);
}
