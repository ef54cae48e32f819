// Correlation of m attributes over n points: means, deviations, then the product of the normalised data with itself.
#include "kernel.h"

static const kernel_table table = {"correlation", {{28, 32}, {240, 260}, {1200, 1400}, {2600, 3000}}};

NOINLINE static void correlation(int m, int n, double data[n][m], double corr[m][m], double mean[m], double deviation[m]) {
  for (int j = 0; j < m; j++) {
    mean[j] = 0;
    for (int i = 0; i < n; i++) mean[j] += data[i][j];
    mean[j] /= n;
  }
  for (int j = 0; j < m; j++) {
    deviation[j] = 0;
    for (int i = 0; i < n; i++) deviation[j] += (data[i][j] - mean[j]) * (data[i][j] - mean[j]);
    deviation[j] = __builtin_sqrt(deviation[j] / n);
    // An attribute that hardly varies would be divided by next to nothing.
    if (deviation[j] <= 0.1) deviation[j] = 1;
  }
  for (int i = 0; i < n; i++)
    for (int j = 0; j < m; j++) data[i][j] = (data[i][j] - mean[j]) / (__builtin_sqrt(n) * deviation[j]);
  for (int i = 0; i < m; i++) {
    corr[i][i] = 1;
    for (int j = i + 1; j < m; j++) {
      corr[i][j] = 0;
      for (int k = 0; k < n; k++) corr[i][j] += data[k][i] * data[k][j];
      corr[j][i] = corr[i][j];
    }
  }
}

static void kernel(const int *size, int repetitions) {
  int m = size[0], n = size[1];
  double(*data)[m] = new_array((size_t)n * m), (*corr)[m] = new_array((size_t)m * m);
  double *mean = new_array(m), *deviation = new_array(m);
  for (; repetitions > 0; repetitions--) {
    fill(data, (size_t)n * m, 1);
    correlation(m, n, data, corr, mean, deviation);
  }
  digest(corr, (size_t)m * m);
}
