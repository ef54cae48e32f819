import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Observation, ObservedFunction, ObservedSyscall } from "../observation.ts";
import { findFindings } from "./find.ts";
import type { FindingKind, LoadObservation } from "./finding.ts";

const calls = 1000;

/** System calls of all calls: how many a call, bytes and nanoseconds of each. */
function syscall(name: string, perCall: number, bytes = 0, ns = 500): ObservedSyscall {
  const count = perCall * calls;
  return { name, count, timeNs: count * ns, bytes: count * bytes, errors: 0 };
}

function fn(name: string, more: Partial<ObservedFunction> = {}): ObservedFunction {
  const { syscalls = [] } = more;
  const syscallNs = syscalls.reduce((sum, { timeNs }) => sum + timeNs, 0);
  const timeNs = syscallNs + calls * 2000;
  return { name, calls, timeNs, syscallNs, syscalls, helperSyscalls: [], ...more };
}

function run(
  runtime: string,
  functions: readonly ObservedFunction[],
  more: Partial<LoadObservation> = {},
  observed: Partial<Observation> = {},
): LoadObservation {
  const about = { runtime, version: "1.0", tier: "compiler", way: "ebpf" as const };
  const observation = { ...about, functions, outside: [], notes: [], ...observed };
  return { load: "writes", size: calls, observation, ...more };
}

const write = (more: Partial<ObservedFunction> = {}): ObservedFunction =>
  fn("fd_write", { syscalls: [syscall("write", 1, 16)], ...more });
const plain = [run("native", [write()]), run("node", [write()]), run("wasmi", [write()])];
const started = (startupNs: number): Partial<Observation> => ({
  times: { totalNs: 4e8, startupNs, guestNs: 0, wasiNs: 0, syscallNs: 0, teardownNs: 0 },
});

interface Row {
  readonly name: string;
  readonly runs: readonly LoadObservation[];
  /** What is found of `odd`; what is found of the others fails the test. */
  readonly kinds: readonly FindingKind[];
  readonly evidence?: RegExp;
  readonly factor?: number;
  readonly cause?: RegExp;
}

const odd = (...functions: ObservedFunction[]): LoadObservation => run("odd", functions);
const growing = (runtime: string, at: (size: number) => ObservedFunction): LoadObservation[] =>
  [1000, 2000, 4000, 8000].map((size) => run(runtime, [at(size)], { size }));
const few = (...syscalls: ObservedSyscall[]): ObservedFunction =>
  fn("fd_write", { calls: 3, timeNs: 30_000, syscalls });
const listing = (count: number, ns: number): ObservedFunction => ({
  ...fn("fd_readdir"),
  timeNs: ns,
  p50Ns: ns / calls,
  syscalls: [{ name: "getdents64", count, timeNs: count * 500, bytes: count * 100, errors: 0 }],
});
const sleeping = (takenNs: number): ObservedFunction =>
  fn("poll_oneoff", { timeNs: calls * takenNs, p50Ns: takenNs, syscallNs: 0 });
const wakes = { name: "read", count: calls, timeNs: 500 * calls, bytes: 8 * calls, errors: 0 };
const asleep = { load: "sleeps", sleepNs: 2e6 };

