import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CannotRun } from "../../runtimes/index.ts";
import type { GuestEnd } from "../../runtimes/index.ts";
import { parseWasmName } from "../../symbols/index.ts";
import { decodeModule } from "../../wasm/index.ts";
import { functionFrames } from "../exact/function-names.ts";
import type { ProfileRun } from "../exact/profile-run.ts";
import { endNotes, runCommand } from "./command.ts";
import type { NodePerfJob } from "./node-perf-child.ts";
import { PerfSamples } from "./perf-profile.ts";
import type { FramesOfCode } from "./perf-profile.ts";
import { needsPerf, perfCommand, perfNote, readPerf } from "./perf.ts";
import { NoSamples } from "./wasmtime-run.ts";
import type { WasmtimeRunOptions } from "./wasmtime-run.ts";

const script = fileURLToPath(new URL("./node-perf-child.js", import.meta.url));

/**
 * Runs a module as it is in a Node of its own that writes a perf map, and samples it with perf: CPU time in the
 * guest's machine code, and in the host below it. Throws a `CannotRun` when the module cannot run or perf is not
 * there or may not sample, and a `NoSamples` when the run left none.
 */
export async function nodePerfRun(
  bytes: Uint8Array,
  options: Omit<WasmtimeRunOptions, "sampler">,
): Promise<ProfileRun> {
  const { rateHz, symbols, module } = options;
  needsPerf();
  const decoded = decodeModule(bytes);
  const functionFrame = functionFrames(decoded, symbols);
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-"));
  try {
    const file = join(folder, "guest.wasm");
    writeFileSync(file, bytes);
    const output = join(folder, "samples");
    const end = await runNode(file, output, folder, options);
    if (!existsSync(output)) throw new NoSamples("perf wrote no samples", end);
    const framesOf: FramesOfCode = (symbol) => {
      const index = parseWasmName(symbol)?.funcIndex;
      return index === undefined || index >= decoded.functions.length
        ? undefined
        : [functionFrame(index)];
    };
    const samples = new PerfSamples(module, framesOf, rateHz);
    readPerf(output, samples);
    const notes = [perfNote(samples, "node"), ...endNotes(end)];
    const growth = { before: bytes.length, after: bytes.length };
    const frames = "frames" in end ? end.frames : [];
    const stack = frames.map(({ funcIndex, offset }) => ({ ...functionFrame(funcIndex), offset }));
    return { profile: samples.build(notes), end, stack, growth };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runNode(
  file: string,
  output: string,
  folder: string,
  { guest: { stdio, ...guest }, invoke, rateHz, timeoutMs }: Omit<WasmtimeRunOptions, "sampler">,
): Promise<GuestEnd> {
  const { stdin = 0, stdout = 1, stderr = 2 } = stdio ?? {};
  const job: NodePerfJob = { file, guest, ...(invoke && { invoke }) };
  // Beside perf's map V8 writes a log of its own.
  const flags = ["--perf-basic-prof", "--no-logfile-per-isolate", `--logfile=${folder}/v8.log`];
  const node = [process.execPath, ...flags, script, JSON.stringify(job)];
  let answer = "";
  const { code, stopped } = await runCommand([...perfCommand(output, rateHz), ...node], {
    stdio: [stdin, stdout, stderr, "pipe"],
    piped: 3,
    onOutput: (chunk) => (answer += Buffer.from(chunk).toString()),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  if (stopped !== undefined) return { kind: "stopped", reason: stopped, frames: [] };
  if (answer.startsWith("{")) return JSON.parse(answer) as GuestEnd;
  throw new CannotRun(answer === "" ? `node under perf ended with ${code}` : answer);
}
