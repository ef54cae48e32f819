import { Cursor, Sink } from "../bytes/index.ts";
import { sectionId, externalKinds } from "./module.ts";
import type { ExternalKind, Module, Section } from "./module.ts";
import { rewriteNames } from "./names.ts";

/** A function to append: its type and its body as `assembleBody` makes it. */
export interface NewFunction {
  readonly typeIndex: number;
  readonly body: Uint8Array;
  /** For the name section, if the module has one. */
  readonly name: string;
}

/** A function import to append; all defined functions move up by one for each. */
export interface NewImport {
  readonly module: string;
  readonly name: string;
  readonly typeIndex: number;
}

/** An export to append, with the index in the rewritten module. */
export interface NewExport {
  readonly name: string;
  readonly kind: ExternalKind;
  readonly index: number;
}

/** What is appended to the sections of a module. */
export interface ModuleAdditions {
  /** Encoded types; their indices follow the module's own. */
  readonly types?: readonly Uint8Array[];
  readonly functions?: readonly NewFunction[];
  /** Encoded memory types. */
  readonly memories?: readonly Uint8Array[];
  /** An encoded type in place of the first defined memory's. */
  readonly firstMemory?: Uint8Array;
  /** Encoded globals (type, mutability, initial value), one after the other. */
  readonly globals?: Uint8Array;
  readonly globalCount?: number;
  readonly exports?: readonly NewExport[];
  /** Encoded element segments. */
  readonly elements?: readonly Uint8Array[];
}

/** What a rewrite changes; everything that is not named is copied byte by byte. */
export interface ModuleChanges {
  readonly imports?: readonly NewImport[];
  /** Called once, after the bodies were rewritten: how much is added may depend on them. */
  readonly additions?: () => ModuleAdditions;
  /**
   * Redirects a reference to a function outside the code. Gives an index of the rewritten module, or
   * undefined to keep the function.
   */
  readonly redirect?: (reference: FunctionReference) => number | undefined;
  /**
   * Appends the new content of a body (locals, instructions, `end`) and returns true, or returns false
   * to have it copied. `defined` counts defined functions from zero.
   */
  readonly body?: (defined: number, sink: Sink) => boolean;
  /** Leaves out the start section: the host calls the function when it is ready. */
  readonly dropStart?: boolean;
  /** Says which custom sections are left out. */
  readonly dropCustom?: (name: string) => boolean;
  /** Told after each body, for progress. */
  readonly onBody?: (done: number, total: number) => void;
}

/** A place outside the code that names a function. */
export interface FunctionReference {
  /** Function index in the original module. */
  readonly index: number;
  readonly place: "export" | "element" | "start" | "expression";
}

/** Gives the index that an original function has after `imports` were added. */
export function renumbered(module: Module, changes: ModuleChanges, index: number): number {
  return index < module.importedFunctions ? index : index + (changes.imports?.length ?? 0);
}

/** Gives the index in the rewritten module of the `nth` appended function. */
export function newFunctionIndex(module: Module, changes: ModuleChanges, nth: number): number {
  return module.functions.length + (changes.imports?.length ?? 0) + nth;
}

/**
 * Rewrites a module. Without changes the result is equal byte by byte; sections and bodies without
 * changes are copied. The result may be a view of a larger buffer whose rest was never touched: the module
 * is put together in place, so that input and output are all that is held.
 */
export function rewriteModule(module: Module, changes: ModuleChanges): Uint8Array {
  return new Rewriter(module, changes).run();
}

const insertable: readonly number[] = [
  sectionId.type,
  sectionId.import,
  sectionId.function,
  sectionId.memory,
  sectionId.global,
  sectionId.export,
  sectionId.element,
  sectionId.code,
];
const rankOf: Record<number, number> = Object.fromEntries(
  [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11].map((id, rank) => [id, rank]),
);

class Rewriter {
  readonly #module: Module;
  readonly #changes: ModuleChanges;
  readonly #pieces: Uint8Array[] = [];
  #additions: ModuleAdditions = {};
  /** The rewritten bodies, in a buffer that has room for the rest of the module around them. */
  #bodies: Uint8Array | undefined;
  #nextReference = 0;

  constructor(module: Module, changes: ModuleChanges) {
    this.#module = module;
    this.#changes = changes;
  }

  run(): Uint8Array {
    const { bytes, sections } = this.#module;
    this.#bodies = this.#rewriteBodies();
    this.#additions = this.#changes.additions?.() ?? {};
    this.#pieces.push(bytes.subarray(0, 8));
    const missing = insertable.filter((id) => !sections.some((section) => section.id === id));
    for (const section of sections) {
      while (missing.length > 0 && section.id !== 0 && rankOf[missing[0]!]! < rankOf[section.id]!) {
        this.#write(missing.shift()!, undefined);
      }
      this.#write(section.id, section);
    }
    // Custom sections at the end stay behind what is added: tools look for names there.
    for (const id of missing) this.#write(id, undefined);
    return this.#assemble();
  }

