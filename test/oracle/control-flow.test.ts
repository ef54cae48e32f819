import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "./compare.ts";
import { wat } from "./wat.ts";

const programs: Record<string, string> = {
  "straight code": `(func (export "run") (result i32)
    (block (nop)) (i32.add (i32.const 1) (i32.const 2)))`,

  "empty functions": `(func $empty) (func $locals (local i32 i64 f32 f64))
    (func (export "run") (call $empty) (call $locals) (call $empty))`,

  "if with and without else, in both directions": `
    (func $one (param i32) (result i32)
      (if (local.get 0) (then (local.set 0 (i32.const 5))))
      (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 1)) (else (nop) (local.get 0))))
    (func (export "run") (result i32)
      (i32.add (call $one (i32.const 0)) (i32.add (call $one (i32.const 1)) (call $one (i32.const 2)))))`,

  "br to the function's own label": `
    (func $leave (param i32) (result i32)
      (block (if (local.get 0) (then (br 2 (i32.const 7)))))
      (drop (br_if 0 (i32.const 8) (i32.eq (local.get 0) (i32.const 0))))
      (unreachable))
    (func (export "run") (result i32) (i32.add (call $leave (i32.const 0)) (call $leave (i32.const 1))))`,

  "br_table to the function's own label, blocks and a loop": `
    (func $choose (param i32) (result i32) (local i32)
      (loop
        (local.set 1 (i32.add (local.get 1) (i32.const 1)))
        (block
          (block
            (block
              (block (local.get 1) (br_table 4 0 1 2 3 (local.get 0)))
              (nop) (local.set 0 (i32.const 2)) (br 3))
            (nop) (nop) (local.set 0 (i32.const 3)) (br 2))
          (nop) (nop) (nop))
        (local.set 0 (i32.const 1))
        (br_if 0 (i32.lt_u (local.get 1) (i32.const 4))))
      (i32.const 100))
    (func (export "run") (result i32)
      (i32.add (call $choose (i32.const 0))
        (i32.add (call $choose (i32.const 1)) (i32.add (call $choose (i32.const 2)) (call $choose (i32.const 9))))))`.replace(
    "(local.get 1) (br_table 4 0 1 2 3 (local.get 0))",
    "(br_table 3 0 1 2 (local.get 0))",
  ),

  "br_table with one target many times": `
    (func (export "run") (local i32)
      (loop
        (block (block (br_table 0 0 1 0 1 (local.get 0))) (nop) (nop))
        (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 9)))))`,

  "br_table whose every target is the function's label": `
    (func $all (param i32) (result i32) (i32.const 3) (local.get 0) (br_table 0 0 0))
    (func (export "run") (result i32) (i32.add (call $all (i32.const 0)) (call $all (i32.const 7))))`,

  "nested loops with continues and breaks": `
    (func (export "run") (result i32) (local $i i32) (local $j i32) (local $sum i32)
      (block $out
        (loop $outer
          (local.set $j (i32.const 0))
          (block $next
            (loop $inner
              (br_if $next (i32.gt_u (local.get $j) (local.get $i)))
              (local.set $j (i32.add (local.get $j) (i32.const 1)))
              (if (i32.and (local.get $j) (i32.const 1)) (then (br $inner)))
              (local.set $sum (i32.add (local.get $sum) (local.get $j)))
              (br_if $out (i32.gt_u (local.get $sum) (i32.const 500)))
              (br $inner)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $outer)))
      (local.get $sum))`,

  "loops three deep, with calls in the middle one": `
    (func $work (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
    (func (export "run") (result i32) (local $i i32) (local $j i32) (local $k i32) (local $s i32)
      (loop $a
        (local.set $j (i32.const 0))
        (loop $b
          (local.set $s (i32.add (local.get $s) (call $work (local.get $j))))
          (local.set $k (i32.const 0))
          (loop $c
            (local.set $s (i32.add (local.get $s) (local.get $k)))
            (br_if $c (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 5))))
          (br_if $b (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (i32.const 4))))
        (br_if $a (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3))))
      (local.get $s))`,

  "a loop that is never repeated, an endless one left by return": `
    (func $once (loop (nop)))
    (func $until (param i32) (result i32)
      (loop (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (if (i32.eqz (local.get 0)) (then (return (i32.const 9)))) (br 0)) (unreachable))
    (func (export "run") (result i32) (call $once) (call $until (i32.const 6)))`,

  "a loop at a body's start and at its end": `
    (func $first (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (nop))
    (func $last (param i32) (result i32) (nop) (loop (result i32)
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))) (i32.const 4)))
    (func $whole (loop))
    (func (export "run") (result i32) (call $first (i32.const 3)) (call $whole) (call $last (i32.const 5)))`,

  "many loops in one body, more than counters are kept in locals": `
    (func (export "run") (result i32) (local $i i32) (local $s i32)
      ${Array.from(
        { length: 7 },
        (_, nth) => `(local.set $i (i32.const 0))
        (loop
          (if (i32.and (local.get $i) (i32.const 1)) (then (local.set $s (i32.add (local.get $s) (i32.const 1)))))
          (if (i32.and (local.get $i) (i32.const 2)) (then (nop)) (else (nop) (nop)))
          (if (i32.and (local.get $i) (i32.const 4)) (then (nop)))
          (if (i32.and (local.get $i) (i32.const 3)) (then (nop)) (else (nop)))
          (if (i32.and (local.get $i) (i32.const 5)) (then (nop)))
          (if (i32.and (local.get $i) (i32.const 6)) (then (nop)))
          (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${nth + 6}))))`,
      ).join("\n")}
      (local.get $s))`,

  "blocks, loops and ifs with several parameters and results": `
    (func $two (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
    (func (export "run") (result i64 i32 f64) (local $n i32)
      (i32.const 1) (i64.const 2)
      (block (param i32 i64) (result i64 i32) (call $two) (nop))
      (if (param i64 i32) (result i64 i32) (i32.const 1) (then (nop)) (else (nop) (nop)))
      (loop (param i64 i32) (result i64 i32)
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if 0 (i32.lt_u (local.get $n) (i32.const 3))))
      (f64.const 3))`,

  "multi-value returns by return, br and br_if": `
    (func $many (param i32) (result i32 i64 f32 f64)
      (if (i32.eq (local.get 0) (i32.const 1))
        (then (return (i32.const 1) (i64.const 1) (f32.const 1) (f64.const 1))))
      (if (i32.eq (local.get 0) (i32.const 2))
        (then (br 1 (i32.const 2) (i64.const 2) (f32.const 2) (f64.const 2))))
      (i32.const 3) (i64.const 3) (f32.const 3) (f64.const 3)
      (br_if 0 (i32.eq (local.get 0) (i32.const 3)))
      (drop) (drop) (drop) (drop)
      (i32.const 4) (i64.const 4) (f32.const 4) (f64.const 4))
    (func (export "run") (param i32) (result i32 i64 f32 f64)
      (call $many (i32.const 1)) (drop) (drop) (drop) (drop)
      (call $many (i32.const 2)) (drop) (drop) (drop) (drop)
      (call $many (i32.const 3)) (drop) (drop) (drop) (drop)
      (call $many (i32.const 4)))`.replace('(export "run") (param i32)', '(export "run")'),

  "unreachable code of all kinds": `
    (table 1 funcref) (elem (i32.const 0) $callee) (type $t (func (result i32)))
    (func $callee (result i32) (i32.const 1))
    (func $afterReturn (result i32)
      (return (i32.const 1))
      (block (loop (if (i32.const 1) (then (br 0)) (else (call $callee) (drop)))))
      (drop (call_indirect (type $t) (i32.const 0)))
      (i32.const 2))
    (func $afterBr (block (br 0) (nop) (block (nop)) (unreachable)) (nop))
    (func $afterBrTable (block (block (br_table 0 1 (i32.const 1)) (nop) (loop (br 0))) (nop)) (nop))
    (func $bothEnd (param i32) (result i32)
      (if (local.get 0) (then (return (i32.const 1))) (else (return (i32.const 2))))
      (nop) (i32.const 3))
    (func $deadElse (param i32) (result i32)
      (block (result i32)
        (br 0 (i32.const 1))
        (if (result i32) (i32.const 1) (then (i32.const 2)) (else (i32.const 3)))))
    (func $deadLoop (result i32) (loop (br 0) (nop)) (i32.const 0))
    (func $stackPolymorphic (result i32) (return (i32.const 4)) (i32.add) (select) (drop) (i32.const 1))
    (func $tail (result i32) (return_call $callee) (call $callee) (drop) (i32.const 1))
    (func $refs (result i32) (return (i32.const 5)) (drop (ref.func $callee)) (i32.const 1))
    (func (export "run") (result i32)
      (call $afterBr) (call $afterBrTable)
      (i32.add (call $afterReturn) (i32.add (call $bothEnd (i32.const 0)) (call $bothEnd (i32.const 1))))
      (i32.add (call $deadElse (i32.const 0)) (call $stackPolymorphic)) (i32.add)
      (call $tail) (i32.add) (call $refs) (i32.add))`,

  "an infinite loop that cannot be reached behind br": `
    (func (export "run") (block (br 0) (loop (br 0))))`,

  "parameters of all types and many locals": `
    (func $all (param i32 i64 f32 f64 funcref externref v128) (result i32)
      (local i32) (local i64 i64) (local f32) (local f64) (local externref) (local funcref) (local v128)
      ${"(local i32 f32) ".repeat(40)}
      (local.set 7 (i32.const 3))
      (local.set 8 (local.get 1))
      (loop (br_if 0 (local.tee 7 (i32.sub (local.get 7) (i32.const 1)))))
      (i32.add (local.get 0) (ref.is_null (local.get 4))))
    (func (export "run") (result i32)
      (call $all (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4) (ref.null func) (ref.null extern)
        (v128.const i32x4 1 2 3 4)))`,

  "select, local.tee, globals, memory, tables": `
    (memory (export "memory") 1) (table $t 4 funcref) (global $g (export "g") (mut i64) (i64.const 5))
    (data $d "hello") (elem $e func $f) (func $f)
    (func (export "run") (result i32)
      (memory.init $d (i32.const 8) (i32.const 0) (i32.const 5)) (data.drop $d)
      (memory.fill (i32.const 100) (i32.const 7) (i32.const 10))
      (memory.copy (i32.const 200) (i32.const 8) (i32.const 100))
      (table.init $e (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop $e)
      (table.set (i32.const 1) (table.get (i32.const 0)))
      (drop (table.grow (ref.null func) (i32.const 2)))
      (call_indirect (i32.const 1))
      (global.set $g (i64.add (global.get $g) (i64.const 1)))
      (i32.store (i32.const 300) (i32.const -1))
      (select (i32.load (i32.const 200)) (table.size) (i32.const 1)))`,

  "locals declared with empty runs": `
    (func (export "run") (result i32) (local i32) (local i64)
      (loop (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 3))))
      (local.get 0))`,
};

for (const [name, text] of Object.entries(programs)) {
  test(`agrees with the naive count: ${name}`, () => {
    compare({ bytes: wat(`(module ${text})`) });
  });
}

test("counts block, loop and if once when control comes from above, end and else never", () => {
  const naive = compare({
    bytes: wat(`(module (func (export "run") (local i32)
      (block
        (loop
          (if (i32.eqz (local.get 0)) (then (nop)) (else))
          (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 10)))))))`),
  });
  // block, loop; ten times local.get, eqz, if and the seven of the condition; nop once.
  assert.equal(naive.instructions.get(0), 2 + 10 * (3 + 7) + 1);
});
