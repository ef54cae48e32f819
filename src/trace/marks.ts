import { closeSync, openSync, readSync } from "node:fs";
import { Elf } from "./elf.ts";
import type { ElfSymbol } from "./elf.ts";
import type { FoundFunctions } from "./find-functions.ts";
import { findProbeSite } from "./sites.ts";

/** What passing a place says about the guest. */
export type MarkKind =
  /** It begins, if it does not run already. */
  | "begin"
  /** Its first instruction is next: more exact than what was taken for its begin. */
  | "exact"
  /** It has ended. */
  | "end"
  /** It has ended before, unless it calls WASI once more: only the runtime itself does this. */
  | "after"
  /** The runtime begins to compile, or to instantiate. */
  | "compile"
  | "instantiate";

/** Where a runtime's guest begins and ends: a row of data. */
interface MarkRow {
  /** As in the table of runtimes. */
  readonly runtime: string;
  /** Functions from whose entry to whose return the guest runs, and which the kernel may see return. */
  readonly guest?: RegExp;
  readonly begin?: RegExp;
  readonly exact?: RegExp;
  /** The guest has ended behind the call of one function in another: for Go, whose returns the kernel must not catch. */
  readonly ends?: readonly { readonly inside: RegExp; readonly called: RegExp }[];
  readonly after?: RegExp;
  readonly compile?: RegExp;
  readonly instantiate?: RegExp;
}

const wazeroEngine = "github\\.com/tetratelabs/wazero/internal/engine/";

/** The runtimes whose begins and ends are known; of others only the first and the last WASI call are. */
const rows: readonly MarkRow[] = [
  {
    runtime: "node",
    begin: /^_ZN4node4wasi4WASI10_SetMemory/,
    exact: /^Builtins_(?:Generic)?JSToWasmWrapper(?:Asm)?$/,
    // While the guest runs, no JavaScript does: it asks for the time, or ends, behind the guest's end only.
    after:
      /^_ZN4node7process11BindingData\d+(?:SlowBigInt|FastBigInt|SlowNumber|FastNumber)|^_ZN4nodeL?10ReallyExit|^uv_run$/,
    compile: /^_ZN2v88internal4wasm10WasmEngine11SyncCompileE/,
    instantiate: /^_ZN2v88internal4wasm10WasmEngine15SyncInstantiateE/,
  },
  {
    runtime: "wasmtime",
    guest: /^wasm(?:time)?_func_call$/,
    compile: /^wasm(?:time)?_module_new$/,
    instantiate: /^wasm(?:time_linker_instantiate|_instance_new|time_instance_new)$/,
  },
  {
    runtime: "wasmtime-cli",
    guest: /(?:invoke_wasm_and_catch_traps|11catch_traps)(?:17h|.*8commands3run)/,
    compile: /11CodeBuilder\d+compile_module/,
    instantiate: /^_RNCNv.*10RunCommand19instantiate_and_run0/,
  },
  {
    runtime: "wazero",
    begin: new RegExp(
      `^${wazeroEngine}(?:wazevo/backend/isa/amd64\\.entrypoint|interpreter\\.\\(\\*callEngine\\)\\.call)$`,
    ),
    ends: [
      {
        inside: new RegExp(`^${wazeroEngine}wazevo\\.\\(\\*callEngine\\)\\.Call(?:WithStack)?$`),
        called: new RegExp(`^${wazeroEngine}wazevo\\.\\(\\*callEngine\\)\\.callWithStack$`),
      },
      {
        inside: new RegExp(
          `^${wazeroEngine}interpreter\\.\\(\\*callEngine\\)\\.Call(?:WithStack)?$`,
        ),
        called: new RegExp(`^${wazeroEngine}interpreter\\.\\(\\*callEngine\\)\\.call$`),
      },
    ],
    compile: /^github\.com\/tetratelabs\/wazero\.\(\*runtime\)\.CompileModule$/,
    instantiate: /^github\.com\/tetratelabs\/wazero\.\(\*runtime\)\.InstantiateModule$/,
  },
  {
    runtime: "wasmi",
    guest: /wasmi6engine6Engine12execute_func17h/,
    compile: /wasmi6engine11EngineInner9init_func17h/,
    instantiate: /wasmi6module11instantiate.*15extract_exports17h/,
  },
  {
    runtime: "wasm3",
    guest: /^m3_Call(?:V|VL|Argv)?$/,
    compile: /^m3_ParseModule$/,
    instantiate: /^m3_LoadModule$/,
  },
  {
    runtime: "wasmer",
    guest: /^_ZN9wasmer_vm4trap12traphandlers11catch_traps17h/,
    compile: /^_ZN6wasmer7backend3sys8entities6module6Module11from_binary17h/,
    instantiate: /^_ZN6wasmer7backend3sys8entities6module6Module11instantiate17h/,
  },
  { runtime: "wasm2c", guest: /^unit_start$/, instantiate: /^unit_instantiate$/ },
  {
    runtime: "wamr",
    guest: /^wasm_runtime_call_wasm(?:_a)?$/,
    compile: /^wasm_runtime_load$/,
    instantiate: /^wasm_runtime_instantiate$/,
  },
  {
    runtime: "wasmedge",
    guest: /^WasmEdge_(?:VMExecute|VMRunWasmFromFile|ExecutorInvoke)$/,
    instantiate: /^WasmEdge_(?:VMInstantiate|ExecutorInstantiate)$/,
  },
];

