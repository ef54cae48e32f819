import { randomFillSync } from "node:crypto";
import type { WasiFunction } from "./file-functions.ts";
import type { Guest } from "./guest.ts";
import { errnos, WasiError } from "./numbers.ts";

/** Makes the functions for arguments, environment, clocks, random numbers and waiting. */
export function systemFunctions(guest: Guest): Record<string, WasiFunction> {
  const { memory } = guest;
  const args = guest.args.map(ended);
  const environment = Object.entries(guest.env).map(([name, value]) => ended(`${name}=${value}`));

  const putSizes = (texts: readonly Uint8Array[], count: number, bytes: number): void => {
    memory.putU32(count, texts.length);
    memory.putU32(
      bytes,
      texts.reduce((sum, text) => sum + text.length, 0),
    );
  };
  const putTexts = (texts: readonly Uint8Array[], pointers: number, to: number): void => {
    let at = to >>> 0;
    for (const [index, text] of texts.entries()) {
      memory.putU32(pointers + 4 * index, at);
      memory.bytes(at, text.length).set(text);
      at += text.length;
    }
  };

  return {
    args_sizes_get: (count: number, bytes: number) => putSizes(args, count, bytes),
    args_get: (pointers: number, to: number) => putTexts(args, pointers, to),
    environ_sizes_get: (count: number, bytes: number) => putSizes(environment, count, bytes),
    environ_get: (pointers: number, to: number) => putTexts(environment, pointers, to),
    clock_res_get: (clock: number, result: number) => {
      clockNs(clock);
      // The day's clock is told in milliseconds.
      memory.putU64(result, clock === 0 ? 1_000_000n : 1n);
    },
    clock_time_get: (clock: number, _precision: bigint, result: number) =>
      memory.putU64(result, clockNs(clock)),
    random_get: (to: number, size: number) => void randomFillSync(memory.bytes(to, size >>> 0)),
    sched_yield: () => {},
    proc_raise: () => errnos.ENOTSUP,
    poll_oneoff: (from: number, to: number, count: number, result: number) =>
      memory.putU32(result, poll(guest, from >>> 0, to >>> 0, count >>> 0)),
  };
}

function ended(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

/** Reads one of WASI's four clocks, in nanoseconds; those of process and thread are both the process's. */
function clockNs(clock: number): bigint {
  switch (clock >>> 0) {
    case 0:
      return BigInt(Date.now()) * 1_000_000n;
    case 1:
      return process.hrtime.bigint();
    case 2:
    case 3: {
      const { user, system } = process.cpuUsage();
      return BigInt(user + system) * 1000n;
    }
    default:
      throw new WasiError("EINVAL");
  }
}

const subscriptionSize = 48;
const eventSize = 32;

/** A subscription that is due, or the time until it is. */
interface Subscribed {
  readonly userdata: bigint;
  readonly kind: number;
  readonly error: number;
  /** 0 for files: nothing tells when there is something to read, so that reading waits instead. */
  readonly waitNs: bigint;
}

function poll({ memory, table }: Guest, from: number, to: number, count: number): number {
  if (count === 0) throw new WasiError("EINVAL");
  memory.bytes(to, count * eventSize);
  const all = Array.from({ length: count }, (_, index): Subscribed => {
    const bytes = memory.bytes(from + index * subscriptionSize, subscriptionSize);
    const view = new DataView(bytes.buffer, bytes.byteOffset, subscriptionSize);
    const userdata = view.getBigUint64(0, true);
    const kind = view.getUint8(8);
    const number = view.getUint32(16, true);
    try {
      if (kind !== 0) table.at(number);
      return { userdata, kind, error: 0, waitNs: kind === 0 ? dueIn(view, number) : 0n };
    } catch (error) {
      if (!(error instanceof WasiError)) throw error;
      return { userdata, kind, error: error.errno, waitNs: 0n };
    }
  });
  const soonest = all.reduce(
    (least, { waitNs }) => (waitNs < least ? waitNs : least),
    all[0]!.waitNs,
  );
  sleepNs(soonest);
  const due = all.filter(({ waitNs }) => waitNs <= soonest);
  for (const [index, { userdata, kind, error }] of due.entries()) {
    memory.put(to + index * eventSize, eventSize, (view) => {
      view.setBigUint64(0, userdata, true);
      view.setUint16(8, error, true);
      view.setUint8(10, kind);
      if (kind !== 0) view.setBigUint64(16, 1n, true);
    });
  }
  return due.length;
}

function dueIn(view: DataView, clock: number): bigint {
  const now = clockNs(clock);
  const timeout = view.getBigUint64(24, true);
  if ((view.getUint16(40, true) & 1) === 0) return timeout;
  return timeout > now ? timeout - now : 0n;
}

const nothing = new Int32Array(new SharedArrayBuffer(4));

/** Waits at least as long as it is told. */
function sleepNs(durationNs: bigint): void {
  const end = process.hrtime.bigint() + durationNs;
  for (let left = durationNs; left > 0n; left = end - process.hrtime.bigint()) {
    Atomics.wait(nothing, 0, 0, Math.min(Number(left) / 1e6, 2 ** 31));
  }
}
