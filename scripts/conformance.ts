// Tries every runtime that is installed, in its default tier, and writes docs/results/conformance.md: what it can do
// (features), the table of small programs, and whether workloads print what they must: `npm run conformance`.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runWorkload, workloadsOf } from "../src/bench/workloads.ts";
import { conformanceCases, knownLimit, runCase } from "../src/runtimes/conformance/index.ts";
import { probeFeatures } from "../src/runtimes/index.ts";
import type { FeatureReport } from "../src/runtimes/index.ts";
import { foundEngines } from "../test/runtimes/engines.ts";
import type { FoundEngine } from "../test/runtimes/engines.ts";
import { root } from "../test/root.ts";

const quiet = (text: string): string => text.replaceAll(/\s+/g, " ").replaceAll("|", "/");
const engines = (await foundEngines()).filter(({ runtime, tier }) => runtime.tiers[0] === tier);
const head = engines.map(({ runtime, found }) => `${runtime.name} ${found.version}`);
const notes: string[] = [];

/** Makes a table with a column an engine. */
function table(title: string, rows: readonly (readonly string[])[]): string {
  const lines = [
    [title, ...head],
    head
      .map(() => "")
      .concat("")
      .map(() => "---"),
    ...rows,
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Makes a row: a reason why not stands below, under its number. */
async function perEngine(
  name: string,
  whyNot: (engine: FoundEngine) => Promise<string | undefined>,
): Promise<readonly string[]> {
  const found = await Promise.all(engines.map(whyNot));
  const cells = found.map((why, at) => {
    if (why === undefined) return "yes";
    notes.push(`${engines[at]!.runtime.name}, ${name}: ${quiet(why)}`);
    return `no (${notes.length})`;
  });
  process.stderr.write(`${name}: ${cells.join(", ")}\n`);
  return [name, ...cells];
}

const reports = new Map<FoundEngine, FeatureReport>();
for (const engine of engines) {
  reports.set(engine, await probeFeatures(engine.runtime, engine.found, engine.tier));
}
const every = [...reports.values()];
const proposals = [...new Set(every.flatMap(({ proposals: known }) => known))];
const calls = [...new Set(every.flatMap((report) => [...report.wasi, ...report.untried]))];
const has = (engine: FoundEngine, name: string): string => {
  const report = reports.get(engine)!;
  if (report.untried.includes(name)) return "untried";
  return [...report.proposals, ...report.wasi].includes(name) ? "yes" : "no";
};
const featureRows = [...proposals, ...calls.toSorted()].map((name) => [
  name,
  ...engines.map((engine) => has(engine, name)),
]);
const notEverywhere = featureRows.filter(([, ...cells]) => cells.some((cell) => cell !== "yes"));

const caseRows: (readonly string[])[] = [];
for (const tried of conformanceCases) {
  caseRows.push(
    await perEngine(tried.name, async (engine) => {
      const limit = knownLimit(engine.runtime.name, engine.tier.name, tried.name);
      const result = await runCase(engine, tried);
      if (result.kind === "ok") return undefined;
      return limit ?? (result.kind === "wrong" ? result.what : result.why);
    }),
  );
}
const workloadRows: (readonly string[])[] = [];
for (const row of (["polybench", "edge", "io"] as const).flatMap(workloadsOf)) {
  workloadRows.push(
    await perEngine(row.name, async (engine) => (await runWorkload(engine, row, "mini")).wrong),
  );
}

const count = (rows: readonly (readonly string[])[]): readonly (readonly string[])[] => [
  [
    "of all",
    ...engines.map(
      (_, at) => `${rows.filter((row) => row[at + 1] === "yes").length} of ${rows.length}`,
    ),
  ],
];
const failing = (rows: readonly (readonly string[])[]): readonly (readonly string[])[] =>
  rows.filter((row) => row.slice(1).some((cell) => cell !== "yes"));
const page = `# What runtimes can do

Written by \`npm run conformance\`: every runtime that was installed, in its default tier, each program in a fresh process.
[runtimes.md](../runtimes.md) tells how it is found out.

## Features

Proposals and functions of WASI preview 1 that not all of them have; all have the other ${featureRows.length - notEverywhere.length}. The functions of sockets answer, but
without a socket nobody can try them.

${table("feature", notEverywhere)}

## Small programs

${table("program", [...count(caseRows), ...failing(caseRows)])}

What is not in the table works everywhere: ${caseRows
  .filter((row) => !failing(caseRows).includes(row))
  .map(([name]) => name)
  .join("; ")}.

## Workloads

Whether the thirty kernels, the five edge functions and the loads of WASI, at size \`mini\`, print what the manifest says.

${table("workload", [...count(workloadRows), ...workloadRows])}
${notes.length === 0 ? "" : `\n## Why not\n\n${notes.map((note, at) => `${at + 1}. ${note}`).join("\n")}\n`}`;
writeFileSync(join(root, "docs/results/conformance.md"), page);
