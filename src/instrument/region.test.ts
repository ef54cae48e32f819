import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, runCounted, variants } from "../../test/oracle/compare.ts";
import { Host } from "../../test/oracle/host.ts";
import type { Program } from "../../test/oracle/host.ts";
import { wat } from "../../test/oracle/wat.ts";
import { readWords } from "../collect/index.ts";
import { exportNames, instrument, readCounts, Refusal } from "./index.ts";

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
      variants.filter(({ mode }) => mode === "tree"),
    );
  });
}

/** A guest that reads and writes where it is told, calls the host, and grows its memory. */
const grower = wat(`(module (import "host" "grow" (func $host)) (memory (export "memory") 1)
  (func (export "size") (result i32) (memory.size))
  (func (export "put") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  (func (export "get") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "call") (call $host))
  (func (export "catch") (result i32) (try (do (call $host)) (catch_all)) (memory.size)))`);

/** Grows the memory as a host does, and puts a number where it was told that the new pages are. */
function growAndWrite(host: Host, pages: number, value: number): number {
  const at = host.memory.grow(pages) * page;
  new DataView(host.memory.buffer).setInt32(at + page - 4, value, true);
  return at + page - 4;
}

for (const when of ["between calls", "during a call", "before it throws", "in a call back"]) {
  test(`keeps what the host writes to pages that it adds ${when}`, () => {
    const { bytes } = instrument(grower, { mode: "tree" });
    let written = 0;
    const grow = (host: Host): void => {
      written = growAndWrite(host, 1, 77);
      if (when === "in a call back") host.call("grow", 1);
      if (when === "before it throws") throw new Error("after growing");
    };
    const imports = (host: Host): WebAssembly.Imports => ({ host: { grow: () => grow(host) } });
    const run = (host: Host): void => {
      host.call("put", page - 4, 5);
      if (when === "between calls") grow(host);
      else host.call(when === "before it throws" ? "catch" : "call");
      // The guest finds the number at the host's address, which lies in what it takes for its memory.
      assert.equal(host.call("get", written), 77);
      assert.ok((host.call("size") as number) * page > written);
      assert.equal(host.call("get", page - 4), 5);
      const added = host.call("grow", 2) as number;
      assert.equal(host.call("size"), added + 2);
      for (let at = added * page; at < (added + 2) * page; at += 4096) {
        assert.equal(host.call("get", at), 0);
      }
      assert.equal(host.call("get", written), 77);
    };
    const { instance } = new Host({ bytes }).start({ bytes: grower, imports, run });
    const counts = readCounts(grower, "tree", readWords(instance.exports));
    assert.ok(counts.functions.some(({ calls }) => calls === 35)); // those of "get"
  });
}

test("refuses memories behind which no region can be kept, by name", () => {
  const refused: readonly [string, RegExp][] = [
    [`(import "host" "memory" (memory 1))`, /imported.*--memory second/],
    [`(memory 1 2 shared)`, /shared memory.*--memory second/],
    [`(memory 65536)`, /no room.*--memory second/],
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
  for (const mode of ["calls", "insns", "blocks", "tree"] as const) {
    const added = WebAssembly.Module.exports(
      new WebAssembly.Module(instrument(bytes, { mode }).bytes as Uint8Array<ArrayBuffer>),
    ).map(({ name }) => name);
    const wanted = ["run", exportNames.word, exportNames.count];
    if (mode === "tree") wanted.push(exportNames.reset);
    assert.deepEqual(added, wanted);
  }
});
