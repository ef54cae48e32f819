import { readFileSync } from "node:fs";
import type { Kernel } from "./kernel.ts";
import type { LoadedObject } from "./object.ts";

/** What the kernel has added up of one WASI function; 0 stands for all outside of them. */
export interface FunctionTotal {
  readonly func: number;
  readonly calls: number;
  readonly ns: number;
  readonly syscallNs: number;
  readonly syscalls: number;
  readonly switches: number;
  readonly errors: number;
  /** How often other threads of the process stopped running while it was in flight. */
  readonly hops: number;
  /** Calls by time: a quarter of an octave each. */
  readonly histogram: readonly number[];
  /** The sum of those times. */
  readonly sums: readonly number[];
}

/** What the kernel has added up of one system call inside of one function. */
export interface SyscallTotal {
  readonly func: number;
  readonly number: number;
  /** Whether a thread made it that was in no WASI function itself. */
  readonly helper: boolean;
  /** By a word: the thread, or the goroutine, that made it, wherever a function was in flight. */
  readonly who: number;
  readonly calls: number;
  readonly ns: number;
  readonly bytes: number;
  readonly errors: number;
}

/** What is counted of calls that have not returned. */
interface Ending {
  /** When the process ended; such calls do not count before. */
  readonly exit?: number | undefined;
  /** The function that is not meant to return: its time is none of WASI's. */
  readonly exitNumber: number;
}

const histogramBuckets = 256;
/** Where `struct total` has them. */
const totalAt = { sums: 48, histogram: 48 + 8 * histogramBuckets } as const;
/** Where `struct flight` has them. */
const flightAt = { start: 0, syscallNs: 8, func: 24, syscalls: 32, switches: 36 } as const;

/** Reads what the kernel's maps have. */
export function readTotals(
  kernel: Kernel,
  object: LoadedObject,
  ending: Ending,
): { readonly functions: FunctionTotal[]; readonly syscalls: SyscallTotal[] } {
  const maps = new Maps(kernel, object);
  return { functions: readFunctions(maps, ending), syscalls: readSyscalls(maps) };
}

function readFunctions(maps: Maps, { exit, exitNumber }: Ending): FunctionTotal[] {
  const hops = readHops(maps);
  const open = exit === undefined ? [] : readOpen(maps, exit, exitNumber);
  const totals: FunctionTotal[] = [];
  for (const [key, values] of maps.entries("totals")) {
    const func = view(key).getUint32(0, true);
    const [calls, ns, syscallNs, syscalls, switches, errors] = sums(values, 0, 6) as Six;
    const left = open.filter((one) => one.func === func);
    const more = (of: (one: OpenCall) => number): number =>
      left.reduce((sum, one) => sum + of(one), 0);
    if (calls + left.length === 0) continue;
    totals.push({
      func,
      calls: calls + left.length,
      ns: ns + more((one) => one.ns),
      syscallNs: syscallNs + more((one) => one.syscallNs),
      syscalls: syscalls + more((one) => one.syscalls),
      switches: switches + more((one) => one.switches),
      errors,
      hops: hops.get(func) ?? 0,
      histogram: counts(values, totalAt.histogram, histogramBuckets),
      sums: sums(values, totalAt.sums, histogramBuckets),
    });
  }
  return totals;
}

type Six = [number, number, number, number, number, number];
type Four = [number, number, number, number];

function readSyscalls(maps: Maps): SyscallTotal[] {
  return maps.entries("syscalls").map(([key, values]) => {
    const [calls, ns, bytes, errors] = sums(values, 0, 4) as Four;
    const [func, number, helper] = [0, 4, 8].map((at) => view(key).getUint32(at, true));
    const who = helper!;
    return { func: func!, number: number!, helper: who !== 0, who, calls, ns, bytes, errors };
  });
}

function readHops(maps: Maps): Map<number, number> {
  const hops = new Map<number, number>();
  for (const [key, [value]] of maps.entries("hops")) {
    const func = view(key).getUint32(0, true);
    hops.set(func, (hops.get(func) ?? 0) + Number(view(value!).getBigUint64(0, true)));
  }
  return hops;
}

/** A call that had not returned when its process ended. */
interface OpenCall {
  readonly func: number;
  readonly ns: number;
  readonly syscallNs: number;
  readonly syscalls: number;
  readonly switches: number;
}

function readOpen(maps: Maps, exit: number, exitNumber: number): OpenCall[] {
  return maps.entries("flights").flatMap(([, [value]]) => {
    const flight = view(value!);
    const func = flight.getUint32(flightAt.func, true);
    if (func === 0) return [];
    const start = Number(flight.getBigUint64(flightAt.start, true));
    return {
      func,
      ns: func === exitNumber ? 0 : Math.max(exit - start, 0),
      syscallNs: Number(flight.getBigUint64(flightAt.syscallNs, true)),
      syscalls: flight.getUint32(flightAt.syscalls, true),
      switches: flight.getUint32(flightAt.switches, true),
    };
  });
}

/** Types of maps that have a value for each processor. */
const perProcessor: readonly number[] = [5, 6];
const arrayType = 6;

/** The maps of a loaded program, to be read. */
class Maps {
  readonly #kernel: Kernel;
  readonly #object: LoadedObject;
  readonly #processors: number = possibleProcessors();

  constructor(kernel: Kernel, object: LoadedObject) {
    this.#kernel = kernel;
    this.#object = object;
  }

  /** Reads all entries: the key, and the value or those of all processors. */
  entries(name: string): [key: Uint8Array, values: Uint8Array[]][] {
    const { type, keyBytes, valueBytes, entries } = this.#object.shapes.get(name)!;
    const processors = perProcessor.includes(type) ? this.#processors : 1;
    const map = this.#object.maps.get(name)!;
    const read = (key: Uint8Array): [Uint8Array, Uint8Array[]][] => {
      const all = new Uint8Array(valueBytes * processors);
      if (!this.#kernel.lookup(map, key, all)) return [];
      const values = Array.from({ length: processors }, (_, nth) =>
        all.subarray(nth * valueBytes, (nth + 1) * valueBytes),
      );
      return [[key, values]];
    };
    if (type === arrayType) {
      return Array.from({ length: entries }, (_, nth) => read(u32(nth))).flat();
    }
    const found: [Uint8Array, Uint8Array[]][] = [];
    let key: Uint8Array | undefined;
    for (;;) {
      const next = new Uint8Array(keyBytes);
      if (!this.#kernel.nextKey(map, key, next)) return found;
      found.push(...read(next));
      key = next;
    }
  }
}

/** Adds up 64-bit numbers of the values that each processor has. */
function sums(values: readonly Uint8Array[], at: number, count: number): number[] {
  return Array.from({ length: count }, (_, nth) =>
    values.reduce((sum, value) => sum + Number(view(value).getBigUint64(at + 8 * nth, true)), 0),
  );
}

/** Adds up 32-bit numbers of the values that each processor has. */
function counts(values: readonly Uint8Array[], at: number, count: number): number[] {
  return Array.from({ length: count }, (_, nth) =>
    values.reduce((sum, value) => sum + view(value).getUint32(at + 4 * nth, true), 0),
  );
}

/** Gives a view of bytes. */
export function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  view(bytes).setUint32(0, value, true);
  return bytes;
}

/** Counts the processors that there may be: maps keep a value for each. */
function possibleProcessors(): number {
  const last = /(\d+)\s*$/.exec(readFileSync("/sys/devices/system/cpu/possible", "utf8"))?.[1];
  return Number(last ?? 0) + 1;
}
