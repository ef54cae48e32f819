import { formatPercent, formatValue, groupDigits } from "../src/profile/numbers.ts";
import { clipEnd, lastPart, textColumns } from "../src/profile/printable.ts";
import { shortName } from "../src/profile/short-name.ts";
import { el } from "./dom.ts";
import type { Box } from "./flame-tree.ts";
import type { FunctionInfo, Model } from "./model.ts";

const MARKS = {
  host: "a function of the host, not of the module",
  inlined: "inlined into the function above it",
  estimated: "its time is an estimate, as measuring it would have cost too much",
  rest: "contexts left out of this page, as each of them is small",
} as const;

/** Returns the name of a function, of -1 a name for everything. */
export function nameOf(model: Model, func: number): string {
  return func === -1 ? "all" : model.functions[func]!.name;
}

/** Makes the marks that stand behind a function's name. */
export function marksOf({ marks }: FunctionInfo): HTMLElement[] {
  return marks
    .filter((mark) => mark !== "rest")
    .map((mark) =>
      el("span", { class: `mark ${mark}`, title: MARKS[mark] }, mark === "estimated" ? "≈" : mark),
    );
}

/** Returns the sign in front of a number that is an estimate. */
export function about(info: FunctionInfo | undefined, column: number, model: Model): string {
  const counted = model.data.valueTypes[column]!.name === "calls";
  return info?.marks.includes("estimated") && !counted ? "≈ " : "";
}

/** Describes a box in a few parts, without its name. */
export function factsOf(model: Model, column: number, box: Box, whole: number): string[] {
  const info = model.functions[box.func];
  const type = model.data.valueTypes[column]!;
  const sign = about(info, column, model);
  return [
    `${sign}${formatValue(box.value, type)} (${formatPercent(box.value, whole)})`,
    ...(box.self > 0
      ? [`self ${sign}${groupDigits(box.self)} (${formatPercent(box.self, whole)})`]
      : []),
    ...(info === undefined ? [] : info.marks.map((mark) => MARKS[mark])),
    ...(info === undefined || info.index === -1 ? [] : [`function ${info.index}`]),
    ...(info?.place === undefined ? [] : [info.place]),
  ];
}

const MARK = "…::";
/** Names longer than this are shortened once, as looking through thousands of characters for each box takes time. */
const LONG = 120;
const longNames = new Map<string, string>();

/** Makes a name fit into some columns: types, arguments and namespaces go before the function's own name does. */
export function labelOf(name: string, columns: number): string {
  if (name.length <= columns * 2 && textColumns(name) <= columns) return name;
  const text = name.length > LONG ? ofLong(name) : name;
  for (const width of [columns + MARK.length, columns]) {
    const short = shortName(text, width);
    const fits = textColumns(short) <= columns;
    if (short.startsWith(MARK) && (fits || width > columns)) return withoutMark(short, columns);
    if (fits && width > columns) return short;
  }
  return clipEnd(lastPart(shortName(text)), columns);
}

function withoutMark(short: string, columns: number): string {
  return clipEnd(short.slice(MARK.length), columns);
}

function ofLong(name: string): string {
  let short = longNames.get(name);
  if (short === undefined) longNames.set(name, (short = shortName(name, LONG)));
  return short;
}
