import { exactModes } from "../../instrument/index.ts";
import type { ExactMode } from "../../instrument/index.ts";
import { UsageError } from "../command.ts";
import type { Option, Parsed } from "../command.ts";
import { oneOf } from "../files.ts";

/** All modes of `profile`. */
export const modes: readonly ProfileMode[] = [...exactModes, "time", "sample"];

/** How `profile` looks at a guest. */
export type ProfileMode = ExactMode | "time" | "sample";

const trees = ["tree", "tree+blocks"] as const;
const sample = ["sample"] as const;
const time = ["time"] as const;

/** Which modes understand the options that not all do. */
const modesOf: ReadonlyMap<string, readonly ProfileMode[]> = new Map<
  string,
  readonly ProfileMode[]
>([
  ["lines", ["blocks", "tree+blocks"]],
  ["memory", trees],
  ["max-nodes", trees],
  ["measure-overhead", exactModes],
  ["budget", time],
  ["calibrate", time],
  ["only", time],
  ["skip", time],
  ["rate", sample],
  ["join", sample],
  ["runtime", [...exactModes, "sample"]],
  ["sink", exactModes],
]);

/** Options that say how another one is meant, and do nothing without it. */
const companions: readonly (readonly [name: string, needed: string])[] = [
  ["label", "push"],
  ["sources", "lines"],
  ["format", "output"],
  ["sink", "runtime"],
];

/** Options of which one takes from the other what it is there for. */
const contradictions: readonly (readonly [string, string])[] = [["json", "quiet"]];

/** What a guest elsewhere cannot have: it runs in a process of its own, once. */
const nodeOnly = ["join", "live", "live-port", "measure-overhead"] as const;
/** Runtimes that sample guests themselves: this is what they are asked for without a mode. */
const samplers: readonly string[] = ["node:perf", "wasmtime", "wasmtime:perf"];

/**
 * Tells which mode the user asked for, undefined when none: `--join` and a runtime that samples ask for `sample`.
 * Throws a `UsageError` for options that the mode, or another option, would leave without effect.
 */
export function chooseMode(parsed: Parsed, options: readonly Option[]): ProfileMode | undefined {
  const given = new Set(
    options.filter((option) => isGiven(parsed, option)).map(({ name }) => name),
  );
  // That the guest runs in Node is true in all modes.
  const inNode = (parsed.value("runtime") ?? "node") === "node";
  if (inNode) given.delete("runtime");
  const wished = parsed.value("mode");
  const samples = given.has("join") || samplers.includes(parsed.value("runtime") ?? "");
  const unasked = samples ? "sample" : undefined;
  const mode = wished === undefined ? unasked : oneOf(wished, modes, "mode");
  // Of samplers perf alone sees instructions, and wasmtime alone says where machine code comes from.
  const sampledLines = mode === "sample" && parsed.value("runtime") === "wasmtime:perf";
  const bound = new Set([...given].filter((name) => !(sampledLines && name === "lines")));
  refuseOtherModes(bound, mode ?? (given.has("lines") ? "tree+blocks" : "tree"));
  refuseCombinations(given);
  const unknown = inNode ? undefined : nodeOnly.find((name) => given.has(name));
  if (unknown !== undefined) {
    throw new UsageError(`--${unknown} is for --runtime node, not ${parsed.value("runtime")}`);
  }
  return mode;
}

function isGiven(parsed: Parsed, { name, value, multiple }: Option): boolean {
  if (value === undefined) return parsed.flag(name);
  return multiple === true ? parsed.values(name).length > 0 : parsed.value(name) !== undefined;
}

function refuseOtherModes(given: ReadonlySet<string>, mode: ProfileMode): void {
  for (const [name, known] of modesOf) {
    if (!given.has(name) || known.includes(mode)) continue;
    throw new UsageError(`--${name} is for mode ${known.join(" or ")}, not ${mode}`);
  }
}

function refuseCombinations(given: ReadonlySet<string>): void {
  for (const [name, needed] of companions) {
    if (given.has(name) && !given.has(needed)) {
      throw new UsageError(`--${name} is for --${needed}`);
    }
  }
  for (const [one, other] of contradictions) {
    if (given.has(one) && given.has(other)) {
      throw new UsageError(`--${one} does not go with --${other}`);
    }
  }
}
