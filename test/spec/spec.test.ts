import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { root } from "../root.ts";
import { missing } from "../skip.ts";
import { listNodes, listSets, prepareCommand } from "./suite.ts";
import type { Tally } from "./tally.ts";
import { transforms } from "./transforms.ts";

const run = promisify(execFile);
const runner = join(root, ".build", "test", "spec", "run.js");

// Proposals that an older Node finished but did not switch on; a newer one no longer knows the flag.
const flags: Readonly<Record<string, string>> = {
  "proposals/extended-const": "--experimental-wasm-extended-const",
  "proposals/memory64": "--experimental-wasm-memory64",
};

async function tallies(node: string, sets: readonly string[]): Promise<readonly Tally[]> {
  const { stdout: known } = await run(node, ["--v8-options"], { maxBuffer: 1 << 24 });
  const flagOf = (set: string): string | undefined => {
    const flag = flags[set];
    return flag !== undefined && known.includes(`${flag} `) ? flag : undefined;
  };
  const plainSets = sets.filter((set) => flagOf(set) === undefined);
  const jobs = [
    { flag: [] as string[], group: plainSets },
    ...sets.flatMap((set) => {
      const flag = flagOf(set);
      return flag === undefined ? [] : [{ flag: [flag], group: [set] }];
    }),
  ];
  const results: Tally[] = [];
  for (const { flag, group } of jobs) {
    const wanted = ["--set", group.join(","), "--transform", [...transforms.keys()].join(",")];
    const { stdout } = await run(node, [...flag, runner, ...wanted], { maxBuffer: 1 << 26 });
    for (const line of stdout.trim().split("\n")) results.push(JSON.parse(line) as Tally);
  }
  return results;
}

function describe(tally: Tally): string {
  const skips = Object.entries(tally.skipped).map(([reason, count]) => `${count} ${reason}`);
  const skipped = skips.length === 0 ? "" : `; skipped: ${skips.join(", ")}`;
  const deviating = tally.deviating === 0 ? "" : `, ${tally.deviating} known deviations of V8`;
  return `${tally.set}: ${tally.passed} passed${deviating}${skipped}`;
}

const sets = listSets();
const options = sets.length === 0 ? missing(`run: ${prepareCommand}`) : {};
test("the specification's suite", { ...options, concurrency: true }, async (context) => {
  const nodes = listNodes().map((node) =>
    context.test(`on ${node === process.execPath ? "this" : "the newer"} Node`, async (on) => {
      const all = await tallies(node, sets);
      on.diagnostic(`Node ${all[0]?.node}`);
      for (const { name, needs } of transforms.values()) {
        const mine = all.filter(({ transform }) => transform === name);
        const lacks = needs !== undefined && mine.length === 0;
        const skipThis = lacks ? `this Node has no ${needs.what}` : false;
        await on.test(`goes as it should with modules: ${name}`, { skip: skipThis }, (inner) => {
          for (const tally of mine) inner.diagnostic(describe(tally));
          assert.equal(mine.length, sets.length);
          assert.deepEqual(
            mine.flatMap(({ failures }) => failures),
            [],
          );
          assert.notEqual(
            mine.reduce((sum, { passed }) => sum + passed, 0),
            0,
          );
        });
      }
    }),
  );
  await Promise.all(nodes);
});
