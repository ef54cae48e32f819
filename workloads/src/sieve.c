// The sieve of Eratosthenes: three short loops and no calls, the worst case for anything done per block.
#include "workload.h"

NOINLINE static int sieve(uint8_t *composite, int limit) {
  memset(composite, 0, (size_t)limit + 1);
  for (int i = 2; i * i <= limit; i++) {
    if (composite[i]) continue;
    for (int j = i * i; j <= limit; j += i) composite[j] = 1;
  }
  int primes = 0;
  for (int i = 2; i <= limit; i++) primes += !composite[i];
  return primes;
}

int main(int argc, char **argv) {
  int limit = argument(argc, argv, 1, 1000000), repetitions = argument(argc, argv, 2, 10);
  uint8_t *composite = malloc((size_t)limit + 1);
  if (composite == NULL) return 1;
  int primes = 0;
  for (int r = 0; r < repetitions; r++) primes = sieve(composite, limit - r % 2);
  printf("sieve limit=%d repetitions=%d primes=%d\n", limit, repetitions, primes);
}
