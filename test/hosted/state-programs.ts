// Small programs, each of which has in its state what others do not; `_start` prints a sum of what it did.

const wasi = (name: string, params: string): string =>
  `(import "wasi_snapshot_preview1" "${name}" (func $${name} (param ${params}) (result i32)))`;

/** Prints the 64 bits of an i64 as 16 digits and a line end, with memory from 1000 on. */
const print = `
  (func $print (param $value i64) (local $at i32)
    (local.set $at (i32.const 15))
    (loop $digits
      (i32.store8 (i32.add (i32.const 1024) (local.get $at))
        (i32.add (i32.const 97) (i32.wrap_i64 (i64.and (local.get $value) (i64.const 15)))))
      (local.set $value (i64.shr_u (local.get $value) (i64.const 4)))
      (br_if $digits (i32.ge_s (local.tee $at (i32.sub (local.get $at) (i32.const 1))) (i32.const 0))))
    (i32.store8 (i32.const 1040) (i32.const 10))
    (i32.store (i32.const 1000) (i32.const 1024))
    (i32.store (i32.const 1004) (i32.const 17))
    (drop (call $fd_write (i32.const 1) (i32.const 1000) (i32.const 1) (i32.const 1008))))`;

const withPrint = (fields: string, imports = ""): string =>
  `(module ${imports} ${wasi("fd_write", "i32 i32 i32 i32")}
    (memory (export "memory") 2) ${print} ${fields})`;

