import { valueType } from "../wasm/index.ts";
import type { Instruction } from "../wasm/index.ts";
import { Refusal } from "./refusal.ts";

/** The indices of the WASI functions that a sink needs. Found before functions are added. */
export interface SinkImports {
  readonly fdWrite: number;
  readonly pathOpen: number | undefined;
  readonly fdClose: number | undefined;
}

// The first bytes of the guest's memory are borrowed while a dump runs, and given back: an iovec, the
// number of bytes written, a descriptor, and text. Growing the memory would be seen by the guest.
/** Bytes of memory that a dump borrows. */
export const borrowed = 1024;
const iovec = 0;
const writtenAt = 8;
const descriptorAt = 12;
const textAt = 16;
const textSize = borrowed - textAt;
/** Bytes of payload a line: 76 characters of Base64. */
const bytesALine = 57;

/** flush(): writes the text; goes on after a short write, gives up after an error. */
export function flushBody(
  at: { length: number; descriptor: number },
  fdWrite: number,
): Instruction[] {
  const done = 0;
  return [
    ["block", 0x40],
    ["loop", 0x40],
    ["local.get", done],
    ["global.get", at.length],
    "i32.ge_u",
    ["br_if", 1],
    ["i32.const", iovec],
    ["i32.const", textAt],
    ["local.get", done],
    "i32.add",
    ["i32.store", 2, 0],
    ["i32.const", iovec],
    ["global.get", at.length],
    ["local.get", done],
    "i32.sub",
    ["i32.store", 2, 4],
    ["i32.const", writtenAt],
    ["i32.const", 0],
    ["i32.store", 2, 0],
    ["global.get", at.descriptor],
    ["i32.const", iovec],
    ["i32.const", 1],
    ["i32.const", writtenAt],
    ["call", fdWrite],
    ["br_if", 1],
    // Nothing written and no error: that would go on for ever.
    ["i32.const", writtenAt],
    ["i32.load", 2, 0],
    "i32.eqz",
    ["br_if", 1],
    ["local.get", done],
    ["i32.const", writtenAt],
    ["i32.load", 2, 0],
    "i32.add",
    ["local.set", done],
    ["br", 0],
    "end",
    "end",
    ["i32.const", 0],
    ["global.set", at.length],
  ];
}

/** char(code): appends one character to the text. */
export function charBody(at: { length: number }, flush: number): Instruction[] {
  return [
    ["global.get", at.length],
    ["local.get", 0],
    ["i32.store8", 0, textAt],
    ["global.get", at.length],
    ["i32.const", 1],
    "i32.add",
    ["global.set", at.length],
    ["global.get", at.length],
    ["i32.const", textSize],
    "i32.eq",
    ["if", 0x40],
    ["call", flush],
    "end",
  ];
}

/** digit(value): appends a Base64 digit. The alphabet's five runs are told apart by their starts. */
export function digitBody(char: number): Instruction[] {
  const value = 0;
  const runs: readonly (readonly [from: number, shift: number])[] = [
    [0, 65],
    [26, 71],
    [52, -4],
    [62, -19],
    [63, -16],
  ];
  return [
    ["local.get", value],
    ["i32.const", runs[0]![1]],
    ...runs.slice(1).flatMap(([from, shift], nth): Instruction[] => [
      // Adds the difference to the run before where the value lies in this run or behind it.
      ["local.get", value],
      ["i32.const", from],
      "i32.ge_u",
      ["i32.const", shift - runs[nth]![1]],
      "i32.mul",
      "i32.add",
    ]),
    "i32.add",
    ["call", char],
  ];
}

/** byte(value): adds a byte to the payload and its checksum (CRC-32, as zip has it). */
export function byteBody(
  at: { crc: number; triple: number; inTriple: number; inLine: number },
  group: number,
  lineStart: readonly Instruction[],
  lineEnd: readonly Instruction[],
): Instruction[] {
  const [value, bit] = [0, 1];
  return [
    ["global.get", at.inLine],
    "i32.eqz",
    ["if", 0x40],
    ...lineStart,
    "end",
    ["global.get", at.crc],
    ["local.get", value],
    "i32.xor",
    ["global.set", at.crc],
    ["loop", 0x40],
    ["global.get", at.crc],
    ["i32.const", 1],
    "i32.shr_u",
    ["i32.const", 0xedb88320 | 0],
    ["i32.const", 0],
    ["global.get", at.crc],
    ["i32.const", 1],
    "i32.and",
    "select",
    "i32.xor",
    ["global.set", at.crc],
    ["local.get", bit],
    ["i32.const", 1],
    "i32.add",
    ["local.tee", bit],
    ["i32.const", 8],
    "i32.lt_u",
    ["br_if", 0],
    "end",
    ["global.get", at.triple],
    ["i32.const", 8],
    "i32.shl",
    ["local.get", value],
    "i32.or",
    ["global.set", at.triple],
    ["global.get", at.inTriple],
    ["i32.const", 1],
    "i32.add",
    ["global.set", at.inTriple],
    ["global.get", at.inTriple],
    ["i32.const", 3],
    "i32.eq",
    ["if", 0x40],
    ["call", group],
    "end",
    ["global.get", at.inLine],
    ["i32.const", 1],
    "i32.add",
    ["global.set", at.inLine],
    ["global.get", at.inLine],
    ["i32.const", bytesALine],
    "i32.eq",
    ["if", 0x40],
    ...lineEnd,
    ["i32.const", 0],
    ["global.set", at.inLine],
    "end",
  ];
}

