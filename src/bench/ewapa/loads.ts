/** A kind of input or output at growing sizes. */
export interface EwapaLoad {
  readonly name: string;
  /** What the guest does, in a few words. */
  readonly title: string;
  /** The WASI function that the load is about. */
  readonly func: string;
  /** The workload's arguments for a size: how many times it does what it does. */
  readonly args: (size: number) => readonly string[];
  /** Sizes by scale, ascending; the last one is what runtimes are compared at. */
  readonly quick: readonly number[];
  readonly full: readonly number[];
}

/** How often all is run: an interval of 95 % needs six. */
export interface EwapaScale {
  readonly name: "quick" | "full";
  readonly blocks: number;
  /** Seconds after which no block is begun, but for the fewest. */
  readonly budgetSeconds: number;
}

/** Fewer blocks than these give no interval of 95 %. */
export const fewestBlocks = 6;

/** The two scales. */
export const scales: Readonly<Record<EwapaScale["name"], EwapaScale>> = {
  quick: { name: "quick", blocks: fewestBlocks, budgetSeconds: 240 },
  full: { name: "full", blocks: 12, budgetSeconds: 1500 },
};

const counted =
  (load: string, ...more: readonly string[]) =>
  (size: number): readonly string[] => [load, String(size), ...more];

const small = { quick: [250, 500, 1000], full: [1000, 4000, 16_000] } as const;
const large = { quick: [8, 16, 32], full: [32, 128, 512] } as const;

/** All loads: files and standard output, small and large pieces, and folders. */
export const ewapaLoads: readonly EwapaLoad[] = [
  {
    name: "small-reads",
    title: "reads of 16 bytes from a file",
    func: "fd_read",
    args: counted("reads", "16"),
    ...small,
  },
  {
    name: "big-reads",
    title: "reads of 64 KiB from a file",
    func: "fd_read",
    args: counted("reads", "65536"),
    ...large,
  },
  {
    name: "small-writes",
    title: "writes of 16 bytes to a file",
    func: "fd_write",
    args: counted("writes", "16"),
    ...small,
  },
  {
    name: "big-writes",
    title: "writes of 64 KiB to a file",
    func: "fd_write",
    args: counted("writes", "65536"),
    ...large,
  },
  {
    name: "seeks",
    title: "a seek and a read of one byte, anywhere in a file",
    func: "fd_read",
    args: counted("seeks", "65536"),
    ...small,
  },
  {
    name: "lines",
    title: "lines on standard output",
    func: "fd_write",
    args: counted("lines"),
    ...small,
  },
  {
    name: "entries",
    title: "a folder with many entries: made, listed, asked for, removed",
    func: "fd_readdir",
    args: counted("entries"),
    quick: [32, 64, 128],
    full: [64, 256, 1024],
  },
];