  /** Puts the pieces around the bodies where they lie, if there is room, and joins all otherwise. */
  #assemble(): Uint8Array {
    const bodies = this.#bodies;
    const at = bodies === undefined ? -1 : this.#pieces.indexOf(bodies);
    if (bodies === undefined || at < 0) return concatenate(this.#pieces);
    const front = this.#pieces.slice(0, at);
    const back = this.#pieces.slice(at + 1);
    const start = bodies.byteOffset - totalLength(front);
    const end = bodies.byteOffset + bodies.length;
    const buffer = new Uint8Array(bodies.buffer);
    if (start < 0 || end + totalLength(back) > buffer.length) return concatenate(this.#pieces);
    place(buffer, start, front);
    return buffer.subarray(start, place(buffer, end, back));
  }

  #write(id: number, section: Section | undefined): void {
    const content = this.#content(id, section);
    if (content === "copy") {
      if (section !== undefined) {
        this.#pieces.push(this.#module.bytes.subarray(section.start, section.end));
      }
    } else if (content !== "drop") {
      const size = totalLength(content);
      this.#pieces.push(this.#header(id, size, section), ...content);
    }
  }

  /** Writes id and size; a size that has not changed keeps its (perhaps over-long) form. */
  #header(id: number, size: number, section: Section | undefined): Uint8Array {
    if (section !== undefined) {
      const cursor = new Cursor(this.#module.bytes, section.start + 1);
      if (cursor.u32() === size) return cursor.bytes.subarray(section.start, cursor.position);
    }
    return encoded((sink) => {
      sink.byte(id);
      sink.u32(size);
    });
  }

