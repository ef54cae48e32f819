import type { Change, FunctionChange, LineChange, ProfileDiff } from "./diff.ts";
import type { Excess } from "./diff-limits.ts";
import { columnOf } from "./numbers.ts";
import type { ValueType } from "./model.ts";
import type { Line, TableStyle } from "./table-text.ts";
import { alignLines, ansi, noteLines } from "./table-text.ts";

/** How much of a comparison is shown. */
export interface DiffTableStyle extends TableStyle {
  /** Most functions, and most lines, that are shown. */
  readonly top: number;
}

/** Sets a comparison as lines of aligned text: functions and source lines that changed most, the total, notes. */
export function formatDiff(
  diff: ProfileDiff,
  excesses: readonly Excess[],
  style: DiffTableStyle,
): string {
  const sections = [
    functionLines(diff, excesses, style),
    lineLines(diff, style),
    noteLines(diff, style),
    excesses.map(({ reason }) => ansi("31", style)(`over the limit: ${reason}`)),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function functionLines(
  diff: ProfileDiff,
  excesses: readonly Excess[],
  style: DiffTableStyle,
): string[] {
  const { functions, total, type } = diff;
  const changed = functions.filter(({ change }) => change !== 0);
  const rest = changed.slice(style.top);
  const over = new Set(excesses.map(({ frame }) => frame));
  const unchanged = functions.length - changed.length;
  const { title } = columnOf(type);
  const header = ["change", "of it", "of all", `${title} before`, "after", "function"];
  return alignLines(
    [
      { cells: header, paint: ansi("1", style) },
      ...changed.slice(0, style.top).map((row) => ({
        cells: [...numbers(row, total, type), nameOf(row, over.has(row.frame))],
        paint: paintOf(row, style),
      })),
      ...otherLine(rest, `(${rest.length} others that changed)`, diff, style),
      ...otherLine(
        functions.filter(({ change }) => change === 0),
        `(${unchanged} unchanged)`,
        diff,
        style,
      ),
      { cells: [...numbers(total, total, type), "(all)"], paint: ansi("1", style) },
    ],
    style,
  );
}

function nameOf({ frame, presence }: FunctionChange, over: boolean): string {
  const mark = presence === "both" ? "" : ` (${presence})`;
  return `${over ? "! " : ""}${frame.name}${mark}`;
}

function otherLine(
  rows: readonly FunctionChange[],
  name: string,
  { total, type }: ProfileDiff,
  style: TableStyle,
): Line[] {
  if (rows.length === 0) return [];
  const add = (pick: (row: Change) => number): number =>
    rows.reduce((sum, row) => sum + pick(row), 0);
  const [before, after] = [add((row) => row.before), add((row) => row.after)];
  const sums = { before, after, change: after - before };
  return [{ cells: [...numbers(sums, total, type), name], paint: ansi("2", style) }];
}

function lineLines({ lines, total, type }: ProfileDiff, style: DiffTableStyle): string[] {
  if (lines.length === 0) return [];
  const header = ["change", "of it", "of all", "before", "after", "source line"];
  const rest = lines.length - style.top;
  return [
    ...alignLines(
      [
        { cells: header, paint: ansi("1", style) },
        ...lines.slice(0, style.top).map((row) => ({
          cells: [...numbers(row, total, type), placeOf(row)],
          paint: paintOf(row, style),
        })),
      ],
      style,
    ),
    ...(rest > 0 ? [ansi("2", style)(`(${rest} other lines changed)`)] : []),
  ];
}

function placeOf({ frame, file, lineBefore, lineAfter }: LineChange): string {
  const line = lineAfter ?? lineBefore!;
  const moved =
    lineAfter === undefined
      ? " (gone)"
      : lineBefore === undefined
        ? " (new)"
        : lineBefore === lineAfter
          ? ""
          : ` (was ${lineBefore})`;
  return `${file}:${line}${moved} ${frame.name}`;
}

function numbers({ before, after, change }: Change, total: Change, type: ValueType): string[] {
  const { amount } = columnOf(type);
  return [
    signed(change, amount(Math.abs(change))),
    share(change, before),
    share(change, total.before),
    amount(before),
    amount(after),
  ];
}

function signed(change: number, text: string): string {
  return change === 0 ? "0" : `${change > 0 ? "+" : "-"}${text}`;
}

/** Writes a change in percent, with as many decimals as show that it is one. */
function share(change: number, whole: number): string {
  if (whole === 0) return change === 0 ? "0 %" : "new";
  const percent = (Math.abs(change) / whole) * 100;
  const text = percent !== 0 && percent < 0.005 ? "<0.01" : percent.toFixed(2);
  return `${signed(change, text)} %`;
}

function paintOf({ change }: Change, style: TableStyle): Line["paint"] {
  return ansi(change > 0 ? "31" : "32", style);
}
