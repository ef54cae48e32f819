/**
 * Reports for people: the page that shows a profile in a browser, and all formats that can be written.
 * Nothing here touches files, clocks or Node's own modules.
 * @module
 */
export { htmlFormat, writeHtml } from "./html.ts";
export type { HtmlOptions } from "./html.ts";
export type { PageLink } from "./report-data.ts";
export { outputFormats } from "./output-formats.ts";
export { writeBenchHtml } from "./bench/page.ts";
export type {
  BenchPage,
  Cell,
  BarsFigure,
  DotsFigure,
  Figure,
  LinesFigure,
  StacksFigure,
  TableFigure,
  LedgerFigure,
  Mark,
  Ranged,
  PageSection,
  Series,
  Unit,
} from "./bench/figure.ts";
export { writeBenchMarkdown } from "./bench/markdown.ts";
export { plainTables } from "./bench/plain.ts";
export type { PlainTable } from "./bench/plain.ts";
