import type { Interval } from "../../stats/index.ts";
import { judge, ledgerEntry, untestable } from "../hpcc21/claims/claim.ts";
import type { Finding, LedgerEntry } from "../hpcc21/claims/claim.ts";
import type { BenchRecord } from "../record.ts";
import {
  callTimeOf,
  EwapaEvidence,
  hopsOf,
  syscallShareOf,
  syscallsOf,
  timeOf,
} from "./evidence.ts";
import type { Statistic } from "./evidence.ts";

/** One claim: of the paper, or of the public reports of its time. */
interface EwapaClaim {
  readonly id: string;
  readonly claim: string;
  readonly where: string;
  readonly evaluate: (evidence: EwapaEvidence) => Finding;
}

/** Each from its own marks: parts and whole may differ by so much. */
const mostDeviation = 0.01;
/** At least each second call: what collectors and timers do stays below. */
const eachCall = 0.5;

/** All claims, the paper's first. */
const ewapaClaims: readonly EwapaClaim[] = [
  {
    id: "four-times",
    claim:
      "Probes on a runtime's functions and on system calls give total, start-up, WASI and system-call time for each runtime and I/O load.",
    where: "Abstract; steps 2 and 3",
    evaluate: fourTimes,
  },
  {
    id: "startup-differs",
    claim: "Start-up, a time of its own, tells runtimes apart.",
    where: "Step 3: separate results for start-up",
    evaluate: differsBy(["small-reads"], timeOf("startup"), "needs to start"),
  },
  {
    id: "reads-differ",
    claim: "The time of WASI calls under a load of reads tells runtimes apart.",
    where: "Step 3: separate results for reads",
    evaluate: differsBy(["small-reads", "big-reads"], callTimeOf("fd_read"), "needs for a fd_read"),
  },
  {
    id: "writes-differ",
    claim: "The time of WASI calls under a load of writes tells runtimes apart.",
    where: "Step 3: separate results for writes",
    evaluate: differsBy(
      ["small-writes", "big-writes", "seek-writes"],
      callTimeOf("fd_write"),
      "needs for a fd_write",
    ),
  },
  {
    id: "proportion-differs",
    claim:
      "The proportion of system calls in WASI time tells runtimes apart, and so points at anomalies.",
    where: "Step 4: proportions of WASI time and system-call time",
    evaluate: differsBy(
      ["small-reads", "small-writes", "seek-writes"],
      ({ times }) => (times.get("wasi-syscalls") ?? 0) / (times.get("wasi") ?? 0),
      "spends of WASI time in system calls",
    ),
  },
  {
    id: "two-anomalies",
    claim: "Two WASI anomalies have their causes inside of the runtimes.",
    where: "Abstract; case studies",
    evaluate: () =>
      untestable(
        "Which two is not in the text that can be read. Publicly documented ones of the same time follow.",
      ),
  },
  {
    id: "wasmtime-7973-hops",
    claim: "wasmtime, as a library, hands each file operation to another thread.",
    where: "wasmtime issue 7973",
    evaluate: (evidence) =>
      handsOver(evidence, "wasmtime", (hops, arm) =>
        judge(hops, { above: eachCall }, `Hand-overs to other threads a fd_write in ${arm}.`),
      ),
  },
  {
    id: "wasmtime-7973-cost",
    claim:
      "Small writes take wasmtime, as a library, many times as long as others (23 s against 2 s).",
    where: "wasmtime issue 7973",
    evaluate: (evidence) =>
      againstBest(evidence, "wasmtime", { load: "seek-writes", func: "fd_write", above: 2 }),
  },
  {
    id: "wasmtime-8190-command",
    claim: "wasmtime's command, which allows blocking, does without other threads.",
    where: "wasmtime pull request 8190",
    evaluate: (evidence) =>
      handsOver(evidence, "wasmtime-cli", (hops, arm) =>
        judge(hops, { below: eachCall }, `Hand-overs to other threads a fd_write in ${arm}.`),
      ),
  },
  {
    id: "wasmtime-8303-reads",
    claim:
      "Most of the time of fd_read in wasmtime is outside of the system call: in its WASI and in the way to it.",
    where: "wasmtime pull requests 8303 and 8340",
    evaluate: readShare,
  },
  {
    id: "wasmer-3784",
    claim: "fd_write takes wasmer about four times as long as wasmtime.",
    where: "wasmer issue 3784",
    evaluate: wasmerWrites,
  },
  {
    id: "wasmer-4475",
    claim: "Listing a large folder takes wasmer many times as long as others.",
    where: "wasmer issue 4475",
    evaluate: (evidence) =>
      againstBest(evidence, "wasmer", { load: "entries", func: "fd_readdir", above: 2 }),
  },
  {
    id: "unbuffered-lines",
    claim: "fd_write to standard output is not buffered: a system call each.",
    where: "wasmtime issues 255, 7437; wasmer issue 363",
    evaluate: unbuffered,
  },
];

