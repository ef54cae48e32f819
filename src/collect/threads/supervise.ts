import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Profile } from "../../profile/index.ts";
import { callInThread, CannotRun } from "../../runtimes/index.ts";
import type { StopReason } from "../../runtimes/index.ts";
import type { ProfileRun, ProfileRunOptions } from "../exact/profile-run.ts";
import type { SampleRunOptions } from "../samplers/sample-run.ts";
import { Watch } from "./watch.ts";
import type { Signal } from "./watch.ts";
import { unpackError } from "./thread-errors.ts";
import { lookFunction, stopFunction } from "./thread-messages.ts";
import type { ThreadJob, ThreadMessage, Travelling } from "./thread-messages.ts";
import type { TimeRunOptions } from "../time/run.ts";

/** What may end a guest before its time, and who watches it. */
export interface Supervision {
  /** Milliseconds after its start at which the guest is stopped. */
  readonly timeoutMs?: number;
  /** Told what was counted so far, about twice a second; less often where looking costs more than a twentieth. */
  readonly onLook?: (profile: Profile) => void;
}

/** Options of a supervised run: those of `profileRun`, without functions that would have to travel. */
export type SupervisedRunOptions = Travelling<ProfileRunOptions> &
  Pick<ProfileRunOptions, "onBody" | "onOverheadRun">;

/** Options of a supervised run that is timed: those of `timeRun`, without functions that would have to travel. */
export type SupervisedTimeOptions = Travelling<TimeRunOptions> & Pick<TimeRunOptions, "onBody">;

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

/** How long to wait between two looks, in milliseconds. */
const lookMs = 500;

/** How long it may take until the thread's messages are heard, in milliseconds. */
const newsMs = 100;

/** What a profile is worth whose guest was stopped. */
const upToThere = {
  exact: ": the counts are exact up to there",
  time: ": calls that were open have their time up to there",
  sample: "",
} as const;

const signalReasons = { SIGINT: "interrupt", SIGTERM: "terminate" } as const;

/**
 * Does what `profileRun` does, in a thread of its own, and stops the guest at a time limit, at SIGINT and at
 * SIGTERM: the profile then has what was counted up to there, and `end` the reason. A second signal ends this
 * process at once. Throws what `profileRun` throws, and a `GuestHangs`.
 */
export async function superviseRun(
  bytes: Uint8Array,
  { onBody, onOverheadRun, ...options }: SupervisedRunOptions,
  supervision: Supervision = {},
): Promise<ProfileRun> {
  const measureOverhead = onOverheadRun !== undefined;
  const job: ThreadJob = { kind: "exact", bytes, options, measureOverhead };
  return supervise(job, supervision, { body: onBody, overhead: onOverheadRun });
}

/** Does what `timeRun` does, supervised as by `superviseRun`. */
export async function superviseTiming(
  bytes: Uint8Array,
  { onBody, ...options }: SupervisedTimeOptions,
  supervision: Supervision = {},
): Promise<ProfileRun> {
  return supervise({ kind: "time", bytes, options }, supervision, { body: onBody });
}

/** Does what `sampleRun` does, supervised as by `superviseRun`. */
export async function superviseSampling(
  bytes: Uint8Array,
  options: Travelling<SampleRunOptions>,
  supervision: Supervision = {},
): Promise<ProfileRun> {
  return supervise({ kind: "sample", bytes, options }, supervision, {});
}

async function supervise(
  job: ThreadJob,
  { timeoutMs, onLook }: Supervision,
  progress: Pick<Listeners, "body" | "overhead">,
): Promise<ProfileRun> {
  const thread = new GuestThread(job);
  const watch = new Watch();
  const stopBy = (signal: Signal): void => thread.stop(signalReasons[signal], signal);
  const endBy = (signal: Signal): void => {
    thread.close();
    process.kill(process.pid, signal);
  };
  let runs = false;
  // The guest may run already, and the news of it be on its way.
  watch.signals((signal) => setTimeout(() => (runs ? stopBy : endBy)(signal), newsMs));
  const start = (): void => {
    runs = true;
    watch.end();
    watch.signals(stopBy);
    if (onLook !== undefined) void thread.look();
    if (timeoutMs === undefined) return;
    watch.timeout(timeoutMs, () => {
      thread.stop("timeout", `--timeout after ${timeoutMs / 1000} s`);
    });
  };
  const finish = (): void => {
    watch.end();
    // What follows may take long, and leaves nothing behind.
    watch.signals(endBy);
  };
  try {
    return await thread.run({ start, finish, look: onLook, ...progress });
  } finally {
    watch.end();
    await thread.end();
  }
}

type Progress = ((done: number, total: number) => void) | undefined;

interface Listeners {
  readonly start: () => void;
  readonly finish: () => void;
  readonly look: ((profile: Profile) => void) | undefined;
  readonly body?: Progress;
  readonly overhead?: Progress;
}

class GuestThread {
  readonly #worker: Worker;
  // Where the thread keeps files: a thread that is terminated cannot remove them.
  readonly #folder: string | undefined;
  readonly #kind: ThreadJob["kind"];
  readonly #calls = new Set<Promise<unknown>>();
  #closed = false;
  #fail: (error: Error) => void = () => {};

  constructor(job: ThreadJob) {
    this.#kind = job.kind;
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
          case "look":
            return listeners.look?.(message.profile);
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
    const note = `Stopped by ${by}${upToThere[this.#kind]}.`;
    void this.#stop(reason, note).catch((error: unknown) => this.#fail(error as Error));
  }

  async #stop(reason: StopReason, note: string): Promise<void> {
    const end = performance.now() + graceMs;
    for (let left = graceMs; left > 0; left = end - performance.now()) {
      const answer = await this.#call(stopFunction, [reason, note], left);
      if (answer === "done" || answer === "idle") return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    throw new GuestHangs(reason);
  }

  /** Makes the guest post what it counted, again and again, until it has ended. */
  async look(): Promise<void> {
    for (let waitMs = lookMs; ;) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (this.#closed) return;
      const start = performance.now();
      const answer = await this.#call(lookFunction, [], graceMs);
      if (answer === "idle" || this.#closed) return;
      // While it looks, the guest stands still.
      waitMs = answer === "busy" ? 1 : Math.max(lookMs, 20 * (performance.now() - start));
    }
  }

  async #call(name: string, args: readonly unknown[], waitMs: number): Promise<unknown> {
    const call = callInThread(this.#worker, name, args, waitMs);
    this.#calls.add(call);
    return call.finally(() => this.#calls.delete(call));
  }

  /**
   * Ends the thread once no call into it is under way. A call that is ended takes the request to end for its own:
   * the guest below it would go on for ever.
   */
  async end(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#calls);
    this.close();
  }

  close(): void {
    this.#closed = true;
    void this.#worker.terminate();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}
