import { compileInside, type Generated } from "../../scripts/hosted/inside.ts";
import { assembleHost, hostFunction } from "../../src/hosted/host-module.ts";
import { arenaStart } from "../../src/hosted/layout.ts";
import {
  assembleBody,
  decodeModule,
  type FuncType,
  type Instruction,
  type Module,
  valueType,
} from "../../src/wasm/index.ts";
import { root } from "../root.ts";
import { assemble, type Bytes, funcType, leb, name, section, sized } from "../spec/assemble.ts";

// A guest as a module with its own imports and exports, whose functions run in the interpreter. It consists of an
// instance of the runtime and a small module around it, made for the guest, that passes on arguments and results.
// Memories, tables and mutable globals cannot be shared with others: the guest's are not where the host's are.

const { i32, i64, f32, f64, v128, funcref, externref } = valueType;
const supported: readonly number[] = [i32, i64, f32, f64, v128, funcref, externref];

/** The export that makes a packed guest ready again after a trap. */
export const resetName = "wasmscope: reset";

const runtimeFunctions = [
  ["loadPacked", [i32], []],
  ["importGlobal", [i32, i64, i64], []],
  ["instantiatePacked", [], []],
  ["entryBase", [], [i32]],
  ["invokeIndex", [i32, i32], []],
  ["globalHalf", [i32, i32], [i64]],
  ["referencedIndex", [i32], [i32]],
  ["reset", [], []],
] as const;
const runtimeIndex = (wanted: (typeof runtimeFunctions)[number][0]): number =>
  runtimeFunctions.findIndex(([known]) => known === wanted);

const callHook: Generated = {
  name: "callHost",
  make: () =>
    hostFunction(
      "callHost",
      { params: [i32, i32], results: [] },
      [],
      // Types: () -> (), () -> i32, (i32, i32) -> i32, then this function's own.
      [
        ["local.get", 0],
        ["local.get", 1],
        ["i32.const", 0],
        ["call_indirect", hookType, 1],
      ],
    ),
};
const hookType = 3;

let runtime: WebAssembly.Module | undefined;

/** Makes an instance of the runtime that holds a guest's bytes, not read yet. */
export function startRuntime(guest: Uint8Array): WebAssembly.Exports {
  runtime ??= new WebAssembly.Module(Uint8Array.from(buildRuntime()));
  const { exports } = new WebAssembly.Instance(runtime, {});
  new Uint8Array((exports["memory"] as WebAssembly.Memory).buffer).set(guest, arenaStart);
  return exports;
}

function buildRuntime(): Uint8Array {
  return assembleHost({
    ...compileInside(root, [], ["packed"], [callHook]),
    exports: runtimeFunctions.map(([known]) => [known, known] as const),
    exportMemory: "memory",
    hooks: "hooks",
  });
}

/** The name of the runtime's instance among the imports of a packed guest. */
export const runtimeName = "wasmscope: runtime";

/** Packs a guest, or says why it cannot be. */
export function pack(guest: Uint8Array): Uint8Array | { readonly skip: string } {
  const module = decodeModule(guest);
  const reason = whyNot(module);
  return reason === undefined ? wrap(module) : { skip: reason };
}

function whyNot(module: Module): string | undefined {
  for (const type of module.types) {
    if (type.kind !== "func") return "types of garbage collection";
    if (![...type.params, ...type.results].every((code) => supported.includes(code)))
      return "typed references";
  }
  if (module.tags.length > 0) return "exceptions";
  if (module.memories.length > 1) return "several memories";
  if (
    module.memories.some(({ is64, shared, pageSizeLog2 }) => is64 || shared || pageSizeLog2 !== 16)
  )
    return "memories with 64 bits, shared, or of other pages";
  if (module.tables.some(({ is64 }) => is64)) return "tables with 64 bits";
  if (!module.globals.every(({ type }) => type in codes)) return "typed references";
  for (const { kind, module: from, global } of module.imports) {
    if (kind !== "func" && from !== "spectest") return `imports a ${kind} of another module`;
    if (kind === "global" && global?.mutable === true) return "imports a mutable global";
  }
  return undefined;
}

interface Signature {
  readonly params: readonly number[];
  readonly results: readonly number[];
}

function signatureOf(module: Module, typeIndex: number): Signature {
  const { params, results } = module.types[typeIndex] as FuncType;
  return { params: [...params], results: [...results] };
}

const slotBytes = (type: number): number => (type === v128 ? 16 : 8);
const offsets = (types: readonly number[]): number[] => {
  let at = 0;
  return types.map((type) => (at += slotBytes(type)) - slotBytes(type));
};
const accessNames: Record<number, string> = {
  [i32]: "i32",
  [i64]: "i64",
  [f32]: "f32",
  [f64]: "f64",
  [v128]: "v128",
};

