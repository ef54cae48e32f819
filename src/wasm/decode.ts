import { Cursor, DecodeError } from "../bytes/index.ts";
import { InstructionReader } from "./instruction-reader.ts";
import { sectionId, sectionNames, externalKinds } from "./module.ts";
import type { Export, ExternalKind, Import, Module, Section } from "./module.ts";
import { readGlobalType, readLimits, readRecType, readRefType } from "./types.ts";
import type { DefinedType, GlobalType, Limits } from "./types.ts";

/** The four bytes that every Wasm file starts with. */
export const magic: Uint8Array = Uint8Array.of(0x00, 0x61, 0x73, 0x6d);

// The order that the specification demands; a section may be left out, none may come twice.
const sectionOrder = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

const tableFlags = 0b0101;
const memoryFlags = 0b1111;

/** Decodes a core module. Throws a `DecodeError` with the place of the first fault. */
export function decodeModule(bytes: Uint8Array): Module {
  const cursor = new Cursor(bytes);
  for (const byte of magic) {
    if (cursor.done || cursor.byte() !== byte) cursor.fail("magic header not detected", 0);
  }
  const version = cursor.position;
  for (const byte of [1, 0, 0, 0]) {
    if (cursor.done || cursor.byte() !== byte) cursor.fail("unknown binary version", version);
  }
  return new ModuleDecoder(bytes).decode(cursor);
}

