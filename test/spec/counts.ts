import { exportNames } from "../../src/instrument/index.ts";

/** What an instance counted, for each function that the module defines. */
export interface Counts {
  readonly calls?: readonly bigint[];
  readonly instructions?: readonly bigint[];
}

/** Reads the words of an instance's raw profile. */
export function wordsOf(instance: WebAssembly.Instance): readonly bigint[] {
  const word = exported<(index: number) => bigint>(instance, exportNames.word);
  const count = exported<() => number>(instance, exportNames.count)();
  return Array.from({ length: count }, (_, index) => word(index));
}

/** Sums a call tree over each function; it numbers them from the first imported one. */
export function treeCounts(instance: WebAssembly.Instance, importedFunctions: number): Counts {
  const words = wordsOf(instance);
  const calls: bigint[] = [];
  const instructions: bigint[] = [];
  for (let node = 0; node < words.length; node += 3) {
    const func = Number(words[node]! & 0xffff_ffffn) - 1;
    if (func < 0) continue;
    calls[func] = (calls[func] ?? 0n) + words[node + 1]!;
    instructions[func] = (instructions[func] ?? 0n) + words[node + 2]!;
  }
  return {
    calls: calls.slice(importedFunctions),
    instructions: instructions.slice(importedFunctions),
  };
}

/** Tells a call tree that no function is active any more. */
export function resetTree(instance: WebAssembly.Instance): void {
  exported<() => void>(instance, exportNames.reset)();
}

function exported<T>(instance: WebAssembly.Instance, name: string): T {
  return instance.exports[name] as T;
}

/** Says where two ways of counting disagree, or nothing; functions that never ran may be missing. */
export function differenceOf(one: Counts, other: Counts): string | undefined {
  return (
    listDifference("calls", one.calls, other.calls) ??
    listDifference("instructions", one.instructions, other.instructions)
  );
}

function listDifference(
  what: string,
  one: readonly bigint[] | undefined,
  other: readonly bigint[] | undefined,
): string | undefined {
  if (one === undefined || other === undefined) return undefined;
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const [left = 0n, right = 0n] = [one[index], other[index]];
    if (left !== right) return `function ${index}: ${left} and ${right} ${what}`;
  }
  return undefined;
}
