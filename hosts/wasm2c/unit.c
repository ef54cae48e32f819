// What depends on the module: wasm2c's code, and the few lines that only know it by its types. With WITH_WASI when the
// module imports WASI.
#include "guest.c"

#include "unit.h"

static Z_guest_instance_t instance;

void unit_prepare(void) { Z_guest_init_module(); }

wasm_rt_memory_t *unit_instantiate(struct Z_wasi_snapshot_preview1_instance_t *system) {
#ifdef WITH_WASI
  Z_guest_instantiate(&instance, system);
  return Z_guestZ_memory(&instance);
#else
  (void)system;
  Z_guest_instantiate(&instance);
  return NULL;
#endif
}

void unit_start(void) { Z_guestZ__start(&instance); }
