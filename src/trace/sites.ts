/** Where a probe is put, relative to a function's start, and what the kernel does there. */
export interface ProbeSite {
  readonly offset: number;
  /** `emulated`: a microsecond. `stepped`: the kernel steps over the instruction, in a virtual machine 13 to 16. */
  readonly cost: "emulated" | "stepped";
}

/** How far into a function a better place is looked for. */
const furthest = 24;

/**
 * Finds the cheapest place for a probe at the beginning of a function of x86-64: the first `push` or `nop` behind
 * instructions that only prepare the stack, since the kernel emulates these two and steps over all others.
 */
export function findProbeSite(code: Uint8Array): ProbeSite {
  for (let at = 0; at < Math.min(code.length, furthest);) {
    if (isEmulated(code, at)) return { offset: at, cost: "emulated" };
    const length = preparingLength(code, at);
    if (length === 0) break;
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
    // call *%r8 to *%r15, then test %ax,%ax and jne.
    if (code[at] !== 0x41 || code[at + 1] !== 0xff || (code[at + 2]! & 0xf8) !== 0xd0) continue;
    if (code[at + 3] !== 0x66 || code[at + 4] !== 0x85 || code[at + 5] !== 0xc0) continue;
    if (code[at + 6] === 0x75) return at + 6;
  }
  return undefined;
}

function isEmulated(code: Uint8Array, at: number): boolean {
  const [first = 0, second = 0] = code.subarray(at, at + 2);
  if (first >= 0x50 && first <= 0x57) return true;
  if (first === 0x41 && second >= 0x50 && second <= 0x57) return true;
  return first === 0x90 || (first === 0x0f && second === 0x1f);
}

/** Gives the length of an instruction that may stand in front of the first push; 0 for one that is not known here. */
function preparingLength(code: Uint8Array, at: number): number {
  const [a, b, c, d] = code.subarray(at, at + 4);
  // endbr64
  if (a === 0xf3 && b === 0x0f && c === 0x1e && d === 0xfa) return 4;
  // With these Go's functions begin: lea disp(%rsp),%r12; cmp disp8(%r14),%rsp or %r12; jbe to where the stack grows.
  if (a === 0x4c && b === 0x8d && c === 0x64 && d === 0x24) return 5;
  if (a === 0x4c && b === 0x8d && c === 0xa4 && d === 0x24) return 8;
  if ((a === 0x49 || a === 0x4d) && b === 0x3b && c === 0x66) return 4;
  if (a === 0x76) return 2;
  if (a === 0x0f && b === 0x86) return 6;
  // mov, test and xor between registers
  const wide = a === 0x48 || a === 0x49 || a === 0x4c || a === 0x4d;
  const [operation, operands] = wide ? [b, c] : [a, b];
  const plain = operation !== undefined && [0x31, 0x85, 0x89, 0x8b].includes(operation);
  if (plain && operands !== undefined && operands >= 0xc0) return wide ? 3 : 2;
  return 0;
}
