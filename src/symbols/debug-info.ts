import { Cursor, DecodeError } from "../bytes/index.ts";
import { customSections, findSection, sectionId } from "../wasm/index.ts";
import type { Module } from "../wasm/index.ts";
import { findDebugSections } from "./dwarf/debug-sections.ts";
import { DwarfInfo } from "./dwarf/dwarf-info.ts";
import { Notes } from "./notes.ts";
import { scanSections } from "./scan-sections.ts";
import { readSourceMap } from "./source-map.ts";

/** A place in the sources, and the function that it is in; what is not known is left out. */
export interface SourceFrame {
  /** The function's name as its programmer wrote it. */
  readonly name?: string;
  /** The function's name as the linker knows it. */
  readonly mangledName?: string;
  readonly file?: string;
  /** From 1 on; left out for code that the compiler added without a line. */
  readonly line?: number;
  /** The compiler gave this code no line: this is one next to it in the same function. */
  readonly approximate?: true;
  /** From 1 on. */
  readonly column?: number;
}

/** Tells where in the sources code comes from. */
export interface DebugInfo {
  /**
   * Gives the frames at an offset in the original file, the innermost inlined one first; empty where nothing
   * is known. The last is the function itself. Equal answers may be the same array.
   */
  framesAt(offset: number): readonly SourceFrame[];
  /** What kind of data it came from. */
  readonly kind: "dwarf" | "source-map";
  /** What could not be read, one sentence each (broken or truncated data never throw); it grows while asking. */
  readonly notes: readonly string[];
}

/** Debugging data that lies outside of the module. */
export interface DebugFiles {
  /** A separate Wasm file with the DWARF (`external_debug_info` or --symbols). */
  readonly companion?: Uint8Array;
  /** Text of a source map. */
  readonly sourceMap?: string;
}

/**
 * Opens the debugging data of a module: the companion's DWARF, else its own, else the source map; undefined
 * where there is none. Little is read before it is asked for. Never throws on broken data.
 */
export function openDebugInfo(module: Module, files: DebugFiles = {}): DebugInfo | undefined {
  const code = findSection(module, sectionId.code);
  if (code === undefined) return undefined;
  const notes = new Notes();
  const sections =
    (files.companion && findDebugSections(files.companion, scanSections(files.companion))) ??
    findDebugSections(module.bytes, module.sections);
  if (sections !== undefined) {
    return new DwarfInfo(sections, code.contentStart, code.end - code.contentStart, notes);
  }
  return files.sourceMap === undefined ? undefined : readSourceMap(files.sourceMap, module, notes);
}

/** Gives the URLs in the module: where its debug data lies outside of it. Of several the last one counts. */
export function debugLinks(module: Module): {
  readonly externalDebugInfo?: string;
  readonly sourceMappingURL?: string;
} {
  const externalDebugInfo = readLink(module, "external_debug_info");
  const sourceMappingURL = readLink(module, "sourceMappingURL");
  return {
    ...(externalDebugInfo !== undefined && { externalDebugInfo }),
    ...(sourceMappingURL !== undefined && { sourceMappingURL }),
  };
}

function readLink(module: Module, name: string): string | undefined {
  const section = customSections(module, name).at(-1);
  if (section === undefined) return undefined;
  try {
    return new Cursor(module.bytes, section.contentStart, section.end).name();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
