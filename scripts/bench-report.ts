import type { Interval } from "../src/stats/index.ts";
import { growthOf } from "./bench-growth.ts";
import { selectRecords } from "./bench-records.ts";
import type { BenchFile, BenchRecord } from "./bench-records.ts";
import { rewritings } from "./bench-rewriting.ts";
import { meanGroups, meanSlowdown, plainUs, shortestUs, slowdown } from "./bench-summary.ts";
import { workloadsOf } from "./bench-summary.ts";
import type { Span } from "./bench-summary.ts";
import { isKept, targets } from "./bench-targets.ts";
import { modes } from "./bench-transforms.ts";
import type { Mode } from "./bench-transforms.ts";
import type { Tier } from "./bench-child.ts";

/** Renders all tables as Markdown that reads well on a terminal too. */
export function formatReport(file: BenchFile): string {
  const { machine, records } = file;
  const sections = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.kernel}, Node ${machine.node} (V8 ${machine.v8}), load average before: ${machine.loadBefore}.`,
    intervalNote(records),
    section("Targets", targetsTable(records)),
    ...tierSections(records, "default", "as users run: V8 compiles in tiers"),
    ...tierSections(records, "turbofan", "all code by V8's optimising compiler, before the start"),
    section("Size of the instrumented module (file, code section)", sizeTable(records)),
    section("Rewriting: code section over CPU time (all threads)", rewriteTable(records)),
    section("Failures", failureList(records)),
  ];
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

/** Below this the whole range of the ratios covers the true median less often than in 95 %: 1 - 2 / 2^5 = 0.94. */
const fewestPairs = 6;

function intervalNote(records: readonly BenchRecord[]): string {
  const runs = selectRecords(records, { variant: "plain", phase: "run", event: "cpu-time" });
  if (runs.length === 0) return "";
  const counts = new Map<string, number>();
  for (const { workload, mode, tier } of runs) {
    const key = `${workload} ${mode} ${tier}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const pairs = [...counts.values()];
  const range = `Medians over ${Math.min(...pairs)} to ${Math.max(...pairs)} pairs of runs (plain, instrumented)`;
  return Math.min(...pairs) < fewestPairs
    ? `${range}. Brackets: bootstrap intervals that cover LESS than 95 % where there are fewer than ${fewestPairs} pairs.`
    : `${range}. Brackets: 95 % bootstrap intervals.`;
}

function tierSections(records: readonly BenchRecord[], tier: Tier, how: string): string[] {
  if (selectRecords(records, { tier, event: "cpu-time" }).length === 0) return [];
  return [
    section(`CPU time of \`_start\`, ${how}`, slowdownTable(records, tier, "run")),
    section(
      "The same with reading, compiling and instantiating",
      slowdownTable(records, tier, "start"),
    ),
  ];
}

function section(title: string, body: string): string {
  return body === "" ? "" : `## ${title}\n\n${body}`;
}

function slowdownTable(records: readonly BenchRecord[], tier: Tier, span: Span): string {
  const found = modes.filter((mode) => selectRecords(records, { mode, tier }).length > 0);
  const meanRow = (title: string, groups: typeof meanGroups): string[] => [
    `**${title}**`,
    "",
    ...found.map((mode) => {
      const mean = meanSlowdown(records, mode, tier, span, groups);
      return mean === undefined ? "-" : `**${ratio(mean.interval)}** of ${mean.workloads}`;
    }),
  ];
  const rows = workloadsOf(selectRecords(records, { tier })).map(({ workload }) => {
    const us = plainUs(records, workload, tier, span);
    return [
      plainUs(records, workload, tier, "run") < shortestUs
        ? `${workload} (too short to weigh)`
        : workload,
      (us / 1000).toFixed(0),
      ...found.map((mode) => {
        const interval = slowdown(records, workload, mode, tier, span);
        return interval === undefined ? "-" : ratio(interval);
      }),
    ];
  });
  return table(
    ["workload", "plain ms", ...found],
    [
      ...rows,
      meanRow("geometric mean (coremark-like, kernels, real)", meanGroups),
      meanRow("kernels alone", ["kernel"]),
      meanRow("real programs alone", ["real"]),
    ],
  );
}

function targetsTable(records: readonly BenchRecord[]): string {
  const rows = targets(records).map((target) => {
    const kept = isKept(target);
    return [
      target.what,
      `${target.side} ${target.limit}${target.unit}`,
      target.found === undefined ? "not measured" : `${target.found.toFixed(2)}${target.unit}`,
      kept === undefined ? "" : kept ? "yes" : "NO",
    ];
  });
  return table(["figure", "target", "found", "kept"], rows);
}

function sizeTable(records: readonly BenchRecord[]): string {
  const sizes = selectRecords(records, { phase: "size" });
  const found = modes.filter((mode) => selectRecords(sizes, { mode }).length > 0);
  if (found.length === 0) return "";
  const cell = (workload: string, mode: Mode): string => {
    const file = growthOf(sizes, workload, mode, "file-size");
    const code = growthOf(sizes, workload, mode, "code-size");
    return file === undefined || code === undefined
      ? "-"
      : `${file.toFixed(2)}, ${code.toFixed(2)}`;
  };
  return table(
    ["workload", "bytes", ...found],
    workloadsOf(sizes).map(({ workload }) => {
      const plain = selectRecords(sizes, { workload, variant: "plain", event: "file-size" })[0];
      return [workload, String(plain?.value ?? ""), ...found.map((mode) => cell(workload, mode))];
    }),
  );
}

function rewriteTable(records: readonly BenchRecord[]): string {
  const rows = rewritings(records).map((row) => [
    row.workload,
    row.mode,
    (row.fileBytes / 1e6).toFixed(1),
    (row.codeBytes / 1e6).toFixed(1),
    row.firstMBs.toFixed(1),
    row.warmMBs?.toFixed(1) ?? "",
    row.peakMultiple?.toFixed(1) ?? "",
  ]);
  if (rows.length === 0) return "";
  const heads = [
    "module",
    "by",
    "file MB",
    "code MB",
    "MB/CPU s first",
    "MB/CPU s warm",
    "peak / file",
  ];
  return table(heads, rows);
}

function failureList(records: readonly BenchRecord[]): string {
  return selectRecords(records, { event: "failure" })
    .map(({ workload, mode, tier, value }) => `- ${workload}, ${mode}, ${tier}: ${value}`)
    .join("\n");
}

function ratio({ estimate, low, high }: Interval): string {
  return `${estimate.toFixed(2)} (${low.toFixed(2)}-${high.toFixed(2)})`;
}

/** Aligns the columns, so that the source of the Markdown is a table too. The first column is left, the others right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, i) =>
    Math.max(3, cell.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, i) =>
    i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}
