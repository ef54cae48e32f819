import assert from "node:assert/strict";
import { test } from "node:test";
import { Exit } from "../../test/oracle/wasi.ts";
import { wat } from "../../test/oracle/wat.ts";
import { readWords } from "../collect/index.ts";
import {
  frameMark,
  parseLastDump,
  parseRawProfiles,
  RawProfileError,
  readWasiTable,
  Refusal,
  wrappedMode,
  wrapWasi,
} from "./index.ts";
import type { WasiTable, WrapOptions } from "./index.ts";

const wasi = "wasi_snapshot_preview1";
const imports = `
  (import "${wasi}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "${wasi}" "random_get" (func $random (param i32 i32) (result i32)))
  (import "${wasi}" "sched_yield" (func $yield (result i32)))
  (import "${wasi}" "proc_exit" (func $exit (param i32)))`;
/** A list of two buffers, of 3 and 4 bytes. */
const data = `
  (memory (export "memory") 1)
  (data (i32.const 2000) "\\40\\00\\00\\00\\03\\00\\00\\00\\48\\00\\00\\00\\04\\00\\00\\00")`;
const write = `(drop (call $write (i32.const 1) (i32.const 2000) (i32.const 2) (i32.const 2040)))`;

/** What reading the host's clock takes, in nanoseconds, and its functions. */
const clockCost = 10n;
const callCost = 1000n;

/** A host whose clock moves when it is read and when something is called, and only then. */
class FakeHost {
  now = 5_000_000n;
  memory: WebAssembly.Memory | undefined;
  errno = 0;
  stderr = "";
  seen: unknown[][] = [];

  readonly imports = {
    fd_write: (fd: number, list: number, count: number, written: number): number => {
      this.now += callCost;
      if (list >>> 0 >= 0x7fff_0000) return 21;
      let bytes = "";
      for (let nth = 0; nth < count; nth++) {
        const [at, length] = [0, 4].map((offset) =>
          this.#view.getUint32(list + nth * 8 + offset, true),
        );
        bytes += Buffer.from(this.memory!.buffer, at, length).toString("latin1");
      }
      if (fd === 2) this.stderr += bytes;
      else this.seen.push(["fd_write", bytes.length]);
      // One byte is left to be written again, but not of the dump.
      this.#view.setUint32(written, fd === 2 ? bytes.length : bytes.length - 1, true);
      return 0;
    },
    random_get: (at: number, length: number): number => {
      this.now += 2n * callCost;
      this.seen.push(["random_get", at, length]);
      return this.errno;
    },
    sched_yield: (): number => 0,
    proc_exit: (code: number): never => {
      throw new Exit(code);
    },
    clock_time_get: (clock: number, _precision: bigint, at: number): number => {
      this.#view.setBigUint64(at, clock === 0 ? 1_700_000_000_000_000_000n : this.now, true);
      this.now += clockCost;
      return 0;
    },
  };

  get #view(): DataView {
    return new DataView(this.memory!.buffer);
  }
}

function run(
  code: string,
  options: Partial<WrapOptions> = {},
  host: FakeHost = new FakeHost(),
): { host: FakeHost; instance: WebAssembly.Instance; error: unknown; table: WasiTable } {
  const text = `(module ${imports} ${data} (func (export "_start") ${code}))`;
  const wrapped = wrapWasi(wat(text), { timed: true, sink: "stderr", ...options });
  const module = new WebAssembly.Module(wrapped.bytes as Uint8Array<ArrayBuffer>);
  const instance = new WebAssembly.Instance(module, { [wasi]: host.imports });
  host.memory = instance.exports["memory"] as WebAssembly.Memory;
  let error: unknown;
  try {
    (instance.exports["_start"] as () => void)();
  } catch (thrown) {
    error = thrown;
  }
  const table = readWasiTable(readWords(instance.exports), wrapped.functions);
  return { host, instance, error, table };
}

function calledIn({ functions }: WasiTable, name: string): WasiTable["functions"][number] {
  return functions.find((one) => one.name === name)!;
}

test("counts calls, their time, bytes and errnos", () => {
  const host = new FakeHost();
  host.errno = 29;
  const { table } = run(
    `${write} ${write} (drop (call $random (i32.const 8) (i32.const 5))) ${write}`,
    {},
    host,
  );
  const written = calledIn(table, "fd_write");
  assert.equal(written.calls, 3);
  assert.equal(written.ns, 3 * Number(callCost + clockCost));
  assert.equal(written.askedBytes, 21);
  assert.equal(written.movedBytes, 18);
  assert.deepEqual([...written.errnos], [[0, 3]]);
  // 1010 ns: from 896 to 1024 is the last quarter of the octave from 512.
  assert.deepEqual(
    [...written.histogram.entries()].filter(([, count]) => count > 0),
    [[39, 3]],
  );
  const random = calledIn(table, "random_get");
  assert.deepEqual([...random.errnos], [[29, 1]]);
  // What failed has moved nothing.
  assert.equal(random.askedBytes + random.movedBytes, 0);
  assert.equal(calledIn(table, "sched_yield").calls, 0);
  assert.deepEqual(host.seen, [
    ["fd_write", 7],
    ["fd_write", 7],
    ["random_get", 8, 5],
    ["fd_write", 7],
  ]);
});

