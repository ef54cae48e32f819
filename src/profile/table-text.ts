import { columnOf, formatPercent, groupDigits } from "./numbers.ts";
import { printable, textColumns } from "./printable.ts";
import { shortName } from "./short-name.ts";
import type { Table, TableRow } from "./table.ts";

/** How a table is set. */
export interface TableStyle {
  /** Columns of the terminal; names are shortened to fit, numbers never. */
  readonly width: number;
  /** Whether to use ANSI colours. */
  readonly colors: boolean;
}

/** Colours a text for a terminal, or leaves it as it is. */
type Paint = (text: string) => string;

const NARROWEST_NAME = 12;
const GAP = "  ";

/** Sets a table as lines of aligned text, each with its line end. */
export function formatTable(table: Table, style: TableStyle): string {
  const sections = [functionLines(table, style), blockLines(table, style), noteLines(table, style)];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

/** Makes a paint of an ANSI code, which does nothing where colours are not wanted. */
export function ansi(code: string, { colors }: TableStyle): Paint {
  return (text) => (colors ? `\u001b[${code}m${text}\u001b[0m` : text);
}

/** A line of cells, the last of which is a name; all others are numbers and stand to the right. */
export interface Line {
  readonly cells: readonly string[];
  readonly paint: Paint;
}

function functionLines(table: Table, style: TableStyle): string[] {
  const { rows, others, sum, type } = table;
  const withTotal = rows.some(({ total }) => total !== undefined);
  const withCalls = sum.calls !== undefined;
  const { title, amount } = columnOf(type);
  const cells = ({ name, self, total, calls, estimated }: TableRow): string[] => [
    `${estimated ? "≈ " : ""}${formatPercent(self, sum.self)}`,
    amount(self),
    ...(withTotal ? [total === undefined ? "" : amount(total)] : []),
    ...(withCalls ? [groupDigits(calls ?? 0)] : []),
    name,
  ];
  const header = [
    "self %",
    `${withTotal ? "self " : ""}${title}`,
    ...(withTotal ? ["total"] : []),
    ...(withCalls ? ["calls"] : []),
    "function",
  ];
  const dim = ansi("2", style);
  return alignLines(
    [
      { cells: header, paint: ansi("1", style) },
      ...rows.map((row) => ({ cells: cells(row), paint: heat(row.self / sum.self, style) })),
      ...(others ? [{ cells: cells(others), paint: dim }] : []),
      { cells: cells(sum), paint: ansi("1", style) },
    ],
    style,
  );
}

function blockLines({ blocks = [], sum }: Table, style: TableStyle): string[] {
  if (blocks.length === 0) return [];
  // A block's cost is in instructions, whatever the functions are sorted by.
  const header = ["instructions", "entered", "length", "offset", "hottest blocks"];
  return alignLines(
    [
      { cells: header, paint: ansi("1", style) },
      ...blocks.map(({ cost, count, instructions, offset, name }) => ({
        cells: [
          groupDigits(cost),
          groupDigits(count),
          groupDigits(instructions),
          `0x${offset.toString(16)}`,
          name,
        ],
        paint: heat(cost / sum.self, style),
      })),
    ],
    style,
  );
}

/** Sets notes, one a line. */
export function noteLines({ notes }: Pick<Table, "notes">, style: TableStyle): string[] {
  return notes.map((note) => ansi("33", style)(`note: ${printable(note)}`));
}

function heat(share: number, style: TableStyle): Paint {
  if (share >= 0.1) return ansi("31", style);
  return share >= 0.01 ? ansi("33", style) : (text) => text;
}

/** Aligns cells in columns; the first line says how many there are. */
export function alignLines(lines: readonly Line[], { width }: TableStyle): string[] {
  const last = lines[0]!.cells.length - 1;
  const widths = lines[0]!.cells
    .slice(0, last)
    .map((_, column) => Math.max(...lines.map(({ cells }) => textColumns(cells[column]!))));
  const used = widths.reduce((sum, columns) => sum + columns + GAP.length, 0);
  const room = Math.max(NARROWEST_NAME, width - used);
  return lines.map(({ cells, paint }) => {
    const numbers = widths.map((columns, column) => cells[column]!.padStart(columns));
    const name = shortName(printable(cells[last]!) || "(no name)", room);
    // The first cell alone is painted: a screen full of colour shows nothing.
    return [paint(numbers[0]!), ...numbers.slice(1), name].join(GAP).trimEnd();
  });
}
