import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DecodeError } from "../../src/bytes/index.ts";
import { exactModes, instrument, instrumentFile, Refusal } from "../../src/instrument/index.ts";
import {
  decodeModule,
  featuresOf,
  identity,
  isComponent,
  readNames,
} from "../../src/wasm/index.ts";
import { wat } from "../oracle/wat.ts";
import { root } from "../root.ts";
import { generateModule } from "./generate.ts";
import { mutate, stretchSections } from "./mutate.ts";
import { randomNumbers } from "./random.ts";
import { fuzzMs, fuzzSeed } from "./time.ts";

/** A component around a module: a core module section behind a component's header. */
function component(module: Uint8Array): Uint8Array {
  const size = [0, 7, 14, 21, 28].map((shift) => ((module.length >>> shift) & 0x7f) | 0x80);
  size[4]! &= 0x7f;
  return Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, 1, ...size, ...module);
}

const small = wat(`(module
  (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "host" "g" (global $i i32)) (import "host" "f" (func $f))
  (type $t (func (param i32 i64 f32 f64) (result i32)))
  (memory (export "memory") 1 4) (table (export "t") 3 9 funcref) (tag $e (param i32))
  (global $g (mut i64) (i64.const -5)) (global funcref (ref.func $two))
  (elem (i32.const 1) $one $two) (elem declare func $three) (elem funcref (ref.func $one) (ref.null func))
  (data (i32.const 8) "data") (data $p "passive") (start $start)
  (func $start (if (global.get $i) (then (call $exit (i32.const 1))))) (func $one (type $t) (br_table 0 0 0 (i32.const 1) (local.get 0)))
  (func $two (export "two") (local i32 v128)
    (try (do (throw $e (i32.const 3))) (catch $e (drop)) (catch_all (rethrow 0)))
    (loop (br_if 0 (local.tee 0 (i32.add (local.get 0) (i32.const 1)))))
    (memory.init $p (i32.const 0) (i32.const 0) (i32.const 0)) (data.drop $p)
    (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (local.get 1) (v128.const i64x2 1 2))))
  (func $three (result i32) (if (result i32) (i32.const 1) (then (i32.const 2)) (else (memory.grow (i32.const 1)))))
  (func (export "_start") (call $f) (drop (call_indirect (type $t) (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4) (i32.const 1)))
    (table.set (i32.const 0) (ref.func $three)) (return_call $start)))`);

function read(...path: string[]): Uint8Array {
  return Uint8Array.from(readFileSync(join(root, ...path)));
}

const random = randomNumbers(fuzzSeed());
const seeds: readonly Uint8Array[] = [
  small,
  small,
  stretchSections(small),
  component(small),
  ...Array.from({ length: 6 }, () =>
    wat(generateModule(Array.from({ length: 200 }, () => random() % 1000))),
  ),
];
const large: readonly Uint8Array[] = [
  read("examples", "wordcount", "wordcount.wasm"),
  read("workloads", "huff.wasm"),
];

/** Runs one reader or rewriter: it may refuse, and must not fail in any other way. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof DecodeError || error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Checks every law for one file. Returns whether the codec accepts it. */
function check(bytes: Uint8Array): boolean {
  const valid = WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>);
  const same = attempt(() => identity(bytes));
  if (same === undefined) {
    assert.ok(!valid, "a valid module is refused");
    return false;
  }
  assert.ok(Buffer.compare(same, bytes) === 0, "the identity changed the file");
  if (isComponent(bytes)) {
    attempt(() => instrumentFile(bytes, () => ({ mode: "blocks", sink: "stderr" })));
    return true;
  }
  attempt(() => {
    const module = decodeModule(bytes);
    readNames(module);
    featuresOf(module);
  });
  for (const mode of exactModes) {
    for (const sink of ["export", "stderr"] as const) {
      const made = attempt(() => instrument(bytes, { mode, sink }));
      if (made === undefined || !valid) continue;
      assert.ok(
        WebAssembly.validate(made.bytes as Uint8Array<ArrayBuffer>),
        `mode ${mode}, sink ${sink}: a valid module became an invalid one`,
      );
    }
  }
  return true;
}

function checked(bytes: Uint8Array, what: string): boolean {
  const start = Date.now();
  try {
    const accepted = check(bytes);
    assert.ok(Date.now() - start < 5000, "it took more than five seconds");
    return accepted;
  } catch (error) {
    const kept = join(tmpdir(), "mutated.wasm");
    writeFileSync(kept, bytes);
    throw new Error(`${what}; the file is kept in ${kept}`, { cause: error });
  }
}

function fuzz(files: readonly Uint8Array[], ms: number): void {
  const end = Date.now() + fuzzMs(ms);
  let accepted = 0;
  let refused = 0;
  while (Date.now() < end || accepted + refused < 5) {
    const file = files[random() % files.length]!;
    if (checked(mutate(file, random), `mutation ${accepted + refused} of seed ${fuzzSeed()}`)) {
      accepted++;
    } else refused++;
  }
  assert.ok(refused > 0);
}

test("accepts what is not changed, also with long forms of the sections' sizes", () => {
  for (const file of [...seeds, ...large]) {
    assert.ok(checked(file, "the file itself"));
    if (!isComponent(file)) assert.ok(checked(stretchSections(file), "the stretched file"));
  }
});

test("refuses mutated small modules with an error of its own, or rewrites them well", () => {
  fuzz(seeds, 4000);
});

test("refuses mutated real modules with an error of its own, or rewrites them well", () => {
  fuzz(large, 2500);
});

test("refuses every cut of a file", () => {
  for (let length = 0; length < small.length; length++) {
    checked(small.slice(0, length), `the first ${length} bytes`);
  }
});

test("uses little memory for huge counts", () => {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
  const before = process.memoryUsage().rss;
  for (let id = 0; id < 14; id++) {
    const content = [...huge, 0, 0, 0, 0];
    checked(Uint8Array.of(...header, id, content.length, ...content), `section ${id}`);
  }
  // A body with 2^32 - 1 locals, a br_table with as many labels, a select with as many types.
  for (const code of [
    [1, ...huge, 0x7f, 0x0b],
    [0, 0x0e, ...huge, 0, 0x0b],
    [0, 0x1c, ...huge, 0x0b],
  ]) {
    const module = [
      ...header,
      1,
      4,
      1,
      0x60,
      0,
      0,
      3,
      2,
      1,
      0,
      10,
      code.length + 2,
      1,
      code.length,
      ...code,
    ];
    checked(Uint8Array.from(module), "a body");
  }
  assert.ok(process.memoryUsage().rss - before < 200 * 2 ** 20);
});
