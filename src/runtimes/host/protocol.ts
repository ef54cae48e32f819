/**
 * How the tool talks to an engine host: a process that keeps an engine, modules and instances, so that what a cold
 * process pays once can be measured apart. One JSON object a line on the host's standard input and output, one answer
 * a request, in order. Guests never see these streams: theirs are files. A host is written in whatever reaches its
 * engine: JavaScript (Node, Deno, Bun; C libraries through FFI), Go, Python, Java.
 *
 * All times are nanoseconds of CLOCK_MONOTONIC, which parent and host share, so that phases lie end to end and what
 * none explains can be seen.
 */

/** The first line of a host, without a request. */
export interface HostReady {
  readonly ready: true;
  /** As the engine itself says it. */
  readonly version: string;
  /** When the host's own code began, and when the engine could take a module. */
  readonly startedNs: number;
  readonly readyNs: number;
}

/** What a host can be asked. */
export type HostRequest =
  | LoadRequest
  | RunRequest
  | { readonly do: "unload"; readonly module: number }
  | { readonly do: "end" };

/** Reads a module's file and makes it ready to be instantiated. */
export interface LoadRequest {
  readonly do: "load";
  readonly path: string;
  /** `wasm`: decode and compile; `artefact`: load what an engine of this version stored before. */
  readonly from: "wasm" | "artefact";
  /** Where to store the compiled module, if the engine can. */
  readonly storeTo?: string;
}

/** Runs a loaded module, every time in a fresh instance, or `calls` times in the same one with `invoke`. */
export interface RunRequest {
  readonly do: "run";
  /** What `load` answered. */
  readonly module: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly dirs: readonly { readonly host: string; readonly guest: string }[];
  /** Files: the guest's standard input (none: empty), output and error (none: thrown away). */
  readonly stdin?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  /** An exported function instead of `_start`; numbers as text, since i64 does not fit JSON's. */
  readonly invoke?: {
    readonly name: string;
    readonly args: readonly string[];
    readonly calls: number;
  };
  /** The most bytes that the guest's memory may have, where the engine can limit it. */
  readonly memoryBytes?: number;
}

/** A stretch of time in the host; `cpuNs` of the whole process, helper threads included. */
export interface Span {
  readonly startNs: number;
  readonly endNs: number;
  readonly cpuNs: number;
}

/** Phases of loading; those that do not happen are absent. */
export interface LoadedAnswer {
  readonly module: number;
  readonly phases: {
    readonly read: Span;
    /** Decoding, validating and compiling: engines do not tell them apart. */
    readonly compile?: Span;
    readonly store?: Span;
    readonly load?: Span;
  };
  /** Bytes of machine code or of the engine's own code, where it says so. */
  readonly codeBytes?: number;
}

/** Phases of a run. */
export interface RunAnswer {
  readonly phases: {
    readonly instantiate: Span;
    /** `_start`, or the first call of the function. */
    readonly firstCall: Span;
    readonly teardown: Span;
  };
  /** Wall time of each further call of the same instance. */
  readonly steadyNs?: readonly number[];
  readonly end: HostedEnd;
  /** Results of the invoked function, as text. */
  readonly values?: readonly string[];
}

/** How a guest ended in a host. */
export type HostedEnd =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "returned" }
  | { readonly kind: "trap"; readonly message: string };

/** A request that failed, the host still being well; the engine's own words. */
export interface HostFailure {
  readonly failed: "refused" | "unsupported" | "internal";
  readonly message: string;
}

/** An answer to a request; `unload` and `end` are answered by `{ done: true }`. */
export type HostAnswer = LoadedAnswer | RunAnswer | HostFailure | { readonly done: true };
