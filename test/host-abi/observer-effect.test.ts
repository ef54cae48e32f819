import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { functionFrames, hostProfiler, readWords } from "../../src/collect/index.ts";
import { hostAbi, instrument, instrumentForHost } from "../../src/instrument/index.ts";
import { functionTotals } from "../../src/profile/index.ts";
import { decodeModule } from "../../src/wasm/index.ts";
import { root } from "../root.ts";
import { hashMapProfiler } from "../../src/collect/host-abi/hash-map-profiler.ts";
import { runWasi } from "./wasi-guest.ts";

const original = new Uint8Array(readFileSync(join(root, "workloads/complex-simple.wasm")));
const frameOf = functionFrames(decodeModule(original));
const functionCount = decodeModule(original).functions.length;
const rounds = 10;

// Time is simulated: the instructions that the program has executed, which the module counts itself, and what the
// profiler did. Both are exact, so that the figures are the same on every machine and in every run.
const bytes = instrumentForHost(instrument(original, { mode: "insns" }).bytes, {
  functions: (index) => index < functionCount,
}).bytes;

/** A profiler under a simulated clock: `spend` charges it for its elementary operations. */
type Profiler = (
  now: () => number,
  spend: (operations: number) => void,
) => { imports: WebAssembly.Imports; selfTime: (name: string) => number };

/** Handles characters, and says itself how many. */
const hashMap: Profiler = (now, spend) => {
  const { imports, selfTimes } = hashMapProfiler(now, (index) => frameOf(index).name, spend);
  const selfTime = (name: string): number =>
    [...selfTimes()]
      .filter(([stack]) => stack === name || stack.endsWith(`;${name}`))
      .reduce((sum, [, time]) => sum + time, 0);
  return { imports, selfTime };
};

/** Touches so many elements of its arrays in one hook, however deep the stack is. */
const tree =
  (operations: number): Profiler =>
  (now, spend) => {
    // The profile is in whole nanoseconds: a million of them an instruction keeps the fractions.
    const scale = 1e6;
    const profiler = hostProfiler({ clock: () => now() * scale });
    const { perf_start: start, perf_end: end } = profiler.imports[hostAbi.importModule]!;
    // All is charged where it harms most, inside of the measured call, though most of it is done outside.
    const imports = {
      [hostAbi.importModule]: {
        [hostAbi.start](funcIndex: number): void {
          start(funcIndex);
          spend(operations);
        },
        [hostAbi.end](): void {
          spend(operations);
          end();
        },
      },
    };
    const selfTime = (name: string): number =>
      functionTotals(profiler.profile({ name: "", sha256: "" }, frameOf)).find(
        ({ frame }) => frame.name === name,
      )!.self[1]! / scale;
    return { imports, selfTime };
  };

/** Runs the program; gives the instructions, executed or spent, that a round seems to take in each function. */
function measure(
  profiler: Profiler,
  instructionsAnOperation: number,
): { complex: number; simple: number } {
  let spent = 0;
  let executed = (): number => 0;
  const { imports, selfTime } = profiler(
    () => executed() + spent,
    (operations) => void (spent += operations * instructionsAnOperation),
  );
  const { stdout } = runWasi(bytes, [String(rounds)], {
    imports,
    onInstance: (exports) => {
      executed = () => readWords(exports).reduce((sum, count) => sum + count, 0);
    },
  });
  assert.match(stdout, /^complex-simple rounds=10 /);
  return { complex: selfTime("complex") / rounds, simple: selfTime("simple") / rounds };
}

const truth = measure(tree(0), 0);
/** One round of the program, `complex` and `simple` together, takes 100 ticks. */
const tick = (truth.complex + truth.simple) / 100;
/**
 * What a character or an array's element costs the profiler. The one free figure: it is chosen so that the hash map
 * shows what is told of it, 80 : 20 as 100 : 40, and holds for both.
 */
const ticksAnOperation = 0.05;
/** More elements of arrays than either of the tree's hooks touches. */
const operationsOfTree = 12;

function inTicks(profiler: Profiler): { complex: number; simple: number } {
  const { complex, simple } = measure(profiler, ticksAnOperation * tick);
  return { complex: complex / tick, simple: simple / tick };
}

it("the program's work stands 80 : 20, and both profilers see it when they cost nothing", () => {
  for (const free of [truth, measure(hashMap, 0)]) {
    assert.ok(Math.abs(free.complex / tick - 80) < 0.1, JSON.stringify(free));
    assert.ok(Math.abs(free.simple / tick - 20) < 0.1, JSON.stringify(free));
  }
});

it("the hash map of stacks sees 100 : 40, for its own work lies in what it measures", () => {
  const { complex, simple } = inTicks(hashMap);
  assert.ok(Math.abs(complex - 100) < 3 && Math.abs(simple - 40) < 3, `${complex} : ${simple}`);
});

it("the tree sees 80 : 20 within 2 points at the same cost of an operation", () => {
  const { complex, simple } = inTicks(tree(operationsOfTree));
  assert.ok(Math.abs(complex - 80) < 2 && Math.abs(simple - 20) < 2, `${complex} : ${simple}`);
});
