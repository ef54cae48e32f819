import assert from "node:assert/strict";
import { test } from "node:test";
import { Exit, SmallWasi } from "../../test/oracle/wasi.ts";
import type { WasiOptions } from "../../test/oracle/wasi.ts";
import { wat } from "../../test/oracle/wat.ts";
import { readWords } from "../collect/index.ts";
import { exactModes, exportNames, frameMark, instrument, parseRawProfiles } from "./index.ts";
import type { InstrumentOptions, RawProfile } from "./index.ts";

const write = `(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))`;
const exit = `(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))`;
/** Fills its first pages with a pattern, prints a line to stderr, works. */
const body = `
  (memory (export "memory") 2) (data (i32.const 2000) "guest line\\n")
  (func $work (param i32) (result i32)
    (if (result i32) (local.get 0) (then (i32.add (call $work (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
      (else (i32.const 0))))
  (func $say
    (i32.store (i32.const 1500) (i32.const 2000)) (i32.store (i32.const 1504) (i32.const 11))
    (drop (call $write (i32.const 2) (i32.const 1500) (i32.const 1) (i32.const 1508))))
  (func $fill (local i32)
    (loop
      (i32.store8 (local.get 0) (i32.mul (local.get 0) (i32.const 7)))
      (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 1400)))))`;

interface Run {
  readonly wasi: SmallWasi;
  readonly instance: WebAssembly.Instance;
  readonly error: unknown;
}

function run(text: string, options: InstrumentOptions, host: WasiOptions = {}): Run {
  const wasi = new SmallWasi(host);
  const { bytes } = instrument(wat(`(module ${text})`), options);
  const module = new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
  const instance = new WebAssembly.Instance(module, wasi.imports);
  wasi.memory = instance.exports["memory"] as WebAssembly.Memory;
  let error: unknown;
  try {
    (instance.exports["_start"] as () => void)();
  } catch (thrown) {
    error = thrown;
  }
  return { wasi, instance, error };
}

function onlyProfile(text: string): RawProfile {
  const found = parseRawProfiles(text);
  assert.equal(found.length, 1);
  return found[0]!;
}

const plain = `${write} ${body}
  (func (export "_start") (call $fill) (call $say) (drop (call $work (i32.const 5))) (call $say))`;

for (const mode of exactModes) {
  test(`writes on stderr what the host reads through exports: mode ${mode}`, () => {
    const { wasi, instance } = run(plain, { mode, sink: "stderr", moduleId: "0123456789abcdef" });
    const text = wasi.written.get(2)!;
    assert.ok(text.startsWith("guest line\nguest line\n"));
    const profile = onlyProfile(text);
    assert.equal(profile.mode, mode);
    assert.equal(profile.moduleId, "0123456789abcdef");
    assert.deepEqual(profile.words, readWords(instance.exports));
    assert.ok(profile.words.some((word) => word !== 0));
    assert.deepEqual([...wasi.written.keys()], [2]);
  });

  test(`gives back the memory that a dump borrows: mode ${mode}`, () => {
    const { instance } = run(plain, { mode, sink: "stderr" });
    const memory = new Uint8Array((instance.exports["memory"] as WebAssembly.Memory).buffer);
    const before = memory.slice(0, 2 * 65536);
    assert.deepEqual(
      before.subarray(0, 1400),
      Uint8Array.from({ length: 1400 }, (_, at) => at * 7),
    );
    (instance.exports[exportNames.dump] as () => void)();
    assert.deepEqual(memory.slice(0, 2 * 65536), before);
  });
}

test("dumps before proc_exit in the middle of deep calls, once", () => {
  const { wasi, instance, error } = run(
    `${write} ${exit} ${body}
    (func $deep (param i32)
      (if (i32.eqz (local.get 0)) (then (call $exit (i32.const 42)) (unreachable)))
      (call $deep (i32.sub (local.get 0) (i32.const 1))) (call $say))
    (func (export "_start") (call $fill) (call $say) (call $deep (i32.const 9)) (call $say))`,
    { mode: "blocks", sink: "stderr" },
  );
  assert.ok(error instanceof Exit && error.code === 42);
  const text = wasi.written.get(2)!;
  assert.equal(text.split(`${frameMark} `).length, 2);
  assert.deepEqual(onlyProfile(text).words, readWords(instance.exports));
});

test("writes nothing when the guest traps; the host can still ask for it", () => {
  const { wasi, instance, error } = run(
    `${write} ${body} (func (export "_start") (call $say) (unreachable))`,
    { mode: "calls", sink: "stderr" },
  );
  assert.ok(error instanceof WebAssembly.RuntimeError);
  assert.equal(wasi.written.get(2), "guest line\n");
  (instance.exports[exportNames.dump] as () => void)();
  assert.deepEqual(onlyProfile(wasi.written.get(2)!).words, readWords(instance.exports));
});

test("goes on after short writes, gives up after errors and writes of nothing", () => {
  const whole = run(plain, { mode: "blocks", sink: "stderr" }).wasi.written.get(2);
  for (const mostBytes of [1, 7, 1000]) {
    const short = run(
      plain.replaceAll("(call $say)", ""),
      { mode: "blocks", sink: "stderr" },
      { mostBytes },
    );
    assert.equal(short.wasi.written.get(2)!.split("\n").length, whole!.split("\n").length - 2);
    onlyProfile(short.wasi.written.get(2)!);
  }
  for (const host of [{ writeError: 8 }, { mostBytes: 0 }]) {
    const { wasi, error } = run(plain, { mode: "blocks", sink: "stderr" }, host);
    assert.equal(error, undefined);
    assert.ok(wasi.writes < 10);
  }
});

