import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Profile } from "../../src/profile/index.ts";
import {
  formatOf,
  functionTotals,
  hasStacks,
  ProfileError,
  readProfile,
} from "../../src/profile/index.ts";
import { root } from "../root.ts";
import { missing } from "../skip.ts";
import { samples } from "./samples.ts";
import { trees } from "./trees.ts";

const json = formatOf("x.json")!;
const schemaFile = join(root, "docs/profile.schema.json");
const validation = await import("@cfworker/json-schema").catch(() => undefined);

function parse(profile: Profile): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(json.write(profile)));
}

function checkLossless(profile: Profile): void {
  const read = readProfile(json.write(profile))!.profile;
  // The order of flat rows says nothing, so the file has them sorted; all else is the very same.
  if (parse(profile)["tree"] !== undefined) assert.deepEqual(read, profile);
  else {
    const { frames, parents, nodeFrames, selfValues } = read;
    assert.deepEqual(read, { ...profile, frames, parents, nodeFrames, selfValues });
    assert.deepEqual(parents, profile.parents);
    assert.deepEqual(sortedRows(read), sortedRows(profile));
  }
  assert.deepEqual(json.write(read), json.write(profile));
}

describe("json", () => {
  it("says in plain words what a flat profile holds", () => {
    assert.deepEqual(parse(samples["flat instructions"]!), {
      format: "wasmscope-profile",
      version: 1,
      module: { name: "app.wasm", sha256: "0f".repeat(32) },
      mode: "insns",
      unit: "insns",
      valueTypes: [
        { key: "calls", name: "calls", unit: "count" },
        { key: "insns", name: "instructions", unit: "count" },
      ],
      totals: { calls: 18, insns: 123636 },
      functions: [
        { index: 3, name: "sieve", file: "src/main.c", line: 4, calls: 10, selfInsns: 123456 },
        { index: 2, name: "main", file: "src/main.c", line: 12, calls: 1, selfInsns: 80 },
        { index: 4, name: "same", calls: 3, selfInsns: 50 },
        { index: 5, name: "same", calls: 4, selfInsns: 50 },
      ],
      notes: [],
    });
  });

  it("has inclusive totals and the tree where there are stacks", () => {
    const { functions, tree } = parse(samples["recursion"]!);
    assert.deepEqual(functions, [
      { index: 1, name: "f", calls: 3, selfInsns: 15, totalInsns: 23 },
      { index: 2, name: "g", calls: 2, selfInsns: 8, totalInsns: 13 },
      { index: 0, name: "main", calls: 1, selfInsns: 1, totalInsns: 24 },
    ]);
    assert.deepEqual(tree, {
      frames: [
        { index: 0, name: "main" },
        { index: 1, name: "f" },
        { index: 2, name: "g" },
      ],
      parents: [-1, 0, 1, 2, 3],
      nodeFrames: [0, 1, 1, 2, 1],
      calls: [1, 1, 1, 2, 1],
      selfInsns: [1, 5, 5, 8, 5],
    });
  });

  it("loses nothing", () => {
    for (const profile of Object.values(samples)) checkLossless(profile);
    fc.assert(fc.property(trees, checkLossless), { numRuns: 300 });
  });

  it("leaves out inclusive totals of a profile without stacks", () => {
    for (const profile of Object.values(samples)) {
      const text = JSON.stringify(parse(profile)["functions"]);
      assert.equal(
        text.includes('"total'),
        hasStacks(profile) && functionTotals(profile).length > 0,
      );
    }
  });

  it("names the place where a file is broken", () => {
    const broken: [change: Record<string, unknown>, message: RegExp][] = [
      [{ version: 2 }, /version: expected 1, found 2/],
      [{ mode: "magic" }, /profile\.mode: expected calls or .*, found "magic"/],
      [{ unit: "seconds" }, /profile\.unit: expected calls or insns/],
      [{ notes: [1] }, /profile\.notes\[0\]: expected a string, found 1/],
      [{ module: {} }, /profile\.module\.name: expected a string, found nothing/],
      [{ functions: [{ name: "f" }] }, /functions\[0\]\.calls: expected a number, found nothing/],
      [{ tree: { parents: [0] } }, /tree\.frames|tree\.nodeFrames/],
      [
        { tree: { frames: [], parents: [0], nodeFrames: [0], calls: [1], selfInsns: [1] } },
        /node 0 stands before its parent 0/,
      ],
      [
        { tree: { frames: [], parents: [-1], nodeFrames: [0], calls: [], selfInsns: [1] } },
        /calls: 0 values for 1 nodes/,
      ],
    ];
    for (const [change, message] of broken) {
      const file = { ...parse(samples["flat instructions"]!), ...change };
      const bytes = new TextEncoder().encode(JSON.stringify(file));
      assert.throws(
        () => json.read!(bytes),
        (error) => error instanceof ProfileError && message.test(error.message),
      );
    }
  });
});

function sortedRows(profile: Profile): string[] {
  return Array.from(profile.nodeFrames, (frame, node) =>
    JSON.stringify([profile.frames[frame], profile.selfValues.map((column) => column[node])]),
  ).toSorted();
}

const options = validation
  ? {}
  : missing("no validator: npm install --save-dev @cfworker/json-schema");

describe("docs/profile.schema.json", options, () => {
  const schema = JSON.parse(readFileSync(schemaFile, "utf8"));
  const errorsIn = (file: unknown): unknown[] =>
    new validation!.Validator(schema, "2020-12", false).validate(file).errors;

  it("accepts every sample", () => {
    for (const [name, profile] of Object.entries(samples)) {
      assert.deepEqual(errorsIn(parse(profile)), [], name);
    }
  });

  it("accepts random trees", () => {
    fc.assert(
      fc.property(trees, (profile) => assert.deepEqual(errorsIn(parse(profile)), [])),
      { numRuns: 50 },
    );
  });

  it("rejects what is missing, unknown or of another type", () => {
    const file = parse(samples["recursion"]!);
    for (const key of Object.keys(file).filter((known) => known !== "tree")) {
      assert.notDeepEqual(errorsIn({ ...file, [key]: null }), [], `${key} of another type`);
      const { [key]: _, ...rest } = file;
      assert.notDeepEqual(errorsIn(rest), [], `${key} missing`);
    }
    assert.notDeepEqual(errorsIn({ ...file, extra: 1 }), []);
    assert.notDeepEqual(errorsIn({ ...file, tree: { frames: [] } }), []);
  });
});
