import { Sink } from "../bytes/index.ts";
import { assembleBody, type Instruction, sectionId, valueType } from "../wasm/index.ts";
import { interpreterBody } from "./interpreter/run.ts";
import { pairBytes, rowBytes, unlessBytes } from "./interpreter/rows.ts";
import { vectorBody } from "./interpreter/vector.ts";
import {
  constantsStart,
  guestBase,
  pageLog2,
  pairsStart,
  rowsStart,
  unlessStart,
} from "./layout.ts";

/** A function type: the codes of its parameters and results. */
export interface Signature {
  readonly params: readonly number[];
  readonly results: readonly number[];
}

/** A function of the module that is put together. */
export interface HostFunction {
  readonly name: string;
  readonly type: Signature;
  readonly body: Uint8Array;
}

/** An imported function. */
export interface HostImport {
  readonly module: string;
  readonly name: string;
  readonly type: Signature;
}

/** What is put together with the interpreter. */
export interface HostParts {
  readonly imports: readonly HostImport[];
  /** Functions behind those of `generatedNames`. */
  readonly functions: readonly HostFunction[];
  /** The globals behind the interpreter's four, by type and first value. */
  readonly globals: readonly { readonly type: number; readonly value: number | bigint }[];
  /** Exported functions: the outer name, and the function's. */
  readonly exports: readonly (readonly [string, string])[];
  readonly exportMemory: string | undefined;
  /** What lies at `constantsStart`. */
  readonly constants: Uint8Array;
  /** More that is in memory from the start, by address. */
  readonly data?: readonly (readonly [number, Uint8Array])[];
  /** A second table, of functions, exported under this name and with one place. */
  readonly hooks?: string;
}

/** The functions that are made here, behind the imports. */
export const generatedNames = ["run", "runVectors"] as const;
/** How many globals the interpreter has. */
export const stateGlobals = 4;

const { i32 } = valueType;

/** Puts a host module together. */
export function assembleHost(parts: HostParts): Uint8Array {
  const generated: HostFunction[] = [
    { name: "run", type: { params: [], results: [i32] }, body: interpreterBody() },
    { name: "runVectors", type: { params: [i32, i32], results: [i32] }, body: vectorBody() },
  ];
  const functions = [...generated, ...parts.functions];
  const types = new Types();
  // Type 0 is that of the calls which trap: () -> ().
  types.index({ params: [], results: [] });
  const importTypes = parts.imports.map(({ type }) => types.index(type));
  const functionTypes = functions.map(({ type }) => types.index(type));
  const names = [...parts.imports, ...functions].map(({ name }) => name);
  const indexOf = (name: string): number => {
    const index = names.indexOf(name, parts.imports.length);
    if (index < 0) throw new Error(`no function is named ${name}`);
    return index;
  };

  const sink = new Sink(1 << 17);
  sink.bytes(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  const list = <T>(id: number, items: readonly T[], write: (item: T, index: number) => void) => {
    if (items.length === 0) return;
    sink.byte(id);
    sink.sized(() => {
      sink.u32(items.length);
      for (const [index, item] of items.entries()) write(item, index);
    });
  };
  list(sectionId.type, types.list, ({ params, results }) => {
    sink.byte(0x60);
    sink.vector(Uint8Array.from(params));
    sink.vector(Uint8Array.from(results));
  });
  list(sectionId.import, parts.imports, ({ module, name }, index) => {
    sink.name(module);
    sink.name(name);
    sink.byte(0);
    sink.u32(importTypes[index]!);
  });
  list(sectionId.function, functionTypes, (type) => sink.u32(type));
  const tables = parts.hooks === undefined ? ["traps"] : ["traps", "hooks"];
  list(sectionId.table, tables, () => sink.bytes(Uint8Array.of(valueType.funcref, 0, 1)));
  list(sectionId.memory, [guestBase >>> pageLog2], (pages) => {
    sink.byte(0);
    sink.u32(pages);
  });
  const state = Array.from({ length: stateGlobals }, () => ({ type: i32, value: 0 }));
  list(sectionId.global, [...state, ...parts.globals], ({ type, value }) => {
    sink.byte(type);
    sink.byte(1);
    sink.byte(type === i32 ? 0x41 : 0x42);
    sink.s64(BigInt(value));
    sink.byte(0x0b);
  });
  const memory: (readonly [string, number, number])[] =
    parts.exportMemory === undefined ? [] : [[parts.exportMemory, 2, 0]];
  const exported = parts.exports.map(([outer, name]) => [outer, 0, indexOf(name)] as const);
  const hooks: (readonly [string, number, number])[] =
    parts.hooks === undefined ? [] : [[parts.hooks, 1, 1]];
  list(sectionId.export, [...memory, ...hooks, ...exported], ([name, kind, index]) => {
    sink.name(name);
    sink.byte(kind);
    sink.u32(index);
  });
  list(sectionId.code, functions, ({ body }) => sink.vector(body));
  const data = [
    [rowsStart, rowBytes()],
    [unlessStart, unlessBytes()],
    [pairsStart, pairBytes()],
    [constantsStart, parts.constants],
    ...(parts.data ?? []),
  ] as const;
  list(sectionId.data, data, ([address, bytes]) => {
    sink.byte(0);
    sink.byte(0x41);
    sink.s32(address);
    sink.byte(0x0b);
    sink.vector(bytes);
  });
  writeNames(sink, names);
  return sink.take();
}

function writeNames(sink: Sink, names: readonly string[]): void {
  sink.byte(sectionId.custom);
  sink.sized(() => {
    sink.name("name");
    sink.byte(1);
    sink.sized(() => {
      sink.u32(names.length);
      for (const [index, name] of names.entries()) {
        sink.u32(index);
        sink.name(name);
      }
    });
  });
}

class Types {
  readonly list: Signature[] = [];

  index(type: Signature): number {
    const same = ({ params, results }: Signature): boolean =>
      String([params, "to", results]) === String([type.params, "to", type.results]);
    const found = this.list.findIndex(same);
    return found < 0 ? this.list.push(type) - 1 : found;
  }
}

/** Builds a function from locals' types and instructions. */
export function hostFunction(
  name: string,
  type: Signature,
  locals: readonly number[],
  code: readonly Instruction[],
): HostFunction {
  const body = assembleBody(
    locals.map((local) => [1, local] as const),
    code,
  );
  return { name, type, body };
}
