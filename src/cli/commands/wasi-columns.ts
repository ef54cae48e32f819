/** How tables and bars are set. */
export interface WasiStyle {
  readonly width: number;
  /** Whether to use ANSI colours. */
  readonly colors: boolean;
  /** So many functions are shown; all where it is absent. */
  readonly top?: number;
}

/** One column of a table on a terminal. */
export interface Column<Row> {
  readonly title: string;
  /** Empty where there is nothing to say; a column of such cells is left out. */
  readonly cell: (row: Row) => string;
  /** On a narrow terminal the columns of the least weight go first. */
  readonly weight: number;
  /** Names stand to the left, numbers to the right. */
  readonly isName?: true;
}

const gap = "  ";
const narrowestName = 8;
const narrowest = 40;
/** Less of what stands behind a name says nothing. */
const leastBehind = 8;

/** Sets rows in columns, with a line of titles, as wide as the terminal at most; the last column is cut to fit. */
export function setColumns<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, colors }: WasiStyle,
): string[] {
  const cells = columns.map((column) => ({ column, texts: rows.map(column.cell) }));
  let shown = cells.filter(({ texts }) => texts.some((text) => text !== ""));
  const room = Math.max(narrowest, width) - gap.length;
  while (shown.length > 2 && leastWidth(shown) > room) {
    const least = Math.min(...shown.map(({ column }) => column.weight));
    shown = shown.filter(({ column }) => column.weight !== least);
  }
  const widths = shown.map(({ column, texts }) => longest([column.title, ...texts]));
  const before = sum(widths.slice(0, -1)) + gap.length * (shown.length - 1);
  const last = Math.max(narrowestName, room - before);
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, at) => {
        if (at === texts.length - 1 && shown[at]?.column.isName) return cut(text, last);
        return shown[at]?.column.isName ? text.padEnd(widths[at]!) : text.padStart(widths[at]!);
      })
      .join(gap)
      .trimEnd();
  const head = line(shown.map(({ column }) => column.title));
  return [
    `${gap}${paint("1", head, colors)}`,
    ...rows.map((_, nth) => `${gap}${line(shown.map(({ texts }) => texts[nth]!))}`),
  ];
}

/** Breaks a text at spaces into lines of at most so many columns. */
export function wrapped(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && indent.length + longer.length > Math.max(narrowest, width)) {
      lines.push(indent + line);
      line = word;
    } else line = longer;
  }
  return [...lines, indent + line];
}

/** Colours a text for a terminal by an ANSI code, or leaves it as it is. */
export function paint(code: string, text: string, colors: boolean): string {
  return colors && text !== "" ? `\u001b[${code}m${text}\u001b[0m` : text;
}

const units = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
] as const;

/** Writes nanoseconds with three digits in a unit that keeps the number short; nothing for what was not seen. */
export function durationText(ns: number | undefined): string {
  if (ns === undefined || Number.isNaN(ns)) return "";
  // What rounds to 1000 of a unit is 1 of the next one.
  const [size, unit] = units.find(([least]) => Math.abs(ns) >= least * 0.9995) ?? [1, "ns"];
  const value = ns / size;
  if (unit === "ns") return `${value.toFixed(0)} ns`;
  return `${Math.abs(value) >= 999.5 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`;
}

/** Writes a number of things a call, as in `1.00` or `0.003`; nothing for none. */
export function perCallText(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value) || value === 0) return "";
  return value >= 0.01 ? value.toFixed(2) : value.toPrecision(1);
}

/** Writes a number of bytes, as in `4.69 KiB`. */
export function bytesText(bytes: number | undefined): string {
  if (bytes === undefined) return "";
  const steps = [
    [2 ** 30, "GiB"],
    [2 ** 20, "MiB"],
    [2 ** 10, "KiB"],
  ] as const;
  const step = steps.find(([least]) => bytes >= least);
  return step === undefined ? `${bytes} B` : `${(bytes / step[0]).toPrecision(3)} ${step[1]}`;
}

interface Shown {
  readonly column: Pick<Column<never>, "title" | "isName">;
  readonly texts: readonly string[];
}

function leastWidth(shown: readonly Shown[]): number {
  const widths = shown.map(({ column, texts }, at) =>
    at === shown.length - 1 && column.isName
      ? Math.min(longest(texts.map((text) => text.replace(/:.*/, ""))), 24)
      : longest([column.title, ...texts]),
  );
  return sum(widths) + gap.length * (shown.length - 1);
}

const longest = (texts: readonly string[]): number =>
  Math.max(0, ...texts.map((text) => text.length));
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** Cuts a name with what stands behind its colon: the name first stays whole. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const [name = ""] = text.split(":");
  const isTooShort = most < name.length + leastBehind;
  if (isTooShort && name.length <= most) return name;
  return `${text.slice(0, most - 1)}…`;
}
