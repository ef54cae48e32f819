import type { Profile } from "../../profile/index.ts";
import type { StopReason } from "../../runtimes/index.ts";
import type { ProfileRun, ProfileRunOptions } from "../exact/profile-run.ts";
import type { SampleRunOptions } from "../samplers/sample-run.ts";
import type { TimeRunOptions } from "../time/run.ts";

/** What options a job takes along: functions do not travel. */
export type Travelling<Options> = Omit<
  Options,
  "onBody" | "onOverheadRun" | "onStart" | "onEnd" | "choose" | "clock"
>;

/** What a thread is to do: options without functions, which do not travel. */
export type ThreadJob =
  | {
      readonly kind: "exact";
      readonly bytes: Uint8Array;
      readonly options: Travelling<ProfileRunOptions>;
      readonly measureOverhead: boolean;
    }
  | {
      readonly kind: "time";
      readonly bytes: Uint8Array;
      readonly options: Travelling<TimeRunOptions>;
    }
  | {
      readonly kind: "sample";
      readonly bytes: Uint8Array;
      readonly options: Travelling<SampleRunOptions>;
    };

/** What a thread tells while it works. */
export type ThreadMessage =
  | { readonly kind: "body" | "overhead"; readonly done: number; readonly total: number }
  | { readonly kind: "start" | "finish" }
  | { readonly kind: "look"; readonly profile: Profile }
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

/** The global function of the thread that posts what was counted so far. */
export const lookFunction = "wasmscopeLook";

/** What it answers: the end or the profile was posted, the counters were just being changed, or no guest runs. */
export type StopAnswer = "done" | "busy" | "idle";

/** The types of the global functions. */
export type StopFunction = (reason: StopReason, note: string) => StopAnswer;
export type LookFunction = () => StopAnswer;