/** Indices of the functions that turn references into numbers and back. */
interface Converters {
  readonly externOut: number;
  readonly funcOut: number;
  readonly externIn: number;
  readonly funcIn: number;
}

function loadAll(types: readonly number[], base: number, convert: Converters): Instruction[] {
  const at = offsets(types);
  return types.flatMap((type, index): Instruction[] => {
    const access = accessNames[type];
    const load: Instruction = [`${access ?? "i32"}.load`, 0, at[index]!];
    const out: Instruction = ["call", type === externref ? convert.externOut : convert.funcOut];
    return [["local.get", base], load, ...(access === undefined ? [out] : [])];
  });
}

function storeAll(
  types: readonly number[],
  base: number,
  firstLocal: number,
  convert: Converters,
): Instruction[] {
  const at = offsets(types);
  return types.flatMap((type, index): Instruction[] => {
    const access = accessNames[type];
    const into: Instruction = ["call", type === externref ? convert.externIn : convert.funcIn];
    return [
      ["local.get", base],
      ["local.get", firstLocal + index],
      ...(access === undefined ? [into] : []),
      [`${access ?? "i32"}.store`, 0, at[index]!],
    ];
  });
}

interface Piece {
  readonly type: Signature;
  readonly locals: readonly number[];
  readonly code: readonly Instruction[];
}

const nullOr = (type: number, value: readonly Instruction[]): Instruction[] => [
  ["local.get", 0],
  "i32.eqz",
  ["if", type],
  ["ref.null", type],
  "else",
  ...value,
  "end",
];
// Tables of the module around the guest: the runtime's hooks, host references by number, the guest's functions.
const [externTable, functionTable] = [1, 2];
const converterPieces: readonly Piece[] = [
  {
    type: { params: [i32], results: [externref] },
    locals: [],
    code: nullOr(externref, [
      ["local.get", 0],
      ["i32.const", 1],
      "i32.sub",
      ["table.get", externTable],
    ]),
  },
  {
    type: { params: [i32], results: [funcref] },
    locals: [],
    code: nullOr(funcref, [
      ["local.get", 0],
      ["call", runtimeIndex("referencedIndex")],
      ["table.get", functionTable],
    ]),
  },
  {
    type: { params: [externref], results: [i32] },
    locals: [],
    code: [
      ["local.get", 0],
      "ref.is_null",
      ["if", i32],
      ["i32.const", 0],
      "else",
      ["local.get", 0],
      ["i32.const", 1],
      ["table.grow", externTable],
      ["i32.const", 1],
      "i32.add",
      "end",
    ],
  },
  {
    type: { params: [funcref], results: [i32] },
    locals: [],
    code: [
      ["local.get", 0],
      "ref.is_null",
      "i32.eqz",
      ["if", 0x40],
      "unreachable",
      "end",
      ["i32.const", 0],
    ],
  },
];

const codes: Record<string, number> = { i32, i64, f32, f64, v128, funcref, externref };

function globalValue(index: number, type: number, convert: Converters): Instruction[] {
  const half = (offset: number): Instruction[] => [
    ["i32.const", index],
    ["i32.const", offset],
    ["call", runtimeIndex("globalHalf")],
  ];
  switch (type) {
    case i32:
      return [...half(0), "i32.wrap_i64"];
    case i64:
      return half(0);
    case f32:
      return [...half(0), "i32.wrap_i64", "f32.reinterpret_i32"];
    case f64:
      return [...half(0), "f64.reinterpret_i64"];
    case v128:
      return [...half(0), "i64x2.splat", ...half(8), ["i64x2.replace_lane", 1]];
    case externref:
      return [...half(0), "i32.wrap_i64", ["call", convert.externOut]];
    default:
      return [...half(0), "i32.wrap_i64", ["call", convert.funcOut]];
  }
}

