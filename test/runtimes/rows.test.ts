import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { CannotRun, EngineHost, runCold, runtimes } from "../../src/runtimes/index.ts";
import type { Found, Prepared, Runtime, RunJob, Tier } from "../../src/runtimes/index.ts";
import { missing } from "../skip.ts";
import { exiting, opening, trapping } from "./small-modules.ts";

const scratch = mkdtempSync(join(tmpdir(), "wasmscope-rows-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

const module = (name: string, bytes: Uint8Array): string => {
  const path = join(scratch, `${name}.wasm`);
  writeFileSync(path, bytes);
  return path;
};
const traps = module("trap", trapping);
const exits = module("exit", exiting);
const escapes = ["../outside", "/etc/passwd", "link-out", "inside/../../outside"].map(
  (path, index) => ({ path, module: module(`open-${index}`, opening(path)) }),
);
const inside = module("open-inside", opening("inside/file"));

/** Loads of the system's calls, and what each says. */
const loads: Readonly<Record<string, string>> = {
  "reads 20 64": "io reads count=20 bytes=1280 checksum=8f6527687535c41c",
  "seeks 20 4096": "io seeks count=20 bytes=20 checksum=44ec833b2003b0b5",
  "positioned 20 4096": "io positioned count=40 bytes=163840 checksum=35d072eb5dc3d6fd",
  "vectors 20 10 16": "io vectors count=40 bytes=6400 checksum=b9fc2cf20085edee",
  "renames 20": "io renames count=20",
  "entries 200": "io entries count=200 bytes=496 listed=200 letters=1690",
  "clocks 20": "io clocks count=40",
  "sleeps 2 1000": "io sleeps count=2 microseconds=2000",
};

/** Engines whose own WASI lets guests out of their folders, and by which paths; none of them promises more. */
const leadOut: Readonly<Record<string, readonly string[]>> = {
  wazero: ["link-out"],
};

/** Loads that a runtime's own WASI does not do. */
const undone: Readonly<Record<string, readonly string[]>> = {
  chicory: ["renames"],
};

interface Ran {
  readonly end: Awaited<ReturnType<typeof runCold>>["end"];
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  runtime: Runtime,
  found: Found,
  tier: Tier,
  job: Partial<RunJob> & Pick<RunJob, "module">,
  stdin?: string,
): Promise<Ran> {
  const folder = mkdtempSync(join(scratch, "run-"));
  const prepared = await prepareOnce(runtime, found, tier, job.module);
  const whole: RunJob = {
    args: ["guest"],
    env: {},
    dirs: [],
    ...job,
    module: prepared?.artefact ?? job.module,
  };
  const [stdout, stderr] = [join(folder, "stdout"), join(folder, "stderr")];
  const { end } = await runCold(runtime.command(found, tier, whole), {
    stdout,
    stderr,
    timeoutMs: 6e4,
    ...(stdin === undefined ? {} : { stdin }),
  });
  return { end, stdout: readFileSync(stdout, "utf8"), stderr: readFileSync(stderr, "utf8") };
}

/** What was made of modules, which takes a compiler seconds. */
const made = new Map<string, Promise<Prepared | undefined>>();
function prepareOnce(
  runtime: Runtime,
  found: Found,
  tier: Tier,
  path: string,
): Promise<Prepared | undefined> {
  const key = `${runtime.name}:${tier.name} ${path}`;
  const folder = mkdtempSync(join(scratch, "prepared-"));
  const known =
    made.get(key) ?? Promise.resolve(runtime.prepare?.(found, tier, { module: path, folder }));
  made.set(key, known);
  return known;
}

/** What nobody is asked to have: its compilers are built for a quarter of an hour, or users bring it themselves. */
const seldom: readonly string[] = ["wasmer", "wamr", "wasmedge"];
// All of them before the first test is made known: the hooks run when those that are known have ended.
const looked = await Promise.all(
  runtimes.map(async (runtime) => ({ runtime, found: await runtime.find() })),
);
for (const { runtime, found } of looked) {
  const why = found.found ? "" : `${found.why}: ${found.mend}`;
  const skip = found.found ? {} : seldom.includes(runtime.name) ? { skip: why } : missing(why);
  describe(runtime.name, skip, () => {
    for (const tier of runtime.tiers) {
      if (!found.found) continue;
      const without = found.without?.[tier.name];
      describe(tier.name, without === undefined ? {} : { skip: without }, () => {
        itRuns(runtime, found, tier);
        // All tiers of a runtime have the same system.
        if (tier === runtime.tiers[0]) itHasASystem(runtime, found, tier);
        if (runtime.host !== undefined) itHosts(runtime, found, tier);
      });
    }
  });
}

/** What each tier is tried on. */
function itRuns(runtime: Runtime, found: Found, tier: Tier): void {
  it("runs a program with arguments", async () => {
    const { end, stdout, stderr } = await run(runtime, found, tier, {
      module: "workloads/fib.wasm",
      args: ["fib", "15"],
    });
    assert.deepEqual(
      { end, stdout },
      { end: { kind: "exit", code: 0 }, stdout: "fib(15) = 610\n" },
      stderr,
    );
  });

  it("fails when the guest traps, and says so", async () => {
    const { end, stderr } = await run(runtime, found, tier, { module: traps });
    assert.notDeepEqual(end, { kind: "exit", code: 0 });
    assert.match(stderr, /trap|unreachable/i);
  });
}

/** What is the same in all tiers of a runtime. */
function itHasASystem(runtime: Runtime, found: Found, tier: Tier): void {
  it("hands on the guest's exit code", async () => {
    const { end, stderr } = await run(runtime, found, tier, { module: exits });
    assert.deepEqual(end, { kind: "exit", code: 7 }, stderr);
  });

  it("gives files of a folder, and nothing outside of it", async () => {
    const folder = mkdtempSync(join(scratch, "folder-"));
    const shown = join(folder, "shown");
    mkdirSync(join(shown, "inside"), { recursive: true });
    writeFileSync(join(folder, "outside"), "secret");
    writeFileSync(join(shown, "inside", "file"), "text");
    symlinkSync("../outside", join(shown, "link-out"));
    const dirs = [{ host: shown, guest: "." }];
    const fine = await run(runtime, found, tier, { module: inside, dirs });
    assert.deepEqual(fine.end, { kind: "exit", code: 0 }, fine.stderr);
    const open = leadOut[runtime.name] ?? [];
    for (const { path, module: escaping } of escapes) {
      if (open.includes(path)) continue;
      const { end } = await run(runtime, found, tier, { module: escaping, dirs });
      assert.notDeepEqual(end, { kind: "exit", code: 0 }, `it opened ${path}`);
    }
  });

  it("does the system's calls", async () => {
    const job = { module: "workloads/io.wasm" };
    await inTurn(runtime, found, tier, job, async (runIt) => {
      for (const [load, expected] of Object.entries(loads)) {
        if (undone[runtime.name]?.includes(load.split(" ")[0]!) === true) continue;
        const folder = mkdtempSync(join(scratch, "io-"));
        const { end, stdout, stderr } = await runIt(["io", ...load.split(" ")], folder);
        assert.deepEqual(end, { kind: "exit", code: 0 }, `${load}: ${stderr}`);
        assert.equal(stdout, `${expected}\n`);
        assert.deepEqual(readdirSync(folder), [], `${load} left files`);
      }
    });
  });

  it("hands over standard input and the environment", async () => {
    const input = join(scratch, "input");
    writeFileSync(input, "some text\n".repeat(1000));
    const { end, stdout, stderr } = await run(
      runtime,
      found,
      tier,
      { module: "workloads/io.wasm", args: ["io", "copy", "100"], env: { NAME: "value" } },
      input,
    );
    assert.deepEqual(end, { kind: "exit", code: 0 }, stderr);
    assert.equal(stdout, readFileSync(input, "utf8"));
  });
}

/** Runs one module several times: in a host where there is one, which is quicker than fresh processes. */
async function inTurn(
  runtime: Runtime,
  found: Found,
  tier: Tier,
  { module: path }: Pick<RunJob, "module">,
  use: (runIt: (args: readonly string[], folder: string) => Promise<Ran>) => Promise<void>,
): Promise<void> {
  if (runtime.host === undefined) {
    return use((args, host) => {
      const dirs = [{ host, guest: "." }];
      return run(runtime, found, tier, { module: path, args, dirs });
    });
  }
  const host = EngineHost.start(runtime.host(found, tier));
  try {
    const loaded = await host.load({ path, from: "wasm" });
    assert.ok("module" in loaded, JSON.stringify(loaded));
    const { module: number } = loaded;
    await use(async (args, folder) => {
      const streams = mkdtempSync(join(scratch, "run-"));
      const [stdout, stderr] = [join(streams, "stdout"), join(streams, "stderr")];
      const dirs = [{ host: folder, guest: "." }];
      const ran = await host.run({ module: number, args, env: {}, dirs, stdout, stderr });
      assert.ok("end" in ran, JSON.stringify(ran));
      const { end } = ran;
      assert.equal(end.kind, "exit", JSON.stringify(end));
      return {
        end: end as Ran["end"],
        stdout: readFileSync(stdout, "utf8"),
        stderr: readFileSync(stderr, "utf8"),
      };
    });
  } finally {
    await host.end();
  }
}

function itHosts(runtime: Runtime, found: Found, tier: Tier): void {
  it("keeps modules in a host, and runs them there", async () => {
    const host = EngineHost.start(runtime.host!(found, tier));
    try {
      const ready = await host.ready;
      assert.ok("ready" in ready, JSON.stringify(ready));
      assert.ok(ready.startedNs <= ready.readyNs);
      const loaded = await host.load({ path: "workloads/fib.wasm", from: "wasm" });
      assert.ok("module" in loaded, JSON.stringify(loaded));
      const [stdout, job] = [join(scratch, "hosted"), { env: {}, dirs: [] }];
      const ran = await host.run({ module: loaded.module, args: ["fib", "15"], stdout, ...job });
      assert.ok("end" in ran, JSON.stringify(ran));
      assert.deepEqual(ran.end, { kind: "exit", code: 0 });
      assert.equal(readFileSync(stdout, "utf8"), "fib(15) = 610\n");
      const { instantiate, firstCall, teardown } = ran.phases;
      const times = [instantiate, firstCall, teardown].flatMap((span) => [
        span.startNs,
        span.endNs,
      ]);
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
        "phases follow one another",
      );
      const called = await host.run({
        module: loaded.module,
        args: ["fib"],
        ...job,
        invoke: {
          name: "fib",
          args: ["15"],
          calls: 3,
        },
      });
      assert.ok("end" in called, JSON.stringify(called));
      assert.deepEqual([called.end, called.values], [{ kind: "returned" }, ["610"]]);
      assert.equal(called.steadyNs?.length, 2);
      assert.deepEqual(await host.unload(loaded.module), { done: true });
    } finally {
      await host.end();
    }
  });

  it("loads in a host what was prepared", async (test) => {
    const folder = mkdtempSync(join(scratch, "prepared-"));
    const job = { module: "workloads/fib.wasm", folder };
    const prepared =
      tier.prepared === undefined ? undefined : await runtime.prepare?.(found, tier, job);
    if (prepared === undefined) return test.skip("this tier prepares nothing");
    const host = EngineHost.start(runtime.host!(found, tier));
    try {
      const loaded = await host.load({ path: prepared.artefact, from: "artefact" });
      assert.ok("module" in loaded, JSON.stringify(loaded));
      assert.equal(loaded.phases.compile, undefined);
      const stdout = join(folder, "stdout");
      const given = { args: ["fib", "15"], env: {}, dirs: [], stdout };
      const ran = await host.run({ module: loaded.module, ...given });
      assert.deepEqual("end" in ran && ran.end, { kind: "exit", code: 0 });
      assert.equal(readFileSync(stdout, "utf8"), "fib(15) = 610\n");
    } finally {
      await host.end();
    }
  });

  it("answers what goes wrong in a host, and lives on", async () => {
    const host = EngineHost.start(runtime.host!(found, tier));
    try {
      const text = module("not-wasm", new TextEncoder().encode("this is no module"));
      const refused = await host.load({ path: text, from: "wasm" });
      assert.equal("failed" in refused && refused.failed, "refused", JSON.stringify(refused));
      const loaded = await host.load({ path: traps, from: "wasm" });
      assert.ok("module" in loaded, JSON.stringify(loaded));
      const ran = await host.run({ module: loaded.module, args: ["trap"], env: {}, dirs: [] });
      assert.ok("end" in ran, JSON.stringify(ran));
      assert.equal(ran.end.kind, "trap");
      const other = await host.load({ path: exits, from: "wasm" });
      assert.ok("module" in other, JSON.stringify(other));
      const exited = await host.run({ module: other.module, args: ["exit"], env: {}, dirs: [] });
      assert.ok("end" in exited, JSON.stringify(exited));
      assert.deepEqual(exited.end, { kind: "exit", code: 7 });
    } finally {
      await host.end();
    }
  });

  it("calls one function in a fresh process, or says that it cannot", async (test) => {
    const job = { module: "workloads/fib.wasm", invoke: { name: "fib", args: ["15"] } };
    try {
      const { end, stdout, stderr } = await run(runtime, found, tier, job);
      assert.deepEqual(end, { kind: "exit", code: 0 }, stderr);
      assert.match(stdout, /\b610\b/);
    } catch (error) {
      if (!(error instanceof CannotRun)) throw error;
      test.skip(error.message);
    }
  });
}
