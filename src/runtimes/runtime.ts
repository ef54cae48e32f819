/** What one runtime is and can do: a row of the table in `table.ts`. */
export interface Runtime {
  /** What the user types, as in `wasmtime@50:winch`. */
  readonly name: string;
  /** One line for people: what it is and where it comes from. */
  readonly title: string;
  /** Whose machine code or interpreter it is, such as `V8`, `Cranelift`: figures are grouped by it. */
  readonly family: string;
  /** The first is the default. */
  readonly tiers: readonly Tier[];
  /** Looks for it: a version, or whichever is there. Never throws because something is missing. */
  find(version?: string): Promise<Found | Missing>;
  /** Fetches it from its registry into the cache folder; absent where users install it themselves. */
  readonly install?: (version: string | undefined, say: (line: string) => void) => Promise<void>;
  /** Turns a module into what is run later, once for many runs; absent where there is nothing to do ahead. */
  readonly prepare?: (found: Found, tier: Tier, job: PrepareJob) => Promise<Prepared>;
  /** The command that runs a module once in a process of its own, with that process's standard streams. */
  command(found: Found, tier: Tier, job: RunJob): LaunchedBy;
  /** The command that starts an engine host (`host/protocol.ts`); absent where there is none: cold runs only. */
  readonly host?: (found: Found, tier: Tier) => LaunchedBy;
}

/** A way in which a runtime can run a module: a compiler, an interpreter, a configuration. */
export interface Tier {
  readonly name: string;
  readonly title: string;
  readonly kind: "compiler" | "baseline" | "interpreter" | "tiered" | "ahead";
  /** Whether `prepare` is part of the start-up (as a JIT compiler's work is) or was done ahead. */
  readonly prepared?: "counted" | "ahead";
  /** The dead runtime of the literature that it stands for, such as `WAVM` or `Lucet`. */
  readonly standsFor?: string;
}

/** A runtime that is there. */
export interface Found {
  readonly found: true;
  readonly version: string;
  /** The program, library or folder that `command` and `host` need. */
  readonly path: string;
  /** Tiers that this version has not, with the reason. */
  readonly without?: Readonly<Record<string, string>>;
}

/** A runtime that is not there. */
export interface Missing {
  readonly found: false;
  readonly why: string;
  /** One command that mends it. */
  readonly mend: string;
}

/** What `prepare` is given. */
export interface PrepareJob {
  /** The module's file. */
  readonly module: string;
  /** Where the artefact may be written. */
  readonly folder: string;
}

/** What `prepare` made. */
export interface Prepared {
  /** The file to run in place of the module. */
  readonly artefact: string;
  readonly bytes: number;
  /** Wall time of each step in nanoseconds, in order, such as `translate` and `compile`. */
  readonly steps: readonly {
    readonly name: string;
    readonly wallNs: number;
    readonly cpuNs: number;
  }[];
}

/** One run of a WASI program, or of one exported function. */
export interface RunJob {
  /** The module's file, or what `prepare` made of it. */
  readonly module: string;
  /** The program's name (its first argument) and its arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Folders that the guest may see, under the names that it sees. */
  readonly dirs: readonly { readonly host: string; readonly guest: string }[];
  readonly invoke?: { readonly name: string; readonly args: readonly string[] };
  /** The most bytes of memory that the guest may have, where the runtime can limit it. */
  readonly memoryBytes?: number;
}

/** A program to start. */
export interface LaunchedBy {
  readonly file: string;
  readonly args: readonly string[];
  /** The folder to run in, where the program can give guests only folders that have its own names; else this one. */
  readonly cwd?: string;
  /** Beside, or instead of, this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Says that nothing, or no tier, has this name: the message lists those that there are. */
export class UnknownRuntime extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UnknownRuntime";
  }
}
