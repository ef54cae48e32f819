import { element, percent } from "./markup.ts";
import type { Markup } from "./markup.ts";

/** As many colours as the style has; beyond, colours return with other shapes. */
const COLOURS = 8;

/** Shapes of about the same area around the origin: colour is never the only difference. */
const shapes: readonly string[] = [
  "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
  "M-3.6 -3.6h7.2v7.2h-7.2z",
  "M0 -4.8l4.6 8h-9.2z",
  "M0 -5l5 5l-5 5l-5 -5z",
  "M0 4.8l4.6 -8h-9.2z",
  "M-4.6 -1.5h3.1v-3.1h3v3.1h3.1v3h-3.1v3.1h-3v-3.1h-3.1z",
  "M-4.4 -2.4h8.8v4.8h-8.8z",
  "M-2.4 -4.4h4.8v8.8h-4.8z",
  "M0 -5l1.5 3.3l3.5 .3l-2.6 2.4l.8 3.6l-3.2 -1.9l-3.2 1.9l.8 -3.6l-2.6 -2.4l3.5 -.3z",
];

/** The classes of a series: `of-N` to hide it by, and its colour. */
export function seriesClass(series: number): string {
  return `of-${series} c${series % COLOURS}`;
}

const PARTS = 12;

/** The class of a part of a stack. */
export function partClass(part: number): string {
  return `p${part % PARTS}`;
}

/** Draws a marker at a share of the width and a height in pixels. */
export function marker(series: number, x: number, y: number, tip?: string): Markup {
  return element(
    "svg",
    { x: percent(x), y, overflow: "visible", class: seriesClass(series) },
    element("path", { class: "mark", d: shapes[series % shapes.length]!, "data-tip": tip }),
  );
}

/** Draws the sign of a series for legends and labels. */
export function swatch(series: number): Markup {
  return element(
    "svg",
    { class: `swatch ${seriesClass(series)}`, viewBox: "-6 -6 12 12", "aria-hidden": "true" },
    element("path", { class: "mark", d: shapes[series % shapes.length]! }),
  );
}
