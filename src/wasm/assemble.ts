import { Sink } from "../bytes/index.ts";
import { opcodeNamed } from "./opcodes.ts";

/** The codes of value types that need no index. */
export const valueType = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  funcref: 0x70,
  externref: 0x6f,
} as const;
/** The block type of a block without parameters and results. */
export const emptyBlock = 0x40;

/** Bit of a memarg's alignment which says that the index of a memory stands before the offset. */
export const memoryFollows = 0x40;

/**
 * An instruction: its name, or its name and its immediates. A memarg is two numbers: the alignment's
 * exponent, the offset; or three: exponent | `memoryFollows`, memory, offset.
 */
export type Instruction = string | readonly [string, ...(number | bigint)[]];

/** Appends one instruction, read from the opcode table. Block types are given as codes of `valueType`. */
export function emit(sink: Sink, instruction: Instruction): void {
  const [name, ...values] = typeof instruction === "string" ? [instruction] : instruction;
  const { code, immediates } = opcodeNamed(name);
  if (code < 0x1000) sink.byte(code);
  else {
    sink.byte(code >> 12);
    sink.u32(code & 0xfff);
  }
  let next = 0;
  for (const kind of immediates) {
    if (kind === "labels") {
      sink.u32(values.length - 1);
      for (const label of values) sink.u32(Number(label));
      return;
    }
    const value = values[next++];
    if (value === undefined) throw new Error(`${name} lacks its ${kind}`);
    switch (kind) {
      case "i32":
        sink.s32(Number(value));
        break;
      case "i64":
        sink.s64(BigInt(value));
        break;
      case "blocktype":
      case "lane":
      case "zero":
        sink.byte(Number(value));
        break;
      case "memarg": {
        sink.u32(Number(value));
        if ((Number(value) & memoryFollows) !== 0) sink.u32(Number(values[next++]));
        sink.u32(Number(values[next++] ?? 0));
        break;
      }
      default:
        sink.u32(Number(value));
    }
  }
}

/** Runs of locals of one type, as a body declares them. */
export type LocalRun = readonly [count: number, type: number];

/** Builds a function body (without its size) from locals and instructions; the final `end` is added. */
export function assembleBody(
  locals: readonly LocalRun[],
  instructions: readonly Instruction[],
): Uint8Array {
  const sink = new Sink();
  sink.u32(locals.length);
  for (const [count, type] of locals) {
    sink.u32(count);
    sink.byte(type);
  }
  for (const instruction of instructions) emit(sink, instruction);
  sink.byte(0x0b);
  return sink.take();
}
