import type { BenchRecord } from "../record.ts";

/** The experiments of the paper that are made again, by the figure that shows them. */
export type ExperimentName = "fig5" | "fig7" | "fig8" | "fig9";

/** A workload at a size. */
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
  /** Blocks after which a load is done; fewer when the time is up. */
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
  /** What is measured; the paper's figure follows from the last of them. */
  readonly levels: readonly BenchRecord["level"][];
  readonly quick: Scale;
  readonly full: Scale;
}

const kernel =
  (size: string) =>
  (name: string): Load => ({ module: `polybench-${name}`, size });

/** Kernels that take a millisecond or two at their medium size, and those that take some hundred. */
const short = "atax bicg durbin gemver gesummv jacobi-1d mvt trisolv".split(" ");
const slow = ["adi", "floyd-warshall", "nussinov"];

/**
 * Runs of about half a second, or a share of that: the medium size, which caches hold, so often from the same input. Shorter ones would
 * measure what a process needs to start where an arm has no engine host.
 */
const longRun =
  (share: number) =>
  (name: string): Load => {
    const times = share * (short.includes(name) ? 200 : slow.includes(name) ? 4 : 20);
    return { module: `polybench-${name}`, size: `medium ${times}`, args: ["medium", `${times}`] };
  };

const quickOnes = ["cholesky", "gemm", "2mm", "atax", "trmm", "symm", "durbin", "jacobi-2d"];
const others =
  "3mm adi bicg correlation covariance deriche doitgen fdtd-2d floyd-warshall gemver gesummv gramschmidt heat-3d jacobi-1d lu ludcmp mvt nussinov seidel-2d syr2k syrk trisolv".split(
    " ",
  );
const allKernels = [...new Set([...quickOnes, ...others])].toSorted();

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
    here: "Thirty kernels after PolyBench's definitions, compiled and run in a fresh process; what the process itself needs to start is left out, since some engines are libraries in another language's process. Runs are shorter than the paper's: the execution is multiplied until a run takes about ten seconds, which the claims are judged by.",
    levels: ["cold"],
    quick: { loads: quickOnes.map(longRun(0.5)), blocks: 5, budgetSeconds: 95 },
    full: {
      loads: allKernels.map(longRun(1)),
      blocks: 7,
      budgetSeconds: 1140,
    },
  },
  {
    name: "fig7",
    title: "Fig. 7: one cold call against fifty in a row",
    paper:
      "atax, bicg, durbin, trisolv: (a) one cold call, (b) fifty calls one after the other in a living process that compiles once; start-up (process and compiling) against execution.",
    here: "The same kernels. (a) is reading, compiling (loading, where compiled ahead) and the first run in a fresh process, (b) adds 49 times the mean of further runs there, which keep the compiled module, each in a fresh instance.",
    levels: ["cold", "warm"],
    quick: { loads: startKernels.map(kernel("large")), blocks: 5, budgetSeconds: 60 },
    full: { loads: startKernels.map(kernel("extralarge")), blocks: 9, budgetSeconds: 360 },
  },
  {
    name: "fig8",
    title: "Fig. 8: matrix products from 30 x 30 to 2000 x 2000",
    paper: "A product of two random matrices by four runtimes, total time over the size.",
    here: "The definition's three loops (matmul), compiled and run in a fresh process. Where curves cross is read off between neighbouring sizes on a log-log scale.",
    levels: ["cold"],
    quick: { loads: [30, 100, 200, 300, 450].map(product), blocks: 5, budgetSeconds: 60 },
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
    here: "The same five, written anew, on generated input; compiled and run in a fresh process.",
    levels: ["cold"],
    quick: {
      loads: edge.map((name) => ({
        module: `edge-${name}`,
        size: name === "inflate" || name === "marg" ? "large" : "medium",
      })),
      blocks: 5,
      budgetSeconds: 55,
    },
    full: {
      loads: edge.map((name) => ({ module: `edge-${name}`, size: "large" })),
      blocks: 15,
      budgetSeconds: 240,
    },
  },
];
