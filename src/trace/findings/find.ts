import { copies } from "./copies.ts";
import { extraSyscalls } from "./extra-syscalls.ts";
import { fastGrowth } from "./fast-growth.ts";
import type { Finding, FunctionRule, LoadObservation, Remark, Sight } from "./finding.ts";
import { flushes } from "./flushes.ts";
import { moreCalls } from "./more-calls.ts";
import { slowCalls } from "./slow-calls.ts";
import { earlyWake, lateWake } from "./sleeps.ts";
import { smallPieces } from "./small-pieces.ts";
import { slowStart } from "./startup.ts";
import { threadHops } from "./thread-hops.ts";
import { waits } from "./waits.ts";

/** Rules that tell what it is; what they speak of is left out by the general ones. */
const tellingRules: readonly FunctionRule[] = [
  threadHops,
  flushes,
  copies,
  smallPieces,
  earlyWake,
  lateWake,
  moreCalls,
];

const startUp = "(start-up)";

/**
 * Finds what is odd in runs of the same loads on several runtimes, the native twin among them where there is one: by
 * rules over the numbers, with no list of what is known of any runtime. The worst come first. Of several sizes of a
 * load that show the same, the one that shows it best is given.
 */
export function findFindings(observations: readonly LoadObservation[]): Finding[] {
  const found = [
    ...[...groups(observations, ({ load, size }) => `${load} ${size}`).values()].flatMap((peers) =>
      peers.flatMap((at) => inRun(at, peers)),
    ),
    ...[...groups(observations, ({ load }) => load).values()].flatMap(inSeries),
  ];
  const best = new Map<string, Finding>();
  for (const finding of found) {
    const key = `${engine(finding)} ${finding.load} ${finding.function} ${finding.kind}`;
    const other = best.get(key);
    if (other === undefined || other.factor < finding.factor) best.set(key, finding);
  }
  return [...best.values()].toSorted((a, b) => b.factor - a.factor);
}

function inRun(at: LoadObservation, peers: readonly LoadObservation[]): Finding[] {
  const ofFunctions = at.observation.functions.flatMap((fn) =>
    ofFunction({ at, fn, peers }).map((remark) => toFinding(at, fn.name, remark)),
  );
  const start = slowStart(at, peers);
  return start === undefined ? ofFunctions : [...ofFunctions, toFinding(at, startUp, start)];
}

function ofFunction(sight: Sight): Remark[] {
  const found = tellingRules.flatMap((rule) => rule(sight) ?? []);
  const hopped = found.some(({ kind }) => kind === "thread-hops");
  // A hop is a wait, and takes time.
  if (!hopped) found.push(...[waits(sight)].flatMap((one) => one ?? []));
  const explained = new Set(found.flatMap(({ syscalls }) => syscalls ?? []));
  const timesCalled = found.find(({ kind }) => kind === "more-calls")?.factor;
  const more = extraSyscalls(sight, explained, timesCalled);
  if (more !== undefined) found.push(more);
  if (!hopped) found.push(...[slowCalls(sight)].flatMap((one) => one ?? []));
  return found;
}

function inSeries(ofLoad: readonly LoadObservation[]): Finding[] {
  const series = [...groups(ofLoad, ({ observation }) => engine(observation)).values()];
  return series.flatMap((one) =>
    fastGrowth(
      one,
      series.filter((other) => other !== one),
    ).map(({ at, function: name, ...remark }) => toFinding(at, name, remark)),
  );
}

function toFinding(
  { load, size, observation }: LoadObservation,
  name: string,
  { kind, evidence, cause, factor, syscalls = [] }: Remark,
): Finding {
  const { runtime, version, tier } = observation;
  return {
    runtime,
    version,
    tier,
    load,
    size,
    function: name,
    kind,
    evidence,
    cause,
    factor,
    syscalls,
  };
}

function engine({ runtime, version, tier }: Pick<Finding, "runtime" | "version" | "tier">): string {
  return `${runtime} ${version} ${tier}`;
}

function groups<T>(all: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const one of all) {
    const group = found.get(key(one));
    if (group === undefined) found.set(key(one), [one]);
    else group.push(one);
  }
  return found;
}
