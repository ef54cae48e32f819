import { groupByFunction } from "./frames.ts";
import type { Profile } from "./model.ts";
import { formatPercent, formatValue, groupDigits } from "./numbers.ts";
import { clipEnd, lastPart, printable, textColumns } from "./printable.ts";
import { boxColour } from "./svg-colour.ts";
import type { FlameLayout } from "./svg-layout.ts";
import { flameLayout } from "./svg-layout.ts";
import { flameScript } from "./svg-script.ts";
import { flameStyle } from "./svg-style.ts";
import { TextSink } from "./text-sink.ts";

const WIDTH = 1200;
const MARGIN = 12;
const ROW = 18;
/** Width of a character of the boxes' font; real ones are up to a tenth of a pixel narrower. */
const CHAR = 7.25;
const HEADER = 86;
const NOTE = 18;

/** What a flame graph says and shows besides names and widths. */
export interface FlameLooks {
  readonly title: string;
  readonly heading: string;
  /** The line of numbers below the heading. */
  readonly facts: readonly string[];
  /** What a width means. */
  readonly hint: string;
  /** Lines of a node's tooltip below the name. */
  readonly describe: (node: number, value: number) => readonly string[];
  /** The same of the whole. */
  readonly describeAll: readonly string[];
  /** The colour of a node's box, `#rrggbb`, light enough for dark text. */
  readonly colour: (node: number) => string;
}

/**
 * Writes a flame graph that hangs from its root: readable as it is, and searchable and zoomable
 * where scripts run. Boxes narrower than a tenth of a pixel, and all but the 6,000 largest, are left
 * out, which the picture then says.
 */
export function writeSvg(profile: Profile): Uint8Array {
  return drawFlameGraph(profile, looksOf(profile));
}

/** Draws the tree of a profile, weighed by its primary column, as `looks` says. */
export function drawFlameGraph(profile: Profile, looks: FlameLooks): Uint8Array {
  const layout = flameLayout(profile);
  const notes = [...profile.notes, ...leftOut(layout)];
  const top = HEADER + notes.length * NOTE;
  const height = top + (layout.levels + 1) * ROW + MARGIN;
  const title = escapeXml(looks.title);
  const out = new TextSink();
  out.text(`<?xml version="1.0" encoding="UTF-8"?>\n`);
  out.text(`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" `);
  out.text(`viewBox="0 0 ${WIDTH} ${height}" role="graphics-document">\n<title>${title}</title>\n`);
  out.text(`<style>${flameStyle}</style>\n<rect class="page" width="100%" height="100%"/>\n`);
  writeHeader(out, looks);
  notes.forEach((note, index) => {
    const y = HEADER + index * NOTE + 4;
    out.text(`<text class="note" x="${MARGIN}" y="${y}"><title>${escapeXml(note)}</title>`);
    out.text(
      `${escapeXml(clipEnd(`Note: ${printable(note)}`, (WIDTH - 2 * MARGIN) / CHAR))}</text>\n`,
    );
  });
  const partial = Number(layout.boxes.length < layout.nodes);
  out.text(`<g class="graph" data-margin="${MARGIN}" data-width="${WIDTH}" data-top="${top}" `);
  out.text(`data-row="${ROW}" data-char="${CHAR}" data-partial="${partial}">\n`);
  writeBoxes(out, profile, layout, top, looks);
  out.text(`</g>\n<script><![CDATA[\n${flameScript}\n]]></script>\n</svg>\n`);
  return out.take();
}

function moduleName({ module }: Profile): string {
  return module.name === "" ? "a module without a name" : module.name;
}

function leftOut({ boxes, nodes }: FlameLayout): string[] {
  if (boxes.length === nodes) return [];
  const counts = `${groupDigits(boxes.length)} of ${groupDigits(nodes)}`;
  return [`${counts} boxes are drawn, the others are too narrow or too deep to be seen.`];
}

