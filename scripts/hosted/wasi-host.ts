import { assembleHost, hostFunction, type HostImport } from "../../src/hosted/host-module.ts";
import { sha256Start, wasiNamesStart } from "../../src/hosted/layout.ts";
import { type WasiFunction, wasiFunctions } from "../../src/hosted/wasi-functions.ts";
import { emptyBlock, type Instruction, valueType } from "../../src/wasm/index.ts";
import { compileInside, type Generated } from "./inside.ts";

const { i32, i64 } = valueType;

const imports: readonly HostImport[] = wasiFunctions.map(({ name, params, hasResult }) => ({
  module: "wasi_snapshot_preview1",
  name,
  type: {
    params: params.split("").map((letter) => (letter === "I" ? i64 : i32)),
    results: hasResult ? [i32] : [],
  },
}));

/** The files inside, those first that others take constants from. */
const wasiFiles = [
  "wasi-imports",
  "pointers",
  "args",
  "print",
  "files",
  "state-files",
  "words",
  "writer",
  "program",
  "descriptors",
  "directories",
  "sha256",
  "lz4",
  "chunk-out",
  "chunk-in",
  "frames",
  "pages",
  "take-state",
  "resume",
  "schedule",
  "state-options",
  "hooks",
  "control",
  "wasi",
];

/** Calls WASI's function with the number of its row, with arguments from the guest's slots. */
const callHost: Generated = {
  name: "callHost",
  make(indexOf) {
    const [id, slots] = [0, 1];
    const count = wasiFunctions.length;
    const code: Instruction[] = [["block", emptyBlock]];
    for (let index = 0; index < count; index++) code.push(["block", emptyBlock]);
    code.push(["local.get", id], ["br_table", ...wasiFunctions.keys(), count]);
    for (const row of wasiFunctions) {
      code.push("end", ["local.get", slots], ...callOf(row, slots, indexOf));
      code.push(row.hasResult ? ["i32.store", 2, 0] : "drop", "return");
    }
    code.push("end", "unreachable");
    return hostFunction("callHost", { params: [i32, i32], results: [] }, [], code);
  },
};

function callOf(
  { name, params, isOwn }: WasiFunction,
  slots: number,
  indexOf: (name: string) => number,
): Instruction[] {
  if (isOwn)
    return [
      ["local.get", slots],
      ["call", indexOf(`own_${name}`)],
    ];
  const args = params.split("").flatMap((letter, index): Instruction[] => {
    const load: Instruction = [letter === "I" ? "i64.load" : "i32.load", 2, 8 * index];
    const value: Instruction[] = [["local.get", slots], load];
    if (letter === "P") return [...value, ["call", indexOf("guestPointer")]];
    if (letter === "D") return [...value, ["call", indexOf("hostDescriptor")]];
    if (letter !== "V") return value;
    const length: Instruction[] = [
      ["local.get", slots],
      ["i32.load", 2, 8 * index + 8],
    ];
    return [...value, ...length, ["call", indexOf("guestBuffers")]];
  });
  // What the guest's end is waited for with is due before it.
  const before: Instruction[] = name === "proc_exit" ? [["call", indexOf("beforeExit")]] : [];
  return [...before, ...args, ["call", indexOf(name)]];
}

function nameList(): Uint8Array {
  const bytes = wasiFunctions.flatMap(({ name }) => [
    name.length,
    ...new TextEncoder().encode(name),
  ]);
  return Uint8Array.from([...bytes, 0]);
}

// The first 32 bits behind the point of the cube roots of 64 primes, then of the square roots of 8.
function sha256Constants(): Uint8Array {
  const primes: number[] = [];
  for (let number = 2; primes.length < 64; number++) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  }
  const fraction = (root: number): number => Math.floor((root % 1) * 2 ** 32);
  const roots = [...primes.map(Math.cbrt), ...primes.slice(0, 8).map(Math.sqrt)];
  return new Uint8Array(Uint32Array.from(roots.map(fraction)).buffer);
}

/** Builds the module that runs WASI programs: `wasmscope-host.wasm`. */
export function buildWasiHost(root: string): Uint8Array {
  return assembleHost({
    ...compileInside(root, imports, wasiFiles, [callHost]),
    exports: [["_start", "main"]],
    exportMemory: "memory",
    data: [
      [wasiNamesStart, nameList()],
      [sha256Start, sha256Constants()],
    ],
  });
}
