import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { functionFrames, hostProfiler } from "../../src/collect/index.ts";
import { instrumentForHost } from "../../src/instrument/index.ts";
import { decodeModule, readNames } from "../../src/wasm/index.ts";
import { programs } from "./programs.ts";
import type { Program } from "./programs.ts";
import { record } from "./recorder.ts";
import type { Recorder } from "./recorder.ts";
import { wasmToolsErrors, withoutWasmTools } from "./tool.ts";
import { wat } from "./wat.ts";

type Call = (...args: readonly number[]) => unknown;

/** Runs a program's calls and compares their results; `after` is told after each. */
function run(
  program: Program,
  bytes: Uint8Array<ArrayBuffer>,
  more: WebAssembly.Imports,
  after: () => void,
): void {
  const host = {
    twice: (value: number): number => value * 2,
    again: (value: number): void => void (instance.exports["f"] as Call)(value - 1),
  };
  const module = new WebAssembly.Module(bytes);
  const instance: WebAssembly.Instance = new WebAssembly.Instance(module, { host, ...more });
  after();
  for (const [name, args, result] of program.calls) {
    assert.deepEqual((instance.exports[name] as Call)(...args), result, `${name}(${args.join()})`);
    after();
  }
}

function namedStacks(original: Uint8Array, { stacks }: Recorder): string[] {
  const { functions } = readNames(decodeModule(original));
  return stacks.map((stack) =>
    stack
      .split(";")
      .map((index) => functions.get(Number(index)) ?? index)
      .join(";"),
  );
}

for (const program of programs)
  describe(program.name, () => {
    const original = wat(program.text);
    const { bytes, notes } = instrumentForHost(original);
    const instrumented = Uint8Array.from(bytes);

    it("is a valid module, also for a second tool", (t) => {
      assert.ok(WebAssembly.validate(instrumented));
      if (withoutWasmTools !== false) return t.skip(withoutWasmTools);
      assert.equal(wasmToolsErrors(bytes), "");
    });

    it("gives the same results and tells every start and end", () => {
      const before = record();
      run(program, original, before.imports, () => {});
      assert.deepEqual(before.stacks, [], "without the pass nothing is told");
      const host = record();
      run(program, instrumented, host.imports, () => {
        assert.deepEqual(host.open, [], "all that began has ended");
        assert.equal(host.extraEnds, 0);
      });
      assert.deepEqual(namedStacks(original, host), program.stacks);
    });

    it("keeps names on their functions and imports where they are", () => {
      const [was, is] = [decodeModule(original), decodeModule(bytes)];
      const added = was.importedFunctions;
      const names = readNames(is).functions;
      for (const [index, name] of readNames(was).functions) {
        assert.equal(names.get(index < added ? index : index + 2), name);
      }
      assert.equal(names.get(added), "wasmscope.perf_start");
      assert.equal(names.get(added + 1), "wasmscope.perf_end");
      assert.deepEqual(is.imports.slice(0, was.imports.length), was.imports);
      assert.equal(is.imports.length, was.imports.length + 2);
    });

    it("is noted when host functions may throw through it", () => {
      assert.equal(notes.length, program.text.includes(`import "host"`) ? 1 : 0);
    });
  });

describe("an end before each return and before the final end, written by hand", () => {
  // The obvious design: a branch to the function's label slips past the end.
  const byHand = wat(`(module
    (import "wasmscope" "perf_start" (func $start (param i32)))
    (import "wasmscope" "perf_end" (func $end))
    (func $f (export "f") (param i32)
      (call $start (i32.const 0))
      (br_if 0 (local.get 0))
      (call $end)))`);

  it("is unbalanced by a branch, which the recorder shows", () => {
    const host = record();
    const instance = new WebAssembly.Instance(new WebAssembly.Module(byHand), host.imports);
    (instance.exports["f"] as Call)(0);
    assert.deepEqual(host.open, []);
    (instance.exports["f"] as Call)(1);
    assert.deepEqual(host.open, [0]);
  });
});

describe("a trap", () => {
  const trapping = wat(`(module
    (func $deep (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (unreachable)))
      (call $deep (i32.sub (local.get 0) (i32.const 1))))
    (func $f (export "f") (param i32) (result i32) (call $deep (local.get 0)))
    (func $endless (export "endless") (call $endless)))`);
  const bytes = Uint8Array.from(instrumentForHost(trapping).bytes);
  const frameOf = functionFrames(decodeModule(trapping));

  it("tells no ends; the guard ends what the trap ended, and the tree goes on from the host", () => {
    const profiler = hostProfiler({ clock: () => 0 });
    const module = new WebAssembly.Module(bytes);
    const { exports } = new WebAssembly.Instance(module, profiler.imports);
    const f = profiler.guard(exports["f"] as Call);
    for (const [depth, cut] of [
      [0, 2],
      [3, 7],
    ] as const) {
      assert.throws(() => f(depth), WebAssembly.RuntimeError);
      const { parents, notes } = profiler.profile({ name: "", sha256: "" }, frameOf);
      // Without the guard the second call would stand below the first.
      assert.equal(parents.filter((parent) => parent < 0).length, 1);
      assert.deepEqual(notes, [`${cut} calls were ended by an exception or a trap.`]);
    }
  });

  it("by too deep recursion is survived, too, with a pool that is too small for it", () => {
    const profiler = hostProfiler({ clock: () => 0, poolSize: 100 });
    const module = new WebAssembly.Module(bytes);
    const { exports } = new WebAssembly.Instance(module, profiler.imports);
    assert.throws(() => profiler.guard(exports["endless"] as Call)(), RangeError);
    const { selfValues, notes } = profiler.profile({ name: "", sha256: "" }, frameOf);
    assert.equal(selfValues[0]!.length, 100);
    assert.match(notes.join("\n"), /pool of 100 nodes was full: \d+ calls are missing/);
    assert.match(notes.join("\n"), /calls were ended by an exception or a trap/);
    assert.doesNotMatch(notes.join("\n"), /had not ended/);
  });
});
