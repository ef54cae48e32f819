import assert from "node:assert/strict";
import { test } from "node:test";
import { findProbeSite, findReturnSite } from "./sites.ts";

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

const rows: readonly (readonly [what: string, code: string, offset: number, cost: string])[] = [
  ["push %rbp", "55 48 89 e5", 0, "emulated"],
  ["push %r15", "41 57 41 56", 0, "emulated"],
  ["endbr64; push %rbp", "f3 0f 1e fa 55 48 89 e5", 4, "emulated"],
  ["nop", "90 48 8b 07 c3", 0, "emulated"],
  ["nopl", "0f 1f 44 00 00 c3", 0, "emulated"],
  ["cmp 0x10(%r14),%rsp; jbe; push %rbp", "49 3b 66 10 76 20 55", 6, "emulated"],
  ["the same with a long jump", "49 3b 66 10 0f 86 85 00 00 00 55", 10, "emulated"],
  ["lea -0x80(%rsp),%r12; cmp; jbe; push", "4c 8d 64 24 80 4d 3b 66 10 76 20 55", 11, "emulated"],
  ["mov (%rdi),%rcx; mov 0x18(%rdi),%rax; push", "48 8b 0f 48 8b 47 18 50", 7, "emulated"],
  ["mov $8,%eax; movl $1,8(%rdi); push", "b8 08 00 00 00 c7 47 08 01 00 00 00 53", 12, "emulated"],
  ["movabs $1,%rax; push", "48 b8 01 00 00 00 00 00 00 00 53", 10, "emulated"],
  ["lea 0x10(%rip),%rax; jmp", "48 8d 05 10 00 00 00 e9 00 10 00 00", 7, "emulated"],
  ["cmpq $0,-0x28(%rsi); je ahead", "48 83 7e d8 00 74 03 b0 01 c3 50", 5, "emulated"],
  [
    "test %rsi,%rsi; sete %cl; or %al,%cl; jne ahead",
    "48 85 f6 0f 94 c1 08 c1 75 18",
    8,
    "emulated",
  ],
  ["a jump that leads to itself", "48 85 ff 74 04 ff cf eb f7 c3", 0, "stepped"],
  [
    "a jump that a later one leads to",
    "48 85 ff 74 0a 48 89 d0 0f 85 f2 ff ff ff c3",
    0,
    "stepped",
  ],
  ["sub $8,%rsp: the return address is no longer on top", "48 83 ec 08 55", 0, "stepped"],
  ["lea -8(%rsp),%rsp", "48 8d 64 24 f8 55", 0, "stepped"],
  ["mov $0x61,%esp", "bc 61 00 00 00 55", 0, "stepped"],
  ["push with a prefix that the kernel does not emulate", "48 50 c3", 0, "stepped"],
  ["ret", "c3 55", 0, "stepped"],
  ["what is not known here", "f0 0f c1 07 55", 0, "stepped"],
  ["an instruction that is cut off", "48 8b", 0, "stepped"],
  ["nothing", "", 0, "stepped"],
];
for (const [what, code, offset, cost] of rows) {
  test(`finds where to probe: ${what}`, () => {
    assert.deepEqual(findProbeSite(bytes(code)), { offset, cost });
  });
}

test("finds the jump behind an indirect call whose result is tested", () => {
  assert.equal(findReturnSite(bytes("90 90 41 ff d3 66 85 c0 75 18 90 90 90")), 8);
  assert.equal(findReturnSite(bytes("90 90 41 ff d3 48 85 c0 75 18 90 90 90")), undefined);
  assert.equal(findReturnSite(bytes("41 ff d3")), undefined);
  assert.equal(findReturnSite(bytes("ff d0 85 c0 0f 84 10 00 00 00 90")), 4);
  assert.equal(findReturnSite(bytes("ff 12 66 85 c0 75 10 90 90 90 90")), 5);
});
