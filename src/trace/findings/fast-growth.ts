import { growthOf } from "../growth.ts";
import type { Growth } from "../growth.ts";
import { enoughCalls, native } from "./finding.ts";
import type { LoadObservation, Remark } from "./finding.ts";
import { number, time } from "./words.ts";

/** Three sizes tell a trend from one odd run. */
const leastSizes = 3;
/**
 * Trees of folders grow a little more than in proportion: 4 times the size, 5.3 times the work. Time is less sure than
 * counts; what searches a list comes near to the square.
 */
const leastExponent = { syscalls: 1.2, usualNs: 1.5 } as const;
const leastLow = { syscalls: 1.1, usualNs: 1.5 } as const;
/** And so much more than the twin's, or the other runtimes' least: the file system's own growth is in that too. */
const leastAbove = 0.25;
/** Below so much time, what does not grow is most of it. */
const leastNs = 1_000_000;

/** A function's growth that is out of proportion. */
export interface GrowthRemark extends Remark {
  readonly function: string;
  /** The largest size. */
  readonly at: LoadObservation;
}

/**
 * Finds functions whose system calls or time grow faster than the load, over observations of one load at several sizes
 * on one runtime; `others` are those on all others.
 */
export function fastGrowth(
  series: readonly LoadObservation[],
  others: readonly (readonly LoadObservation[])[],
): GrowthRemark[] {
  const sizes = new Set(series.map(({ size }) => size));
  if (sizes.size < leastSizes || series[0]!.observation.runtime === native) return [];
  const elsewhere = others.flatMap((one) => growthOf(one));
  const at = series.toSorted((a, b) => b.size - a.size)[0]!;
  const often = new Set(
    at.observation.functions.filter(({ calls }) => calls >= enoughCalls).map(({ name }) => name),
  );
  const found = growthOf(series).flatMap((growth) => {
    // The time of a few calls is chance; their system calls are not.
    if (growth.figure === "usualNs" && !often.has(growth.function)) return [];
    const remark = remarkOf(growth, elsewhere);
    return remark === undefined ? [] : [{ ...remark, function: growth.function, at }];
  });
  // System calls that grow take time that grows: one finding is enough, the exact one.
  const counted = new Set(found.filter(({ byCount }) => byCount).map((one) => one.function));
  return found
    .filter((one) => one.byCount || !counted.has(one.function))
    .map(({ byCount: _byCount, ...remark }) => remark);
}

function remarkOf(
  { function: name, figure, exponent, points }: Growth,
  elsewhere: readonly Growth[],
): (Remark & { readonly byCount: boolean }) | undefined {
  if (figure !== "syscalls" && figure !== "usualNs") return undefined;
  // What is there at some sizes only comes and goes.
  if (points.filter(([, value]) => value > 0).length < leastSizes) return undefined;
  const [first, last] = [points.find(([, value]) => value > 0)!, points.at(-1)!];
  if (figure === "usualNs" && last[1] < leastNs) return undefined;
  if (exponent.estimate < leastExponent[figure] || exponent.low < leastLow[figure]) {
    return undefined;
  }
  const usual = elsewhere
    .filter((one) => one.function === name && one.figure === figure)
    .map((one) => one.exponent.estimate);
  const least = usual.length === 0 ? 1 : Math.max(1, Math.min(...usual));
  if (exponent.estimate < least + leastAbove) return undefined;
  const say = figure === "usualNs" ? time : number;
  const what = figure === "usualNs" ? "time grows" : "system calls grow";
  const { estimate, low, high } = exponent;
  return {
    kind: "growth",
    byCount: figure === "syscalls",
    evidence: `${what} with the size to the power ${number(estimate)} (${number(low)} to ${number(high)}): ${say(first[1])} at ${number(first[0])}, ${say(last[1])} at ${number(last[0])}`,
    cause:
      figure === "usualNs"
        ? "each call goes through all that was there before, such as a list that is searched or a buffer that is moved"
        : "each call begins from the start again, such as a folder that is listed anew for its next entries",
    // How much more there is at the largest size than growth in proportion gives.
    factor: last[1] / first[1] / (last[0] / first[0]) ** least,
  };
}
