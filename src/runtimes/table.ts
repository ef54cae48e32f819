import { bun } from "./rows/bun.ts";
import { chicory } from "./rows/chicory.ts";
import { deno } from "./rows/deno.ts";
import { node } from "./rows/node.ts";
import { wamr } from "./rows/wamr.ts";
import { wasm2c } from "./rows/wasm2c.ts";
import { wasm3 } from "./rows/wasm3.ts";
import { wasmedge } from "./rows/wasmedge.ts";
import { wasmer } from "./rows/wasmer.ts";
import { wasmi } from "./rows/wasmi.ts";
import { wasmtime } from "./rows/wasmtime.ts";
import { wasmtimeCli } from "./rows/wasmtime-cli.ts";
import { wazero } from "./rows/wazero.ts";
import type { Runtime } from "./runtime.ts";

/** All runtimes, in the order in which they are listed. */
export const runtimes: readonly Runtime[] = [
  node,
  deno,
  bun,
  wasmtime,
  wasmtimeCli,
  wazero,
  wasmi,
  wasmer,
  wasm3,
  wasm2c,
  chicory,
  wamr,
  wasmedge,
];
