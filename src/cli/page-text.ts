import { plainTables } from "../report/index.ts";
import type { BenchPage, LedgerFigure, PlainTable } from "../report/index.ts";
import type { Io } from "./command.ts";

/** Spells a page of measurements for a terminal: what became of claims last, where the eye is. */
export function pageText(page: BenchPage, io: Io, without: readonly string[]): string {
  const parts = plainTables(page).flatMap(({ section, tables }) =>
    tables
      .filter((table) => !without.includes(section.id) && table.rows.length > 0)
      .map((table) => `${section.title}\n${table.title}\n${tableText(table)}`),
  );
  const ledger = page.sections.flatMap(({ figures }) =>
    figures.filter((figure) => figure.kind === "ledger"),
  );
  return [...parts, ...ledger.map((figure) => ledgerText(figure, io.width))].join("\n");
}

function tableText({ columns, rows, isNumber }: PlainTable): string {
  const cells = [columns, ...rows].map((row) => row.map(shortened));
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => (row[at] ?? "").length)));
  const set = (cell: string, at: number): string =>
    isNumber[at]! ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!);
  return cells.map((row) => `${row.map(set).join("  ").trimEnd()}\n`).join("");
}

const shortened = (cell: string): string => (cell.length > 60 ? `${cell.slice(0, 59)}…` : cell);

const signs: Readonly<Record<string, string>> = {
  reproduced: "✓",
  "not reproduced": "✕",
  "not testable here": "–",
};

function ledgerText({ entries }: LedgerFigure, width: number): string {
  const count = (verdict: string): string =>
    `${entries.filter((entry) => entry.verdict === verdict).length} ${verdict}`;
  const lines = entries.map(({ id, verdict, claim, effect, interval }) => {
    const range = interval === null ? "" : ` (${short(interval.low)} to ${short(interval.high)})`;
    const found = effect === null ? "" : ` ${short(effect)}${range}`;
    const text = `${signs[verdict]!} ${id}${found}: ${claim}`;
    return text.length > width ? `${text.slice(0, Math.max(20, width - 1))}…` : text;
  });
  return `Claims: ${Object.keys(signs).map(count).join(", ")}\n${lines.join("\n")}\n`;
}

const short = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toPrecision(3);
