import type { Profile, ProfileMode, ValueType } from "../profile/index.ts";

/**
 * One number for each of many things: unsigned LEB128 in Base64 where all are safe integers, else
 * 64-bit floats, little endian.
 */
export interface PackedNumbers {
  readonly type: "leb128" | "f64";
  readonly base64: string;
}

/** What a mark beside a function's name says. */
export type FunctionMark = "host" | "inlined" | "estimated" | "rest";

/** The functions of a profile as columns. Names are printable. */
export interface FunctionColumns {
  readonly names: readonly string[];
  /** By function: the name in the module where it differs. */
  readonly mangled: Readonly<Record<number, string>>;
  /** Index in the original module, -1 where there is none. */
  readonly indices: readonly number[];
  /** By function: where it is, as `file` or `file:line`. */
  readonly places: Readonly<Record<number, string>>;
  /** By function: its marks. */
  readonly marks: Readonly<Record<number, readonly FunctionMark[]>>;
  /** For each value type what was spent in each function itself. */
  readonly self: readonly PackedNumbers[];
  /** For each value type what was spent while each function was on the stack. */
  readonly total: readonly PackedNumbers[];
}

/** The tree, its nodes depth first. */
export interface TreeColumns {
  readonly nodes: number;
  /** For each node by how many levels it stands above a child of the node before. */
  readonly ups: PackedNumbers;
  /** For each node its function. */
  readonly functions: PackedNumbers;
  /** For each value type the nodes' own values. */
  readonly self: readonly PackedNumbers[];
}

/** Neighbouring lines of a source. */
export interface SourcePart {
  /** Number of the first line, one-based. */
  readonly first: number;
  readonly lines: readonly string[];
}

/** The lines of one file that have a value. */
export interface FileLines {
  readonly name: string;
  /** Line numbers, one-based, ascending. */
  readonly lines: readonly number[];
  /** For each line its own value. */
  readonly self: readonly number[];
  /** For each line its value with all that was called from it. */
  readonly total: readonly number[];
  /** The text around these lines, where it is known. */
  readonly source?: readonly SourcePart[];
}

/** All lines of a run. */
export interface LinesReport {
  readonly type: ValueType;
  /** Value of the whole run. */
  readonly sum: number;
  /** Files, the most expensive first. */
  readonly files: readonly FileLines[];
}

/** A way to another page. */
export interface PageLink {
  readonly title: string;
  readonly href: string;
}

/** What the page shows: the JSON inside it. */
export interface ReportData {
  readonly module: Profile["module"];
  readonly mode: ProfileMode;
  readonly valueTypes: readonly ValueType[];
  readonly primary: number;
  /** Sum of each value type. */
  readonly sums: readonly number[];
  /** The profile's notes, and what was left out of the page. */
  readonly notes: readonly string[];
  readonly functions: FunctionColumns;
  readonly tree: TreeColumns;
  readonly lines?: LinesReport;
  readonly links?: readonly PageLink[];
}
