import { closeSync, readFileSync } from "node:fs";
import { openKernel } from "./kernel.ts";
import type { Kernel } from "./kernel.ts";
import type { FoundFunctions } from "../find-functions.ts";
import { loadObject } from "./object.ts";
import type { LoadedObject } from "./object.ts";

/** What is attached to a process before it begins. */
export interface SessionPlan {
  readonly pid: number;
  /** The runtime's file, and where its functions are; without them system calls alone are watched. */
  readonly path?: string;
  readonly places?: FoundFunctions;
  /** The functions' numbers, from 1 on, as the results have them. */
  readonly numberOf?: (name: string) => number;
}

/** A word of a guest in which its function in flight stands. */
export interface WatchedWord {
  readonly address: number;
  /** What stands in the upper half of its 64 bits while it is there. */
  readonly pattern: number;
  /** Whether goroutines, not threads, tell the guest from others. */
  readonly goroutines: boolean;
}

/** What the kernel has added up of one WASI function; 0 stands for all outside of them. */
export interface FunctionTotal {
  readonly func: number;
  readonly calls: number;
  readonly ns: number;
  readonly syscallNs: number;
  readonly syscalls: number;
  readonly switches: number;
  readonly errors: number;
  /** Calls by time: a quarter of an octave each. */
  readonly histogram: readonly number[];
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

/** Moments in nanoseconds of CLOCK_MONOTONIC; those that were not seen are absent. */
export interface Marks {
  readonly exec?: number;
  readonly exit?: number;
  readonly guest?: number;
  readonly firstCall?: number;
  readonly lastCall?: number;
}

/** A place with what the program is told there. */
interface Probe {
  readonly offset: number;
  readonly cookie: bigint;
}

const tracepoints = {
  sys_enter: "sys_enter",
  sys_exit: "sys_exit",
  exec: "sched_process_exec",
  exit: "sched_process_exit",
  switch: "sched_switch",
} as const;
const cookieGoroutine = 1n << 32n;
const cookieMark = 1n << 33n;
const markNumber = { exec: 1, exit: 2, guest: 3, firstCall: 5, lastCall: 6 } as const;
const histogramBuckets = 256;

/**
 * Programs in the kernel that watch one process and what it starts. They are detached when this is closed, and when
 * this process ends, however it does: the kernel keeps nothing that no descriptor holds.
 */
export class EbpfSession {
  readonly #kernel: Kernel;
  readonly #object: LoadedObject;
  readonly #descriptors: number[] = [];
  readonly #processors: number;
  readonly #pid: number;

