/** A value type's name. */
export type StateType = "i32" | "i64" | "f32" | "f64" | "v128" | "funcref" | "externref";

/** A value: its bits without a sign. A reference is 0 if null, else one more than the function's index. */
export interface StateValue {
  readonly type: StateType;
  readonly bits: bigint;
}

/** An activation. */
export interface StateFrame {
  /** Index of the function in the module. */
  readonly functionIndex: number;
  /** Offset in the module of the instruction that is next; in callers, of the one behind the call. */
  readonly pc: number;
  /** Parameters, then other locals. */
  readonly locals: readonly StateValue[];
  /** The operand stack, the lowest first; a callee's arguments are no longer there, its results not yet. */
  readonly operands: readonly StateValue[];
}

/** A table's elements. */
export interface StateTable {
  /** Function indices, or `null`. */
  readonly elements: readonly (number | null)[];
}

/** A memory; what is not in `pages` is zero, or as in the base. */
export interface StateMemory {
  /** Its size in pages of 64 KiB. */
  readonly sizePages: number;
  /** Contents by number, pages of 4 KiB; `null` is one that has become zero since the base. */
  readonly pages: ReadonlyMap<number, Uint8Array | null>;
}

/** What a descriptor stands for. */
export type DescriptorKind = "stream" | "preopen" | "file" | "directory";

/** One of the guest's open descriptors. */
export interface StateDescriptor {
  /** The guest's number. */
  readonly fd: number;
  readonly kind: DescriptorKind;
  /** The number of the given directory in which it was opened. */
  readonly root: number;
  /** A given directory's name, or the path below that. */
  readonly path: string;
  /** Flags as WASI's `fdflags`. */
  readonly flags: number;
  readonly rights: bigint;
  readonly inheritedRights: bigint;
  /** Where the next read or write is; for a stream, how many bytes have crossed it. */
  readonly offset: bigint;
  /** A file's size in bytes when the state was taken. */
  readonly size: bigint;
  /** When it was changed last, in nanoseconds of its host's clock; 0 is unknown. */
  readonly changedNs: bigint;
}

/** The state on which a delta builds. */
export interface StateBase {
  /** Its file's name, in the same folder. */
  readonly name: string;
  readonly identity: StateIdentity;
}

/** What tells one state from another: how many chunks it has, and a checksum of their checksums. */
export interface StateIdentity {
  readonly chunks: number;
  readonly checksum: number;
}

/** The state of a running program. */
export interface HostedState {
  readonly version: number;
  /** Set where the memory's pages are only those which differ from another state's. */
  readonly base?: StateBase;
  readonly identity: StateIdentity;
  readonly module: {
    /** The path by which it was loaded. */
    readonly path: string;
    readonly bytes: number;
    /** In hexadecimal digits. */
    readonly sha256: string;
  };
  /** Branches and calls since the program began, as the interpreter counts them. */
  readonly branches: bigint;
  /** Whether the program is in the module's start function or in `_start`. */
  readonly phase: "start" | "main";
  readonly args: readonly string[];
  /** As `NAME=value`. */
  readonly environment: readonly string[];
  /** The running activation first. */
  readonly frames: readonly StateFrame[];
  readonly globals: readonly StateValue[];
  readonly tables: readonly StateTable[];
  readonly memories: readonly StateMemory[];
  /** Indices of passive segments that were dropped (or are empty). */
  readonly droppedData: readonly number[];
  readonly droppedElements: readonly number[];
  readonly descriptors: readonly StateDescriptor[];
  /** What the guest's clocks showed, by WASI's clock number; only those which it has asked. */
  readonly clocksNs: ReadonlyMap<number, bigint>;
}
