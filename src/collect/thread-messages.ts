import type { StopReason } from "../runtimes/index.ts";
import type { ProfileRun, ProfileRunOptions } from "./profile-run.ts";
import type { SampleRunOptions } from "./samplers/sample-run.ts";

/** What a thread is to do: options without functions, which do not travel. */
export type ThreadJob =
  | {
      readonly kind: "exact";
      readonly bytes: Uint8Array;
      readonly options: Omit<ProfileRunOptions, "onBody" | "onOverheadRun" | "onStart" | "onEnd">;
      readonly measureOverhead: boolean;
    }
  | {
      readonly kind: "sample";
      readonly bytes: Uint8Array;
      readonly options: Omit<SampleRunOptions, "onStart" | "onEnd">;
    };

/** What a thread tells while it works. */
export type ThreadMessage =
  | { readonly kind: "body" | "overhead"; readonly done: number; readonly total: number }
  | { readonly kind: "start" | "finish" }
  | { readonly kind: "end"; readonly run: ProfileRun }
  | { readonly kind: "error"; readonly error: ThreadError };

/** An error on its way between threads, where it loses its class. */
export interface ThreadError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The global function of the thread that stops the guest: `(reason, note)`. */
export const stopFunction = "wasmscopeStop";

/** What it answers: the end was posted, the counters were just being changed, or no guest runs. */
export type StopAnswer = "stopped" | "busy" | "idle";

/** The type of the global function. */
export type StopFunction = (reason: StopReason, note: string) => StopAnswer;
