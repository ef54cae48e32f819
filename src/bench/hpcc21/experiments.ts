import type { BenchRecord } from "../record.ts";

/** The experiments of the paper that are made again, by the figure that shows them. */
export type ExperimentName = "fig5" | "fig7" | "fig8" | "fig9";

/** A workload at a size, and how often it has to run in a block at least. */
export interface Load {
  /** The name in the manifest. */
  readonly module: string;
  /** A size of the manifest, or arguments of the program's own. */
  readonly size: string;
  readonly args?: readonly string[];
}

/** One scale of an experiment. */
export interface Scale {
  readonly loads: readonly Load[];
  /** Wanted blocks; fewer when the time is up. */
  readonly blocks: number;
  /** Seconds that it may take. */
  readonly budgetSeconds: number;
}

/** One experiment of the paper, as data. */
export interface Experiment {
  readonly name: ExperimentName;
  readonly title: string;
  /** What the paper did. */
  readonly paper: string;
  /** What is done here. */
  readonly here: string;
  readonly level: BenchRecord["level"];
  /** Runs in the same process, for `warm`. */
  readonly iterations: number;
  readonly quick: Scale;
  readonly full: Scale;
}

const kernel =
  (size: string) =>
  (name: string): Load => ({ module: `polybench-${name}`, size });

/** Kernels whose large size takes some seconds: they would use up the time of all. */
const slow = ["adi", "floyd-warshall", "heat-3d", "seidel-2d", "fdtd-2d", "jacobi-2d", "nussinov"];
const quickOnes = ["2mm", "cholesky", "gemm", "trmm", "symm", "durbin", "atax", "jacobi-2d"];
const others =
  "3mm bicg correlation covariance deriche doitgen gemver gesummv gramschmidt jacobi-1d lu ludcmp mvt syr2k syrk trisolv".split(
    " ",
  );
const allKernels = [...new Set([...quickOnes, ...others, ...slow])].toSorted();

/** The four kernels of Fig. 7. */
export const startKernels: readonly string[] = ["atax", "bicg", "durbin", "trisolv"];
const edge = ["canny", "plate", "marg", "lenet", "inflate"];

const product = (n: number): Load => ({ module: "matmul", size: `${n}`, args: [`${n}`] });

/** All experiments that measure, in the order of the paper. */
export const experiments: readonly Experiment[] = [
  {
    name: "fig5",
    title: "Fig. 5: kernels, normalised to Wasmtime",
    paper:
      "PolyBench on five runtimes, whole run times over those of Wasmtime; sizes are not stated, runs took tens of seconds and more.",
    here: "The kernels of the workloads' group polybench, each run a fresh process, start-up included.",
    level: "cold",
    iterations: 1,
    quick: { loads: quickOnes.map(kernel("medium")), blocks: 5, budgetSeconds: 80 },
    full: {
      loads: allKernels.map((name) => kernel(slow.includes(name) ? "medium" : "large")(name)),
      blocks: 7,
      budgetSeconds: 1140,
    },
  },
  {
    name: "fig7",
    title: "Fig. 7: one cold call against fifty in a row",
    paper:
      "atax, bicg, durbin, trisolv: (a) one cold call, (b) fifty calls one after the other in a living process that compiles once; start-up (process and compiling) against execution.",
    here: "The same kernels: a host process is started, loads the module once and runs it fifty times, each time in a fresh instance. The first run is (a), all fifty are (b).",
    level: "warm",
    iterations: 50,
    quick: { loads: startKernels.map(kernel("medium")), blocks: 5, budgetSeconds: 60 },
    full: { loads: startKernels.map(kernel("large")), blocks: 9, budgetSeconds: 360 },
  },
  {
    name: "fig8",
    title: "Fig. 8: matrix products from 30 x 30 to 2000 x 2000",
    paper: "A product of two random matrices by four runtimes, total time over the size.",
    here: "The definition's three loops (matmul), each run a fresh process. Where curves cross is read off between neighbouring sizes on a log-log scale.",
    level: "cold",
    iterations: 1,
    quick: { loads: [30, 100, 200, 300, 450].map(product), blocks: 5, budgetSeconds: 80 },
    full: {
      loads: [30, 60, 100, 150, 200, 300, 400, 600, 800, 1000, 1400, 2000].map(product),
      blocks: 7,
      budgetSeconds: 600,
    },
  },
  {
    name: "fig9",
    title: "Fig. 9: five functions for the edge",
    paper:
      "Canny edge detection, licence plates by morphology, attitude by a complementary filter, LeNet on MNIST, unpacking a 1 MB zip file.",
    here: "The same five, written anew, on generated input; each run a fresh process.",
    level: "cold",
    iterations: 1,
    quick: {
      loads: edge.map((name) => ({
        module: `edge-${name}`,
        size: name === "inflate" || name === "marg" ? "large" : "medium",
      })),
      blocks: 5,
      budgetSeconds: 50,
    },
    full: {
      loads: edge.map((name) => ({ module: `edge-${name}`, size: "large" })),
      blocks: 15,
      budgetSeconds: 240,
    },
  },
];
