import { setFlagsFromString } from "node:v8";
import { WASI } from "node:wasi";
import { root } from "../root.ts";

/** What a WASI command did. */
export interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly exports: WebAssembly.Exports;
}

/** What a WASI command is given. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** Guest folders to host folders; the default is the package's folder as `.`. */
  readonly preopens?: Readonly<Record<string, string>>;
  readonly imports?: WebAssembly.Imports;
  /** Told of the instance before it starts. */
  readonly onInstance?: (exports: WebAssembly.Exports) => void;
}

type Call = (...args: never[]) => unknown;

// Without this a collection inside one of V8's fast calls destroys node:wasi's object during its own call.
setFlagsFromString("--no-turbo-fast-api-calls");

const succeeded = 0;
const stdoutFd = 1;
/** What shells show for a process that aborts. */
const trapExitCode = 134;

/**
 * Runs a WASI command in this process and keeps what it prints. Clock and random numbers are the same in each run, so
 * that two runs of one program do the same.
 */
export function runWasi(
  bytes: Uint8Array,
  args: readonly string[],
  { env = {}, preopens = { ".": root }, imports = {}, onInstance }: Surroundings = {},
): Run {
  const wasi = new WASI({
    version: "preview1",
    args: ["guest", ...args],
    env,
    preopens,
    returnOnExit: true,
  });
  const own = wasi.wasiImport as Record<string, Call>;
  const memory = (): ArrayBuffer => (instance.exports["memory"] as WebAssembly.Memory).buffer;
  const output: Uint8Array[] = [];
  const module = new WebAssembly.Module(Uint8Array.from(bytes));
  const instance: WebAssembly.Instance = new WebAssembly.Instance(module, {
    wasi_snapshot_preview1: {
      // As closures: see above.
      ...Object.fromEntries(
        Object.entries(own).map(([name, call]) => [name, (...given: never[]) => call(...given)]),
      ),
      ...deterministic(memory),
      fd_write: (fd: number, list: number, count: number, written: number): unknown =>
        fd === stdoutFd
          ? keep(memory(), list >>> 0, count, written >>> 0, output)
          : own["fd_write"]!(...([fd, list, count, written] as never[])),
    },
    ...imports,
  });
  onInstance?.(instance.exports);
  const exitCode = exitCodeOf(wasi, instance);
  return { exitCode, stdout: Buffer.concat(output).toString("latin1"), exports: instance.exports };
}

function exitCodeOf(wasi: WASI, instance: WebAssembly.Instance): number {
  try {
    return wasi.start(instance);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    return trapExitCode;
  }
}

function keep(
  memory: ArrayBuffer,
  list: number,
  count: number,
  written: number,
  output: Uint8Array[],
): number {
  const view = new DataView(memory);
  let total = 0;
  for (let at = list; at < list + count * 8; at += 8) {
    const [start, length] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    output.push(new Uint8Array(memory.slice(start, start + length)));
    total += length;
  }
  view.setUint32(written, total, true);
  return succeeded;
}

function deterministic(memory: () => ArrayBuffer): Record<string, Call> {
  let state = 1;
  let now = 1_700_000_000_000_000_000n;
  return {
    random_get(pointer: number, length: number): number {
      const bytes = new Uint8Array(memory(), pointer >>> 0, length >>> 0);
      for (let at = 0; at < bytes.length; at++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        bytes[at] = state >>> 24;
      }
      return succeeded;
    },
    clock_time_get(_clock: number, _precision: bigint, pointer: number): number {
      now += 1_000_000n;
      new DataView(memory()).setBigUint64(pointer >>> 0, now, true);
      return succeeded;
    },
  };
}
