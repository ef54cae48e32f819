import { closeSync, readFileSync } from "node:fs";
import type { FoundFunctions } from "../find-functions.ts";
import type { FoundMarks, MarkKind } from "../marks.ts";
import { memberOffset } from "./btf.ts";
import { KernelRefusal, openKernel } from "./kernel.ts";
import type { Kernel } from "./kernel.ts";
import { loadObject } from "./object.ts";
import type { LoadedObject } from "./object.ts";
import { readTotals, view } from "./totals.ts";
import type { FunctionTotal, SyscallTotal } from "./totals.ts";

export type { FunctionTotal, SyscallTotal } from "./totals.ts";

/** What is attached to a process before it begins. */
export interface SessionPlan {
  readonly pid: number;
  /** The runtime's file, and where its functions are; without them system calls alone are watched. */
  readonly path?: string;
  readonly places?: FoundFunctions;
  /** Where the guest begins and ends; without it, those are its first and last WASI call. */
  readonly marks?: FoundMarks;
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

/** Moments in nanoseconds of CLOCK_MONOTONIC; those that were not seen are absent. */
export interface Marks {
  readonly exec?: number;
  readonly exit?: number;
  /** The guest's begin, where it was seen. */
  readonly guest?: number;
  /** Its end, where it was seen. */
  readonly guestEnd?: number;
  readonly firstCall?: number;
  readonly lastCall?: number;
  /** When the runtime first began to compile and to instantiate. */
  readonly compile?: number;
  readonly instantiate?: number;
  /** How long the guest ran outside of WASI, as added up between its calls. */
  readonly guestNs: number;
  /** How long the runtime ran between activations of the guest. */
  readonly gapNs: number;
}

/** A place with what the program is told there, and what it is called in messages. */
interface Probe {
  readonly name: string;
  readonly offset: number;
  readonly cookie: bigint;
}

const tracepoints = {
  sys_enter: "sys_enter",
  sys_exit: "sys_exit",
  fork: "sched_process_fork",
  exec: "sched_process_exec",
  exit: "sched_process_exit",
  switch: "sched_switch",
} as const;
const cookieGoroutine = 1n << 32n;
const cookieMark = 1n << 33n;
const cookieExit = 1n << 34n;
const guestMark = cookieMark | 1n;
/** Numbers of marks: those from 16 on are steps of the start. */
const markNumber: Readonly<Record<MarkKind, number>> = {
  begin: 2,
  exact: 3,
  end: 4,
  after: 5,
  compile: 16,
  instantiate: 17,
};
/** Where `struct watched` has them. */
const watchedAt = { word: 0, goroutines: 8, root: 12, running: 32, pattern: 44 } as const;
const momentsAt = {
  exec: 48,
  exit: 56,
  begin: 64,
  end: 72,
  first: 80,
  last: 88,
  after: 96,
  since: 104,
  guestNs: 112,
  gapNs: 120,
} as const;

/**
 * Programs in the kernel that watch one process and what it starts. They are detached when this is closed, and when
 * this process ends, however it does: the kernel keeps nothing that no descriptor holds.
 */
export class EbpfSession {
  readonly #kernel: Kernel;
  readonly #object: LoadedObject;
  readonly #descriptors: number[] = [];
  readonly #pid: number;
  readonly #exitNumber: number;

