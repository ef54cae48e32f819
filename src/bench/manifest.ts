import { readFileSync } from "node:fs";
import { packageFile } from "../sys/index.ts";

/**
 * Which figures a workload takes part in. The first three make up the geometric mean of the profilers' overhead;
 * `worst` cases are shown apart, `program` and `example` rows are only shown. The last four are for comparing runtimes.
 */
export type Group =
  | "coremark"
  | "kernel"
  | "real"
  | "worst"
  | "program"
  | "example"
  | "polybench"
  | "matmul"
  | "edge"
  | "io";

/** How much a workload has to do. Every row has `mini`, which takes milliseconds. */
export type SizeName = "mini" | "small" | "medium" | "large" | "extralarge";

/** What a workload is given at one size, and what it must print. */
export interface WorkloadSize {
  readonly args: readonly string[];
  /** The name of a generated input; absent where standard input is empty. */
  readonly stdin?: string;
  /** Absent at some sizes that take minutes: there runtimes can only be compared with each other. */
  readonly stdoutSha256?: string;
}

/** A row of `workloads/manifest.json`; paths are relative to the package. */
export interface WorkloadRow {
  readonly name: string;
  readonly group: Group;
  readonly file: string;
  readonly source: string;
  readonly language: "c" | "c++";
  readonly flags: readonly string[];
  /** Pairs of a host folder and a guest folder; `work` stands for a folder that is new for every run. */
  readonly dirs: readonly (readonly [host: string, guest: string])[];
  readonly sizes: { readonly mini: WorkloadSize } & {
    readonly [name in Exclude<SizeName, "mini">]?: WorkloadSize;
  };
  readonly standsFor: string;
}

/** An input that `inputFile` makes. */
export interface WorkloadInput {
  readonly bytes: number;
  /** Of the file, or of what is inside where the compressor may differ between versions (`of: "content"`). */
  readonly sha256: string;
  readonly of?: "content";
}

/** `workloads/manifest.json`. */
export interface WorkloadManifest {
  readonly inputs: Readonly<Record<string, WorkloadInput>>;
  readonly workloads: readonly WorkloadRow[];
}

let known: WorkloadManifest | undefined;

/** Reads the list of all workloads and of the inputs that they are given: it is part of the package. */
export function loadManifest(): WorkloadManifest {
  known ??= JSON.parse(readFileSync(packageFile("workloads/manifest.json"), "utf8"));
  return known!;
}
