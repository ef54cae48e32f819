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

/** An experiment: something that others have published, made again. */
interface Experiment {
  readonly name: string;
  readonly summary: string;
  run(parsed: Parsed, io: Io): Promise<void>;
}

/** All experiments. */
const experiments: readonly Experiment[] = [
  {
    name: "instrument",
    summary:
      "two functions that stand 80 : 20 under each design of profiler, and fib as a flame graph",
    run: instrumentExperiment,
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
      value: "FOLDER",
      help: "write flame graphs (.svg, .folded) there",
    },
    { name: "repetitions", value: "N", help: "runs of each design, in turn (default: 5)" },
    { name: "quick", help: "small inputs, to see that it works" },
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
  ],
  async run(parsed, io) {
    const [name, ...others] = parsed.positionals;
    const experiment = experiments.find((entry) => entry.name === name);
    if (experiment === undefined || others.length > 0) {
      throw new UsageError(
        `which experiment? there are: ${experiments.map((entry) => entry.name).join(", ")}`,
      );
    }
    await experiment.run(parsed, io);
    return 0;
  },
};

async function instrumentExperiment(parsed: Parsed, io: Io): Promise<void> {
  const repetitions = positive(parsed.value("repetitions") ?? "5", "repetitions");
  const quick = parsed.flag("quick");
  const results = await reproduceInstrument(
    workload("complex-simple.wasm"),
    [quick ? "200" : "20000"],
    repetitions,
    progress(io, "running"),
  );
  io.stdout(parsed.flag("json") ? `${JSON.stringify(results, null, 2)}\n` : tableOf(results));
  const folder = parsed.value("output");
  if (folder !== undefined) await drawFib(folder, quick ? "15" : "40");
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
