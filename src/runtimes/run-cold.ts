import { closeSync, openSync } from "node:fs";
import { launch } from "./launch/launch.ts";
import type { Launched, LaunchEnd, Streams } from "./launch/launch.ts";
import { residentBytes } from "./launch/usage.ts";
import type { Usage } from "./launch/usage.ts";
import type { LaunchedBy } from "./runtime.ts";

/** What a cold run is given beside its command. */
export interface ColdOptions {
  /** Files; without one the input is empty and output is thrown away. `inherit`: this process's own stream. */
  readonly stdin?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly timeoutMs?: number;
  /** The most memory that the process and its children may have resident. */
  readonly residentBytes?: number;
  /** Ends the process, and all that it has started, when it is aborted. */
  readonly signal?: AbortSignal;
}

/** What a cold run cost and how it ended. */
export interface ColdRun {
  readonly end: ColdEnd;
  /** From just before the fork to the moment at which its end was seen. */
  readonly wallNs: number;
  readonly startNs: number;
  readonly endNs: number;
  /** Absent where nobody could tell. */
  readonly usage?: Usage;
}

/** How a process ended: by itself, by a signal, or because of a limit; or that it could not be started. */
export type ColdEnd =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "timeout" }
  | { readonly kind: "memory" }
  | { readonly kind: "failed"; readonly message: string };

/** How often the memory of a run with a limit is looked at. */
const lookMs = 20;

/** Runs a command once in a fresh process, and says what it cost. Never rejects because of what the command does. */
export async function runCold(command: LaunchedBy, options: ColdOptions = {}): Promise<ColdRun> {
  const opened: number[] = [];
  const open = (path: string | undefined, flags: string): number | "inherit" | "ignore" => {
    if (path === undefined) return "ignore";
    if (path === "inherit") return "inherit";
    const descriptor = openSync(path, flags);
    opened.push(descriptor);
    return descriptor;
  };
  try {
    const streams: Streams = [
      open(options.stdin, "r"),
      open(options.stdout, "w"),
      open(options.stderr, "w"),
    ];
    const launched = launch(command, streams);
    const limits = watchLimits(launched, options);
    const { signal } = options;
    const kill = (): void => launched.kill();
    if (signal?.aborted === true) kill();
    signal?.addEventListener("abort", kill, { once: true });
    const ended = await launched.ended;
    signal?.removeEventListener("abort", kill);
    return coldRun(ended, limits.stop());
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

function coldRun(ended: LaunchEnd, limit: "timeout" | "memory" | undefined): ColdRun {
  const { startNs, endNs, usage } = ended;
  return {
    end: limit === undefined ? endOf(ended) : { kind: limit },
    wallNs: endNs - startNs,
    startNs,
    endNs,
    ...(usage === undefined ? {} : { usage }),
  };
}

function endOf({ code, signal, failed }: LaunchEnd): ColdEnd {
  if (failed !== undefined) return { kind: "failed", message: failed };
  if (code !== undefined) return { kind: "exit", code };
  return { kind: "signal", signal: signal ?? "SIGKILL" };
}

/** Ends a program that goes over a limit; `stop` says which it was. */
function watchLimits(
  launched: Launched,
  { timeoutMs, residentBytes: most }: ColdOptions,
): { stop(): "timeout" | "memory" | undefined } {
  let reached: "timeout" | "memory" | undefined;
  const end = (why: "timeout" | "memory"): void => {
    reached ??= why;
    launched.kill();
  };
  const timers: NodeJS.Timeout[] = [];
  if (timeoutMs !== undefined) timers.push(setTimeout(() => end("timeout"), timeoutMs));
  if (launched.look !== undefined) timers.push(setInterval(launched.look, lookMs));
  const watchMemory = async (limit: number): Promise<void> => {
    const pid = await launched.pid;
    if (pid === undefined) return;
    timers.push(setInterval(() => residentBytes(pid) > limit && end("memory"), lookMs));
  };
  if (most !== undefined) void watchMemory(most);
  return {
    stop() {
      for (const timer of timers) clearTimeout(timer);
      return reached;
    },
  };
}
