import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { functionFrames, lineProfile, profileRun } from "../../src/collect/index.ts";
import { functionTotals, lineTotals, totalValues } from "../../src/profile/index.ts";
import type { Profile } from "../../src/profile/index.ts";
import { openDebugInfo } from "../../src/symbols/index.ts";
import type { DebugInfo, SourceFrame } from "../../src/symbols/index.ts";
import { decodeModule } from "../../src/wasm/index.ts";
import { root } from "../root.ts";

const bytes = readFileSync(join(root, "workloads/collatz.wasm"));
const frameOf = functionFrames(decodeModule(bytes));

async function blocksOf(): Promise<Profile> {
  const { profile } = await profileRun(bytes, {
    mode: "blocks",
    memory: "region",
    module: { name: "collatz.wasm", sha256: "" },
    guest: { args: ["collatz"], env: {}, dirs: [] },
  });
  return profile;
}

/** Debug data that says what it is told: `line` 0 is what compilers give to code of no line. */
function fakeDebugInfo(frames: (offset: number) => readonly SourceFrame[]): DebugInfo {
  return { kind: "dwarf", notes: [], framesAt: frames };
}

describe("lineProfile", () => {
  it("books every instruction on its line", async () => {
    const blocks = await blocksOf();
    const lines = lineProfile(bytes, blocks, openDebugInfo(decodeModule(bytes))!, frameOf);
    assert.deepEqual(totalValues(lines), totalValues(blocks));
    assert.deepEqual(lines.notes, []);
    const costs = lineTotals(lines).map(({ line, functions, self, total }) =>
      [line, functions.join(), self, total].join(" "),
    );
    assert.deepEqual(costs, [
      "5 step 2420664 2420664",
      "12 length 823873 823873",
      "14 length 806888 806888",
      "21 longest 18009 18009",
      "22 longest 7000 4058425",
      "31 start 7 7",
      "34 start 4 4",
      "33 start 3 3",
      "32 start 2 2",
      "24 longest 1 1",
      "13 length 0 2420664",
    ]);
  });

  it("keeps calls and instructions of each function, and sums of inlined ones", async () => {
    const blocks = await blocksOf();
    const half = [
      { name: "inner", file: "a.c", line: 9 },
      { name: "longest", file: "a.c", line: 2 },
    ];
    const none: SourceFrame[] = [];
    const debug = fakeDebugInfo((offset) => (offset % 3 === 0 ? half : none));
    const lines = lineProfile(bytes, blocks, debug, frameOf);
    assert.deepEqual(totalValues(lines), totalValues(blocks));
    const wanted = functionTotals(blocks).map(({ frame, self }) => [frame.name, ...self]);
    const outermost = functionTotals(lines).filter(({ frame }) => !frame.inlined);
    assert.deepEqual(
      outermost.map(({ frame, total }) => [frame.name, ...total]),
      wanted,
    );
    assert.match(lines.notes.join(), /of the instructions executed have a source line/);
  });
});
