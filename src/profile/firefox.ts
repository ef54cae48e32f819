import { writeList, writeTable } from "./json-list.ts";
import type { Frame, Profile, ValueType } from "./model.ts";
import { originOf } from "./origin.ts";
import { TextSink } from "./text-sink.ts";
import { timeScale, weightedNodes } from "./timeline.ts";

/** Which categories there are; the first is the default, and must be grey. */
export const FIREFOX_CATEGORIES = [
  { name: "Other", color: "grey", subcategories: ["Other"] },
  { name: "Guest", color: "blue", subcategories: ["Other", "Estimated"] },
  { name: "Host", color: "orange", subcategories: ["Other", "Estimated"] },
] as const;

/** How the profiler shows weights; it knows times in milliseconds only. */
export function weightType({ unit }: ValueType): "samples" | "bytes" | "tracing-ms" {
  if (unit === "count") return "samples";
  return unit === "bytes" ? "bytes" : "tracing-ms";
}

/** Milliseconds that a unit of time has. */
export const MILLISECONDS: Readonly<Record<ValueType["unit"], number>> = {
  count: 1,
  bytes: 1,
  nanoseconds: 1e-6,
  microseconds: 1e-3,
  milliseconds: 1,
  seconds: 1e3,
};

/**
 * Writes a processed profile of the Firefox Profiler: a thread a value type, the primary one first.
 * The version is an old one on purpose: the profiler upgrades whatever is older than itself, and
 * refuses what is newer.
 */
export function writeFirefox(profile: Profile): Uint8Array {
  const out = new TextSink();
  out.text(`{"meta":${JSON.stringify(metaOf(profile))},\n`);
  const { name } = profile.module;
  const lib = {
    name,
    path: name,
    debugName: name,
    debugPath: name,
    breakpadId: "",
    codeId: profile.module.sha256 || null,
    arch: "wasm32",
  };
  out.text(`"libs":${JSON.stringify([lib])},\n"pages":[],"counters":[],"profilerOverhead":[],\n`);
  out.text(`"threads":[`);
  const tables = tablesOf(profile);
  const all = profile.valueTypes.map((_, column) => column);
  const order = [profile.primary, ...all.filter((column) => column !== profile.primary)];
  order.forEach((column, thread) => {
    if (thread > 0) out.text(",");
    writeThread(out, profile, tables, column);
  });
  out.text("]}\n");
  return out.take();
}

function metaOf(profile: Profile): object {
  const { module, mode, notes, valueTypes, primary } = profile;
  const rows: [string, string][] = [
    ["Mode", mode],
    ["SHA-256", module.sha256],
    ["Weight", valueTypes[primary]!.name],
    ...notes.map((note): [string, string] => ["Note", note]),
  ];
  return {
    version: 29,
    preprocessedProfileVersion: 48,
    interval: 1,
    startTime: 0,
    processType: 0,
    product: module.name,
    stackwalk: 1,
    debug: false,
    categories: FIREFOX_CATEGORIES,
    markerSchema: [],
    symbolicated: true,
    usesOnlyOneStackType: true,
    doesNotUseFrameImplementation: true,
    sourceCodeIsNotOnSearchfox: true,
    initialVisibleThreads: valueTypes.map((_, thread) => thread),
    initialSelectedThreads: [0],
    extra: [
      {
        label: "wasmscope",
        entries: rows.map(([label, value]) => ({ label, format: "string", value })),
      },
    ],
    wasmscope: originOf(profile),
  };
}

/** The tables that all threads share; the stack table is the tree itself. */
interface Tables {
  readonly strings: readonly string[];
  readonly frames: Readonly<Record<string, readonly unknown[]>>;
  readonly functions: Readonly<Record<string, readonly unknown[]>>;
  readonly symbols: Readonly<Record<string, readonly unknown[]>>;
  /** For each node its frame: the same function inlined at another depth is another one. */
  readonly nodeFrames: Int32Array;
}

/** Numbers values in order of first appearance. */
class Indices<T> {
  readonly items: T[] = [];
  readonly #indices = new Map<string | number, number>();

  of(key: string | number, make: () => T): number {
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const index = this.items.push(make()) - 1;
    this.#indices.set(key, index);
    return index;
  }
}

/** One kind of frame: at a depth of inlining, in the code of a function. */
interface FrameRow {
  readonly frame: Frame;
  readonly depth: number;
  readonly symbol: number | null;
}

function tablesOf(profile: Profile): Tables {
  const { frames, parents, nodeFrames } = profile;
  const strings = new Indices<string>();
  const text = (value: string): number => strings.of(value, () => value);
  text(profile.module.name);
  const symbols = new Indices<{ address: number; name: number }>();
  const rows = new Indices<FrameRow>();
  const rowOfNode = new Int32Array(parents.length);
  for (let node = 0; node < parents.length; node++) {
    const index = nodeFrames[node]!;
    const frame = frames[index]!;
    const parent = parents[node]!;
    const above = frame.inlined && parent !== -1 ? rows.items[rowOfNode[parent]!] : undefined;
    const depth = above ? above.depth + 1 : 0;
    const symbol = above ? above.symbol : symbolOf(frame, symbols, text);
    const key = `${index} ${depth} ${symbol}`;
    rowOfNode[node] = rows.of(depth === 0 ? index : key, () => ({ frame, depth, symbol }));
  }
  const functions = new Indices<FuncRow>();
  const funcs = rows.items.map(({ frame }) => {
    const { name, file, funcIndex, host } = frame;
    const inModule = funcIndex !== undefined && !host;
    const key = JSON.stringify([name, file, funcIndex, host]);
    return functions.of(key, () => ({
      name: text(name),
      file: file === undefined ? null : text(file),
      resource: inModule ? 0 : -1,
    }));
  });
  return {
    frames: frameTable(rows.items, funcs),
    functions: functionTable(functions.items),
    symbols: {
      address: symbols.items.map(({ address }) => address),
      name: symbols.items.map(({ name }) => name),
      libIndex: symbols.items.map(() => 0),
      functionSize: symbols.items.map(() => null),
    },
    nodeFrames: rowOfNode,
    strings: strings.items,
  };
}