  /**
   * Throws a `KernelRefusal` that names what could not be attached, or an `Error` of Node's when koffi is not installed.
   */
  constructor(object: Uint8Array, { pid, path, places, marks, numberOf }: SessionPlan) {
    this.#kernel = openKernel();
    this.#object = loadObject(this.#kernel, object);
    this.#descriptors.push(...this.#object.maps.values(), ...this.#object.programs.values());
    this.#pid = pid;
    this.#exitNumber = numberOf?.("proc_exit") ?? 0;
    try {
      this.#watch(places?.goReturn !== undefined);
      for (const [program, name] of Object.entries(tracepoints)) {
        this.#descriptors.push(this.#kernel.attachTracepoint(this.#program(program), name));
      }
      if (path === undefined || places === undefined || numberOf === undefined) return;
      for (const { program, atReturn, probes } of attachments(places, marks, numberOf)) {
        this.#attach(program, atReturn, path, probes);
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Reads the function in flight from a word in a process's memory, from now on. */
  watchWord(pid: number, { address, pattern, goroutines }: WatchedWord): void {
    const watched = new Uint8Array(this.#object.shapes.get("watched")!.valueBytes);
    // What else is known of the process stays: nothing but its end would change it meanwhile.
    this.#kernel.lookup(this.#map("watched"), u32(pid), watched);
    view(watched).setBigUint64(watchedAt.word, BigInt(address), true);
    view(watched).setUint32(watchedAt.goroutines, goroutines ? 1 : 0, true);
    view(watched).setUint32(watchedAt.pattern, pattern, true);
    this.#kernel.update(this.#map("watched"), u32(pid), watched);
  }

  /** Reads what was added up so far, by function; what has not returned when the process ended counts, too. */
  functions(): FunctionTotal[] {
    const { exit } = this.marks();
    return readTotals(this.#kernel, this.#object, { exit, exitNumber: this.#exitNumber }).functions;
  }

  /** Reads the system calls so far. */
  syscalls(): SyscallTotal[] {
    return readTotals(this.#kernel, this.#object, { exitNumber: this.#exitNumber }).syscalls;
  }

  /** Reads the moments of the process. */
  marks(): Marks {
    const { shapes } = this.#object;
    const value = new Uint8Array(shapes.get("watched")!.valueBytes);
    this.#kernel.lookup(this.#map("watched"), u32(this.#pid), value);
    const at = (offset: number): number => Number(view(value).getBigUint64(offset, true));
    const moment = (name: keyof typeof momentsAt): number | undefined =>
      at(momentsAt[name]) || undefined;
    const [begin, first, last] = [moment("begin"), moment("first"), moment("last")];
    const end = moment("end") ?? moment("after");
    // The clock still goes where only what came after the guest was seen, or nothing.
    const running = view(value).getUint32(watchedAt.running, true) !== 0;
    const rest = running ? Math.max((end ?? last ?? 0) - at(momentsAt.since), 0) : 0;
    return {
      ...given("exec", moment("exec")),
      ...given("exit", moment("exit")),
      ...given("guest", begin === first ? undefined : begin),
      ...given("guestEnd", end),
      ...given("firstCall", first),
      ...given("lastCall", last),
      ...given("compile", this.#step(markNumber.compile)),
      ...given("instantiate", this.#step(markNumber.instantiate)),
      guestNs: at(momentsAt.guestNs) + rest,
      gapNs: at(momentsAt.gapNs),
    };
  }

  /** Detaches everything. */
  close(): void {
    for (const descriptor of this.#descriptors.splice(0).toReversed()) closeSync(descriptor);
  }

  #watch(goroutines: boolean): void {
    const watched = new Uint8Array(this.#object.shapes.get("watched")!.valueBytes);
    view(watched).setUint32(watchedAt.goroutines, goroutines ? 1 : 0, true);
    view(watched).setUint32(watchedAt.root, 1, true);
    this.#kernel.update(this.#map("watched"), u32(this.#pid), watched);
    this.#kernel.update(this.#map("task_tgid"), u32(0), u32(processIdOffset()));
  }

  #attach(program: string, atReturn: boolean, path: string, probes: readonly Probe[]): void {
    const attach = (some: readonly Probe[]): number =>
      this.#kernel.attachUprobes(this.#program(program), {
        path,
        offsets: some.map(({ offset }) => offset),
        cookies: some.map(({ cookie }) => cookie),
        atReturn,
        pid: this.#pid,
      });
    try {
      this.#descriptors.push(attach(probes));
    } catch (error) {
      if (!(error instanceof KernelRefusal)) throw error;
      // One by one, to say which it is.
      for (const probe of probes) {
        try {
          closeSync(attach([probe]));
        } catch (reason) {
          if (!(reason instanceof KernelRefusal)) throw reason;
          const where = `${probe.name} (at 0x${probe.offset.toString(16)} of ${path})`;
          throw new KernelRefusal(`cannot attach to ${where}`, reason.errno);
        }
      }
      throw error;
    }
  }

  #step(step: number): number | undefined {
    const key = new Uint8Array(8);
    view(key).setUint32(0, this.#pid, true);
    view(key).setUint32(4, step, true);
    const value = new Uint8Array(8);
    const there = this.#kernel.lookup(this.#map("steps"), key, value);
    return there ? Number(view(value).getBigUint64(0, true)) : undefined;
  }

  #map(name: string): number {
    return this.#object.maps.get(name)!;
  }

  #program(name: string): number {
    return this.#object.programs.get(name)!;
  }
}

/** Lists what is attached by one link each. */
function attachments(
  { entries, starts, goReturn }: FoundFunctions,
  marks: FoundMarks | undefined,
  numberOf: (name: string) => number,
): { readonly program: string; readonly atReturn: boolean; readonly probes: readonly Probe[] }[] {
  const flag = goReturn === undefined ? 0n : cookieGoroutine;
  const numbered = ({ name, offset }: { name: string; offset: number }): Probe => ({
    name,
    offset,
    cookie: BigInt(numberOf(name)) | flag | (name === "proc_exit" ? cookieExit : 0n),
  });
  const guest = (offset: number): Probe => ({
    name: "the guest's begin",
    offset,
    cookie: guestMark,
  });
  const placed = (marks?.places ?? []).map(({ kind, offset }) => ({
    name: `the mark "${kind}"`,
    offset,
    cookie: cookieMark | BigInt(markNumber[kind]),
  }));
  const entered = [
    ...entries.map(numbered),
    ...(marks?.guests ?? []).map(({ entry }) => guest(entry)),
    ...placed,
  ];
  const returned = [
    ...starts.map(numbered),
    ...(marks?.guests ?? []).map(({ start }) => guest(start)),
  ];
  const behind =
    goReturn === undefined ? [] : [{ name: "Go's returns", offset: goReturn, cookie: flag }];
  return [
    { program: "enter", atReturn: false, probes: entered },
    { program: "leave", atReturn: true, probes: returned },
    { program: "leave", atReturn: false, probes: behind },
  ].filter(({ probes }) => probes.length > 0);
}

let knownOffset: number | undefined;

/** Finds where the kernel keeps a task's process id; 0 when it does not say. */
function processIdOffset(): number {
  if (knownOffset !== undefined) return knownOffset;
  try {
    const types = readFileSync("/sys/kernel/btf/vmlinux");
    knownOffset = memberOffset(types, "task_struct", "tgid") ?? 0;
  } catch {
    // A kernel without: children are found by what clone returns then.
    knownOffset = 0;
  }
  return knownOffset;
}

function given<Name extends string>(
  name: Name,
  value: number | undefined,
): { readonly [key in Name]?: number } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in Name]?: number };
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  view(bytes).setUint32(0, value, true);
  return bytes;
}
