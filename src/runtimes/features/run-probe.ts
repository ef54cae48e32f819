import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineHost } from "../host/client.ts";
import { CannotRun } from "../in-process/guest.ts";
import { runCold } from "../run-cold.ts";
import type { Found, Runtime, Tier } from "../runtime.ts";
import type { ProbeEnd, ProbeJob, RunProbe } from "./probe.ts";

/** A runtime that is there, in one of its tiers. */
export interface Engine {
  readonly runtime: Runtime;
  readonly found: Found;
  readonly tier: Tier;
}

/** Long enough for the slowest start; a probe takes milliseconds. */
const timeoutMs = 30_000;
const noEnd: ProbeEnd = { stdout: "", words: "" };
/** What commands end with that cannot run a module. */
const refusedCode = 125;

/** Gives what runs probes in fresh processes. */
export function coldProbes({ runtime, found, tier }: Engine): RunProbe {
  return (job) =>
    inFolder(job, async ({ folder, module, dirs, stdout, stderr }) => {
      const artefact = (await runtime.prepare?.(found, tier, { module, folder }))?.artefact;
      const { args, env, invoke } = job;
      const command = runtime.command(found, tier, {
        module: artefact ?? module,
        args,
        env,
        dirs,
        ...(invoke === undefined ? {} : { invoke: { name: invoke, args: [] } }),
      });
      const { end } = await runCold(command, { stdout, stderr, timeoutMs });
      const said = { stdout: readFileSync(stdout, "utf8"), words: readFileSync(stderr, "utf8") };
      if (end.kind === "exit") return { code: end.code, ...said };
      return { ...said, words: said.words || (end.kind === "signal" ? end.signal : end.kind) };
    });
}

/** Gives what runs probes in an engine host, which is started anew when it crashes; `end` ends it. */
export function hostedProbes(
  { runtime, found, tier }: Engine,
  host: NonNullable<Runtime["host"]>,
): { readonly run: RunProbe; readonly end: () => Promise<void> } {
  let engine: EngineHost | undefined;
  let broken: string | undefined;
  const lost = (message: string): ProbeEnd => {
    engine?.kill();
    engine = undefined;
    return { ...noEnd, words: message };
  };
  const run: RunProbe = (job) =>
    inFolder(job, async ({ module, dirs, stdout }) => {
      // A host that does not start once will not start again.
      if (broken !== undefined) return { ...noEnd, words: broken };
      engine ??= EngineHost.start(host(found, tier));
      const ready = await engine.ready;
      if ("failed" in ready) return lost((broken = `${runtime.name}'s host: ${ready.message}`));
      const loaded = await engine.load({ path: module, from: "wasm" }, timeoutMs);
      if ("failed" in loaded) {
        if (loaded.failed === "crash" || loaded.failed === "timeout") return lost(loaded.message);
        return { ...noEnd, words: loaded.message };
      }
      const { args, env } = job;
      const request = { module: loaded.module, args, env, dirs, stdout };
      const ran = await engine.run(request, timeoutMs);
      const text = readFileSync(stdout, "utf8");
      if ("failed" in ran) {
        if (ran.failed === "crash" || ran.failed === "timeout") {
          return { ...lost(ran.message), stdout: text };
        }
        return { stdout: text, words: ran.message };
      }
      await engine.unload(loaded.module);
      switch (ran.end.kind) {
        case "exit":
          return { code: ran.end.code, stdout: text, words: "" };
        case "returned":
          return { code: 0, stdout: text, words: "" };
        case "trap":
          return { stdout: text, words: ran.end.message };
      }
    });
  return { run, end: async () => void (await engine?.end()) };
}

interface Places {
  readonly folder: string;
  readonly module: string;
  readonly dirs: readonly { readonly host: string; readonly guest: string }[];
  readonly stdout: string;
  readonly stderr: string;
}

/** Gives a probe files of its own; what goes wrong with them is the probe's end. */
async function inFolder(
  job: ProbeJob,
  run: (places: Places) => Promise<ProbeEnd>,
): Promise<ProbeEnd> {
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-probe-"));
  try {
    const module = join(folder, "probe.wasm");
    const [work, stdout, stderr] = ["work", "stdout", "stderr"].map((name) => join(folder, name));
    mkdirSync(work!);
    for (const file of [stdout!, stderr!]) writeFileSync(file, "");
    writeFileSync(module, job.module);
    const dirs = job.folder ? [{ host: work!, guest: "." }] : [];
    return await run({ folder, module, dirs, stdout: stdout!, stderr: stderr! });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { ...noEnd, words, ...(error instanceof CannotRun ? { code: refusedCode } : {}) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
