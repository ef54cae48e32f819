/** A load of the I/O suite at growing sizes. */
export interface EwapaLoad {
  /** As the suite calls it. */
  readonly name: string;
  /** The WASI function that it is about. */
  readonly func: string;
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

const small = { quick: [250, 500, 1000], full: [1000, 4000, 16_000] } as const;
const large = { quick: [8, 16, 32], full: [32, 128, 512] } as const;

/** All loads: files and standard output, small and large pieces, and folders. */
export const ewapaLoads: readonly EwapaLoad[] = [
  { name: "small-reads", func: "fd_read", ...small },
  { name: "big-reads", func: "fd_read", ...large },
  { name: "small-writes", func: "fd_write", ...small },
  { name: "big-writes", func: "fd_write", ...large },
  { name: "seek-writes", func: "fd_write", ...small },
  { name: "stamps", func: "fd_write", ...small },
  { name: "entries", func: "fd_readdir", quick: [32, 64, 128], full: [64, 256, 1024] },
];
