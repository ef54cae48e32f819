import { median } from "../../stats/index.ts";
import type { ObservedFunction } from "../observation.ts";
import { native } from "./finding.ts";
import type { Sight } from "./finding.ts";

/** What a figure is compared with. */
export interface Baseline {
  readonly value: number;
  /** Whose it is, for a sentence: `the native twin`, `node`, `the median of 3 other runtimes`. */
  readonly whose: string;
}

/** A figure of a function in a run. */
export type Figure = (fn: ObservedFunction) => number | undefined;

/**
 * Gives what a figure of the same function is elsewhere, for the same load at the same size: in the native twin, or
 * where that has no such function the median of the other runtimes. Undefined when neither is there.
 */
export function baselineOf(sight: Sight, figure: Figure): Baseline | undefined {
  return ofTwin(sight, figure) ?? ofOthers(sight, figure);
}

/** Gives a figure of the native twin; of runtimes only, since a twin has none. */
function ofTwin({ at, fn, peers }: Sight, figure: Figure): Baseline | undefined {
  if (at.observation.runtime === native) return undefined;
  const [value] = figures(peers, native, fn.name, figure);
  return value === undefined ? undefined : { value, whose: "the native twin" };
}

/** Gives the median of a figure over the other runtimes, each of which counts once. */
export function ofOthers({ at, fn, peers }: Sight, figure: Figure): Baseline | undefined {
  const own = at.observation.runtime;
  if (own === native) return undefined;
  const names = new Set(peers.map(({ observation }) => observation.runtime));
  const others = [...names].filter((name) => name !== own && name !== native);
  const values = others.flatMap((name) => {
    const all = figures(peers, name, fn.name, figure);
    return all.length === 0 ? [] : [{ name, value: median(all) }];
  });
  if (values.length === 0) return undefined;
  return {
    value: median(values.map(({ value }) => value)),
    whose: values.length === 1 ? values[0]!.name : `the median of ${values.length} other runtimes`,
  };
}

function figures(peers: Sight["peers"], runtime: string, name: string, figure: Figure): number[] {
  return peers
    .filter(({ observation }) => observation.runtime === runtime)
    .flatMap(({ observation }) => observation.functions)
    .filter((fn) => fn.name === name)
    .flatMap((fn) => figure(fn) ?? []);
}
