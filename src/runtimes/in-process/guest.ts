/** What a guest is given. */
export interface GuestOptions {
  /** The program's name (its first argument) and its arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Folders that the guest may see, under the names that it sees. */
  readonly dirs: readonly { readonly host: string; readonly guest: string }[];
  /** An export to call before all others, if the module has it: a start section that was put off. */
  readonly startExport?: string;
  /** An exported function to call instead of `_start`, with its arguments (BigInts for i64). */
  readonly invoke?: { readonly name: string; readonly args: readonly (number | bigint)[] };
  /** Descriptors of this process that are the guest's 0, 1 and 2; its own where it is not said. */
  readonly stdio?: { readonly stdin?: number; readonly stdout?: number; readonly stderr?: number };
  /** Whether calls that wait come back to JavaScript now and then, so that someone can stop the guest there. */
  readonly stoppable?: boolean;
}

/** A frame of the guest's stack at a trap or where it was stopped, the innermost first. */
export interface TrapFrame {
  readonly funcIndex: number;
  /** Offset of the instruction in the module that ran. */
  readonly offset: number;
}

/** Who stopped a guest: a limit of time, Ctrl-C (SIGINT), or a request to end (SIGTERM). */
export type StopReason = "timeout" | "interrupt" | "terminate";

/** How a guest's run ended. */
export type GuestEnd =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "returned"; readonly values: readonly string[] }
  | {
      readonly kind: "trap";
      readonly message: string;
      readonly frames: readonly TrapFrame[];
    }
  | {
      readonly kind: "stopped";
      readonly reason: StopReason;
      /** Where the guest stood, the innermost first. */
      readonly frames: readonly TrapFrame[];
    };

/** Says why a module cannot be run, such as an import that nobody provides. */
export class CannotRun extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CannotRun";
  }
}
