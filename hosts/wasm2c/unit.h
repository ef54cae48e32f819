// What main.c calls of the unit that is made for each module.
#pragma once
#include "wasm-rt.h"

struct Z_wasi_snapshot_preview1_instance_t;

void unit_prepare(void);
// The guest's memory, for WASI; NULL for modules without WASI. Traps and exits as the guest's start function does.
wasm_rt_memory_t *unit_instantiate(struct Z_wasi_snapshot_preview1_instance_t *system);
void unit_start(void);
