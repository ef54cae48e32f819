import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSelector, probeFeatures, runtimes } from "../../src/runtimes/index.ts";
import { missing } from "../skip.ts";

/** What is known of engines by their release notes: proposals that must, and that must not, be found. */
const truths: readonly (readonly [engine: string, has: string, lacks: string])[] = [
  [
    "wasmtime@50",
    "simd relaxed-simd tail-calls multi-memory memory64 exceptions gc function-references extended-const",
    "legacy-exceptions custom-page-sizes",
  ],
  ["wasmtime@0.28", "multi-value bulk-memory simd", "tail-calls multi-memory memory64 gc threads"],
  ["wasmtime@50:winch", "multi-value bulk-memory", "tail-calls gc"],
  ["wazero", "sign-extension multi-value bulk-memory simd", "gc memory64 multi-memory exceptions"],
  ["wasm3", "sign-extension saturating-float-to-int", "simd gc threads custom-page-sizes"],
  ["wasmi", "multi-memory tail-calls extended-const", "gc threads exceptions legacy-exceptions"],
  ["deno", "simd tail-calls gc exceptions legacy-exceptions threads", "custom-page-sizes"],
];

for (const [name, has, lacks] of truths) {
  const { runtime, version, tier } = parseSelector(name, runtimes);
  const found = await runtime.find(version);
  test(`finds of ${name} what is known`, found.found ? {} : missing(found.mend), async () => {
    assert.ok(found.found);
    const { proposals, wasi, without } = await probeFeatures(runtime, found, tier);
    for (const feature of has.split(" ")) {
      assert.ok(proposals.includes(feature), `${feature}: ${without[feature]}`);
    }
    for (const feature of lacks.split(" ")) assert.ok(without[feature], `it has ${feature}`);
    assert.ok(wasi.length >= 37, JSON.stringify(without));
  });
}