function looksOf(profile: Profile): FlameLooks {
  const { valueTypes, primary, selfValues, parents } = profile;
  const type = valueTypes[primary]!;
  const total = selfValues[primary]!.reduce((sum, value) => sum + value, 0);
  const below = parents.some((parent) => parent !== -1) ? "; what it called hangs below it" : "";
  return {
    title: `Flame graph of ${moduleName(profile)}`,
    heading: moduleName(profile),
    facts: [
      formatValue(total, type),
      `mode ${profile.mode}`,
      `${groupDigits(groupByFunction(profile.frames).functions.length)} functions`,
    ],
    hint: `The wider a box, the more ${type.name}${below}.`,
    describe: (node, value) => describeBox(profile, node, value, total),
    describeAll: [formatValue(total, type)],
    colour: (node) => boxColour(profile.frames[profile.nodeFrames[node]!]!.name),
  };
}

function writeHeader(out: TextSink, { heading, facts, hint }: FlameLooks): void {
  const help = "Click a box to zoom, Ctrl-F to search, arrow keys to move, Escape to reset.";
  out.text(`<g class="header"><rect class="page" width="100%" height="${HEADER - 8}"/>`);
  out.text(`<text class="heading" x="${MARGIN}" y="30">`);
  out.text(`${escapeXml(clipEnd(printable(heading), 80))}</text>\n`);
  out.text(`<text class="facts" x="${MARGIN}" y="51">${escapeXml(facts.join("  ·  "))}</text>\n`);
  out.text(
    `<text class="detail" x="${MARGIN}" y="71" data-help="${help}">${escapeXml(hint)}</text>`,
  );
  out.text("</g>\n");
}

function writeBoxes(
  out: TextSink,
  profile: Profile,
  layout: FlameLayout,
  top: number,
  looks: FlameLooks,
): void {
  const { total } = layout;
  const scale = (WIDTH - 2 * MARGIN) / (total || 1);
  const all: Placed = { x: MARGIN, y: top, width: WIDTH - 2 * MARGIN, value: total };
  writeBox(out, all, ["all", ...looks.describeAll], "#d5d8df");
  for (const { node, level, start, value } of layout.boxes) {
    const { name } = profile.frames[profile.nodeFrames[node]!]!;
    const placed: Placed = {
      x: MARGIN + start * scale,
      y: top + (level + 1) * ROW,
      width: value * scale,
      value,
    };
    const lines = [printable(name) || "(no name)", ...looks.describe(node, value)];
    writeBox(out, placed, lines, looks.colour(node));
  }
}

/** Returns what the tooltip says below the name. */
function describeBox(profile: Profile, node: number, value: number, total: number): string[] {
  const { valueTypes, primary, selfValues } = profile;
  const { funcIndex, file, line } = profile.frames[profile.nodeFrames[node]!]!;
  const self = selfValues[primary]![node]!;
  const place = [
    ...(funcIndex === undefined ? [] : [`function ${funcIndex}`]),
    ...(file === undefined ? [] : [line === undefined ? file : `${file}:${line}`]),
  ];
  const others = valueTypes.flatMap((type, column) =>
    column === primary ? [] : [formatValue(selfValues[column]![node]!, type)],
  );
  return [
    `${formatValue(value, valueTypes[primary]!)} (${formatPercent(value, total)})`,
    `self ${groupDigits(self)} (${formatPercent(self, total)})`,
    ...others,
    ...place,
  ];
}

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly value: number;
}

function writeBox(out: TextSink, box: Placed, lines: readonly string[], fill: string): void {
  const { x, y, width, value } = box;
  // A gap between neighbours, as long as there is room for one.
  const inner = width > 2 ? width - 1 : width * 0.7;
  out.text(`<g class="box" data-v="${value}"><title>${lines.map(escapeXml).join("\n")}</title>`);
  out.text(`<rect x="${round(x)}" y="${y}" width="${round(inner)}" height="${ROW - 1}" `);
  out.text(`rx="${width > 6 ? 2 : 0}" fill="${fill}"/>`);
  const label = boxLabel(lines[0]!, Math.floor((width - 9) / CHAR));
  if (label !== "") {
    out.text(`<text x="${round(x + 4)}" y="${y + 12.5}">${escapeXml(label)}</text>`);
  }
  out.text("</g>\n");
}

/** Shows the function's own name where there is no room for its namespaces: `lastPart` in the script does the same. */
function boxLabel(name: string, columns: number): string {
  return textColumns(name) <= columns ? name : clipEnd(lastPart(name), columns);
}

function round(value: number): string {
  return String(+value.toFixed(4));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function escapeXml(text: string): string {
  return printable(text).replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!);
}
