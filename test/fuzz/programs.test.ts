import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compare } from "../oracle/compare.ts";
import type { Host } from "../oracle/host.ts";
import { wat } from "../oracle/wat.ts";
import { generateModule, thrownFor } from "./generate.ts";
import { fuzzMs, fuzzSeed } from "./time.ts";

/** Calls every export several times; the host throws, calls back and answers by its argument. */
function run(host: Host): void {
  const fuel = host.instance.exports["fuel"] as WebAssembly.Global;
  for (const [nth, name] of ["f0", "f1", "f2", "f0"].entries()) {
    fuel.value = 150;
    host.call(name, nth);
  }
}

function imports(host: Host): WebAssembly.Imports {
  let calls = 0;
  return {
    host: {
      call(value: number): number {
        calls++;
        if ((value & 7) === thrownFor) throw new Error("from the host");
        if ((value & 3) === 1)
          return Number(host.call("f1", value + 1)) + Number(host.call("f2", 2));
        return value + calls;
      },
    },
  };
}

test("counts generated programs as the naive count does, in every mode", () => {
  let ran = 0;
  let instructions = 0;
  fc.assert(
    fc.property(fc.array(fc.nat(999), { maxLength: 600, size: "max" }), (choices) => {
      const naive = compare({ bytes: wat(generateModule(choices)), imports, run });
      ran++;
      for (const count of naive.instructions.values()) instructions += count;
    }),
    { seed: fuzzSeed(), numRuns: 1_000_000, interruptAfterTimeLimit: fuzzMs(7000) },
  );
  assert.ok(ran > 10);
  assert.ok(instructions > 100 * ran, "the programs did little");
});
