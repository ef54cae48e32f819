/** An instruction of x86-64 as far as it matters where a probe is put. */
export interface Instruction {
  readonly length: number;
  /**
   * `push`, `nop` and `jump` (calls by a distance among them) are emulated by the kernel; `plain` is stepped over and
   * leaves the stack pointer and the way through the code alone; `other` does not.
   */
  readonly kind: "push" | "nop" | "jump" | "plain" | "other";
}

const stackPointer = 4;
const operandSize = 0x66;
const prefixes: readonly number[] = [operandSize, 0xf2, 0xf3];

/** How an opcode's operands follow it: a ModRM byte or none, and so many bytes of an immediate number. */
interface Shape {
  readonly modrm: boolean;
  readonly immediate: number;
  /** Which operand is written: the one in ModRM's `reg`, the one in its `rm`, the one in the opcode, or none. */
  readonly writes: "reg" | "rm" | "opcode" | "none";
}

/**
 * Decodes one of those instructions that compilers put at the beginning of functions. Undefined for all others, and for
 * one that is cut off.
 */
export function decodeInstruction(code: Uint8Array, start: number): Instruction | undefined {
  let at = start;
  while (prefixes.includes(code[at] ?? 0)) at++;
  const wideData = !code.subarray(start, at).includes(operandSize);
  const hasRex = (code[at]! & 0xf0) === 0x40;
  const rex = hasRex ? code[at++]! : 0;
  const opcode = code[at++];
  if (opcode === undefined) return undefined;
  const prefixed = at - 1 - start;
  const done = (length: number, kind: Instruction["kind"]): Instruction | undefined =>
    at + length > code.length ? undefined : { length: at + length - start, kind };
  // The kernel emulates a push without prefixes, or with the one that names the upper registers.
  if (opcode >= 0x50 && opcode <= 0x57) {
    return done(0, prefixed === 0 || (prefixed === 1 && rex === 0x41) ? "push" : "other");
  }
  if (opcode === 0x90) return done(0, rex === 0 ? "nop" : "other");
  if (opcode === 0xeb || opcode >> 4 === 7) return done(1, prefixed === 0 ? "jump" : "other");
  if (opcode === 0xe8 || opcode === 0xe9) return done(4, prefixed === 0 ? "jump" : "other");
  const long = opcode === 0x0f ? code[at++] : undefined;
  if (opcode === 0x0f && long === undefined) return undefined;
  if (long !== undefined && long >> 4 === 8) return done(4, prefixed === 0 ? "jump" : "other");
  const shape =
    long === undefined
      ? shapeOf(opcode, code[at] ?? 0, (rex & 8) !== 0, wideData)
      : shapeOfLong(long);
  if (shape === undefined) return undefined;
  if (!shape.modrm) {
    const touched = shape.writes === "opcode" && (opcode & 7) === stackPointer && (rex & 1) === 0;
    return done(shape.immediate, touched ? "other" : "plain");
  }
  const operands = code[at];
  if (operands === undefined) return undefined;
  const length = operandLength(operands, code[at + 1] ?? 0) + shape.immediate;
  if (long === 0x1f) return done(length, "nop");
  return done(length, touchesStackPointer(shape.writes, operands, rex) ? "other" : "plain");
}

function shapeOf(
  opcode: number,
  operands: number,
  wide: boolean,
  full: boolean,
): Shape | undefined {
  const shape = (writes: Shape["writes"], immediate = 0): Shape => ({
    modrm: true,
    immediate,
    writes,
  });
  const number = full ? 4 : 2;
  const bare = (immediate: number, writes: Shape["writes"] = "none"): Shape => ({
    modrm: false,
    immediate,
    writes,
  });
  // add, or, adc, sbb, and, sub, xor, cmp
  if (opcode < 0x40 && (opcode & 7) < 6) {
    const compares = opcode >= 0x38;
    if ((opcode & 7) === 4) return bare(1);
    if ((opcode & 7) === 5) return bare(number);
    return shape(compares ? "none" : (opcode & 2) === 0 ? "rm" : "reg");
  }
  const compares = ((operands >> 3) & 7) === 7;
  switch (opcode) {
    case 0x63:
    case 0x8a:
    case 0x8b:
    case 0x8d:
      return shape("reg");
    case 0x80:
    case 0x83:
      return shape(compares ? "none" : "rm", 1);
    case 0x81:
      return shape(compares ? "none" : "rm", number);
    case 0x84:
    case 0x85:
      return shape("none");
    case 0x88:
    case 0x89:
      return shape("rm");
    case 0xa8:
      return bare(1);
    case 0xa9:
      return bare(number);
    case 0xc6:
      return shape("rm", 1);
    case 0xc7:
      return shape("rm", number);
    // test by a number; other forms of these two are not known here.
    case 0xf6:
      return (operands & 0x38) === 0 ? shape("none", 1) : undefined;
    case 0xf7:
      return (operands & 0x38) === 0 ? shape("none", number) : undefined;
    default:
  }
  if (opcode >= 0xb0 && opcode <= 0xb7) return bare(1);
  if (opcode >= 0xb8 && opcode <= 0xbf) return bare(wide ? 8 : number, "opcode");
  return undefined;
}

/** Those behind 0x0f: endbr64 and nop, moves between vector registers and memory, moves that widen, bytes set by a condition. */
function shapeOfLong(opcode: number): Shape | undefined {
  const vectors = [0x10, 0x11, 0x28, 0x29, 0x57, 0x6e, 0x6f, 0x7e, 0x7f, 0xef];
  const known: Readonly<Record<number, Shape["writes"]>> = {
    0x1e: "none",
    0x1f: "none",
    0xb6: "reg",
    0xb7: "reg",
    0xbe: "reg",
    0xbf: "reg",
  };
  const setsByte = opcode >> 4 === 9;
  const writes = vectors.includes(opcode) ? "none" : setsByte ? "rm" : known[opcode];
  return writes === undefined ? undefined : { modrm: true, immediate: 0, writes };
}

/** Gives the length of a ModRM byte with what belongs to it. */
function operandLength(operands: number, next: number): number {
  const mode = operands >> 6;
  if (mode === 3) return 1;
  const hasIndex = (operands & 7) === 4;
  const isFar = mode === 0 && (hasIndex ? (next & 7) === 5 : (operands & 7) === 5);
  return 1 + (hasIndex ? 1 : 0) + (mode === 1 ? 1 : mode === 2 || isFar ? 4 : 0);
}

function touchesStackPointer(writes: Shape["writes"], operands: number, rex: number): boolean {
  if (writes === "reg") return ((operands >> 3) & 7) === stackPointer && (rex & 4) === 0;
  if (writes !== "rm" || operands >> 6 !== 3) return false;
  return (operands & 7) === stackPointer && (rex & 1) === 0;
}
