import type { FailureRecord } from "./record.ts";
import type { Sample } from "./phases.ts";

/** Why a run gave no value. */
export interface Failure {
  readonly level: FailureRecord["level"];
  readonly iteration: number;
  readonly failed: FailureRecord["failed"];
  readonly message: string;
}

/** What one process of an arm gave: samples, failures, or first samples and then a failure. */
export interface Outcome {
  readonly samples: readonly Sample[];
  readonly failures: readonly Failure[];
}

/** The outcome of what cannot be run at all. */
export function refusedOutcome(error: unknown): Outcome {
  const message = ownWords(error instanceof Error ? error.message : String(error));
  return { samples: [], failures: [{ level: "cold", iteration: 0, failed: "refused", message }] };
}

const mostWords = 300;

/** Shortens an engine's own words to what stands in a record: their start and end, where engines say what is wrong. */
export function ownWords(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length <= 2 * mostWords) return trimmed;
  return `${trimmed.slice(0, mostWords)} … ${trimmed.slice(-mostWords)}`;
}

// Engines that were started as a command say by words only what happened.
const kinds: readonly (readonly [RegExp, Failure["failed"]])[] = [
  [/not (?:yet )?(?:supported|implemented|enabled)|unsupported|is disabled/i, "unsupported"],
  [
    /CompileError|LinkError|WebAssembly\.(?:Module|Instance)\(|unknown import|incompatible import|no function .* is exported/i,
    "refused",
  ],
  [/fail(?:ed)? to (?:parse|compile|load|link|instantiate)|validat|malformed|magic/i, "refused"],
  [
    /trap|unreachable|out of bounds|RuntimeError|stack (?:overflow|exhausted)|divide by zero/i,
    "trap",
  ],
  [/out of memory|memory limit|cannot allocate/i, "memory"],
];

/** Tells from an engine's words and its exit code what kind of failure it was. */
export function kindOfFailure(words: string): Failure["failed"] {
  return kinds.find(([pattern]) => pattern.test(words))?.[1] ?? "crash";
}
