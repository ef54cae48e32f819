import type { Format, Profile } from "../profile/index.ts";
import { formatValue, groupDigits, printable, totalValues } from "../profile/index.ts";
import { TextSink } from "../profile/text-sink.ts";
import { fileLines } from "./file-lines.ts";
import { functionColumns } from "./function-columns.ts";
import { icon } from "./icon.ts";
import { jsonPieces } from "./json-pieces.ts";
import type { PageLink, ReportData } from "./report-data.ts";
import { treeColumns } from "./tree-columns.ts";
import { script, scriptHash, style, styleHash } from "./web-bundle.js";

/** What a page can show beside its profile. */
export interface HtmlOptions {
  /** A profile of the same run whose frames carry lines; without it the main profile's own are shown. */
  readonly lines?: Profile;
  /** Source texts by the file names in the frames. */
  readonly sources?: ReadonlyMap<string, string>;
  /** Links in the head of the page, where it is served with other views. */
  readonly links?: readonly PageLink[];
}

/** Returns all that the page shows. */
export function reportData(profile: Profile, options: HtmlOptions = {}): ReportData {
  const { columns, functionOfFrame, rest } = functionColumns(profile);
  const { tree, kept } = treeColumns(profile, functionOfFrame, rest);
  const lines = fileLines(options.lines ?? profile, options.sources);
  const nodes = profile.parents.length;
  const { module, mode, valueTypes, primary } = profile;
  return {
    module: { name: printable(module.name) || "a module without a name", sha256: module.sha256 },
    mode,
    valueTypes: valueTypes.map(({ name, unit }) => ({ name: printable(name), unit })),
    primary,
    sums: totalValues(profile),
    notes: [
      ...profile.notes.map((note) => printable(note)).filter((note) => note !== ""),
      ...(kept === nodes
        ? []
        : [
            `The tree shows the ${groupDigits(kept)} most expensive of ${groupDigits(nodes)} contexts; the others are added up as (smaller ones). Totals of functions are whole.`,
          ]),
      ...(lines === undefined || lines.filesWithoutRoom === 0
        ? []
        : [`The text of ${groupDigits(lines.filesWithoutRoom)} files found no room in this page.`]),
    ],
    functions: columns,
    tree,
    ...(lines && { lines: lines.report }),
    ...(options.links && { links: options.links }),
  };
}

/**
 * Writes a page that shows a profile in any browser: one file, which asks for nothing else and says so in
 * its content security policy. Equal profiles give equal bytes.
 */
export function writeHtml(profile: Profile, options: HtmlOptions = {}): Uint8Array {
  const data = reportData(profile, options);
  const type = data.valueTypes[data.primary]!;
  const facts = `${formatValue(data.sums[data.primary]!, type)}, mode ${data.mode}`;
  const out = new TextSink();
  out.text(`<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n`);
  out.text(`<meta http-equiv="Content-Security-Policy" content="${policy()}">\n`);
  out.text(`<meta name="viewport" content="width=device-width, initial-scale=1">\n`);
  out.text(`<meta name="color-scheme" content="light dark">\n`);
  out.text(`<meta name="generator" content="wasmscope">\n`);
  out.text(`<title>${escapeHtml(data.module.name)} · wasmscope</title>\n`);
  out.text(`<link rel="icon" href="${icon}">\n<style>${style}</style>\n</head>\n<body>\n`);
  out.text(`<noscript><h1>${escapeHtml(data.module.name)}</h1>\n<p>${escapeHtml(facts)}. `);
  out.text(`The rest of this page needs JavaScript.</p></noscript>\n<div id="app"></div>\n`);
  out.text(`<script type="application/json" id="data">`);
  // Spelled so that nothing in it can end its element.
  for (const piece of jsonPieces(data)) out.text(piece.replaceAll("<", "\\u003c"));
  out.text("</script>\n");
  out.text(`<script>${script}</script>\n</body>\n</html>\n`);
  return out.take();
}

/** The page of a profile as a format. */
export const htmlFormat: Format = {
  name: "html",
  title: "a page with flame graph, functions and lines for any browser",
  extensions: [".html", ".htm"],
  gzip: false,
  write: (profile) => writeHtml(profile),
};

function policy(): string {
  return [
    "default-src 'none'",
    "img-src data:",
    `script-src 'sha256-${scriptHash}'`,
    `style-src 'sha256-${styleHash}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!);
}
