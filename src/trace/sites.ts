import { decodeInstruction } from "./instructions.ts";

/** Where a probe is put, relative to a function's start, and what the kernel does there. */
export interface ProbeSite {
  readonly offset: number;
  /** `emulated`: a microsecond. `stepped`: the kernel steps over the instruction, in a virtual machine 13 to 16. */
  readonly cost: "emulated" | "stepped";
}

/** How far into a function a better place is looked for. */
const furthest = 48;

/**
 * Finds the cheapest place for a probe at the beginning of a function of x86-64: the first instruction that the kernel
 * emulates (`push`, `nop`, a jump or call by a distance), behind such only as leave the stack pointer alone. There the
 * return address still lies on top of the stack, so that the kernel can catch the return from the same place. What
 * jumps back to it counts a call twice: such a place is none.
 * @param code The function's bytes, all of them if they are to be looked at for jumps.
 */
export function findProbeSite(code: Uint8Array): ProbeSite {
  for (let at = 0; at < Math.min(code.length, furthest);) {
    const instruction = decodeInstruction(code, at);
    if (instruction === undefined) break;
    const { length, kind } = instruction;
    const growsStack = kind === "jump" && isGoStackCheck(code, at);
    if (kind === "push" || kind === "nop") return { offset: at, cost: "emulated" };
    if (kind === "jump" && !growsStack && !jumpsBackTo(code, at)) {
      return { offset: at, cost: "emulated" };
    }
    if (kind !== "plain" && !growsStack) break;
    at += length;
  }
  return { offset: 0, cost: "stepped" };
}

/**
 * Finds the conditional jump behind an indirect call whose result is tested: a place that the kernel emulates, too, and
 * where every return of the called functions is seen. Undefined when the code has another form.
 */
export function findReturnSite(code: Uint8Array): number | undefined {
  for (let at = 0; at + 8 < code.length; at++) {
    const called = indirectCallLength(code, at);
    if (called === 0) continue;
    const tested = at + called + testLength(code, at + called);
    if (tested === at + called) continue;
    if (isConditionalJump(code, tested)) return tested;
  }
  return undefined;
}

/** Whether this is Go's jump to where the stack grows, after which the function begins again: cmp disp8(%r14); jbe. */
function isGoStackCheck(code: Uint8Array, at: number): boolean {
  const [a, b, c] = code.subarray(Math.max(at - 4, 0), at);
  const compared = at >= 4 && (a === 0x49 || a === 0x4d) && b === 0x3b && c === 0x66;
  return compared && (code[at] === 0x76 || (code[at] === 0x0f && code[at + 1] === 0x86));
}

/**
 * Whether something in the code that looks like a jump leads to between the function's start and a place. Bytes are not
 * taken apart into instructions here: what only looks like a jump costs a cheap place, not a wrong count.
 */
function jumpsBackTo(code: Uint8Array, place: number): boolean {
  const view = new DataView(code.buffer, code.byteOffset, code.length);
  const isBack = (target: number): boolean => target >= 0 && target <= place;
  for (let at = place; at + 2 <= code.length; at++) {
    const first = code[at]!;
    if ((first === 0xeb || first >> 4 === 7) && isBack(at + 2 + view.getInt8(at + 1))) return true;
    const long = first === 0xe9 ? 1 : first === 0x0f && code[at + 1]! >> 4 === 8 ? 2 : 0;
    if (long === 0 || at + long + 4 > code.length) continue;
    if (isBack(at + long + 4 + view.getInt32(at + long, true))) return true;
  }
  return false;
}

/** Gives the length of call *%reg or call *(%reg); 0 for anything else. */
function indirectCallLength(code: Uint8Array, at: number): number {
  const prefix = code[at] === 0x41 ? 1 : 0;
  if (code[at + prefix] !== 0xff) return 0;
  const operand = code[at + prefix + 1]!;
  const isRegister = (operand & 0xf8) === 0xd0;
  // By %rsp and %rbp are other forms, which are longer.
  const isMemory = (operand & 0xf8) === 0x10 && (operand & 7) !== 4 && (operand & 7) !== 5;
  return isRegister || isMemory ? prefix + 2 : 0;
}

/** Gives the length of test %ax,%ax or test %eax,%eax; 0 for anything else. */
function testLength(code: Uint8Array, at: number): number {
  const prefix = code[at] === 0x66 ? 1 : 0;
  return code[at + prefix] === 0x85 && code[at + prefix + 1] === 0xc0 ? prefix + 2 : 0;
}

function isConditionalJump(code: Uint8Array, at: number): boolean {
  return code[at]! >> 4 === 7 || (code[at] === 0x0f && code[at + 1]! >> 4 === 8);
}
