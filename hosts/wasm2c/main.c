// The program around a module that wasm2c 1.0.32 has translated under the name `guest`:
//
//   PROGRAM [--dir HOST::GUEST]... [--env NAME=VALUE]... [--] NAME [ARGUMENT...]
//
// It exits with the guest's code, and with 134 after a message when the guest traps, as a shell says of an abort.
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../wasi/wasi.h"
#include "guest.h"
#include "wasm-rt-impl.h"

// Modules without WASI have no such structure as an argument.
struct Z_wasi_snapshot_preview1_instance_t {
  wasi *guest;
  wasm_rt_memory_t *memory;
  jmp_buf exit;
  int code;
};

// ---- The imports, under the names that wasm2c gives them.

#define SYSTEM struct Z_wasi_snapshot_preview1_instance_t *system
#define T_i u32
#define T_l u64
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

static void *no_memory(void) {
  fputs("no memory\n", stderr);
  exit(125);
}

static void add_folder(wasi *guest, char *pair) {
  char *name = strstr(pair, "::");
  if (name != NULL) *name = 0, name += 2;
  int error = wasi_add_folder(guest, pair, name == NULL ? pair : name);
  if (error == 0) return;
  fprintf(stderr, "%s: %s\n", pair, strerror(error));
  exit(125);
}

static void usage(void) {
  fputs("usage: PROGRAM [--dir HOST::GUEST]... [--env NAME=VALUE]... [--] NAME [ARGUMENT...]\n", stderr);
  exit(125);
}

static int run(SYSTEM) {
  static Z_guest_instance_t instance;
  if (setjmp(system->exit) != 0) return system->code;
  wasm_rt_trap_t trap = wasm_rt_impl_try();
  if (trap != WASM_RT_TRAP_NONE) {
    fprintf(stderr, "trap: %s\n", wasm_rt_strerror(trap));
    return 134;
  }
#ifdef WITH_WASI
  Z_guest_instantiate(&instance, system);
  system->memory = Z_guestZ_memory(&instance);
#else
  Z_guest_instantiate(&instance);
#endif
  Z_guestZ__start(&instance);
  return 0;
}

int main(int count, char **given) {
  (void)count;
  int folders = 0, variables = 0;
  char **environment = calloc((size_t)count, sizeof *environment), **folder = calloc((size_t)count, sizeof *folder);
  if (environment == NULL || folder == NULL) no_memory();
  char **at = given + 1;
  for (; *at != NULL && strncmp(*at, "--", 2) == 0; at += 2) {
    if (strcmp(*at, "--") == 0) {
      at++;
      break;
    }
    if (at[1] == NULL) usage();
    if (strcmp(*at, "--dir") == 0) folder[folders++] = at[1];
    else if (strcmp(*at, "--env") == 0) environment[variables++] = at[1];
    else usage();
  }
  if (*at == NULL) usage();
  struct Z_wasi_snapshot_preview1_instance_t system = {.guest = wasi_new(at, environment, (int[]){0, 1, 2})};
  if (system.guest == NULL) no_memory();
  for (int i = 0; i < folders; i++) add_folder(system.guest, folder[i]);
  wasm_rt_init();
  Z_guest_init_module();
  int code = run(&system);
  wasm_rt_free();
  return code;
}
