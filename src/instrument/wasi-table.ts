import type { Words } from "./read-counts.ts";

/**
 * How the table of a module with wrapped WASI functions lies in memory, in bytes: a row for the run as a whole, then
 * one for each imported function. Numbers at the head of a row have 64 bits, those behind it 32.
 */
export const tableLayout = {
  rowBytes: 1024,
  /** Offsets in a function's row. */
  calls: 0,
  ns: 8,
  asked: 16,
  moved: 24,
  /** Calls by errno, and by time: see `histogramBuckets`. */
  errnos: 64,
  histogram: 384,
  /** Offsets in the first row: what two readings of the clock with nothing between them took. */
  nulls: 0,
  nullNs: 8,
  begin: 16,
  end: 24,
  /** Its complement, so that no zero stands for none. */
  leastNull: 32,
  wait: 40,
  realBegin: 48,
  go: 56,
  /** Where clocks are written to; a list of one buffer, how much of it was written, and the buffer. */
  scratch: 64,
  list: 72,
  written: 80,
  text: 88,
} as const;

/** Errnos that are told apart; what is larger counts as the last. */
export const errnoSlots = 80;
/** Quarters of an octave up to nine minutes, as the kernel's histogram has them; the last has what is longer. */
export const histogramBuckets = 160;
const headWords = 8;
/** Words of a row in the raw profile. */
export const wordsARow: number = headWords + errnoSlots + histogramBuckets;

/** What the wrapper of one imported function has counted. */
export interface WrappedFunction {
  readonly name: string;
  readonly calls: number;
  /** Between two readings of the clock around the call, one reading's cost included. */
  readonly ns: number;
  /** Bytes that successful calls were to move, and that they moved; 0 for functions that move none. */
  readonly askedBytes: number;
  readonly movedBytes: number;
  /** Calls by the errno that they returned, success (0) among them. */
  readonly errnos: ReadonlyMap<number, number>;
  /** Calls by time: a quarter of an octave each. */
  readonly histogram: readonly number[];
}

/** What a module with wrapped WASI functions has said of its run; times in nanoseconds. */
export interface WasiTable {
  readonly functions: readonly WrappedFunction[];
  /** What two readings of the guest's clock with nothing between them took: the mean without outliers, and the least. */
  readonly clockNs: number;
  readonly leastClockNs: number;
  /** By the guest's monotonic clock. */
  readonly beginNs: number;
  readonly endNs: number;
  /** How long the guest waited to be attached to, before it began. */
  readonly waitNs: number;
  /** When it was told to go on; 0 when nobody attached. By the guest's monotonic clock. */
  readonly goNs: number;
  /** When it came, before it waited: in nanoseconds since 1970, by the guest's wall clock. */
  readonly wallNs: number;
}

/** Reads the words of a table. `functions` are the wrapped imports, as `wrapWasi` lists them. */
export function readWasiTable(words: Words, functions: readonly string[]): WasiTable {
  const head = (row: number, offset: number): number => words[row * wordsARow + offset / 8] ?? 0;
  const small = (row: number, first: number, count: number): number[] =>
    Array.from(
      { length: count },
      (_, nth) => words[row * wordsARow + headWords + first + nth] ?? 0,
    );
  const nulls = head(0, tableLayout.nulls);
  return {
    functions: functions.map((name, nth) => ({
      name,
      calls: head(nth + 1, tableLayout.calls),
      ns: head(nth + 1, tableLayout.ns),
      askedBytes: head(nth + 1, tableLayout.asked),
      movedBytes: head(nth + 1, tableLayout.moved),
      errnos: new Map(
        [...small(nth + 1, 0, errnoSlots).entries()].filter(([, calls]) => calls > 0),
      ),
      histogram: small(nth + 1, errnoSlots, histogramBuckets),
    })),
    clockNs: nulls === 0 ? 0 : head(0, tableLayout.nullNs) / nulls,
    leastClockNs: nulls === 0 ? 0 : -1 - head(0, tableLayout.leastNull),
    beginNs: head(0, tableLayout.begin),
    endNs: head(0, tableLayout.end),
    waitNs: head(0, tableLayout.wait),
    goNs: head(0, tableLayout.go),
    wallNs: head(0, tableLayout.realBegin),
  };
}
