import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Host } from "../../../test/oracle/host.ts";
import { Naive } from "../../../test/oracle/naive.ts";
import { Exit, SmallWasi } from "../../../test/oracle/wasi.ts";
import { wat } from "../../../test/oracle/wat.ts";
import { root } from "../../../test/root.ts";
import { exactModes } from "../../instrument/index.ts";
import { CannotRun, hasMultiMemory } from "../../runtimes/index.ts";
import { profileRun } from "../index.ts";
import type { ProfileRun, ProfileRunOptions } from "../index.ts";

const module = { name: "guest.wasm", sha256: "00" };
const guest = { args: ["guest"], env: {}, dirs: [] };
const memories = ["region", ...(hasMultiMemory() ? ["second" as const] : [])] as const;

/** Counts a WASI program naively: a small host that knows `proc_exit` stands for Node's. */
function naively(bytes: Uint8Array): Naive {
  const naive = new Naive(bytes);
  const wasi = new SmallWasi();
  new Host({
    bytes: naive.bytes,
    imports: { ...naive.imports, ...wasi.imports },
    around: (call) => naive.around(call),
  }).start({
    bytes,
    run(host) {
      wasi.memory = host.memory;
      try {
        naive.around(host.instance.exports["_start"] as () => void);
      } catch (error) {
        assert.ok(error instanceof Exit || error instanceof WebAssembly.RuntimeError);
      }
    },
  });
  return naive;
}

/** Gives calls and instructions of each function as a profile has them, and compares with a naive count. */
async function agree(
  bytes: Uint8Array,
  options: Partial<ProfileRunOptions> = {},
): Promise<ProfileRun> {
  const naive = naively(bytes);
  let last: ProfileRun | undefined;
  for (const mode of exactModes) {
    for (const memory of memories) {
      last = await profileRun(bytes, { mode, memory, module, guest, ...options });
      const { frames, nodeFrames, selfValues } = last.profile;
      const keys = last.profile.valueTypes.map(({ name }) => name);
      for (const [at, key] of keys.entries()) {
        const sums = new Map<number, number>();
        for (const [node, frame] of nodeFrames.entries()) {
          const { funcIndex } = frames[frame]!;
          sums.set(funcIndex!, (sums.get(funcIndex!) ?? 0) + selfValues[at]![node]!);
        }
        const wanted = key === "calls" ? naive.calls : naive.instructions;
        const sorted = (counts: ReadonlyMap<number, number>): [number, number][] =>
          [...counts].filter(([, count]) => count > 0).toSorted(([left], [right]) => left - right);
        assert.deepEqual(sorted(sums), sorted(wanted), `${key} in mode ${mode}`);
      }
    }
  }
  return last!;
}

const exit = `(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)`;

test("counts exactly up to proc_exit in the middle of deep calls", async () => {
  const { end } = await agree(
    wat(`(module ${exit}
      (func $deep (param i32) (nop)
        (if (i32.eqz (local.get 0)) (then (call $exit (i32.const 42)) (nop) (unreachable)))
        (call $deep (i32.sub (local.get 0) (i32.const 1))) (nop) (nop))
      (func (export "_start") (call $deep (i32.const 0x50)) (nop)))`),
  );
  assert.deepEqual(end, { kind: "exit", code: 42 });
});

test("does not let the guest catch proc_exit, as no runtime does", async () => {
  const caught = await profileRun(
    wat(`(module ${exit} (func $cleanup)
      (func (export "_start") (try (do (call $exit (i32.const 7))) (catch_all (call $cleanup) (rethrow 0)))))`),
    { mode: "calls", memory: "region", module, guest },
  );
  assert.deepEqual(caught.end, { kind: "exit", code: 7 });
  assert.deepEqual(
    caught.profile.frames.map(({ name }) => name),
    ["_start"],
  );
});

test("counts exactly up to a trap, and gives the guest's stack by original offsets", async () => {
  const bytes = wat(`(module ${exit}
    (func $deep (param i32) (nop)
      (loop
        (drop (i32.div_u (i32.const 10) (local.get 0)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br 0)))
    (func $middle (nop) (call $deep (i32.const 5)) (nop))
    (func (export "_start") (nop) (call $middle) (nop)))`);
  const { end, stack } = await agree(bytes);
  assert.equal(end.kind, "trap");
  assert.deepEqual(
    stack.map(({ name }) => name),
    ["deep", "middle", "_start"],
  );
  // i32.div_u, then two calls.
  assert.deepEqual(
    stack.map(({ offset }) => bytes[offset]),
    [0x6e, 0x10, 0x10],
  );
});

test("runs an exported function behind the library's initialisation", async () => {
  const bytes = wat(`(module (memory (export "memory") 1) (global $ready (mut i32) (i32.const 0))
    (func (export "_initialize") (global.set $ready (i32.const 1)))
    (func (export "answer") (param i32 i64) (result i32 i64) (i32.add (global.get $ready) (local.get 0)) (local.get 1)))`);
  const { end, profile } = await profileRun(bytes, {
    mode: "insns",
    memory: "region",
    module,
    guest,
    invoke: { name: "answer", args: ["41", "-1"] },
  });
  assert.deepEqual(end, { kind: "returned", values: ["42", "-1"] });
  assert.deepEqual(profile.frames.map(({ name }) => name).toSorted(), ["_initialize", "answer"]);
});

test("says why it cannot run a module, before the guest starts", async () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    [`(import "env" "f" (func)) (func (export "_start"))`, /imports env\.f/],
    [`(func (export "f"))`, /exports no function _start/],
  ];
  for (const [text, message] of refused) {
    await assert.rejects(
      profileRun(wat(`(module ${text})`), { mode: "calls", memory: "region", module, guest }),
      (error) => error instanceof CannotRun && message.test(error.message),
    );
  }
});

test("gives the same numbers in all modes for a real program", async () => {
  const bytes = Uint8Array.from(readFileSync(join(root, "workloads", "sieve.wasm")));
  const totals = new Map<string, Set<number>>();
  for (const mode of exactModes) {
    const { end, profile } = await profileRun(bytes, { mode, memory: "region", module, guest });
    assert.equal(end.kind, "exit");
    for (const [at, { name }] of profile.valueTypes.entries()) {
      const sum = profile.selfValues[at]!.reduce((left, right) => left + right, 0);
      totals.set(name, (totals.get(name) ?? new Set()).add(sum));
    }
  }
  for (const [name, values] of totals)
    assert.equal(values.size, 1, `${name}: ${[...values].join(" ")}`);
});
