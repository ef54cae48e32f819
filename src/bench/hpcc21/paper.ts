/**
 * Numbers printed in Wang, Wang, Wang, Hu, "Characterization and Implication of Edge WebAssembly Runtimes" (HPCC
 * 2021): data that this folder's claims are checked with.
 */

/** A row of Table I. */
export interface FrontEndRow {
  readonly app: string;
  readonly runtime: "WAVM" | "Wasmtime";
  readonly dsbMisses: number;
  readonly dsbHits: number;
  /** As printed, in percent. */
  readonly dsbMissPercent: number;
  readonly l1iMisses: number;
  readonly l1iHits: number;
  /** As printed: references of the DSB over those of the L1I. */
  readonly dsbOverL1i: number;
}

/** Table I: micro-operation cache (DSB) and instruction cache (L1I) of six kernels. */
export const table1: readonly FrontEndRow[] = (
  [
    ["2mm", "WAVM", 1.64e9, 4.44e10, 3.56, 3.53e7, 4.92e9, 9.297848921],
    ["2mm", "Wasmtime", 3.98e10, 4.18e10, 48.74, 3.19e6, 6.92e9, 11.78195449],
    ["3mm", "WAVM", 1.69e9, 7.04e10, 2.35, 3.99e7, 9.14e9, 7.849410328],
    ["3mm", "Wasmtime", 9.49e10, 3.51e10, 73.03, 5.55e6, 1.13e10, 11.51041366],
    ["symm", "WAVM", 1.59e9, 2.59e10, 5.8, 3.37e7, 3.41e7, 404.7020417],
    ["symm", "Wasmtime", 4.1e10, 2.8e9, 93.6, 1.69e6, 3.76e9, 11.62256781],
    ["heat-3D", "WAVM", 3.43e9, 1.83e11, 1.84, 3.9e7, 1.59e10, 11.73076489],
    ["heat-3D", "Wasmtime", 3.02e9, 2.92e11, 1.02, 3.75e6, 2.02e10, 14.58986501],
    ["seidel", "WAVM", 1.81e9, 1.55e11, 1.15, 3.95e7, 1.47e10, 10.63568714],
    ["seidel", "Wasmtime", 2.47e11, 1.23e10, 95.26, 5.67e6, 2.02e10, 12.82836407],
    ["gemm", "WAVM", 1.51e9, 3.71e10, 3.92, 4.33e7, 4.9e9, 7.817842999],
    ["gemm", "Wasmtime", 3.03e8, 6.66e10, 0.45, 1.73e6, 5.56e9, 12.03330069],
  ] as const
).map(([app, runtime, dsbMisses, dsbHits, dsbMissPercent, l1iMisses, l1iHits, dsbOverL1i]) => ({
  app,
  runtime,
  dsbMisses,
  dsbHits,
  dsbMissPercent,
  l1iMisses,
  l1iHits,
  dsbOverL1i,
}));

/** A row of Table III: branches mispredicted, in percent, by predictor. */
export interface PredictorRow {
  readonly app: string;
  readonly runtime: "WAVM" | "Wasmtime";
  readonly twoBit: number;
  readonly biMode: number;
  readonly tournament: number;
}

/** Table III. */
export const table3: readonly PredictorRow[] = [
  { app: "2mm", runtime: "WAVM", twoBit: 22.15, biMode: 6.91, tournament: 2.73 },
  { app: "2mm", runtime: "Wasmtime", twoBit: 16.47, biMode: 5.4, tournament: 1.92 },
  { app: "symm", runtime: "WAVM", twoBit: 24.83, biMode: 6.23, tournament: 3.28 },
  { app: "symm", runtime: "Wasmtime", twoBit: 18.31, biMode: 6.54, tournament: 4.03 },
];

/** The kernels on which WAVM is said to be ahead of Wasmtime, by the names of ours. */
export const kernelsOfWavm: readonly string[] = [
  "2mm",
  "3mm",
  "adi",
  "cholesky",
  "covariance",
  "doitgen",
  "fdtd-2d",
  "gemm",
  "seidel-2d",
  "heat-3d",
  "ludcmp",
  "symm",
  "syr2k",
  "trmm",
];