test("measures what reading the clock costs, and when the guest ran", () => {
  const { table } = run(write);
  assert.equal(table.clockNs, Number(clockCost));
  assert.equal(table.leastClockNs, Number(clockCost));
  // Two readings around the call, the one that begins, the one behind the first call.
  assert.equal(table.endNs - table.beginNs, Number(callCost + 4n * clockCost));
  assert.equal(table.wallNs, 1.7e18);
  assert.equal(table.goNs, 0);
});

test("leaves clocks alone where calls are only counted", () => {
  const { table } = run(`${write} ${write}`, { timed: false });
  assert.equal(calledIn(table, "fd_write").calls, 2);
  assert.equal(calledIn(table, "fd_write").ns, 0);
  assert.equal(table.endNs - table.beginNs, Number(2n * callCost + clockCost));
});

test("writes what the host reads through exports, also in front of proc_exit", () => {
  for (const [code, exits] of [
    [write, false],
    [`${write} (call $exit (i32.const 3))`, true],
  ] as const) {
    const { host, instance, error } = run(code);
    assert.equal(error instanceof Exit, exits);
    const words = parseLastDump(host.stderr, wrappedMode)!;
    assert.equal(host.stderr.split(`${frameMark} `).length, 2);
    const functions = ["fd_write", "random_get", "sched_yield", "proc_exit"];
    const dumped = readWasiTable(words, functions);
    assert.deepEqual(dumped, readWasiTable(readWords(instance.exports), functions));
    assert.equal(calledIn(dumped, "proc_exit").calls, exits ? 1 : 0);
    assert.throws(() => parseRawProfiles(host.stderr), RawProfileError);
  }
});

test("hides its table from the guest", () => {
  const { host, instance } = run(
    `(i32.store (i32.const 100) (memory.size))
     (i32.store (i32.const 104) (memory.grow (i32.const 2)))
     (i32.store (i32.const 108) (memory.size))
     ${write}
     (i64.store (i32.const 112) (i64.load (i32.const 65536)))`,
  );
  const view = new DataView(host.memory!.buffer);
  const [before, grown, after] = [100, 104, 108].map((at) => view.getUint32(at, true));
  assert.deepEqual([before, grown, after], [1, 1, 3]);
  assert.equal(view.getBigUint64(112, true), 0n);
  assert.ok(instance.exports["memory"] !== undefined);
  assert.equal(readWasiTable(readWords(instance.exports), ["fd_write"]).functions[0]!.calls, 1);
});

test("leaves bad addresses to the host", () => {
  for (const [list, count] of [
    ["0x7fffffff", "2"],
    ["0xfffffff0", "100"],
    ["0x7fff0000", "0xffffffff"],
  ]) {
    const { error, table } = run(
      `(drop (call $write (i32.const 1) (i32.const ${list}) (i32.const ${count}) (i32.const 0)))`,
    );
    assert.equal(error, undefined);
    assert.deepEqual([...calledIn(table, "fd_write").errnos], [[21, 1]]);
  }
});

test("waits for whoever looks for its word, but not for ever", () => {
  const host = new FakeHost();
  const { clock_time_get: clock } = host.imports;
  host.imports.clock_time_get = (...args) => {
    host.now += 1_000_000_000n;
    return clock(...args);
  };
  const { table } = run(write, { wordPattern: 0x1234_5678 }, host);
  assert.ok(host.now > 20_000_000_000n);
  assert.equal(table.goNs, 0);
  assert.equal(table.waitNs, 0);
  assert.equal(calledIn(table, "fd_write").calls, 1);
  assert.ok(host.stderr.startsWith(`\n${frameMark}!\n`));
  assert.equal(host.stderr.split("!\n").length, 2);
});

test("wraps what an export runs in place of _start", () => {
  const text = `(module ${imports} ${data} (func (export "go") ${write}))`;
  const { bytes, functions } = wrapWasi(wat(text), {
    timed: true,
    sink: "stderr",
    dumpAfter: "go",
  });
  const host = new FakeHost();
  const module = new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
  const instance = new WebAssembly.Instance(module, { [wasi]: host.imports });
  host.memory = instance.exports["memory"] as WebAssembly.Memory;
  for (let call = 1; call <= 2; call++) {
    (instance.exports["go"] as () => void)();
    const table = readWasiTable(parseLastDump(host.stderr, wrappedMode)!, functions);
    assert.equal(calledIn(table, "fd_write").calls, call);
  }
});

test("refuses what it cannot wrap", () => {
  const start = `(func (export "_start"))`;
  const yields = `(import "${wasi}" "sched_yield" (func (result i32)))`;
  for (const [text, why] of [
    [`(module (memory 1) ${start})`, /imports no function of WASI/],
    [`(module ${yields} ${start})`, /has no memory/],
    [`(module ${yields} (memory 1 2 shared) ${start})`, /threads/],
    [`(module ${yields} (import "a" "b" (memory 1)) ${start})`, /imported/],
  ] as const) {
    assert.throws(
      () => wrapWasi(wat(text), { timed: true, sink: "stderr" }),
      (error: unknown) => error instanceof Refusal && why.test(error.message),
    );
  }
});
