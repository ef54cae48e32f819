import { randomBytes } from "node:crypto";
import { appendFileSync } from "node:fs";
import {
  ewapaLedger,
  ewapaLoads,
  ewapaPage,
  findArms,
  runEwapa,
  scales,
} from "../../bench/index.ts";
import type {
  Arm,
  EwapaArm,
  EwapaLoad,
  EwapaProgress,
  EwapaScale,
  RecordLine,
} from "../../bench/index.ts";
import { CannotRun, runtimes } from "../../runtimes/index.ts";
import { packageFile } from "../../sys/index.ts";
import { buildTwin, loadModule, observeTwin, whyNotEbpf } from "../../trace/index.ts";
import type { Way } from "../../trace/index.ts";
import { recordSet, writePage } from "../bench-page.ts";
import { armsFor, interruptedCode } from "../bench-run.ts";
import { UsageError } from "../command.ts";
import type { Io, Parsed } from "../command.ts";
import { checkOutputs } from "../outputs.ts";
import { pageText } from "../page-text.ts";
import { importedFunctions } from "./wasi-job.ts";
import { observeBest } from "./wasi-look.ts";
import { wayTitles } from "./wasi-row.ts";

/** Those whose WASI functions can be seen, as far as they are there. */
const usual = ["node", "wasmtime", "wasmtime-cli", "wazero", "wasmi", "wasmer"];

/** Measures the paper's four times on runtimes that are here, judges its claims, writes pages. */
export async function reproduceEwapa(parsed: Parsed, io: Io): Promise<number> {
  const loads = loadsNamed(parsed.positionals.slice(1));
  const scale = scales[parsed.flag("quick") ? "quick" : "full"];
  const outputs = parsed.values("output");
  const records = parsed.value("records") ?? "ewapa.jsonl";
  checkOutputs([...outputs, records], []);
  const arms = await armsOf(parsed, io);
  io.stderr(`wasmscope: ${planText(arms, loads, scale)}; records go to ${records}\n`);
  const ending = new AbortController();
  void io.untilInterrupted?.().then(() => ending.abort());
  const lines: RecordLine[] = [];
  await runEwapa({
    arms,
    loads,
    scale,
    signal: ending.signal,
    run: `ewapa-${randomBytes(6).toString("hex")}`,
    onRecord(record) {
      lines.push(record);
      appendFileSync(records, `${JSON.stringify(record)}\n`);
    },
    onProgress: progressLine(io),
  });
  if (io.stderrIsTerminal) io.stderr("\r\u001b[K");
  tell(lines, parsed, io);
  return ending.signal.aborted ? interruptedCode : 0;
}

async function armsOf(parsed: Parsed, io: Io): Promise<readonly EwapaArm[]> {
  const named = parsed.values("runtime").flatMap((text) => text.split(","));
  const found =
    named.length > 0 ? (await armsFor(named, io)).arms : (await findArms(usual, runtimes)).arms;
  const why = whyNotEbpf();
  if (why !== undefined) io.stderr(`wasmscope: not by eBPF: ${why}; most claims need it\n`);
  const names = importedFunctions(packageFile(loadModule));
  const twin = why === undefined ? await twinArm(io) : [];
  return [...found.map((arm) => runtimeArm(arm, names, why, io)), ...twin];
}

/** A run that takes longer than this has failed. */
const timeoutMs = 60_000;

function runtimeArm(
  { label, runtime, found, tier }: Arm,
  names: readonly string[],
  known: string | undefined,
  io: Io,
): EwapaArm {
  const choice = { runtime, found, tier, version: found.version };
  let told = known;
  const onLesser = (way: Way, why: string): void => {
    if (why !== told) io.stderr(`wasmscope: ${label} by ${wayTitles[way]}: ${why}\n`);
    told = why;
  };
  return {
    label,
    family: runtime.family,
    runtime: runtime.name,
    version: found.version,
    tier: tier.name,
    observe: (job) => observeBest(choice, { ...job, names, timeoutMs }, onLesser),
  };
}

/** The loads as native code, where there is a compiler. */
async function twinArm(io: Io): Promise<EwapaArm[]> {
  try {
    const twin = await buildTwin();
    const version = /\d+(?:\.\d+)+/.exec(twin.compiler)?.[0] ?? "unknown";
    return [
      {
        label: `native@${version}`,
        family: "native code",
        runtime: "native",
        version,
        tier: "O2",
        observe: (job) => observeTwin(twin, job),
      },
    ];
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
    io.stderr(`wasmscope: nothing native to compare with: ${error.message}\n`);
    return [];
  }
}

function loadsNamed(names: readonly string[]): readonly EwapaLoad[] {
  if (names.length === 0) return ewapaLoads;
  return names.map((name) => {
    const found = ewapaLoads.find((load) => load.name === name);
    if (found !== undefined) return found;
    const all = ewapaLoads.map((load) => load.name).join(", ");
    throw new UsageError(`ewapa has no load ${name}; there are: ${all}`);
  });
}

/** A run of a runtime takes about half a second, most of it start-up. */
const runMs = 500;

function planText(
  arms: readonly EwapaArm[],
  loads: readonly EwapaLoad[],
  { name, blocks, budgetSeconds }: EwapaScale,
): string {
  const runs = arms.length * loads.reduce((sum, load) => sum + load[name].length, 0) * blocks;
  const minutes = Math.ceil(Math.min((runs * runMs) / 1000, budgetSeconds) / 60);
  return `${arms.map(({ label }) => label).join(", ")}; ${runs} runs, about ${minutes} min`;
}

function progressLine(io: Io): (progress: EwapaProgress) => void {
  if (!io.stderrIsTerminal) {
    let last = -1;
    return ({ block, blocks }) => {
      if (block !== last) io.stderr(`wasmscope: block ${block + 1} of ${blocks}\n`);
      last = block;
    };
  }
  return ({ block, blocks, load, leftMs }) => {
    const left = leftMs === undefined ? "" : `, about ${leftText(leftMs)} left`;
    const text = `block ${block + 1} of ${blocks}: ${load}${left}`;
    io.stderr(`\r\u001b[K${text.slice(0, io.width - 1)}`);
  };
}

function leftText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

function tell(lines: readonly RecordLine[], parsed: Parsed, io: Io): void {
  const set = recordSet(lines);
  if (parsed.flag("json")) {
    const { failures, machines } = set;
    const found = { claims: ewapaLedger(set.records), failures, machines };
    io.stdout(`${JSON.stringify(found, null, 2)}\n`);
  }
  if (set.records.length === 0) return;
  const words = parsed.positionals.slice(1).map((name) => ` ${name}`);
  const command = `wasmscope reproduce ewapa${words.join("")}${parsed.flag("quick") ? " --quick" : ""}`;
  const page = ewapaPage(set, command);
  if (!parsed.flag("json")) io.stdout(pageText(shortened(page), io, ["claims", "wasi"]));
  for (const output of parsed.values("output")) writePage(output, page, io);
}

/** Every function of every load is too much for a terminal. */
function shortened(page: ReturnType<typeof ewapaPage>): ReturnType<typeof ewapaPage> {
  return { ...page, sections: page.sections.filter(({ id }) => !id.startsWith("wasi-load-")) };
}
