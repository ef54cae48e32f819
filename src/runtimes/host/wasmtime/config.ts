import { cString } from "../foreign.ts";
import type { Api } from "./api.ts";

const strategies = { cranelift: 1, winch: 2 } as const;
const optimisations = { none: 0, speed: 1 } as const;

/** Makes a `wasm_config_t` for a tier. Throws a `HostError` where the library has not the tier. */
export function makeConfig(
  { functions: f, messages, asksForProposals }: Api,
  tier: string,
): unknown {
  const config = f.wasm_config_new();
  const strategy = tier === "winch" ? strategies.winch : strategies.cranelift;
  f.wasmtime_config_strategy_set(config, strategy);
  // Of Cranelift alone: Winch has none, and refuses some.
  if (tier !== "winch") {
    const optimise = tier === "cranelift-none" ? optimisations.none : optimisations.speed;
    f.wasmtime_config_cranelift_opt_level_set(config, optimise);
  }
  if (asksForProposals) {
    f.wasmtime_config_wasm_bulk_memory_set(config, true);
    f.wasmtime_config_wasm_reference_types_set(config, true);
    f.wasmtime_config_wasm_simd_set(config, true);
  }
  if (tier === "pulley") {
    const error = f.wasmtime_config_target_set?.(config, cString("pulley64"));
    messages.check(error ?? null, "unsupported");
  }
  return config;
}
