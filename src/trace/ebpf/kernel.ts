import { createRequire } from "node:module";

/** The system call bpf(2) and what belongs to it, called through koffi. */
export interface Kernel {
  createMap(map: MapShape): number;
  /** Reads a value into `value`; false when there is none. */
  lookup(map: number, key: Uint8Array, value: Uint8Array): boolean;
  update(map: number, key: Uint8Array, value: Uint8Array): void;
  delete(map: number, key: Uint8Array): void;
  /** Writes the key behind `key`, or the first one, into `next`; false at the end. */
  nextKey(map: number, key: Uint8Array | undefined, next: Uint8Array): boolean;
  loadProgram(program: ProgramShape): number;
  attachTracepoint(program: number, name: string): number;
  attachUprobes(program: number, probes: Uprobes): number;
}

/** A map to create. */
export interface MapShape {
  readonly name: string;
  readonly type: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly entries: number;
}

/** A program to load. */
export interface ProgramShape {
  readonly name: string;
  readonly type: number;
  readonly attachType: number;
  readonly instructions: Uint8Array;
}

/** Many places of one file, attached by one link: attached and detached at once. */
export interface Uprobes {
  readonly path: string;
  /** Offsets in the file. */
  readonly offsets: readonly number[];
  /** What the program is told of each place. */
  readonly cookies: readonly bigint[];
  /** Whether the program runs when the function that begins there returns. */
  readonly atReturn: boolean;
  /** The one process to watch; 0 for all. */
  readonly pid: number;
}

/** Says that the kernel does not do what it was asked for: the call, its error, the verifier's words. */
export class KernelRefusal extends Error {
  readonly errno: string;

  constructor(what: string, errno: string, log = "") {
    super(`${what}: ${errno}${log === "" ? "" : `\n${log}`}`);
    this.name = "KernelRefusal";
    this.errno = errno;
  }
}

/** Commands and constants of <linux/bpf.h>. */
const command = {
  mapCreate: 0,
  mapLookup: 1,
  mapUpdate: 2,
  mapDelete: 3,
  mapNextKey: 4,
  programLoad: 5,
  rawTracepointOpen: 17,
  linkCreate: 28,
} as const;
/** Types of programs, and the way of attaching many uprobes by one link. */
export const programType = { kprobe: 2, rawTracepoint: 17 } as const;
export const attachUprobeMulti = 48;
const uprobeAtReturn = 1;
const nameBytes = 16;
const logBytes = 1 << 16;

/** What of koffi is used. */
interface Koffi {
  load(path: string | null): { func(prototype: string): (...args: unknown[]) => number };
  struct(name: string, members: Record<string, unknown>): unknown;
  array(type: string, length: number): unknown;
  errno(): number;
  readonly os: { readonly errno: Readonly<Record<string, number>> };
}

const systemCallNumber: Readonly<Record<string, number>> = { x64: 321, arm64: 280 };

let known: Kernel | undefined;

/** Opens the way to the kernel. Throws an `Error` of Node's when koffi is not installed. */
export function openKernel(): Kernel {
  return (known ??= makeKernel(createRequire(import.meta.url)("koffi") as Koffi));
}

