import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { callInThread, CannotRun } from "../runtimes/index.ts";
import type { StopReason } from "../runtimes/index.ts";
import type { ProfileRun, ProfileRunOptions } from "./profile-run.ts";
import type { SampleRunOptions } from "./samplers/sample-run.ts";
import { unpackError } from "./thread-errors.ts";
import { stopFunction } from "./thread-messages.ts";
import type { ThreadJob, ThreadMessage } from "./thread-messages.ts";

/** What may end a guest before its time. */
export interface Supervision {
  /** Milliseconds after its start at which the guest is stopped. */
  readonly timeoutMs?: number;
}

/** Says that a guest was to be stopped and did not answer: nothing is known of it, and its thread hangs. */
export class GuestHangs extends CannotRun {
  /** Who wanted to stop it. */
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(
      "the guest was to be stopped, but it waits in a host call that does not return: its counts are lost",
    );
    this.name = "GuestHangs";
    this.reason = reason;
  }
}

/** How long a guest may take to answer that it stands still, in milliseconds. */
const graceMs = 2000;

const signalReasons = { SIGINT: "interrupt", SIGTERM: "terminate" } as const;

/**
 * Does what `profileRun` does, in a thread of its own, and stops the guest at a time limit, at SIGINT and at
 * SIGTERM: the profile then has what was counted up to there, and `end` the reason. A second signal ends this
 * process at once. Throws what `profileRun` throws, and a `GuestHangs`.
 */
export async function superviseRun(
  bytes: Uint8Array,
  { onBody, onOverheadRun, ...options }: Omit<ProfileRunOptions, "onStart" | "onEnd">,
  supervision: Supervision = {},
): Promise<ProfileRun> {
  const measureOverhead = onOverheadRun !== undefined;
  const job: ThreadJob = { kind: "exact", bytes, options, measureOverhead };
  return supervise(job, supervision, { body: onBody, overhead: onOverheadRun });
}

/** Does what `sampleRun` does, supervised as by `superviseRun`. */
export async function superviseSampling(
  bytes: Uint8Array,
  options: Omit<SampleRunOptions, "onStart" | "onEnd">,
  supervision: Supervision = {},
): Promise<ProfileRun> {
  return supervise({ kind: "sample", bytes, options }, supervision, {});
}

async function supervise(
  job: ThreadJob,
  { timeoutMs }: Supervision,
  progress: Pick<Listeners, "body" | "overhead">,
): Promise<ProfileRun> {
  const thread = new GuestThread(job);
  const watch = new Watch();
  const start = (): void => {
    watch.signals((signal) => thread.stop(signalReasons[signal], signal));
    if (timeoutMs === undefined) return;
    watch.timeout(timeoutMs, () => {
      thread.stop("timeout", `--timeout after ${timeoutMs / 1000} s`);
    });
  };
  const finish = (): void => {
    watch.end();
    // What follows may take long, and leaves nothing behind.
    watch.signals((signal) => {
      thread.close();
      process.kill(process.pid, signal);
    });
  };
  try {
    return await thread.run({ start, finish, ...progress });
  } finally {
    watch.end();
    thread.close();
  }
}

type Signal = keyof typeof signalReasons;

/** A time limit and listeners for signals, until they are ended. A signal that comes again has its usual effect. */
class Watch {
  #timer: NodeJS.Timeout | undefined;
  #handlers: (readonly [Signal, () => void])[] = [];

  timeout(ms: number, act: () => void): void {
    this.#timer = setTimeout(act, ms);
  }

  signals(act: (signal: Signal) => void): void {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const handler = (): void => act(signal);
      this.#handlers.push([signal, handler]);
      process.once(signal, handler);
    }
  }

  end(): void {
    clearTimeout(this.#timer);
    for (const [signal, handler] of this.#handlers) process.removeListener(signal, handler);
    this.#handlers = [];
  }
}

type Progress = ((done: number, total: number) => void) | undefined;

interface Listeners {
  readonly start: () => void;
  readonly finish: () => void;
  readonly body?: Progress;
  readonly overhead?: Progress;
}

class GuestThread {
  readonly #worker: Worker;
  // Where the thread keeps files: a thread that is terminated cannot remove them.
  readonly #folder: string | undefined;
  readonly #exact: boolean;
  #fail: (error: Error) => void = () => {};

  constructor(job: ThreadJob) {
    this.#exact = job.kind === "exact";
    if (job.kind === "exact" && job.measureOverhead)
      this.#folder = mkdtempSync(join(tmpdir(), "wasmscope-"));
    this.#worker = new Worker(new URL("./guest-thread.js", import.meta.url), {
      workerData: job,
      // Else this process's own streams would be opened, which makes pipes non-blocking: the guest's writes would fail.
      stdout: true,
      stderr: true,
      ...(this.#folder === undefined ? {} : { env: { ...process.env, TMPDIR: this.#folder } }),
    });
  }

  run(listeners: Listeners): Promise<ProfileRun> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#worker.on("message", (message: ThreadMessage) => {
        switch (message.kind) {
          case "start":
          case "finish":
            return listeners[message.kind]();
          case "body":
          case "overhead":
            return listeners[message.kind]?.(message.done, message.total);
          case "end":
            return resolve(message.run);
          case "error":
            return reject(unpackError(message.error));
        }
      });
      this.#worker.on("error", reject);
      this.#worker.on("exit", (code) => reject(new Error(`the guest's thread ended with ${code}`)));
    });
  }

  /** Makes the guest stop where it stands, and post its end. */
  stop(reason: StopReason, by: string): void {
    const exact = this.#exact ? ": the counts are exact up to there" : "";
    const note = `Stopped by ${by}${exact}.`;
    void this.#stop(reason, note).catch((error: unknown) => this.#fail(error as Error));
  }

  async #stop(reason: StopReason, note: string): Promise<void> {
    const end = performance.now() + graceMs;
    for (let left = graceMs; left > 0; left = end - performance.now()) {
      const answer = await callInThread(this.#worker, stopFunction, [reason, note], left);
      if (answer === "stopped" || answer === "idle") return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    throw new GuestHangs(reason);
  }

  close(): void {
    void this.#worker.terminate();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}
