import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, runCounted, sameCounts, variants } from "../../test/oracle/compare.ts";
import { Host } from "../../test/oracle/host.ts";
import type { Program } from "../../test/oracle/host.ts";
import { Naive } from "../../test/oracle/naive.ts";
import { wat } from "../../test/oracle/wat.ts";
import { countsTree, exactModes, exportNames, instrument, Refusal } from "./index.ts";

const page = 65536;

/** Guests that look at their memory: what they see must not depend on what lies behind it. */
const programs: Record<string, Omit<Program, "bytes"> & { text: string }> = {
  "memory.size without growth": {
    text: `(memory (export "memory") 3) (func (export "run") (result i32) (memory.size))`,
  },
  "memory.grow in a loop: sizes, zeroed new pages, old content": {
    text: `(memory (export "memory") 1 20)
      (func $sum (param $from i32) (param $to i32) (result i32) (local $sum i32)
        (loop (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $from))))
          (br_if 0 (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 256))) (local.get $to))))
        (local.get $sum))
      (func (export "run") (param $step i32) (result i32 i32 i32 i32) (local $old i32) (local $dirty i32) (local $n i32)
        (loop
          (local.set $old (memory.grow (local.get $step)))
          (if (i32.ne (local.get $old) (i32.const -1))
            (then
              (local.set $dirty (i32.add (local.get $dirty)
                (call $sum (i32.mul (local.get $old) (i32.const ${page})) (i32.mul (memory.size) (i32.const ${page})))))
              (memory.fill (i32.mul (local.get $old) (i32.const ${page})) (i32.const 0xa5)
                (i32.mul (local.get $step) (i32.const ${page})))))
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (br_if 0 (i32.lt_u (local.get $n) (i32.const 5))))
        (local.get $old) (local.get $dirty) (memory.size)
        (call $sum (i32.const 0) (i32.mul (memory.size) (i32.const ${page}))))`,
    run: (host) => {
      for (const step of [1, 2, 3, 5]) host.call("run", step);
    },
  },
  "memory.grow beyond the maximum, by huge amounts, by nothing": {
    text: `(memory (export "memory") 2 4)
      (func (export "run") (param i32) (result i32 i32) (memory.grow (local.get 0)) (memory.size))`,
    run: (host) => {
      for (const pages of [3, 0x10000, -1, 0x7fffffff, 0, 1, 2, 1, 1, 0]) host.call("run", pages);
    },
  },
  "a memory that has no pages yet": {
    text: `(memory (export "memory") 0) (func (export "run") (result i32 i32 i32)
      (memory.size) (memory.grow (i32.const 1)) (i32.store (i32.const 8) (i32.const 5)) (i32.load (i32.const 8)))`,
  },
  "a maximum that is the size": {
    text: `(memory (export "memory") 1 1) (func (export "run") (result i32 i32)
      (memory.grow (i32.const 1)) (memory.grow (i32.const 0)))`,
  },
  "more calls than the first page of the tree has room for, with growth between": {
    text: `(memory (export "memory") 1)
      (func $f (export "run") (param i32) (result i32)
        (i32.store (i32.shl (local.get 0) (i32.const 2)) (local.get 0))
        (if (i32.eqz (local.get 0)) (then (return (memory.size))))
        (drop (call $g (i32.sub (local.get 0) (i32.const 1)))) (call $h (i32.sub (local.get 0) (i32.const 1))))
      (func $g (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (memory.grow (i32.const 1)))))
        (drop (call $f (i32.sub (local.get 0) (i32.const 1)))) (call $h (i32.sub (local.get 0) (i32.const 1))))
      (func $h (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (i32.load (i32.const 4)))))
        (drop (call $f (i32.sub (local.get 0) (i32.const 1)))) (call $g (i32.sub (local.get 0) (i32.const 1))))`,
    run: (host) => host.call("run", 10),
  },
  "the host writes to the guest's memory and reads it": {
    text: `(import "host" "fill" (func $fill (param i32 i32))) (memory (export "memory") 1)
      (func (export "run") (result i32) (drop (memory.grow (i32.const 2)))
        (call $fill (i32.const 0) (i32.const ${3 * page})) (i32.load (i32.const ${3 * page - 4})))`,
    imports: (host) => ({
      host: {
        fill: (from: number, to: number) =>
          new Uint8Array(host.memory.buffer).subarray(from, to).fill(3),
      },
    }),
  },
};

for (const [name, { text, ...program }] of Object.entries(programs)) {
  test(`a guest sees its own memory only: ${name}`, () => {
    compare(
      { ...program, bytes: wat(`(module ${text})`) },
      variants.filter(({ mode }) => countsTree(mode)),
    );
  });
}

