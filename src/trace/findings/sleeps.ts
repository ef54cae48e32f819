import { baselineOf } from "./baseline.ts";
import { native } from "./finding.ts";
import type { Remark, Sight } from "./finding.ts";
import { number, time } from "./words.ts";

const pollOneoff = "poll_oneoff";
/** Clocks differ by less than a hundredth. */
const leastShare = 0.99;
/** A median is the middle of a range that is a quarter of an octave wide: up to a tenth more or less. */
const leastShareOfMedian = 0.85;
/** Linux lets timers be 50 µs late to save wake-ups; a busy machine lets them be later. */
const slackNs = 500_000;
const leastLateFactor = 1.5;

/** Finds sleeps that end before what the program asked for. */
export function earlyWake({ at, fn }: Sight): Remark | undefined {
  const { sleepNs } = at;
  if (fn.name !== pollOneoff || sleepNs === undefined) return undefined;
  const meanNs = fn.timeNs / fn.calls;
  // On a busy machine a few are late, and the mean with them.
  const halfNs = fn.p50Ns ?? meanNs;
  const isEarly = meanNs < leastShare * sleepNs || halfNs < leastShareOfMedian * sleepNs;
  if (!isEarly) return undefined;
  const takenNs = Math.min(meanNs, halfNs);
  return {
    kind: "early-wake",
    evidence: `asked to wait ${time(sleepNs)}, half of ${number(fn.calls)} calls return after ${time(halfNs)}, ${time(meanNs)} in the mean`,
    cause:
      "it rounds the time down, or lets something else end the wait, and a program that polls spins",
    factor: sleepNs / takenNs,
  };
}

/** Finds sleeps that take longer than what the program asked for, and than the same sleep takes elsewhere. */
export function lateWake(sight: Sight): Remark | undefined {
  const { at, fn } = sight;
  if (fn.name !== pollOneoff || at.sleepNs === undefined) return undefined;
  // What is late natively is the machine.
  if (at.observation.runtime === native) return undefined;
  // The median: one late wake-up of a busy machine is not the runtime's.
  const takenNs = fn.p50Ns ?? fn.timeNs / fn.calls;
  const usual = baselineOf(sight, (other) => other.p50Ns ?? other.timeNs / other.calls);
  const expectedNs = Math.max(at.sleepNs, usual?.value ?? 0);
  if (takenNs < expectedNs + slackNs || takenNs < leastLateFactor * expectedNs) return undefined;
  return {
    kind: "late-wake",
    evidence: `asked to wait ${time(at.sleepNs)}, half of the calls take ${time(takenNs)} or more${usual === undefined ? "" : `, ${usual.whose} ${time(usual.value)}`}`,
    cause: "it rounds the time up, or looks at the clock only from time to time",
    factor: takenNs / expectedNs,
  };
}
