import { DecodeError } from "../bytes/index.ts";
import { opcodes } from "./opcodes.ts";
import type { ImmediateKind, Opcode } from "./opcodes.ts";

/** How the bytes of an instruction's immediates are to be read; derived from the opcode table. */
const Shape = {
  unknown: 0,
  none: 1,
  index: 2,
  twoIndices: 3,
  memarg: 4,
  memargLane: 5,
  blocktype: 6,
  labels: 7,
  i32: 8,
  i64: 9,
  byte: 10,
  four: 11,
  eight: 12,
  sixteen: 13,
  heaptype: 14,
  valtypes: 15,
  tryTable: 16,
  castBranch: 17,
} as const;

const shapeOfKind: Partial<Record<ImmediateKind, number>> = {
  blocktype: Shape.blocktype,
  labels: Shape.labels,
  memarg: Shape.memarg,
  lane: Shape.byte,
  zero: Shape.byte,
  i32: Shape.i32,
  i64: Shape.i64,
  f32: Shape.four,
  f64: Shape.eight,
  v128: Shape.sixteen,
  shuffle: Shape.sixteen,
  heaptype: Shape.heaptype,
  valtypes: Shape.valtypes,
};

function shapeOf({ immediates }: Opcode): number {
  switch (immediates.join()) {
    case "":
      return Shape.none;
    case "memarg,lane":
      return Shape.memargLane;
    case "blocktype,catches":
      return Shape.tryTable;
    case "castflags,label,heaptype,heaptype":
      return Shape.castBranch;
    default:
      if (immediates.length === 2) return Shape.twoIndices;
      return shapeOfKind[immediates[0]!] ?? Shape.index;
  }
}

// One small array for the plain opcodes and one for each prefix: looked up for every instruction.
const plainShapes = new Uint8Array(256);
const prefixedShapes = new Map<number, Uint8Array>();
for (const opcode of opcodes) {
  if (opcode.code < 0x1000) plainShapes[opcode.code] = shapeOf(opcode);
  else {
    const prefix = opcode.code >> 12;
    if (!prefixedShapes.has(prefix)) prefixedShapes.set(prefix, new Uint8Array(0x200));
    prefixedShapes.get(prefix)![opcode.code & 0xfff] = shapeOf(opcode);
  }
}
const firstPrefix = 0xfb;

/**
 * How loops that read every byte of a module pass an instruction without the reader: see `skipKinds`. Those
 * loops have the numbers written out: a name costs V8's interpreter three steps for each comparison, and it is
 * what runs a module's first megabyte.
 */
export const skipKind = {
  /** Only the reader knows what to do, as with everything else here when it looks unusual. */
  other: 0,
  /** No immediates, and nothing to do with control. */
  none: 1,
  /** One LEB128 number; up to four bytes are well formed, whatever it is. */
  number: 2,
  memarg: 3,
  four: 4,
  eight: 5,
  /** `block`, `loop` and `if`, with a block type. */
  block: 6,
  end: 7,
  else: 8,
  call: 9,
} as const;

const skipKindOfShape: Partial<Record<number, number>> = {
  [Shape.none]: skipKind.none,
  [Shape.index]: skipKind.number,
  [Shape.i32]: skipKind.number,
  [Shape.i64]: skipKind.number,
  [Shape.memarg]: skipKind.memarg,
  [Shape.four]: skipKind.four,
  [Shape.eight]: skipKind.eight,
};
// What throws, catches, or calls through references is seldom and wants care.
const seldom = [0x06, 0x07, 0x08, 0x09, 0x0a, 0x14, 0x15, 0x18, 0x19, 0x1f, 0xd2];
const control: readonly (readonly [number, number])[] = [
  [0x02, skipKind.block],
  [0x03, skipKind.block],
  [0x04, skipKind.block],
  [0x05, skipKind.else],
  [0x0b, skipKind.end],
  [0x10, skipKind.call],
  [0x12, skipKind.call],
];

/** For each first byte of an instruction one of `skipKind`. */
export const skipKinds: Uint8Array = new Uint8Array(256);
for (const [code, shape] of plainShapes.entries()) {
  skipKinds[code] = skipKindOfShape[shape] ?? skipKind.other;
}
for (const code of seldom) skipKinds[code] = skipKind.other;
for (const [code, kind] of control) skipKinds[code] = kind;

