import assert from "node:assert/strict";
import { test } from "node:test";
import { readReport } from "./report.ts";

const usage = { userNs: 1_000_000, systemNs: 2_000_000, peakBytes: 3072, by: "wait4" };
const times = { startNs: 100, endNs: 900, usage };

for (const [what, text, expected] of [
  ["an exit", "started 7 100\nended 900 768 1000 2000 3\n", { code: 3, ...times }],
  ["a signal", "started 7 100\nended 900 6 1000 2000 3\n", { signal: "SIGABRT", ...times }],
  // Bit 7 says that there is a core file.
  ["a core file", "started 7 100\nended 900 139 1000 2000 3\n", { signal: "SIGSEGV", ...times }],
  [
    "a program that is not there",
    "started 7 100\nfailed No such file or directory\nended 900 9 1000 2000 3\n",
    { failed: "No such file or directory", ...times },
  ],
  [
    "a child that is quicker than its parent",
    "failed Permission denied\nstarted 7 100\nended 900 9 1000 2000 3\n",
    { failed: "Permission denied", ...times },
  ],
  ["a launcher that did not get to its end", "started 7 100\n", undefined],
] as const) {
  test(`reads ${what}`, () => {
    assert.deepEqual(readReport(text), expected);
  });
}