  #content(id: number, section: Section | undefined): Uint8Array[] | "copy" | "drop" {
    const { imports } = this.#changes;
    const { types, functions, memories, globals, globalCount, exports } = this.#additions;
    switch (id) {
      case sectionId.custom:
        return this.#custom(section!);
      case sectionId.type:
        return this.#append(section, types);
      case sectionId.import:
        return this.#append(section, imports?.map(encodeImport));
      case sectionId.function:
        return this.#append(
          section,
          functions?.map(({ typeIndex }) => encoded((sink) => sink.u32(typeIndex))),
        );
      case sectionId.memory:
        return this.#memory(section, memories);
      case sectionId.global:
        return this.#withReferences(section, globals, globalCount ?? 0);
      case sectionId.export: {
        const added = exports?.map(encodeExport) ?? [];
        return this.#withReferences(section, concatenate(added), added.length);
      }
      case sectionId.table:
        return this.#withReferences(section, undefined, 0);
      case sectionId.element: {
        const added = this.#additions.elements ?? [];
        return this.#withReferences(section, concatenate(added), added.length);
      }
      case sectionId.start:
        return this.#startSection(section!);
      case sectionId.code:
        return this.#code(section);
      default:
        return "copy";
    }
  }

  #custom(section: Section): Uint8Array[] | "copy" | "drop" {
    const { bytes } = this.#module;
    const name = section.customName!;
    const { dropCustom, imports = [] } = this.#changes;
    const { functions = [] } = this.#additions;
    if (dropCustom?.(name) === true) return "drop";
    if (name !== "name" || functions.length + imports.length === 0) return "copy";
    const added = new Map<number, string>();
    for (const [nth, entry] of imports.entries()) {
      added.set(this.#module.importedFunctions + nth, `${entry.module}.${entry.name}`);
    }
    for (const [nth, entry] of functions.entries()) {
      added.set(newFunctionIndex(this.#module, this.#changes, nth), entry.name);
    }
    const renumber = (index: number): number => renumbered(this.#module, this.#changes, index);
    return [encoded((sink) => sink.name(name)), rewriteNames(bytes, section, { renumber, added })];
  }

  /** Appends entries to a vector section. */
  #append(section: Section | undefined, added: readonly Uint8Array[] = []): Uint8Array[] | "copy" {
    if (added.length === 0) return "copy";
    const { count, rest } = this.#vector(section);
    return [encoded((sink) => sink.u32(count + added.length)), rest, ...added];
  }

  #vector(section: Section | undefined): {
    count: number;
    countBytes: Uint8Array;
    rest: Uint8Array;
  } {
    const nothing = new Uint8Array(0);
    if (section === undefined) return { count: 0, countBytes: nothing, rest: nothing };
    const cursor = new Cursor(this.#module.bytes, section.contentStart, section.end);
    const count = cursor.u32();
    const countBytes = cursor.bytes.subarray(section.contentStart, cursor.position);
    return { count, countBytes, rest: cursor.bytes.subarray(cursor.position, section.end) };
  }

  #memory(section: Section | undefined, added: readonly Uint8Array[] = []): Uint8Array[] | "copy" {
    const { firstMemory } = this.#additions;
    if (firstMemory === undefined) return this.#append(section, added);
    const { count, rest } = this.#vector(section);
    // Limits end where they end: the first one's length is found by skipping its numbers.
    const cursor = new Cursor(rest);
    const flags = cursor.byte();
    cursor.u64();
    if ((flags & 1) !== 0) cursor.u64();
    if ((flags & 8) !== 0) cursor.u32();
    const others = rest.subarray(cursor.position);
    return [encoded((sink) => sink.u32(count + added.length)), firstMemory, others, ...added];
  }

  /** Copies a section, replacing the function indices in it, and appends entries. */
  #withReferences(
    section: Section | undefined,
    added: Uint8Array | undefined,
    addedCount: number,
  ): Uint8Array[] | "copy" {
    const patched = section === undefined ? undefined : this.#patched(section);
    if (patched === undefined && addedCount === 0) return "copy";
    const { count, rest } = this.#vector(section);
    return [
      encoded((sink) => sink.u32(count + addedCount)),
      patched ?? rest,
      added ?? rest.subarray(0, 0),
    ];
  }

  /** Returns the section's entries with other function indices, or undefined if all stay. */
  #patched(section: Section): Uint8Array | undefined {
    const { bytes, functionReferences } = this.#module;
    const cursor = new Cursor(bytes, section.contentStart, section.end);
    cursor.u32();
    let copied = cursor.position;
    let sink: Sink | undefined;
    const where =
      section.id === sectionId.export
        ? "export"
        : section.id === sectionId.element
          ? "element"
          : "expression";
    for (; this.#nextReference < functionReferences.length; this.#nextReference++) {
      const at = functionReferences[this.#nextReference]!;
      if (at >= section.end) break;
      cursor.position = at;
      const index = cursor.u32();
      const replacement = this.#reference({ index, place: where });
      if (replacement === index) continue;
      sink ??= new Sink(section.end - section.start + 256);
      sink.bytes(bytes, copied, at);
      sink.u32(replacement);
      copied = cursor.position;
    }
    sink?.bytes(bytes, copied, section.end);
    return sink?.view();
  }

  #reference(reference: FunctionReference): number {
    const redirected = this.#changes.redirect?.(reference);
    return redirected ?? renumbered(this.#module, this.#changes, reference.index);
  }

  #startSection(section: Section): Uint8Array[] | "copy" | "drop" {
    this.#nextReference++;
    if (this.#changes.dropStart === true) return "drop";
    const index = this.#module.start!;
    const replacement = this.#reference({ index, place: "start" });
    if (replacement === index) return "copy";
    return section && [encoded((sink) => sink.u32(replacement))];
  }

  #code(section: Section | undefined): Uint8Array[] | "copy" {
    const { functions = [] } = this.#additions;
    if (functions.length === 0 && this.#bodies === undefined) return "copy";
    const { count, countBytes, rest } = this.#vector(section);
    const total = encoded((sink) => sink.u32(count + functions.length));
    const sink = new Sink(functions.reduce((sum, { body }) => sum + body.length + 8, 16));
    for (const { body } of functions) sink.vector(body);
    const added = sink.view();
    return [functions.length > 0 ? total : countBytes, this.#bodies ?? rest, added];
  }

  #rewriteBodies(): Uint8Array | undefined {
    const { body, onBody } = this.#changes;
    const { bytes, bodies } = this.#module;
    const total = bodies.start.length;
    if (body === undefined || total === 0) return undefined;
    const codeSection = this.#module.sections.find(({ id }) => id === sectionId.code);
    // Memory that is never touched costs nothing: leave room in front and behind.
    const room = (codeSection?.start ?? bytes.length) + (bytes.length >> 2) + 4096;
    const sink = new Sink(room + 4 * bytes.length + 65536);
    sink.skip(room);
    for (let defined = 0; defined < total; defined++) {
      const start = sink.length;
      // Most new bodies have a length of as many bytes as the old one's.
      const prefix = bodies.start[defined]! - bodies.entryStart[defined]!;
      sink.skip(prefix);
      if (body(defined, sink)) sink.prefixLength(start, prefix);
      else {
        sink.truncate(start);
        sink.bytes(bytes, bodies.entryStart[defined], bodies.end[defined]);
      }
      if (onBody !== undefined) onBody(defined + 1, total);
    }
    return sink.view().subarray(room);
  }
}

function encoded(write: (sink: Sink) => void): Uint8Array {
  const sink = new Sink(16);
  write(sink);
  return sink.take();
}

function encodeImport({ module, name, typeIndex }: NewImport): Uint8Array {
  return encoded((sink) => {
    sink.name(module);
    sink.name(name);
    sink.byte(0);
    sink.u32(typeIndex);
  });
}

function encodeExport({ name, kind, index }: NewExport): Uint8Array {
  return encoded((sink) => {
    sink.name(name);
    sink.byte(externalKinds.indexOf(kind));
    sink.u32(index);
  });
}

/** Joins byte arrays. */
export function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(totalLength(pieces));
  place(result, 0, pieces);
  return result;
}

function totalLength(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/** Copies pieces one behind the other and returns where they end. */
function place(target: Uint8Array, start: number, pieces: readonly Uint8Array[]): number {
  let position = start;
  for (const piece of pieces) {
    target.set(piece, position);
    position += piece.length;
  }
  return position;
}