/** Says whether the opcode takes a heap type that may be coded as two bytes (0x63, 0x64). */
const refNull = 0x63;
const ref = 0x64;

/**
 * Reads instructions one after the other into its own fields, so that nothing is allocated while a
 * module of many megabytes is scanned. Checks the binary format, not types.
 *
 * @example
 * const reader = new InstructionReader(bytes);
 * for (reader.reset(start, end); reader.position < end; ) {
 *   reader.next();
 *   if (reader.code === 0x10) console.log("call", reader.index);
 * }
 */
export class InstructionReader {
  readonly bytes: Uint8Array;
  /** Offset of the next instruction. */
  position = 0;
  /** Offset past the last instruction that may be read. */
  end = 0;
  /** The instruction read last: its code (see `Opcode.code`). */
  code = 0;
  /** Its offset. */
  start = 0;
  /**
   * Its first immediate: an index, a label, an `i32`; for blocks the type (a type index, or negative
   * for a single result or none, -64 being none).
   */
  index = 0;
  /** Its second index, if it has two; for a memarg the memory's index. */
  index2 = 0;
  /** Offset of its first immediate. */
  immediateStart = 0;
  /** Labels of `br_table` (the default last) or of the clauses of `try_table`. */
  labels: Uint32Array = new Uint32Array(64);
  labelCount = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Sets the range of instructions to read. */
  reset(start: number, end: number): void {
    this.position = start;
    this.end = end;
  }

  /** Reads the next instruction. Throws a `DecodeError` when there is none that is well formed. */
  next(): void {
    const bytes = this.bytes;
    const start = this.position;
    this.start = start;
    let code = bytes[start]!;
    let shape: number;
    this.position = start + 1;
    if (code >= firstPrefix && code !== 0xff) {
      const sub = this.#u32();
      const shapes = prefixedShapes.get(code)!;
      shape = sub < 0x200 ? shapes[sub]! : Shape.unknown;
      if (shape === Shape.unknown) this.#unknown(code, sub);
      code = code * 0x1000 + sub;
    } else {
      shape = plainShapes[code]!;
    }
    this.code = code;
    this.immediateStart = this.position;
    if (shape === Shape.index) {
      // By far the most frequent immediate: one byte.
      const byte = bytes[this.position]!;
      if (byte < 0x80) {
        this.index = byte;
        this.position++;
      } else this.index = this.#u32();
    } else if (shape === Shape.memarg && this.#shortMemarg()) {
      this.index2 = 0;
      this.position += 2;
    } else if (shape !== Shape.none) this.#immediates(shape, code);
    if (this.position > this.end) throw new DecodeError("unexpected end of the body", start);
  }

