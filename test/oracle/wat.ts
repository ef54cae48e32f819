import loadWabt from "wabt";

const wabt = await loadWabt();
const features = {
  exceptions: true,
  mutable_globals: true,
  sat_float_to_int: true,
  sign_extension: true,
  simd: true,
  threads: true,
  multi_value: true,
  tail_call: true,
  bulk_memory: true,
  reference_types: true,
  function_references: true,
};

/** Assembles a module in the text format, with a name section. It is not validated: the engine does that. */
export function wat(text: string): Uint8Array {
  const module = wabt.parseWat("program.wat", text, features);
  try {
    module.resolveNames();
    return Uint8Array.from(module.toBinary({ write_debug_names: true }).buffer);
  } finally {
    module.destroy();
  }
}
