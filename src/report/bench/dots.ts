import { whisker } from "./bars.ts";
import type { DotsFigure, Series } from "./figure.ts";
import { logScale } from "./log-scale.ts";
import type { LogScale } from "./log-scale.ts";
import { marker, seriesClass } from "./marker.ts";
import { element, percent } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { spell, spellRange, spellTick } from "./quantity.ts";

/** Pixels between the lanes of two series, so that intervals do not hide each other. */
const LANE = 7;
const TICKS = 5;

/** Draws a row of markers with intervals for each name, on one logarithmic axis. */
export function drawDots(figure: DotsFigure, series: readonly Series[]): Markup {
  const { rows, reference, unit } = figure;
  const values = rows.flatMap(({ marks }) =>
    marks.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]),
  );
  const scale = logScale(reference === undefined ? values : [...values, reference.value], TICKS);
  const shown = [...new Set(rows.flatMap(({ marks }) => marks.map((mark) => mark.series)))];
  const height = LANE * Math.max(1, shown.length) + 9;
  return element(
    "div",
    { class: "dots", "data-sortable": "rows" },
    axis(scale, figure),
    rows.map(({ name, marks }) =>
      element(
        "div",
        { class: "row", "data-name": name },
        element("div", { class: "label" }, name),
        element(
          "svg",
          { class: "track", height, "aria-hidden": "true" },
          grid(scale, reference?.value),
          marks.map((mark) => {
            const y = 8 + LANE * shown.indexOf(mark.series);
            const range = spellRange(mark, unit);
            const tip = [`${name}, ${series[mark.series]!.name}`, spell(mark.value, unit)];
            const said = [...tip, range && `95 %: ${range}`, mark.note ?? ""].filter(Boolean);
            return element(
              "g",
              { class: seriesClass(mark.series), "data-tip": said.join("\n") },
              whisker(mark, scale.at, y),
              marker(mark.series, scale.at(mark.value), y),
            );
          }),
        ),
      ),
    ),
    axis(scale, figure),
  );
}

function grid({ ticks, at }: LogScale, reference: number | undefined): Markup[] {
  const line = (value: number, name: string): Markup =>
    element("line", {
      class: name,
      x1: percent(at(value)),
      x2: percent(at(value)),
      y1: 0,
      y2: "100%",
    });
  return [
    ...ticks.map((tick) => line(tick, "grid")),
    ...(reference === undefined ? [] : [line(reference, "reference")]),
  ];
}

/** The axis' ticks with their numbers; those at the ends are set inwards so that none is cut off. */
function axis({ ticks, at }: LogScale, { axis: name, unit }: DotsFigure): Markup {
  return element(
    "div",
    { class: "row axis" },
    element("div", { class: "label" }, name),
    element(
      "svg",
      { class: "track", height: 18, "aria-hidden": "true" },
      ticks.map((tick) => {
        const x = at(tick);
        const anchor = x < 0.05 ? "start" : x > 0.95 ? "end" : "middle";
        return element(
          "text",
          { x: percent(x), y: 13, "text-anchor": anchor },
          spellTick(tick, unit),
        );
      }),
    ),
  );
}
