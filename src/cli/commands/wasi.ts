import { appendFileSync } from "node:fs";
import { recordsPage } from "../../bench/index.ts";
import type { RecordLine } from "../../bench/index.ts";
import { CannotRun } from "../../runtimes/index.ts";
import { KeptInput, packageFile, readInput, sha256 } from "../../sys/index.ts";
import {
  bpftraceScript,
  buildTwin,
  findFindings,
  loadModule,
  ways,
  whyNotEbpf,
} from "../../trace/index.ts";
import type { NativeTwin, ObserveJob } from "../../trace/index.ts";
import { recordSet, writePage } from "../bench-page.ts";
import { interruptedCode } from "../bench-run.ts";
import { UsageError } from "../command.ts";
import type { Command, Io, Parsed } from "../command.ts";
import { positive } from "../files.ts";
import { checkOutputs, tellOutputs } from "../outputs.ts";
import { findRuntime, selectRuntime } from "../runtime-choice.ts";
import type { RuntimeChoice } from "../runtime-choice.ts";
import { guestOptions } from "./profile-guest.ts";
import type { WasiStyle } from "./wasi-columns.ts";
import { comparisonText, findingsText } from "./wasi-comparison.ts";
import { drillText } from "./wasi-drill.ts";
import { growthText } from "./wasi-growth.ts";
import { jobOf, moduleLoad, operand, suiteLoads, timeoutOf } from "./wasi-job.ts";
import type { WasiLoad } from "./wasi-job.ts";
import type { LookOptions, Subject } from "./wasi-look.ts";
import { wasiLines } from "./wasi-records.ts";
import { wasiText } from "./wasi-report.ts";
import { wasiJson } from "./wasi-row.ts";
import { runAll } from "./wasi-runs.ts";

const unable = 125;

