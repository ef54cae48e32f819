import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { profileRun, reproduceInstrument } from "../../collect/index.ts";
import type { DesignResult } from "../../collect/index.ts";
import { formats } from "../../profile/index.ts";
import { UsageError } from "../command.ts";
import type { Command, Io, Parsed } from "../command.ts";
import { positive, readModule, writeProfile } from "../files.ts";
import { progress } from "../progress.ts";
import { reproduceEwapa } from "./reproduce-ewapa.ts";
import { reproduceHpcc21 } from "./reproduce-hpcc21.ts";

/** An experiment: something that others have published, made again. */
interface Experiment {
  readonly name: string;
  readonly summary: string;
  /** Options that mean something to it, beside those that all have. */
  readonly options: readonly string[];
  run(parsed: Parsed, io: Io): Promise<number>;
}

/** All experiments. */
const experiments: readonly Experiment[] = [
  {
    name: "instrument",
    summary:
      "two functions that stand 80 : 20 under each design of profiler, and fib as a flame graph",
    options: ["repetitions"],
    run: instrumentExperiment,
  },
  {
    name: "hpcc21",
    summary:
      "edge runtimes (Wang et al., HPCC 2021): fig5, fig7, fig8, fig9, arm, nodefs or all, and the paper's claims",
    options: ["runtime", "records"],
    run: reproduceHpcc21,
  },
  {
    name: "ewapa",
    summary:
      "WASI by eBPF (Mao et al., 2024): four times under growing input and output, a load or all, and the claims",
    options: ["runtime", "records"],
    run: reproduceEwapa,
  },
];

/** Makes published experiments again. */
export const reproduceCommand: Command = {
  name: "reproduce",
  summary: "Make published experiments again on this machine.",
  usage: "EXPERIMENT [options]",
  manyOperands: true,
  options: [
    {
      name: "output",
      short: "o",
      value: "PATH",
      multiple: true,
      help: "hpcc21, ewapa: a page (.html, .md); instrument: a folder for flame graphs (.svg, .folded)",
    },
    {
      name: "runtime",
      short: "r",
      value: "NAME[@VERSION][:TIER],…",
      multiple: true,
      help: "hpcc21, ewapa: what to measure (default: those of the paper's kind that are there)",
    },
    {
      name: "records",
      value: "FILE",
      help: "hpcc21, ewapa: append the records to a file as they come (default: hpcc21.jsonl, ewapa.jsonl)",
    },
    {
      name: "repetitions",
      value: "N",
      help: "instrument: runs of each design, in turn (default: 5)",
    },
    { name: "quick", help: "small inputs; hpcc21, ewapa: minutes instead of half an hour" },
    { name: "json", help: "print the results as JSON" },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: [
    "Experiments:",
    ...experiments.map(({ name, summary }) => `  ${name}  ${summary}`),
    "Results go to stdout.",
  ].join("\n"),
  examples: [
    ["the designs of an instrumenting profiler", "wasmscope reproduce instrument"],
    ["with flame graphs of fib(40)", "wasmscope reproduce instrument -o results"],
    [
      "a paper's claims about edge runtimes, in five minutes",
      "wasmscope reproduce hpcc21 --quick -o report.html",
    ],
    ["where runtimes' I/O time goes", "sudo wasmscope reproduce ewapa --quick -o report.html"],
    ["one of its figures", "wasmscope reproduce hpcc21 fig8 --runtime node,wasmtime,wasmtime:aot"],
  ],
  async run(parsed, io) {
    const [name] = parsed.positionals;
    const experiment = experiments.find((entry) => entry.name === name);
    if (experiment === undefined) {
      const all = experiments.map((entry) => entry.name).join(", ");
      throw new UsageError(`which experiment? there are: ${all}`);
    }
    for (const option of experiments.flatMap(({ options }) => options)) {
      if (parsed.values(option).length === 0 || experiment.options.includes(option)) continue;
      throw new UsageError(`${experiment.name} has no --${option}`);
    }
    return experiment.run(parsed, io);
  },
};

async function instrumentExperiment(parsed: Parsed, io: Io): Promise<number> {
  const [, surplus] = parsed.positionals;
  if (surplus !== undefined) throw new UsageError(`instrument has no part ${surplus}`);
  const repetitions = positive(parsed.value("repetitions") ?? "5", "repetitions");
  const quick = parsed.flag("quick");
  const results = await reproduceInstrument(
    workload("complex-simple.wasm"),
    [quick ? "200" : "20000"],
    repetitions,
    progress(io, "running"),
  );
  io.stdout(parsed.flag("json") ? `${JSON.stringify(results, null, 2)}\n` : tableOf(results));
  for (const folder of parsed.values("output")) await drawFib(folder, quick ? "15" : "40");
  return 0;
}

/** Finds a module of the package, from where the code is built or tested. */
function workload(name: string): string {
  const places = ["../../../workloads/", "../../../../workloads/"];
  const files = places.map((place) => fileURLToPath(new URL(place + name, import.meta.url)));
  return files.find((file) => existsSync(file)) ?? files[0]!;
}

/** The call tree of fib, with exact instructions: by a clock its calls are too short to be timed. */
async function drawFib(folder: string, n: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { bytes, module } = readModule(workload("fib-o0.wasm"));
  const { profile } = await profileRun(bytes, {
    mode: "tree",
    memory: "region",
    module,
    guest: { args: ["fib", n], env: {}, dirs: [] },
  });
  for (const name of ["folded", "svg"]) {
    const format = formats.find((entry) => entry.name === name)!;
    writeProfile(join(folder, `fib-${n}.${name}`), format, profile);
  }
}

function tableOf(results: readonly DesignResult[]): string {
  const rows = results.map(({ title, complexPercent, simplePercent, overhead }) => [
    complexPercent === undefined ? "" : complexPercent.toFixed(1),
    simplePercent === undefined ? "" : simplePercent.toFixed(1),
    `${overhead.estimate.toFixed(2)}x`,
    `${overhead.low.toFixed(2)}-${overhead.high.toFixed(2)}`,
    title,
  ]);
  const head = ["complex %", "simple %", "CPU time", "95 %", "design (complex : simple = 80 : 20)"];
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at]!.length)));
  return [head, ...rows]
    .map((row) =>
      row.map((cell, at) => (at === row.length - 1 ? cell : cell.padStart(widths[at]!))).join("  "),
    )
    .map((line) => `${line}\n`)
    .join("");
}
