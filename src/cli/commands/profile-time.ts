import { countRun, defaultBudget, listFunctions, superviseTiming } from "../../collect/index.ts";
import type { ProfileRun, SupervisedTimeOptions, Supervision } from "../../collect/index.ts";
import { KeptInput } from "../../sys/index.ts";
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
    help: "mode time: count first, in a run with the same input and no output, and time what is worth it",
  },
  { name: "only", value: "NAMES", help: "mode time: time only these functions" },
  { name: "skip", value: "NAMES", help: "mode time: do not time these functions" },
];

/** Runs a module and times its calls. */
export async function profileTime(
  parsed: Parsed,
  io: Io,
  bytes: Uint8Array,
  about: SupervisedTimeOptions,
  supervision: Supervision,
): Promise<ProfileRun> {
  const budget = parseBudget(parsed.value("budget"));
  const listed = (option: string): ReadonlySet<number> | undefined =>
    functionsOf(option, parsed, io, bytes, about.symbols);
  const [only, skip] = [listed("only"), listed("skip")];
  const options = {
    ...about,
    ...(budget && { budget }),
    ...(only && { only }),
    ...(skip && { skip }),
  };
  if (parsed.flag("calibrate")) return calibrated(bytes, options, supervision);
  return superviseTiming(bytes, options, supervision);
}

/** Counts, then times the same run. */
async function calibrated(
  bytes: Uint8Array,
  options: SupervisedTimeOptions,
  supervision: Supervision,
): Promise<ProfileRun> {
  const input = new KeptInput();
  const again = (): SupervisedTimeOptions => {
    const stdin = input.open();
    const stdio = { ...options.guest.stdio, ...(stdin !== undefined && { stdin }) };
    return { ...options, guest: { ...options.guest, stdio } };
  };
  try {
    const counted = await countRun(bytes, again());
    return await superviseTiming(bytes, { ...again(), counted }, supervision);
  } finally {
    input.close();
  }
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

function functionsOf(
  option: string,
  parsed: Parsed,
  io: Io,
  bytes: Uint8Array,
  symbols: ReadonlyMap<number, string> | undefined,
): ReadonlySet<number> | undefined {
  const names = parsed.value(option);
  if (names === undefined) return undefined;
  const { functions, unknown } = listFunctions(decodeModule(bytes), names, symbols);
  if (functions.size === 0) throw new UsageError(`--${option}: the module has no ${names}`);
  if (unknown.length > 0) {
    io.stderr(`wasmscope: --${option}: the module has no ${unknown.join(", ")}\n`);
  }
  return functions;
}
