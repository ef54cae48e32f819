import { ProfileBuilder } from "./builder.ts";
import type { Profile } from "./model.ts";
import { linesOf } from "./text-lines.ts";

/** A line of a stack in perf's text, in pieces: the line is `start + symbol + end`. */
export interface PerfFrame {
  readonly start: string;
  /** In hexadecimal digits. */
  readonly address: string;
  /** `[unknown]` where perf knows none. */
  readonly symbol: string;
  /** The offset in the function, if any, and the file in parentheses. */
  readonly end: string;
  /** The file that the code is of, or a perf map. */
  readonly file: string;
}

/** A sample as `perf script` prints it. */
export interface PerfSample {
  readonly command: string;
  readonly pid: number;
  /** What the sample stands for: nanoseconds of a clock event, else a number of events. */
  readonly period: number;
  readonly event: string;
  /** The innermost first. */
  readonly frames: readonly PerfFrame[];
}

const FRAME = /^(\s+([0-9a-f]+) )(.*?)((?:\+0x[0-9a-f]+)? \(([^()]*(?:\([^()]*\))?)\)\s*)$/;

/** Takes a line like `  52e8393c8a0 JS:main-35-liftoff+0x20 (/tmp/perf-7.map)` apart. */
export function parsePerfFrame(line: string): PerfFrame | undefined {
  const match = FRAME.exec(line);
  if (match === null) return undefined;
  const [, start, address, symbol, end, file] = match;
  return { start: start!, address: address!, symbol: symbol!, end: end!, file: file! };
}

/**
 * The process, whose name may hold blanks, its number, a time, and an event:
 * `node 26362 11985.036:     250000 cpu-clock:pppH:`.
 */
const HEADER =
  /^(\S.*?)\s+(-?\d+)(?:\/\d+)?\s+(?:\[\d+\]\s+)?(?:\d+\.\d+:\s+)?(?:(\d+)\s+)?(\S+?):\s*$/;

/** Reads what `perf script` prints, a sample a paragraph; lines that it does not know end a sample. */
export function* parsePerfScript(lines: Iterable<string>): Generator<PerfSample> {
  let open: (Omit<PerfSample, "frames"> & { frames: PerfFrame[] }) | undefined;
  for (const line of lines) {
    const frame = open && parsePerfFrame(line);
    if (frame !== undefined) {
      open!.frames.push(frame);
      continue;
    }
    if (open !== undefined) yield open;
    const [, command, pid, period = "1", event] = HEADER.exec(line) ?? [];
    open =
      command === undefined
        ? undefined
        : { command, pid: Number(pid), period: Number(period), event: event!, frames: [] };
  }
  if (open !== undefined) yield open;
}

/**
 * Reads what `perf script` prints as a profile; null when it is something else. Each sample
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
  const indices = new Map<string, number>();
  for (const { frames } of parsePerfScript(linesOf(bytes))) {
    const stack = frames.map(({ symbol: name }) => {
      const index = indices.get(name) ?? builder.frame({ name });
      indices.set(name, index);
      return index;
    });
    if (stack.length > 0) builder.add(builder.stack(stack.toReversed()), 0, 1);
  }
  return builder.build();
}
