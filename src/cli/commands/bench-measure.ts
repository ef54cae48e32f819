import { summarise, summaryText, tasksOf } from "../../bench/index.ts";
import type { Summary, TaskEnd } from "../../bench/index.ts";
import { armsFor, asUsage, interruptedCode, measureWith } from "../bench-run.ts";
import type { Measured } from "../bench-run.ts";
import { measuring } from "../bench-options.ts";
import { UsageError } from "../command.ts";
import type { Io, Parsed } from "../command.ts";
import { parseDirectory, parseVariable } from "./profile-guest.ts";

const budgetOfModuleMs = 20_000;

/** Measures a module or a suite on one or more runtimes, and prints a table for each module and level. */
export async function measureModules(parsed: Parsed, io: Io): Promise<number> {
  const [word = "", surplus] = parsed.positionals;
  if (surplus !== undefined) throw new UsageError(`one module at a time: what is ${surplus} for?`);
  const invoke = parsed.value("invoke");
  const how = measuring(parsed, invoke === undefined ? ["cold", "warm"] : ["warm", "hot"]);
  const { arms, missing } = await armsFor(how.selectors, io);
  const tasks = tasksFor(word, parsed, how.size);
  const measured = await measureWith(
    {
      tasks,
      arms,
      levels: how.levels,
      limits: how.limits,
      budgetMs: how.budgetMs ?? budgetOfModuleMs * tasks.length,
      precision: how.precision,
      counts: parsed.flag("counts"),
      ...(how.repetitions === undefined ? {} : { repetitions: how.repetitions }),
    },
    parsed.value("output"),
    io,
  );
  const summaries = summariesOf(measured);
  io.stdout(parsed.flag("json") ? jsonOf(measured, summaries) : textOf(measured, summaries));
  if (measured.interrupted) return interruptedCode;
  return missing > 0 || hasFailed(summaries) ? 1 : 0;
}

function tasksFor(word: string, parsed: Parsed, size: Parameters<typeof tasksOf>[1]["size"]) {
  const invoke = parsed.value("invoke");
  try {
    return tasksOf(word, {
      size,
      args: invoke === undefined ? parsed.rest : [],
      env: Object.fromEntries(parsed.values("env").map(parseVariable)),
      dirs: parsed.values("dir").map((text) => {
        const { host, guest } = parseDirectory(text);
        return [host, guest] as const;
      }),
      ...(invoke === undefined ? {} : { invoke: { name: invoke, args: parsed.rest } }),
    });
  } catch (error) {
    return asUsage(error);
  }
}

/** Makes the tables of a run. */
function summariesOf({ lines, ends, resolutionNs }: Measured): Summary[] {
  const confidence = (module: string, size: string): number =>
    ends.find(({ task }) => task.module === module && task.size === size)?.confidence ?? 0.99;
  const own = lines.filter((line) => "level" in line);
  return summarise(own, { confidence, resolutionNs });
}

/** What an engine says it cannot do is an answer; all else that goes wrong is not. */
function hasFailed(summaries: readonly Summary[]): boolean {
  return summaries.some(({ arms }) =>
    arms.some(({ failures }) =>
      failures.some(({ failed }) => failed !== "refused" && failed !== "unsupported"),
    ),
  );
}

const stops: Readonly<Record<TaskEnd["stopped"], string>> = {
  precision: "the intervals were narrow enough",
  budget: "the budget was spent",
  repetitions: "",
  interrupted: "it was ended",
  failed: "nothing was left to measure",
};

function textOf({ ends }: Measured, summaries: readonly Summary[]): string {
  const tables = summaries.map((summary) => {
    const { module, size } = summary;
    const end = ends.find(({ task }) => task.module === module && task.size === size);
    const why = end === undefined ? "" : stops[end.stopped];
    const blocks = `${end?.blocks ?? 0} blocks${why === "" ? "" : ` until ${why}`}`;
    return summaryText(summary, `${module}${size === "" ? "" : ` ${size}`}, ${blocks};`);
  });
  return tables.join("\n");
}

function jsonOf({ run, ends, lines, resolutionNs }: Measured, tables: readonly Summary[]): string {
  const machine = lines.find((line) => line.schema === "wasmscope-machine-1");
  const tasks = ends.map(({ task, ...end }) => ({ module: task.module, size: task.size, ...end }));
  return `${JSON.stringify({ run, machine, timerResolutionNs: resolutionNs, tasks, tables }, null, 2)}\n`;
}
