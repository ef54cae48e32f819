import { f64, functionType, i32, list, op, type } from "../features/assemble.ts";
import type { ConformanceCase } from "./case.ts";
import * as guests from "./guests.ts";
import type { GuestModule } from "./wasi-command.ts";

/** Bytes that look random, the same each time. */
function bytesOf(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

const megabyte = Uint8Array.from({ length: 1 << 20 }, (_, at) => (at * 7) & 255);
const hourNs = 3_600_000_000_000n;

function isNow(bytes: Buffer): string | undefined {
  if (bytes.length !== 8) return `${bytes.length} bytes`;
  const apart = bytes.readBigInt64LE(0) - BigInt(Date.now()) * 1_000_000n;
  return apart > -hourNs && apart < hourNs ? undefined : `its clock is ${apart} ns from this one`;
}

const traps: readonly (readonly [name: string, module: () => GuestModule])[] = [
  ["unreachable", () => guests.trapsBy([op.unreachable])],
  ["a division by zero", () => guests.trapsBy([...i32(1), ...i32(0), 0x6d, op.drop])],
  [
    "a division that overflows",
    () => guests.trapsBy([...i32(-0x8000_0000), ...i32(-1), 0x6d, op.drop]),
  ],
  ["a conversion of NaN", () => guests.trapsBy([...f64(NaN), 0xaa, op.drop])],
  ["a load out of bounds", () => guests.trapsBy([...i32(131_069), 0x28, 0, 0, op.drop])],
  ["a store far out of bounds", () => guests.trapsBy([...i32(-8), ...i32(1), 0x36, 0, 0])],
  ["a call of nothing", () => guests.trapsBy([...i32(0), 0x11, 0, 0], { tables: [[0x70, 0, 1]] })],
  [
    "a call beyond the table",
    () => guests.trapsBy([...i32(9), 0x11, 0, 0], { tables: [[0x70, 0, 1]] }),
  ],
  [
    "a call of another type",
    () =>
      guests.trapsBy([...i32(0), ...i32(0), 0x11, 1, 0], {
        types: [functionType([type.i32], [])],
        tables: [[0x70, 0, 1]],
        elements: [[0, ...i32(0), op.end, ...list([[1]])]],
      }),
  ],
  ["a recursion without end", guests.recursesForEver],
];

/** A function of one number, which it gives back; the text that runtimes print must be that number again. */
function givesBack(name: string, ...values: readonly string[]): ConformanceCase[] {
  return values.map((value) => ({
    name: `gives back the ${name} ${value}`,
    module: guests.exportsFunctions,
    invoke: { name, args: [value] },
    stdout: (bytes) => sameNumber(name, bytes.toString().trim(), value),
  }));
}

function sameNumber(kind: string, found: string, wanted: string): string | undefined {
  const same =
    kind === "i64"
      ? /^-?\d+$/.test(found) && BigInt(found) === BigInt(wanted)
      : Object.is(numberOf(kind, found), numberOf(kind, wanted));
  return same ? undefined : `it printed ${found === "" ? "nothing" : found}`;
}

function numberOf(kind: string, text: string): number {
  const value = /^[+-]?inf/i.test(text)
    ? Number(`${text[0] === "-" ? "-" : ""}Infinity`)
    : Number(text);
  return kind === "f32" ? Math.fround(value) : value;
}

const io = "workloads/io.wasm";
const load = (text: string, files: Readonly<Record<string, string>> = {}): ConformanceCase => ({
  name: `does the load ${text}`,
  module: io,
  args: text.split(" "),
  files,
  stdout: (bytes) =>
    bytes.toString().startsWith(`io ${text.split(" ")[0]} `) ? undefined : bytes.toString(),
  leaves: files,
});

/** What every runtime has to do, in the order in which it is tried. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...[0, 1, 42, 255].map((code): ConformanceCase => ({
    name: `ends with ${code} out of nested calls`,
    module: () => guests.exitsWith(code),
    end: code,
    stdout: "",
  })),
  ...traps.map(([name, module]): ConformanceCase => ({
    name: `traps at ${name}, what was written before is there`,
    module,
    end: "trap",
    stdout: "before\n",
  })),
  {
    name: "hands over arguments",
    module: guests.writesArguments,
    args: ["one", "two words", "", "ünï", "--flag=x"],
    stdout: "one\0two words\0\0ünï\0--flag=x\0",
  },
  {
    name: "hands over variables",
    module: guests.writesVariables,
    env: { NAME: "a value", EMPTY: "", OTHER: "ü=x" },
    stdout: (bytes) => {
      const found = new Set(bytes.toString().split("\0"));
      const lost = ["NAME=a value", "EMPTY=", "OTHER=ü=x"].filter((each) => !found.has(each));
      return lost.length === 0 ? undefined : `it lost ${lost.join(", ")}`;
    },
  },
  {
    name: "keeps stdout and stderr apart",
    module: guests.writesBoth,
    stdout: "out 1\nout 2\n",
    stderr: "err 1\n",
  },
  { name: "writes a megabyte", module: guests.writesMegabyte, stdout: megabyte },
  {
    name: "hands over an empty input",
    module: io,
    args: ["copy", "100"],
    stdin: new Uint8Array(),
    files: {},
    stdout: "",
  },
  ...[
    [100_000, "777"],
    [3_000_000, "65536"],
  ].map(([length, pieces]): ConformanceCase => ({
    name: `copies ${length} bytes, ${pieces} at a time`,
    module: io,
    args: ["copy", String(pieces)],
    stdin: bytesOf(Number(length)),
    files: {},
    stdout: bytesOf(Number(length)),
  })),
  {
    name: "runs the start section first",
    module: guests.startsTwice,
    stdout: "start\nmain\n",
  },
  {
    name: "shortens a file and appends to it",
    module: guests.shortensAndAppends,
    files: {},
    leaves: { file: "hello!" },
  },
  load("reads 50 100"),
  load("writes 50 100"),
  load("seeks 50 10000"),
  load("positioned 50 64"),
  load("vectors 20 8 32"),
  load("syncs 2 512"),
  load("opens 50"),
  load("renames 50"),
  load("entries 3000", { "was there": "before" }),
  load("random 20 32"),
  { name: "has clocks that go forward", module: guests.readsClocks, stdout: isNow },
  { name: "sleeps", module: guests.sleeps },
  { name: "grows its memory", module: guests.grows },
  { name: "calculates", module: guests.calculates },
  { name: "calls itself 5000 times", module: () => guests.recurses(5000) },
  { name: "runs a big module", module: guests.isBig },
  ...givesBack("i32", "-1", "2147483647"),
  ...givesBack("i64", "-9223372036854775808", "9007199254740993"),
  ...givesBack("f32", "0.1", "-3.4028234663852886e38"),
  ...givesBack("f64", "0.1", "-1e-300", "123456789.123456789"),
  {
    name: "calls a function of two numbers in their order",
    module: guests.exportsFunctions,
    invoke: { name: "minus", args: ["44", "2"] },
    stdout: (bytes) => sameNumber("i32", bytes.toString().trim(), "42"),
  },
];