/**
 * Where the host grows the memory it sees the region as part of it, so the guest gets more pages than without
 * one. What the host writes to pages that it has seen must be there for the guest, and counts stay exact.
 */
const growingHosts: Record<string, Omit<Program, "bytes"> & { text: string }> = {
  "between calls": {
    text: `(memory (export "memory") 1)
      (func (export "put") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
      (func (export "get") (param i32) (result i32) (i32.load (local.get 0)))
      (func (export "grows") (param i32) (result i32 i32) (local $old i32)
        (local.set $old (memory.size))
        (i32.eq (memory.grow (local.get 0)) (local.get $old))
        (i32.eq (memory.size) (i32.add (local.get $old) (local.get 0))))`,
    run: (host) => {
      host.call("put", page - 4, 17);
      for (const pages of [1, 3]) {
        const address = host.memory.buffer.byteLength;
        host.memory.grow(pages);
        new DataView(host.memory.buffer).setInt32(address, 99, true);
        host.invoke(() => (host.instance.exports["get"] as (at: number) => number)(address));
        host.call("grows", 2);
        host.invoke(() => (host.instance.exports["get"] as (at: number) => number)(address));
        host.call("grows", 0);
      }
      host.call("get", page - 4);
    },
  },
  "while the guest calls it, and gives it the address": {
    text: `(import "host" "grow" (func $host (param i32) (result i32))) (memory (export "memory") 1 50)
      (func $leaf (param i32) (result i32) (i32.load (local.get 0)))
      (func (export "run") (param i32) (result i32 i32 i32 i32) (local $at i32)
        (i32.store (i32.const 100) (i32.const 5))
        (local.set $at (call $host (local.get 0)))
        (call $leaf (local.get $at))
        (i32.lt_u (local.get $at) (i32.mul (memory.size) (i32.const ${page})))
        (i32.store (local.get $at) (i32.const 77))
        (i32.gt_s (memory.grow (i32.const 1)) (i32.const 0))
        (call $leaf (local.get $at)))`,
    imports: (host) => ({
      host: {
        grow(pages: number): number {
          const address = host.memory.buffer.byteLength;
          host.memory.grow(pages);
          new DataView(host.memory.buffer).setInt32(address, pages, true);
          return address;
        },
      },
    }),
    run: (host) => {
      for (const pages of [1, 4, 2]) host.call("run", pages);
    },
  },
  "in a call back, with guest code between": {
    text: `(import "host" "back" (func $back)) (memory (export "memory") 1) (global $at (export "at") (mut i32) (i32.const 0))
      (func (export "inner") (result i32) (i32.add (i32.load (global.get $at)) (i32.gt_s (memory.grow (i32.const 1)) (i32.const 0))))
      (func (export "run") (result i32) (call $back) (i32.load (global.get $at)))`,
    imports: (host) => ({
      host: {
        back() {
          for (const pages of [1, 2]) {
            const at = host.memory.buffer.byteLength;
            host.memory.grow(pages);
            (host.instance.exports["at"] as WebAssembly.Global).value = at;
            new DataView(host.memory.buffer).setInt32(at, 11, true);
            host.call("inner");
          }
        },
      },
    }),
  },
  "and throws": {
    text: `(import "host" "grow" (func $host)) (memory (export "memory") 1) (global $at (export "at") (mut i32) (i32.const 0))
      (func $leaf (result i32) (i32.load (global.get $at)))
      (func (export "run") (result i32 i32)
        (try (do (call $host)) (catch_all (drop (call $leaf))))
        (call $leaf) (i32.gt_s (memory.grow (i32.const 1)) (i32.const 0)))`,
    imports: (host) => ({
      host: {
        grow() {
          const at = host.memory.buffer.byteLength;
          host.memory.grow(1);
          (host.instance.exports["at"] as WebAssembly.Global).value = at;
          new DataView(host.memory.buffer).setInt32(at, 12, true);
          throw new Error("after growing");
        },
      },
    }),
    run: (host) => {
      host.call("run");
      host.call("run");
    },
  },
};

for (const [name, { text, ...rest }] of Object.entries(growingHosts)) {
  test(`keeps what a host writes that grows the memory: ${name}`, () => {
    const program = { ...rest, bytes: wat(`(module ${text})`) };
    const naive = new Naive(program.bytes);
    const plain = new Host({
      bytes: naive.bytes,
      imports: naive.imports,
      around: (call) => naive.around(call),
    }).start(program);
    const { ending, counts } = runCounted(program, { mode: "tree" });
    assert.deepEqual(ending.log, plain.log);
    sameCounts(counts, naive, "tree");
  });
}

