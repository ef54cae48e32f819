import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { functionFrames } from "../../collect/index.ts";
import {
  applyDelta,
  compareStates,
  type HostedState,
  rangesOf,
  readState,
  type StateDescriptor,
  type StateFrame,
  statePageLog2,
  type StateValue,
} from "../../hosted/state/index.ts";
import { groupDigits, printable } from "../../profile/index.ts";
import { readInput, sha256 } from "../../sys/index.ts";
import { decodeModule, readVariableNames } from "../../wasm/index.ts";
import { UsageError } from "../command.ts";
import type { Io, Parsed } from "../command.ts";
import { inFile } from "../files.ts";
import { debugInfoOf } from "../lines.ts";

/** Shows the state of a hosted program, or what differs in two of them: `host inspect STATE [STATE]`. */
export async function hostInspect(
  words: readonly string[],
  _parsed: Parsed,
  io: Io,
): Promise<number> {
  const [path, other, ...more] = words;
  if (path === undefined || more.length > 0) throw new UsageError("host inspect STATE [STATE]");
  const state = readWhole(path);
  const symbols = symbolsOf(state, path, io);
  io.stdout(
    other === undefined
      ? stateText(state, path, symbols)
      : differenceText(state, readWhole(other), symbols),
  );
  return 0;
}

/** Reads a state, and the one on which it builds. */
function readWhole(path: string): HostedState {
  const state = inFile(path, () => readState(readInput(path)));
  if (state.base === undefined) return state;
  const basePath = join(dirname(path), state.base.name);
  const base = inFile(basePath, () => readState(readInput(basePath)));
  return inFile(path, () => applyDelta(base, state));
}

/** What is known of the module beside the state. */
interface Symbols {
  functionName(index: number): string;
  localName(functionIndex: number, local: number): string | undefined;
  globalName(index: number): string | undefined;
  /** Where the instruction in front of `pc` comes from. */
  place(pc: number): string | undefined;
}

const noSymbols: Symbols = {
  functionName: (index) => `func[${index}]`,
  localName: () => undefined,
  globalName: () => undefined,
  place: () => undefined,
};

// The module is looked for where it was, and beside the state.
function symbolsOf({ module }: HostedState, statePath: string, io: Io): Symbols {
  const paths = [module.path, join(dirname(statePath), module.path)];
  const path = paths.find((one) => existsSync(one) && sha256(readInput(one)) === module.sha256);
  if (path === undefined) {
    io.stderr(`wasmscope: no names: ${printable(module.path)} is not there, or another module\n`);
    return noSymbols;
  }
  const bytes = readInput(path);
  const decoded = decodeModule(bytes);
  const frameOf = functionFrames(decoded);
  const names = readVariableNames(decoded);
  const debug = debugInfoOf(bytes, path, undefined, { stderr: () => undefined })();
  return {
    functionName: (index) => frameOf(index).name,
    localName: (index, local) => names.locals.get(index)?.get(local),
    globalName: (index) => names.globals.get(index),
    place(pc) {
      const found = debug?.framesAt(pc - 1)[0] ?? debug?.framesAt(pc)[0];
      if (found?.file === undefined) return undefined;
      return found.line === undefined ? found.file : `${found.file}:${found.line}`;
    },
  };
}

function stateText(state: HostedState, path: string, symbols: Symbols): string {
  const { module, branches, frames, globals, tables, descriptors, clocksNs } = state;
  const shownGlobals = globals.map(
    (value, index) => `  ${symbols.globalName(index) ?? `global ${index}`} = ${valueText(value)}`,
  );
  return [
    `${printable(path)}: ${printable(module.path)} after ${groupDigits(Number(branches))} branches and calls`,
    `module: ${groupDigits(module.bytes)} bytes, sha256 ${module.sha256}`,
    `arguments: ${state.args.map(printable).join(" ")}`,
    ...(state.phase === "start" ? ["in the module's start function"] : []),
    `\nstack: ${frames.length} activations, the running one first`,
    ...frames.slice(0, mostFrames).flatMap((frame, depth) => frameLines(frame, depth, symbols)),
    ...(frames.length > mostFrames ? [`  … ${frames.length - mostFrames} more`] : []),
    ...memoryLines(state),
    ...(globals.length === 0 ? [] : ["\nglobals", ...some(shownGlobals)]),
    ...tables.map(({ elements }, index) => {
      const used = elements.filter((element) => element !== null).length;
      return `\ntable ${index}: ${elements.length} elements, ${used} are not null`;
    }),
    ...droppedLines(state),
    "\nopen files",
    ...descriptors.toSorted((a, b) => a.fd - b.fd).map(descriptorText),
    ...[...clocksNs].map(([clock, timeNs]) => `clock ${clock}: ${Number(timeNs) / 1e9} s`),
    "",
  ].join("\n");
}

const mostFrames = 40;
const mostItems = 30;

function some(lines: readonly string[]): string[] {
  return lines.length <= mostItems
    ? [...lines]
    : [...lines.slice(0, mostItems), `  … ${lines.length - mostItems} more`];
}