function makeKernel(koffi: Koffi): Kernel {
  const libc = koffi.load(null);
  const define = (name: string, members: Record<string, unknown>): string => {
    koffi.struct(`wasmscope_${name}`, members);
    return `wasmscope_${name}`;
  };
  const caller = (struct: string): ((cmd: number, attributes: object, size: number) => number) => {
    const call = libc.func(`long syscall(long number, int cmd, ${struct} *attributes, uint size)`);
    const number = systemCallNumber[process.arch]!;
    return (cmd, attributes, size) => call(number, cmd, attributes, size);
  };
  const errnoName = (): string => {
    const errno = koffi.errno();
    return (
      Object.entries(koffi.os.errno).find(([, value]) => value === errno)?.[0] ?? `errno ${errno}`
    );
  };
  const text = koffi.array("uint8", nameBytes);
  const u32 = "uint32";
  const mapCreate = caller(
    define("map_create", {
      type: u32,
      keyBytes: u32,
      valueBytes: u32,
      entries: u32,
      flags: u32,
      inner: u32,
      node: u32,
      name: text,
    }),
  );
  const mapElement = caller(
    define("map_element", { map: u32, key: "void *", value: "void *", flags: "uint64" }),
  );
  const programLoad = caller(
    define("program_load", {
      type: u32,
      count: u32,
      instructions: "void *",
      license: "void *",
      logLevel: u32,
      logSize: u32,
      log: "void *",
      kernel: u32,
      flags: u32,
      name: text,
      ifindex: u32,
      attachType: u32,
    }),
  );
  const tracepoint = caller(define("raw_tracepoint", { name: "void *", program: u32 }));
  const link = caller(
    define("uprobe_link", {
      program: u32,
      target: u32,
      attachType: u32,
      flags: u32,
      path: "void *",
      offsets: "void *",
      references: "void *",
      cookies: "void *",
      count: u32,
      probeFlags: u32,
      pid: u32,
    }),
  );
  const checked = (what: string, result: number, log?: Buffer): number => {
    if (result >= 0) return result;
    const errno = errnoName();
    throw new KernelRefusal(what, errno, log?.toString("utf8", 0, log.indexOf(0)).trim());
  };
  const element = (
    cmd: number,
    map: number,
    key: Uint8Array | null,
    value: Uint8Array | null,
  ): boolean => {
    if (mapElement(cmd, { map, key, value, flags: 0 }, 32) >= 0) return true;
    const errno = errnoName();
    if (errno === "ENOENT") return false;
    throw new KernelRefusal(`bpf(${cmd}) on a map`, errno);
  };
  return {
    createMap: ({ name, type, keyBytes, valueBytes, entries }) =>
      checked(
        `cannot create the map ${name}`,
        mapCreate(
          command.mapCreate,
          {
            type,
            keyBytes,
            valueBytes,
            entries,
            flags: 0,
            inner: 0,
            node: 0,
            name: nameField(name),
          },
          44,
        ),
      ),
    lookup: (map, key, value) => element(command.mapLookup, map, key, value),
    update: (map, key, value) => void element(command.mapUpdate, map, key, value),
    delete: (map, key) => void element(command.mapDelete, map, key, null),
    nextKey: (map, key, next) => element(command.mapNextKey, map, key ?? null, next),
    loadProgram({ name, type, attachType, instructions }) {
      const load = (logLevel: number, log: Buffer | null): number =>
        programLoad(
          command.programLoad,
          {
            type,
            count: instructions.length / 8,
            instructions,
            attachType,
            logLevel,
            license: Buffer.from("GPL\0"),
            logSize: log?.length ?? 0,
            log,
            kernel: 0,
            flags: 0,
            ifindex: 0,
            name: nameField(name),
          },
          72,
        );
      const result = load(0, null);
      if (result >= 0) return result;
      // Once more, for the verifier's reasons: writing them costs, and needs a buffer that is large enough.
      const log = Buffer.alloc(logBytes);
      return checked(`the kernel refuses the program ${name}`, load(1, log), log);
    },
    attachTracepoint: (program, name) =>
      checked(
        `cannot attach to the tracepoint ${name}`,
        tracepoint(command.rawTracepointOpen, { name: Buffer.from(`${name}\0`), program }, 16),
      ),
    attachUprobes(program, { path, offsets, cookies, atReturn, pid }) {
      return checked(
        `cannot attach ${offsets.length} probes to ${path}`,
        link(
          command.linkCreate,
          {
            program,
            target: 0,
            attachType: attachUprobeMulti,
            flags: 0,
            references: null,
            path: Buffer.from(`${path}\0`),
            offsets: new BigUint64Array(offsets.map(BigInt)),
            cookies: new BigUint64Array(cookies),
            count: offsets.length,
            probeFlags: atReturn ? uprobeAtReturn : 0,
            pid,
          },
          64,
        ),
      );
    },
  };
}

function nameField(name: string): number[] {
  const bytes = [...Buffer.from(name.slice(0, nameBytes - 1))];
  return Array.from({ length: nameBytes }, (_, nth) => bytes[nth] ?? 0);
}
