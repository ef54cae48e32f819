/** Where a probe is put, relative to a function's start, and what the kernel does there. */
export interface ProbeSite {
  readonly offset: number;
  /** `emulated`: a microsecond. `stepped`: the kernel steps over the instruction, in a virtual machine 13 to 16. */
  readonly cost: "emulated" | "stepped";
}

/** How far into a function a better place is looked for. */
const furthest = 16;

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

function isEmulated(code: Uint8Array, at: number): boolean {
  const [first = 0, second = 0] = code.subarray(at, at + 2);
  if (first >= 0x50 && first <= 0x57) return true;
  if (first === 0x41 && second >= 0x50 && second <= 0x57) return true;
  return first === 0x90 || (first === 0x0f && second === 0x1f);
}

/** Gives the length of an instruction that no jump leads behind; 0 for one that is not known here. */
function preparingLength(code: Uint8Array, at: number): number {
  const [a, b, c, d] = code.subarray(at, at + 4);
  // endbr64; mov %rsp,%rax; mov %reg,%reg; lea disp8(%rsp),…; cmp disp8(%r14),%rsp, with which Go's functions begin,
  // and the jump behind it.
  if (a === 0xf3 && b === 0x0f && c === 0x1e && d === 0xfa) return 4;
  if (a === 0x49 && b === 0x3b && c === 0x66) return 4;
  if (a === 0x76) return 2;
  if (a === 0x0f && b === 0x86) return 6;
  if ((a === 0x48 || a === 0x49 || a === 0x4c || a === 0x4d) && (b === 0x89 || b === 0x8b)) {
    return c !== undefined && c >= 0xc0 ? 3 : 0;
  }
  return 0;
}
