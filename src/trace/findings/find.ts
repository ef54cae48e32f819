import { copies } from "./copies.ts";
import { extraSyscalls } from "./extra-syscalls.ts";
import { fastGrowth } from "./fast-growth.ts";
import type {
  Finding,
  FindingKind,
  FunctionRule,
  LoadObservation,
  Remark,
  Sight,
} from "./finding.ts";
import { flushes } from "./flushes.ts";
import { moreCalls } from "./more-calls.ts";
import { slowCalls } from "./slow-calls.ts";
import { earlyWake, lateWake } from "./sleeps.ts";
import { smallPieces } from "./small-pieces.ts";
import { slowStart } from "./startup.ts";
import { ofKind } from "./syscall-kinds.ts";
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
const allLoads = "(all)";

/**
 * Finds what is odd in runs of the same loads on several runtimes, the native twin among them where there is one: by
 * rules over the numbers, with no list of what is known of any runtime. The worst come first. Of a load at several
 * sizes the largest is judged, in which what is done once weighs least, and how things grow over all of them.
 */
export function findFindings(observations: readonly LoadObservation[]): Finding[] {
  const ofLoads = [...groups(observations, ({ load }) => load).values()];
  const found = [
    ...ofLoads.flatMap((ofLoad) => largest(ofLoad).flatMap((at) => inRun(at, ofLoad))),
    ...ofLoads.flatMap(inSeries),
    ...starts(observations),
  ];
  const best = new Map<string, Finding>();
  for (const finding of found) {
    const key = `${engine(finding)} ${finding.load} ${finding.function} ${finding.kind}`;
    const other = best.get(key);
    if (other === undefined || other.factor < finding.factor) best.set(key, finding);
  }
  return [...best.values()].toSorted((a, b) => b.factor - a.factor);
}

/** Selects each runtime's runs at the largest size. */
function largest(ofLoad: readonly LoadObservation[]): LoadObservation[] {
  return [...groups(ofLoad, ({ observation }) => engine(observation)).values()].flatMap((runs) => {
    const most = Math.max(...runs.map(({ size }) => size));
    return runs.filter(({ size }) => size === most);
  });
}

function inRun(at: LoadObservation, ofLoad: readonly LoadObservation[]): Finding[] {
  const peers = ofLoad.filter(({ size }) => size === at.size);
  return at.observation.functions.flatMap((fn) =>
    ofFunction({ at, fn, peers }).map((remark) => toFinding(at, fn.name, remark)),
  );
}

function ofFunction(sight: Sight): Remark[] {
  const found = tellingRules.flatMap((rule) => rule(sight) ?? []);
  const has = (kind: FindingKind): boolean => found.some((one) => one.kind === kind);
  const add = (remark: Remark | undefined): void => {
    if (remark !== undefined) found.push(remark);
  };
  // A hop is a wait, takes time, and sets up threads.
  const hopped = has("thread-hops");
  if (!hopped) add(waits(sight));
  const explained = new Set(found.flatMap(({ syscalls }) => syscalls ?? []));
  if (hopped) {
    for (const { name } of ofKind(sight.fn.syscalls, "signals", "memory", "waits")) {
      explained.add(name);
    }
  }
  const timesCalled = found.find(({ kind }) => kind === "more-calls")?.factor;
  add(extraSyscalls(sight, explained, timesCalled));
  // What comes with more system calls is no riddle.
  if (!hopped && !has("extra-syscalls") && !has("small-pieces")) add(slowCalls(sight));
  return found;
}

/** Judges starts over all loads at once: they have nothing to do with them. */
function starts(observations: readonly LoadObservation[]): Finding[] {
  return [...groups(observations, ({ observation }) => engine(observation)).values()].flatMap(
    (runs) => {
      const others = observations.filter(
        ({ observation }) => observation.runtime !== runs[0]!.observation.runtime,
      );
      const start = slowStart(runs, others);
      return start === undefined
        ? []
        : [toFinding({ ...runs[0]!, load: allLoads }, startUp, start)];
    },
  );
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
