import { readSync, writeSync } from "node:fs";
import type { RunJob } from "../runtime.ts";
import { HostError } from "./engine.ts";
import type { Engine } from "./engine.ts";
import type { HostAnswer, HostReady, HostRequest, RunRequest } from "./protocol.ts";
import { nowNs } from "./stopwatch.ts";

/** Exit codes of a single run that did not exit by itself: of a trap, and of what could not run at all. */
const trapped = 134;
const unable = 125;

/**
 * Is a host until it is asked to end, or, with `--once JOB` among the arguments, runs one module with this process's
 * own streams and exits as the guest does. Nothing here waits in an event loop, whose work would lie in what is measured.
 *
 * @param startedNs When the host's own code began.
 */
export function serve(start: () => Engine, startedNs: number, args: readonly string[]): void {
  const once = args.indexOf("--once");
  if (once >= 0) process.exit(runOnce(start, JSON.parse(args[once + 1]!) as RunOnce));
  const engine = start();
  const ready: HostReady = { ready: true, version: engine.version, startedNs, readyNs: nowNs() };
  say(ready);
  for (const line of linesOf(0)) {
    const request = JSON.parse(line) as HostRequest;
    say(answer(engine, request));
    if (request.do === "end") break;
  }
  process.exit(0);
}

/** What `--once` is given. */
export interface RunOnce extends RunJob {
  readonly from?: "wasm" | "artefact";
}

function answer(engine: Engine, request: HostRequest): HostAnswer {
  try {
    switch (request.do) {
      case "load":
        return engine.load(request);
      case "run":
        return engine.run(request);
      case "unload":
        engine.unload(request.module);
        return { done: true };
      case "end":
        return { done: true };
    }
  } catch (error) {
    const failed = error instanceof HostError ? error.failed : "internal";
    return { failed, message: messageOf(error) };
  }
}

function runOnce(start: () => Engine, job: RunOnce): number {
  try {
    const engine = start();
    const { module: path, from = "wasm", args, env, dirs, invoke, memoryBytes } = job;
    const { module } = engine.load({ path, from });
    const request: Omit<RunRequest, "do"> = {
      module,
      args,
      env,
      dirs,
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
      ...(invoke === undefined ? {} : { invoke: { ...invoke, calls: 1 } }),
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
    };
    const { end, values = [] } = engine.run(request);
    if (values.length > 0) writeSync(1, `${values.join(" ")}\n`);
    if (end.kind === "exit") return end.code;
    if (end.kind === "returned") return 0;
    writeSync(2, `trap: ${end.message}\n`);
    return trapped;
  } catch (error) {
    writeSync(2, `error: ${messageOf(error)}\n`);
    return unable;
  }
}

function messageOf(error: unknown): string {
  // What the system or the engine says is for users; anything else is a fault of ours and is shown whole.
  if (error instanceof HostError || (error as NodeJS.ErrnoException).code !== undefined) {
    return (error as Error).message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function say(answerOrReady: HostAnswer | HostReady): void {
  const bytes = Buffer.from(`${JSON.stringify(answerOrReady)}\n`);
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
}

/** Reads lines as they come, waiting for each; the end of the input ends them. */
function* linesOf(descriptor: number): Generator<string> {
  const buffer = Buffer.alloc(65536);
  const parts: Buffer[] = [];
  for (;;) {
    const length = readSync(descriptor, buffer);
    if (length === 0) return;
    let from = 0;
    for (let end = buffer.indexOf(10); end >= 0 && end < length; end = buffer.indexOf(10, from)) {
      parts.push(buffer.subarray(from, end));
      yield Buffer.concat(parts.splice(0)).toString("utf8");
      from = end + 1;
    }
    if (from < length) parts.push(Buffer.from(buffer.subarray(from, length)));
  }
}
