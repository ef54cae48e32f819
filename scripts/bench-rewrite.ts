// Rewrites one module in this process and prints what it cost: `node bench-rewrite.js MODE FILE [REPETITIONS]`.
// One process per module and mode, because the peak of the resident memory never falls again.
import { readFileSync, writeFileSync } from "node:fs";
import { readModule } from "./bench-sections.ts";
import { modes, transform } from "./bench-transforms.ts";
import type { Mode } from "./bench-transforms.ts";

/** What one rewriting took, in milliseconds: CPU over all threads of the process, and by the clock on the wall. */
export interface Times {
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** The line that is printed, as JSON. */
export interface RewriteCost {
  readonly outputBytes: number;
  /** The first rewriting in a fresh process, as a user has it. */
  readonly first: Times;
  /** Further ones, with the rewriter compiled by V8. */
  readonly warm: readonly Times[];
  /** Growth of the peak resident memory from before the input was read to after the first rewriting. */
  readonly peakBytes: number;
}

// Linux keeps the peak per process and lets it be reset; elsewhere the peak since the start stands in, less exact.
function resetPeak(): void {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // Not Linux, or not allowed: then `peakBytes` includes how far the start of Node reached.
  }
}

function statusBytes(field: "VmHWM" | "VmRSS"): number {
  try {
    const line = new RegExp(`${field}:\\s+(\\d+) kB`).exec(
      readFileSync("/proc/self/status", "utf8"),
    );
    return Number(line?.[1]) * 1024;
  } catch {
    return field === "VmRSS" ? process.memoryUsage.rss() : process.resourceUsage().maxRSS * 1024;
  }
}

function measureRewrite(mode: Mode, file: string, repetitions: number): RewriteCost {
  resetPeak();
  const before = statusBytes("VmRSS");
  const bytes = readModule(file);
  let outputBytes = 0;
  const timed = (): Times => {
    const startCpu = process.cpuUsage();
    const start = performance.now();
    outputBytes = transform(mode, bytes).length;
    const wallMs = performance.now() - start;
    const { user, system } = process.cpuUsage(startCpu);
    return { cpuMs: (user + system) / 1000, wallMs };
  };
  const first = timed();
  const peakBytes = statusBytes("VmHWM") - before;
  const warm = Array.from({ length: repetitions }, timed);
  return { outputBytes, first, warm, peakBytes };
}

const [name, file = "", repetitions = "3"] = process.argv.slice(2);
const mode = modes.find((known) => known === name);
if (mode === undefined) throw new Error(`unknown mode ${name}`);
try {
  console.log(JSON.stringify(measureRewrite(mode, file, Number(repetitions))));
} catch (error) {
  // The message says what was refused; where in this tool is nobody's business but ours.
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