/** Shows where runtimes spend the time of a program's WASI calls. */
export const wasiCommand: Command = {
  name: "wasi",
  summary: "See where a runtime's I/O time goes: WASI functions and the system calls inside them.",
  usage: "[MODULE] [options] [-- ARG…]",
  manyOperands: true,
  options: [
    {
      name: "runtime",
      value: "NAME[@VERSION][:TIER],…",
      help: "the runtimes to look into, one after the other (default: node)",
    },
    {
      name: "load",
      value: "NAME[:SIZE,…]",
      multiple: true,
      help: "run a load of the I/O suite at sizes, such as small-writes:1k,4k,16k, natively, too",
    },
    ...guestOptions,
    {
      name: "require",
      value: "WAY",
      help: "end with 125 where a runtime cannot be looked at in this way, such as ebpf",
    },
    {
      name: "way",
      value: ways.join("|"),
      help: "how to look (default: the best one that there is here, for each runtime)",
    },
    { name: "timeout", value: "DURATION", help: "end each run after 500ms, 2s or 1m" },
    { name: "top", value: "N", help: "show the N functions that took longest" },
    { name: "drill", help: "sample, by perf, the stacks behind what stands out in loads" },
    {
      name: "json",
      help: "print the results as JSON on stdout; the guest's output goes to stderr",
    },
    {
      name: "output",
      short: "o",
      value: "FILE",
      multiple: true,
      help: "write a page: .html, or .md for Markdown",
    },
    { name: "records", value: "FILE", help: "append the results as records, for query and report" },
    {
      name: "print-bpftrace",
      help: "print a script for bpftrace that counts the same, to take elsewhere; runs nothing",
    },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: [
    "ebpf: the kernel counts, for runtimes whose symbols are known: it needs root and koffi. The module is run as it is.",
    "word: the module's imports are wrapped, and say to the kernel, which counts system calls, what function is in",
    "flight: for any runtime, as root. timed: clocks around the imports alone, on any system. Where a better way cannot",
    "be gone, one line says why. The exit code is 0 when all runs were looked into, however their guests ended.",
  ].join("\n"),
  examples: [
    ["one runtime", "wasmscope wasi app.wasm --dir . -- input.txt"],
    ["three beside each other", "wasmscope wasi app.wasm --runtime node,wasmtime,wazero --dir ."],
    [
      "work that grows, natively and on two runtimes",
      "wasmscope wasi --load small-writes:1k,4k,16k --runtime node,wasmtime",
    ],
    ["a page to send around", "wasmscope wasi app.wasm --runtime node,wazero -o report.html"],
    ["on a machine that has bpftrace only", "wasmscope wasi app.wasm --print-bpftrace > wasi.bt"],
  ],
  async run(parsed, io) {
    const path = operand(parsed);
    const selectors = (parsed.value("runtime") ?? "node").split(",");
    for (const selector of selectors) selectRuntime(selector, "--runtime ");
    const job = path === undefined ? undefined : jobOf(parsed, path);
    const suite = suiteLoads(parsed.values("load"), timeoutOf(parsed));
    const style = styleOf(parsed, io);
    const targets = outputsOf(parsed, path);
    const required = requiredWay(parsed);
    const choices: RuntimeChoice[] = [];
    for (const selector of selectors) choices.push(await findRuntime(selector));
    if (parsed.flag("print-bpftrace")) return printScript(choices, job, io);
    const twin = suite.length === 0 ? undefined : await twinFor(required, io);
    const input = choices.length > 1 ? new KeptInput() : undefined;
    const isJson = parsed.flag("json");
    try {
      const own = job === undefined ? [] : [moduleLoad(job, input)];
      const { rows, seen, isEnded } = await runAll(
        {
          runs: [
            ...runsOf(own, choices),
            ...runsOf(suite, twin === undefined ? choices : [{ twin }, ...choices]),
          ],
          required,
          timeoutText: parsed.value("timeout"),
          onRow: (row) => (isJson ? undefined : io.stderr(wasiText(row, style))),
        },
        io,
      );
      const findings = findFindings(seen);
      if (isJson) io.stdout(`${JSON.stringify(wasiJson(rows, findings), undefined, 2)}\n`);
      else {
        io.stderr(
          comparisonText(rows, style) + growthText(seen, style) + findingsText(findings, style),
        );
      }
      if (parsed.flag("drill")) io.stderr(await drillText(findings, choices, io.width));
      const module = path ?? packageFile(loadModule);
      keep(wasiLines(rows, findings, sha256(readInput(module))), targets, parsed, io);
      if (isEnded) return interruptedCode;
      return rows.every((row) => !("failed" in row)) ? 0 : unable;
    } finally {
      input?.close();
    }
  },
};

function runsOf(
  loads: readonly WasiLoad[],
  subjects: readonly Subject[],
): { readonly load: WasiLoad; readonly subject: Subject }[] {
  return loads.flatMap((load) => subjects.map((subject) => ({ load, subject })));
}

function printScript(
  choices: readonly RuntimeChoice[],
  job: ObserveJob | undefined,
  io: Io,
): number {
  const [choice, surplus] = choices;
  if (surplus !== undefined) throw new UsageError("--print-bpftrace is of one runtime");
  if (job === undefined) throw new UsageError("--print-bpftrace is of a module of yours");
  io.stdout(bpftraceScript(choice!, job.names, job));
  return 0;
}

/** Builds the native twin of the loads where it can be watched; says why there is none. */
async function twinFor(required: LookOptions["required"], io: Io): Promise<NativeTwin | undefined> {
  if (whyNotEbpf() !== undefined || (required?.way ?? "ebpf") !== "ebpf") return undefined;
  try {
    return await buildTwin();
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
    io.stderr(`wasmscope: nothing native to compare with: ${error.message}\n`);
    return undefined;
  }
}

/** Reads `--way` and `--require`, of which the second is a must for all runtimes. */
function requiredWay(parsed: Parsed): LookOptions["required"] {
  const [required, wanted] = [parsed.value("require"), parsed.value("way")];
  const text = required ?? wanted;
  if (text === undefined) return undefined;
  const way = ways.find((name) => name === text);
  if (way !== undefined) return { way, isMust: required !== undefined };
  const option = required === undefined ? "way" : "require";
  throw new UsageError(`--${option} wants ${ways.join(", ")}, not ${text}`);
}

interface Targets {
  readonly outputs: readonly string[];
  readonly records: string | undefined;
}

function outputsOf(parsed: Parsed, path: string | undefined): Targets {
  const outputs = parsed.values("output");
  const records = parsed.value("records");
  checkOutputs(
    [...outputs, ...(records === undefined ? [] : [records])],
    path === undefined ? [] : [path],
  );
  return { outputs, records };
}

function styleOf(parsed: Parsed, io: Io): WasiStyle {
  const top = parsed.value("top");
  return {
    width: io.width,
    colors: io.stderrIsTerminal && (io.env["NO_COLOR"] ?? "") === "",
    ...(top === undefined ? {} : { top: positive(top, "top") }),
  };
}

/** Writes what is to stay. */
function keep(
  lines: readonly RecordLine[],
  { outputs, records }: Targets,
  parsed: Parsed,
  io: Io,
): void {
  if (records !== undefined) {
    appendFileSync(records, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    tellOutputs([records], io);
  }
  const set = recordSet(lines);
  // Without a value there is nothing to draw.
  if (set.records.length === 0) return;
  for (const output of outputs) writePage(output, recordsPage(set, commandText(parsed)), io);
}

function commandText(parsed: Parsed): string {
  const words = ["runtime", "load", "dir", "env", "invoke", "require", "way", "timeout"].flatMap(
    (name) => parsed.values(name).flatMap((value) => [`--${name}`, value]),
  );
  const guest = parsed.rest.length === 0 ? [] : ["--", ...parsed.rest];
  const quoted = [...parsed.positionals, ...words, ...guest].map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`,
  );
  return `wasmscope wasi ${quoted.join(" ")}`;
}
