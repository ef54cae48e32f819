import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  instrument,
  parseRawProfiles,
  RawProfileError,
  readCounts,
} from "../../instrument/index.ts";
import type { ExactMode } from "../../instrument/index.ts";
import type { Profile } from "../../profile/index.ts";
import { CannotRun, lackingFeatures, probeFeatures } from "../../runtimes/index.ts";
import type {
  Found,
  GuestEnd,
  LaunchedBy,
  Runtime,
  StopReason,
  Tier,
} from "../../runtimes/index.ts";
import { sha256 } from "../../sys/index.ts";
import { decodeModule, featuresOf } from "../../wasm/index.ts";
import { whyRefused } from "../gate/gate.ts";
import { Watch } from "../threads/watch.ts";
import { DumpFilter } from "./dump-filter.ts";
import { functionFrames } from "./function-names.ts";
import type { ProfileRun, ProfileRunOptions } from "./profile-run.ts";
import { toProfile } from "./to-profile.ts";

/** A runtime that is there, in one of its tiers. */
export interface RuntimeChoice {
  readonly runtime: Runtime;
  readonly found: Found;
  readonly tier: Tier;
}

/** What to run on which runtime, and how to look at it. */
export type RuntimeRunOptions = Pick<
  ProfileRunOptions,
  "mode" | "memory" | "module" | "guest" | "invoke" | "symbols" | "mostNodes" | "onBody"
> &
  RuntimeChoice & {
    /** Writes the raw profile into this file of the guest's first folder instead of to its standard error. */
    readonly sinkPath?: string;
    readonly timeoutMs?: number;
    /** Told before it is tried out, once, what the runtime can do. */
    readonly onProbe?: () => void;
    /** Takes what the guest writes to its standard error. */
    readonly stderr: (bytes: Uint8Array) => void;
  };

/** Says that a guest ended in a way after which nobody can read its counts. */
export class NoCounts extends CannotRun {
  readonly end: GuestEnd;

  constructor(message: string, end: GuestEnd) {
    super(message);
    this.name = "NoCounts";
    this.end = end;
  }
}

/** What the hosts of runtimes end with when they cannot run a module. */
const refusedCode = 125;

/** Digits of the module's hash in the raw profile. */
const idDigits = 16;

/**
 * Instruments a module so that it writes its own counts, runs it by a runtime's command, and reads them out of the
 * guest's standard error, the rest of which passes. Throws a `CannotRun` when the runtime cannot run the module, and a
 * `NoCounts` when the guest trapped or was stopped: then nothing is written.
 */
export async function runtimeRun(
  bytes: Uint8Array,
  options: RuntimeRunOptions,
): Promise<ProfileRun> {
  const { mode, memory, mostNodes, onBody, invoke, guest, sinkPath } = options;
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-"));
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", clean);
  try {
    const instrumented = instrument(bytes, {
      mode,
      memory,
      sink: sinkPath === undefined ? "stderr" : { path: sinkPath },
      moduleId: sha256(bytes).slice(0, idDigits),
      ...(invoke && { dumpAfter: invoke.name }),
      ...(mostNodes === undefined ? {} : { mostNodes }),
      ...(onBody && { onBody }),
    });
    await refuseWhatItLacks(instrumented.bytes, options);
    const file = join(folder, options.module.name);
    writeFileSync(file, instrumented.bytes);
    const command = await commandFor(file, folder, options);
    const { end, text } = await runFiltered(command, options);
    const log =
      sinkPath === undefined ? text : readSink(join(guest.dirs[0]?.host ?? ".", sinkPath));
    const words = wordsOf(log, mode);
    if (words === undefined) throw await whyNoCounts(bytes, end, options);
    const frameOf = functionFrames(decodeModule(bytes), options.symbols);
    const notes = [...instrumented.notes, ranOn(options)];
    return {
      profile: toProfile(readCounts(bytes, mode, words), options.module, frameOf, notes),
      end,
      stack: [],
      growth: { before: bytes.length, after: instrumented.bytes.length },
    };
  } finally {
    process.removeListener("exit", clean);
    clean();
  }
}

/** Throws a `CannotRun` that says what the module needs and the runtime has not. */
async function refuseWhatItLacks(bytes: Uint8Array, options: RuntimeRunOptions): Promise<void> {
  const { runtime, found, tier, invoke, onProbe } = options;
  const refusal = await whyRefused({
    runtime,
    found,
    tier,
    bytes,
    ...(invoke && { invoke: invoke.name }),
    ...(onProbe && { onProbe }),
  });
  if (refusal !== undefined) throw new CannotRun(refusal);
}

