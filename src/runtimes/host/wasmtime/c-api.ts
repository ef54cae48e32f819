import { loadForeign } from "../foreign.ts";
import type { ForeignFunction, ForeignLibrary } from "../foreign.ts";

/**
 * Signatures of wasmtime's C API as of 0.28, in which nearly everything still holds in 50: where a later version has
 * other parameters, what is here has the same effect. `p` is a pointer, `z` a size, `b` a bool, `i` an int, `n` a
 * number of 64 bits with a sign, `v` nothing; the result stands first. Functions behind a `?` are missing in some
 * versions.
 */
const signatures = {
  wasm_config_new: "p",
  wasm_engine_new_with_config: "pp",
  wasmtime_config_strategy_set: "vpi",
  wasmtime_config_cranelift_opt_level_set: "vpi",
  "?wasmtime_config_target_set": "ppp",
  wasmtime_config_wasm_reference_types_set: "vpb",
  wasmtime_config_wasm_simd_set: "vpb",
  wasmtime_config_wasm_bulk_memory_set: "vpb",
  wasmtime_module_new: "pppzp",
  wasmtime_module_delete: "vp",
  wasmtime_module_serialize: "ppp",
  wasmtime_module_deserialize: "pppzp",
  "?wasmtime_module_deserialize_file": "pppp",
  "?wasmtime_module_image_range": "vppp",
  wasmtime_linker_new: "pp",
  wasmtime_linker_define_wasi: "pp",
  wasmtime_linker_instantiate: "pppppp",
  wasmtime_store_new: "pppp",
  wasmtime_store_context: "pp",
  wasmtime_store_delete: "vp",
  "?wasmtime_store_limiter": "vpnnnnn",
  wasmtime_context_set_wasi: "ppp",
  wasi_config_new: "p",
  wasi_config_set_argv: "vpzp",
  wasi_config_set_env: "vpzpp",
  wasi_config_set_stdin_file: "bpp",
  wasi_config_set_stdout_file: "bpp",
  wasi_config_set_stderr_file: "bpp",
  wasi_config_inherit_stdin: "vp",
  wasi_config_inherit_stdout: "vp",
  wasi_config_inherit_stderr: "vp",
  // Three parameters up to 35 or so, then permissions of folders and of files, from 48 a bool for writing.
  wasi_config_preopen_dir: "bpppzz",
  wasmtime_instance_export_get: "bpppzp",
  wasmtime_func_type: "ppp",
  wasm_functype_params: "pp",
  wasm_functype_results: "pp",
  wasm_functype_delete: "vp",
  wasm_valtype_kind: "ip",
  wasmtime_func_call: "ppppzpzp",
  wasmtime_error_message: "vpp",
  wasmtime_error_delete: "vp",
  "?wasmtime_error_exit_status": "bpp",
  "?wasmtime_trap_exit_status": "bpp",
  wasm_trap_message: "vpp",
  wasm_trap_delete: "vp",
  wasm_byte_vec_delete: "vp",
} as const;

type Key = keyof typeof signatures;
type Optional = Extract<Key, `?${string}`> extends `?${infer Name}` ? Name : never;
type Required = Exclude<Key, `?${string}`>;

/** Functions of wasmtime's library by name. */
export type WasmtimeFunctions = { readonly [Name in Required]: ForeignFunction } & {
  readonly [Name in Optional]?: ForeignFunction;
};

/** Sizes in bytes of structures, with room for what later versions add. */
export const sizes = {
  extern: 64,
  func: 16,
  externContent: 8,
  instance: 64,
  pointer: 8,
  vector: 16,
} as const;

const types: Readonly<Record<string, string>> = {
  p: "void *",
  z: "size_t",
  b: "bool",
  i: "int",
  n: "int64_t",
  v: "void",
};

/** Loads wasmtime's library. Throws when it cannot be loaded or is older than 0.28. */
export function loadWasmtime(path: string): {
  readonly library: ForeignLibrary;
  readonly functions: WasmtimeFunctions;
} {
  const library = loadForeign(path);
  const functions: Record<string, ForeignFunction> = {};
  for (const [key, signature] of Object.entries(signatures)) {
    const name = key.replace("?", "");
    const [result, ...parameters] = signature.split("").map((letter) => types[letter]!);
    const found = library.find(name, result!, parameters);
    if (found === undefined && name === key) throw new Error(`${path} has no function ${name}`);
    if (found !== undefined) functions[name] = found;
  }
  return { library, functions: functions as unknown as WasmtimeFunctions };
}