test("refuses memories behind which no region can be kept, by name", () => {
  const refused: readonly [string, RegExp][] = [
    [`(import "host" "memory" (memory 1))`, /imported.*--memory second/],
    [`(memory 1 2 shared)`, /shared memory.*--memory second/],
    [`(memory 65536)`, /no room.*--memory second/],
    [
      `(import "host" "f" (func)) (memory (export "memory") 1)`,
      /a host other than WASI may rely on.*--memory second/,
    ],
    [
      `(import "env" "grown" (func)) (memory (export "memory") 1)`,
      /host other than WASI.*--memory second/,
    ],
  ];
  for (const [memory, message] of refused) {
    const bytes = wat(`(module ${memory} (func (export "run")))`);
    assert.throws(
      () => instrument(bytes, { mode: "tree" }),
      (error) => error instanceof Refusal && message.test(error.message),
    );
    // The other modes need no memory.
    for (const mode of ["calls", "insns", "blocks"] as const) instrument(bytes, { mode });
    instrument(bytes, { mode: "tree", memory: "second" });
  }
});

test("keeps the region outside a memory's declared maximum", () => {
  const bytes = wat(`(module (memory (export "memory") 1 2) (func (export "run")))`);
  const made = instrument(bytes, { mode: "tree" }).bytes;
  const { instance } = new Host({ bytes: made }).start({ bytes });
  assert.ok((instance.exports["memory"] as WebAssembly.Memory).buffer.byteLength > page);
});

test("bounds the tree and keeps the totals", () => {
  const bytes = wat(`(module
    (func $f (export "run") (param i32)
      (if (local.get 0) (then (call $g (i32.sub (local.get 0) (i32.const 1))) (call $h (i32.sub (local.get 0) (i32.const 1))))))
    (func $g (param i32)
      (if (local.get 0) (then (call $f (i32.sub (local.get 0) (i32.const 1))) (call $h (i32.sub (local.get 0) (i32.const 1))))))
    (func $h (param i32) (nop)
      (if (local.get 0) (then (call $g (i32.sub (local.get 0) (i32.const 1))) (call $f (i32.sub (local.get 0) (i32.const 1)))))))`);
  const run = (host: Host): void => void host.call("run", 9);
  const naive = compare({ bytes, run });
  for (const mostNodes of [3, 10, 200]) {
    const { counts } = runCounted({ bytes, run }, { mode: "tree", mostNodes });
    assert.deepEqual(
      counts.functions,
      [...naive.calls]
        .toSorted(([left], [right]) => left - right)
        .map(([funcIndex, calls]) => ({
          funcIndex,
          calls,
          instructions: naive.instructions.get(funcIndex),
        })),
    );
    assert.ok(counts.tree!.elsewhere > 0);
    assert.ok(counts.tree!.parents.length <= mostNodes + 5);
  }
});

test("reads trees of more than a hundred thousand contexts", () => {
  const bytes = wat(`(module
    (func $f (export "run") (param i32)
      (if (local.get 0) (then (call $g (i32.sub (local.get 0) (i32.const 1))) (call $h (i32.sub (local.get 0) (i32.const 1))))))
    (func $g (param i32)
      (if (local.get 0) (then (call $g (i32.sub (local.get 0) (i32.const 1))) (call $h (i32.sub (local.get 0) (i32.const 1))))))
    (func $h (param i32)
      (if (local.get 0) (then (call $g (i32.sub (local.get 0) (i32.const 1))) (call $h (i32.sub (local.get 0) (i32.const 1)))))))`);
  const run = (host: Host): void => void host.call("run", 16);
  const { counts } = runCounted({ bytes, run }, { mode: "tree" });
  assert.equal(counts.tree!.parents.length, 2 ** 17 - 1 + 2);
  assert.deepEqual(
    counts.functions.map(({ calls }) => calls),
    [1, 2 ** 16 - 1, 2 ** 16 - 1],
  );
});

test("exports what the host needs to read a profile, and nothing else", () => {
  const bytes = wat(`(module (func (export "run")))`);
  for (const mode of exactModes) {
    const added = WebAssembly.Module.exports(
      new WebAssembly.Module(instrument(bytes, { mode }).bytes as Uint8Array<ArrayBuffer>),
    ).map(({ name }) => name);
    const wanted = ["run", exportNames.word, exportNames.count];
    if (countsTree(mode)) wanted.push(exportNames.reset, exportNames.current);
    assert.deepEqual(added, wanted);
  }
});
