import {
  assembleModule,
  seq,
  dataAt,
  exported,
  functionType,
  i32,
  importedFunction,
  kind,
  op,
  type,
  unsigned,
} from "./assemble.ts";
import type { Bytes } from "./assemble.ts";
import { fileNames, place, wasiProbes } from "./wasi-functions.ts";
import type { CallOf, WasiProbe } from "./wasi-functions.ts";

/** What the guest is given: its probes look for it. */
export const probeArgs: readonly string[] = ["probe", "one", "two"];
export const probeEnv: Readonly<Record<string, string>> = { PROBE: "yes, please" };
/** The exit code of a guest that got to its end by `proc_exit`. */
export const probeExitCode = 42;

const wasi = "wasi_snapshot_preview1";
/** Where the lines stand that are written, and where the list of the one that is. */
const lines = 8192;
const lineList = 496;
const lineWritten = 504;

/** What the guest said of a function: its errno, and whether the effect was there; absent when it said nothing. */
export interface WasiAnswer {
  readonly errno: number;
  readonly effect: boolean;
}

/**
 * Makes a WASI command that calls functions of WASI and writes a line about each: `fd_read 000 1`, its errno and
 * whether the effect was there. What a function needs is there, too, unless it is in `without`. At its end it calls
 * `proc_exit` unless that is left out.
 */
export function wasiGuest(without: ReadonlySet<string>): Uint8Array {
  const probes = wasiProbes.filter(({ name, needs = [] }) =>
    [name, ...needs].every((each) => !without.has(each)),
  );
  const exits = !without.has("proc_exit");
  const imports = new Map(probes.map((probe, index) => [probe.name, { probe, index }]));
  const paramsOf = [...probes.map(({ params }) => params), ...(exits ? ["i"] : [])];
  const call: CallOf = (name, ...args) => {
    const found = imports.get(name);
    // A check that needs what is not there finds no effect.
    if (found === undefined) return i32(-1);
    return [...args.flat(), op.call, ...unsigned(found.index)];
  };
  const report = paramsOf.length + 1;
  const start = [
    ...probes.flatMap((probe, nth) => probing(probe, call, lineAt(probes, nth), report)),
    ...(exits ? [...i32(probeExitCode), op.call, ...unsigned(probes.length)] : []),
  ];
  return assembleModule({
    types: [
      functionType([], []),
      functionType([type.i32, type.i32, type.i32], []),
      ...paramsOf.map((params, nth) =>
        functionType(
          params.split("").map((letter) => (letter === "I" ? type.i64 : type.i32)),
          nth < probes.length ? [type.i32] : [],
        ),
      ),
    ],
    imports: [...probes.map(({ name }) => name), ...(exits ? ["proc_exit"] : [])].map((name, nth) =>
      importedFunction(wasi, name, nth + 2),
    ),
    functions: [
      { type: 0, locals: [[2, type.i32]], code: start },
      { type: 1, code: reporting(imports.get("fd_write")?.index) },
    ],
    memories: [[0, 2]],
    exports: [exported("_start", kind.func, report - 1), exported("memory", kind.memory, 0)],
    data: [
      ...given,
      dataAt(lines, [...new TextEncoder().encode(probes.map((each) => lineOf(each)).join(""))]),
    ],
  });
}

/** Reads what a guest has written; the answers stand in the order of its probes. */
export function readAnswers(stdout: string): Map<string, WasiAnswer> {
  const found = stdout.matchAll(/^(\w+) (\d{3}) ([01])$/gm);
  return new Map(
    [...found].map(([, name = "", errno, effect]) => [
      name,
      { errno: Number(errno), effect: effect === "1" },
    ]),
  );
}

const lineOf = ({ name }: WasiProbe): string => `${name} 000 0\n`;

function lineAt(probes: readonly WasiProbe[], nth: number): { start: number; length: number } {
  const before = probes.slice(0, nth).reduce((sum, probe) => sum + lineOf(probe).length, 0);
  return { start: lines + before, length: lineOf(probes[nth]!).length };
}

/** Calls one function, looks for its effect, and reports. */
function probing(
  { name, args, check }: WasiProbe,
  call: CallOf,
  line: { readonly start: number; readonly length: number },
  report: number,
): Bytes {
  return [
    ...seq(...call(name, ...args), op.localTee, 0, op.eqz, op.if, type.i32),
    ...seq(...(check?.(call) ?? i32(1)), op.else, ...i32(0), op.end, op.localSet, 1),
    // The digits in front of the line's last character, and that.
    ...seq(...i32(line.start + line.length - 2), ...i32(0x30), op.localGet, 1, op.add, 0x3a, 0, 0),
    ...seq(...i32(line.start), ...i32(line.length), op.localGet, 0, op.call, ...unsigned(report)),
  ];
}

/** The function that writes a line: parameters are its place, its length and the errno. */
function reporting(fdWrite: number | undefined): Bytes {
  const digit = (nth: number, divisor: number): Bytes => [
    ...seq(op.localGet, 0, op.localGet, 1, op.add, ...i32(6 - nth), op.sub),
    ...seq(op.localGet, 2, ...i32(divisor), 0x6e, ...i32(10), 0x70, ...i32(0x30), op.add),
    ...seq(0x3a, 0, 0),
  ];
  if (fdWrite === undefined) return [];
  return [
    ...seq(...digit(0, 100), ...digit(1, 10), ...digit(2, 1)),
    ...seq(...i32(lineList), op.localGet, 0, 0x36, 2, 0),
    ...seq(...i32(lineList), op.localGet, 1, 0x36, 2, 4),
    ...seq(...i32(1), ...i32(lineList), ...i32(1), ...i32(lineWritten)),
    ...seq(op.call, ...unsigned(fdWrite), op.drop),
  ];
}

const words = (...values: readonly number[]): Bytes => [
  ...new Uint8Array(new Uint32Array(values).buffer),
];

/** What stands in the guest's memory before it runs. */
const given: readonly Bytes[] = [
  dataAt(place.hello, [
    ...words(place.helloText, 5),
    ...words(place.letterText, 1),
    ...words(place.buffer, 16),
  ]),
  // Relative to now, a millisecond of the monotonic clock.
  dataAt(place.subscription, words(0x1234_5678, 0, 0, 0, 1, 0, 1_000_000, 0, 0, 0, 0, 0)),
  dataAt(place.helloText, [...new TextEncoder().encode("hello")]),
  dataAt(place.letterText, [...new TextEncoder().encode("J")]),
  dataAt(place.names, [...new TextEncoder().encode(fileNames)]),
];