/** Says who ran the guest. */
function ranOn({ runtime, found, tier }: RuntimeChoice): Profile["notes"][number] {
  return `Run by ${runtime.name} ${found.version}, ${tier.name}.`;
}

async function commandFor(
  module: string,
  folder: string,
  { runtime, found, tier, guest, invoke, module: { name } }: RuntimeRunOptions,
): Promise<LaunchedBy> {
  const prepared = await runtime.prepare?.(found, tier, { module, folder });
  return runtime.command(found, tier, {
    module: prepared?.artefact ?? module,
    args: guest.args.length > 0 ? guest.args : [name],
    env: guest.env,
    dirs: guest.dirs,
    ...(invoke && { invoke }),
  });
}

const reasons = { SIGINT: "interrupt", SIGTERM: "terminate" } as const;

/** Runs a command with this process's standard input and output. */
function runFiltered(
  { file, args, env }: LaunchedBy,
  { timeoutMs, stderr, guest: { stdio } }: RuntimeRunOptions,
): Promise<{ readonly end: GuestEnd; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const filter = new DumpFilter(stderr);
    let stopped: StopReason | undefined;
    const watch = new Watch();
    const stop = (reason: StopReason): void => {
      stopped = reason;
      child.kill("SIGKILL");
    };
    // Before it is started: a signal between the two would leave it behind.
    watch.signals((signal) => stop(reasons[signal]));
    const child = spawn(file, args, {
      stdio: [stdio?.stdin ?? "inherit", stdio?.stdout ?? "inherit", "pipe"],
      env: { ...process.env, ...env },
    });
    if (timeoutMs !== undefined) watch.timeout(timeoutMs, () => stop("timeout"));
    child.on("error", (error) => {
      watch.end();
      reject(new CannotRun(error.message));
    });
    child.stderr!.on("data", (chunk: Buffer) => filter.write(chunk));
    child.on("close", (code, signal) => {
      watch.end();
      filter.end();
      resolve({ end: endOf(code, signal, stopped), text: filter.text });
    });
  });
}

function endOf(
  code: number | null,
  signal: NodeJS.Signals | null,
  stopped: StopReason | undefined,
): GuestEnd {
  if (stopped !== undefined) return { kind: "stopped", reason: stopped, frames: [] };
  if (code !== null) return { kind: "exit", code };
  return { kind: "trap", message: signal ?? "it ended by a signal", frames: [] };
}

function readSink(path: string): string {
  try {
    const text = readFileSync(path, "utf8");
    rmSync(path);
    return text;
  } catch {
    return "";
  }
}

/** Reads the words of the one run; undefined where nothing, or not all of it, was written. */
function wordsOf(
  text: string,
  mode: ExactMode,
): ReturnType<typeof parseRawProfiles>[number]["words"] | undefined {
  try {
    return parseRawProfiles(text).find((raw) => raw.mode === mode)?.words;
  } catch (error) {
    if (error instanceof RawProfileError) return undefined;
    throw error;
  }
}

async function whyNoCounts(
  bytes: Uint8Array,
  end: GuestEnd,
  { runtime, found, tier }: RuntimeRunOptions,
): Promise<CannotRun> {
  const name = `${runtime.name} ${found.version}`;
  if (end.kind === "stopped") {
    return new NoCounts(`the guest was stopped, and only node tells where it was`, end);
  }
  if (end.kind === "exit" && end.code === 0) {
    return new CannotRun(
      `the guest ended well in ${name}, but its counts did not arrive on stderr`,
    );
  }
  const module = decodeModule(bytes);
  const wasi = module.imports.flatMap((entry) =>
    entry.module.startsWith("wasi_") ? [entry.name] : [],
  );
  const needs = { proposals: featuresOf(module), wasi };
  const lacking = lackingFeatures(await probeFeatures(runtime, found, tier), needs);
  if (lacking.length > 0) {
    const parts = lacking.map((each) => `${each.name} (${each.why})`);
    return new CannotRun(`${name} has no ${parts.join(", nor ")}`);
  }
  if (end.kind === "exit" && end.code === refusedCode) {
    return new CannotRun(`${name} refused it (its words stand above)`);
  }
  const trap: GuestEnd = { kind: "trap", message: `${name} says why above`, frames: [] };
  const how = end.kind === "exit" ? `with exit code ${end.code}` : "by a signal";
  return new NoCounts(
    `the guest trapped in ${name} (which ended ${how}); counts up to a trap can be read in node`,
    trap,
  );
}