/** leb(value): adds an unsigned LEB128 number to the payload. */
export function lebBody(byte: number): Instruction[] {
  const value = 0;
  return [
    ["loop", 0x40],
    ["local.get", value],
    "i32.wrap_i64",
    ["i32.const", 127],
    "i32.and",
    ["local.get", value],
    ["i64.const", 7],
    "i64.shr_u",
    ["local.tee", value],
    "i64.eqz",
    ["if", valueType.i32],
    ["i32.const", 0],
    "else",
    ["i32.const", 128],
    "end",
    "i32.or",
    ["call", byte],
    ["local.get", value],
    "i64.eqz",
    "i32.eqz",
    ["br_if", 0],
    "end",
  ];
}

/** words(): adds all words; a run of zeros is a zero and the run's length. */
export function wordsBody(functions: { word: number; count: number }, leb: number): Instruction[] {
  const [at, count, zeros] = [0, 1, 2];
  const writeZeros: Instruction[] = [
    ["local.get", zeros],
    ["if", 0x40],
    ["i64.const", 0],
    ["call", leb],
    ["local.get", zeros],
    "i64.extend_i32_u",
    ["call", leb],
    ["i32.const", 0],
    ["local.set", zeros],
    "end",
  ];
  return [
    ["call", functions.count],
    ["local.set", count],
    ["block", 0x40],
    ["loop", 0x40],
    ["local.get", at],
    ["local.get", count],
    "i32.ge_u",
    ["br_if", 1],
    ["local.get", at],
    ["call", functions.word],
    "i64.eqz",
    ["if", 0x40],
    ["local.get", zeros],
    ["i32.const", 1],
    "i32.add",
    ["local.set", zeros],
    "else",
    ...writeZeros,
    ["local.get", at],
    ["call", functions.word],
    ["call", leb],
    "end",
    ["local.get", at],
    ["i32.const", 1],
    "i32.add",
    ["local.set", at],
    ["br", 0],
    "end",
    "end",
    ...writeZeros,
  ];
}

/** hex(value): appends eight hexadecimal digits. */
export function hexBody(char: number): Instruction[] {
  const [value, left] = [0, 1];
  const nibble: Instruction[] = [["local.get", value], ["i32.const", 28], "i32.shr_u"];
  return [
    ["i32.const", 8],
    ["local.set", left],
    ["loop", 0x40],
    ...nibble,
    ["i32.const", 48],
    ["i32.const", 87],
    ...nibble,
    ["i32.const", 10],
    "i32.lt_u",
    "select",
    "i32.add",
    ["call", char],
    ["local.get", value],
    ["i32.const", 4],
    "i32.shl",
    ["local.set", value],
    ["local.get", left],
    ["i32.const", 1],
    "i32.sub",
    ["local.tee", left],
    ["br_if", 0],
    "end",
  ];
}

/** Ends the payload: bytes that make no whole group are filled up with zero bits (no `=` signs). */
export function closeBody(
  at: { triple: number; inTriple: number; inLine: number },
  group: number,
  lineEnd: readonly Instruction[],
): Instruction[] {
  return [
    ["global.get", at.inTriple],
    ["if", 0x40],
    ["global.get", at.triple],
    ["i32.const", 24],
    ["global.get", at.inTriple],
    ["i32.const", 3],
    "i32.shl",
    "i32.sub",
    "i32.shl",
    ["global.set", at.triple],
    ["call", group],
    "end",
    ["global.get", at.inLine],
    ["if", 0x40],
    ...lineEnd,
    "end",
  ];
}

/** Opens the file in the first preopened folder; the profile goes to stderr where that fails. */
export function openBody(path: string, descriptor: number, imports: SinkImports): Instruction[] {
  const bytes = new TextEncoder().encode(path);
  if (bytes.length > textSize) throw new Refusal("the sink's path is too long");
  const firstPreopened = 3;
  const createAndTruncate = 1 | 8;
  const rightToWrite = 64n;
  return [
    ...[...bytes].flatMap((code, nth): Instruction[] => [
      ["i32.const", 0],
      ["i32.const", code],
      ["i32.store8", 0, textAt + nth],
    ]),
    ["i32.const", 2],
    ["global.set", descriptor],
    ["i32.const", descriptorAt],
    ["i32.const", 0],
    ["i32.store", 2, 0],
    ["i32.const", firstPreopened],
    ["i32.const", 0],
    ["i32.const", textAt],
    ["i32.const", bytes.length],
    ["i32.const", createAndTruncate],
    ["i64.const", rightToWrite],
    ["i64.const", 0],
    ["i32.const", 0],
    ["i32.const", descriptorAt],
    ["call", imports.pathOpen!],
    "i32.eqz",
    // Some runtimes report success and open nothing.
    ["i32.const", descriptorAt],
    ["i32.load", 2, 0],
    ["i32.const", firstPreopened],
    "i32.gt_u",
    "i32.and",
    ["if", 0x40],
    ["i32.const", descriptorAt],
    ["i32.load", 2, 0],
    ["global.set", descriptor],
    "end",
  ];
}

export function closeDescriptor(descriptor: number, fdClose: number): Instruction[] {
  return [
    ["global.get", descriptor],
    ["i32.const", 2],
    "i32.ne",
    ["if", 0x40],
    ["global.get", descriptor],
    ["call", fdClose],
    "drop",
    "end",
  ];
}
