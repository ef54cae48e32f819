import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "./compare.ts";
import type { Program } from "./host.ts";
import { wat } from "./wat.ts";

const programs: Record<string, Omit<Program, "bytes"> & { text: string }> = {
  "direct calls, the same function from several places": {
    text: `(func $a (call $c) (call $c)) (func $b (call $c) (call $a)) (func $c)
      (func (export "run") (call $a) (call $b) (call $a) (call $c))`,
  },
  "a binary recursion": {
    text: `(func $fib (export "run") (param i32) (result i32)
      (if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (local.get 0))
        (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
          (call $fib (i32.sub (local.get 0) (i32.const 2)))))))`,
    run: (host) => host.call("run", 12),
  },
  "recursion deeper than the tree follows": {
    text: `(func $down (export "run") (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
      (i32.add (call $leaf) (call $down (i32.sub (local.get 0) (i32.const 1)))))
      (func $leaf (result i32) (i32.const 3))`,
    run: (host) => {
      for (const depth of [62, 63, 64, 65, 66, 300]) host.call("run", depth);
    },
  },
  "mutual recursion of three functions, deeper than the tree follows": {
    text: `(func $a (export "run") (param i32) (result i32)
        (if (result i32) (local.get 0) (then (call $b (i32.sub (local.get 0) (i32.const 1)))) (else (call $leaf))))
      (func $b (param i32) (result i32)
        (if (result i32) (local.get 0) (then (call $c (i32.sub (local.get 0) (i32.const 1)))) (else (call $leaf))))
      (func $c (param i32) (result i32)
        (if (result i32) (local.get 0)
          (then (call $a (i32.sub (local.get 0) (i32.const 1))) (call $leaf) (i32.add)) (else (call $leaf))))
      (func $leaf (result i32) (i32.const 3))`,
    run: (host) => {
      for (const depth of [5, 190, 191, 192, 193, 194, 195, 196, 400]) host.call("run", depth);
    },
  },
  "tail calls: loops of them, mutual, indirect": {
    text: `(type $t (func (param i32 i32) (result i32)))
      (table 2 funcref) (elem (i32.const 0) $even $odd)
      (func $sum (param i32 i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
        (return_call $sum (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 0) (local.get 1))))
      (func $even (param i32 i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
        (return_call $odd (i32.sub (local.get 0) (i32.const 1)) (local.get 1)))
      (func $odd (param i32 i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
        (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (i32.const 0)))
      (func (export "run") (result i32)
        (i32.add (call $sum (i32.const 2000) (i32.const 0)) (call $even (i32.const 301) (i32.const 0))))
      (func (export "tail") (result i32) (return_call $even (i32.const 7) (i32.const 0)))`,
    run: (host) => {
      host.call("run");
      host.call("tail");
      host.call("run");
    },
  },
  "tail calls out of a folded recursion": {
    text: `(func $down (export "run") (param i32)
        (if (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1)))) (else (return_call $leaf)))
        (if (i32.eq (local.get 0) (i32.const 2)) (then (return_call $leaf))))
      (func $leaf (nop))`,
    run: (host) => {
      for (const depth of [3, 62, 63, 64, 65, 70]) host.call("run", depth);
    },
  },
  "tail calls to the host, which calls back twice": {
    text: `(import "host" "twice" (func $twice (result i32))) 
      (func $out (result i32) (return_call $twice))
      (func $inner (export "inner") (result i32) (i32.const 4))
      (func (export "run") (result i32) (i32.add (call $out) (i32.add (call $inner) (call $out))))`,
    imports: (host) => ({
      host: { twice: () => Number(host.call("inner")) + Number(host.call("inner")) },
    }),
  },
  "tail calls in the middle of deep calls, back to a caller that calls on": {
    text: `(func $leaf (nop)) (func $mid (nop) (return_call $leaf)) (func $top (call $mid) (call $leaf) (call $mid))
      (func (export "run") (call $top) (call $leaf) (call $top))`,
  },
  "indirect calls through a private table": {
    text: `(type $t (func (param i32) (result i32)))
      (table funcref (elem $one $two $self))
      (func $one (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
      (func $two (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)) (nop))
      (func $self (param i32) (result i32)
        (if (result i32) (local.get 0)
          (then (call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 2)))
          (else (call_indirect (type $t) (local.get 0) (i32.const 0)))))
      (func (export "run") (result i32) (local i32 i32)
        (loop
          (local.set 1 (i32.add (local.get 1) (call_indirect (type $t) (local.get 0) (i32.rem_u (local.get 0) (i32.const 3)))))
          (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 10))))
        (local.get 1))`,
  },
  "an exported table: the host calls its functions": {
    text: `(table (export "table") funcref (elem $a $b)) (type $t (func (result i32)))
      (func $a (result i32) (i32.const 1)) (func $b (export "b") (result i32) (call $a))
      (func (export "run") (result i32) (i32.add (call_indirect (type $t) (i32.const 0))
        (call_indirect (type $t) (i32.const 1))))`,
    run: (host) => {
      const table = host.instance.exports["table"] as WebAssembly.Table;
      host.call("run");
      host.invoke(table.get(1) as () => unknown);
      host.invoke(table.get(0) as () => unknown);
      host.call("b");
      host.call("run");
    },
  },
  "an imported table": {
    text: `(import "host" "table" (table 2 funcref)) (elem (i32.const 0) $a $b) (type $t (func (result i32)))
      (func $a (result i32) (i32.const 1)) (func $b (result i32) (call $a))
      (func (export "run") (result i32) (call_indirect (type $t) (i32.const 1)))`,
    imports: () => ({
      host: { table: new WebAssembly.Table({ element: "anyfunc", initial: 2 }) },
    }),
  },
  "several calls by the host": {
    text: `(global $n (mut i32) (i32.const 0))
      (func (export "add") (param i32) (result i32)
        (global.set $n (i32.add (global.get $n) (local.get 0))) (call $get))
      (func $get (export "get") (export "alias") (result i32) (global.get $n))`,
    run: (host) => {
      for (let nth = 0; nth < 5; nth++) host.call("add", nth);
      host.call("get");
      host.call("alias");
    },
  },
  "calls with parameters and results of all types": {
    text: `(func (export "all") (param i32 i64 f32 f64 externref funcref) (result f64 i64 externref i32)
        (local.get 3) (local.get 1) (local.get 4) (local.get 0))
      (func (export "self") (result i32) (call 0 (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4)
        (ref.null extern) (ref.null func)) (drop) (drop) (drop) (drop) (i32.const 1))`,
    run: (host) => {
      host.call("all", 1, 2n, 3.5, 4.5, "text", null);
      host.call("self");
    },
  },
  "the host calls back into the module": {
    text: `(import "host" "back" (func $back (param i32) (result i32)))
      (func $leaf (export "leaf") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
      (func $deep (export "deep") (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (call $leaf (i32.const 0)))))
        (i32.add (call $back (local.get 0)) (call $leaf (local.get 0))))
      (func (export "run") (result i32) (i32.add (call $deep (i32.const 4)) (call $leaf (i32.const 3))))`,
    imports: (host) => ({
      host: {
        back: (depth: number) => {
          host.call("leaf", 7);
          return Number(host.call("deep", depth - 1)) + Number(host.call("leaf", depth));
        },
      },
    }),
  },
  "a start function that calls others and the host": {
    text: `(import "host" "note" (func $note)) (global $g (export "g") (mut i32) (i32.const 0))
      (func $init (global.set $g (call $value)) (call $note)) (func $value (result i32) (i32.const 42))
      (start $init) (func (export "run") (result i32) (call $init) (global.get $g))`,
    imports: (host) => ({ host: { note: () => host.log.push("noted") } }),
  },
  "an import that is exported again and put into a table": {
    text: `(import "host" "one" (func $one (result i32))) (export "one" (func $one))
      (table funcref (elem $one $two)) (type $t (func (result i32)))
      (func $two (result i32) (i32.const 2))
      (func (export "run") (result i32)
        (i32.add (call $one) (i32.add (call_indirect (type $t) (i32.const 0)) (call_indirect (type $t) (i32.const 1)))))`,
    imports: () => ({ host: { one: () => 1 } }),
    run: (host) => {
      host.call("run");
      host.call("one");
    },
  },
  "functions by reference: ref.func, globals, element expressions": {
    text: `(type $t (func (result i32))) (global $g funcref (ref.func $a))
      (table 4 funcref) (elem (table 0) (offset (i32.const 0)) funcref (ref.func $a) (ref.null func) (ref.func $b))
      (elem declare func $c)
      (func $a (result i32) (i32.const 1)) (func $b (result i32) (i32.const 2)) (func $c (result i32) (call $a))
      (func (export "run") (result i32)
        (table.set (i32.const 1) (global.get $g)) (table.set (i32.const 3) (ref.func $c))
        (i32.add (i32.add (call_indirect (type $t) (i32.const 0)) (call_indirect (type $t) (i32.const 1)))
          (i32.add (call_indirect (type $t) (i32.const 2)) (call_indirect (type $t) (i32.const 3)))))`,
  },
  "ref.func of a function that stands in an exported table": {
    text: `(table (export "table") 2 funcref) (elem (i32.const 0) $f) (func $f (result i32) (i32.const 1))
      (type $t (func (result i32)))
      (func (export "run") (result i32) (table.set (i32.const 1) (ref.func $f)) (call_indirect (type $t) (i32.const 1)))`,
    run: (host) => {
      host.call("run");
      host.invoke((host.instance.exports["table"] as WebAssembly.Table).get(1) as () => unknown);
      host.call("run");
    },
  },
  "ref.func of a function that only its export declares, beside indirect tail calls": {
    text: `(type $t (func (result i32))) (table 1 funcref)
      (func $f (export "f") (result i32) (i32.const 1))
      (func (export "run") (result i32) (table.set (i32.const 0) (ref.func $f)) (return_call_indirect (type $t) (i32.const 0)))`,
    run: (host) => {
      host.call("run");
      host.call("f");
    },
  },
  "long chains of tail calls through an exported table": {
    text: `(table (export "table") funcref (elem $even $odd)) (type $t (func (param i32) (result i32)))
      (func $even (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
        (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)))
      (func $odd (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
        (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))
      (func (export "run") (result i32) (call $even (i32.const 100000)))`,
  },
  "the host calls a function that it got as a result": {
    text: `(elem declare func $f) (func $f (result i32) (i32.const 1)) (func (export "other") (call $f) (drop))
      (func (export "get") (result funcref) (ref.func $f))`,
    run: (host) => {
      const got = host.call("get") as () => unknown;
      host.invoke(got);
      host.call("other");
      host.invoke(got);
    },
  },
  "the host calls a function that it got from an exported global": {
    text: `(global (export "g") funcref (ref.func $f)) (func $f (result i32) (i32.const 1))
      (func (export "other") (call $f) (drop))`,
    run: (host) => {
      const got = (host.instance.exports["g"] as WebAssembly.Global).value as () => unknown;
      host.invoke(got);
      host.call("other");
      host.invoke(got);
    },
  },
  "the host calls a function that the guest passed to it": {
    text: `(import "host" "take" (func $take (param funcref))) (elem declare func $f)
      (func $f (result i32) (i32.const 1)) (func (export "other") (call $f) (drop))
      (func (export "run") (call $take (ref.func $f)) (call $f) (drop))`,
    imports: (host) => ({ host: { take: (got: () => unknown) => host.invoke(got) } }),
    run: (host) => {
      host.call("run");
      host.call("other");
    },
  },
};

for (const [name, { text, ...program }] of Object.entries(programs)) {
  test(`agrees with the naive count: ${name}`, () => {
    compare({ ...program, bytes: wat(`(module ${text})`) });
  });
}

test("folds a recursion deeper than 64 of one function", () => {
  const naive = compare({
    bytes: wat(`(module (func $down (export "run") (param i32)
      (if (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1)))))))`),
    run: (host) => host.call("run", 99),
  });
  let depth = 0;
  let node = naive.root;
  for (; node.children.size > 0; depth++) node = [...node.children.values()][0]!;
  assert.equal(depth, 64);
  assert.equal(node.calls, 100 - 63);
});
