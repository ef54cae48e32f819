import { randomBytes } from "node:crypto";
import { appendFileSync } from "node:fs";
import {
  defaultSelectors,
  experiments,
  hpcc21Page,
  ledgerOf,
  measureNodefs,
  nodefsName,
  nodefsScales,
  reproduce,
} from "../../bench/index.ts";
import type { Experiment, RecordLine, RecordSet, Task, Unfinished } from "../../bench/index.ts";
import { measureCrossCode, tasksOf } from "../../bench/index.ts";
import { runtimes } from "../../runtimes/index.ts";
import { armsFor, featureGate, interruptedCode } from "../bench-run.ts";
import { recordSet, writePage } from "../bench-page.ts";
import { UsageError } from "../command.ts";
import type { Io, Parsed } from "../command.ts";
import { checkOutputs } from "../outputs.ts";
import { pageText } from "../page-text.ts";

/** Makes the experiments of the paper again: measures, judges its claims, writes pages. */
export async function reproduceHpcc21(parsed: Parsed, io: Io): Promise<number> {
  const names = parsed.positionals.slice(1);
  const chosen = experimentsNamed(names);
  const scale = parsed.flag("quick") ? "quick" : "full";
  const outputs = parsed.values("output");
  const records = parsed.value("records") ?? "hpcc21.jsonl";
  checkOutputs([...outputs, records], []);
  const { arms } = await armsFor(await selectors(parsed), io);
  const takesNodefs = names.length === 0 || names.includes(nodefsName);
  const budgets = [
    ...chosen.map((one) => one[scale].budgetSeconds),
    ...(takesNodefs ? [nodefsScales[scale].budgetSeconds] : []),
  ];
  io.stderr(
    `wasmscope: ${arms.map(({ label }) => label).join(", ")}; at most ${minutes(budgets)}; records go to ${records}\n`,
  );
  const ending = new AbortController();
  void io.untilInterrupted?.().then(() => ending.abort());
  const lines: RecordLine[] = [];
  const say = progressLine(io);
  const run = `hpcc21-${randomBytes(6).toString("hex")}`;
  const { signal } = ending;
  const onRecord = (record: RecordLine): void => {
    if (isKnownMachine(record, lines)) return;
    lines.push(record);
    appendFileSync(records, `${JSON.stringify(record)}\n`);
  };
  if (names.length === 0 || names.includes(ARM)) {
    say(`${ARM} polybench: compiling for x86-64 and AArch64`);
    const { missing } = await measureCrossCode(kernels(), runtimes, { run, signal, onRecord });
    if (missing !== undefined) io.stderr(`wasmscope: ${ARM}: ${missing}\n`);
  }
  const unfinished = await reproduce({
    experiments: chosen,
    arms,
    scale,
    run,
    signal,
    refuses: featureGate(io),
    onRecord,
    onProgress: ({ experiment, load, blocks, leftMs }) =>
      say(
        `${experiment.name} ${load.module} ${load.size}: ${blocks} blocks, at most ${leftText(leftMs)} left`,
      ),
  });
  if (takesNodefs) {
    say(`${nodefsName} io: files by Node's WASI, and by Emscripten's NODEFS`);
    await measureNodefs({ scale, run, signal, onRecord });
  }
  say("");
  tell(recordSet(lines), unfinished, parsed, io);
  return ending.signal.aborted ? interruptedCode : 0;
}

/** The experiment that compiles and does not run. */
const ARM = "arm";

function kernels(): Task[] {
  return tasksOf("polybench", { size: "mini", args: [], env: {}, dirs: [] });
}

function experimentsNamed(names: readonly string[]): readonly Experiment[] {
  if (names.length === 0) return experiments;
  return names.flatMap((name) => {
    const found = experiments.find((experiment) => experiment.name === name);
    if (found !== undefined) return [found];
    if (name === ARM || name === nodefsName) return [];
    const all = [...experiments.map((experiment) => experiment.name), ARM, nodefsName].join(", ");
    throw new UsageError(`no experiment ${name}; there are: ${all}`);
  });
}

async function selectors(parsed: Parsed): Promise<string[]> {
  const named = parsed.values("runtime").flatMap((text) => text.split(","));
  return named.length > 0 ? named : defaultSelectors(runtimes);
}

/** Each load's run describes the machine; once is enough. */
function isKnownMachine(record: RecordLine, lines: readonly RecordLine[]): boolean {
  if (record.schema !== "wasmscope-machine-1") return false;
  return lines.some((line) => line.schema === record.schema && line.machine === record.machine);
}

/** Prints what was found, and writes the pages. */
function tell(set: RecordSet, unfinished: readonly Unfinished[], parsed: Parsed, io: Io): void {
  const words = parsed.positionals.slice(1).map((name) => ` ${name}`);
  const command = `wasmscope reproduce hpcc21${words.join("")}${parsed.flag("quick") ? " --quick" : ""}`;
  for (const { experiment, load, blocks, why } of unfinished) {
    io.stderr(
      `wasmscope: ${experiment.name}: ${load.module} ${load.size} has ${blocks} of five blocks: ${why}\n`,
    );
  }
  const page = hpcc21Page(set, command);
  if (parsed.flag("json")) {
    const left = unfinished.map(({ experiment, load, blocks, why }) => ({
      experiment: experiment.name,
      module: load.module,
      size: load.size,
      blocks,
      why,
    }));
    const found = { claims: ledgerOf(set.records), failures: set.failures, unfinished: left };
    io.stdout(`${JSON.stringify({ ...found, machines: set.machines }, null, 2)}\n`);
  } else io.stdout(pageText(page, io, ["claims", "table1", "later"]));
  for (const output of parsed.values("output")) writePage(output, page, io);
}

function minutes(budgets: readonly number[]): string {
  const seconds = budgets.reduce((sum, one) => sum + one, 0);
  return `${Math.ceil(seconds / 60)} min`;
}

function leftText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

/** Shows a line in place of the last one, on terminals; elsewhere one line for each load. */
function progressLine(io: Io): (text: string) => void {
  if (io.stderrIsTerminal) return (text) => io.stderr(`\r\u001b[K${text.slice(0, io.width - 1)}`);
  let last = "";
  return (text) => {
    const load = text.replace(/:.*/s, "");
    if (load !== last && load !== "") io.stderr(`wasmscope: ${text}\n`);
    last = load;
  };
}
