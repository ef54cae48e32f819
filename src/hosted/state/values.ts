import type { Cursor, Sink } from "../../bytes/index.ts";
import { valueType } from "../../wasm/index.ts";
import type { StateType, StateValue } from "./model.ts";

const codes: Readonly<Record<StateType, number>> = {
  i32: valueType.i32,
  i64: valueType.i64,
  f32: valueType.f32,
  f64: valueType.f64,
  v128: valueType.v128,
  funcref: valueType.funcref,
  externref: valueType.externref,
};
const names = new Map(Object.entries(codes).map(([name, code]) => [code, name as StateType]));
const sizes: Readonly<Record<StateType, number>> = {
  i32: 4,
  i64: 8,
  f32: 4,
  f64: 8,
  v128: 16,
  funcref: 0,
  externref: 0,
};

/** Reads `bytes` bytes as a number without a sign, the lowest first. */
export function readBits(cursor: Cursor, bytes: number): bigint {
  const start = cursor.skip(bytes);
  let bits = 0n;
  for (let at = start + bytes - 1; at >= start; at--) {
    bits = (bits << 8n) | BigInt(cursor.bytes[at]!);
  }
  return bits;
}

/** Writes the lowest `bytes` bytes of a number. */
export function writeBits(sink: Sink, bits: bigint, bytes: number): void {
  for (let shift = 0n; shift < 8 * bytes; shift += 8n) sink.byte(Number((bits >> shift) & 0xffn));
}

/** Reads a value: its type, then its bits; a reference is a LEB128 number. */
export function readValue(cursor: Cursor): StateValue {
  const type = names.get(cursor.byte());
  if (type === undefined) return cursor.fail("a value of an unknown type", cursor.position - 1);
  const size = sizes[type];
  return { type, bits: size === 0 ? BigInt(cursor.u32()) : readBits(cursor, size) };
}

/** Writes a value. */
export function writeValue(sink: Sink, { type, bits }: StateValue): void {
  sink.byte(codes[type]);
  const size = sizes[type];
  if (size === 0) sink.u32(Number(bits));
  else writeBits(sink, bits, size);
}
