import { readFileSync } from "node:fs";

/** What a process has used. */
export interface Usage {
  readonly userNs: number;
  readonly systemNs: number;
  /** The most memory that was resident at once. */
  readonly peakBytes: number;
  /** `wait4`: the kernel's account at its end; `proc`: what was last seen of it, in steps of 10 ms. */
  readonly by: "wait4" | "proc";
}

/** How long the kernel's tick is for /proc, on every Linux that Node runs on. */
const tickNs = 10_000_000;

/** Reads what a process that still runs has used, all of its threads together; undefined when it has ended. */
export function usageOf(pid: number): Usage | undefined {
  try {
    // Behind the name, which may have spaces and parentheses; state is the first field.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    if (peak === undefined) return undefined;
    return {
      userNs: Number(fields[11]) * tickNs,
      systemNs: Number(fields[12]) * tickNs,
      peakBytes: Number(peak) * 1024,
      by: "proc",
    };
  } catch {
    return undefined;
  }
}

/** Adds up the resident memory of a process and all that it has started, in bytes; 0 when it has ended. */
export function residentBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const own = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return children
      .split(" ")
      .filter((text) => text !== "")
      .reduce((sum, child) => sum + residentBytes(Number(child)), own);
  } catch {
    return 0;
  }
}
