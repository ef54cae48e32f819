/**
 * How the values were made: counted exactly (`calls` to `tree`), measured with a clock (`time`, `host`),
 * sampled, or `imported` from a profile that another tool wrote.
 */
export type ProfileMode =
  "calls" | "insns" | "blocks" | "tree" | "time" | "sample" | "host" | "imported";

/** What a column of numbers counts; names and units are pprof's. */
export interface ValueType {
  readonly name: string;
  readonly unit: "count" | "nanoseconds" | "microseconds" | "milliseconds" | "seconds" | "bytes";
}

/**
 * A place that cost is booked on: a function, or a line in it. Where lines are known, a function that
 * was inlined is a frame of its own below the one that it was inlined into, and a frame's line is the
 * one that ran, in the innermost frame, or the one with the call, in all others.
 */
export interface Frame {
  /** The name shown, demangled. */
  readonly name: string;
  /** The name in the module, when demangling changed it. */
  readonly mangledName?: string;
  /** Function index in the original module. */
  readonly funcIndex?: number;
  readonly file?: string;
  /** One-based. */
  readonly line?: number;
  /** Whether the function was inlined into the one above it, whose `funcIndex` it has. */
  readonly inlined?: true;
  /** Whether the function belongs to the host, not to the module. */
  readonly host?: true;
  /** Whether its time is an estimate, since measuring it would have cost too much. */
  readonly estimated?: true;
}

/** A basic block that was counted: a run of instructions that is entered only at its start. */
export interface BlockCount {
  readonly funcIndex: number;
  /** Offset of its first instruction in the original file. */
  readonly offset: number;
  /** Instructions in the block. */
  readonly instructions: number;
  /** How often it was entered. */
  readonly count: number;
}

/**
 * A finished profile: a tree of frames with own ("self") values, as parallel arrays. A parent stands
 * before its children. A flat profile is a tree of depth one. Treat it as immutable.
 */
export interface Profile {
  readonly module: { readonly name: string; readonly sha256: string };
  readonly mode: ProfileMode;
  /** Columns, `calls` first where there are calls. */
  readonly valueTypes: readonly ValueType[];
  /** Index in `valueTypes` of the column that weighs (flame graphs, sorting). */
  readonly primary: number;
  readonly frames: readonly Frame[];
  /** For each node the index of its parent node, -1 for a root. */
  readonly parents: Int32Array;
  /** For each node the index of its frame. */
  readonly nodeFrames: Int32Array;
  /** For each value type the nodes' own values; safe integers for counts. */
  readonly selfValues: readonly Float64Array[];
  /** Where blocks were counted: in mode `blocks`, and in `tree` when both were. */
  readonly blocks?: readonly BlockCount[];
  /** What the reader should know: calls that found no room in the tree, a trap, ... One sentence each. */
  readonly notes: readonly string[];
}
