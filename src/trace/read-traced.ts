import type { Marks } from "./ebpf/session.ts";
import type { FunctionTotal, SyscallTotal } from "./ebpf/totals.ts";
import type { Observation, ObservedFunction, ObservedSyscall } from "./observation.ts";
import { syscallName } from "./syscall-names.ts";
import { quantileNs, startSteps, timesOf } from "./times.ts";
import type { TracedRun } from "./trace-run.ts";

/** System calls that move bytes, by what moves them in WASI. */
const movers: readonly { readonly functions: RegExp; readonly syscalls: RegExp }[] = [
  { functions: /^(?:fd_p?read|sock_recv)$/, syscalls: /^(?:p?readv?2?|pread64|recv(?:from|msg))$/ },
  {
    functions: /^(?:fd_p?write|sock_send)$/,
    syscalls: /^(?:p?writev?2?|pwrite64|send(?:to|msg))$/,
  },
  { functions: /^random_get$/, syscalls: /^(?:getrandom|read)$/ },
  { functions: /^fd_readdir$/, syscalls: /^getdents(?:64)?$/ },
];

/** Puts what the kernel has added up into the shape of an observation. */
export function readTraced(
  { code, signal, marks, functions, syscalls, attachNs }: TracedRun,
  names: readonly string[],
  returnsErrno: boolean,
): Omit<Observation, "runtime" | "version" | "tier" | "way" | "notes"> {
  const times = timesOf(marks, functions);
  return {
    ...(code === undefined ? {} : { exitCode: code }),
    ...(signal === undefined ? {} : { signal }),
    ...(times === undefined ? {} : { times }),
    startSteps: startSteps(marks),
    functions: functions.map((total) => readFunction(total, syscalls, names, returnsErrno)),
    outside: select(syscalls, 0, false),
    attachNs,
  };
}

/** Says where a run's parts begin and end at WASI calls, for want of better marks. */
export function unseen({ guest, guestEnd, firstCall }: Marks): string[] {
  // Without calls there is nothing that could be mistaken.
  if (firstCall === undefined) return [];
  return [
    ...(guest === undefined
      ? ["the guest's begin was not seen: startup goes on to its first WASI call"]
      : []),
    ...(guestEnd === undefined
      ? ["the guest's end was not seen: teardown begins at its last WASI call"]
      : []),
  ];
}

function readFunction(
  total: FunctionTotal,
  all: readonly SyscallTotal[],
  names: readonly string[],
  returnsErrno: boolean,
): ObservedFunction {
  const name = names[total.func - 1] ?? "?";
  const syscalls = select(all, total.func, false);
  const helperSyscalls = select(all, total.func, true);
  const bytes = movedBytes(name, [...syscalls, ...helperSyscalls]);
  return {
    name,
    calls: total.calls,
    timeNs: total.ns,
    p50Ns: quantileNs(total.histogram, 0.5, total.sums),
    p99Ns: quantileNs(total.histogram, 0.99, total.sums),
    ...(bytes === undefined ? {} : { bytes }),
    ...(returnsErrno ? { errno: total.errors } : {}),
    contextSwitches: total.switches,
    threadHops: total.hops,
    syscallNs: total.syscallNs,
    syscalls,
    helperSyscalls,
  };
}

/** Adds up what system calls have moved, by whichever thread; undefined where the function moves none by them. */
function movedBytes(name: string, syscalls: readonly ObservedSyscall[]): number | undefined {
  const moving = movers.find(({ functions }) => functions.test(name));
  const moved = syscalls.filter((one) => moving?.syscalls.test(one.name) === true);
  if (moved.length === 0) return undefined;
  return moved.reduce((sum, { bytes }) => sum + bytes, 0);
}

function select(all: readonly SyscallTotal[], func: number, helper: boolean): ObservedSyscall[] {
  return all
    .filter((one) => one.func === func && one.helper === helper)
    .map(({ number, calls, ns, bytes, errors }) => ({
      name: syscallName(number),
      count: calls,
      timeNs: ns,
      bytes,
      errors,
    }));
}
