import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, runCounted, variants } from "./compare.ts";
import type { Host, Program } from "./host.ts";
import { wat } from "./wat.ts";

// An access so far out that it misses a region behind the guest's memory, too.
const far = "(i32.const 0xfffffff0)";

const programs: Record<string, Omit<Program, "bytes"> & { text: string }> = {
  "unreachable in the middle of a block": {
    text: `(func (export "run") (nop) (nop) (unreachable) (nop))`,
  },
  "a load out of bounds in the middle of a block": {
    text: `(memory (export "memory") 1) (func (export "run") (result i32)
      (i32.store (i32.const 0) (i32.const 7)) (drop (i32.load ${far})) (nop) (i32.const 1))`,
  },
  "a store out of bounds behind branches": {
    text: `(memory (export "memory") 1) (func (export "run") (param i32) (result i32)
      (if (local.get 0) (then (nop) (i32.store ${far} (i32.const 1)) (nop)) (else (nop)))
      (nop) (i32.const 1))`,
    run: (host) => {
      for (const flag of [0, 1, 0, 1, 1]) host.call("run", flag);
    },
  },
  "a division by zero in a loop": {
    text: `(func (export "run") (param i32) (result i32) (local i32)
      (loop
        (if (i32.and (local.get 0) (i32.const 1)) (then (nop)) (else (nop) (nop)))
        (local.set 1 (i32.add (local.get 1) (i32.div_u (i32.const 100) (local.get 0))))
        (if (i32.and (local.get 0) (i32.const 2)) (then (nop)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_if 0 (i32.ge_s (local.get 0) (i32.const 0))))
      (local.get 1))`,
    run: (host) => {
      host.call("run", 9);
      host.call("run", 4);
    },
  },
  "a division by zero in a loop with calls": {
    text: `(func $div (param i32) (result i32) (nop) (i32.div_s (i32.const 100) (local.get 0)) (nop))
      (func (export "run") (param i32) (result i32) (local i32)
      (loop (local.set 1 (i32.add (local.get 1) (call $div (local.get 0))))
        (if (i32.and (local.get 0) (i32.const 2)) (then (nop)))
        (br_if 0 (i32.ge_s (local.tee 0 (i32.sub (local.get 0) (i32.const 1))) (i32.const 0))))
      (local.get 1))`,
    run: (host) => {
      host.call("run", 9);
      host.call("run", -1);
      host.call("run", 2);
    },
  },
  "indirect calls: wrong type, no element, null, deep in the stack": {
    text: `(type $t (func)) (type $u (func (param i32))) (table 3 funcref) (elem (i32.const 0) $f $g) (func $f)
      (func $g (param i32))
      (func $deep (param i32 i32) (nop)
        (if (i32.eqz (local.get 0)) (then (call_indirect (type $t) (local.get 1)) (nop))
          (else (call $deep (i32.sub (local.get 0) (i32.const 1)) (local.get 1)) (nop)))
        (nop))
      (func (export "run") (param i32) (nop) (call $deep (i32.const 10) (local.get 0)) (nop))`,
    run: (host) => {
      for (const index of [0, 1, 2, 3, 0]) host.call("run", index);
    },
  },
  "deep below different callers, then other calls": {
    text: `(func $trap (param i32) (nop) (drop (i32.rem_u (i32.const 1) (local.get 0))) (nop))
      (func $a (param i32) (nop) (call $b (local.get 0)) (nop) (call $b (i32.const 1)))
      (func $b (param i32) (call $trap (local.get 0)) (nop) (nop) (nop))
      (func (export "run") (param i32) (call $a (i32.const 3)) (call $a (local.get 0)) (call $trap (i32.const 1)) (nop))
      (func (export "other") (call $b (i32.const 1)))`,
    run: (host) => {
      host.call("run", 1);
      host.call("run", 0);
      host.call("other");
      host.call("run", 0);
      host.call("run", 1);
    },
  },
  "in a recursion, folded and not": {
    text: `(func $down (export "run") (param i32) (result i32)
      (nop)
      (if (i32.eqz (local.get 0)) (then (unreachable)))
      (i32.add (call $down (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))`,
    run: (host) => {
      for (const depth of [0, 3, 63, 64, 65, 200]) host.call("run", depth);
    },
  },
  "in a recursion of two functions, folded": {
    text: `(func $a (export "run") (param i32) (nop) (nop)
        (if (local.get 0) (then (call $b (i32.sub (local.get 0) (i32.const 1))) (nop)) (else (unreachable))) (nop))
      (func $b (param i32) (nop) (if (local.get 0) (then (call $leaf) (call $a (i32.sub (local.get 0) (i32.const 1)))
        (nop) (nop)) (else (nop) (unreachable))) (nop) (nop) (nop))
      (func $leaf (nop))`,
    run: (host) => {
      for (const depth of [0, 1, 7, 126, 127, 128, 129, 130, 300, 301]) host.call("run", depth);
    },
  },
  "below a tail call": {
    text: `(func $trap (nop) (unreachable)) (func $tail (nop) (return_call $trap))
      (func $mid (nop) (call $tail) (nop)) (func (export "run") (nop) (call $mid) (nop))`,
  },
  "in a start of a conversion, memory.init, table.get, call through null": {
    text: `(memory 1) (data $d "abc") (table $t 1 funcref) (type $f (func))
      (func (export "run") (param i32) (nop)
        (if (i32.eq (local.get 0) (i32.const 0)) (then (drop (i32.trunc_f32_s (f32.const nan)))))
        (if (i32.eq (local.get 0) (i32.const 1)) (then (memory.init $d (i32.const 0) (i32.const 0) (i32.const 4))))
        (if (i32.eq (local.get 0) (i32.const 2)) (then (drop (table.get $t (i32.const 1)))))
        (if (i32.eq (local.get 0) (i32.const 3)) (then (call_indirect (type $f) (i32.const 0))))
        (if (i32.eq (local.get 0) (i32.const 4)) (then (drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))))
        (if (i32.eq (local.get 0) (i32.const 5)) (then (memory.fill (i32.const 1) (i32.const 0) (i32.const -1))))
        (nop))`,
    run: (host) => {
      for (let what = 0; what < 7; what++) host.call("run", what);
    },
  },
  "as the first and as the last instruction of a body": {
    text: `(func $first unreachable (nop)) (func $last (nop) (unreachable))
      (func $loop (loop (unreachable))) (func $else (if (i32.const 0) (then) (else (unreachable))))
      (func (export "run") (param i32) (block (block (block (block (br_table 0 1 2 3 (local.get 0))) (call $first) (nop))
        (call $last)) (call $loop)) (call $else) (nop))`,
    run: (host) => {
      for (let what = 0; what < 4; what++) host.call("run", what);
    },
  },
  "behind a call that may throw, in the same block": {
    text: `(import "host" "f" (func $f)) (func (export "run") (nop) (call $f) (nop) (unreachable) (nop))`,
    imports: () => ({ host: { f: () => undefined } }),
  },
  "in a call back, through the host's frames": {
    text: `(import "host" "back" (func $back (param i32)))
      (func $leaf (nop) (unreachable) (nop))
      (func $deep (export "deep") (param i32) (nop)
        (if (local.get 0) (then (nop) (call $back (i32.sub (local.get 0) (i32.const 1))) (nop)) (else (call $leaf))) (nop))
      (func (export "run") (nop) (call $deep (i32.const 5)) (nop)) (func (export "other") (nop))`,
    imports: (host) => ({ host: { back: (depth: number) => void host.call("deep", depth) } }),
    run: (host) => {
      host.call("run");
      host.call("other");
    },
  },
  "that catch_all does not catch": {
    text: `(func $leaf (nop) (unreachable)) (func (export "run")
      (try (do (call $leaf) (nop)) (catch_all (nop))) (nop))`,
  },
  "of an exported function of a table": {
    text: `(table (export "table") funcref (elem $a)) (func $a (nop) (call $b) (nop)) (func $b (unreachable))
      (func (export "run") (nop) (call_indirect (i32.const 0)) (nop))`,
    run: (host) => {
      const table = host.instance.exports["table"] as WebAssembly.Table;
      host.invoke(table.get(0) as () => unknown);
      host.call("run");
    },
  },
};