/** Programs in the text format, by what is special about them. */
export const statePrograms: Readonly<Record<string, string>> = {
  "operands below calls": withPrint(`
    (func $f (param i32) (result i32)
      (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
        (then (local.get 0))
        (else
          ;; Below the calls: a constant, a local, a local that changes behind, a sum.
          (i32.const 3)
          (local.get 0)
          (i32.add (local.get 0) (i32.const 5))
          (call $f (i32.sub (local.get 0) (i32.const 1)))
          (local.set 0 (i32.sub (local.get 0) (i32.const 2)))
          (call $f (local.get 0))
          (i32.mul) (i32.add) (i32.xor) (i32.add))))
    (func (export "_start") (call $print (i64.extend_i32_s (call $f (i32.const 9)))))`),

  "all types in locals and on the stack": withPrint(`
    (global $i (mut i32) (i32.const -1)) (global $l (mut i64) (i64.const 7))
    (global $f (mut f32) (f32.const 0.5)) (global $d (mut f64) (f64.const -0.0))
    (global $r (mut funcref) (ref.null func))
    (func $step (param $a f32) (param $b f64) (param $c i64) (result f64)
      (global.set $f (f32.add (global.get $f) (local.get $a)))
      (global.set $d (f64.sub (local.get $b) (f64.promote_f32 (global.get $f))))
      (global.set $l (i64.add (global.get $l) (local.get $c)))
      (global.set $r (ref.func $step))
      (f64.add (global.get $d) (f64.convert_i64_s (global.get $l))))
    (elem declare func $step)
    (func (export "_start") (local $n i32) (local $sum f64) (local $nan f64) (local $ref funcref)
      (local.set $nan (f64.reinterpret_i64 (i64.const 0x7ff4000000000123)))
      (loop $again
        (local.set $ref (global.get $r))
        (local.set $sum (f64.add (local.get $sum)
          (call $step (f32.convert_i32_s (local.get $n)) (local.get $sum)
            (i64.extend_i32_s (global.get $i)))))
        (global.set $i (i32.mul (global.get $i) (i32.const -3)))
        (br_if $again (i32.lt_s (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 40))))
      (call $print (i64.reinterpret_f64 (local.get $sum)))
      (call $print (i64.reinterpret_f64 (local.get $nan)))
      (call $print (i64.extend_i32_u (ref.is_null (local.get $ref))))
      (call $print (global.get $l)))`),

  "tables, segments and a growing memory": withPrint(`
    (type $unary (func (param i32) (result i32)))
    (table $t 4 20 funcref)
    (elem $passive func $double $square)
    (elem $dropped func $square $double)
    (data $words "abcdefghij")
    (data $gone "xyz")
    (func $double (type $unary) (i32.shl (local.get 0) (i32.const 1)))
    (func $square (type $unary) (i32.mul (local.get 0) (local.get 0)))
    (func $sum (result i64) (local $at i32) (local $sum i64)
      (loop $all
        (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 31))
          (i64.load8_u (local.get $at))))
        (br_if $all (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 30))))
      (local.get $sum))
    (func (export "_start") (local $n i32) (local $x i32)
      (elem.drop $dropped)
      (data.drop $gone)
      (table.init $t $passive (i32.const 1) (i32.const 0) (i32.const 2))
      (loop $again
        (local.set $x (i32.add (local.get $n) (call_indirect (type $unary)
          (i32.add (local.get $x) (i32.const 1))
          (i32.add (i32.const 1) (i32.and (local.get $n) (i32.const 1))))))
        ;; Now and then: another element, a longer table, more memory, another part of the segment.
        (if (i32.eq (local.get $n) (i32.const 11))
          (then (table.set $t (i32.const 1) (table.get $t (i32.const 2)))
            (drop (table.grow $t (ref.func $double) (i32.const 3)))
            (memory.init $words (i32.const 3) (i32.const 2) (i32.const 5))
            (data.drop $words)))
        (if (i32.eq (local.get $n) (i32.const 17))
          (then (drop (memory.grow (i32.const 3)))
            (i32.store (i32.const 262144) (local.get $x))))
        (br_if $again (i32.lt_s (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 25))))
      (call $print (i64.extend_i32_u (local.get $x)))
      (call $print (call $sum))
      (call $print (i64.extend_i32_u (i32.add (memory.size) (table.size $t))))
      (call $print (i64.extend_i32_u (i32.load (i32.const 262144)))))`),

  "branches that take values along": withPrint(`
    (func $pick (param $n i32) (result i32)
      (local.get $n)
      (i32.const 100)
      (block $c (result i32)
        (block $b (result i32)
          (block $a (result i32)
            (i32.mul (local.get $n) (i32.const 7))
            (br_table $a $b $c $b (i32.and (local.get $n) (i32.const 3))))
          (i32.add (i32.const 1)))
        (i32.xor (i32.const 5)))
      (i32.add) (i32.sub))
    (func $two (param i32) (result i32 i64)
      (local.get 0) (i64.extend_i32_s (i32.add (local.get 0) (i32.const 1))))
    (func $loopy (param $n i32) (result i64) (local $sum i64)
      (local.get $n) (i64.const 5)
      (loop $l (param i32 i64) (result i64)
        (local.set $sum (i64.add (local.get $sum)))
        (local.set $n)
        (call $two (i32.sub (local.get $n) (i32.const 1)))
        (br_if $l (i32.gt_s (local.get $n) (i32.const 0)))
        (i64.add (local.get $sum))
        (local.set $sum)
        (drop)
        (local.get $sum)))
    (func (export "_start") (local $n i32) (local $sum i32)
      (loop $again
        (local.set $sum (i32.add (i32.rotl (local.get $sum) (i32.const 3))
          (call $pick (local.get $n))))
        (local.set $sum (i32.add (local.get $sum) (i32.wrap_i64 (call $loopy (local.get $n)))))
        (br_if $again (i32.lt_s (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 30))))
      (call $print (i64.extend_i32_u (local.get $sum))))`),

  "vectors in locals, globals and on the stack": withPrint(`
    (global $g (mut v128) (v128.const i32x4 1 2 3 4))
    (func $mix (param $v v128) (param $n i32) (result v128) (local $w v128)
      (local.set $w (i32x4.mul (local.get $v) (i32x4.splat (local.get $n))))
      (i32x4.add
        (i8x16.shuffle 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 0 (local.get $w) (local.get $v))
        (if (result v128) (i32.gt_s (local.get $n) (i32.const 0))
          (then (call $mix (local.get $w) (i32.sub (local.get $n) (i32.const 1))))
          (else (local.get $w)))))
    (func (export "_start") (local $n i32)
      (loop $again
        (global.set $g (v128.xor (global.get $g) (call $mix (global.get $g) (i32.const 4))))
        (br_if $again (i32.lt_s (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 9))))
      (call $print (i64x2.extract_lane 0 (global.get $g)))
      (call $print (i64x2.extract_lane 1 (global.get $g))))`),

  "tail calls": withPrint(`
    (type $t (func (param i32 i64) (result i64)))
    (table funcref (elem $even $odd))
    (func $even (type $t)
      (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
      (return_call $odd (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 3))))
    (func $odd (type $t)
      (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1))
        (i64.mul (local.get 1) (i64.const 5)) (i32.const 0)))
    (func (export "_start")
      (call $print (i64.sub (i64.const 1) (call $even (i32.const 60) (i64.const 1)))))`),

  "deep recursion": withPrint(`
    (func $down (param $n i32) (result i64) (local $x i64)
      (local.set $x (i64.mul (i64.extend_i32_s (local.get $n)) (i64.const 0x9e3779b97f4a7c15)))
      (if (i32.eqz (local.get $n)) (then (return (i64.const 1))))
      (i64.xor (local.get $x) (call $down (i32.sub (local.get $n) (i32.const 1)))))
    (func (export "_start") (call $print (call $down (i32.const 1200))))`),

  "a start function": withPrint(`
    (global $n (mut i32) (i32.const 0))
    (start $init)
    (func $init
      (loop $l (global.set $n (i32.add (global.get $n) (i32.const 3)))
        (br_if $l (i32.lt_s (global.get $n) (i32.const 50)))))
    (func (export "_start")
      (loop $l (global.set $n (i32.sub (global.get $n) (i32.const 1)))
        (br_if $l (i32.gt_s (global.get $n) (i32.const 9))))
      (call $print (i64.extend_i32_s (global.get $n))))`),

  "no WASI and no memory": `(module
    (global $n (mut i64) (i64.const 1))
    (func (export "_start") (local $i i32)
      (loop $l (global.set $n (i64.mul (global.get $n) (i64.const 3)))
        (br_if $l (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20))))))`,
};

