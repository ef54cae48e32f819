import type { Runtime } from "../../runtimes/index.ts";
import { findArms } from "../arm.ts";
import type { Arm, Samples } from "../analysis/samples.ts";

/** A runtime of the paper, or what stands for it today. */
export type ClassName = "wasmtime" | "wasmtime-2020" | "wavm" | "lucet" | "wasmer" | "node";

/** One class of runtimes: who takes the part of a runtime of the paper. */
export interface RuntimeClass {
  readonly name: ClassName;
  /** What the paper ran. */
  readonly paper: string;
  /** What is run here, as the user selects it. */
  readonly selector: string;
  /** Why that is a fair stand-in. */
  readonly why: string;
  readonly matches: (arm: Arm) => boolean;
}

const isOld = ({ version }: Arm): boolean => version.startsWith("0.19.");

/** The five runtimes of the paper, and the paper's own version of one of them. */
export const classes: readonly RuntimeClass[] = [
  {
    name: "wasmtime",
    paper: "Wasmtime 0.19.0",
    selector: "wasmtime",
    why: "the same runtime, years later: Cranelift at run time",
    matches: (arm) => arm.runtime === "wasmtime" && arm.tier === "cranelift" && !isOld(arm),
  },
  {
    name: "wasmtime-2020",
    paper: "Wasmtime 0.19.0",
    selector: "wasmtime@0.19.0",
    why: "the paper's own version",
    matches: (arm) => arm.runtime === "wasmtime" && arm.tier === "cranelift" && isOld(arm),
  },
  {
    name: "wavm",
    paper: "WAVM (LLVM at run time)",
    selector: "wasm2c:jit",
    why: "WAVM is dead; wasm2c and clang -O3, the compiling counted as start-up, have its shape: LLVM's code, bought at start",
    matches: (arm) => arm.runtime === "wasm2c" && arm.tier === "jit",
  },
  {
    name: "lucet",
    paper: "Lucet 0.7.0-dev (Cranelift ahead of time)",
    selector: "wasmtime:aot",
    why: "Lucet was merged into Wasmtime, whose compiled artefacts are its successor",
    matches: (arm) => arm.runtime === "wasmtime" && arm.tier === "aot",
  },
  {
    name: "wasmer",
    paper: "Wasmer 1.0.0-alpha5 (Cranelift)",
    selector: "wasmer",
    why: "the same runtime with its default compiler",
    matches: (arm) => arm.runtime === "wasmer" && arm.tier === "cranelift",
  },
  {
    name: "node",
    paper: "Node.js 12.9.1",
    selector: "node",
    why: "the same runtime: V8's tiers as users get them",
    matches: (arm) => arm.runtime === "node" && arm.tier === "default",
  },
];

/** Says which arm of the records takes a class's part; the first one where there are several versions. */
export function armOf(samples: Samples, name: ClassName): string | undefined {
  const row = classes.find((entry) => entry.name === name)!;
  return samples.arms.find(row.matches)?.arm;
}

/** The arms of the paper's five runtimes that were measured, by class. */
export function classArms(samples: Samples): ReadonlyMap<ClassName, string> {
  const found = classes
    .filter(({ name }) => name !== "wasmtime-2020")
    .map(({ name }) => [name, armOf(samples, name)] as const);
  return new Map(found.filter((entry): entry is [ClassName, string] => entry[1] !== undefined));
}

/**
 * Says what to measure of the runtimes that are there: the paper's classes, and V8's single tiers where fewer than
 * three of them are.
 */
export async function defaultSelectors(table: readonly Runtime[]): Promise<string[]> {
  const known = classes
    .map(({ selector }) => selector)
    .filter((selector) => table.some(({ name }) => name === selector.split(/[@:]/)[0]));
  const { arms } = await findArms(known, table);
  return arms.length >= 3 ? known : [...known, "node:liftoff", "node:turbofan"];
}
