import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Profile } from "../../src/profile/index.ts";
import {
  formatOf,
  formats,
  functionTotals,
  mergeProfiles,
  ProfileError,
  readProfile,
  tableOf,
  totalValues,
  treeProfile,
} from "../../src/profile/index.ts";
import { wideTree } from "./realistic.ts";
import { head } from "./samples.ts";

/** In CPU time, which a busy machine stretches less; the reference takes a tenth of it. */
const LIMIT_MS = 30_000;

function timed<T>(work: () => T): { result: T; ms: number } {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  return { result, ms: (user + system) / 1000 };
}

/** A chain of calls a million deep; only its end has a value unless all have. */
function chain(depth: number, all: boolean): Profile {
  const nodes = new Int32Array(depth);
  return treeProfile(head(), {
    frames: [{ name: "down", funcIndex: 0 }],
    parents: nodes.map((_, node) => node - 1),
    nodeFrames: nodes,
    selfValues: [nodes, nodes.map((_, node) => Number(all || node === depth - 1))],
  });
}

describe("a million nodes", () => {
  const profile = wideTree(1_020_000);
  const sum = totalValues(profile)[1]!;

  it("are a million", () => assert.ok(profile.parents.length >= 1_000_000));

  for (const format of formats) {
    it(`are written as ${format.name}, and read`, (test) => {
      const { result: bytes, ms } = timed(() => format.write(profile));
      test.diagnostic(
        `${format.name}: ${(bytes.length / 2 ** 20).toFixed(1)} MiB, written in ${ms.toFixed(0)} ms`,
      );
      assert.ok(ms < LIMIT_MS);
      if (format.name === "svg") assert.ok(bytes.length < 4 * 2 ** 20);
      if (!format.read) return;
      const read = timed(() => readProfile(bytes));
      test.diagnostic(`${format.name}: read in ${read.ms.toFixed(0)} ms`);
      const found = read.result!;
      assert.equal(found.format.name, format.name);
      assert.equal(totalValues(found.profile)[found.profile.primary], sum);
      assert.ok(read.ms < LIMIT_MS);
    });
  }

  it("are added up and merged", () => {
    const { result, ms } = timed(() => [functionTotals(profile), tableOf(profile)]);
    assert.ok(result.length === 2 && ms < LIMIT_MS);
    const twice = mergeProfiles(profile, profile);
    assert.equal(twice.parents.length, profile.parents.length);
    assert.equal(totalValues(twice)[1], 2 * sum);
  });
});

describe("a stack a million deep", () => {
  const profile = chain(1_000_000, false);
  for (const format of formats) {
    it(`is written as ${format.name}, and read`, () => {
      const bytes = format.write(profile);
      if (!format.read) return;
      const found = readProfile(bytes);
      assert.equal(found?.format.name, format.name);
      assert.equal(found.profile.parents.length, profile.parents.length);
      assert.equal(totalValues(found.profile)[found.profile.primary], 1);
    });
  }

  it("is refused with a reason where spelling it out would fill the disk", () => {
    const deep = chain(300_000, true);
    for (const name of ["x.folded", "x.speedscope.json", "x.pprof"]) {
      assert.throws(
        () => formatOf(name)!.write(deep),
        (error) =>
          error instanceof ProfileError && /too deep .* use json or svg/.test(error.message),
      );
    }
    for (const name of ["x.json", "x.svg"]) assert.ok(formatOf(name)!.write(deep).length > 1000);
    const [total] = functionTotals(deep);
    assert.deepEqual([total!.self[1], total!.total[1]], [300_000, 300_000]);
  });
});