/** Judges every claim by the records. */
export function ewapaLedger(records: readonly BenchRecord[]): LedgerEntry[] {
  const seen = new EwapaEvidence(records);
  return ewapaClaims.map((claim) => ledgerEntry(claim, claim.evaluate(seen)));
}

function fourTimes(evidence: EwapaEvidence): Finding {
  const runs = evidence.runs.filter(({ times }) => times.size > 0);
  const arms = new Set(runs.map(({ arm }) => arm));
  if (arms.size < 2) return untestable(`${few}: the times of two runtimes at least.`);
  const off = runs.map(({ times }) => {
    const [whole, ...parts] = ["total", "startup", "guest", "wasi", "teardown"].map(
      (metric) => times.get(metric) ?? NaN,
    );
    return Math.abs(parts.reduce((sum, part) => sum + part, 0) - whole!) / whole!;
  });
  const inside = runs.every(({ times }) => times.get("wasi-syscalls")! <= times.get("wasi")!);
  const most = Math.max(...off);
  return {
    verdict: inside && most <= mostDeviation ? "reproduced" : "not reproduced",
    effect: 100 * most,
    interval: { low: 100 * Math.min(...off), high: 100 * most, level: 1 },
    evidence: `The most percent by which start-up, guest, WASI and teardown miss the total, over ${runs.length} runs of ${arms.size} runtimes; system calls ${inside ? "never exceed" : "exceed"} the WASI time that they are a part of.`,
  };
}

/** Looks at the two arms that are farthest apart, at the load at which they are. */
function differsBy(
  loads: readonly string[],
  of: Statistic,
  verb: string,
): (evidence: EwapaEvidence) => Finding {
  return (evidence) => {
    const gaps = loads.flatMap((load) => {
      const arms = evidence.measured(load, of).filter((arm) => !isNative(arm));
      const middle = (arm: string): number => evidence.interval(arm, load, of)?.estimate ?? 0;
      const sorted = arms.toSorted((a, b) => middle(a) - middle(b));
      const [least, most] = [sorted[0], sorted.at(-1)];
      if (least === undefined || most === undefined || least === most) return [];
      const gap = evidence.ratio(most, least, load, of);
      return gap === undefined ? [] : [{ gap, least, most, load }];
    });
    const [widest] = gaps.toSorted((a, b) => b.gap.estimate - a.gap.estimate);
    if (widest === undefined) return untestable(`${few}: six runs of two runtimes at least.`);
    const { gap, least, most, load } = widest;
    return judge(
      gap,
      { above: 1 },
      `How many times as much ${most} ${verb} as ${least}, at ${load}: the two that are farthest apart.`,
    );
  };
}