const rows: readonly Row[] = [
  { name: "the same as all others", runs: [...plain, odd(write())], kinds: [] },
  {
    name: "one system call more, each call",
    runs: [...plain, odd(write({ syscalls: [syscall("write", 1, 16), syscall("fstat", 1)] }))],
    kinds: ["extra-syscalls"],
    evidence: /^2 system calls a call \(write 1, fstat 1\), the native twin makes 1$/,
    factor: 2,
  },
  {
    name: "one system call more, each tenth call: a timer or a collector",
    runs: [...plain, odd(write({ syscalls: [syscall("write", 1, 16), syscall("madvise", 0.1)] }))],
    kinds: [],
  },
  {
    name: "one system call more without a twin, against the other runtimes",
    runs: [
      ...plain.slice(1),
      odd(write({ syscalls: [syscall("write", 1, 16), syscall("lseek", 1)] })),
    ],
    kinds: ["extra-syscalls"],
    evidence: /the median of 2 other runtimes makes 1/,
  },
  {
    name: "a function that needs no system call, and makes one",
    runs: [
      run("native", [fn("clock_time_get")]),
      odd(fn("clock_time_get", { syscalls: [syscall("clock_gettime", 1)] })),
    ],
    kinds: ["extra-syscalls"],
    factor: 2,
  },
  {
    name: "few calls, whose first one does more",
    runs: [
      run("native", [few(syscall("write", 0.003))]),
      odd(few(syscall("write", 0.003), syscall("mmap", 0.01))),
    ],
    kinds: [],
  },
  {
    name: "more calls of the same program",
    runs: [...plain, odd(write({ calls: 8 * calls, syscalls: [syscall("write", 1, 16)] }))],
    kinds: ["more-calls"],
    factor: 8,
  },
  {
    name: "the same by another name",
    runs: [...plain, odd(write({ syscalls: [syscall("pwrite64", 1, 16), syscall("fcntl", 1)] }))],
    kinds: ["extra-syscalls"],
    cause: /^fcntl: /,
  },
  {
    name: "the work is done by another thread",
    runs: [
      ...plain,
      odd(
        write({
          syscalls: [syscall("futex", 2, 0, 5000)],
          helperSyscalls: [syscall("write", 1, 16), syscall("futex", 1)],
        }),
      ),
    ],
    kinds: ["thread-hops"],
    evidence: /^write 1 a call by other threads; futex 2 a call by the calling one$/,
  },
  {
    name: "other threads wait meanwhile, which is theirs",
    runs: [
      ...plain,
      odd(write({ helperSyscalls: [syscall("nanosleep", 2), syscall("futex", 1)] })),
    ],
    kinds: [],
  },
  {
    name: "a sleep in front of the work",
    runs: [
      ...plain,
      odd(write({ syscalls: [syscall("write", 1, 16), syscall("nanosleep", 1, 0, 70_000)] })),
    ],
    kinds: ["waits"],
    evidence: /^nanosleep 1 a call, 70 µs of 72.5 µs in them$/,
    factor: 72.5 / 2.5,
  },
  {
    name: "a sleep, while other threads get the processor",
    runs: [
      ...plain,
      odd(
        write({
          syscalls: [
            syscall("write", 1, 16),
            syscall("nanosleep", 1, 0, 70_000),
            syscall("futex", 0.6, 0, 1000),
          ],
          helperSyscalls: [syscall("futex", 1)],
          threadHops: calls,
        }),
      ),
    ],
    kinds: ["waits"],
  },
  {
    name: "short turns behind a long system call",
    runs: [
      odd(write({ syscalls: [syscall("write", 1, 16, 170_000), syscall("futex", 0.6, 0, 6000)] })),
    ],
    kinds: [],
  },
  {
    name: "waiting that the program asked for",
    runs: [
      run("native", [{ ...sleeping(2.1e6), syscalls: [syscall("nanosleep", 1, 0, 2e6)] }], asleep),
      run("odd", [{ ...sleeping(2.1e6), syscalls: [syscall("futex", 1, 0, 2e6)] }], asleep),
    ],
    kinds: [],
  },
  {
    name: "three times the bytes",
    runs: [
      ...plain,
      odd(write({ syscalls: [syscall("write", 2, 16), syscall("pread64", 1, 16)] })),
    ],
    kinds: ["copies"],
    evidence: /^48 bytes a call go through the kernel .* the native twin moves 16$/,
    factor: 3,
  },
  {
    name: "reads in small pieces",
    runs: [
      run("native", [fn("fd_read", { syscalls: [syscall("read", 1, 4096)] })]),
      odd(fn("fd_read", { syscalls: [syscall("read", 4, 1024)] })),
    ],
    kinds: ["small-pieces"],
    evidence: /^4 system calls a call, of 1,024 bytes each; the native twin moves 4,096 at once$/,
    factor: 4,
  },
  {
    name: "a flush behind each write",
    runs: [
      ...plain,
      odd(write({ syscalls: [syscall("write", 1, 16), syscall("fdatasync", 1, 0, 100_000)] })),
    ],
    kinds: ["flushes"],
  },
  {
    name: "a flush that was asked for",
    runs: [odd(fn("fd_datasync", { syscalls: [syscall("fdatasync", 1, 0, 100_000)] }))],
    kinds: [],
  },
  {
    name: "a sleep that is too short",
    runs: [run("native", [sleeping(2.06e6)], asleep), run("odd", [sleeping(1.2e6)], asleep)],
    kinds: ["early-wake"],
    factor: 2 / 1.2,
  },
  {
    name: "sleeps that are too short, but for one that a busy machine made late",
    runs: [
      run("native", [sleeping(2.06e6)], asleep),
      run("odd", [{ ...sleeping(1.2e6), timeNs: calls * 3e6 }], asleep),
    ],
    kinds: ["early-wake"],
    factor: 2 / 1.2,
  },
  {
    name: "a median that is the middle of its range",
    runs: [
      run("native", [sleeping(2.06e6)], asleep),
      run("odd", [{ ...sleeping(1.85e6), timeNs: calls * 2.06e6 }], asleep),
    ],
    kinds: [],
  },
  {
    name: "a sleep that is too long",
    runs: [run("native", [sleeping(2.06e6)], asleep), run("odd", [sleeping(10e6)], asleep)],
    kinds: ["late-wake"],
    factor: 10 / 2.06,
  },
  {
    name: "a sleep that is late as the twin's is",
    runs: [run("native", [sleeping(9e6)], asleep), run("odd", [sleeping(10e6)], asleep)],
    kinds: [],
  },
  {
    name: "ten times as long in its own code",
    runs: [...plain, odd(write({ timeNs: calls * 25_000 }))],
    kinds: ["slow-calls"],
    factor: 10,
  },
  {
    name: "ten times as long in the mean, because a few calls were interrupted",
    runs: [...plain, odd(write({ timeNs: calls * 20_500, p50Ns: 2500 }))],
    kinds: [],
  },
  {
    name: "twice as long in its own code",
    runs: [...plain, odd(write({ timeNs: calls * 4500 }))],
    kinds: [],
  },
  {
    name: "system calls that grow with the square",
    runs: [
      ...growing("native", (size) => listing(size / 100, 1e3 * size)),
      ...growing("odd", (size) => listing(size ** 2 / 1e5, 1e3 * size)),
    ],
    kinds: ["growth"],
    evidence:
      /^system calls grow with the size to the power 2 \(2 to 2\): 10 at 1,000, 640 at 8,000$/,
    factor: 8,
  },
  {
    name: "time that grows with the square",
    runs: [
      ...growing("native", (size) => listing(size / 100, 1e3 * size)),
      ...growing("odd", (size) => listing(size / 100, 10 * size ** 2)),
    ],
    kinds: ["growth"],
    evidence: /^time grows/,
  },
  {
    name: "growth that the twin has, too",
    runs: [
      ...growing("native", (size) => listing(size ** 2 / 1e6, 1e3 * size)),
      ...growing("odd", (size) => listing(size ** 2 / 1e6, 1e3 * size)),
    ],
    kinds: [],
  },
  {
    name: "growth that comes and goes: none at the smaller sizes",
    runs: [
      ...growing("native", (size) => listing(size / 100, 1e3 * size)),
      ...growing("odd", (size) => listing(size > 2000 ? size ** 2 / 1e5 : 0, 1e3 * size)),
    ],
    kinds: [],
  },
  {
    name: "sleeps during which other threads wake each other",
    runs: [run("odd", [{ ...sleeping(2e6), helperSyscalls: [wakes] }], asleep)],
    kinds: [],
  },
  {
    name: "a slow start",
    runs: [
      run("node", [write()], {}, started(1e8)),
      run("odd", [write()], {}, started(3e8)),
      run("wasmi", [write()], {}, started(5e7)),
    ],
    kinds: ["startup"],
    factor: 4,
  },
];

