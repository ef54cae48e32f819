import { Cursor, DecodeError, Sink } from "../bytes/index.ts";
import { customSections } from "./module.ts";
import type { Module, Section } from "./module.ts";

/** Ids of the name section's parts that are keyed by function indices. */
const functionNamesId = 1;
const localNamesId = 2;
const labelNamesId = 3;
const globalNamesId = 7;

/** What the name section says; a broken section counts as far as it can be read. */
export interface Names {
  readonly module: string | undefined;
  /** Function names by function index. */
  readonly functions: ReadonlyMap<number, string>;
}

/** Reads the name section (the appendix "Custom Sections" of the specification). */
export function readNames(module: Module): Names {
  const functions = new Map<number, string>();
  let moduleName: string | undefined;
  const section = customSections(module, "name")[0];
  if (section !== undefined) {
    tolerate(() => {
      forEachPart(module.bytes, section, (id, cursor) => {
        if (id === 0) moduleName = cursor.name();
        if (id === functionNamesId) {
          for (let left = cursor.count(2); left > 0; left--) {
            const index = cursor.u32();
            functions.set(index, lossyName(cursor));
          }
        }
      });
    });
  }
  return { module: moduleName, functions };
}

/** Names of variables: of locals by function and number, and of globals. */
export interface VariableNames {
  readonly locals: ReadonlyMap<number, ReadonlyMap<number, string>>;
  readonly globals: ReadonlyMap<number, string>;
}

/** Reads the names of variables from the name section, as far as it has any. */
export function readVariableNames(module: Module): VariableNames {
  const locals = new Map<number, ReadonlyMap<number, string>>();
  let globals = new Map<number, string>();
  const section = customSections(module, "name")[0];
  if (section === undefined) return { locals, globals };
  tolerate(() => {
    forEachPart(module.bytes, section, (id, cursor) => {
      if (id === globalNamesId) globals = readNameMap(cursor);
      if (id !== localNamesId) return;
      for (let left = cursor.count(2); left > 0; left--)
        locals.set(cursor.u32(), readNameMap(cursor));
    });
  });
  return { locals, globals };
}

function readNameMap(cursor: Cursor): Map<number, string> {
  const names = new Map<number, string>();
  for (let left = cursor.count(2); left > 0; left--) names.set(cursor.u32(), lossyName(cursor));
  return names;
}

// Names come from many tools: bytes that are no UTF-8 shall not hide the names behind them.
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

function lossyName(cursor: Cursor): string {
  const length = cursor.u32();
  const start = cursor.skip(length);
  return lenient.decode(cursor.bytes.subarray(start, start + length));
}

function tolerate(read: () => void): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

function forEachPart(
  bytes: Uint8Array,
  section: Section,
  visit: (id: number, cursor: Cursor) => void,
): void {
  const cursor = new Cursor(bytes, section.contentStart, section.end);
  while (!cursor.done) {
    const id = cursor.byte();
    const size = cursor.u32();
    const start = cursor.skip(size);
    visit(id, new Cursor(bytes, start, start + size));
  }
}

/** What happens to the name section when functions are added or renumbered. */
export interface NameChanges {
  /** Gives the new index of an original function. */
  readonly renumber: (index: number) => number;
  /** Names of new functions by their new indices. */
  readonly added: ReadonlyMap<number, string>;
}

/**
 * Rewrites the content of the name section. A section that cannot be read is returned as it is: custom
 * sections never make a module invalid.
 */
export function rewriteNames(
  bytes: Uint8Array,
  section: Section,
  changes: NameChanges,
): Uint8Array {
  const sink = new Sink(section.end - section.contentStart + 1024);
  const readable = tolerate(() => {
    forEachPart(bytes, section, (id, cursor) => {
      sink.byte(id);
      const start = sink.length;
      if (id === functionNamesId) writeFunctionNames(sink, cursor, changes);
      else if (id === localNamesId || id === labelNamesId) renumberMap(sink, cursor, changes);
      else sink.bytes(bytes, cursor.position, cursor.end);
      sink.prefixLength(start);
    });
  });
  return readable ? sink.take() : bytes.subarray(section.contentStart, section.end);
}

function writeFunctionNames(sink: Sink, cursor: Cursor, { renumber, added }: NameChanges): void {
  const { bytes } = cursor;
  const rest = [...added].toSorted(([left], [right]) => left - right);
  const count = cursor.count(2);
  sink.u32(count + rest.length);
  const writeAddedBelow = (limit: number): void => {
    while (rest.length > 0 && rest[0]![0] < limit) {
      const [index, name] = rest.shift()!;
      sink.u32(index);
      sink.name(name);
    }
  };
  for (let left = count; left > 0; left--) {
    const index = renumber(cursor.u32());
    writeAddedBelow(index);
    sink.u32(index);
    const nameStart = cursor.position;
    cursor.skip(cursor.u32());
    sink.bytes(bytes, nameStart, cursor.position);
  }
  writeAddedBelow(Infinity);
}

/** Renumbers the outer keys of a map from functions to maps (of locals or labels). */
function renumberMap(sink: Sink, cursor: Cursor, { renumber }: NameChanges): void {
  const count = cursor.count(2);
  sink.u32(count);
  for (let left = count; left > 0; left--) {
    sink.u32(renumber(cursor.u32()));
    const start = cursor.position;
    for (let inner = cursor.count(2); inner > 0; inner--) {
      cursor.u32();
      cursor.skip(cursor.u32());
    }
    sink.bytes(cursor.bytes, start, cursor.position);
  }
}
