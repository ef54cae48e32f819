import type { Observation, ObservedFunction } from "../observation.ts";

/** What a program did at one size on one runtime. */
export interface LoadObservation {
  /** What is run, such as `small-writes`: observations of the same load and size are compared with each other. */
  readonly load: string;
  /** How much of it: the load's work grows with it by definition. */
  readonly size: number;
  readonly observation: Observation;
  /** How long each `poll_oneoff` of the load asks to wait, where it is known. */
  readonly sleepNs?: number;
}

/** What is odd; each kind is a rule in a file of its own. */
export type FindingKind =
  | "extra-syscalls"
  | "more-calls"
  | "growth"
  | "thread-hops"
  | "waits"
  | "copies"
  | "small-pieces"
  | "flushes"
  | "early-wake"
  | "late-wake"
  | "slow-calls"
  | "startup";

/** Something that a runtime does and need not, with the numbers that say so. */
export interface Finding {
  readonly runtime: string;
  readonly version: string;
  readonly tier: string;
  readonly load: string;
  /** At which size the numbers are from. */
  readonly size: number;
  /** The WASI function; `(start-up)` for what happens before all of them. */
  readonly function: string;
  readonly kind: FindingKind;
  /** The numbers, in a sentence without its full stop. */
  readonly evidence: string;
  /** Why that is likely so, in a sentence without its full stop. */
  readonly cause: string;
  /** How many times more than the baseline; for a wake-up that is too early, asked by taken. */
  readonly factor: number;
  /** The system calls that it rests on, where it does. */
  readonly syscalls: readonly string[];
}

/** What a rule says of a function; the rest of the finding is known. */
export type Remark = Pick<Finding, "kind" | "evidence" | "cause" | "factor"> &
  Partial<Pick<Finding, "syscalls">>;

/** A function as a rule sees it: where it was seen, and what the same load did elsewhere. */
export interface Sight {
  readonly at: LoadObservation;
  readonly fn: ObservedFunction;
  /** All observations of the same load at the same size, this one among them. */
  readonly peers: readonly LoadObservation[];
}

/** Says what is odd about one function in one run; undefined when nothing is. */
export type FunctionRule = (sight: Sight) => Remark | undefined;

/** The runtime of a twin that is none of WebAssembly. */
export const native = "native";

/** Below so many calls what a call does is mixed with what only the first one does. */
export const enoughCalls = 20;

/** A call does something when at least each second one does: collectors and timers stay below. */
export const eachCall = 0.5;

/** Says whether programs ask to wait by a function. */
export function asksToWait(name: string): boolean {
  return /^(?:poll_oneoff|sched_yield|sock_accept|sock_recv)$/.test(name);
}

/** Says whether a function does nothing but wait, so that what other threads do meanwhile is not its work. */
export function onlyWaits(name: string): boolean {
  return name === "poll_oneoff" || name === "sched_yield";
}
