import type { BenchRecord, SizeName } from "../bench/index.ts";
import { UsageError } from "./command.ts";
import type { Option, Parsed } from "./command.ts";
import { duration, oneOf, positive } from "./files.ts";

type Level = BenchRecord["level"];
const levels: readonly Level[] = ["cold", "warm", "hot"];
const sizes: readonly SizeName[] = ["mini", "small", "medium", "large", "extralarge"];

/** The options that say how to measure. */
export const measuringOptions: readonly Option[] = [
  {
    name: "runtime",
    short: "r",
    value: "NAME[@VERSION][:TIER],…",
    multiple: true,
    help: "what to compare with the first of them (default: node)",
  },
  { name: "level", value: "cold,warm,hot", help: "what to start anew (default: cold,warm)" },
  { name: "size", value: "SIZE", help: `of workloads: ${sizes.join(", ")} (default: mini)` },
  { name: "repetitions", short: "n", value: "N", help: "exactly so many blocks" },
  {
    name: "budget",
    value: "DURATION",
    help: "stop after this time (default: 20 s for each module)",
  },
  {
    name: "precision",
    value: "PERCENT",
    help: "stop when intervals reach so far to each side (default: 2%)",
  },
  { name: "timeout", value: "DURATION", help: "end a run after this time (default: 1m)" },
  { name: "memory", value: "SIZE", help: "end a run that has more memory, such as 512M" },
  { name: "output", short: "o", value: "FILE", help: "append the records to a file as they come" },
];

/** How to measure, as the command line says it. */
export interface Measuring {
  readonly selectors: readonly string[];
  readonly levels: readonly Level[];
  readonly size: SizeName;
  readonly repetitions: number | undefined;
  readonly budgetMs: number | undefined;
  readonly precision: number;
  readonly limits: { readonly timeoutMs: number; readonly memoryBytes?: number };
}

/** Reads how to measure from the command line. */
export function measuring(parsed: Parsed, defaultLevels: readonly Level[]): Measuring {
  const repetitions = parsed.value("repetitions");
  const budget = parsed.value("budget");
  const memory = parsed.value("memory");
  const chosen = words(parsed.values("runtime"));
  const named = parsed.value("level");
  return {
    selectors: chosen.length > 0 ? chosen : ["node"],
    levels:
      named === undefined
        ? defaultLevels
        : words([named]).map((word) => oneOf(word, levels, "level")),
    size: oneOf(parsed.value("size") ?? "mini", sizes, "size"),
    repetitions: repetitions === undefined ? undefined : positive(repetitions, "repetitions"),
    budgetMs: budget === undefined ? undefined : duration(budget, "budget"),
    precision: share(parsed.value("precision") ?? "2%", "precision"),
    limits: {
      timeoutMs: duration(parsed.value("timeout") ?? "1m", "timeout"),
      ...(memory === undefined ? {} : { memoryBytes: byteSize(memory, "memory") }),
    },
  };
}

/** Reads a share in percent, such as `5%`, as a number (0.05). */
export function share(text: string, option: string): number {
  const value = Number(/^(\d+(?:\.\d+)?)\s*%?$/.exec(text)?.[1]) / 100;
  if (value > 0) return value;
  throw new UsageError(`--${option} wants a share such as 5%, not ${text}`);
}

/** Reads which clock decides. */
export function clockOf(parsed: Parsed): "wall" | "cpu" {
  return oneOf(parsed.value("by") ?? "wall", ["wall", "cpu"], "by");
}

function byteSize(text: string, option: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([KMG]?)(?:i?B)?$/i.exec(text) ?? [];
  const bytes = Number(number) * 1024 ** ["", "K", "M", "G"].indexOf(unit.toUpperCase());
  if (bytes >= 1) return Math.floor(bytes);
  throw new UsageError(`--${option} wants a size such as 512M, not ${text}`);
}

function words(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(",")).filter((word) => word !== "");
}
