import { whyNoSymbols } from "../catalogue.ts";
import { KernelRefusal } from "../ebpf/kernel.ts";
import type { Observation, Way } from "../observation.ts";
import { observeByEbpf, whyBlind } from "../observe.ts";
import type { ObservedRuntime, ObserveJob } from "../observe.ts";
import { findTarget } from "../target.ts";
import { whyNotEbpf } from "../why-not.ts";
import { observeTimed } from "./observe-timed.ts";
import { observeByWord } from "./observe-word.ts";

/** The ways of watching a run, the one that sees the most first. */
export const ways: readonly Way[] = ["ebpf", "word", "timed"];

const observers: Readonly<
  Record<Way, (chosen: ObservedRuntime, job: ObserveJob) => Promise<Observation>>
> = { ebpf: observeByEbpf, word: observeByWord, timed: observeTimed };

/** A way, and why it is not the one that sees more. */
export interface ChosenWay {
  readonly way: Way;
  readonly why?: string;
}

/** Chooses how to watch a runtime here: by probes where its symbols are known, by a word where not, else by clocks. */
export function bestWay(chosen: ObservedRuntime, job: ObserveJob): ChosenWay {
  const why = whyNotEbpf();
  if (why !== undefined) return { way: "timed", why };
  const { runtime, found, tier } = chosen;
  const { names } = job;
  const command = runtime.command(found, tier, job);
  const target = findTarget(runtime.name, found, command, (name) => names.includes(name));
  if (target === undefined) return { way: "word", why: whyNoSymbols(runtime.name) };
  const blind = whyBlind(chosen, target, job.beforePreview1);
  return blind === undefined ? { way: "ebpf" } : { way: "word", why: blind };
}

/**
 * Runs a program on a runtime and watches it, by the best way that there is here unless one is asked for; a note says
 * why it is not a better one. Throws a `CannotRun` or, for a way that was asked for, a `KernelRefusal`.
 */
export async function observe(
  chosen: ObservedRuntime,
  job: ObserveJob,
  way?: Way,
): Promise<Observation> {
  if (way !== undefined) return await observers[way](chosen, job);
  return await observeBy(bestWay(chosen, job), chosen, job);
}

async function observeBy(
  { way, why }: ChosenWay,
  chosen: ObservedRuntime,
  job: ObserveJob,
): Promise<Observation> {
  try {
    const seen = await observers[way](chosen, job);
    return why === undefined
      ? seen
      : { ...seen, notes: [`Watched by ${seen.way}: ${why}.`, ...seen.notes] };
  } catch (error) {
    // The kernel refuses before the program has begun: nothing was run twice.
    const next = ways[ways.indexOf(way) + 1];
    if (!(error instanceof KernelRefusal) || next === undefined) throw error;
    return await observeBy({ way: next, why: error.message }, chosen, job);
  }
}
