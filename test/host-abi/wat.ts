import wabtModule from "wabt";

const wabt = await wabtModule();
const features = {
  exceptions: true,
  multi_value: true,
  tail_call: true,
  reference_types: true,
  bulk_memory: true,
  mutable_globals: true,
  sign_extension: true,
} as const;

/** Assembles a module from the text format, with names. */
export function wat(text: string): Uint8Array<ArrayBuffer> {
  const module = wabt.parseWat("test.wat", text, features);
  try {
    module.resolveNames();
    return Uint8Array.from(module.toBinary({ write_debug_names: true }).buffer);
  } finally {
    module.destroy();
  }
}