function wrap(module: Module): Uint8Array {
  const imported = module.imports.filter(({ kind }) => kind === "func");
  const firstOwn = runtimeFunctions.length + imported.length;
  const convert: Converters = {
    externOut: firstOwn,
    funcOut: firstOwn + 1,
    externIn: firstOwn + 2,
    funcIn: firstOwn + 3,
  };
  const firstGuest = firstOwn + converterPieces.length;
  const guests = [...module.functions].map((typeIndex, index): Piece => {
    const type = signatureOf(module, typeIndex);
    const base = type.params.length;
    const code: Instruction[] = [
      ["call", runtimeIndex("entryBase")],
      ["local.set", base],
      ...storeAll(type.params, base, 0, convert),
      ["i32.const", index],
      ["local.get", base],
      ["call", runtimeIndex("invokeIndex")],
      ["call", firstGuest + module.functions.length],
      ...loadAll(type.results, base, convert),
    ];
    return { type, locals: [i32], code };
  });
  const globals = module.exports.filter(({ kind }) => kind === "global");
  const globalTypes = globals.map(({ index }) => codes[module.globals[index]!.type]!);
  const sync: Piece = {
    type: { params: [], results: [] },
    locals: [],
    code: globals.flatMap(({ index }, k): Instruction[] => [
      ...globalValue(index, globalTypes[k]!, convert),
      ["global.set", k],
    ]),
  };
  const start: Piece = {
    type: { params: [], results: [] },
    locals: [],
    code: [
      ["i32.const", module.bytes.length],
      ["call", runtimeIndex("loadPacked")],
      ...module.imports
        .filter(({ kind }) => kind === "global")
        .flatMap((item, index): Instruction[] => [
          ["i32.const", index],
          ["i64.const", spectestGlobals[item.name] ?? 0n],
          ["i64.const", 0n],
          ["call", runtimeIndex("importGlobal")],
        ]),
      ["call", runtimeIndex("instantiatePacked")],
      ["call", firstGuest + module.functions.length],
    ],
  };
  const pieces = [...converterPieces, ...guests, sync, start, hook(module, imported, convert)];
  const last = firstOwn + pieces.length - 1;

  const types: Bytes[] = [];
  const typeIndex = ({ params, results }: Signature): Bytes => {
    types.push(funcType([...params], [...results]));
    return leb(types.length - 1);
  };
  const imports: Bytes[] = [
    ...runtimeFunctions.map(([known, params, results]) => [
      name(runtimeName),
      name(known),
      0,
      typeIndex({ params, results }),
    ]),
    ...imported.map((item) => [
      name(item.module),
      name(item.name),
      0,
      typeIndex(signatureOf(module, item.typeIndex!)),
    ]),
    [name(runtimeName), name("memory"), 2, 0, 1],
    [name(runtimeName), name("hooks"), 1, funcref, 0, 1],
  ];
  const own = pieces.map(({ type }) => typeIndex(type));
  const allGuests = guests.map((_, index) => leb(firstGuest + index));
  return assemble(
    section(1, types),
    section(2, imports),
    section(3, own),
    section(4, [
      [externref, 0, 0],
      [funcref, 0, leb(guests.length)],
    ]),
    section(
      6,
      globalTypes.map((type) => [type, 1, zeroOf(type), 0x0b]),
    ),
    section(7, [
      ...module.exports.flatMap((item): Bytes[] =>
        item.kind === "func" ? [[name(item.name), 0, leb(firstGuest + item.index)]] : [],
      ),
      ...globals.map((item, k): Bytes => [name(item.name), 3, leb(k)]),
      [name(resetName), 0, leb(runtimeIndex("reset"))],
    ]),
    [8, sized(leb(last - 1))],
    section(9, [
      [0, 0x41, 0, 0x0b, 1, leb(last)],
      [2, leb(functionTable), 0x41, 0, 0x0b, 0, leb(guests.length), allGuests],
    ]),
    section(
      10,
      pieces.map(({ locals, code }) => {
        const bytes = assembleBody(
          locals.map((type) => [1, type] as const),
          code,
        );
        return [leb(bytes.length), [...bytes]];
      }),
    ),
  );
}

function hook(
  module: Module,
  imported: readonly { readonly typeIndex?: number }[],
  convert: Converters,
): Piece {
  const locals: number[] = [];
  const code = imported.flatMap(({ typeIndex }, index): Instruction[] => {
    const { params, results } = signatureOf(module, typeIndex!);
    const first = 2 + locals.length;
    locals.push(...results);
    return [
      ["local.get", 0],
      ["i32.const", index],
      "i32.eq",
      ["if", 0x40],
      ...loadAll(params, 1, convert),
      ["call", runtimeFunctions.length + index],
      ...results.map((_, k): Instruction => ["local.set", first + k]).toReversed(),
      ...storeAll(results, 1, first, convert),
      "end",
    ];
  });
  return { type: { params: [i32, i32], results: [] }, locals, code };
}

function zeroOf(type: number): Bytes {
  switch (type) {
    case i32:
      return [0x41, 0];
    case i64:
      return [0x42, 0];
    case f32:
      return [0x43, 0, 0, 0, 0];
    case f64:
      return [0x44, 0, 0, 0, 0, 0, 0, 0, 0];
    case v128:
      return [0xfd, 0x0c, ...Array.from({ length: 16 }, () => 0)];
    default:
      return [0xd0, type];
  }
}

const floatBits = new DataView(new ArrayBuffer(8));
function bitsOf(value: number, bits: 32 | 64): bigint {
  if (bits === 64) floatBits.setFloat64(0, value);
  else floatBits.setFloat32(0, value);
  return bits === 64 ? floatBits.getBigInt64(0) : BigInt(floatBits.getUint32(0));
}
/** The values of the specification's own host module. */
const spectestGlobals: Record<string, bigint> = {
  global_i32: 666n,
  global_i64: 666n,
  global_f32: bitsOf(666.6, 32),
  global_f64: bitsOf(666.6, 64),
};
