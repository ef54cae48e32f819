import type { BarsFigure, Mark, Series, Unit } from "./figure.ts";
import { seriesClass, swatch } from "./marker.ts";
import { element, percent } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { spell, spellRange } from "./quantity.ts";

/** Draws groups of bars from zero, each bar with its interval and its value in words. */
export function drawBars({ groups, unit }: BarsFigure, series: readonly Series[]): Markup {
  return element(
    "div",
    { class: "bars" },
    groups.map(({ name, marks }) => {
      // Room for the end of the longest interval.
      const most = 1.01 * Math.max(...marks.map(({ value, high }) => reach(value, high)), 0);
      return element(
        "div",
        { class: "group" },
        name === "" ? undefined : element("h4", {}, name),
        marks.map((mark) => barRow(mark, most, unit, series)),
      );
    }),
  );
}

/** How far a bar reaches: an interval of twice the value or more would make all others short. */
function reach(value: number, high = value): number {
  return Math.min(high, 2 * value);
}

function barRow(mark: Mark, most: number, unit: Unit, series: readonly Series[]): Markup {
  const { value, note } = mark;
  const range = spellRange(mark, unit);
  const { name } = series[mark.series]!;
  const tip = [`${name}: ${spell(value, unit)}`, range && `95 %: ${range}`, note ?? ""];
  return element(
    "div",
    { class: `row ${seriesClass(mark.series)}`, "data-tip": tip.filter(Boolean).join("\n") },
    element("div", { class: "label" }, swatch(mark.series), element("span", {}, name)),
    element(
      "svg",
      { class: "track", height: 18, "aria-hidden": "true" },
      element("rect", {
        class: "bar",
        x: 0,
        y: 3,
        width: percent(value / most),
        height: 12,
        rx: 2,
      }),
      whisker(mark, (at) => Math.min(1, at / most), 9),
    ),
    element(
      "div",
      { class: "amount" },
      element("b", {}, spell(value, unit)),
      element("span", { class: "range" }, range),
    ),
  );
}

/** Draws an interval as a line with ends; nothing without ends. */
export function whisker(
  { low, high }: { readonly low?: number; readonly high?: number },
  at: (value: number) => number,
  y: number,
): Markup | undefined {
  if (low === undefined || high === undefined || low === high) return undefined;
  const [from, to] = [percent(at(low)), percent(at(high))];
  const end = (x: string): Markup => element("line", { x1: x, x2: x, y1: y - 3, y2: y + 3 });
  return element(
    "g",
    { class: "whisker" },
    element("line", { x1: from, x2: to, y1: y, y2: y }),
    end(from),
    end(to),
  );
}
