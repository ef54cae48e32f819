import { wat } from "../oracle/wat.ts";

const types = `
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (memory (export "memory") 2)
  (func $print (param $fd i32) (param $at i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $at)) (i32.store (i32.const 4) (local.get $length))
    (drop (call $write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func $leaf (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))`;

/** Prints on both streams, does some work and ends with a code. */
export const exits = (code: number): Uint8Array =>
  wat(`(module ${types} (data (i32.const 100) "to stdout\\n") (data (i32.const 200) "to stderr\\n")
    (func $work (drop (call $leaf (i32.const 1))) (drop (call $leaf (i32.const 2))))
    (func (export "_start")
      (call $print (i32.const 1) (i32.const 100) (i32.const 10))
      (call $print (i32.const 2) (i32.const 200) (i32.const 10))
      (call $work) ${code < 0 ? "" : `(call $exit (i32.const ${code}))`}))`);

/** Traps below two calls. */
export const traps: Uint8Array = wat(`(module ${types} (data (i32.const 100) "before the trap\\n")
    (func $deep (param i32) (nop) (drop (i32.div_u (i32.const 1) (local.get 0))) (nop))
    (func $middle (call $deep (i32.const 1)) (call $deep (i32.const 0)) (nop))
    (func (export "_start") (call $print (i32.const 1) (i32.const 100) (i32.const 16)) (call $middle)))`);

/** Copies standard input to standard output. */
export const copies: Uint8Array = wat(`(module ${types}
    (func (export "_start")
      (loop
        (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 4096))
        (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (if (i32.load (i32.const 8)) (then
          (call $print (i32.const 1) (i32.const 1024) (i32.load (i32.const 8)))
          (br 1))))))`);

/** Prints its first variable's and second argument's first four characters. */
export const environment: Uint8Array = wat(`(module ${types}
    (func (export "_start")
      (drop (call $environ (i32.const 1000) (i32.const 1100)))
      (call $print (i32.const 1) (i32.load (i32.const 1000)) (i32.const 8))
      (drop (call $args (i32.const 2000) (i32.const 2100)))
      (call $print (i32.const 1) (i32.load (i32.const 2004)) (i32.const 4))))`);

/** A library. */
export const library: Uint8Array = wat(`(module
    (func $fib (export "fib") (param i32) (result i32)
      (if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (local.get 0))
        (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
          (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
    (func (export "mix") (param i64 f32 f64) (result i64 f64)
      (local.get 0) (f64.add (local.get 2) (f64.promote_f32 (local.get 1))))
    (func (export "trap") (unreachable)))`);

/**
 * Prints 40,000 lines from a function that gets hot, and takes a page of memory for each 64 lines: under Node 20's own
 * WASI, unchanged, this ends in an abort every time.
 */
export const allocates: Uint8Array =
  wat(`(module ${types} (data (i32.const 100) "a line of some length\\n")
    (func $line (param i32)
      (call $print (i32.const 1) (i32.const 100) (i32.const 22))
      (if (i32.eqz (i32.and (local.get 0) (i32.const 63))) (then (drop (memory.grow (i32.const 1))))))
    (func (export "_start") (local i32)
      (loop (call $line (local.get 0))
        (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 40000))))))`);

/** Never ends, in a loop without a call. */
export const spins: Uint8Array = wat(`(module
    (func $spin (local i32) (loop (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br 0)))
    (func $middle (call $spin))
    (func (export "_start") (call $middle)))`);

/** Prints a line and never ends. */
export const printsAndSpins: Uint8Array = wat(`(module ${types} (data (i32.const 100) "spinning\\n")
    (func $spin (local i32) (loop (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br 0)))
    (func (export "_start") (call $print (i32.const 1) (i32.const 100) (i32.const 9)) (call $spin)))`);

/** Waits for an hour, by `poll_oneoff` with one relative clock. */
export const sleeps: Uint8Array = wat(`(module
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start")
      (i32.store (i32.const 16) (i32.const 1))
      (i64.store (i32.const 24) (i64.const 3600000000000))
      (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))`);

/** Prints pages without end. */
export const floods: Uint8Array = wat(`(module ${types}
    (func (export "_start") (loop
      (call $print (i32.const 1) (i32.const 1024) (i32.const 65536)) (br 0))))`);
