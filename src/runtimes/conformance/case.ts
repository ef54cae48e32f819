import type { RunJob } from "../runtime.ts";
import type { GuestModule } from "./wasi-command.ts";

/** What a runtime has to do, and how it is seen. */
export interface ConformanceCase {
  readonly name: string;
  /** What it runs: a module made here, or a workload's file by its path in the package. */
  readonly module: (() => GuestModule) | string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: Uint8Array;
  /** Whether it wants a folder, as `.`, and what is in there. */
  readonly files?: Readonly<Record<string, string>>;
  readonly invoke?: RunJob["invoke"];
  /** Its exit code, 0 without; a trap is any end but a good one. */
  readonly end?: number | "trap";
  readonly stdout?: Expected;
  readonly stderr?: Expected;
  /** What the folder must hold afterwards. */
  readonly leaves?: Readonly<Record<string, string>>;
}

/** Bytes or text, or what says what is wrong with it. */
export type Expected = Uint8Array | string | ((bytes: Buffer) => string | undefined);