/** Prints 1 if a clock that only goes forward is behind a loop what it was before, or later. */
export const clockProgram: string = withPrint(
  `(func $now (result i64)
    (drop (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 64)))
    (i64.load (i32.const 64)))
  (func (export "_start") (local $before i64) (local $n i32)
    (local.set $before (call $now))
    (loop $wait
      (br_if $wait (i32.lt_s (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 50))))
    (call $print (i64.extend_i32_u (i64.ge_u (call $now) (local.get $before)))))`,
  wasi("clock_time_get", "i32 i64 i32"),
);

/** Adds up the bytes of its input, one by one, and prints the sum. */
export const inputProgram: string = withPrint(
  `(func (export "_start") (local $sum i64)
    (i32.store (i32.const 64) (i32.const 80))
    (i32.store (i32.const 68) (i32.const 1))
    (loop $more
      (drop (call $fd_read (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 72)))
      (if (i32.load (i32.const 72)) (then
        (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 3))
          (i64.load8_u (i32.const 80))))
        (br $more))))
    (call $print (local.get $sum)))`,
  wasi("fd_read", "i32 i32 i32 i32"),
);

/** Reads `/in` and writes what it reads, changed, to `/out`, a few bytes at a time. */
export const copyingProgram: string = withPrint(
  `(data (i32.const 0) "in") (data (i32.const 16) "out")
  (func (export "_start") (local $in i32) (local $out i32) (local $count i32) (local $at i32)
    (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 2) (i32.const 0)
      (i64.const 0x26) (i64.const 0) (i32.const 0) (i32.const 32)))
    (local.set $in (i32.load (i32.const 32)))
    (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 3) (i32.const 9)
      (i64.const 0x64) (i64.const 0) (i32.const 0) (i32.const 32)))
    (local.set $out (i32.load (i32.const 32)))
    (i32.store (i32.const 64) (i32.const 2048))
    (loop $more
      (i32.store (i32.const 68) (i32.const 7))
      (drop (call $fd_read (local.get $in) (i32.const 64) (i32.const 1) (i32.const 72)))
      (local.set $count (i32.load (i32.const 72)))
      (if (local.get $count) (then
        (local.set $at (i32.const 0))
        (loop $bytes
          (i32.store8 offset=2048 (local.get $at)
            (i32.xor (i32.load8_u offset=2048 (local.get $at)) (i32.const 32)))
          (br_if $bytes (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1)))
            (local.get $count))))
        (i32.store (i32.const 68) (local.get $count))
        (drop (call $fd_write (local.get $out) (i32.const 64) (i32.const 1) (i32.const 72)))
        (br $more))))
    (call $print (i64.extend_i32_u (i32.add (i32.mul (local.get $in) (i32.const 16)) (local.get $out)))))`,
  `${wasi("path_open", "i32 i32 i32 i32 i32 i64 i64 i32 i32")} ${wasi("fd_read", "i32 i32 i32 i32")}`,
);
