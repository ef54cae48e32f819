// Packs a file with bzip2, unpacks it again and prints both sizes: `bzip2 FILE`.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bzlib.h"

// The library calls this on a broken invariant when it is built without stdio.
void bz_internal_error(int code) { exit(100 + code); }

int main(int argc, char **argv) {
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
  if (!file) return fprintf(stderr, "usage: bzip2 FILE\n"), 2;
  unsigned capacity = 8 << 20;
  char *plain = malloc(capacity), *packed = malloc(capacity), *again = malloc(capacity);
  unsigned length = fread(plain, 1, capacity / 2, file);
  unsigned packedLength = capacity, againLength = capacity;
  if (BZ2_bzBuffToBuffCompress(packed, &packedLength, plain, length, 9, 0, 30) != BZ_OK) return 3;
  if (BZ2_bzBuffToBuffDecompress(again, &againLength, packed, packedLength, 0, 0) != BZ_OK) return 4;
  printf("%u bytes, packed %u\n", length, packedLength);
  return againLength == length && memcmp(plain, again, length) == 0 ? 0 : 1;
}
