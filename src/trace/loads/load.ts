/** One kind of work of the I/O suite, at any size: what `io.wasm` is given. */
export interface Load {
  readonly name: string;
  /** What it stands for, and what its size counts. */
  readonly standsFor: string;
  /** Sizes when none is said; three or more, to see how things grow. */
  readonly sizes: readonly number[];
  /** The arguments behind the program's name. */
  readonly args: (size: number) => readonly string[];
  /** How many bytes standard input has; it is empty otherwise. */
  readonly stdinBytes?: (size: number) => number;
  /** Standard output goes into a file, or through a pipe to a program that reads it. */
  readonly stdout?: "pipe";
  /** How long each `poll_oneoff` waits. */
  readonly sleepNs?: number;
}

const thousands = [1000, 4000, 16_000] as const;
const hundreds = [100, 400, 1600] as const;
const counted = (...[load, ...more]: readonly [string, ...string[]]): Load["args"] => {
  return (size) => [load, String(size), ...more];
};
const sleepUs = 2000;

/** The loads of the I/O suite. */
export const loads: readonly Load[] = [
  {
    name: "small-reads",
    standsFor: "reads of 16 bytes",
    sizes: thousands,
    args: counted("reads", "16"),
  },
  {
    name: "big-reads",
    standsFor: "reads of 64 KiB",
    sizes: hundreds,
    args: counted("reads", "65536"),
  },
  {
    name: "small-writes",
    standsFor: "writes of 16 bytes to a file",
    sizes: thousands,
    args: counted("writes", "16"),
  },
  {
    name: "big-writes",
    standsFor: "writes of 64 KiB to a file",
    sizes: hundreds,
    args: counted("writes", "65536"),
  },
  {
    name: "syncs",
    standsFor: "writes of 512 bytes, each followed by a request to keep them",
    sizes: [25, 50, 100],
    args: counted("syncs", "512"),
  },
  {
    name: "seeks",
    standsFor: "seeks, each followed by the read of a byte",
    sizes: thousands,
    args: counted("seeks", "65536"),
  },
  {
    name: "seek-writes",
    standsFor: "seeks, each followed by a write of 13 bytes",
    sizes: thousands,
    args: counted("seek-writes", "13"),
  },
  {
    name: "positioned",
    standsFor: "reads and writes of 64 bytes at places",
    sizes: thousands,
    args: counted("positioned", "64"),
  },
  {
    name: "vectors",
    standsFor: "writes and reads of eight buffers of 32 bytes",
    sizes: thousands,
    args: counted("vectors", "8", "32"),
  },
  {
    name: "opens",
    standsFor: "opening and closing a file",
    sizes: thousands,
    args: counted("opens"),
  },
  {
    name: "renames",
    standsFor: "giving a file another name",
    sizes: [250, 1000, 4000],
    args: counted("renames"),
  },
  {
    name: "entries",
    standsFor: "files in one folder: made, listed, looked at, removed",
    sizes: [500, 1000, 2000, 4000],
    args: counted("entries"),
  },
  {
    name: "clocks",
    standsFor: "pairs of looks at clocks",
    sizes: thousands,
    args: counted("clocks"),
  },
  {
    name: "sleeps",
    standsFor: "sleeps of 2 ms",
    sizes: [25, 50, 100],
    args: counted("sleeps", String(sleepUs)),
    sleepNs: sleepUs * 1000,
  },
  {
    name: "random",
    standsFor: "draws of 16 random bytes",
    sizes: thousands,
    args: counted("random", "16"),
  },
  {
    name: "copy",
    standsFor: "KiB of standard input, copied to standard output in pieces of 1 KiB",
    sizes: thousands,
    args: () => ["copy", "1024"],
    stdinBytes: (size) => 1024 * size,
  },
  {
    name: "lines",
    standsFor: "lines written to standard output, a file",
    sizes: thousands,
    args: counted("lines"),
  },
  {
    name: "pipe-lines",
    standsFor: "lines written to standard output, a pipe",
    sizes: thousands,
    args: counted("lines"),
    stdout: "pipe",
  },
  {
    name: "stamps",
    standsFor: "looks at the clock, each followed by a line that says it",
    sizes: thousands,
    args: counted("stamps"),
  },
];

/** What `--load` says. */
export interface LoadChoice {
  readonly load: Load;
  readonly sizes: readonly number[];
}

/** Says that a choice of loads cannot be understood. */
export class LoadError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "LoadError";
  }
}

/**
 * Reads `NAME[:SIZE,SIZE,…]`, or `all`; sizes are whole numbers, `4k` is 4000 and `2m` two million. Throws a
 * `LoadError` that lists what there is.
 */
export function parseLoads(text: string): LoadChoice[] {
  const [name, sizes, surplus] = text.split(":");
  if (surplus !== undefined) throw new LoadError(`${text}: a load is NAME or NAME:SIZE,SIZE`);
  const chosen = name === "all" ? loads : loads.filter((load) => load.name === name);
  if (chosen.length === 0) {
    const all = loads.map((load) => load.name).join(", ");
    throw new LoadError(`no load is called ${name}; there are ${all}, and all of them: all`);
  }
  return chosen.map((load) => ({
    load,
    sizes: sizes === undefined ? load.sizes : sizes.split(",").map((size) => readSize(size, text)),
  }));
}

const factors: Readonly<Record<string, number>> = { "": 1, k: 1000, m: 1_000_000 };

function readSize(size: string, text: string): number {
  const [, digits, unit = ""] = /^(\d+)([km]?)$/i.exec(size) ?? [];
  const value = Number(digits) * factors[unit.toLowerCase()]!;
  // The program takes numbers of 32 bits.
  if (digits === undefined || value < 1 || value > 0xffff_ffff) {
    throw new LoadError(`${text}: ${size} is no size: a whole number from 1 on, such as 500 or 4k`);
  }
  return value;
}
