import { groupByFunction } from "./frames.ts";
import { integerColumn } from "./integers.ts";
import type { IntegerColumn } from "./integers.ts";
import type { Frame, Profile } from "./model.ts";
import { TextSink } from "./text-sink.ts";
import { subtreeValues } from "./totals.ts";
import { walk } from "./walk.ts";

/**
 * Writes Callgrind's format for KCachegrind, QCachegrind and `callgrind_annotate`: functions with the
 * cost of their lines, and calls with the cost below them. Calls of a function that is on the stack
 * already cost nothing, so that the calls of a function are together what was spent while it was on
 * the stack, as the tools have it, also where it calls itself.
 */
export function writeCallgrind(profile: Profile): Uint8Array {
  const columns = columnsOf(profile);
  const costs = costsOf(profile, columns);
  const out = new TextSink();
  out.text(`# callgrind format\nversion: 1\ncreator: wasmscope\n`);
  out.text(`cmd: ${oneLine(profile.module.name)}\n`);
  out.text(`desc: Mode: ${profile.mode}\n`);
  if (profile.module.sha256 !== "") out.text(`desc: SHA-256: ${profile.module.sha256}\n`);
  for (const note of profile.notes) out.text(`desc: Note: ${oneLine(note)}\n`);
  out.text(`positions: line\n`);
  const names = eventNames(columns);
  columns.forEach(({ type }, index) => {
    out.text(`event: ${names[index]} : ${oneLine(type.name)} (${type.unit})\n`);
  });
  out.text(`events: ${names.join(" ")}\nsummary: ${totals(columns)}\n`);
  writeFunctions(out, profile, costs);
  out.text(`\ntotals: ${totals(columns)}\n`);
  return out.take();
}

/** The primary value type first: tools start with the first. */
function columnsOf(profile: Profile): IntegerColumn[] {
  const all = profile.valueTypes.map((_, column) => column);
  const order = [profile.primary, ...all.filter((column) => column !== profile.primary)];
  return order.map((column) => integerColumn(profile, column));
}

function totals(columns: readonly IntegerColumn[]): string {
  return columns.map(({ values }) => decimal(values.reduce((a, b) => a + b, 0))).join(" ");
}

/** From 1e21 on numbers would be written with an exponent. */
function decimal(value: number): string {
  return Number.isSafeInteger(value) ? `${value}` : `${BigInt(Math.round(value))}`;
}

function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}

/** Events are words, and no two alike. */
function eventNames(columns: readonly IntegerColumn[]): string[] {
  const taken = new Set<string>();
  return columns.map(({ type }) => {
    const word = type.name.replaceAll(/[^A-Za-z0-9_]+/g, "_").replace(/^(?=[0-9]|$)/, "e");
    let name = word;
    for (let copy = 2; taken.has(name); copy++) name = `${word}_${copy}`;
    taken.add(name);
    return name;
  });
}

/** Costs of one line of a function, or of calls from it to one function. */
interface Call {
  readonly frame: number;
  readonly callee: number;
  calls: number;
  readonly costs: Float64Array;
}

interface Costs {
  readonly functions: readonly Frame[];
  /** For each function its frames that cost something, with their own costs. */
  readonly lines: readonly ReadonlyMap<number, Float64Array>[];
  readonly calls: readonly ReadonlyMap<string, Call>[];
  /** Costs of functions that are roots and are called as well: without a call they would be forgotten. */
  readonly roots: ReadonlyMap<number, Float64Array>;
}

