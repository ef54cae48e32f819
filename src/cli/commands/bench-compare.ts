import { aligned, compareFiles, ratioText, readRecords, timeText } from "../../bench/index.ts";
import type { Change, RecordsChange } from "../../bench/index.ts";
import { readInput } from "../../sys/index.ts";
import { clockOf, share } from "../bench-options.ts";
import { UsageError } from "../command.ts";
import type { Io, Parsed } from "../command.ts";

/** Compares two files of records; 1 when something is slower than the limit allows. */
export function compareRecords(parsed: Parsed, io: Io): number {
  const [, before, after, surplus] = parsed.positionals;
  if (before === undefined || after === undefined || surplus !== undefined) {
    throw new UsageError("compare wants two files of records, the old one first");
  }
  const limit = share(parsed.value("fail-over") ?? "5%", "fail-over");
  const [old, now] = [read(before), read(after)];
  const result = compareFiles(old, now, { limit, by: clockOf(parsed) });
  if (result.changes.length === 0 && !result.otherMachine) {
    throw new UsageError(`${before} and ${after} have nothing in common`);
  }
  io.stdout(parsed.flag("json") ? `${JSON.stringify(result, null, 2)}\n` : textOf(result, limit));
  return result.changes.some(({ verdict }) => verdict === "slower") ? 1 : 0;
}

function read(path: string): ReturnType<typeof readRecords> {
  return readRecords(new TextDecoder().decode(readInput(path)), path);
}

function textOf({ changes, missing, otherMachine }: RecordsChange, limit: number): string {
  const order = ["slower", "uncertain", "faster", "same"];
  const rows = changes
    .toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))
    .map(rowOf);
  const head = ["", "", "before", "after", "ratio", "99 %", ""];
  const lines = [
    ...(rows.length === 0 ? [] : aligned([head, ...rows])),
    ...(otherMachine ? ["The machines differ: only counts are compared."] : []),
    ...(missing.length === 0 ? [] : [`In one file only: ${missing.join(", ")}.`]),
    lastLine(changes, limit),
  ];
  return `${lines.join("\n")}\n`;
}

function rowOf({ arm, module, size, level, metric, before, after, ...of }: Change): string[] {
  const text = (value: number): string =>
    of.interval === undefined ? String(value) : timeText(value);
  const range = of.interval && `${of.interval.low.toFixed(3)} to ${of.interval.high.toFixed(3)}`;
  return [
    `${module} ${size} ${arm}`,
    `${level} ${metric}`,
    text(before),
    text(after),
    of.interval === undefined ? of.ratio.toFixed(6) : ratioText(of.ratio),
    range ?? "exact",
    of.verdict,
  ];
}

function lastLine(changes: readonly Change[], limit: number): string {
  const count = (verdict: Change["verdict"]): number =>
    changes.filter((change) => change.verdict === verdict).length;
  const by = `by more than ${Number((limit * 100).toFixed(2))} %`;
  return `${count("slower")} slower ${by}, ${count("faster")} faster, ${count("uncertain")} uncertain, ${count("same")} the same.`;
}