for (const [name, { text, ...program }] of Object.entries(programs)) {
  test(`agrees with the naive count: a trap: ${name}`, () => {
    compare({ ...program, bytes: wat(`(module ${text})`) });
  });
}

/**
 * How deep a stack goes depends on the code, so each program counts for itself: `entered` at the start of $f,
 * `called` in front of the call; `each` gives the instructions up to the two places.
 */
const overflows: Record<string, { text: string; each: readonly [number, number] }> = {
  "a function that only calls itself": {
    text: `(func $f (global.set $entered (i32.add (global.get $entered) (i32.const 1))) (call $f) (nop))`,
    each: [5, 0],
  },
  "a function with locals, blocks and work behind the call": {
    text: `(func $f (local i64 i64 f64 i32)
      (global.set $entered (i32.add (global.get $entered) (i32.const 1)))
      (block (loop (if (global.get $entered) (then (call $f) (nop)) (else (nop)))) (nop)) (nop))`,
    each: [9, 0],
  },
  "a function that asks for more memory at each level": {
    text: `(memory 1) (func $f (global.set $entered (i32.add (global.get $entered) (i32.const 1)))
      (drop (memory.grow (i32.const 0)))
      (global.set $called (i32.add (global.get $called) (i32.const 1))) (call $f) (nop))`,
    each: [6, 6],
  },
};

for (const [name, { text, each }] of Object.entries(overflows)) {
  for (const way of variants) {
    test(`counts exactly when the stack is full: ${name} (${way.mode})`, () => {
      const program = {
        bytes: wat(`(module (global $entered (export "entered") (mut i32) (i32.const 0))
          (global $called (export "called") (mut i32) (i32.const 0)) ${text}
          (func (export "run") (nop) (call $f) (nop)))`),
      };
      const { ending, counts } = runCounted(program, way);
      assert.deepEqual(ending.log, ["the stack is full"]);
      const { entered, called } = ending.instance.exports as Record<string, WebAssembly.Global>;
      assert.ok(entered!.value > 1000);
      const [f, run] = counts.functions;
      if (way.mode !== "insns") assert.equal(f!.calls, entered!.value);
      if (way.mode === "calls") return;
      // A call that finds no room for its callee was executed.
      assert.equal(f!.instructions, each[0] * entered!.value + each[1] * called!.value);
      assert.equal(run!.instructions, 2);
    });
  }
}

test("goes on counting behind a full stack", () => {
  const bytes = wat(`(module (func $f (call $f)) (func (export "overflow") (call $f))
    (func (export "other") (nop) (nop)))`);
  for (const way of variants) {
    const run = (host: Host): void => {
      host.call("overflow");
      host.call("other");
      host.call("other");
    };
    const { counts } = runCounted({ bytes, run }, way);
    const other = counts.functions.find(({ funcIndex }) => funcIndex === 2)!;
    if (other.calls !== undefined) assert.equal(other.calls, 2);
    if (other.instructions !== undefined) assert.equal(other.instructions, 4);
    if (counts.tree === undefined) continue;
    const node = counts.tree.functions.indexOf(2);
    assert.equal(counts.tree.parents[node], 0);
  }
});
