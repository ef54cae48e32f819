// Runs a `ThreadJob` in a thread, so that the main thread stays free for signals, time limits and live views.
import { parentPort, workerData } from "node:worker_threads";
import type { ProfileRun, RunningGuest } from "../exact/profile-run.ts";
import { profileRun } from "../exact/profile-run.ts";
import { sampleRun } from "../samplers/sample-run.ts";
import { packError } from "./thread-errors.ts";
import { timeRun } from "../time/run.ts";
import { lookFunction, stopFunction } from "./thread-messages.ts";
import type {
  LookFunction,
  StopAnswer,
  StopFunction,
  ThreadJob,
  ThreadMessage,
} from "./thread-messages.ts";

const job = workerData as ThreadJob;
const globals = globalThis as { [stopFunction]?: StopFunction; [lookFunction]?: LookFunction };

function tell(message: ThreadMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the rule takes threads for windows
  parentPort!.postMessage(message);
}

/** Makes a listener of progress that tells of some hundred steps at most. */
function progress(kind: "body" | "overhead"): (done: number, total: number) => void {
  return (done, total) => {
    const step = Math.ceil(total / 200);
    if (done % step === 0 || done === total) tell({ kind, done, total });
  };
}

function end(run: ProfileRun): StopAnswer {
  tell({ kind: "end", run });
  return "done";
}

const listeners = {
  onStart: (running: RunningGuest): void => {
    globals[stopFunction] = (reason, note) => {
      try {
        const stopped = running.stop(reason, note);
        return stopped === undefined ? "busy" : end(stopped);
      } catch (error) {
        tell({ kind: "error", error: packError(error) });
        return "done";
      }
    };
    globals[lookFunction] = () => {
      const profile = running.snapshot();
      if (profile === undefined) return "busy";
      tell({ kind: "look", profile });
      return "done";
    };
    tell({ kind: "start" });
  },
  onEnd: (): void => {
    globals[stopFunction] = () => "idle";
    globals[lookFunction] = () => "idle";
    tell({ kind: "finish" });
  },
};

function work(): ProfileRun | Promise<ProfileRun> {
  const { bytes } = job;
  const guest = { ...job.options.guest, stoppable: true };
  const onBody = progress("body");
  switch (job.kind) {
    case "sample":
      return sampleRun(bytes, { ...job.options, ...listeners, guest });
    case "time":
      return timeRun(bytes, { ...job.options, ...listeners, guest, onBody });
    case "exact": {
      const overhead = job.measureOverhead ? { onOverheadRun: progress("overhead") } : {};
      return profileRun(bytes, { ...job.options, ...listeners, guest, onBody, ...overhead });
    }
  }
}

try {
  end(await work());
} catch (error) {
  tell({ kind: "error", error: packError(error) });
}