function frameLines(frame: StateFrame, depth: number, symbols: Symbols): string[] {
  const { functionIndex, pc, locals, operands } = frame;
  const place = symbols.place(pc);
  const where = `offset 0x${pc.toString(16)}${place === undefined ? "" : `, ${printable(place)}`}`;
  const shown = locals.map((value, index) => {
    const name = symbols.localName(functionIndex, index) ?? `${index}`;
    return `${printable(name)} = ${valueText(value)}`;
  });
  return [
    `  #${depth} ${printable(symbols.functionName(functionIndex))} (${where})`,
    ...(shown.length === 0 ? [] : [`      locals: ${some(shown).join(", ")}`]),
    ...(operands.length === 0 ? [] : [`      operands: ${operands.map(valueText).join(", ")}`]),
  ];
}

/** Writes a value as a programmer reads it. */
function valueText({ type, bits }: StateValue): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits & 0xffff_ffff_ffff_ffffn, true);
  switch (type) {
    case "i32":
      return `${view.getInt32(0, true)}`;
    case "i64":
      return `${view.getBigInt64(0, true)} (i64)`;
    case "f32":
      return `${view.getFloat32(0, true)} (f32)`;
    case "f64":
      return `${view.getFloat64(0, true)} (f64)`;
    case "v128":
      return `0x${bits.toString(16).padStart(32, "0")} (v128)`;
    default:
      return bits === 0n ? `null (${type})` : `${bits - 1n} (${type})`;
  }
}

function memoryLines({ memories }: HostedState): string[] {
  return memories.flatMap(({ sizePages, pages }, index) => [
    `\nmemory ${index}: ${groupDigits(sizePages * 65536)} bytes, ${pages.size} pages of 4 KiB are not zero`,
    ...rangeLines([...pages.keys()].toSorted((a, b) => a - b)),
  ]);
}

function rangeLines(pages: readonly number[]): string[] {
  const address = (page: number): string => `0x${(page * 2 ** statePageLog2).toString(16)}`;
  return some(
    rangesOf(pages).map(({ start, end }) => {
      const bytes = groupDigits((end - start) * 2 ** statePageLog2);
      return `  ${address(start)} to ${address(end)}: ${bytes} bytes`;
    }),
  );
}

function droppedLines({ droppedData, droppedElements }: HostedState): string[] {
  return [
    ...(droppedData.length === 0 ? [] : [`dropped data: ${droppedData.join(", ")}`]),
    ...(droppedElements.length === 0 ? [] : [`dropped elements: ${droppedElements.join(", ")}`]),
  ];
}

const rightToWrite = 64n;

function descriptorText({ fd, kind, path, rights, offset, size }: StateDescriptor): string {
  const name = printable(path);
  switch (kind) {
    case "stream":
      return `  ${fd} stream, ${groupDigits(Number(offset))} bytes so far`;
    case "preopen":
      return `  ${fd} given directory ${name}`;
    case "directory":
      return `  ${fd} directory ${name}`;
    default: {
      const how = (rights & rightToWrite) === 0n ? "read" : "written";
      const where = `${groupDigits(Number(offset))} of ${groupDigits(Number(size))} bytes`;
      return `  ${fd} file ${name}, ${how}, at ${where}`;
    }
  }
}

function differenceText(before: HostedState, after: HostedState, symbols: Symbols): string {
  if (before.module.sha256 !== after.module.sha256) {
    throw new UsageError("the states are of two modules");
  }
  const found = compareStates(before, after);
  const same = found.sameFrames;
  const newer = after.frames.slice(0, after.frames.length - same);
  const arrow = (old: string, now: string): string => `${old} -> ${now}`;
  const globals = found.globals.map((index) => {
    const values = [before.globals[index], after.globals[index]] as const;
    const [old, now] = values.map((value) => (value === undefined ? "-" : valueText(value)));
    return `  ${symbols.globalName(index) ?? `global ${index}`}: ${arrow(old!, now!)}`;
  });
  const lines = found.descriptors.map((fd) => {
    const [old, now] = [before, after].map(({ descriptors }) => {
      const one = descriptors.find((item) => item.fd === fd);
      return one === undefined ? "closed" : descriptorText(one).trim();
    });
    return `  ${arrow(old!, now!)}`;
  });
  return [
    `${groupDigits(Number(found.branches))} branches and calls later`,
    `stack: ${same} activations are the same, ${before.frames.length - same} were others, ${newer.length} are new`,
    ...newer.slice(0, mostFrames).flatMap((frame, depth) => frameLines(frame, depth, symbols)),
    ...found.memories.flatMap(({ grownPages, pages }, index) => [
      `memory ${index}: ${grownPages} pages of 64 KiB more, ${pages.length} pages of 4 KiB differ`,
      ...rangeLines(pages),
    ]),
    ...(globals.length === 0 ? [] : ["globals", ...some(globals)]),
    ...found.tables.map((index) => `table ${index}: other elements`),
    ...(lines.length === 0 ? [] : ["open files", ...lines]),
    "",
  ].join("\n");
}
