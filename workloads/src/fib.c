// The worst case for anything done per call: naive recursion. Without the attribute, clang turns the second call into a loop.
#include "workload.h"

__attribute__((export_name("fib"), disable_tail_calls)) NOINLINE uint32_t fib(uint32_t n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

int main(int argc, char **argv) {
  int n = argument(argc, argv, 1, 30);
  printf("fib(%d) = %u\n", n, fib((uint32_t)n));
}
