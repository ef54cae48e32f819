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

/** A frame of a sample. */
export interface PerfFrame {
  /** `[unknown]` where perf knows none. */
  readonly symbol: string;
  /** The file that the code is of, or a perf map. */
  readonly file: string;
}

// `node  1234 [001]  15184.620473:    1001001 cpu-clock:u: `; the command may hold blanks.
const header = /^(\S.*?)\s+(\d+)(?:\/\d+)?\s+(?:\[\d+\]\s+)?[\d.]+:\s+(?:(\d+)\s+)?(\S+?):\s*$/;
// `    7f2b6b8a9083 complex+0x23 (/tmp/perf-8824.map)`
const frame = /^\s+[0-9a-f]+ (.*) \((.*)\)$/;

/** Reads what `perf script` prints; lines that it does not know end a sample. */
export function* parsePerfScript(lines: Iterable<string>): Generator<PerfSample> {
  let open: (Omit<PerfSample, "frames"> & { frames: PerfFrame[] }) | undefined;
  for (const line of lines) {
    const [, symbol, file] = (open && frame.exec(line)) ?? [];
    if (open !== undefined && symbol !== undefined) {
      open.frames.push({ symbol: symbol.replace(/\+0x[0-9a-f]+$/, ""), file: file! });
      continue;
    }
    if (open !== undefined) yield open;
    const [, command, pid, period = "1", event] = header.exec(line) ?? [];
    open =
      command === undefined
        ? undefined
        : { command, pid: Number(pid), period: Number(period), event: event!, frames: [] };
  }
  if (open !== undefined) yield open;
}