class ModuleDecoder {
  readonly #bytes: Uint8Array;
  readonly #reader: InstructionReader;
  readonly #sections: Section[] = [];
  readonly #types: DefinedType[] = [];
  readonly #imports: Import[] = [];
  readonly #functions: number[] = [];
  readonly #tables: Limits[] = [];
  readonly #memories: Limits[] = [];
  readonly #globals: GlobalType[] = [];
  readonly #tags: number[] = [];
  readonly #exports: Export[] = [];
  readonly #references: number[] = [];
  readonly #inElements: number[] = [];
  readonly #inExpressions: number[] = [];
  #start: number | undefined;
  #dataCount: number | undefined;
  #dataSegments = 0;
  #extendedConstants = false;
  #bodies = {
    entryStart: new Uint32Array(0),
    start: new Uint32Array(0),
    end: new Uint32Array(0),
  };

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#reader = new InstructionReader(bytes);
  }

  decode(cursor: Cursor): Module {
    let rank = -1;
    while (!cursor.done) {
      const section = readSectionHeader(cursor);
      if (section.id !== sectionId.custom) {
        const next = sectionOrder.indexOf(section.id);
        if (next < 0) cursor.fail(`malformed section id ${section.id}`, section.start);
        if (next <= rank)
          cursor.fail(`unexpected ${sectionNames[section.id]} section`, section.start);
        rank = next;
        this.#section(section);
      }
      this.#sections.push(section);
      cursor.position = section.end;
    }
    return this.#finish(cursor);
  }

  #finish(cursor: Cursor): Module {
    const count = (kind: ExternalKind): number =>
      this.#imports.reduce((sum, entry) => sum + (entry.kind === kind ? 1 : 0), 0);
    const importedFunctions = count("func");
    if (this.#functions.length - importedFunctions !== this.#bodies.start.length) {
      cursor.fail("function and code section have inconsistent lengths");
    }
    if (this.#dataCount !== undefined && this.#dataCount !== this.#dataSegments) {
      cursor.fail("data count and data section have inconsistent lengths");
    }
    return {
      bytes: this.#bytes,
      sections: this.#sections,
      types: this.#types,
      imports: this.#imports,
      functions: new Uint32Array(this.#functions),
      importedFunctions,
      tables: this.#tables,
      importedTables: count("table"),
      memories: this.#memories,
      importedMemories: count("memory"),
      globals: this.#globals,
      importedGlobals: count("global"),
      tags: this.#tags,
      exports: this.#exports,
      hasDataCount: this.#dataCount !== undefined,
      extendedConstants: this.#extendedConstants,
      start: this.#start,
      bodies: this.#bodies,
      functionReferences: this.#references,
      elementFunctions: this.#inElements,
      expressionFunctions: this.#inExpressions,
    };
  }

  #section(section: Section): void {
    const cursor = new Cursor(this.#bytes, section.contentStart, section.end);
    let item = -1;
    const each = (read: (cursor: Cursor) => void): void => {
      const count = cursor.count();
      for (item = 0; item < count; item++) read(cursor);
      item = -1;
    };
    try {
      switch (section.id) {
        case sectionId.type:
          each((at) => readRecType(at, this.#types));
          break;
        case sectionId.import:
          each((at) => this.#import(at));
          break;
        case sectionId.function:
          each((at) => this.#functions.push(at.u32()));
          break;
        case sectionId.table:
          each((at) => this.#table(at));
          break;
        case sectionId.memory:
          each((at) => this.#memories.push(readLimits(at, memoryFlags)));
          break;
        case sectionId.tag:
          each((at) => this.#tags.push(readTag(at)));
          break;
        case sectionId.global:
          each((at) => {
            this.#globals.push(readGlobalType(at));
            this.#constantExpression(at, this.#inExpressions);
          });
          break;
        case sectionId.export:
          each((at) => this.#export(at));
          break;
        case sectionId.start:
          this.#references.push(cursor.position);
          this.#start = cursor.u32();
          break;
        case sectionId.element:
          each((at) => this.#element(at));
          break;
        case sectionId.dataCount:
          this.#dataCount = cursor.u32();
          break;
        case sectionId.code:
          this.#code(cursor);
          break;
        case sectionId.data:
          each((at) => this.#data(at));
          break;
      }
      if (!cursor.done) cursor.fail("section size mismatch: bytes are left over");
    } catch (error) {
      const place = sectionNames[section.id]! + (item < 0 ? " section" : `[${item}]`);
      throw placed(place, error);
    }
  }

  #import(cursor: Cursor): void {
    const module = cursor.name();
    const name = cursor.name();
    const kind = readExternalKind(cursor);
    switch (kind) {
      case "func": {
        const typeIndex = cursor.u32();
        this.#functions.push(typeIndex);
        this.#imports.push({ module, name, kind, typeIndex });
        break;
      }
      case "table": {
        readRefType(cursor);
        const limits = readLimits(cursor, tableFlags);
        this.#tables.push(limits);
        this.#imports.push({ module, name, kind, limits });
        break;
      }
      case "memory": {
        const limits = readLimits(cursor, memoryFlags);
        this.#memories.push(limits);
        this.#imports.push({ module, name, kind, limits });
        break;
      }
      case "global": {
        const global = readGlobalType(cursor);
        this.#globals.push(global);
        this.#imports.push({ module, name, kind, global });
        break;
      }
      case "tag": {
        const typeIndex = readTag(cursor);
        this.#tags.push(typeIndex);
        this.#imports.push({ module, name, kind, typeIndex });
      }
    }
  }

  #table(cursor: Cursor): void {
    const withInitialiser = cursor.peek() === 0x40;
    if (withInitialiser) {
      cursor.skip(1);
      if (cursor.byte() !== 0) cursor.fail("malformed table", cursor.position - 1);
    }
    readRefType(cursor);
    this.#tables.push(readLimits(cursor, tableFlags));
    if (withInitialiser) this.#constantExpression(cursor, this.#inExpressions);
  }

  #export(cursor: Cursor): void {
    const name = cursor.name();
    const kind = readExternalKind(cursor);
    const at = cursor.position;
    const index = cursor.u32();
    if (kind === "func") this.#references.push(at);
    this.#exports.push({ name, kind, index });
  }

  /** https://webassembly.github.io/spec/core/binary/modules.html#element-section */
  #element(cursor: Cursor): void {
    const start = cursor.position;
    const flags = cursor.u32();
    if (flags > 7) cursor.fail("malformed elements segment kind", start);
    const passive = (flags & 1) !== 0;
    const explicit = (flags & 2) !== 0;
    const expressions = (flags & 4) !== 0;
    if (!passive) {
      if (explicit) cursor.u32();
      this.#constantExpression(cursor, this.#inElements);
    }
    if (passive || explicit) {
      if (expressions) readRefType(cursor);
      else if (cursor.byte() !== 0) cursor.fail("malformed element kind", cursor.position - 1);
    }
    for (let left = cursor.count(); left > 0; left--) {
      if (expressions) this.#constantExpression(cursor, this.#inElements);
      else this.#functionReference(cursor);
    }
  }

  #functionReference(cursor: Cursor): void {
    this.#references.push(cursor.position);
    this.#inElements.push(cursor.u32());
  }

  #data(cursor: Cursor): void {
    const start = cursor.position;
    const flags = cursor.u32();
    if (flags > 2) cursor.fail("malformed data segment kind", start);
    if (flags === 2) cursor.u32();
    if (flags !== 1) this.#constantExpression(cursor, this.#inExpressions);
    cursor.skip(cursor.u32());
    this.#dataSegments++;
  }

  /** Reads a constant expression; functions in it are appended to `named`. */
  #constantExpression(cursor: Cursor, named: number[]): void {
    const reader = this.#reader;
    reader.reset(cursor.position, cursor.end);
    do {
      reader.next();
      if (reader.code === 0xd2) {
        this.#references.push(reader.immediateStart);
        named.push(reader.index);
      }
      // Addition, subtraction and multiplication of i32 and i64.
      const plus = reader.code >= 0x7c ? reader.code - 0x7c : reader.code - 0x6a;
      if (plus >= 0 && plus <= 2) this.#extendedConstants = true;
    } while (reader.code !== 0x0b);
    cursor.position = reader.position;
  }

  #code(cursor: Cursor): void {
    const count = cursor.count(2);
    const entryStart = new Uint32Array(count);
    const start = new Uint32Array(count);
    const end = new Uint32Array(count);
    for (let index = 0; index < count; index++) {
      entryStart[index] = cursor.position;
      const size = cursor.u32();
      start[index] = cursor.position;
      if (size > cursor.end - cursor.position) {
        throw placed(`code[${index}]`, new DecodeError("unexpected end", cursor.position));
      }
      cursor.position += size;
      end[index] = cursor.position;
    }
    this.#bodies = { entryStart, start, end };
  }
}

/** Puts the place in front of a decoding error's text: `code[12]: unknown opcode … (at offset 0x…)`. */
export function placed(place: string, error: unknown): unknown {
  if (!(error instanceof DecodeError)) return error;
  return new DecodeError(`${place}: ${error.what}`, error.offset);
}

function readSectionHeader(cursor: Cursor): Section {
  const start = cursor.position;
  const id = cursor.byte();
  const size = cursor.u32();
  const contentStart = cursor.position;
  const end = contentStart + size;
  if (end > cursor.end) cursor.fail("unexpected end: the section is longer than the file", start);
  if (id !== sectionId.custom) return { id, customName: undefined, start, contentStart, end };
  const inside = new Cursor(cursor.bytes, contentStart, end);
  try {
    const customName = inside.name();
    return { id, customName, start, contentStart: inside.position, end };
  } catch (error) {
    throw placed("custom section", error);
  }
}

function readExternalKind(cursor: Cursor): ExternalKind {
  const start = cursor.position;
  const code = cursor.byte();
  return externalKinds[code] ?? cursor.fail(`malformed import or export kind ${code}`, start);
}

function readTag(cursor: Cursor): number {
  if (cursor.byte() !== 0) cursor.fail("malformed tag attribute", cursor.position - 1);
  return cursor.u32();
}