function costsOf(profile: Profile, columns: readonly IntegerColumn[]): Costs {
  const { parents, nodeFrames, frames, valueTypes } = profile;
  const { functions, functionOfFrame } = groupByFunction(frames);
  const lines = functions.map(() => new Map<number, Float64Array>());
  const calls = functions.map(() => new Map<string, Call>());
  const sums = columns.map(({ type, values }) =>
    subtreeValues({ ...profile, valueTypes: [type], selfValues: [values] }, 0),
  );
  const callCounts = profile.selfValues[valueTypes.findIndex(({ name }) => name === "calls")];
  const onStack = new Int32Array(functions.length);
  const roots = new Map<number, Float64Array>();
  const called = new Set<number>();
  const enter = (node: number): void => {
    const frame = nodeFrames[node]!;
    const func = functionOfFrame[frame]!;
    const own = lines[func]!.get(frame) ?? new Float64Array(columns.length);
    lines[func]!.set(frame, own);
    columns.forEach(({ values }, column) => (own[column]! += values[node]!));
    const parent = parents[node]!;
    const outermost = onStack[func]!++ === 0;
    if (parent === -1) {
      const sum = roots.get(func) ?? new Float64Array(columns.length);
      roots.set(func, sum);
      sums.forEach((inclusive, column) => (sum[column]! += inclusive[node]!));
      return;
    }
    called.add(func);
    const call = callFrom(nodeFrames[parent]!, func);
    call.calls += callCounts?.[node] ?? 0;
    if (outermost) sums.forEach((sum, column) => (call.costs[column]! += sum[node]!));
  };
  const callFrom = (frame: number, callee: number): Call => {
    const known = calls[functionOfFrame[frame]!]!;
    const key = `${frame} ${callee}`;
    const found = known.get(key);
    if (found) return found;
    const call = { frame, callee, calls: 0, costs: new Float64Array(columns.length) };
    known.set(key, call);
    return call;
  };
  walk(parents, enter, (node) => onStack[functionOfFrame[nodeFrames[node]!]!]!--);
  for (const func of roots.keys()) if (!called.has(func)) roots.delete(func);
  return { functions, lines, calls, roots };
}

/** Texts in front of which their number stands are said only once. */
class Names {
  readonly #known = new Map<string, number>();

  of(text: string, key: string = text): string {
    const known = this.#known.get(key);
    if (known !== undefined) return `(${known})`;
    this.#known.set(key, this.#known.size + 1);
    return `(${this.#known.size}) ${text}`;
  }
}

function writeFunctions(out: TextSink, { frames }: Profile, costs: Costs): void {
  const files = new Names();
  const names = new Names();
  const spelled = distinctNames(costs.functions);
  const fileOf = ({ file }: Frame): string => files.of(file === undefined ? "???" : oneLine(file));
  const numbers = (values: Float64Array): string => Array.from(values, decimal).join(" ");
  if (costs.roots.size > 0) out.text(`\nfl=${fileOf({ name: "" })}\nfn=${names.of("(outside)")}\n`);
  for (const [func, own] of costs.roots) {
    const callee = costs.functions[func]!;
    out.text(`cfi=${fileOf(callee)}\ncfn=${names.of(spelled[func]!, `${func}`)}\n`);
    out.text(`calls=1 ${callee.line ?? 0}\n0 ${numbers(own)}\n`);
  }
  costs.functions.forEach((first, func) => {
    const lines = costs.lines[func]!;
    if (lines.size === 0) return;
    out.text(`\nfl=${fileOf(first)}\nfn=${names.of(spelled[func]!, `${func}`)}\n`);
    let file = first.file;
    // A function whose lines are of several files has parts that were inlined.
    const inFile = (frame: Frame): void => {
      if (frame.file === file) return;
      file = frame.file;
      out.text(`${file === first.file ? "fe" : "fi"}=${fileOf(frame)}\n`);
    };
    for (const [frame, own] of lines) {
      inFile(frames[frame]!);
      out.text(`${frames[frame]!.line ?? 0} ${numbers(own)}\n`);
    }
    for (const call of costs.calls[func]!.values()) {
      const callee = costs.functions[call.callee]!;
      inFile(frames[call.frame]!);
      out.text(`cfi=${fileOf(callee)}\ncfn=${names.of(spelled[call.callee]!, `${call.callee}`)}\n`);
      // Where nobody was called (inlined) or nobody counted it is one call: none would be own cost.
      out.text(`calls=${decimal(Math.max(call.calls, 1))} ${callee.line ?? 0}\n`);
      out.text(`${frames[call.frame]!.line ?? 0} ${numbers(call.costs)}\n`);
    }
  });
}

/** Tools know functions by file and name: those that share both get their index behind it. */
function distinctNames(functions: readonly Frame[]): string[] {
  const taken = new Map<string, number>();
  for (const { name, file } of functions) {
    const key = `${file}\n${oneLine(name)}`;
    taken.set(key, (taken.get(key) ?? 0) + 1);
  }
  const used = new Set<string>();
  return functions.map(({ name, file, funcIndex }, index) => {
    const plain = oneLine(name).trim() || "(no name)";
    const alone = taken.get(`${file}\n${oneLine(name)}`) === 1 && !used.has(`${file}\n${plain}`);
    const spelled = alone ? plain : `${plain} [${funcIndex ?? `frame ${index}`}]`;
    used.add(`${file}\n${spelled}`);
    return spelled;
  });
}