describe("what is odd in runs of a load", () => {
  for (const { name, runs, kinds, evidence, cause, factor } of rows) {
    test(name, () => {
      const found = findFindings(runs);
      assert.deepEqual(
        found.map((one) => [one.runtime, one.kind]),
        kinds.map((kind) => ["odd", kind]),
      );
      const [first] = found;
      if (evidence !== undefined) assert.match(first!.evidence, evidence);
      if (cause !== undefined) assert.match(first!.cause, cause);
      if (factor !== undefined) {
        assert.ok(Math.abs(first!.factor / factor - 1) < 1e-9, `${first!.factor} is not ${factor}`);
      }
      for (const one of found) assert.ok(one.cause.length > 0 && Number.isFinite(one.factor));
    });
  }

  test("the worst comes first, and of several sizes the largest is judged", () => {
    const two = (perCall: number): ObservedFunction =>
      write({ syscalls: [syscall("write", 1, 16), syscall("fstat", perCall)] });
    const seek = (perCall: number): ObservedFunction =>
      fn("fd_seek", { syscalls: [syscall("lseek", perCall)] });
    const found = findFindings([
      ...[1, 2].flatMap((size) => plain.map((one) => ({ ...one, size }))),
      run("odd", [two(7)], { size: 1 }),
      run("odd", [two(3), seek(9)], { size: 2 }),
      run("node", [seek(1)], { size: 2 }),
    ]);
    assert.deepEqual(
      found.map(({ function: name, factor, size }) => [name, factor, size]),
      [
        ["fd_seek", 9, 2],
        ["fd_write", 4, 2],
      ],
    );
  });
});
