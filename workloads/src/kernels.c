// Three kernels of which interpreters are judged by: `kernels mandelbrot|sha256|quicksort N`.
#include "workload.h"

// Points of an N x N grid that stay bounded for 50 steps.
NOINLINE static uint64_t mandelbrot(int n) {
  uint64_t inside = 0;
  for (int y = 0; y < n; y++) {
    for (int x = 0; x < n; x++) {
      double cr = 2.0 * x / n - 1.5, ci = 2.0 * y / n - 1.0;
      double zr = 0, zi = 0, rr = 0, ii = 0;
      int step = 0;
      for (; step < 50 && rr + ii <= 4.0; step++) {
        zi = 2.0 * zr * zi + ci;
        zr = rr - ii + cr;
        rr = zr * zr;
        ii = zi * zi;
      }
      inside += step == 50;
    }
  }
  return inside;
}

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static inline uint32_t rotate(uint32_t x, int by) { return x >> by | x << (32 - by); }

NOINLINE static void sha256_block(uint32_t *state, const uint8_t *block) {
  uint32_t w[64];
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)block[4 * i] << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int i = 0; i < 64; i++) {
    uint32_t s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + round_constants[i] + w[i];
    uint32_t s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

// A chain of N blocks, each the hash of the one before, twice.
static uint64_t sha256(int n) {
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  uint8_t block[64] = {0};
  for (int i = 0; i < n; i++) {
    sha256_block(state, block);
    memcpy(block, state, 32), memcpy(block + 32, state, 32);
  }
  return fnv1a(FNV_START, state, sizeof state);
}

NOINLINE static void quicksort(int32_t *from, int32_t *to) {
  while (to - from > 1) {
    int32_t pivot = from[(to - from) / 2];
    int32_t *low = from, *high = to - 1;
    while (low <= high) {
      while (*low < pivot) low++;
      while (*high > pivot) high--;
      if (low > high) break;
      int32_t swapped = *low;
      *low++ = *high, *high-- = swapped;
    }
    quicksort(from, high + 1);
    from = low;
  }
}

static uint64_t sort(int n) {
  int32_t *numbers = malloc((size_t)n * sizeof *numbers);
  uint32_t random = 1;
  for (int i = 0; i < n; i++) numbers[i] = (int32_t)next_random(&random);
  quicksort(numbers, numbers + n);
  return fnv1a(FNV_START, numbers, (size_t)n * sizeof *numbers);
}

int main(int argc, char **argv) {
  const char *kernel = argc > 1 ? argv[1] : "mandelbrot";
  int n = argument(argc, argv, 2, 100);
  uint64_t result = 0;
  if (strcmp(kernel, "mandelbrot") == 0) result = mandelbrot(n);
  else if (strcmp(kernel, "sha256") == 0) result = sha256(n);
  else if (strcmp(kernel, "quicksort") == 0) result = sort(n);
  else return fprintf(stderr, "unknown kernel: %s\n", kernel), 2;
  printf("%s n=%d result=%016llx\n", kernel, n, (unsigned long long)result);
  return 0;
}
