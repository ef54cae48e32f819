import { CannotRun } from "../../runtimes/index.ts";
import { readInput } from "../../sys/index.ts";
import { KernelRefusal, observe, ways, whyNotEbpf } from "../../trace/index.ts";
import type { Way } from "../../trace/index.ts";
import { decodeModule } from "../../wasm/index.ts";
import { UsageError } from "../command.ts";
import type { Command, Parsed } from "../command.ts";
import { duration } from "../files.ts";
import { findRuntime, selectRuntime } from "../runtime-choice.ts";
import { givenGuest, guestOptions } from "./profile-guest.ts";
import { wasiJson, wasiText } from "./wasi-report.ts";
import type { WasiRow } from "./wasi-report.ts";

const wasiModules = ["wasi_snapshot_preview1", "wasi_unstable"];
const unable = 125;

/** Shows where runtimes spend the time of a program's WASI calls. */
export const wasiCommand: Command = {
  name: "wasi",
  summary: "See where a runtime's I/O time goes: WASI functions and the system calls inside them.",
  usage: "MODULE [options] [-- ARG…]",
  manyOperands: true,
  options: [
    {
      name: "runtime",
      value: "NAME[@VERSION][:TIER],…",
      help: "the runtimes to look into, one after the other (default: node)",
    },
    ...guestOptions,
    {
      name: "way",
      value: ways.join("|"),
      help: "how to look (default: the best one that there is here)",
    },
    { name: "timeout", value: "DURATION", help: "end each run after 500ms, 2s or 1m" },
    {
      name: "json",
      help: "print the results as JSON on stdout; the guest's output goes to stderr",
    },
    { name: "help", short: "h", help: "print this help" },
  ],
  details: [
    "ebpf: the kernel counts, for runtimes whose symbols are known: it needs root and koffi. The module is run as it is.",
    "A probe costs one to two microseconds a call, which are in the times: compare runtimes and functions by them, and",
    "take calls below 2 µs for short. word: the module's imports are wrapped and say to the kernel, which counts system",
    "calls, what function is in flight: for any runtime, as root. timed: clocks around the imports alone, on any system.",
    "The exit code is 0 when all runs were looked into.",
  ].join("\n"),
  examples: [
    ["one runtime", "wasmscope wasi app.wasm --dir . -- input.txt"],
    ["three beside each other", "wasmscope wasi app.wasm --runtime node,wasmtime,wazero --dir ."],
  ],
  async run(parsed, io) {
    const [path, surplus] = parsed.positionals;
    if (path === undefined) throw new UsageError("which module?");
    if (surplus !== undefined) {
      throw new UsageError(`arguments for the guest stand behind --: ${surplus}`);
    }
    const selectors = (parsed.value("runtime") ?? "node").split(",");
    for (const selector of selectors) selectRuntime(selector);
    const names = importedFunctions(path);
    const way = wayOf(parsed.value("way"));
    const why = way === undefined || way === "timed" ? undefined : whyNotEbpf();
    if (why !== undefined) throw new CannotRun(why);
    const rows: WasiRow[] = [];
    for (const selector of selectors) {
      const row = await look(selector, path, names, parsed, way);
      rows.push(row);
      if (!parsed.flag("json")) io.stderr(wasiText(row, io.width));
    }
    if (parsed.flag("json")) io.stdout(`${JSON.stringify(wasiJson(rows), undefined, 2)}\n`);
    return rows.every((row) => !("failed" in row)) ? 0 : unable;
  },
};

/** Reads `--way`. Throws a `UsageError`. */
function wayOf(text: string | undefined): Way | undefined {
  const known = ways.find((way) => way === text);
  if (text === undefined || known !== undefined) return known;
  throw new UsageError(`--way wants ${ways.join(", ")}, not ${text}`);
}

/** Lists the functions of WASI that a module imports. Throws a `CannotRun` when there are none. */
function importedFunctions(path: string): string[] {
  const { imports } = decodeModule(readInput(path));
  const names = imports
    .filter(({ kind, module }) => kind === "func" && wasiModules.includes(module))
    .map(({ name }) => name);
  if (names.length === 0) throw new CannotRun(`${path} imports no function of WASI's`);
  return [...new Set(names)];
}

async function look(
  selector: string,
  path: string,
  names: readonly string[],
  parsed: Parsed,
  way: Way | undefined,
): Promise<WasiRow> {
  const choice = await findRuntime(selector);
  const { args, env, dirs, invoke } = givenGuest(parsed, path);
  const timeout = parsed.value("timeout");
  try {
    const job = {
      module: path,
      names,
      args,
      env,
      dirs,
      ...(invoke === undefined ? {} : { invoke }),
      ...(timeout === undefined ? {} : { timeoutMs: duration(timeout, "timeout") }),
      ...(parsed.flag("json") ? { stdout: 2 } : {}),
    };
    return await observe(choice, job, way);
  } catch (error) {
    if (!(error instanceof CannotRun || error instanceof KernelRefusal)) throw error;
    const { runtime, found, tier } = choice;
    const about = { runtime: runtime.name, version: found.version, tier: tier.name };
    return { ...about, failed: error.message };
  }
}
