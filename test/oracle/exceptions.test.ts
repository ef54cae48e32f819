import { test } from "node:test";
import { compare } from "./compare.ts";
import type { Program } from "./host.ts";
import { wat } from "./wat.ts";

/** A host whose functions throw what the guest can catch. */
const throwing = (): WebAssembly.Imports => ({
  host: {
    throw: () => {
      throw new Error("from the host");
    },
    maybe: (flag: number) => {
      if (flag !== 0) throw new Error("from the host");
      return 5;
    },
  },
});
const hostThrows = `(import "host" "throw" (func $throw)) (import "host" "maybe" (func $maybe (param i32) (result i32)))`;

const programs: Record<string, Omit<Program, "bytes"> & { text: string }> = {
  "thrown and caught in one body": {
    text: `(tag $e (param i32))
      (func (export "run") (result i32)
        (try (result i32) (do (nop) (throw $e (i32.const 3)) (nop)) (catch $e (nop) (i32.const 1) (i32.add))))`,
  },
  "a body that throws nothing": {
    text: `(tag $e) (func $quiet) (func (export "run") (result i32)
        (try (do (call $quiet) (nop)) (catch $e (nop) (nop)) (catch_all (nop))) (i32.const 1))`,
  },
  "thrown through several frames, caught by tag, by all, in loops": {
    text: `(tag $a (param i32)) (tag $b)
      (func $deep (param i32)
        (if (i32.eqz (local.get 0)) (then (throw $a (i32.const 9))))
        (if (i32.eq (local.get 0) (i32.const 100)) (then (throw $b)))
        (call $deep (i32.sub (local.get 0) (i32.const 1))) (nop) (nop))
      (func $catcher (param i32) (result i32)
        (try (result i32)
          (do (nop) (call $deep (local.get 0)) (nop) (i32.const 0))
          (catch $a (nop))
          (catch_all (nop) (nop) (i32.const 2))))
      (func (export "run") (result i32) (local i32 i32)
        (loop
          (local.set 1 (i32.add (local.get 1) (call $catcher (i32.rem_u (local.get 0) (i32.const 7)))))
          (local.set 1 (i32.add (local.get 1) (call $catcher (i32.add (i32.const 99) (i32.rem_u (local.get 0) (i32.const 3))))))
          (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 20))))
        (local.get 1))`,
  },
  rethrown: {
    text: `(tag $e (param i32))
      (func $thrower (param i32) (throw $e (local.get 0)))
      (func $again (param i32)
        (try (do (call $thrower (local.get 0)) (nop))
          (catch $e (drop) (nop) (if (local.get 0) (then (rethrow 1))) (nop))
          (catch_all (rethrow 0))))
      (func (export "run") (result i32)
        (call $again (i32.const 0))
        (try (result i32) (do (call $again (i32.const 4)) (i32.const 1)) (catch $e (nop) (i32.const 10) (i32.add))))`,
  },
  "nested: rethrown from an inner handler, thrown from a handler": {
    text: `(tag $a) (tag $b)
      (func (export "run") (result i32) (local i32)
        (try
          (do
            (try
              (do (throw $a))
              (catch $a
                (local.set 0 (i32.const 1))
                (try (do (throw $b)) (catch $b (nop) (local.set 0 (i32.add (local.get 0) (i32.const 2))) (rethrow 1))))))
          (catch $b (unreachable))
          (catch $a (local.set 0 (i32.add (local.get 0) (i32.const 4)))))
        (try (do (try (do (throw $a)) (catch_all (throw $b))))
          (catch $b (local.set 0 (i32.add (local.get 0) (i32.const 8)))))
        (local.get 0))`,
  },
  "delegated to an outer block, to the caller": {
    text: `(tag $e (param i32))
      (func $thrower (param i32) (if (local.get 0) (then (throw $e (local.get 0)))))
      (func $toCaller (param i32) (result i32)
        (try (do (call $thrower (local.get 0)) (nop)) (delegate 0)) (i32.const 0))
      (func $toOuter (param i32) (result i32)
        (try $outer (result i32)
          (do
            (try (do
              (try (do (call $thrower (local.get 0)) (nop)) (delegate $outer))) (catch_all (unreachable)))
            (i32.const 7))
          (catch $e (nop) (nop))))
      (func (export "run") (result i32)
        (try (result i32) (do (call $toCaller (i32.const 5))) (catch $e (nop)))
        (i32.add (call $toCaller (i32.const 0)))
        (i32.add (call $toOuter (i32.const 0)))
        (i32.add (call $toOuter (i32.const 6))))`,
  },
  "out of the module, again and again": {
    text: `(tag $e) (func $mid (param i32) (call $leaf (local.get 0)) (nop))
      (func $leaf (param i32) (if (local.get 0) (then (throw $e))))
      (func (export "run") (param i32) (result i32) (call $mid (local.get 0)) (i32.const 1))`,
    run: (host) => {
      for (const flag of [0, 1, 0, 1, 1, 0]) host.call("run", flag);
    },
  },
  "thrown by the host, caught by catch_all": {
    text: `${hostThrows}
      (func $through (param i32) (result i32) (nop) (call $maybe (local.get 0)) (nop))
      (func $catch (param i32) (result i32)
        (try (result i32) (do (call $through (local.get 0))) (catch_all (nop) (i32.const 100))))
      (func (export "run") (result i32)
        (i32.add (call $catch (i32.const 0)) (i32.add (call $catch (i32.const 1)) (call $catch (i32.const 0))))
        (try (do (call $throw) (unreachable)) (catch_all)))`,
    imports: throwing,
  },
  "thrown by the host through the guest, out of it": {
    text: `${hostThrows} (func $mid (nop) (call $throw) (nop))
      (func (export "run") (nop) (call $mid) (nop)) (func (export "other") (nop))`,
    imports: throwing,
    run: (host) => {
      host.call("other");
      host.call("run");
      host.call("other");
      host.call("run");
    },
  },
  "thrown by the host in a call back, through host and guest": {
    text: `${hostThrows} (import "host" "back" (func $back))
      (func (export "inner") (nop) (call $throw) (nop))
      (func (export "run") (result i32)
        (nop) (try (do (call $back) (nop)) (catch_all (nop))) (call $maybe (i32.const 0)))`,
    imports: (host) => {
      const { host: functions } = throwing() as { host: WebAssembly.ModuleImports };
      return { host: { ...functions, back: () => host.call("inner") } };
    },
  },
  "in a loop with counters that are kept in locals": {
    text: `(tag $e) (func (export "run") (result i32) (local i32 i32)
      (loop
        (try (do (if (i32.and (local.get 0) (i32.const 1)) (then (throw $e)) (else (nop))) (nop))
          (catch $e (local.set 1 (i32.add (local.get 1) (i32.const 1)))))
        (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 9))))
      (local.get 1))`,
  },
  "left by branches and returns": {
    text: `(tag $e) (func $leave (param i32) (result i32)
      (block $out
        (try
          (do
            (br_if $out (i32.eqz (local.get 0)))
            (if (i32.eq (local.get 0) (i32.const 1)) (then (return (i32.const 11))))
            (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $e)))
            (br 0))
          (catch $e (br_if $out (i32.const 1)) (unreachable)))
        (return (i32.const 12)))
      (i32.const 13))
      (func (export "run") (result i32)
        (i32.add (i32.add (call $leave (i32.const 0)) (call $leave (i32.const 1)))
          (i32.add (call $leave (i32.const 2)) (call $leave (i32.const 3)))))`,
  },
  "through tail calls": {
    text: `(tag $e) (func $throw (throw $e)) (func $tail (nop) (return_call $throw))
      (func $notCaught (try (do (nop)) (catch_all (unreachable))) (return_call $tail))
      (func $leaf) (func (export "run") (result i32)
        (try (do (call $notCaught)) (catch $e (call $leaf))) (call $leaf) (i32.const 1))`,
  },
  "through indirect calls": {
    text: `(tag $e) (type $t (func)) (table funcref (elem $quiet $throw)) (func $throw (throw $e)) (func $quiet)
      (func $indirect (param i32) (call_indirect (type $t) (local.get 0)) (nop))
      (func (export "run") (result i32) (call $indirect (i32.const 0))
        (try (do (call $indirect (i32.const 1)) (nop)) (catch $e (nop))) (call $indirect (i32.const 0)) (i32.const 1))`,
  },
  "calls behind a handler belong to the catcher": {
    text: `(tag $e) (func $throw (call $leaf) (throw $e)) (func $mid (call $throw)) (func $leaf)
      (func $catch (try (do (call $mid)) (catch_all (call $leaf))) (call $leaf))
      (func (export "run") (call $catch) (call $leaf) (call $catch))`,
  },
  "a handler in unreachable code": {
    text: `(tag $e) (func (export "run") (result i32)
      (return (i32.const 1)) (try (do (throw $e)) (catch $e (nop)) (catch_all (rethrow 0)))
      (try (do) (delegate 0)) (i32.const 2))`,
  },
  "try in unreachable places, empty try": {
    text: `(tag $e) (func (export "run") (result i32)
      (try (do)) (try (do (br 0)) (catch $e (nop))) (try (result i32) (do (i32.const 1)) (catch_all (i32.const 2))))`,
  },
  "a host function that throws, reached through a table that the guest fills itself": {
    text: `${hostThrows} (type $t (func)) (table 1 funcref) (elem declare func $throw)
      (func $mid (call_indirect (type $t) (i32.const 0)) (nop) (nop))
      (func (export "run") (result i32)
        (table.set (i32.const 0) (ref.func $throw))
        (try (do (call $mid) (nop)) (catch_all (nop))) (i32.const 1))`,
    imports: throwing,
  },
};

for (const [name, { text, ...program }] of Object.entries(programs)) {
  test(`agrees with the naive count: ${name}`, () => {
    compare({ ...program, bytes: wat(`(module ${text})`) });
  });
}

test("agrees with the naive count: a function of another module that throws, given as a reference", () => {
  // Another module's function, whose import throws: the module under test sees only a parameter.
  const other = new WebAssembly.Instance(
    new WebAssembly.Module(
      wat(
        `(module (import "host" "throw" (func $throw)) (func (export "f") (call $throw)))`,
      ) as Uint8Array<ArrayBuffer>,
    ),
    { host: { throw: (throwing()["host"] as { throw: () => void }).throw } },
  );
  compare({
    bytes: wat(`(module (type $t (func)) (table 1 funcref)
      (func (export "give") (param funcref) (table.set (i32.const 0) (local.get 0)))
      (func $mid (nop) (call_indirect (type $t) (i32.const 0)) (nop) (nop))
      (func (export "run") (result i32) (try (do (call $mid) (nop)) (catch_all (nop))) (i32.const 1)))`),
    run(host) {
      host.call("give", other.exports["f"]);
      host.call("run");
    },
  });
});
