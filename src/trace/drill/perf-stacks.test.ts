import assert from "node:assert/strict";
import { test } from "node:test";
import { readPerfStacks } from "./perf-stacks.ts";

// As perf 6.1 prints it.
const printed = `
node 71/71 PERF_RECORD_MMAP2 71/71: [0x400000(0x5000) @ 0x1000 08:01 12 0]: r-xp /usr/bin/node
node     71
\t          400010 (/usr/bin/node)
\t          404fff (/usr/bin/node)
\t    7f0000001000 ([unknown])

node 71/71 PERF_RECORD_MMAP2 71/71: [0x400000(0x1000) @ 0 08:01 13 0]: r-xp /opt/other file
node     71
\t          400010 (/usr/bin/node)

other    72
\t          400010 (/usr/bin/node)
`;

test("reads stacks and where their places are in files", () => {
  assert.deepEqual(
    [...readPerfStacks(printed.split("\n"))],
    [
      [
        { address: 0x400010, file: "/usr/bin/node", offset: 0x1010 },
        { address: 0x404fff, file: "/usr/bin/node", offset: 0x5fff },
        { address: 0x7f0000001000, file: "[unknown]" },
      ],
      [{ address: 0x400010, file: "/opt/other file", offset: 0x10 }],
      [{ address: 0x400010, file: "/usr/bin/node" }],
    ],
  );
});
