import { HostError } from "../engine.ts";

/** Kinds of `wasmtime_val_t`, which those of `wasm_valtype_t` equal. */
const kinds = { i32: 0, i64: 1, f32: 2, f64: 3 } as const;
const payloadAt = 8;

/** Writes texts as an array of `wasmtime_val_t`. Throws a `HostError` for types that texts cannot say. */
export function writeValues(
  texts: readonly string[],
  types: readonly number[],
  size: number,
): Buffer {
  if (texts.length !== types.length) {
    throw new HostError(
      "refused",
      `the function takes ${types.length} arguments, not ${texts.length}`,
    );
  }
  const values = Buffer.alloc(Math.max(types.length, 1) * size);
  for (const [at, kind] of types.entries()) {
    const text = texts[at]!;
    values[at * size] = kind;
    const to = at * size + payloadAt;
    if (kind === kinds.i32) values.writeInt32LE(Number(text) | 0, to);
    else if (kind === kinds.i64) values.writeBigInt64LE(BigInt.asIntN(64, BigInt(text)), to);
    else if (kind === kinds.f32) values.writeFloatLE(Number(text), to);
    else if (kind === kinds.f64) values.writeDoubleLE(Number(text), to);
    else throw new HostError("unsupported", `arguments of type ${kind} cannot be given`);
  }
  return values;
}

/** Reads an array of `wasmtime_val_t` as JavaScript would write the values. */
export function readValues(values: Buffer, count: number, size: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const from = at * size + payloadAt;
    switch (values[at * size]) {
      case kinds.i32:
        return String(values.readInt32LE(from));
      case kinds.i64:
        return String(values.readBigInt64LE(from));
      case kinds.f32:
        return String(values.readFloatLE(from));
      case kinds.f64:
        return String(values.readDoubleLE(from));
      default:
        return "?";
    }
  });
}
