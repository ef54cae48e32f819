import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "../../test/oracle/compare.ts";
import type { Host } from "../../test/oracle/host.ts";
import { wat } from "../../test/oracle/wat.ts";
import { decodeModule, readCalls } from "../wasm/index.ts";
import { findCallerCounts } from "./caller-counts.ts";
import type { CallerCounts } from "./caller-counts.ts";

function find(bytes: Uint8Array): CallerCounts | undefined {
  const module = decodeModule(bytes);
  return findCallerCounts(module, readCalls(module));
}

const minusOne = `(i32.sub (local.get 0) (i32.const 1))`;

/** A tree recursion in which `leaf` is run at the bottom, called by an export. */
function recursion(leaf: string, imports = ""): Uint8Array {
  return wat(`(module ${imports} (memory 1)
    (func $tree (param i32) (result i32)
      (if (result i32) (i32.eqz (local.get 0)) (then ${leaf})
        (else (i32.add (call $tree ${minusOne}) (i32.add (call $tree ${minusOne}) (call $tree ${minusOne}))))))
    (func (export "run") (param i32) (result i32) (call $tree (local.get 0))))`);
}

const plain = recursion(`(i32.const 1)`);
const run = (host: Host): void => {
  host.call("run", 5);
  host.call("run", 0);
};

test("counts a tree recursion where it is called", () => {
  const found = find(plain);
  assert.deepEqual([...found!.functions], [0]);
  assert.deepEqual(
    [...found!.callers].toSorted((a, b) => a - b),
    [0, 1],
  );
  compare({ bytes: plain, run });
});

test("takes back calls that a trap kept from being made", () => {
  // The fourth leaf traps: at its place some callers have made one of their calls, some two.
  const bytes = recursion(`(i32.const 0) (i32.load (i32.const 0)) (i32.const 1) i32.add
    i32.store (if (i32.ge_u (i32.load (i32.const 0)) (i32.const 4)) (then unreachable)) (i32.const 1)`);
  assert.ok(find(bytes));
  compare({
    bytes,
    run: (host) => {
      host.call("run", 4);
      host.call("run", 2);
    },
  });
});

test("leaves alone what may be called out of sight or may not return", () => {
  const exit = `(import "host" "leave" (func $leave))`;
  const outOfSight = [
    recursion(`(call $leave) (i32.const 1)`, exit),
    wat(`(module (func $f (export "run") (param i32)
      (if (local.get 0) (then (call $f ${minusOne}) (call $f ${minusOne})))))`),
    wat(`(module (table funcref (elem $f)) (func $f (param i32)
      (if (local.get 0) (then (call $f ${minusOne}) (call $f ${minusOne})))))`),
    wat(`(module (func $f (param i32) (if (local.get 0) (then (call $f ${minusOne})))))`),
  ];
  for (const bytes of outOfSight) assert.equal(find(bytes), undefined);
});
