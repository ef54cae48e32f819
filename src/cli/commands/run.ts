import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { whyRefused } from "../../collect/index.ts";
import { CannotRun, runThrough } from "../../runtimes/index.ts";
import type { ColdEnd, RunJob, RunLimits } from "../../runtimes/index.ts";
import { readInput } from "../../sys/index.ts";
import { UsageError } from "../command.ts";
import type { Command, Io, Parsed } from "../command.ts";
import { byteCount, duration } from "../files.ts";
import { findRuntime, probeNotice } from "../runtime-choice.ts";
import type { RuntimeChoice } from "../runtime-choice.ts";
import { givenGuest, guestOptions } from "./profile-guest.ts";

/** What a runtime itself may take beside the guest's memory before its process is ended. */
const allowanceBytes = 256 * 2 ** 20;

const timedOut = 124;
const outOfMemory = 137;
const unable = 125;

/** Runs a module on a runtime. */
export const runCommand: Command = {
  name: "run",
  summary: "Run a WASI program on any runtime.",
  usage: "MODULE [options] [-- ARG…]",
  manyOperands: true,
  options: [
    {
      name: "runtime",
      value: "NAME[@VERSION][:TIER]",
      help: "what runs it (default: node); wasmscope runtimes list says what there is",
    },
    ...guestOptions,
    { name: "timeout", value: "DURATION", help: "end it after 500ms, 2s or 1m" },
    { name: "memory", value: "SIZE", help: "the most memory of the guest: 64MiB, 1g" },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: [
    "The guest has this process's standard streams. The exit code is the guest's, 134 when it traps, 124 when its",
    "time is over, 137 when the process takes 256 MiB more than --memory says, 125 when it cannot be run. Ctrl-C ends",
    "it and all that it has started.",
  ].join("\n"),
  examples: [
    ["on this Node", "wasmscope run app.wasm -- input.txt"],
    ["on an old wasmtime", "wasmscope run app.wasm --runtime wasmtime@0.19.0 --dir ."],
    [
      "one function, by a baseline compiler",
      "wasmscope run lib.wasm --runtime wasmtime:winch --invoke fib -- 30",
    ],
  ],
  async run(parsed, io) {
    const path = parsed.positionals[0];
    if (path === undefined) throw new UsageError("which module?");
    if (parsed.positionals.length > 1) {
      throw new UsageError(`arguments for the guest stand behind --: ${parsed.positionals[1]}`);
    }
    const limits = limitsOf(parsed);
    const { args, env, dirs, invoke } = givenGuest(parsed, path);
    const choice = await findRuntime(parsed.value("runtime") ?? "node");
    // Said in the same words on all runtimes, and before anything is prepared.
    const bytes = readInput(path);
    const refusal = await whyRefused({
      ...choice,
      bytes,
      ...(invoke === undefined ? {} : { invoke: invoke.name }),
      onProbe: probeNotice(choice, io),
    });
    if (refusal !== undefined) throw new CannotRun(refusal);
    const job: RunJob = {
      module: path,
      args,
      env,
      dirs,
      ...(invoke === undefined ? {} : { invoke }),
      ...(limits.memoryBytes === undefined ? {} : { memoryBytes: limits.memoryBytes }),
    };
    return exitCodeOf(await runPrepared(choice, job, limits), choice, io);
  },
};

interface Limits extends RunLimits {
  readonly memoryBytes?: number;
}

function limitsOf(parsed: Parsed): Limits {
  const [timeout, memory] = [parsed.value("timeout"), parsed.value("memory")];
  const memoryBytes = memory === undefined ? undefined : byteCount(memory, "memory");
  return {
    ...(timeout === undefined ? {} : { timeoutMs: duration(timeout, "timeout") }),
    ...(memoryBytes === undefined
      ? {}
      : { memoryBytes, residentBytes: memoryBytes + allowanceBytes }),
  };
}

async function runPrepared(
  { runtime, found, tier }: RuntimeChoice,
  job: RunJob,
  limits: RunLimits,
): Promise<ColdEnd> {
  if (runtime.prepare === undefined) return runThrough(runtime.command(found, tier, job), limits);
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-run-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // Signals end the process without coming back to here.
  process.once("exit", remove);
  try {
    const { artefact } = await runtime.prepare(found, tier, { module: job.module, folder });
    return await runThrough(runtime.command(found, tier, { ...job, module: artefact }), limits);
  } finally {
    remove();
    process.removeListener("exit", remove);
  }
}

function exitCodeOf(end: ColdEnd, { runtime }: RuntimeChoice, io: Io): number {
  switch (end.kind) {
    case "exit":
      return end.code;
    case "signal": {
      io.stderr(`wasmscope: ${end.signal} ended ${runtime.name}\n`);
      return 128 + (constants.signals[end.signal as NodeJS.Signals] ?? 0);
    }
    case "timeout":
      io.stderr("wasmscope: ended by --timeout\n");
      return timedOut;
    case "memory":
      io.stderr("wasmscope: ended: it took much more memory than --memory says\n");
      return outOfMemory;
    case "failed":
      io.stderr(`wasmscope: error: cannot start ${runtime.name}: ${end.message}\n`);
      return unable;
  }
}
