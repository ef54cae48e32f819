import type { LaneType, Value } from "./commands.ts";
import { types } from "./assemble.ts";

interface NumberKind {
  readonly type: number;
  readonly load: readonly number[];
  readonly store: readonly number[];
}

// Each number type with the opcodes that move it from and to memory.
const numbers: readonly NumberKind[] = [
  { type: types.i32, load: [0x28], store: [0x36] },
  { type: types.i64, load: [0x29], store: [0x37] },
  { type: types.f32, load: [0x2a], store: [0x38] },
  { type: types.f64, load: [0x2b], store: [0x39] },
  { type: types.v128, load: [0xfd, 0x00], store: [0xfd, 0x0b] },
];

/** Finds how a number type is loaded and stored; nothing for a reference type. */
export function numberKind(type: number): NumberKind | undefined {
  return numbers.find((kind) => kind.type === type);
}

const laneBits: Record<LaneType, number> = { i8: 8, i16: 16, i32: 32, i64: 64, f32: 32, f64: 64 };

/** Writes the bits of a number or vector. */
export function writeSlot(slot: DataView, value: Value): void {
  const { lane, texts } = lanesOf(value);
  const bits = laneBits[lane];
  for (const [index, text] of texts.entries()) {
    writeBits(slot, (index * bits) / 8, bits, BigInt(text));
  }
}

/** Compares bits with what a script expects: a number, a class of NaNs, a vector lane by lane. */
export function slotMatches(slot: DataView, expected: Value): boolean {
  const { lane, texts } = lanesOf(expected);
  const bits = laneBits[lane];
  return texts.every((text, index) =>
    bitsMatch(readBits(slot, (index * bits) / 8, bits), bits, text),
  );
}

/** Shows the bits in the form the script expects them, for a message. */
export function showSlot(slot: DataView, expected: Value): string {
  const { lane, texts } = lanesOf(expected);
  const bits = laneBits[lane];
  const lanes = texts.map(
    (_, index) => `0x${readBits(slot, (index * bits) / 8, bits).toString(16)}`,
  );
  return `${expected.type} ${lanes.join(" ")}`;
}

function lanesOf(value: Value): { lane: LaneType; texts: readonly string[] } {
  if (value.type === "v128") return { lane: value.lane_type, texts: value.value };
  if (value.type === "either") throw new Error("no alternatives here");
  if (!(value.type in laneBits) || value.value === undefined) {
    throw new Error(`${value.type} is no number`);
  }
  return { lane: value.type as LaneType, texts: [value.value] };
}

function bitsMatch(actual: bigint, bits: number, expected: string): boolean {
  if (!expected.startsWith("nan:")) return actual === BigInt.asUintN(bits, BigInt(expected));
  // A canonical NaN has only the top bit of its payload, an arithmetic one has at least that; both have any sign.
  const quiet = bits === 32 ? 0x7fc00000n : 0x7ff8000000000000n;
  const sign = 1n << BigInt(bits - 1);
  return expected === "nan:canonical" ? (actual & ~sign) === quiet : (actual & quiet) === quiet;
}

function readBits(slot: DataView, offset: number, bits: number): bigint {
  if (bits === 8) return BigInt(slot.getUint8(offset));
  if (bits === 16) return BigInt(slot.getUint16(offset, true));
  if (bits === 32) return BigInt(slot.getUint32(offset, true));
  return slot.getBigUint64(offset, true);
}

function writeBits(slot: DataView, offset: number, bits: number, value: bigint): void {
  if (bits === 8) slot.setUint8(offset, Number(BigInt.asUintN(8, value)));
  else if (bits === 16) slot.setUint16(offset, Number(BigInt.asUintN(16, value)), true);
  else if (bits === 32) slot.setUint32(offset, Number(BigInt.asUintN(32, value)), true);
  else slot.setBigUint64(offset, BigInt.asUintN(64, value), true);
}
