import { drawBars } from "./bars.ts";
import { drawDots } from "./dots.ts";
import type { BenchPage, Figure, PageSection, Series } from "./figure.ts";
import { drawLedger } from "./ledger.ts";
import { drawLines, legend } from "./lines.ts";
import { swatch } from "./marker.ts";
import { element, Markup, render } from "./markup.ts";
import { drawStacks } from "./stacks.ts";
import { drawTable, numbersOf } from "./tables.ts";
import { icon } from "../icon.ts";
import { benchScript, benchScriptHash, benchStyle, benchStyleHash } from "../web-bundle.js";

/**
 * Writes a page that shows measurements in any browser: one file, which asks for nothing else. All of it can be read
 * without scripts; with them, runtimes can be hidden, rows sorted and values pointed at. Equal pages give equal bytes.
 */
export function writeBenchHtml(page: BenchPage): Uint8Array {
  const html = `<!doctype html>\n${render(element("html", { lang: "en" }, head(page), body(page)))}\n`;
  return new TextEncoder().encode(html);
}

function head({ title }: BenchPage): Markup {
  const meta = (name: string, content: string): Markup => element("meta", { name, content });
  return element(
    "head",
    {},
    element("meta", { charset: "utf-8" }),
    element("meta", { "http-equiv": "Content-Security-Policy", content: policy() }),
    meta("viewport", "width=device-width, initial-scale=1"),
    meta("color-scheme", "light dark"),
    meta("generator", "wasmscope"),
    element("title", {}, `${title} · wasmscope`),
    element("link", { rel: "icon", href: icon }),
    new Markup(`<style>${benchStyle}</style>`),
  );
}

function policy(): string {
  return [
    "default-src 'none'",
    "img-src data:",
    `script-src 'sha256-${benchScriptHash}'`,
    `style-src 'sha256-${benchStyleHash}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function body(page: BenchPage): Markup {
  const { title, subtitle, facts, warnings, series, sections } = page;
  return element(
    "body",
    {},
    element(
      "header",
      { class: "top" },
      element("h1", {}, title),
      element("p", { class: "subtitle" }, subtitle),
      element(
        "dl",
        { class: "facts" },
        facts.map(([name, value]) =>
          element("div", {}, element("dt", {}, name), element("dd", {}, value)),
        ),
      ),
      warnings.length === 0
        ? undefined
        : element(
            "ul",
            { class: "warnings" },
            warnings.map((text) => element("li", {}, text)),
          ),
      navigation(sections),
    ),
    element(
      "main",
      {},
      armList(series),
      sections.map((section) => drawSection(section, series)),
    ),
    element("footer", {}, "Made by wasmscope. Intervals are 95 % bootstrap intervals over blocks."),
    new Markup(`<script>${benchScript}</script>`),
  );
}

function navigation(sections: readonly PageSection[]): Markup {
  return element(
    "nav",
    { "aria-label": "Parts" },
    sections.map(({ id, title, short = title }) => element("a", { href: `#${id}` }, short)),
  );
}

/** Who takes part: the signs that all figures use, and what each stands for. */
function armList(series: readonly Series[]): Markup {
  return element(
    "ul",
    { class: "arms", "aria-label": "Runtimes" },
    series.map(({ name, title }, index) =>
      element(
        "li",
        { "data-series": index },
        swatch(index),
        element("b", {}, name),
        title === undefined ? undefined : element("span", {}, title),
      ),
    ),
  );
}

function drawSection(
  { id, title, text, figures, repeat = [] }: PageSection,
  series: readonly Series[],
): Markup {
  return element(
    "section",
    { id, "aria-labelledby": `${id}-title` },
    element("h2", { id: `${id}-title` }, title),
    text.map((paragraph) => element("p", {}, paragraph)),
    figures.map((figure) => drawFigure(figure, series)),
    repeat.length === 0
      ? undefined
      : element(
          "div",
          { class: "repeat" },
          element("h3", {}, "How to repeat"),
          element("pre", {}, element("code", {}, repeat.join("\n"))),
        ),
  );
}

function drawFigure(figure: Figure, series: readonly Series[]): Markup {
  const shown = seriesOf(figure);
  const numbers = numbersOf(figure, series);
  return element(
    "figure",
    { class: `figure ${figure.kind}-figure` },
    element("h3", {}, figure.title),
    shown.length > 1 ? legend(shown, series) : undefined,
    drawing(figure, series),
    figure.caption === "" ? undefined : element("figcaption", {}, figure.caption),
    numbers === undefined
      ? undefined
      : element("details", {}, element("summary", {}, "Numbers as a table"), drawTable(numbers)),
  );
}

function drawing(figure: Figure, series: readonly Series[]): Markup {
  switch (figure.kind) {
    case "bars":
      return drawBars(figure, series);
    case "dots":
      return drawDots(figure, series);
    case "lines":
      return drawLines(figure, series);
    case "stacks":
      return drawStacks(figure, series);
    case "table":
      return drawTable(figure);
    case "ledger":
      return drawLedger(figure);
  }
}

/** The series that need a legend: rows of bars carry their names. */
function seriesOf(figure: Figure): number[] {
  if (figure.kind === "lines") return figure.lines.map((line) => line.series);
  if (figure.kind !== "dots") return [];
  const marks = figure.rows.flatMap((row) => row.marks);
  return [...new Set(marks.map((mark) => mark.series))].toSorted((a, b) => a - b);
}
