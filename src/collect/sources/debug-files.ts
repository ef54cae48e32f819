import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Refusal } from "../../instrument/index.ts";
import { debugLinks, hasDwarf, scanSections } from "../../symbols/index.ts";
import type { DebugFiles } from "../../symbols/index.ts";
import { sha256 } from "../../sys/index.ts";
import { findSection, magic, sectionId } from "../../wasm/index.ts";
import type { Module, Section } from "../../wasm/index.ts";

/** The debugging data that lies outside of a module, and a sentence for each part that cannot be had. */
export interface FoundDebugFiles {
  readonly files: DebugFiles;
  readonly notes: readonly string[];
}

/** Where to look: a path of the module, from which its links lead, and a file that the user names. */
export interface DebugFilesOptions {
  /** Path of the module; without one links lead from the working directory. */
  readonly modulePath?: string;
  /** A Wasm file with DWARF, or a source map; any other file (a symbol map) is left alone. */
  readonly symbols?: string;
}

/**
 * Finds the debugging data of a module in other files: what the user names, else what the module links to,
 * in local files and `data:` URLs; the network is never asked. Throws a `Refusal` when the file that the
 * user names is of another module, and the file system's errors when it cannot be read.
 */
export function findDebugFiles(module: Module, options: DebugFilesOptions = {}): FoundDebugFiles {
  const named = options.symbols === undefined ? {} : readNamed(module, options.symbols);
  if (named.companion !== undefined || named.sourceMap !== undefined) {
    return { files: named, notes: [] };
  }
  const notes: string[] = [];
  const folder = options.modulePath === undefined ? "." : dirname(options.modulePath);
  const links = debugLinks(module);
  const companion = follow(links.externalDebugInfo, folder, notes, (bytes, url) =>
    usableCompanion(module, bytes, url, notes),
  );
  const sourceMap = follow(links.sourceMappingURL, folder, notes, toText);
  const files = {
    ...(companion !== undefined && { companion }),
    ...(sourceMap !== undefined && { sourceMap }),
  };
  // What is inside of the module is enough.
  return { files, notes: hasDwarf(module.bytes, module.sections) ? [] : notes };
}

function readNamed(module: Module, path: string): DebugFiles {
  const bytes = readFileSync(path);
  if (magic.every((byte, nth) => bytes[nth] === byte)) {
    const fault = companionFault(module, bytes);
    if (fault !== undefined) throw new Refusal(`${path}: ${fault}`);
    return { companion: bytes };
  }
  const text = toText(bytes);
  // Lines of a symbol map begin with a number.
  return /^(?:\)\]\}'.*\n)?\s*\{/.test(text) ? { sourceMap: text } : {};
}

function usableCompanion(
  module: Module,
  bytes: Uint8Array,
  url: string,
  notes: string[],
): Uint8Array | undefined {
  const fault = companionFault(module, bytes);
  if (fault === undefined) return bytes;
  notes.push(`${shown(url)}: ${fault}`);
  return undefined;
}

/** Says why a file is not the module's companion, or undefined where nothing speaks against it. */
function companionFault(module: Module, bytes: Uint8Array): string | undefined {
  const sections = scanSections(bytes);
  if (!hasDwarf(bytes, sections)) return "holds no DWARF";
  const ownId = content(module.bytes, customSection(module.sections, "build_id"));
  const otherId = content(bytes, customSection(sections, "build_id"));
  if (ownId && otherId && Buffer.compare(ownId, otherId) !== 0) {
    return `is of another module: its build_id is ${hex(otherId)}, the module's ${hex(ownId)}`;
  }
  const own = content(module.bytes, findSection(module, sectionId.code));
  // Some tools keep nothing but the debugging data.
  const other = content(
    bytes,
    sections.find(({ id }) => id === sectionId.code),
  );
  if (own === undefined || other === undefined) return undefined;
  if (own.length !== other.length) {
    return `is of another module: its code section has ${other.length} bytes, the module's ${own.length}`;
  }
  if (Buffer.compare(own, other) === 0) return undefined;
  const digest = (part: Uint8Array): string => sha256(part).slice(0, 12);
  return `is of another module: its code section has the SHA-256 ${digest(other)}…, the module's ${digest(own)}…`;
}

function customSection(sections: readonly Section[], name: string): Section | undefined {
  return sections.find(({ customName }) => customName === name);
}

function content(bytes: Uint8Array, section: Section | undefined): Uint8Array | undefined {
  return section && bytes.subarray(section.contentStart, section.end);
}

/** `build_id` has its length in front, which says nothing. */
function hex(id: Uint8Array): string {
  return Buffer.from(id.subarray(1)).toString("hex");
}

function toText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Reads what a link leads to and gives it to `use`; says in `notes` why nothing can be read. */
function follow<T>(
  url: string | undefined,
  folder: string,
  notes: string[],
  use: (bytes: Uint8Array, url: string) => T | undefined,
): T | undefined {
  if (url === undefined) return undefined;
  try {
    return use(readLink(url, folder), url);
  } catch (error) {
    notes.push(`${shown(url)}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function readLink(url: string, folder: string): Uint8Array {
  if (/^data:/i.test(url)) return readDataUrl(url);
  if (/^(?:https?|wss?|ftp):/i.test(url) || url.startsWith("//")) {
    throw new Error("is on the network: fetch it and name it with --symbols");
  }
  const path = /^file:/i.test(url) ? fileURLToPath(url) : resolve(folder, localPath(url, folder));
  // A link must not make us read a device or a pipe without end.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new Error("no such file (the module links to it; --symbols names another)");
  }
  return readFileSync(path);
}

/** A link is a URL, but tools write paths without escaping them. */
function localPath(url: string, folder: string): string {
  if (statSync(resolve(folder, url), { throwIfNoEntry: false }) !== undefined) return url;
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

function readDataUrl(url: string): Uint8Array {
  const comma = url.indexOf(",");
  if (comma < 0) throw new Error("a data: URL without data");
  const base64 = /;base64$/i.test(url.slice(0, comma));
  const data = decodeURIComponent(url.slice(comma + 1));
  return Buffer.from(data, base64 ? "base64" : "utf8");
}

/** Names a link in a note: those that hold the data are long. */
function shown(url: string): string {
  return url.length > 80 ? `${url.slice(0, 79)}…` : url;
}
