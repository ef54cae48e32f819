// The program around a module that wasm2c 1.0.32 has translated under the name `guest`, with the command line of
// hosts/wasi/options.h. It does not depend on the module: that is in unit.c. It exits with the guest's code, and with
// 134 after a message when the guest traps, as a shell says of an abort.
#include <setjmp.h>
#include <stdio.h>

#include "../wasi/options.h"
#include "unit.h"
#include "wasm-rt-impl.h"

typedef uint32_t u32;
typedef uint64_t u64;

// What wasm2c hands to each import.
struct Z_wasi_snapshot_preview1_instance_t {
  wasi *guest;
  wasm_rt_memory_t *memory;
  jmp_buf exit;
  int code;
};

// ---- The imports, under the names that wasm2c gives them.

#define SYSTEM struct Z_wasi_snapshot_preview1_instance_t *system
#define PARAMETERS_
#define PARAMETERS_i , u32 a
#define PARAMETERS_ii PARAMETERS_i, u32 b
#define PARAMETERS_il PARAMETERS_i, u64 b
#define PARAMETERS_iii PARAMETERS_ii, u32 c
#define PARAMETERS_ili PARAMETERS_il, u32 c
#define PARAMETERS_ill PARAMETERS_il, u64 c
#define PARAMETERS_illi PARAMETERS_ill, u32 d
#define PARAMETERS_ilii PARAMETERS_ili, u32 d
#define PARAMETERS_iiii PARAMETERS_iii, u32 d
#define PARAMETERS_iiili PARAMETERS_iii, u64 d, u32 e
#define PARAMETERS_iiiii PARAMETERS_iiii, u32 e
#define PARAMETERS_iiiiii PARAMETERS_iiiii, u32 f
#define PARAMETERS_iiiiiii PARAMETERS_iiiiii, u32 g
#define PARAMETERS_iiiilli PARAMETERS_iiii, u64 e, u64 f, u32 g
#define PARAMETERS_iiiiillii PARAMETERS_iiiii, u64 f, u64 g, u32 h, u32 i
#define NAMES_ 0
#define NAMES_i a
#define NAMES_ii a, b
#define NAMES_il a, b
#define NAMES_iii a, b, c
#define NAMES_ili a, b, c
#define NAMES_ill a, b, c
#define NAMES_illi a, b, c, d
#define NAMES_ilii a, b, c, d
#define NAMES_iiii a, b, c, d
#define NAMES_iiili a, b, c, d, e
#define NAMES_iiiii a, b, c, d, e
#define NAMES_iiiiii a, b, c, d, e, f
#define NAMES_iiiiiii a, b, c, d, e, f, g
#define NAMES_iiiilli a, b, c, d, e, f, g
#define NAMES_iiiiillii a, b, c, d, e, f, g, h, i

enum number {
#define NUMBER(name, parameters) number_##name,
  WASI_FUNCTIONS(NUMBER)
};

#define IMPORT(name, parameters)                                                                     \
  u32 Z_wasi_snapshot_preview1Z_##name(SYSTEM PARAMETERS_##parameters) {                             \
    const uint64_t given[] = {NAMES_##parameters};                                                   \
    return wasi_run(number_##name, system->guest, system->memory->data, system->memory->size, given); \
  }
WASI_FUNCTIONS(IMPORT)

void Z_wasi_snapshot_preview1Z_proc_exit(SYSTEM, u32 code) {
  system->code = (int)code;
  longjmp(system->exit, 1);
}

// ---- The program.

static int run(SYSTEM) {
  if (setjmp(system->exit) != 0) return system->code;
  wasm_rt_trap_t trap = wasm_rt_impl_try();
  if (trap != WASM_RT_TRAP_NONE) {
    fprintf(stderr, "trap: %s\n", wasm_rt_strerror(trap));
    return TRAPPED;
  }
  // No start function of a compiler calls WASI: the memory is known when it is needed.
  system->memory = unit_instantiate(system);
  unit_start();
  return 0;
}

int main(int count, char **given) {
  (void)count;
  struct Z_wasi_snapshot_preview1_instance_t system = {.guest = read_options(given, NULL)};
  wasm_rt_init();
  unit_prepare();
  return run(&system);
}
