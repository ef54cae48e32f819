import type { LineTotal } from "./lines.ts";
import type { ValueType } from "./model.ts";
import { columnOf, formatPercent } from "./numbers.ts";
import { clipMiddle, printable } from "./printable.ts";
import type { TableStyle } from "./table-text.ts";

/** How much of the sources is shown. */
export interface AnnotationOptions extends TableStyle {
  /** What the numbers count. */
  readonly type: ValueType;
  /** What the whole profile cost, for shares. */
  readonly whole: number;
  /** How many of the hottest lines are shown. */
  readonly top: number;
  /** Gives the lines of a source file, undefined where it is not to be had. */
  readonly sourceOf: (file: string) => readonly string[] | undefined;
}

/** Lines of source shown above and below a hot one. */
const CONTEXT = 2;

/**
 * Sets the hottest lines as text: file by file, the hottest first, each with its neighbours and what every
 * line shown cost. Of files without a source, the lines are listed with their functions.
 */
export function formatLines(lines: readonly LineTotal[], options: AnnotationOptions): string {
  const hottest = lines.slice(0, options.top);
  const files = new Map<string, LineTotal[]>();
  for (const line of hottest) {
    const known = files.get(line.file);
    if (known === undefined) files.set(line.file, [line]);
    else known.push(line);
  }
  const sections = [...files].map(([file, hot]) => fileSection(file, hot, lines, options));
  return sections.map((section) => `${section.join("\n")}\n`).join("\n");
}

interface Row {
  readonly total: LineTotal | undefined;
  readonly line: number;
  readonly text: string;
}

function fileSection(
  file: string,
  hot: readonly LineTotal[],
  lines: readonly LineTotal[],
  options: AnnotationOptions,
): string[] {
  const source = options.sourceOf(file);
  const rows = source === undefined ? listed(hot) : annotated(file, hot, lines, source);
  const bold = options.colors ? ["\u001b[1m", "\u001b[0m"] : ["", ""];
  const title = clipMiddle(printable(file), Math.max(20, options.width));
  return [`${bold[0]}${title}${bold[1]}`, ...setRows(rows, options)];
}

function listed(hot: readonly LineTotal[]): Row[] {
  return hot
    .toSorted((a, b) => a.line - b.line)
    .map((total) => ({ total, line: total.line, text: total.functions.join(", ") }));
}

function annotated(
  file: string,
  hot: readonly LineTotal[],
  lines: readonly LineTotal[],
  source: readonly string[],
): Row[] {
  const wanted = new Set<number>();
  for (const { line } of hot) {
    for (let at = line - CONTEXT; at <= line + CONTEXT; at++) {
      if (at >= 1 && (at <= source.length || at === line)) wanted.add(at);
    }
  }
  const totals = new Map<number, LineTotal>();
  for (const total of lines) if (total.file === file) totals.set(total.line, total);
  return [...wanted]
    .toSorted((a, b) => a - b)
    .map((line) => ({ total: totals.get(line), line, text: source[line - 1] ?? "" }));
}

function setRows(rows: readonly Row[], options: AnnotationOptions): string[] {
  const { whole, width, colors, type } = options;
  const { title: unit, amount } = columnOf(type);
  const column = (title: string, of: (total: LineTotal) => number): string[] => {
    const cells = rows.map(({ total }) => (total === undefined ? "" : amount(of(total))));
    const columns = Math.max(title.length, ...cells.map((cell) => cell.length));
    return [title, ...cells].map((cell) => cell.padStart(columns));
  };
  const self = column(unit, (total) => total.self);
  // What was inlined or called in a line is a column only where something was.
  const withTotals = rows.some(({ total }) => total !== undefined && total.total !== total.self);
  const totals = withTotals ? column("with callees", (total) => total.total) : undefined;
  const numbers = self.map((cell, at) => (totals === undefined ? cell : `${cell}  ${totals[at]}`));
  const lineWidth = Math.max(4, String(rows.at(-1)?.line ?? 0).length);
  const room = Math.max(20, width - numbers[0]!.length - lineWidth - 14);
  const out = [`${"%".padStart(8)}  ${numbers[0]}  ${"line".padStart(lineWidth)}`];
  let before: number | undefined;
  rows.forEach(({ total, line, text }, index) => {
    if (before !== undefined && line > before + 1) out.push("…".padStart(8));
    before = line;
    const share = total === undefined ? "" : formatPercent(total.self, whole);
    const shown = clipEnd(printable(text.replaceAll("\t", "    ")), room);
    const heat = colors && total !== undefined ? heatOf(total.self / whole) : "";
    const percent = `${heat}${share.padStart(8)}${heat === "" ? "" : "\u001b[0m"}`;
    out.push(
      `${percent}  ${numbers[index + 1]}  ${String(line).padStart(lineWidth)}  ${shown}`.trimEnd(),
    );
  });
  return out;
}

function heatOf(share: number): string {
  if (share >= 0.1) return "\u001b[31m";
  return share >= 0.01 ? "\u001b[33m" : "";
}

/** Code is read from the left: its end is what may be missing. */
function clipEnd(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}
