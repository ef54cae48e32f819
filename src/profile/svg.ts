import { groupByFunction } from "./frames.ts";
import type { Profile } from "./model.ts";
import { formatPercent, formatValue, groupDigits } from "./numbers.ts";
import { clipEnd, lastPart, printable, textColumns } from "./printable.ts";
import { boxColour } from "./svg-colour.ts";
import type { Box, FlameLayout } from "./svg-layout.ts";
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

/**
 * Writes a flame graph that hangs from its root: readable as it is, and searchable and zoomable
 * where scripts run. Boxes narrower than a tenth of a pixel, and all but the 6,000 largest, are left
 * out, which the picture then says.
 */
export function writeSvg(profile: Profile): Uint8Array {
  const layout = flameLayout(profile);
  const notes = [...profile.notes, ...leftOut(layout)];
  const top = HEADER + notes.length * NOTE;
  const height = top + (layout.levels + 1) * ROW + MARGIN;
  const title = escapeXml(`Flame graph of ${moduleName(profile)}`);
  const out = new TextSink();
  out.text(`<?xml version="1.0" encoding="UTF-8"?>\n`);
  out.text(`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" `);
  out.text(`viewBox="0 0 ${WIDTH} ${height}" role="graphics-document">\n<title>${title}</title>\n`);
  out.text(`<style>${flameStyle}</style>\n<rect class="page" width="100%" height="100%"/>\n`);
  writeHeader(out, profile, layout);
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
  writeBoxes(out, profile, layout, top);
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

function writeHeader(out: TextSink, profile: Profile, { total, levels }: FlameLayout): void {
  const type = profile.valueTypes[profile.primary]!;
  const facts = [
    formatValue(total, type),
    `mode ${profile.mode}`,
    `${groupDigits(groupByFunction(profile.frames).functions.length)} functions`,
  ];
  const below = levels > 1 ? "; what it called hangs below it" : "";
  const hint = `The wider a box, the more ${escapeXml(type.name)}${below}.`;
  const help = "Click a box to zoom, Ctrl-F to search, arrow keys to move, Escape to reset.";
  out.text(`<g class="header"><rect class="page" width="100%" height="${HEADER - 8}"/>`);
  out.text(`<text class="heading" x="${MARGIN}" y="30">`);
  out.text(`${escapeXml(clipEnd(printable(moduleName(profile)), 80))}</text>\n`);
  out.text(`<text class="facts" x="${MARGIN}" y="51">${escapeXml(facts.join("  ·  "))}</text>\n`);
  out.text(`<text class="detail" x="${MARGIN}" y="71" data-help="${help}">${hint}</text></g>\n`);
}

function writeBoxes(out: TextSink, profile: Profile, layout: FlameLayout, top: number): void {
  const { total } = layout;
  const type = profile.valueTypes[profile.primary]!;
  const scale = (WIDTH - 2 * MARGIN) / (total || 1);
  const all: Placed = { x: MARGIN, y: top, width: WIDTH - 2 * MARGIN, value: total };
  writeBox(out, all, ["all", formatValue(total, type)], "#d5d8df");
  for (const box of layout.boxes) {
    const { name } = profile.frames[profile.nodeFrames[box.node]!]!;
    const placed: Placed = {
      x: MARGIN + box.start * scale,
      y: top + (box.level + 1) * ROW,
      width: box.value * scale,
      value: box.value,
    };
    writeBox(out, placed, describeBox(profile, box, total), boxColour(name));
  }
}

/** Returns what the tooltip says, the name in its first line. */
function describeBox(profile: Profile, { node, value }: Box, total: number): string[] {
  const { valueTypes, primary, selfValues } = profile;
  const { name, funcIndex, file, line } = profile.frames[profile.nodeFrames[node]!]!;
  const self = selfValues[primary]![node]!;
  const place = [
    ...(funcIndex === undefined ? [] : [`function ${funcIndex}`]),
    ...(file === undefined ? [] : [line === undefined ? file : `${file}:${line}`]),
  ];
  const others = valueTypes.flatMap((type, column) =>
    column === primary ? [] : [formatValue(selfValues[column]![node]!, type)],
  );
  return [
    printable(name) || "(no name)",
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
