/** A small program and what its host is told when it runs. */
export interface Program {
  readonly name: string;
  readonly text: string;
  /** Calls of exports with arguments, and the result each gives. */
  readonly calls: readonly (readonly [name: string, args: readonly number[], result: unknown])[];
  /** Each start as the stack of names that it makes. */
  readonly stacks: readonly string[];
}

/** Every way out of a function, and every place that names one. */
export const programs: readonly Program[] = [
  {
    name: "the function's end",
    text: `(module (func $f (export "f") (result i32) (i32.const 7)))`,
    calls: [["f", [], 7]],
    stacks: ["f"],
  },
  {
    name: "return, early and from within blocks, with more on the stack",
    text: `(module
      (func $f (export "f") (param i32) (result i32)
        (if (local.get 0) (then (return (i32.const 1))))
        (i32.const 99)
        (block (result i32)
          (loop (result i32) (i32.const 5) (i32.const 6) (return (i32.const 2))))
        (i32.add)))`,
    calls: [
      ["f", [0], 2],
      ["f", [1], 1],
    ],
    stacks: ["f", "f"],
  },
  {
    name: "br to the function's own label",
    text: `(module
      (func $f (export "f") (param i32)
        (block (br_if 0 (local.get 0)) (br 1))
        (call $g))
      (func $g))`,
    calls: [
      ["f", [0], undefined],
      ["f", [1], undefined],
    ],
    stacks: ["f", "f", "f;g"],
  },
  {
    name: "br to the function's own label with a value, below the value something else",
    text: `(module
      (func $f (export "f") (param i32) (result i32)
        (i32.const 5) (i32.const 6)
        (block (br 1 (i32.const 7)))
        (unreachable)))`,
    calls: [["f", [0], 7]],
    stacks: ["f"],
  },
  {
    name: "br_if to the function's own label with a value",
    text: `(module
      (func $f (export "f") (param i32) (result i32)
        (br_if 0 (i32.const 7) (local.get 0))
        (drop)
        (loop (result i32) (br_if 1 (i32.const 8) (local.get 0)) (i32.add (i32.const 1)))))`,
    calls: [
      ["f", [1], 7],
      ["f", [0], 9],
    ],
    stacks: ["f", "f"],
  },
  {
    name: "br_table whose labels are the function's own, by index and by default",
    text: `(module
      (func $f (export "f") (param i32)
        (block (block (br_table 2 0 1 2 (local.get 0)))
          (call $zero) (return))
        (call $one))
      (func $zero) (func $one)
      (func $v (export "v") (param i32) (result i32)
        (br_table 0 0 0 (i32.const 3) (local.get 0))))`,
    calls: [
      ["f", [0], undefined],
      ["f", [1], undefined],
      ["f", [2], undefined],
      ["f", [3], undefined],
      ["v", [1], 3],
      ["v", [9], 3],
    ],
    stacks: ["f", "f", "f;zero", "f", "f;one", "f", "v", "v"],
  },
  {
    name: "several results, by every way out, in a function with parameters and one without",
    text: `(module
      (func $f (export "f") (param i32) (result i32 f64)
        (br_if 0 (i32.const 1) (f64.const 2) (i32.eq (local.get 0) (i32.const 0)))
        (if (i32.eq (local.get 0) (i32.const 1))
          (then (return (i32.const 3) (f64.const 4))))
        (block (br_table 1 1 (i32.const 5) (f64.const 6) (i32.const 0)))
        (unreachable))
      (func $g (export "g") (result i32 i32 i32) (i32.const 1) (i32.const 2) (i32.const 3)))`,
    calls: [
      ["f", [0], [1, 2]],
      ["f", [1], [3, 4]],
      ["f", [2], [5, 6]],
      ["g", [], [1, 2, 3]],
    ],
    stacks: ["f", "f", "f", "g"],
  },
  {
    name: "tail calls: direct, indirect, to itself, and none that is taken",
    text: `(module
      (type $t (func (param i32) (result i32)))
      (table funcref (elem $even $odd))
      (func $even (export "even") (type $t)
        (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
        (return_call $odd (i32.sub (local.get 0) (i32.const 1))))
      (func $odd (type $t)
        (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
        (return_call_indirect (type $t)
          (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))
      (func $outer (export "outer") (result i32) (call $even (i32.const 1))))`,
    calls: [
      ["even", [2], 1],
      ["outer", [], 0],
    ],
    stacks: ["even", "odd", "even", "outer", "outer;even", "outer;odd"],
  },
  {
    name: "ends that cannot be reached",
    text: `(module
      (func $f (export "f") (param i32) (result i32)
        (loop (br_if 1 (i32.const 4) (local.get 0)) (drop) (local.set 0 (i32.const 1)) (br 0))
        (unreachable))
      (func $g (export "g") (result i32)
        (return (i32.const 3))
        (call $f (ref.func $g) (drop) (i32.const 0))
        (br_table 0 0 (i32.const 0))
        (return)))`,
    calls: [
      ["f", [0], 4],
      ["g", [], 3],
    ],
    stacks: ["f", "g"],
  },
  {
    name: "start function, element segments, ref.func in code and globals, exports of several names",
    text: `(module
      (import "host" "twice" (func $twice (param i32) (result i32)))
      (global $g funcref (ref.func $b))
      (table $t 8 funcref)
      (elem (i32.const 0) func $a $b)
      (elem $passive funcref (ref.func $c) (ref.null func) (ref.func $twice))
      (elem declare func $a)
      (type $v (func (result i32)))
      (type $u (func (param i32) (result i32)))
      (global $started (mut i32) (i32.const 0))
      (func $begin (global.set $started (i32.const 40)))
      (start $begin)
      (func $a (export "a") (export "alias") (result i32) (i32.const 1))
      (func $b (result i32) (i32.const 2))
      (func $c (result i32) (i32.add (global.get $started) (i32.const 2)))
      (func $all (export "all") (result i32)
        (table.init $t $passive (i32.const 2) (i32.const 0) (i32.const 3))
        (table.set $t (i32.const 5) (global.get $g))
        (table.set $t (i32.const 6) (ref.func $a))
        (i32.add
          (i32.add (call_indirect (type $v) (i32.const 1)) (call_indirect (type $v) (i32.const 2)))
          (i32.add (call_indirect (type $v) (i32.const 5)) (call_indirect (type $v) (i32.const 6)))))
      (func $host (export "host") (result i32)
        (i32.add (call $twice (i32.const 4)) (call_indirect (type $u) (i32.const 5) (i32.const 4))))
      (export "twice" (func $twice)))`,
    calls: [
      ["all", [], 2 + 42 + 2 + 1],
      ["host", [], 18],
      ["twice", [4], 8],
      ["alias", [], 1],
    ],
    stacks: ["begin", "all", "all;b", "all;c", "all;b", "all;a", "host", "a"],
  },
  {
    name: "the host calls back in",
    text: `(module
      (import "host" "again" (func $again (param i32)))
      (func $f (export "f") (param i32) (if (local.get 0) (then (call $again (local.get 0)))))
      (func $g (export "g") (call $f (i32.const 2))))`,
    calls: [["g", [], undefined]],
    stacks: ["g", "g;f", "g;f;f", "g;f;f;f"],
  },
];
