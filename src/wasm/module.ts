import type { DefinedType, GlobalType, Limits } from "./types.ts";

/** Names of the sections by their ids. */
export const sectionNames = [
  "custom",
  "type",
  "import",
  "function",
  "table",
  "memory",
  "global",
  "export",
  "start",
  "element",
  "code",
  "data",
  "data count",
  "tag",
] as const;

/** Ids of the sections. */
export const sectionId = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

/** Where a section lies; offsets count from the start of the file. */
export interface Section {
  readonly id: number;
  /** Name of a custom section. */
  readonly customName: string | undefined;
  /** Offset of the id byte. */
  readonly start: number;
  /** Offset behind the size (and behind a custom section's name). */
  readonly contentStart: number;
  readonly end: number;
}

/** What a module can import and export. */
export type ExternalKind = "func" | "table" | "memory" | "global" | "tag";
/** External kinds in the order of their codes. */
export const externalKinds: readonly ExternalKind[] = ["func", "table", "memory", "global", "tag"];

/** An import. */
export interface Import {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternalKind;
  /** The type of a function or tag. */
  readonly typeIndex?: number;
  readonly limits?: Limits;
  readonly global?: GlobalType;
}

/** An export: a name for the `index`th function, table, memory, global or tag. */
export interface Export {
  readonly name: string;
  readonly kind: ExternalKind;
  readonly index: number;
}

/** The function bodies as offsets; the arrays run in parallel, one entry a defined function. */
export interface Bodies {
  /** Offset of the size in front of the body. */
  readonly entryStart: Uint32Array;
  /** Offset of the declaration of locals. */
  readonly start: Uint32Array;
  /** Offset past the final `end`. */
  readonly end: Uint32Array;
}

/**
 * A decoded core module: everything but instructions, which are read from `bytes` when they are needed.
 * Index spaces have the imports first, as in the specification.
 */
export interface Module {
  readonly bytes: Uint8Array;
  readonly sections: readonly Section[];
  readonly types: readonly DefinedType[];
  readonly imports: readonly Import[];
  /** Type indices of all functions. */
  readonly functions: Uint32Array;
  readonly importedFunctions: number;
  readonly tables: readonly Limits[];
  readonly importedTables: number;
  readonly memories: readonly Limits[];
  readonly importedMemories: number;
  readonly globals: readonly GlobalType[];
  readonly importedGlobals: number;
  /** Type indices of all exception tags. */
  readonly tags: readonly number[];
  readonly exports: readonly Export[];
  /** Whether there is a data count section, which instructions on data segments need. */
  readonly hasDataCount: boolean;
  /** Whether a constant expression calculates, as the extended-const proposal allows. */
  readonly extendedConstants: boolean;
  /** Index of the start function. */
  readonly start: number | undefined;
  readonly bodies: Bodies;
  /**
   * Offsets, ascending, of every function index outside the code section and custom sections: in
   * element segments, exports, constant expressions and the start section.
   */
  readonly functionReferences: readonly number[];
  /** Functions named by element segments: those that an indirect call can reach. */
  readonly elementFunctions: readonly number[];
  /** Functions named by constant expressions of globals and tables. */
  readonly expressionFunctions: readonly number[];
}

/** Finds the section with this id. */
export function findSection(module: Module, id: number): Section | undefined {
  return module.sections.find((section) => section.id === id);
}

/** Finds custom sections by name. */
export function customSections(module: Module, name: string): Section[] {
  return module.sections.filter((section) => section.customName === name);
}