/** Places that say where the guest is; all are offsets in the runtime's file. */
export interface FoundMarks {
  /** Functions from whose entry to whose return the guest runs: the place of the probe, and the beginning. */
  readonly guests: readonly { readonly entry: number; readonly start: number }[];
  readonly places: readonly { readonly kind: MarkKind; readonly offset: number }[];
}

/** How much of a function is read to find a call in it, or a place at its beginning. */
const longest = 16_384;
const beginningBytes = 256;

/** Finds the marks of a runtime by its symbols, beside its WASI functions. */
function findMarks(
  elf: Elf,
  runtime: string,
  { guests }: Pick<FoundFunctions, "guests">,
): FoundMarks {
  const row = rows.find((one) => one.runtime === runtime);
  const matching = (pattern: RegExp | undefined): ElfSymbol[] =>
    pattern === undefined ? [] : distinct(elf.functions(pattern));
  const entryOf = ({ address }: ElfSymbol): number =>
    elf.offsetOf(address)! + findProbeSite(elf.at(address, beginningBytes)).offset;
  const places = (["begin", "exact", "after", "compile", "instantiate"] as const).flatMap((kind) =>
    matching(row?.[kind]).map((symbol) => ({ kind, offset: entryOf(symbol) })),
  );
  const entered = matching(row?.guest).map((symbol) => ({
    entry: entryOf(symbol),
    start: elf.offsetOf(symbol.address)!,
  }));
  const ends = (row?.ends ?? []).flatMap(({ inside, called }) =>
    matching(inside).flatMap((symbol) => behindCalls(elf, symbol, matching(called))),
  );
  const known = entered.length > 0 || places.some(({ kind }) => kind === "begin");
  return {
    guests: entered,
    places: [
      ...places,
      ...ends.map((offset) => ({ kind: "end" as const, offset })),
      // What the catalogue knows, where this does not.
      ...(known ? [] : guests.map((offset) => ({ kind: "begin" as const, offset }))),
    ],
  };
}

/** Finds the marks in a runtime's file. */
export function marksIn(path: string, runtime: string, places: FoundFunctions): FoundMarks {
  const descriptor = openSync(path, "r");
  try {
    const elf = new Elf((offset, length) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset));
    });
    return findMarks(elf, runtime, places);
  } finally {
    closeSync(descriptor);
  }
}

/** Finds where the calls of some functions come back to in another one, as offsets in the file. */
function behindCalls(
  elf: Elf,
  { address, size }: ElfSymbol,
  called: readonly ElfSymbol[],
): number[] {
  const code = elf.at(address, Math.min(size, longest));
  const view = new DataView(code.buffer, code.byteOffset, code.length);
  const targets = new Set(called.map((symbol) => symbol.address));
  const found: number[] = [];
  for (let at = 0; at + 5 < code.length; at++) {
    const behind = address + at + 5;
    if (code[at] === 0xe8 && targets.has(behind + view.getInt32(at + 1, true))) {
      found.push(elf.offsetOf(behind)!);
    }
  }
  return found;
}

/** Drops symbols at places that others have, too: compilers merge functions, and tables repeat them. */
function distinct(symbols: readonly ElfSymbol[]): ElfSymbol[] {
  return [...new Map(symbols.map((symbol) => [symbol.address, symbol])).values()];
}
