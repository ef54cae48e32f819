import type {
  BarsFigure,
  Cell,
  DotsFigure,
  Figure,
  LinesFigure,
  Mark,
  Ranged,
  Series,
  StacksFigure,
  TableFigure,
  Unit,
} from "./figure.ts";
import { element } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { spell, spellRange } from "./quantity.ts";

/** Draws a table whose columns of values can be sorted once scripts run. */
export function drawTable({ title, columns, rows }: TableFigure): Markup {
  const isNumber = columns.map((_, at) =>
    rows.some((row) => typeof row[at] === "object" && "mark" in row[at]),
  );
  return element(
    "div",
    { class: "wide", tabindex: 0, role: "region", "aria-label": title },
    element(
      "table",
      { "data-sortable": "table" },
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          columns.map((name, at) =>
            element("th", { scope: "col", class: isNumber[at]! && "number" }, name),
          ),
        ),
      ),
      element(
        "tbody",
        {},
        rows.map((row) => element("tr", {}, row.map(cellOf))),
      ),
    ),
  );
}

/** A sentence gets room, so that it does not stand as a tower of words on a phone. */
const longText = 40;

function cellOf(cell: Cell, at: number): Markup {
  if (typeof cell === "string") {
    if (at === 0) return element("th", { scope: "row" }, cell);
    return element("td", { class: cell.length > longText && "long" }, cell);
  }
  if ("code" in cell) return element("td", {}, element("code", {}, cell.code));
  const { mark, unit } = cell;
  if (Number.isNaN(mark.value)) return element("td", { class: "number none" }, "–");
  return element(
    "td",
    { class: "number", "data-value": mark.value },
    spell(mark.value, unit),
    element("span", { class: "range" }, spellRange(mark, unit)),
  );
}

/** Gives the numbers of a figure as a table, for readers who do not see it and for copying. */
export function numbersOf(figure: Figure, series: readonly Series[]): TableFigure | undefined {
  switch (figure.kind) {
    case "bars":
      return byName(figure, figure.groups, series);
    case "dots":
      return byName(figure, figure.rows, series);
    case "lines":
      return numbersOfLines(figure, series);
    case "stacks":
      return numbersOfStacks(figure, series);
    case "table":
    case "ledger":
      return undefined;
  }
}

/** A row for each name, a column for each series. */
function byName(
  { title, unit }: BarsFigure | DotsFigure,
  rows: readonly { readonly name: string; readonly marks: readonly Mark[] }[],
  series: readonly Series[],
): TableFigure {
  const shown = [...new Set(rows.flatMap(({ marks }) => marks.map((mark) => mark.series)))];
  return table(
    title,
    ["", ...shown.map((index) => series[index]!.name)],
    rows.map(({ name, marks }) => [
      name,
      ...shown.map((index) =>
        valueCell(
          marks.find((mark) => mark.series === index),
          unit,
        ),
      ),
    ]),
  );
}

function numbersOfLines(
  { title, xAxis, lines, unit }: LinesFigure,
  series: readonly Series[],
): TableFigure {
  const sizes = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))];
  return table(
    title,
    [xAxis, ...lines.map((line) => series[line.series]!.name)],
    sizes
      .toSorted((a, b) => a - b)
      .map((size) => [
        String(size),
        ...lines.map(({ points }) =>
          valueCell(
            points.find(({ x }) => x === size),
            unit,
          ),
        ),
      ]),
  );
}

function numbersOfStacks(
  { title, parts, groups, unit }: StacksFigure,
  series: readonly Series[],
): TableFigure {
  return table(
    title,
    ["", "runtime", ...parts],
    groups.flatMap(({ name, rows }) =>
      rows.map((row) => [
        name,
        series[row.series]!.name,
        ...parts.map((_, at) => valueCell({ value: row.values[at] ?? NaN }, unit)),
      ]),
    ),
  );
}

function valueCell(mark: Ranged | undefined, unit: Unit): Cell {
  return { unit, mark: mark ?? { value: NaN } };
}

function table(title: string, columns: string[], rows: Cell[][]): TableFigure {
  return { kind: "table", title, caption: "", columns, rows };
}
