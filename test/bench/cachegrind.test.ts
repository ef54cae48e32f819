import assert from "node:assert/strict";
import { test } from "node:test";
import { hasValgrind } from "../../src/bench/index.ts";
import { eventsOf } from "../../src/bench/cachegrind.ts";
import { missing } from "../skip.ts";
import { armsOf, bench, workload } from "./fakes.ts";

const valgrind = hasValgrind() ? {} : missing("no valgrind: apt-get install valgrind");
/** An interpreter without threads: what a compiler does beside the run is not the same each time. */
const [arm] = await armsOf("wasm3");
const needs = arm === undefined ? missing("no wasm3: wasmscope runtimes install wasm3") : valgrind;

test("the sums of cachegrind's file are read by their names", () => {
  const text = "desc: x\nevents: Ir I1mr Dr\nfn=x\n1 2 3\nsummary: 10 20 30\n";
  assert.deepEqual(
    eventsOf(text),
    new Map([
      ["Ir", 10],
      ["I1mr", 20],
      ["Dr", 30],
    ]),
  );
  for (const broken of ["", "events: Ir Dr\n", "events: Ir Dr\nsummary: 1\n"])
    assert.equal(eventsOf(broken), undefined);
});

test("what running costs grows with the work, and start-up is not in it", needs, async () => {
  const counted = async (n: string): Promise<Map<string, number>> => {
    const { stdoutSha256: _, ...task } = { ...workload("fib"), args: [n] };
    const run = await bench({
      arms: [arm!],
      tasks: [task],
      levels: ["cold"],
      counts: "cachegrind",
      repetitions: 1,
    });
    assert.deepEqual(run.failures, []);
    const own = run.records.filter(({ by }) => by === "cachegrind");
    return new Map(own.map(({ metric, value }) => [metric, value]));
  };
  const [small, large] = [await counted("15"), await counted("20")];
  const of = (counts: Map<string, number>, name: string): number => counts.get(name) ?? NaN;
  const run = "run-machine-instructions";
  assert.equal(small.size, 6);
  assert.ok(of(small, run) > 0 && of(small, run) < of(small, "machine-instructions"));
  // fib(20) has 11 times as many calls as fib(15); what both do once is small beside it.
  const growth = of(large, run) - of(small, run);
  const whole = of(large, "machine-instructions") - of(small, "machine-instructions");
  assert.ok(Math.abs(growth / whole - 1) < 0.05, `${growth} against ${whole}`);
});