  /** Throws a `KernelRefusal`, or an `Error` of Node's when koffi is not installed. */
  constructor(object: Uint8Array, { pid, path, places, numberOf }: SessionPlan) {
    this.#kernel = openKernel();
    this.#object = loadObject(this.#kernel, object);
    this.#descriptors.push(...this.#object.maps.values(), ...this.#object.programs.values());
    this.#processors = possibleProcessors();
    this.#pid = pid;
    const watched = new Uint8Array(this.#object.shapes.get("watched")!.valueBytes);
    if (places?.goReturn !== undefined) view(watched).setUint32(8, 1, true);
    this.#kernel.update(this.#map("watched"), u32(pid), watched);
    for (const [program, name] of Object.entries(tracepoints)) {
      this.#descriptors.push(this.#kernel.attachTracepoint(this.#program(program), name));
    }
    if (places === undefined || path === undefined || numberOf === undefined) return;
    const { entries, starts, goReturn, guests } = places;
    const flag = goReturn === undefined ? 0n : cookieGoroutine;
    const attach = (program: string, atReturn: boolean, probes: readonly Probe[]): void => {
      if (probes.length === 0) return;
      const offsets = probes.map(({ offset }) => offset);
      const cookies = probes.map(({ cookie }) => cookie);
      const plan = { path, offsets, cookies, atReturn, pid };
      this.#descriptors.push(this.#kernel.attachUprobes(this.#program(program), plan));
    };
    const numbered = ({ name, offset }: { name: string; offset: number }): Probe => ({
      offset,
      cookie: BigInt(numberOf(name)) | flag,
    });
    const guestMark = cookieMark | BigInt(markNumber.guest);
    attach("enter", false, [
      ...entries.map(numbered),
      ...guests.map((offset) => ({ offset, cookie: guestMark })),
    ]);
    attach("leave", true, starts.map(numbered));
    if (goReturn !== undefined) attach("leave", false, [{ offset: goReturn, cookie: flag }]);
  }

  /** Reads the function in flight from a word in a process's memory, from now on. */
  watchWord(pid: number, { address, pattern, goroutines }: WatchedWord): void {
    const watched = new Uint8Array(this.#object.shapes.get("watched")!.valueBytes);
    view(watched).setBigUint64(0, BigInt(address), true);
    view(watched).setUint32(8, goroutines ? 1 : 0, true);
    view(watched).setUint32(12, pattern, true);
    this.#kernel.update(this.#map("watched"), u32(pid), watched);
  }

  /** Reads what was added up so far, by function. */
  functions(): FunctionTotal[] {
    const { entries, valueBytes } = this.#object.shapes.get("totals")!;
    const value = new Uint8Array(valueBytes * this.#processors);
    const totals: FunctionTotal[] = [];
    for (let func = 0; func < entries; func++) {
      this.#kernel.lookup(this.#map("totals"), u32(func), value);
      const sum = sums(value, valueBytes, 6);
      if (sum[0] === 0) continue;
      const histogram = Array.from({ length: histogramBuckets }, (_, bucket) =>
        this.#bucket(value, valueBytes, bucket),
      );
      const [calls, ns, syscallNs, syscalls, switches, errors] = sum as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      totals.push({ func, calls, ns, syscallNs, syscalls, switches, errors, histogram });
    }
    return totals;
  }

  /** Reads the system calls so far. */
  syscalls(): SyscallTotal[] {
    const valueBytes = this.#object.shapes.get("syscalls")!.valueBytes;
    return this.#entries("syscalls", this.#processors).map(([key, value]) => {
      const [calls, ns, bytes, errors] = sums(value, valueBytes, 4) as [
        number,
        number,
        number,
        number,
      ];
      const [func, number, helper] = [0, 4, 8].map((at) => view(key).getUint32(at, true));
      const who = helper!;
      return { func: func!, number: number!, helper: who !== 0, who, calls, ns, bytes, errors };
    });
  }

  /** Reads the moments of the process. */
  marks(): Marks {
    const key = new Uint8Array(8);
    view(key).setUint32(0, this.#pid, true);
    const value = new Uint8Array(8);
    const seen: Record<string, number> = {};
    for (const [name, number] of Object.entries(markNumber)) {
      view(key).setUint32(4, number, true);
      if (this.#kernel.lookup(this.#map("marks"), key, value)) {
        seen[name] = Number(view(value).getBigUint64(0, true));
      }
    }
    return seen;
  }

  /** Detaches everything. */
  close(): void {
    for (const descriptor of this.#descriptors.splice(0).toReversed()) closeSync(descriptor);
  }

  #map(name: string): number {
    return this.#object.maps.get(name)!;
  }

  #program(name: string): number {
    return this.#object.programs.get(name)!;
  }

  #bucket(value: Uint8Array, valueBytes: number, bucket: number): number {
    let count = 0;
    for (let at = 48 + 4 * bucket; at < value.length; at += valueBytes) {
      count += view(value).getUint32(at, true);
    }
    return count;
  }

  #entries(name: string, processors: number): [Uint8Array, Uint8Array][] {
    const { keyBytes, valueBytes } = this.#object.shapes.get(name)!;
    const map = this.#map(name);
    const entries: [Uint8Array, Uint8Array][] = [];
    let key: Uint8Array | undefined;
    for (;;) {
      const next = new Uint8Array(keyBytes);
      if (!this.#kernel.nextKey(map, key, next)) return entries;
      const value = new Uint8Array(valueBytes * processors);
      if (this.#kernel.lookup(map, next, value)) entries.push([next, value]);
      key = next;
    }
  }
}

/** Adds up the first 64-bit numbers of a value that each processor has one of. */
function sums(value: Uint8Array, valueBytes: number, count: number): number[] {
  return Array.from({ length: count }, (_, nth) => {
    let sum = 0;
    for (let at = nth * 8; at < value.length; at += valueBytes) {
      sum += Number(view(value).getBigUint64(at, true));
    }
    return sum;
  });
}

function view(bytes: Uint8Array): DataView {
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
