import { groupByFunction } from "./frames.ts";
import type { Profile, ValueType } from "./model.ts";

/** The keys of value types whose names would be long or odd; all others are called by their name. */
const SHORT_KEYS: ReadonlyMap<string, string> = new Map([["instructions", "insns"]]);

/** Returns for each value type the key it goes by in JSON, no two alike, also not as `selfKey`. */
export function jsonKeys(types: readonly ValueType[]): string[] {
  const taken = new Set<string>();
  return types.map(({ name }) => {
    const wanted = SHORT_KEYS.get(name) ?? name;
    let key = wanted;
    for (let copy = 2; key === "" || taken.has(rowKey("total", key)); copy++) {
      key = `${wanted}#${copy}`;
    }
    taken.add(rowKey("total", key));
    return key;
  });
}

/** Returns the key of a function's own or inclusive value: `selfInsns`, but `calls` alone. */
export function rowKey(kind: "self" | "total", key: string): string {
  if (key === "calls" && kind === "self") return key;
  return kind + key.charAt(0).toUpperCase() + key.slice(1);
}

/**
 * Says whether a row a function tells all there is to tell: no stacks, and each function one frame
 * and one node. In mode `tree` the answer is no, so that its files always have a tree.
 */
export function isPlain({ mode, frames, parents, nodeFrames }: Profile): boolean {
  return (
    mode !== "tree" &&
    parents.length === frames.length &&
    parents.every((parent) => parent === -1) &&
    new Set(nodeFrames).size === frames.length &&
    groupByFunction(frames).functions.length === frames.length
  );
}
