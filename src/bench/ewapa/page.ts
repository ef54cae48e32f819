import type { BenchPage, Cell, Figure, PageSection, Ranged, Unit } from "../../report/index.ts";
import type { Interval } from "../../stats/index.ts";
import type { LedgerEntry } from "../hpcc21/claims/claim.ts";
import { ArmOrder, factsOf, failureSection, warningsOf } from "../pages/parts.ts";
import type { RecordSet } from "../pages/parts.ts";
import { loads as suite } from "../../trace/index.ts";
import { wasiSections } from "../pages/wasi-sections.ts";
import { ewapaLedger } from "./claims.ts";
import { callTimeOf, EwapaEvidence, syscallsOf, timeOf } from "./evidence.ts";
import type { Statistic } from "./evidence.ts";
import { ewapaLoads } from "./loads.ts";

/** Tells what the records say of the paper: its claims, its four times, how they grow; then all functions. */
export function ewapaPage(set: RecordSet, command: string): BenchPage {
  const evidence = new EwapaEvidence(set.records);
  const order = new ArmOrder(evidence.arms, ({ family }) => family);
  const loads = ewapaLoads.filter(({ name }) => evidence.sizes(name).length > 0);
  const sections = [
    ledgerSection(ewapaLedger(set.records), command),
    section("times", "The four times", [
      "For each runtime and load, at the largest size: from exec to the end of the process, start-up, inside of WASI functions, inside of system calls there. Medians over blocks with 95 % intervals; what looking costs is in them.",
      loads.map(({ name }) => timesTable(name, evidence)),
    ]),
    section("growth", "How they grow with the load", [
      "Exponents over the load's sizes: 1 is as the load does, more is more for each piece of work the more there are.",
      [growthTable(evidence)],
    ]),
    ...wasiSections(set, order),
    failureSection(set.failures),
  ];
  return {
    title: "WASI time, measured again",
    subtitle:
      "The experiment of Mao, Su, Shan and Li, “eWAPA: an eBPF-based WASI performance analysis framework for WebAssembly runtimes” (2024), on this machine",
    facts: factsOf(set),
    warnings: warningsOf(set),
    series: order.series,
    sections: sections.filter((one) => one !== undefined),
  };
}

function section(
  id: string,
  title: string,
  [text, figures]: readonly [text: string, figures: readonly Figure[]],
): PageSection | undefined {
  const shown = figures.filter((figure) => figure.kind !== "table" || figure.rows.length > 0);
  return shown.length === 0 ? undefined : { id, title, text: [text], figures: shown };
}

function ledgerSection(entries: readonly LedgerEntry[], command: string): PageSection {
  return {
    id: "claims",
    short: "Claims",
    title: "What became of the claims",
    text: [
      "The paper's own, as far as its abstract and digests say them, and those of public reports of the same time. A claim counts as reproduced only when the whole 95 % interval lies on its side.",
    ],
    figures: [{ kind: "ledger", title: "Claims", caption: "", entries }],
    repeat: [command],
  };
}

const fourTimes: readonly (readonly [title: string, metric: string])[] = [
  ["total", "total"],
  ["start-up", "startup"],
  ["WASI", "wasi"],
  ["system calls", "wasi-syscalls"],
  ["WASI without what looking costs", "corrected-wasi"],
];

function timesTable(load: string, evidence: EwapaEvidence): Figure {
  const title = suite.find(({ name }) => name === load)?.standsFor ?? "";
  const size = evidence.sizes(load).at(-1)!;
  const isSeen = ([, metric]: readonly [string, string]): boolean =>
    evidence.arms.some(({ arm }) => evidence.values(arm, load, timeOf(metric)).size > 0);
  const shown = fourTimes.filter(isSeen);
  const rows = evidence.arms.map(({ arm }): readonly Cell[] => [
    arm,
    ...shown.map(([, metric]) => cell(evidence.interval(arm, load, timeOf(metric)), "ns")),
  ]);
  return {
    kind: "table",
    title: `${load}: ${size} ${title}`,
    caption: "",
    columns: ["runtime", ...shown.map(([name]) => name)],
    rows: rows.filter((row) => row.some((one) => isValue(one))),
  };
}

function growthTable(evidence: EwapaEvidence): Figure {
  const rows = ewapaLoads.flatMap(({ name, func }) =>
    evidence.arms.map(({ arm }): readonly Cell[] => {
      const grown = (of: Statistic): Cell => cell(evidence.growth(arm, name, of), "count");
      return [
        name,
        arm,
        grown(timeOf("total")),
        grown(timeOf("wasi")),
        grown(timeOf("wasi-syscalls")),
        { code: func },
        grown(callTimeOf(func)),
        grown(syscallsOf(func)),
      ];
    }),
  );
  return {
    kind: "table",
    title: "Exponents",
    caption:
      "A call's own time and its system calls should not grow at all: 0. Runs whose load is small beside the start-up have a small exponent of the total.",
    columns: [
      "load",
      "runtime",
      "total",
      "WASI",
      "system calls",
      "function",
      "a call of it",
      "system calls of one",
    ],
    rows: rows.filter((row) => row.some((one) => isValue(one))),
  };
}

function cell(interval: Interval | undefined, unit: Unit): Cell {
  const mark: Ranged =
    interval === undefined
      ? { value: NaN }
      : { value: interval.estimate, low: interval.low, high: interval.high };
  return { unit, mark };
}

function isValue(one: Cell): boolean {
  return typeof one === "object" && "mark" in one && !Number.isNaN(one.mark.value);
}
