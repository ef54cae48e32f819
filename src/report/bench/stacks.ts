import type { Series, StacksFigure } from "./figure.ts";
import { partClass, seriesClass, swatch } from "./marker.ts";
import { element, percent } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { spell } from "./quantity.ts";

/** Draws bars made of parts; each group has a scale of its own. */
export function drawStacks(figure: StacksFigure, series: readonly Series[]): Markup {
  const { groups } = figure;
  return element(
    "div",
    { class: "stacks" },
    partLegend(figure),
    element(
      "div",
      { class: "bars" },
      groups.map(({ name, rows }) => {
        const most = Math.max(...rows.map(({ values }) => sum(values)), 0);
        return element(
          "div",
          { class: "group" },
          element("h4", {}, name),
          rows.map((row) => stackRow(row, most, figure, series)),
        );
      }),
    ),
  );
}

function partLegend({ parts, colours }: StacksFigure): Markup {
  return element(
    "ul",
    { class: "legend parts" },
    parts.map((part, at) =>
      element(
        "li",
        {},
        element(
          "svg",
          { class: "swatch", viewBox: "0 0 12 12", "aria-hidden": "true" },
          element("rect", {
            class: `part ${partClass(colours?.[at] ?? at)}`,
            width: 12,
            height: 12,
            rx: 2,
          }),
        ),
        part,
      ),
    ),
  );
}

function stackRow(
  { series: index, values }: StacksFigure["groups"][number]["rows"][number],
  most: number,
  { parts, colours, unit }: StacksFigure,
  series: readonly Series[],
): Markup {
  const all = sum(values);
  let start = 0;
  const pieces = values.map((value, at) => {
    const x = start / most;
    start += value;
    if (value <= 0) return undefined;
    const share = ((100 * value) / all).toFixed(1);
    return element("rect", {
      class: `part ${partClass(colours?.[at] ?? at)}`,
      x: percent(x),
      y: 2,
      width: percent(value / most),
      height: 14,
      "data-tip": `${series[index]!.name}\n${parts[at]!}: ${spell(value, unit)} (${share} %)`,
    });
  });
  return element(
    "div",
    { class: `row ${seriesClass(index)}` },
    element("div", { class: "label" }, swatch(index), element("span", {}, series[index]!.name)),
    element("svg", { class: "track", height: 18, "aria-hidden": "true" }, pieces),
    element("div", { class: "amount" }, element("b", {}, spell(all, unit))),
  );
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
