import { ProfileBuilder } from "./builder.ts";
import type { Profile } from "./model.ts";
import { linesOf } from "./text-lines.ts";

/** A line of a stack in perf's text, in pieces: the line is `start + symbol + end`. */
export interface PerfFrame {
  readonly start: string;
  /** In hexadecimal digits. */
  readonly address: string;
  readonly symbol: string;
  /** The offset in the function, if any, and the file in parentheses. */
  readonly end: string;
  readonly file: string;
}

const FRAME = /^(\s+([0-9a-f]+) )(.*?)((?:\+0x[0-9a-f]+)? \(([^()]*(?:\([^()]*\))?)\)\s*)$/;

/** Takes a line like `  52e8393c8a0 JS:main-35-liftoff+0x20 (/tmp/perf-7.map)` apart. */
export function parsePerfFrame(line: string): PerfFrame | undefined {
  const match = FRAME.exec(line);
  if (match === null) return undefined;
  const [, start, address, symbol, end, file] = match;
  return { start: start!, address: address!, symbol: symbol!, end: end!, file: file! };
}

/** The process, its number, a time, and an event: `node 26362 11985.036:     250000 cpu-clock:pppH:`. */
const HEADER = /^\S.*?\s+-?\d+(?:\/\d+)?\s+(?:\[\d+\]\s+)?(?:\d+\.\d+:\s+)?(?:\d+\s+)?\S+:\s*$/;

/**
 * Reads what `perf script` prints, a sample a paragraph; null when it is something else. Each sample
 * counts one: perf's own counts are those of the last period only.
 */
export function readPerfScript(bytes: Uint8Array): Profile | null {
  if (bytes.subarray(0, 4096).includes(0)) return null;
  const [first = ""] = new TextDecoder()
    .decode(bytes.subarray(0, 65_536))
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (!HEADER.test(first)) return null;
  const builder = new ProfileBuilder({
    module: { name: "", sha256: "" },
    mode: "imported",
    valueTypes: [{ name: "samples", unit: "count" }],
    primary: 0,
  });
  const frames = new Map<string, number>();
  let stack: number[] = [];
  const finish = (): void => {
    if (stack.length > 0) builder.add(builder.stack(stack.toReversed()), 0, 1);
    stack = [];
  };
  for (const line of linesOf(bytes)) {
    const frame = parsePerfFrame(line);
    if (frame === undefined) {
      finish();
      continue;
    }
    const name = frame.symbol;
    const index = frames.get(name) ?? builder.frame({ name });
    frames.set(name, index);
    stack.push(index);
  }
  finish();
  return builder.build();
}
