import { countRun, defaultBudget, listFunctions, timeRun } from "../../collect/index.ts";
import type { ProfileRun, TimeRunOptions } from "../../collect/index.ts";
import { decodeModule } from "../../wasm/index.ts";
import { UsageError } from "../command.ts";
import type { Io, Option, Parsed } from "../command.ts";

/** The options of mode `time`. */
export const timeOptions: readonly Option[] = [
  {
    name: "budget",
    value: "SHARE",
    help: `mode time: what measuring may cost (default: ${100 * defaultBudget}%)`,
  },
  {
    name: "calibrate",
    help: "mode time: count first, in a run without input and output, and time what is worth it",
  },
  { name: "only", value: "NAMES", help: "mode time: time only these functions" },
  { name: "skip", value: "NAMES", help: "mode time: do not time these functions" },
];

/** Runs a module and times its calls. */
export async function profileTime(
  parsed: Parsed,
  io: Io,
  bytes: Uint8Array,
  about: Omit<TimeRunOptions, "budget" | "choose">,
): Promise<ProfileRun> {
  const budget = parseBudget(parsed.value("budget"));
  const choose = chosen(parsed, io, bytes, about.symbols);
  const counted = parsed.flag("calibrate") ? await countRun(bytes, about) : undefined;
  return timeRun(bytes, {
    ...about,
    ...(counted === undefined ? {} : { counted }),
    ...(budget === undefined ? {} : { budget }),
    ...(choose === undefined ? {} : { choose }),
  });
}

function parseBudget(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  const percent = Number(digits);
  if (digits === undefined || percent <= 0 || percent > 1000) {
    throw new UsageError(`--budget wants a share such as 3%, not ${text}`);
  }
  return percent / 100;
}

function chosen(
  parsed: Parsed,
  io: Io,
  bytes: Uint8Array,
  symbols: ReadonlyMap<number, string> | undefined,
): TimeRunOptions["choose"] {
  const listed = (option: string): ReadonlySet<number> | undefined => {
    const names = parsed.value(option);
    if (names === undefined) return undefined;
    const { functions, unknown } = listFunctions(decodeModule(bytes), names, symbols);
    if (functions.size === 0) throw new UsageError(`--${option}: the module has no ${names}`);
    if (unknown.length > 0) {
      io.stderr(`wasmscope: --${option}: the module has no ${unknown.join(", ")}\n`);
    }
    return functions;
  };
  const only = listed("only");
  const skip = listed("skip");
  if (only === undefined && skip === undefined) return undefined;
  return (funcIndex, choice) => {
    if (choice === "none" || skip?.has(funcIndex) === true) return "counted";
    if (only === undefined) return choice;
    // What is asked for by name is timed, small or not, unless its tail calls forbid it.
    return only.has(funcIndex) ? "switched" : "counted";
  };
}
