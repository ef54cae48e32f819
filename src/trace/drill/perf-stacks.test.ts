import assert from "node:assert/strict";
import { test } from "node:test";
import { readPerfStacks } from "./perf-stacks.ts";

// As perf 6.1 prints it.
const printed = `wasmtime 71 
\t           f7b3a (/usr/lib/x86_64-linux-gnu/libc.so.6)
\t         2c96731 (/opt/a (copy)/wasmtime)
\t    7f7345c0a5d4 ([unknown])

wasmtime 71 

wazero:1 72 
\t            8cae (/usr/bin/wazero)
`;

test("reads stacks and where their places are in files", () => {
  assert.deepEqual(
    [...readPerfStacks(printed.split("\n"))],
    [
      [
        { offset: 0xf7b3a, file: "/usr/lib/x86_64-linux-gnu/libc.so.6" },
        { offset: 0x2c96731, file: "/opt/a (copy)/wasmtime" },
        { offset: 0x7f7345c0a5d4, file: "[unknown]" },
      ],
      [{ offset: 0x8cae, file: "/usr/bin/wazero" }],
    ],
  );
});
