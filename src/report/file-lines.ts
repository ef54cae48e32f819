import type { LineTotal, Profile } from "../profile/index.ts";
import { lineTotals, printable, totalValues } from "../profile/index.ts";
import type { FileLines, LinesReport, SourcePart } from "./report-data.ts";

/** Lines of text shown around a line that has a value. */
const CONTEXT = 12;
/** Characters of source text in one page. */
const TEXT_LIMIT = 2 ** 21;

/** The lines for a page, and in how many files the text found no room. */
export interface PageLines {
  readonly report: LinesReport;
  readonly filesWithoutRoom: number;
}

/** Lists the lines of each file, with the text around them; undefined when no frame has a line. */
export function fileLines(
  profile: Profile,
  sources: ReadonlyMap<string, string> = new Map(),
): PageLines | undefined {
  const byFile = new Map<string, LineTotal[]>();
  for (const line of lineTotals(profile)) {
    const list = byFile.get(line.file) ?? [];
    byFile.set(line.file, list);
    list.push(line);
  }
  if (byFile.size === 0) return undefined;
  let room = TEXT_LIMIT;
  let filesWithoutRoom = 0;
  const files = [...byFile].toSorted(byCost).map(([name, lines]): FileLines => {
    lines.sort((a, b) => a.line - b.line);
    const text = sources.get(name);
    const source = text === undefined ? undefined : partsOf(text, lines);
    const size = source?.flatMap((part) => part.lines).join("\n").length ?? 0;
    if (size > room) filesWithoutRoom++;
    const fits = source !== undefined && size <= room;
    if (fits) room -= size;
    return {
      name: printable(name),
      lines: lines.map(({ line }) => line),
      self: lines.map(({ self }) => self),
      total: lines.map(({ total }) => total),
      ...(fits && { source }),
    };
  });
  const type = profile.valueTypes[profile.primary]!;
  const report = { type, sum: totalValues(profile)[profile.primary]!, files };
  return { report, filesWithoutRoom };
}

type Entry = readonly [name: string, lines: readonly LineTotal[]];

function byCost([a, linesOfA]: Entry, [b, linesOfB]: Entry): number {
  const cost = (lines: readonly LineTotal[]): number =>
    lines.reduce((sum, { self }) => sum + self, 0);
  return cost(linesOfB) - cost(linesOfA) || (a < b ? -1 : 1);
}

/** Cuts out of a text the surroundings of its lines. */
function partsOf(text: string, lines: readonly LineTotal[]): SourcePart[] {
  const all = text.split(/\r\n|\n|\r/);
  const parts: { first: number; end: number }[] = [];
  for (const { line } of lines) {
    const first = Math.max(1, line - CONTEXT);
    const end = Math.min(all.length + 1, line + CONTEXT + 1);
    const last = parts.at(-1);
    if (last !== undefined && first <= last.end) last.end = Math.max(last.end, end);
    else if (first < end) parts.push({ first, end });
  }
  return parts.map(({ first, end }) => ({
    first,
    // Tabs stay what they are; the page has a width for them.
    lines: all.slice(first - 1, end - 1).map((line) => line.split("\t").map(printable).join("\t")),
  }));
}
