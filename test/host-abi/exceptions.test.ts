import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { instrumentForHost } from "../../src/instrument/index.ts";
import { record } from "./recorder.ts";
import { wasmToolsErrors, withoutWasmTools } from "./tool.ts";
import { wat } from "./wat.ts";

type Call = (...args: readonly number[]) => unknown;

// Throws at the depth that is asked for, through functions with results and tail calls, and catches it.
const common = `
  (import "host" "fail" (func $fail))
  (tag $e (param i32))
  (func $deep (param i32) (result i32 i32)
    (if (i32.eqz (local.get 0)) (then (throw $e (i32.const 5))))
    (if (i32.eq (local.get 0) (i32.const 100)) (then (call $fail)))
    (if (i32.eq (local.get 0) (i32.const 200)) (then (return (i32.const 1) (i32.const 2))))
    (if (i32.eq (local.get 0) (i32.const 300)) (then (return_call $deep (i32.const 0))))
    (call $deep (i32.sub (local.get 0) (i32.const 1))))
  (func $calm (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $fresh (param i32) (result i32) (i32.add (call $deep (local.get 0))) (call $calm))
  (func (export "uncaught") (param i32) (result i32) (call $fresh (local.get 0)))`;
const legacy = wat(`(module ${common}
  (func $f (export "caught") (param i32) (result i32)
    (try (result i32)
      (do (call $fresh (local.get 0)))
      (catch $e (call $calm))
      (catch_all (call $calm (i32.const 99)))))
  (func $g (export "delegated") (param i32) (result i32)
    (try (result i32)
      (do (call $outside (local.get 0)))
      (catch $e)))
  (func $outside (param i32) (result i32)
    (try (result i32) (do (call $fresh (local.get 0))) (delegate 0)))
  (func $h (export "rethrown") (param i32) (result i32)
    (try (result i32)
      (do (try (result i32) (do (call $fresh (local.get 0))) (catch_all (rethrow 0))))
      (catch $e))))`);
const exnref = wat(`(module ${common}
  (func $f (export "caught") (param i32) (result i32)
    (block $none
      (return (call $calm
        (block $e (result i32)
          (return (try_table (result i32) (catch $e $e) (catch_all $none) (call $fresh (local.get 0))))))))
    (call $calm (i32.const 99)))
  (func $g (export "delegated") (param i32) (result i32)
    (try_table (result i32) (catch $e 0) (call $fresh (local.get 0))))
  (func $h (export "rethrown") (param i32) (result i32)
    (block $e (result i32)
      (return (try_table (result i32) (catch $e $e)
        (block $all (result exnref)
          (return (try_table (result i32) (catch_all_ref $all) (call $fresh (local.get 0)))))
        (throw_ref))))))`);

const cases = [
  { name: "legacy exceptions", bytes: legacy },
  { name: "exceptions by reference", bytes: exnref },
];

for (const { name, bytes: original } of cases)
  describe(name, () => {
    const { bytes, notes } = instrumentForHost(original);
    const instrumented = Uint8Array.from(bytes);
    const unknown = WebAssembly.validate(original)
      ? false
      : `Node ${process.version} refuses them; run: npx node@24 scripts/test.mjs host-abi/exceptions`;

    it("gives a valid module", (t) => {
      assert.deepEqual(notes, []);
      if (withoutWasmTools !== false) return t.skip(withoutWasmTools);
      assert.equal(wasmToolsErrors(original), "");
      assert.equal(wasmToolsErrors(bytes), "");
    });

    const runs = [
      // What is thrown from three calls deep, and what a host function throws.
      { export: "caught", args: [3], result: 6, starts: 1 + 1 + 4 + 1 },
      { export: "caught", args: [101], result: 100, starts: 1 + 1 + 2 + 1 },
      { export: "caught", args: [201], result: 4, starts: 1 + 1 + 2 + 1 },
      { export: "caught", args: [301], result: 6, starts: 1 + 1 + 3 + 1 },
      { export: "rethrown", args: [1], result: 5, starts: 1 + 1 + 2 },
    ];
    for (const { export: called, args, result, starts } of runs)
      it(`${called}(${args.join()}) leaves nothing open`, { skip: unknown }, () => {
        const { call, recorder } = instantiate(instrumented);
        assert.equal(instantiate(original).call(called, args), result);
        assert.equal(call(called, args), result);
        const total = [...recorder.starts.values()].reduce((sum, count) => sum + count, 0);
        assert.equal(total, starts);
        assert.deepEqual([recorder.open, recorder.extraEnds], [[], 0]);
      });

    it("delegates to the caller's handler", { skip: unknown }, () => {
      const { call, recorder } = instantiate(instrumented);
      assert.equal(call("delegated", [2]), 5);
      assert.deepEqual([recorder.open, recorder.extraEnds], [[], 0]);
    });

    it("lets exceptions out to the host as they were thrown", { skip: unknown }, () => {
      const { call, recorder } = instantiate(instrumented);
      assert.throws(() => call("uncaught", [100]), /the host's own/);
      assert.throws(() => call("uncaught", [0]), WebAssembly.Exception);
      assert.deepEqual([recorder.open, recorder.extraEnds], [[], 0]);
    });
  });

describe("a module that throws and catches nothing", () => {
  const original = wat(`(module (tag $e) (func $f (export "f") (throw $e)))`);

  it("is not wrapped: its engine may know the other encoding only; a note says so", () => {
    const { bytes, notes } = instrumentForHost(original);
    assert.match(notes.join(), /call no perf_end; the host must end them/);
    const { call, recorder } = instantiate(Uint8Array.from(bytes));
    assert.throws(() => call("f", []), WebAssembly.Exception);
    assert.deepEqual(recorder.open, [0]);
  });
});

function instantiate(bytes: Uint8Array<ArrayBuffer>): {
  call: (name: string, args: readonly number[]) => unknown;
  recorder: ReturnType<typeof record>;
} {
  const recorder = record();
  const fail = (): never => {
    throw new Error("the host's own");
  };
  const imports = { host: { fail }, ...recorder.imports };
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
  return { call: (name, args) => (instance.exports[name] as Call)(...args), recorder };
}
