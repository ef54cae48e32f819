import { DecodeError } from "../../bytes/index.ts";
import type { Section } from "../../wasm/index.ts";
import { ByteReader } from "./byte-reader.ts";

const sectionNames = {
  info: ".debug_info",
  abbrev: ".debug_abbrev",
  line: ".debug_line",
  lineStr: ".debug_line_str",
  str: ".debug_str",
  strOffsets: ".debug_str_offsets",
  addr: ".debug_addr",
  ranges: ".debug_ranges",
  rnglists: ".debug_rnglists",
} as const;

/** Where a part of the debugging data lies in `bytes`; a part that the file lacks is empty. */
export interface DebugSection {
  readonly start: number;
  readonly end: number;
}

/** The custom sections of a file that DWARF is spread over. */
export interface DebugSections extends Record<keyof typeof sectionNames, DebugSection> {
  readonly bytes: Uint8Array;
}

/** Finds the DWARF of a file, or undefined where there is none. */
export function findDebugSections(
  bytes: Uint8Array,
  sections: readonly Section[],
): DebugSections | undefined {
  const find = (name: string): DebugSection => {
    const found = sections.find((section) => section.customName === name);
    return { start: found?.contentStart ?? 0, end: found?.end ?? 0 };
  };
  const found = Object.fromEntries(
    Object.entries(sectionNames).map(([key, name]) => [key, find(name)]),
  ) as Record<keyof typeof sectionNames, DebugSection>;
  const usable = found.info.end > found.info.start && found.abbrev.end > found.abbrev.start;
  return usable ? { bytes, ...found } : undefined;
}

/** Gives a reader that stands `offset` bytes behind the start of a section. Throws a `DecodeError` outside. */
export function readerAt(bytes: Uint8Array, section: DebugSection, offset: number): ByteReader {
  const position = section.start + offset;
  if (!(position <= section.end)) throw new DecodeError("an offset past the section", section.end);
  return new ByteReader(bytes, position, section.end);
}

/** Says whether a file holds DWARF. */
export function hasDwarf(bytes: Uint8Array, sections: readonly Section[]): boolean {
  return findDebugSections(bytes, sections) !== undefined;
}
