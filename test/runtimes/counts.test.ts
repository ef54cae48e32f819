import assert from "node:assert/strict";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { inputFile, loadManifest, packageFile } from "../../src/bench/workloads.ts";
import type { WorkloadRow } from "../../src/bench/workloads.ts";
import { NoCounts, profileRun, runtimeRun } from "../../src/collect/index.ts";
import { exactModes } from "../../src/instrument/index.ts";
import type { ExactMode } from "../../src/instrument/index.ts";
import type { Profile } from "../../src/profile/index.ts";
import { CannotRun } from "../../src/runtimes/index.ts";
import { wat } from "../oracle/wat.ts";
import { foundEngines } from "./engines.ts";
import type { FoundEngine } from "./engines.ts";

const engines = await foundEngines();
const work = mkdtempSync(join(tmpdir(), "counts-"));
const guestFolder = join(work, "guest");
mkdirSync(guestFolder);
// A file: a null device is a terminal to the guest's C library in some runtimes and not in others.
const nowhere = openSync(join(work, "stdout"), "w");
after(() => {
  closeSync(nowhere);
  rmSync(work, { recursive: true, force: true });
});
const { workloads } = loadManifest();
const row = (name: string): WorkloadRow => workloads.find((each) => each.name === name)!;

/** Runs a workload at its mini size, with what it prints thrown away. */
function optionsFor({ name, dirs, sizes }: WorkloadRow, mode: ExactMode) {
  const { args, stdin } = sizes.mini;
  const stdio = {
    stdin: openSync(stdin === undefined ? devNull : inputFile(stdin), "r"),
    stdout: nowhere,
    stderr: nowhere,
  };
  return {
    mode,
    memory: "region",
    module: { name: `${name}.wasm`, sha256: "00" },
    guest: {
      args: [name, ...args],
      env: {},
      dirs: dirs.map(([host, guest]) => ({
        host: host === "work" ? guestFolder : packageFile(host),
        guest,
      })),
      stdio,
    },
  } as const;
}

/** What must be the same everywhere: all but notes. */
const countsOf = ({ notes: _notes, ...counts }: Profile): unknown => counts;

async function countsHere(workload: WorkloadRow, mode: ExactMode): Promise<unknown> {
  const options = optionsFor(workload, mode);
  const { profile } = await profileRun(readFileSync(packageFile(workload.file)), options);
  closeSync(options.guest.stdio.stdin);
  return countsOf(profile);
}

async function countsThere(
  workload: WorkloadRow,
  mode: ExactMode,
  engine: FoundEngine,
): Promise<{ counts: unknown; stderr: string }> {
  const options = optionsFor(workload, mode);
  let stderr = "";
  const run = await runtimeRun(readFileSync(packageFile(workload.file)), {
    ...options,
    ...engine,
    stderr: (part) => (stderr += Buffer.from(part).toString()),
  });
  closeSync(options.guest.stdio.stdin);
  assert.deepEqual(run.end, { kind: "exit", code: 0 });
  return { counts: countsOf(run.profile), stderr };
}

const isDefault = ({ runtime, tier }: FoundEngine): boolean => runtime.tiers[0] === tier;

/** The modes in which an engine is tried: all in its default tier, in the others the two that hold all. */
const modesOf = (engine: FoundEngine): readonly ExactMode[] =>
  isDefault(engine) ? exactModes : ["calls", "tree+blocks"];

// Programs that use WASI without the C library's stdio: wasmtime writes the first of several buffers only, and then the
// library calls again.
for (const name of ["polybench-nussinov", "edge-inflate", "matmul-o0"]) {
  const workload = row(name);
  const here = new Map<ExactMode, unknown>();
  for (const engine of engines)
    test(`${name} has the same counts on ${engine.name} as here`, async () => {
      for (const mode of name === "polybench-nussinov"
        ? modesOf(engine)
        : (["tree+blocks"] as const)) {
        if (!here.has(mode)) here.set(mode, await countsHere(workload, mode));
        const { counts, stderr } = await countsThere(workload, mode, engine);
        assert.deepEqual(counts, here.get(mode), mode);
        assert.equal(stderr, "");
      }
    });
}

const invoked = wat(`(module (memory (export "memory") 1)
  (func $square (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))
  (func (export "run") (param i32) (result i32)
    (i32.add (call $square (local.get 0)) (call $square (i32.const 3)))))`);
const trapping = wat(`(module (memory (export "memory") 1)
  (func (export "_start") (drop (i32.div_u (i32.const 1) (i32.const 0)))))`);
const bare = { args: ["guest"], env: {}, dirs: [], stdio: { stdin: nowhere, stdout: nowhere } };
const module = { name: "guest.wasm", sha256: "00" };

for (const engine of engines.filter(isDefault)) {
  const stderr = (): void => {};
  const options = {
    ...engine,
    mode: "calls",
    memory: "region",
    module,
    guest: bare,
    stderr,
  } as const;

  test(`an exported function is counted on ${engine.name}`, async (context) => {
    const run = { ...options, invoke: { name: "run", args: ["5"] } };
    const done = await runtimeRun(invoked, run).catch((error: unknown) => error);
    // Not everything can call a function.
    if (done instanceof CannotRun && engine.name.startsWith("wasm2c")) {
      return context.skip(done.message);
    }
    if (done instanceof Error) throw done;
    const { profile } = done as Awaited<ReturnType<typeof runtimeRun>>;
    const calls = profile.frames.map(({ name }, frame) => [name, profile.selfValues[0]![frame]]);
    assert.deepEqual(Object.fromEntries(calls), { square: 2, run: 1 });
  });

  test(`after a trap on ${engine.name} there are no counts, which is said`, async () => {
    await assert.rejects(runtimeRun(trapping, options), (error) => {
      assert.ok(error instanceof NoCounts);
      assert.equal(error.end.kind, "trap");
      return true;
    });
  });

  test(`a module that ${engine.name} has no features for is refused with its words`, async () => {
    const bytes =
      wat(`(module (import "wasi_snapshot_preview1" "nothing" (func $f)) (memory (export "memory") 1)
      (func (export "_start") (call $f)))`);
    await assert.rejects(runtimeRun(bytes, options), CannotRun);
  });
}
