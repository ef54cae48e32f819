import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { readOwnWorkloads } from "../../scripts/bench-workloads.ts";
import { readWords } from "../../src/collect/index.ts";
import { TimeProfiler } from "../../src/collect/time/profiler.ts";
import { instrument, instrumentForTime, readCounts } from "../../src/instrument/index.ts";
import type { TimeOptions } from "../../src/instrument/index.ts";
import { decodeModule } from "../../src/wasm/index.ts";
import { wasmToolsErrors, withoutWasmTools } from "../host-abi/tool.ts";
import { runWasi } from "../host-abi/wasi-guest.ts";

const ways: Record<string, TimeOptions & { readonly eventNs: number }> = {
  "as chosen, by a switch": { eventNs: 20 },
  "every call": { eventNs: 0, choose: () => "switched" },
};

for (const { name, file, args } of readOwnWorkloads(true)) {
  describe(name, () => {
    const original = new Uint8Array(readFileSync(file));
    const plain = runWasi(original, args);
    const counting = runWasi(instrument(original, { mode: "calls" }).bytes, args);
    const counted = readCounts(original, "calls", readWords(counting.exports)).functions;

    for (const [way, { eventNs, ...options }] of Object.entries(ways)) {
      const { bytes, switched } = instrumentForTime(original, options);

      it(`is a valid module, timed: ${way}`, { skip: withoutWasmTools }, () => {
        assert.equal(wasmToolsErrors(bytes), "");
      });

      it(`prints the same, and counts as mode calls does, timed: ${way}`, () => {
        const { functions, importedFunctions } = decodeModule(original);
        let now = 0;
        const clock = (): number => (now += 10);
        const profiler = new TimeProfiler({
          functions: functions.length,
          switched,
          clock,
          eventNs,
          share: 0.5,
        });
        const { exitCode, stdout, exports } = runWasi(bytes, args, { imports: profiler.imports });
        assert.deepEqual([exitCode, stdout], [plain.exitCode, plain.stdout]);
        assert.equal(profiler.core.depth, 0);
        const words = profiler.calls(readWords(exports)).subarray(importedFunctions);
        assert.deepEqual(readCounts(original, "calls", words).functions, counted);
      });
    }
  });
}