/** The code of a function of the module: its index stands for the address, as in pprof. */
function symbolOf(
  { name, mangledName = name, funcIndex }: Frame,
  symbols: Indices<{ address: number; name: number }>,
  text: (value: string) => number,
): number | null {
  if (funcIndex === undefined) return null;
  return symbols.of(`${funcIndex} ${mangledName}`, () => ({
    address: funcIndex,
    name: text(mangledName),
  }));
}

function frameTable(rows: readonly FrameRow[], funcs: readonly number[]): Tables["frames"] {
  const none = rows.map(() => null);
  return {
    address: rows.map(({ frame }) => frame.funcIndex ?? -1),
    inlineDepth: rows.map(({ depth }) => depth),
    category: rows.map(({ frame }) => (frame.host ? 2 : 1)),
    subcategory: rows.map(({ frame }) => (frame.estimated ? 1 : 0)),
    func: funcs,
    nativeSymbol: rows.map(({ symbol }) => symbol),
    innerWindowID: rows.map(() => 0),
    implementation: none,
    line: rows.map(({ frame }) => frame.line ?? null),
    column: none,
  };
}

interface FuncRow {
  readonly name: number;
  readonly file: number | null;
  readonly resource: number;
}

function functionTable(rows: readonly FuncRow[]): Tables["functions"] {
  const no = rows.map(() => false);
  const none = rows.map(() => null);
  return {
    isJS: no,
    relevantForJS: no,
    name: rows.map(({ name }) => name),
    resource: rows.map(({ resource }) => resource),
    fileName: rows.map(({ file }) => file),
    lineNumber: none,
    columnNumber: none,
  };
}

function writeThread(out: TextSink, profile: Profile, tables: Tables, column: number): void {
  const type = profile.valueTypes[column]!;
  const head = {
    name: type.name,
    isMainThread: column === profile.primary,
    processType: "default",
    processName: profile.module.name,
    processStartupTime: 0,
    processShutdownTime: null,
    registerTime: 0,
    unregisterTime: null,
    pausedRanges: [],
    pid: "0",
    tid: column,
    showMarkersInTimeline: false,
  };
  out.text(`\n${JSON.stringify(head).slice(0, -1)},\n"samples":`);
  writeSamples(out, profile, column);
  out.text(`,\n"markers":`);
  const columns = ["category", "data", "endTime", "name", "phase", "startTime"];
  writeTable(out, Object.fromEntries(columns.map((key) => [key, []])));
  out.text(`,\n"stackTable":`);
  writeTable(out, {
    frame: tables.nodeFrames,
    prefix: Array.from(profile.parents, (parent) => (parent === -1 ? null : parent)),
    category: categories(tables, "category"),
    subcategory: categories(tables, "subcategory"),
  });
  for (const [key, table] of [
    ["frameTable", tables.frames],
    ["funcTable", tables.functions],
    ["nativeSymbols", tables.symbols],
    ["resourceTable", { lib: [0], name: [0], host: [null], type: [1] }],
  ] as const) {
    out.text(`,\n"${key}":`);
    writeTable(out, table);
  }
  out.text(`,\n"stringArray":`);
  writeList(out, tables.strings);
  out.text("}");
}

function categories(tables: Tables, key: "category" | "subcategory"): unknown[] {
  return Array.from(tables.nodeFrames, (frame) => tables.frames[key]![frame]);
}

/**
 * The order is that of the tree, and times are sums of what came before, so that the stack chart shows
 * the tree. A sample without a stack ends the last one.
 */
function writeSamples(out: TextSink, profile: Profile, column: number): void {
  const type = profile.valueTypes[column]!;
  const values = profile.selfValues[column]!;
  const nodes = weightedNodes(profile, column);
  const total = nodes.reduce((sum, node) => sum + values[node]!, 0);
  const { perMicrosecond } = timeScale(type, total);
  const times: number[] = [];
  let before = 0;
  for (const node of nodes) {
    times.push(before / perMicrosecond / 1e3);
    before += values[node]!;
  }
  const end = nodes.length === 0 ? [] : [before / perMicrosecond / 1e3];
  writeTable(
    out,
    {
      stack: [...nodes, ...end.map(() => null)],
      time: [...times, ...end],
      weight: [
        ...nodes.map((node) => values[node]! * MILLISECONDS[type.unit]),
        ...end.map(() => 0),
      ],
    },
    { weightType: weightType(type) },
  );
}
