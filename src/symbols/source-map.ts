import type { Module } from "../wasm/index.ts";
import type { DebugInfo, SourceFrame } from "./debug-info.ts";
import { lastAtMost } from "./dwarf/intervals.ts";
import type { Notes } from "./notes.ts";
import { Mappings } from "./source-map-mappings.ts";

/**
 * Reads a source map of a module, in which columns are offsets in the file; index maps, too. What is no
 * source map knows nothing and says so in `notes`.
 */
export function readSourceMap(text: string, module: Module, notes: Notes): DebugInfo {
  const mappings = new Mappings(notes);
  try {
    // The prefix keeps browsers from running a map as a script.
    const map: unknown = JSON.parse(text.replace(/^\)\]\}'[^\n]*/, ""));
    addMap(map, 0, mappings, notes);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    notes.add("The source map is no JSON.");
  }
  return new SourceMapInfo(mappings, module, notes);
}

/** Adds a map whose columns count from `base`. */
function addMap(map: unknown, base: number, mappings: Mappings, notes: Notes): void {
  const { sections } = object(map);
  if (!Array.isArray(sections)) {
    addPlainMap(object(map), base, mappings, notes);
    return;
  }
  for (const section of sections) {
    const { offset, map: inside } = object(section);
    const { line, column } = object(offset);
    if (object(inside)["sections"] !== undefined)
      notes.add("A source map has sections in sections.");
    else if (line === 0 && typeof column === "number") {
      addPlainMap(object(inside), column, mappings, notes);
    }
  }
}

function addPlainMap(
  map: Record<string, unknown>,
  base: number,
  mappings: Mappings,
  notes: Notes,
): void {
  const { mappings: text, sourceRoot } = map;
  if (typeof text !== "string") {
    notes.add("The source map has no mappings.");
    return;
  }
  const root = typeof sourceRoot === "string" ? sourceRoot : "";
  const sources = texts(map["sources"]).map((source) => source && joinRoot(root, source));
  mappings.add(text, base, sources, texts(map["names"]));
}

function joinRoot(root: string, source: string): string {
  return root === "" || root.endsWith("/") ? root + source : `${root}/${source}`;
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function texts(value: unknown): (string | undefined)[] {
  if (!Array.isArray(value)) return [];
  return value.map((item) => (typeof item === "string" ? item : undefined));
}

class SourceMapInfo implements DebugInfo {
  readonly kind = "source-map";
  readonly #mappings: Mappings;
  readonly #module: Module;
  readonly #notes: Notes;
  readonly #known = new Map<number, readonly SourceFrame[]>();

  constructor(mappings: Mappings, module: Module, notes: Notes) {
    this.#mappings = mappings;
    this.#module = module;
    this.#notes = notes;
    mappings.sort();
  }

  get notes(): readonly string[] {
    return this.#notes.list;
  }

  framesAt(offset: number): readonly SourceFrame[] {
    const nth = this.#mappings.find(offset);
    // A mapping holds until the next one, but not in another function than where it begins.
    if (nth < 0 || this.#mappings.offset(nth) < this.#bodyStart(offset)) return [];
    const known = this.#known.get(nth);
    if (known !== undefined) return known;
    const frame = this.#mappings.frame(nth);
    const frames = frame === undefined ? [] : [frame];
    this.#known.set(nth, frames);
    return frames;
  }

  /** Gives where the body begins that holds an offset, Infinity outside of the code. */
  #bodyStart(offset: number): number {
    const { entryStart, end } = this.#module.bodies;
    const nth = lastAtMost(entryStart, offset, 0, entryStart.length);
    return nth >= 0 && offset < end[nth]! ? entryStart[nth]! : Infinity;
  }
}
