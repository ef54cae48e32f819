import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { loadManifest } from "../../src/bench/workloads.ts";
import { root } from "../root.ts";
import { definitions, weightedSum } from "./kernel-definitions.ts";
import { runInNode } from "./run-in-node.ts";

const rows = loadManifest().workloads.filter(({ group }) => group === "polybench");

test("every kernel has a definition to compare with", () => {
  const names = rows.map(({ name }) => name.replace("polybench-", ""));
  assert.deepEqual(names.toSorted(), Object.keys(definitions).toSorted());
  assert.equal(names.length, 30);
});

for (const { name, file } of rows) {
  const kernel = name.replace("polybench-", "");
  test(`${name} computes what its definition says`, () => {
    const { size, sum } = printed(file, ["mini"]);
    const expected = weightedSum(definitions[kernel]!(...size));
    // Deriche's filter works with floats of 32 bits.
    const allowed = kernel === "deriche" ? 1e-4 : 2e-9 + 1e-8 * Math.abs(expected);
    assert.ok(Math.abs(sum - expected) <= allowed, `${sum} is not ${expected}`);
    // A size of its own, the smallest that has all parts, gives something else.
    const small = size.map((each) => Math.max(5, Math.floor(each / 2)));
    const again = printed(file, [small.join(","), "2"]);
    const expectedAgain = weightedSum(definitions[kernel]!(...small));
    assert.ok(
      Math.abs(again.sum - expectedAgain) <= allowed,
      `${again.sum} is not ${expectedAgain}`,
    );
  });
}

test("a size that is none is refused", () => {
  const file = join(root, "workloads/polybench/gemm.wasm");
  for (const size of [
    "tiny",
    "20",
    "20,25",
    "20,25,30,35",
    "20,0,30",
    "20 25 30",
    "20,25,30x",
    "",
  ]) {
    const { exitCode, stdout, stderr } = runInNode(file, { args: [size] });
    assert.deepEqual([exitCode, stdout.length], [1, 0], size);
    assert.match(stderr, /^a (number|size) /);
  }
});

function printed(file: string, args: string[]): { size: number[]; sum: number } {
  const { exitCode, stdout } = runInNode(join(root, file), { args });
  assert.equal(exitCode, 0);
  const [, size, , sum] = /^\S+ ([\d,]+) checksum=([0-9a-f]{16}) sum=(-?\d+\.\d{9})\n$/.exec(
    stdout.toString(),
  )!;
  return { size: size!.split(",").map(Number), sum: Number(sum) };
}
