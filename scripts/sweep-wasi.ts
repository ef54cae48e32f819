// Runs the I/O suite on every runtime that is installed and whose symbols are known, in its default tier, and natively,
// and writes docs/results/wasi-findings.md, all but its last part, which is written by hand: `npm run sweep:wasi`.
//   --load NAME[:SIZE,…]  these loads only, the page on stdout (again for several)
//   --from FILE           judge what an earlier sweep saw (it is kept in .cache/wasi-sweep.json)
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine, packageFile } from "../src/sys/index.ts";
import {
  buildTwin,
  findFindings,
  loadModule,
  observeByEbpf,
  observeTwin,
  parseLoads,
  sweepLoads,
} from "../src/trace/index.ts";
import type { Finding, LoadObservation, Sweep, SweepSubject } from "../src/trace/index.ts";
import { decodeModule } from "../src/wasm/index.ts";
import { foundEngines } from "../test/runtimes/engines.ts";
import { root } from "../test/root.ts";

const { values } = parseArgs({
  options: { load: { type: "string", multiple: true }, from: { type: "string" } },
});
const page = join(root, "docs/results/wasi-findings.md");
const handwritten = "## What they are";
/** Below so many times more, a finding is in the count only. */
const leastShown = 1.5;

async function subjects(): Promise<SweepSubject[]> {
  const names = decodeModule(readFileSync(packageFile(loadModule)))
    .imports.filter(({ kind }) => kind === "func")
    .map(({ name }) => name);
  const twin = await buildTwin();
  const engines = (await foundEngines()).filter(({ runtime, tier }) => runtime.tiers[0] === tier);
  return [
    { name: "native", observe: (job) => observeTwin(twin, job) },
    ...engines.map((engine) => ({
      name: `${engine.runtime.name} ${engine.found.version}`,
      observe: (job: Parameters<SweepSubject["observe"]>[0]) =>
        observeByEbpf(engine, { ...job, names, timeoutMs: 120_000 }),
    })),
  ];
}

async function sweep(): Promise<Sweep> {
  const choices = (values.load ?? ["all"]).flatMap(parseLoads);
  const seen = await sweepLoads(choices, await subjects(), (load, size) => {
    process.stderr.write(`${load} ${size}\n`);
  });
  mkdirSync(join(root, ".cache"), { recursive: true });
  writeFileSync(join(root, ".cache/wasi-sweep.json"), JSON.stringify(seen));
  return seen;
}

/** Findings of the same kind in several loads are one row: the worst, with the other loads' names. */
function merged(findings: readonly Finding[]): (Finding & { readonly loads: string[] })[] {
  const rows = new Map<string, Finding & { readonly loads: string[] }>();
  for (const one of findings) {
    const key = `${one.runtime} ${one.version} ${one.function} ${one.kind}`;
    const row = rows.get(key);
    if (row === undefined) rows.set(key, { ...one, loads: [one.load] });
    else row.loads.push(one.load);
  }
  return [...rows.values()];
}

const cell = (text: string): string => text.replaceAll("|", "/");

function findingRows(observations: readonly LoadObservation[]): string {
  const rows = merged(findFindings(observations)).filter(({ factor }) => factor >= leastShown);
  const lines = rows.map(
    ({ factor, runtime, version, function: name, kind, loads, size, evidence, cause }, at) =>
      [
        at + 1,
        `${Number(factor.toPrecision(3)).toLocaleString("en")}x`,
        `${runtime} ${version}`,
        name === "(start-up)" ? name : `\`${name}\``,
        kind,
        loads[0] === "(all)" ? "all" : `${loads.join(", ")} (${size})`,
        cell(evidence),
        cell(cause),
      ].join(" | "),
  );
  const head = "# | more | runtime | function | kind | load (size) | evidence | likely cause";
  return [head, head.replaceAll(/[^|]+/g, " --- "), ...lines]
    .map((line) => `| ${line} |`)
    .join("\n");
}

function write({ observations, failures }: Sweep): string {
  const engines = new Set(
    observations.map(({ observation }) => `${observation.runtime} ${observation.version}`),
  );
  const loads = new Set(observations.map(({ load }) => load));
  const why = new Map<string, number>();
  for (const failure of failures) {
    const text = `${failure.subject}: ${failure.why.replaceAll(/\s+/g, " ")}`;
    why.set(text, (why.get(text) ?? 0) + 1);
  }
  const { cpu, cores, kernel, virtual } = describeMachine();
  const notSeen = [...why].map(([text, count]) => `- ${cell(text)} (${count} runs)`);
  return `# What is odd in runtimes' I/O

Written by \`npm run sweep:wasi\`: ${loads.size} loads of the I/O suite, each at three sizes or more, on ${[...engines].join(", ")},
watched by the kernel. The rules that judge know no runtime ([wasi.md](../wasi.md#findings)); the factor says how many times
more it is than natively, or than the median of the other runtimes where a native program has no such function. Probes
cost one to two microseconds a call, in all runtimes alike; counts are exact. ${cores} cores of ${cpu}, ${kernel}, ${virtual}.

## Findings

${findingRows(observations)}
${notSeen.length === 0 ? "" : `\n## Not observed\n\n${notSeen.join("\n")}\n`}`;
}

const seen =
  values.from === undefined
    ? await sweep()
    : (JSON.parse(readFileSync(values.from, "utf8")) as Sweep);
if (values.load !== undefined) {
  process.stdout.write(write(seen));
} else {
  let before = "";
  try {
    before = readFileSync(page, "utf8");
  } catch {
    // The first time.
  }
  const at = before.indexOf(handwritten);
  const own = at < 0 ? `${handwritten}\n` : before.slice(at);
  writeFileSync(page, `${write(seen)}\n${own}`);
}
