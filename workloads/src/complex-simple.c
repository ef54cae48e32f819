// Two functions whose work stands 80 : 20, the example a profiler must get right. Built without optimisation.
#include "workload.h"

volatile uint32_t sink;

void complex(void) {
  for (int i = 0; i < 8000; i++) sink = sink * 1664525u + 1013904223u;
}

void simple(void) {
  for (int i = 0; i < 2000; i++) sink = sink * 1664525u + 1013904223u;
}

int main(int argc, char **argv) {
  int rounds = argument(argc, argv, 1, 1000);
  for (int i = 0; i < rounds; i++) {
    complex();
    simple();
  }
  printf("complex-simple rounds=%d sink=%u\n", rounds, sink);
}
