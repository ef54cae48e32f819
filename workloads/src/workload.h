// What every workload shares: arguments with defaults, a pseudo-random source and a checksum.
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Keeps a function a function: the profile must show the shape that the source has.
#define NOINLINE __attribute__((noinline))

static inline int argument(int argc, char **argv, int index, int fallback) {
  return argc > index ? atoi(argv[index]) : fallback;
}

// xorshift32: the same numbers on every machine; the state must not be zero.
static inline uint32_t next_random(uint32_t *state) {
  uint32_t x = *state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return *state = x;
}

// FNV-1a over bytes.
static inline uint64_t fnv1a(uint64_t hash, const void *data, size_t size) {
  const uint8_t *bytes = data;
  for (size_t i = 0; i < size; i++) hash = (hash ^ bytes[i]) * 0x100000001b3ull;
  return hash;
}
#define FNV_START 0xcbf29ce484222325ull

#endif
