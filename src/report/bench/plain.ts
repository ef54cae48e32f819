import type { BenchPage, Cell, Figure, LedgerFigure, PageSection, Series } from "./figure.ts";
import { spell, spellRange } from "./quantity.ts";
import { numbersOf } from "./tables.ts";

/** A table whose cells are text. */
export interface PlainTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of values, which are set to the right. */
  readonly isNumber: readonly boolean[];
}

/** Turns a figure into a table of text; undefined for one that has no rows. */
function plainTable(figure: Figure, series: readonly Series[]): PlainTable | undefined {
  if (figure.kind === "ledger") return ledgerTable(figure);
  const table = figure.kind === "table" ? figure : numbersOf(figure, series);
  if (table === undefined || table.rows.length === 0) return undefined;
  const { title, columns, rows } = table;
  const isNumber = columns.map((_, at) => rows.some((row) => isValue(row[at])));
  return { title, columns, rows: rows.map((row) => row.map(cellText)), isNumber };
}

function isValue(cell: Cell | undefined): boolean {
  return typeof cell === "object" && "mark" in cell;
}

function cellText(cell: Cell): string {
  if (typeof cell === "string") return cell;
  if ("code" in cell) return cell.code.replaceAll(/\s+/g, " ");
  const { mark, unit } = cell;
  if (Number.isNaN(mark.value)) return "–";
  const range = spellRange(mark, unit);
  return range === "" ? spell(mark.value, unit) : `${spell(mark.value, unit)} (${range})`;
}

function ledgerTable({ title, entries }: LedgerFigure): PlainTable {
  const short = (value: number): string =>
    Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
  return {
    title,
    columns: ["verdict", "claim", "effect", "what that is", "where"],
    rows: entries.map(({ verdict, claim, effect, interval, where, evidence }) => {
      const range = interval === null ? "" : ` (${short(interval.low)} to ${short(interval.high)})`;
      return [verdict, claim, effect === null ? "" : `${short(effect)}${range}`, evidence, where];
    }),
    isNumber: [false, false, false, false, false],
  };
}

/** Gives the tables of a page's sections. */
export function plainTables({ sections, series }: Pick<BenchPage, "sections" | "series">): {
  readonly section: PageSection;
  readonly tables: readonly PlainTable[];
}[] {
  return sections.map((section) => ({
    section,
    tables: section.figures
      .map((figure) => plainTable(figure, series))
      .filter((table) => table !== undefined),
  }));
}
