// What a C compiler says about lines: inlining, loops that are unrolled, functions that the linker removes.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TWICE(x) \
  do {           \
    x;           \
    x;           \
  } while (0)

struct node {
  struct node *left, *right;
  int key;
};

static inline int max(int a, int b) { return a > b ? a : b; }

static inline __attribute__((always_inline)) uint32_t rotate(uint32_t x, int by) {
  return (x << by) | (x >> (32 - by));
}

static inline __attribute__((always_inline)) uint32_t mix(uint32_t hash, uint32_t word) {
  hash ^= rotate(word * 0xcc9e2d51u, 15);
  return rotate(hash, 13) * 5 + 0xe6546b64u;
}

__attribute__((noinline)) uint32_t hash_words(const uint32_t *words, size_t count) {
  uint32_t hash = 0;
  for (size_t i = 0; i < count; i++) hash = mix(hash, words[i]);
  return hash;
}

static struct node *insert(struct node *tree, int key) {
  if (!tree) {
    tree = calloc(1, sizeof *tree);
    tree->key = key;
  } else if (key < tree->key) {
    tree->left = insert(tree->left, key);
  } else {
    tree->right = insert(tree->right, key);
  }
  return tree;
}

static int depth(const struct node *tree) {
  return tree ? 1 + max(depth(tree->left), depth(tree->right)) : 0;
}

static int by_value(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

// Nobody calls these: the linker removes them, and what is inlined into them.
int unused(int x) { return max(x, mix(x, x)); }
int unused_too(const struct node *tree) { return depth(tree) + unused(3); }

int main(int argc, char **argv) {
  int numbers[64];
  uint32_t words[64];
  struct node *tree = NULL;
  for (int i = 0; i < 64; i++) {
    numbers[i] = (i * 37 + argc) % 64;
    words[i] = (uint32_t)numbers[i];
    tree = insert(tree, numbers[i]);
  }
  qsort(numbers, 64, sizeof numbers[0], by_value);
  TWICE(words[0] = mix(words[0], words[1]));
  printf("%s %d %d %08x\n", argv[0], numbers[63], depth(tree), hash_words(words, 64));
  return 0;
}