  /** Says whether alignment and offset take one byte each, as nearly all do. */
  #shortMemarg(): boolean {
    const { bytes, position } = this;
    return bytes[position]! < 0x40 && bytes[position + 1]! < 0x80;
  }

  #immediates(shape: number, code: number): void {
    switch (shape) {
      case Shape.twoIndices:
        this.index = this.#u32();
        this.index2 = this.#u32();
        break;
      case Shape.memargLane:
        this.#memarg();
        this.position++;
        break;
      case Shape.memarg:
        this.#memarg();
        break;
      case Shape.blocktype:
        this.index = this.#blocktype();
        break;
      case Shape.labels:
        this.#labels();
        break;
      case Shape.i32:
        this.index = this.#signed(32);
        break;
      case Shape.i64:
        this.#skipI64();
        break;
      case Shape.byte:
        if (code === 0xfe003 && this.bytes[this.position] !== 0) this.#fail("zero byte expected");
        this.position++;
        break;
      case Shape.four:
        this.position += 4;
        break;
      case Shape.eight:
        this.position += 8;
        break;
      case Shape.sixteen:
        this.position += 16;
        break;
      case Shape.heaptype:
        this.index = this.#heaptype();
        break;
      case Shape.valtypes:
        this.#valtypes();
        break;
      case Shape.tryTable:
        this.index = this.#blocktype();
        this.#catches();
        break;
      case Shape.castBranch:
        if (this.bytes[this.position]! > 3) this.#fail("malformed cast flags");
        this.position++;
        this.index = this.#u32();
        this.#heaptype();
        this.#heaptype();
        break;
      default:
        this.#unknown(code, undefined);
    }
  }

  #fail(what: string): never {
    throw new DecodeError(what, this.position);
  }

  #unknown(code: number, sub: number | undefined): never {
    if (this.start >= this.end) throw new DecodeError("unexpected end of the body", this.start);
    const second = sub === undefined ? "" : ` 0x${sub.toString(16).padStart(2, "0")}`;
    throw new DecodeError(
      `unknown opcode 0x${code.toString(16).padStart(2, "0")}${second}`,
      this.start,
    );
  }

  #u32(): number {
    const bytes = this.bytes;
    let position = this.position;
    let byte = bytes[position++]!;
    let result = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = bytes[position++]!;
      if (shift === 28) {
        if (!(byte < 0x80)) this.#fail("integer representation too long");
        if (byte > 0x0f) this.#fail("integer too large");
      }
      if (byte === undefined) this.#fail("unexpected end");
      result |= (byte & 0x7f) << shift;
    }
    this.position = position;
    return result >>> 0;
  }

  /** A signed number of 32 or 33 bits, in at most five bytes. */
  #signed(bits: 32 | 33): number {
    const bytes = this.bytes;
    let result = 0;
    let scale = 1;
    for (let count = 1; ; count++) {
      const byte = bytes[this.position++]!;
      if (byte === undefined) this.#fail("unexpected end");
      if (count === 5) {
        if (byte >= 0x80) this.#fail("integer representation too long");
        const used = bits - 28;
        const rest = byte >> (used - 1);
        if (rest !== 0 && rest !== 0x7f >> (used - 1)) this.#fail("integer too large");
      }
      result += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return (byte & 0x40) === 0 ? result : result - scale;
    }
  }

  #skipI64(): void {
    const bytes = this.bytes;
    for (let count = 1; ; count++) {
      const byte = bytes[this.position++]!;
      if (byte === undefined) this.#fail("unexpected end");
      if (count === 10) {
        if (byte >= 0x80) this.#fail("integer representation too long");
        if (byte !== 0 && byte !== 0x7f) this.#fail("integer too large");
      }
      if (byte < 0x80) return;
    }
  }

  #memarg(): void {
    const flags = this.#u32();
    if (flags >= 0x80) this.#fail("malformed memop flags");
    this.index2 = (flags & 0x40) === 0 ? 0 : this.#u32();
    // The offset has up to 64 bits: its size is checked, its value is left to the engine.
    for (let count = 1; ; count++) {
      const byte = this.bytes[this.position++]!;
      if (byte === undefined) this.#fail("unexpected end");
      if (count === 10 && byte > 1) this.#fail("integer representation too long");
      if (byte < 0x80) return;
    }
  }

  #blocktype(): number {
    const byte = this.bytes[this.position]!;
    if (byte === refNull || byte === ref) {
      this.position++;
      this.#heaptype();
      return byte - 0x80;
    }
    const type = this.#signed(33);
    if (type < 0 && this.bytes[this.position - 1] !== byte) this.#fail("malformed block type");
    return type;
  }

  #heaptype(): number {
    return this.#signed(33);
  }

  #valtypes(): void {
    const count = this.#u32();
    if (count > this.end - this.position) this.#fail("unexpected end of the body");
    for (let index = 0; index < count; index++) {
      const byte = this.bytes[this.position++]!;
      if (byte === refNull || byte === ref) this.#heaptype();
      else if (!(byte >= 0x40 && byte < 0x80)) this.#fail("malformed value type");
    }
  }

  #labels(): void {
    const count = this.#u32();
    if (count >= this.end - this.position) this.#fail("unexpected end of the body");
    this.#room(count + 1);
    for (let index = 0; index <= count; index++) this.labels[index] = this.#u32();
    this.labelCount = count + 1;
  }

  #catches(): void {
    const count = this.#u32();
    if (count > this.end - this.position) this.#fail("unexpected end of the body");
    this.#room(count);
    for (let index = 0; index < count; index++) {
      const kind = this.bytes[this.position++]!;
      if (!(kind <= 3)) this.#fail("malformed catch clause");
      if (kind < 2) this.#u32();
      this.labels[index] = this.#u32();
    }
    this.labelCount = count;
  }

  #room(count: number): void {
    if (count > this.labels.length) this.labels = new Uint32Array(count * 2);
  }
}