/** Judges by the newest arm of a runtime, and says what the others have. */
function handsOver(
  evidence: EwapaEvidence,
  runtime: string,
  judged: (hops: Interval, arm: string) => Finding,
): Finding {
  const of = hopsOf("fd_write");
  const found = evidence.armsOf(runtime).flatMap((arm) => {
    const hops = evidence.interval(arm, "seek-writes", of);
    return hops === undefined ? [] : [{ arm, hops }];
  });
  const [first, ...others] = found;
  if (first === undefined) return lacking(runtime);
  const finding = judged(first.hops, first.arm);
  const beside = others.map(({ arm, hops }) => `${arm} has ${short(hops.estimate)}`);
  return beside.length === 0
    ? finding
    : { ...finding, evidence: `${finding.evidence} ${beside.join(", ")}.` };
}

function againstBest(
  evidence: EwapaEvidence,
  runtime: string,
  { load, func, above }: { readonly load: string; readonly func: string; readonly above: number },
): Finding {
  const of = callTimeOf(func);
  const [arm] = evidence
    .armsOf(runtime)
    .filter((name) => evidence.measured(load, of).includes(name));
  if (arm === undefined) return lacking(runtime);
  const others = evidence.measured(load, of).filter((name) => !name.startsWith(runtime));
  const middle = (name: string): number => evidence.interval(name, load, of)?.estimate ?? Infinity;
  const [best] = others.toSorted((a, b) => middle(a) - middle(b));
  const gap = best === undefined ? undefined : evidence.ratio(arm, best, load, of);
  if (gap === undefined) return untestable(`${few}: six runs of another runtime, too.`);
  return judge(
    gap,
    { above },
    `How many times as long a ${func} takes ${arm} as ${best}, the quickest beside it, at ${load}; "many times" is taken for ${above} and more.`,
  );
}

function readShare(evidence: EwapaEvidence): Finding {
  for (const arm of [...evidence.armsOf("wasmtime"), ...evidence.armsOf("wasmtime-cli")]) {
    const share = evidence.interval(arm, "small-reads", syscallShareOf("fd_read"));
    if (share === undefined) continue;
    return judge(
      share,
      { below: 0.5 },
      `The share of system calls in the time of fd_read in ${arm}, with what looking costs on both sides.`,
    );
  }
  return lacking("wasmtime");
}

function wasmerWrites(evidence: EwapaEvidence): Finding {
  const of = callTimeOf("fd_write");
  const [wasmer] = evidence.armsOf("wasmer");
  const [wasmtime] = [...evidence.armsOf("wasmtime-cli"), ...evidence.armsOf("wasmtime")];
  if (wasmer === undefined) return lacking("wasmer");
  if (wasmtime === undefined) return lacking("wasmtime");
  const gap = evidence.ratio(wasmer, wasmtime, "stamps", of);
  if (gap === undefined) return untestable(`${few}: six runs of both at least.`);
  return judge(
    gap,
    { above: 2 },
    `How many times as long a fd_write of a line takes ${wasmer} as ${wasmtime}; twice is taken for enough.`,
  );
}

function unbuffered(evidence: EwapaEvidence): Finding {
  const of = syscallsOf("fd_write");
  const found = evidence.arms.flatMap(({ arm }) => {
    const calls = evidence.interval(arm, "stamps", of);
    return isNative(arm) || calls === undefined || calls.estimate === 0 ? [] : [{ arm, calls }];
  });
  const [least] = found.toSorted((a, b) => a.calls.estimate - b.calls.estimate);
  if (least === undefined) return untestable(`${few}: six runs whose system calls are seen.`);
  return judge(
    least.calls,
    { above: 0.99 },
    `System calls a fd_write in ${least.arm}, the runtime of ${found.length} that makes the fewest.`,
  );
}

const isNative = (arm: string): boolean => arm.startsWith("native@");

const few = "Too little was measured";

function lacking(runtime: string): Finding {
  return untestable(
    `No measurements of ${runtime} whose WASI functions are seen: wasmscope runtimes install ${runtime}.`,
  );
}

const short = (value: number): string => Number(value.toPrecision(3)).toString();
