import { type ExactMode, exportNames, readCounts } from "../../src/instrument/index.ts";

type What = "calls" | "instructions";

/** What an instance counted, by function; a function that never ran may be missing. */
export type Counts = Readonly<Partial<Record<What, ReadonlyMap<number, number>>>>;

const countedIn: Readonly<Record<ExactMode, readonly What[]>> = {
  calls: ["calls"],
  insns: ["instructions"],
  blocks: ["calls", "instructions"],
  tree: ["calls", "instructions"],
  "tree+blocks": ["calls", "instructions"],
};

/** Reads the counts of an instance that was instrumented in a mode. */
export function countsOf(
  mode: ExactMode,
  instance: WebAssembly.Instance,
  original: Uint8Array,
): Counts {
  const word = instance.exports[exportNames.word] as (index: number) => bigint;
  const length = (instance.exports[exportNames.count] as () => number)();
  const words = Float64Array.from({ length }, (_, index) => Number(word(index)));
  const { functions } = readCounts(original, mode, words);
  return Object.fromEntries(
    countedIn[mode].map((what) => [
      what,
      new Map(functions.map((one) => [one.funcIndex, one[what] ?? 0])),
    ]),
  );
}

/** Tells a call tree that no function is active any more. */
export function resetTree(instance: WebAssembly.Instance): void {
  (instance.exports[exportNames.reset] as () => void)();
}

/** Says where two ways of counting disagree, or nothing. */
export function differenceOf(one: Counts, other: Counts): string | undefined {
  for (const what of ["calls", "instructions"] as const) {
    const [mine, theirs] = [one[what], other[what]];
    if (mine === undefined || theirs === undefined) continue;
    for (const index of new Set([...mine.keys(), ...theirs.keys()])) {
      const [left, right] = [mine.get(index) ?? 0, theirs.get(index) ?? 0];
      if (left !== right) return `function ${index}: ${left} and ${right} ${what}`;
    }
  }
  return undefined;
}
