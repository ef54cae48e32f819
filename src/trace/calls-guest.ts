import { readFileSync } from "node:fs";
import { packageFile } from "../sys/index.ts";

/** What the guest of calls says of one run. */
export interface CallsReport {
  /** Nanoseconds of one call by the guest's own clock, round by round, by function; `nothing` is the loop itself. */
  readonly perCallNs: ReadonlyMap<string, readonly number[]>;
  /** Calls that failed, by function. */
  readonly errors: ReadonlyMap<string, number>;
  /** How often each function was called in all. */
  readonly counts: ReadonlyMap<string, number>;
}

/** The module that calls WASI functions in loops and times them (`hosts/ebpf/calls.c`). */
export function callsModule(): string {
  return packageFile("hosts/ebpf/calls.wasm");
}

/** Lists the functions that it imports. */
export function callsImports(): string[] {
  return WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(callsModule()))).map(
    ({ name }) => name,
  );
}

/** Reads what it prints. Lines that are not its own are passed over. */
export function parseCalls(text: string, callsPerRound: number): CallsReport {
  const perCallNs = new Map<string, number[]>();
  const errors = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [kind, name = "", ...numbers] = line.split(" ");
    if (kind === "count") counts.set(name, Number(numbers[0]));
    if (kind !== "time") continue;
    const [failed, ...rounds] = numbers.map(Number);
    errors.set(name, failed ?? 0);
    perCallNs.set(
      name,
      rounds.map((ns) => ns / callsPerRound),
    );
  }
  return { perCallNs, errors, counts };
}