test("writes to a file in the first preopened folder", () => {
  const sink = { path: "out/profile.txt" };
  const { wasi } = run(plain, { mode: "insns", sink });
  assert.deepEqual(wasi.opened, [[3, "out/profile.txt"]]);
  assert.deepEqual(wasi.closed, [7]);
  assert.equal(onlyProfile(wasi.written.get(7)!).mode, "insns");
  assert.equal(wasi.written.get(2), "guest line\nguest line\n");
  // Fails, or claims success and opens nothing: then the profile goes to stderr.
  for (const open of [{ error: 44 }, { descriptor: 0 }]) {
    const fallen = run(plain, { mode: "insns", sink }, { open }).wasi;
    onlyProfile(fallen.written.get(2)!);
    assert.deepEqual(fallen.closed, []);
  }
});

test("finds the last of several dumps of a run, and gives back memory each time", () => {
  const { wasi, instance } = run(plain, { mode: "calls", sink: "stderr" });
  const dump = instance.exports[exportNames.dump] as () => void;
  const start = instance.exports["_start"] as () => void;
  dump();
  start();
  const { words } = onlyProfile(wasi.written.get(2)!);
  assert.deepEqual(words, readWords(instance.exports));
  assert.equal(wasi.written.get(2)!.split(`${frameMark} `).length, 4);
});

test("adds up the runs of one module, refuses to add up trees, keeps modules apart", () => {
  const text = (mode: InstrumentOptions["mode"], moduleId: string): string =>
    run(plain, { mode, sink: "stderr", moduleId }).wasi.written.get(2)!;
  const once = onlyProfile(text("blocks", "aa"));
  const twice = onlyProfile(text("blocks", "aa") + text("blocks", "aa"));
  assert.deepEqual(
    twice.words,
    once.words.map((word) => word * 2),
  );
  assert.throws(() => parseRawProfiles(text("tree", "aa") + text("tree", "aa")), /2 runs/);
  const apart = parseRawProfiles(text("blocks", "aa") + text("blocks", "bb") + text("calls", "aa"));
  assert.deepEqual(
    apart.map(({ mode, moduleId }) => `${mode} ${moduleId}`),
    ["blocks aa", "blocks bb", "calls aa"],
  );
});

test("imports what a sink needs, and finds what is imported already", () => {
  const imports = (text: string, sink: InstrumentOptions["sink"]): string[] =>
    WebAssembly.Module.imports(
      new WebAssembly.Module(
        instrument(wat(`(module ${text})`), { mode: "calls", sink: sink! })
          .bytes as Uint8Array<ArrayBuffer>,
      ),
    ).map(({ module, name }) => `${module}.${name}`);
  const memory = `(memory (export "memory") 1) (func (export "_start"))`;
  const unstable = `(import "wasi_unstable" "fd_close" (func (param i32) (result i32)))`;
  assert.deepEqual(imports(memory, "stderr"), ["wasi_snapshot_preview1.fd_write"]);
  assert.deepEqual(imports(write + memory, "stderr"), ["wasi_snapshot_preview1.fd_write"]);
  assert.deepEqual(imports(unstable + memory, { path: "x" }), [
    "wasi_unstable.fd_close",
    "wasi_unstable.fd_write",
    "wasi_unstable.path_open",
  ]);
  assert.deepEqual(imports(memory, "export"), []);
  assert.throws(() => imports(`(func (export "_start"))`, "stderr"), /no memory.*--sink export/);
  const other = `(import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i64) (result i32)))`;
  assert.throws(() => imports(other + memory, "stderr"), /fd_write with another type/);
});

test("functions keep their places when a sink adds imports", () => {
  const { wasi, instance } = run(
    `(memory (export "memory") 1) (table (export "t") funcref (elem $a $b)) (global funcref (ref.func $b))
    (elem declare func $c) (func $a (result i32) (i32.const 10)) (func $b (result i32) (i32.const 20))
    (func $c (result i32) (i32.const 30)) (type $t (func (result i32)))
    (func (export "_start") (table.set (i32.const 0) (ref.func $c)))
    (func (export "sum") (result i32) (i32.add (call $a) (call_indirect (type $t) (i32.const 1))))`,
    { mode: "calls", sink: "stderr" },
  );
  assert.equal((instance.exports["sum"] as () => number)(), 30);
  assert.equal(((instance.exports["t"] as WebAssembly.Table).get(0) as () => number)(), 30);
  assert.deepEqual([...onlyProfile(wasi.written.get(2)!).words], [0, 0, 0, 1, 0]);
});

test("keeps a reference to _start valid that only its export declares", () => {
  const text = `(module ${write} (memory (export "memory") 1) (global $n (mut i32) (i32.const 0)) (table 1 funcref)
    (func $start (export "_start")
      (if (i32.eqz (global.get $n)) (then
        (global.set $n (i32.const 1)) (table.set (i32.const 0) (ref.func $start)) (call_indirect (i32.const 0)))))
    )`;
  for (const mode of exactModes) {
    const { wasi, error } = run(text.replace(/^\(module|\)$/g, ""), { mode, sink: "stderr" });
    assert.equal(error, undefined);
    onlyProfile(wasi.written.get(2)!);
  }
});
