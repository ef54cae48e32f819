import assert from "node:assert/strict";
import { test } from "node:test";
import { findProbeSite, findReturnSite } from "./sites.ts";

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

const rows: readonly (readonly [what: string, code: string, offset: number, cost: string])[] = [
  ["push %rbp", "55 48 89 e5", 0, "emulated"],
  ["push %r15", "41 57 41 56", 0, "emulated"],
  ["endbr64; push %rbp", "f3 0f 1e fa 55 48 89 e5", 4, "emulated"],
  ["nopl", "0f 1f 44 00 00 c3", 0, "emulated"],
  ["cmp 0x10(%r14),%rsp; jbe; push %rbp", "49 3b 66 10 76 20 55", 6, "emulated"],
  ["the same with a long jump", "49 3b 66 10 0f 86 85 00 00 00 55", 10, "emulated"],
  ["lea -0x80(%rsp),%r12; cmp; jbe; push", "4c 8d 64 24 80 4d 3b 66 10 76 20 55", 11, "emulated"],
  ["sub $8,%rsp", "48 83 ec 08 55", 0, "stepped"],
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
});
