// All shortest paths in a dense graph with integer lengths: a branch that is hard to foresee in the inner loop.
#include "kernel.h"

NOINLINE static void shortest_paths(int n, int32_t *path) {
  for (int k = 0; k < n; k++) {
    for (int i = 0; i < n; i++) {
      int32_t to_k = path[i * n + k];
      for (int j = 0; j < n; j++) {
        int32_t through_k = to_k + path[k * n + j];
        if (through_k < path[i * n + j]) path[i * n + j] = through_k;
      }
    }
  }
}

NOINLINE static void new_lengths(int n, int32_t *path, uint32_t seed) {
  uint32_t state = seed;
  for (int i = 0; i < n * n; i++) path[i] = (int32_t)(next_random(&state) % 10000) + 1;
}

int main(int argc, char **argv) {
  int n = argument(argc, argv, 1, 128), repetitions = argument(argc, argv, 2, 10);
  int32_t *path = malloc(sizeof(int32_t) * (size_t)(n * n));
  if (path == NULL) return 1;
  uint64_t hash = FNV_START;
  for (int r = 0; r < repetitions; r++) {
    new_lengths(n, path, (uint32_t)r + 1);
    shortest_paths(n, path);
    hash = fnv1a(hash, path, sizeof(int32_t) * (size_t)n);
  }
  printf("floyd-warshall n=%d repetitions=%d checksum=%016llx\n", n, repetitions, (unsigned long long)hash);
}
