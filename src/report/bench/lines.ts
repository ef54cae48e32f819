import type { LinesFigure, Series } from "./figure.ts";
import { logScale } from "./log-scale.ts";
import type { LogScale } from "./log-scale.ts";
import { marker, seriesClass, swatch } from "./marker.ts";
import { element, percent } from "./markup.ts";
import type { Content, Markup } from "./markup.ts";
import { spell, spellRange, spellTick } from "./quantity.ts";

const HEIGHT = 340;
const TOP = 12;
const BOTTOM = 26;
/** Units of the stretched drawing's width. */
const WIDTH = 1000;
/** Pixels that two names beside the curves need. */
const LABEL = 18;

type Line = LinesFigure["lines"][number];

/** Draws curves with interval bands on log-log axes, with their names at their ends. */
export function drawLines(figure: LinesFigure, series: readonly Series[]): Markup {
  const points = figure.lines.flatMap((line) => line.points);
  const x = logScale(
    points.map((point) => point.x),
    8,
  );
  const y = logScale(
    points.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]),
    8,
  );
  const yOf = (value: number): number =>
    Number((HEIGHT - BOTTOM - y.at(value) * (HEIGHT - BOTTOM - TOP)).toFixed(2));
  return element(
    "div",
    { class: "lines" },
    element("div", { class: "y-name" }, figure.yAxis),
    yLabels(y, yOf, figure),
    element(
      "svg",
      { class: "plot", height: HEIGHT, "aria-hidden": "true" },
      gridOf(x, y, yOf),
      stretched(figure, x, yOf),
      figure.crossings.map((crossing, at) => crossingMark(crossing, at, x, yOf)),
      figure.lines.map((line) => markersOf(line, figure, series, x, yOf)),
    ),
    endLabels(figure.lines, series, yOf),
    element("div", { class: "x-name" }, figure.xAxis),
  );
}

/** What scales with the width: no text, no markers. */
function stretched({ lines }: LinesFigure, x: LogScale, yOf: (value: number) => number): Markup {
  const at = (point: { x: number }, value: number): string =>
    `${(x.at(point.x) * WIDTH).toFixed(2)},${yOf(value)}`;
  return element(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: "none",
      width: "100%",
      height: HEIGHT,
    },
    lines.map(({ series, points }) => {
      const upper = points.map((point) => at(point, point.high ?? point.value));
      const lower = points.map((point) => at(point, point.low ?? point.value)).toReversed();
      return element(
        "g",
        { class: seriesClass(series) },
        element("polygon", { class: "band", points: [...upper, ...lower].join(" ") }),
        element("polyline", {
          class: "curve",
          points: points.map((point) => at(point, point.value)).join(" "),
        }),
      );
    }),
  );
}

/** A numbered ring where two curves cross, with a line over the sizes where that lies with 95 %. */
function crossingMark(
  { x, low, high, value }: LinesFigure["crossings"][number],
  at: number,
  scale: LogScale,
  yOf: (value: number) => number,
): Markup {
  const y = yOf(value);
  return element(
    "g",
    { class: "crossing" },
    element("line", { x1: percent(scale.at(low)), x2: percent(scale.at(high)), y1: y, y2: y }),
    element(
      "svg",
      { x: percent(scale.at(x)), y, overflow: "visible" },
      element("circle", { r: 7 }),
      element("text", { y: -11, "text-anchor": "middle" }, at + 1),
    ),
  );
}

function markersOf(
  { series: index, points }: Line,
  { unit, xAxis }: LinesFigure,
  series: readonly Series[],
  x: LogScale,
  yOf: (value: number) => number,
): Markup[] {
  return points.map((point) => {
    const range = spellRange(point, unit);
    const tip = [`${series[index]!.name}, ${xAxis} ${point.x}`, spell(point.value, unit)];
    const said = [...tip, ...(range === "" ? [] : [`95 %: ${range}`])].join("\n");
    return marker(index, x.at(point.x), yOf(point.value), said);
  });
}

function gridOf(x: LogScale, y: LogScale, yOf: (value: number) => number): Content[] {
  const bottom = HEIGHT - BOTTOM;
  return [
    y.ticks.map((tick) =>
      element("line", { class: "grid", x1: 0, x2: "100%", y1: yOf(tick), y2: yOf(tick) }),
    ),
    x.ticks.map((tick) => {
      const at = percent(x.at(tick));
      const anchor = x.at(tick) > 0.97 ? "end" : "middle";
      return [
        element("line", { class: "grid", x1: at, x2: at, y1: TOP, y2: bottom }),
        element(
          "text",
          { x: at, y: HEIGHT - 8, "text-anchor": anchor },
          spellTick(tick, "ratio").slice(0, -1),
        ),
      ];
    }),
  ];
}

function yLabels(y: LogScale, yOf: (value: number) => number, { unit }: LinesFigure): Markup {
  return element(
    "svg",
    { class: "y-labels", height: HEIGHT, "aria-hidden": "true" },
    y.ticks.map((tick) =>
      element("text", { x: "100%", y: yOf(tick) + 4, "text-anchor": "end" }, spellTick(tick, unit)),
    ),
  );
}

/** Names at the curves' ends, moved apart where they would lie on each other. */
function endLabels(
  lines: readonly Line[],
  series: readonly Series[],
  yOf: (value: number) => number,
): Markup {
  const ends = lines
    .filter(({ points }) => points.length > 0)
    .map((line) => ({ index: line.series, y: yOf(line.points.at(-1)!.value) }))
    .toSorted((a, b) => a.y - b.y);
  let next = 6;
  const moved = ends.map(({ index, y }) => {
    const at = Math.max(y, next);
    next = at + LABEL;
    return { index, y: at };
  });
  // The last ones may have been pushed out at the bottom: all move up by as much as is free above.
  const surplus = Math.max(0, next - LABEL - (HEIGHT - 6));
  return element(
    "svg",
    { class: "end-labels", height: HEIGHT, "aria-hidden": "true" },
    moved.map(({ index, y }) =>
      element(
        "g",
        { class: seriesClass(index) },
        element("text", { x: 4, y: y - surplus + 4 }, series[index]!.name),
      ),
    ),
  );
}

/** The signs of all series that a figure shows, as buttons once scripts run. */
export function legend(shown: readonly number[], series: readonly Series[]): Markup {
  return element(
    "ul",
    { class: "legend" },
    shown.map((index) =>
      element(
        "li",
        { "data-series": index },
        swatch(index),
        element("span", { title: series[index]!.title }, series[index]!.name),
      ),
    ),
  );
}
