// The lengths of all shortest paths in a dense graph with integer lengths.
#include "kernel.h"

static const kernel_table table = {"floyd-warshall", {{60}, {500}, {2800}, {5600}}};

NOINLINE static void floyd_warshall(int n, int32_t path[n][n]) {
  for (int k = 0; k < n; k++) {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        int32_t through_k = path[i][k] + path[k][j];
        path[i][j] = path[i][j] < through_k ? path[i][j] : through_k;
      }
    }
  }
}

static void kernel(const int *size, int repetitions) {
  int n = size[0];
  size_t count = (size_t)n * n;
  int32_t *path = allocate(count * sizeof(int32_t));
  for (; repetitions > 0; repetitions--) {
    for (size_t i = 0; i < count; i++) path[i] = 1 + (int32_t)((value_at(1, (uint32_t)i) + 0.5) * 10000);
    for (int i = 0; i < n; i++) path[(size_t)i * n + i] = 0;
    floyd_warshall(n, (void *)path);
  }
  for (size_t i = 0; i < count; i++) digest_value(path[i], (uint32_t)path[i]);
}
