import { differenceOf } from "./counts.ts";
import { deviationOf } from "./deviations.ts";
import { type Outcome, runScript, type ScriptRun } from "./runner.ts";
import type { Script } from "./suite.ts";
import { plain, type Transform } from "./transforms.ts";

/** How one set went under one transform, in commands of its scripts. */
export interface Tally {
  readonly set: string;
  readonly transform: string;
  readonly node: string;
  readonly durationMs: number;
  readonly passed: number;
  /** Failures of the engine itself, each listed in `deviations.ts`. */
  readonly deviating: number;
  readonly failures: readonly string[];
  readonly skipped: Readonly<Record<string, number>>;
}

type Entry = {
  readonly kind: "passed" | "deviating" | "failure" | "skipped";
  readonly text: string;
};

/** Runs a set's scripts plainly, then under each transform, where all must go as it went plainly. */
export function tallySet(
  set: string,
  scripts: readonly Script[],
  transforms: readonly Transform[],
): readonly Tally[] {
  const start = performance.now();
  const runs = scripts.map((script) => ({ script, before: runScript(script, plain) }));
  const plainMs = performance.now() - start;
  const counted = new Map<Script, Counted[]>();
  return transforms.map((transform) => {
    if (transform.name === plain.name) {
      const entries = runs.flatMap(({ script, before }) => plainEntries(script, before.outcomes));
      return tally(set, transform, plainMs, entries);
    }
    const begin = performance.now();
    const entries = runs.flatMap(({ script, before }) => {
      const after = runScript(script, transform);
      const others = counted.get(script) ?? [];
      const compared = changedEntries(script, transform, before.outcomes, after.outcomes);
      // What followed a hidden trap may have written into counters.
      const hidden = compared.some(({ text }) => text === transform.hides?.reason);
      if (hidden) return compared;
      counted.set(script, [...others, { name: transform.name, counts: after.counts }]);
      return [...compared, ...countEntries(script, before.outcomes, after.counts, others)];
    });
    return tally(set, transform, performance.now() - begin, entries);
  });
}

interface Counted {
  readonly name: string;
  readonly counts: ScriptRun["counts"];
}

// Two ways of counting must agree, but for how far a recursion comes until the stack is full.
function countEntries(
  script: Script,
  outcomes: readonly Outcome[],
  counts: ScriptRun["counts"],
  others: readonly Counted[],
): readonly Entry[] {
  if (outcomes.some(({ type }) => type === "assert_exhaustion")) return [];
  return others.flatMap((other) =>
    [...counts].flatMap(([line, mine]): readonly Entry[] => {
      const theirs = other.counts.get(line);
      const difference = theirs === undefined ? undefined : differenceOf(theirs, mine);
      if (difference === undefined) return [];
      const place = `${script.set}/${script.name}.wast:${line}`;
      return [{ kind: "failure", text: `${place} counts other than ${other.name}: ${difference}` }];
    }),
  );
}

function tally(set: string, transform: Transform, ms: number, entries: readonly Entry[]): Tally {
  const skipped: Record<string, number> = {};
  for (const { kind, text } of entries) {
    if (kind === "skipped") skipped[text] = (skipped[text] ?? 0) + 1;
  }
  return {
    set,
    transform: transform.name,
    node: process.version,
    durationMs: Math.round(ms),
    passed: entries.filter(({ kind }) => kind === "passed").length,
    deviating: entries.filter(({ kind }) => kind === "deviating").length,
    failures: entries.filter(({ kind }) => kind === "failure").map(({ text }) => text),
    skipped,
  };
}

function plainEntries(script: Script, outcomes: readonly Outcome[]): readonly Entry[] {
  return outcomes
    .filter(({ type }) => type !== "prints")
    .map((outcome): Entry => {
      const { status, line, detail } = outcome;
      if (status !== "failed") return { kind: status, text: detail };
      const deviation = deviationOf(script, line, detail);
      return deviation === undefined
        ? failure(script, outcome, detail)
        : { kind: "deviating", text: deviation };
    });
}

// Modules that are never instantiated have nothing to compare: they are the codec's, in codec.test.ts.
const staticTypes: readonly Outcome["type"][] = ["assert_invalid", "assert_malformed"];

function changedEntries(
  script: Script,
  { hides }: Transform,
  before: readonly Outcome[],
  after: readonly Outcome[],
): readonly Entry[] {
  let hidden = false;
  return after.flatMap((outcome, index): readonly Entry[] => {
    if (staticTypes.includes(outcome.type)) return [];
    const { status, detail } = before[index] ?? { status: "passed", detail: "" };
    const same = outcome.status === status && outcome.detail === detail;
    if (outcome.type === "prints" && same) return [];
    if (!same && outcome.status !== "skipped") {
      hidden ||= hides?.traps.test(detail) === true;
      if (hidden) return [{ kind: "skipped", text: hides!.reason }];
      return [failure(script, outcome, `${outcome.detail} (plain: ${status} ${detail})`)];
    }
    if (outcome.status === "failed") {
      // The plain run has said whether this may be.
      return [{ kind: "deviating", text: detail }];
    }
    return [{ kind: outcome.status, text: outcome.detail }];
  });
}

function failure(script: Script, { line, type }: Outcome, message: string): Entry {
  return { kind: "failure", text: `${script.set}/${script.name}.wast:${line} ${type}: ${message}` };
}
