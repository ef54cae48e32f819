import { assembleHost, hostFunction, type HostImport } from "../../src/hosted/host-module.ts";
import { wasiNamesStart } from "../../src/hosted/layout.ts";
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

/** The files inside that only this build has. */
const wasiFiles = [
  "wasi-imports",
  "pointers",
  "args",
  "print",
  "files",
  "words",
  "writer",
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

/** Builds the module that runs WASI programs: `wasmscope-host.wasm`. */
export function buildWasiHost(root: string): Uint8Array {
  return assembleHost({
    ...compileInside(root, imports, wasiFiles, [callHost]),
    exports: [["_start", "main"]],
    exportMemory: "memory",
    data: [[wasiNamesStart, nameList()]],
  });
}
