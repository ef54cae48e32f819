// Rewrites one module in this process and prints what it cost: `node bench-rewrite.js MODE FILE [REPETITIONS]`.
// One process per module and mode, because the peak of the resident memory never falls again.
import { readFileSync, writeFileSync } from "node:fs";
import { readModule } from "./bench-sections.ts";
import { modes, transforms } from "./bench-transforms.ts";
import type { Mode } from "./bench-transforms.ts";

/** The line that is printed, as JSON. Sizes in bytes, times in milliseconds of the wall clock. */
export interface RewriteCost {
  readonly inputBytes: number;
  readonly outputBytes: number;
  /** The first rewriting in a fresh process, as a user has it. */
  readonly firstMs: number;
  /** Further ones, with the rewriter compiled by V8. */
  readonly warmMs: readonly number[];
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
  const transform = transforms[mode];
  if (transform === undefined) throw new Error(`mode ${mode} is not there yet`);
  resetPeak();
  const before = statusBytes("VmRSS");
  const bytes = readModule(file);
  const timed = (): { ms: number; size: number } => {
    const start = performance.now();
    const { length } = transform(bytes);
    return { ms: performance.now() - start, size: length };
  };
  const first = timed();
  const peakBytes = statusBytes("VmHWM") - before;
  const warmMs = Array.from({ length: repetitions }, () => timed().ms);
  return {
    inputBytes: bytes.length,
    outputBytes: first.size,
    firstMs: first.ms,
    warmMs,
    peakBytes,
  };
}

const [name, file = "", repetitions = "3"] = process.argv.slice(2);
const mode = modes.find((known) => known === name);
if (mode === undefined) throw new Error(`unknown mode ${name}`);
console.log(JSON.stringify(measureRewrite(mode, file, Number(repetitions))));
