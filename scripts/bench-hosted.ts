// How much slower programs run in the self-hosted interpreter than directly on the same runtime:
//   npm run bench:hosted -- [--runtime wasmtime,node] [--rounds 5]
// User CPU seconds of whole processes, interleaved, each less the same program's with next to nothing to do.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { WASI } from "node:wasi";
import { root } from "../test/root.ts";

interface Kernel {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly idle: readonly string[];
}

const kernel = (name: string, size: string): Kernel => ({
  name,
  file: "workloads/kernels.wasm",
  args: [name, size],
  idle: [name, "1"],
});
const kernels: readonly Kernel[] = [
  kernel("mandelbrot", "1500"),
  { name: "fib", file: "workloads/fib.wasm", args: ["37"], idle: ["1"] },
  { name: "sieve", file: "workloads/sieve.wasm", args: ["1000000", "100"], idle: ["10", "1"] },
  kernel("sha256", "300000"),
  kernel("quicksort", "3000000"),
  { name: "matmul", file: "workloads/matmul.wasm", args: ["450"], idle: ["1"] },
];

/** What others were measured at, by the geometric means that their kernels allow (`docs/hosted.md`). */
const rivals: Readonly<Record<string, string>> = {
  wasmtime: "wasmi 15-17, wasm3 35-100, chiwawa 97-238",
  node: "wasmi 36-47, wasm3 32-84, chiwawa 61-141",
};
const host = "hosts/wasmscope-host.wasm";
const script = process.argv[1]!;
const commands: Readonly<Record<string, readonly string[]>> = {
  wasmtime: ["wasmtime", "run", "--dir", "."],
  // What counts is the code that V8 ends up with: it changes tiers while short programs run.
  node: [process.execPath, "--no-warnings", "--no-liftoff", script, "--guest"],
};

function userSeconds(command: readonly string[], args: readonly string[]): number {
  const { status, stderr } = spawnSync("/usr/bin/time", ["-f", "%U", ...command, ...args], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${[...command, ...args].join(" ")}: ${stderr}`);
  return Number(stderr.trim().split("\n").at(-1));
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1]!;

function ratios(
  command: readonly string[],
  { file, args, idle }: Kernel,
  rounds: number,
): number[] {
  return Array.from({ length: rounds }, () => {
    const direct = userSeconds(command, [file, ...args]) - userSeconds(command, [file, ...idle]);
    const hosted =
      userSeconds(command, [host, file, ...args]) - userSeconds(command, [host, file, ...idle]);
    return hosted / direct;
  });
}

function measure(runtime: string, rounds: number): void {
  const command = commands[runtime];
  if (command === undefined)
    throw new Error(`no runtime "${runtime}": ${Object.keys(commands).join(", ")}`);
  console.log(`${runtime}: times as slow as directly, median (least-most) of ${rounds} rounds`);
  const medians = kernels.map((one) => {
    const all = ratios(command, one, rounds);
    const spread = `${Math.min(...all).toFixed(1)}-${Math.max(...all).toFixed(1)}`;
    console.log(`  ${one.name.padEnd(12)}${median(all).toFixed(1).padStart(6)}  (${spread})`);
    return median(all);
  });
  const mean = Math.exp(medians.reduce((sum, ratio) => sum + Math.log(ratio), 0) / medians.length);
  console.log(`  geometric mean ${mean.toFixed(1)}; others: ${rivals[runtime] ?? "not measured"}`);
}

function runGuest(args: readonly string[]): void {
  setFlagsFromString("--no-turbo-fast-api-calls");
  const wasi = new WASI({ version: "preview1", args: [...args], preopens: { ".": "." } });
  const module = new WebAssembly.Module(readFileSync(join(root, args[0]!)));
  wasi.start(new WebAssembly.Instance(module, wasi.getImportObject() as WebAssembly.Imports));
}

if (process.argv[2] === "--guest") runGuest(process.argv.slice(3));
else {
  const { values } = parseArgs({
    options: {
      runtime: { type: "string", default: "wasmtime,node" },
      rounds: { type: "string", default: "5" },
    },
  });
  for (const runtime of values.runtime.split(",")) measure(runtime, Number(values.rounds));
}
