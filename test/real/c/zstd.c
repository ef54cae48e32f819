// Packs a file with zstd at several levels, unpacks it again and prints the sizes: `zstd FILE`.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zstd.h"

int main(int argc, char **argv) {
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
  if (!file) return fprintf(stderr, "usage: zstd FILE\n"), 2;
  size_t capacity = 4 << 20;
  char *plain = malloc(capacity), *again = malloc(capacity);
  size_t length = fread(plain, 1, capacity, file);
  size_t bound = ZSTD_compressBound(length);
  char *packed = malloc(bound);
  for (int level = 1; level <= 13; level += 4) {
    size_t size = ZSTD_compress(packed, bound, plain, length, level);
    if (ZSTD_isError(size)) return fprintf(stderr, "%s\n", ZSTD_getErrorName(size)), 3;
    if (ZSTD_decompress(again, capacity, packed, size) != length) return 4;
    if (memcmp(plain, again, length) != 0) return 5;
    printf("level %d: %zu of %zu bytes\n", level, size, length);
  }
  return 0;
}
