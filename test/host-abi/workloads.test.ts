import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readOwnWorkloads } from "../../scripts/bench-workloads.ts";
import { functionFrames, hostProfiler, readWords } from "../../src/collect/index.ts";
import { instrument, instrumentForHost, readCounts } from "../../src/instrument/index.ts";
import { functionTotals } from "../../src/profile/index.ts";
import { decodeModule } from "../../src/wasm/index.ts";
import { root } from "../root.ts";
import { record } from "./recorder.ts";
import { wasmToolsErrors, withoutWasmTools } from "./tool.ts";
import { runWasi } from "./wasi-guest.ts";

for (const { name, file, args } of readOwnWorkloads(true))
  describe(name, () => {
    const original = new Uint8Array(readFileSync(file));
    const plain = runWasi(original, args);
    assert.equal(plain.exitCode, 0);
    const { bytes, notes } = instrumentForHost(original);

    it("is a valid module for a second tool, too", { skip: withoutWasmTools }, () => {
      assert.equal(wasmToolsErrors(bytes), "");
    });

    it("prints the same and reports each function as often as it is counted", () => {
      const host = record();
      const { exitCode, stdout } = runWasi(bytes, args, host);
      assert.deepEqual([exitCode, stdout], [plain.exitCode, plain.stdout]);
      assert.deepEqual([host.open, host.extraEnds, notes], [[], 0, []]);
      const counted = runWasi(instrument(original, { mode: "calls" }).bytes, args);
      const { functions } = readCounts(original, "calls", readWords(counted.exports));
      const calls = functions.filter((entry) => entry.calls !== 0);
      assert.ok(calls.length > 5);
      assert.deepEqual(
        new Map([...host.starts].toSorted(([left], [right]) => left - right)),
        new Map(calls.map((entry) => [entry.funcIndex, entry.calls])),
      );
    });

    it("makes a profile with the same calls", () => {
      const profiler = hostProfiler();
      runWasi(bytes, args, profiler);
      const profile = profiler.profile(
        { name, sha256: "" },
        functionFrames(decodeModule(original)),
      );
      const host = record();
      runWasi(bytes, args, host);
      assert.deepEqual(profile.notes, []);
      const totals = functionTotals(profile).map(
        ({ frame, self }) => [frame.funcIndex!, self[0]!] as const,
      );
      assert.deepEqual(new Map(totals), host.starts);
    });
  });

it("a program that leaves through proc_exit leaves calls open, until the reset", () => {
  const original = new Uint8Array(readFileSync(join(root, "examples/wordcount/wordcount.wasm")));
  const { bytes } = instrumentForHost(original);
  const profiler = hostProfiler();
  assert.equal(runWasi(bytes, [], profiler).exitCode, 2);
  const frameOf = functionFrames(decodeModule(original));
  const { notes } = profiler.profile({ name: "wordcount", sha256: "" }, frameOf);
  assert.match(notes.join(), /calls had not ended/);
  profiler.reset();
  assert.match(
    profiler.profile({ name: "wordcount", sha256: "" }, frameOf).notes.join(),
    /were ended by an exception or a trap/,
  );
});
