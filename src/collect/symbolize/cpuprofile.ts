import { ProfileError } from "../../profile/index.ts";
import { parseWasmName } from "../../symbols/index.ts";
import { sectionId } from "../../wasm/index.ts";
import type { Module } from "../../wasm/index.ts";
import type { ModuleFunctions } from "./functions.ts";

interface CallFrame {
  functionName: string;
  url: string;
  lineNumber: number;
  columnNumber: number;
}

/** A frame of a module, with the index that its name says. */
interface WasmFrame {
  readonly frame: CallFrame;
  readonly funcIndex: number | undefined;
}

/**
 * Names the functions of a parsed `.cpuprofile`, in place. V8 gives each function the offset of its
 * body as its column, which tells functions that have a name already, and other modules.
 */
export function symbolizeCpuProfile(file: unknown, functions: ModuleFunctions): void {
  const { nodes } = file as { nodes: { callFrame: CallFrame }[] };
  const modules = new Map<string, WasmFrame[]>();
  for (const { callFrame } of nodes) {
    if (!callFrame.url.startsWith("wasm://")) continue;
    const frames = modules.get(callFrame.url) ?? [];
    modules.set(callFrame.url, frames);
    const funcIndex = parseWasmName(callFrame.functionName)?.funcIndex;
    // Wrappers around imports have the module's address, but no place in it.
    if (funcIndex === undefined && callFrame.columnNumber <= 0) continue;
    frames.push({ frame: callFrame, funcIndex });
  }
  const refused: string[] = [];
  let matched = false;
  for (const [url, frames] of modules) {
    if (frames.length === 0) continue;
    const reason = differs(functions.module, frames);
    if (reason === undefined) {
      matched = true;
      name(frames, functions);
    } else {
      refused.push(`${url}: ${reason}`);
      functions.miss(`no name: ${url} is another module`);
    }
  }
  if (!matched && refused.length > 0) {
    throw new ProfileError(`the profile is of another module: ${refused.join("; ")}`);
  }
}

/** Offset of a function's body, undefined when the module has no such function. */
function bodyStart({ bodies, importedFunctions }: Module, funcIndex: number): number | undefined {
  return bodies.start[funcIndex - importedFunctions];
}

/** How far bodies were moved when the module was stripped: custom sections may stand in front of the code. */
function shiftOf(module: Module, frames: readonly WasmFrame[]): number {
  const first = frames.find(({ funcIndex }) => funcIndex !== undefined);
  if (first === undefined) return 0;
  const start = bodyStart(module, first.funcIndex!);
  return start === undefined ? 0 : first.frame.columnNumber - start;
}

/** Bytes of custom sections in front of the code: a stripped module's bodies were moved by no more. */
function largestShift({ sections }: Module): number {
  const code = sections.findIndex(({ id }) => id === sectionId.code);
  return sections
    .slice(0, Math.max(code, 0))
    .reduce((sum, { id, start, end }) => sum + (id === sectionId.custom ? end - start : 0), 0);
}

/** Says why frames are none of the module, undefined when they are. */
function differs(module: Module, frames: readonly WasmFrame[]): string | undefined {
  const shift = shiftOf(module, frames);
  const isStripped = shift <= 0 && -shift <= largestShift(module);
  const starts = new Set(module.bodies.start);
  for (const { frame, funcIndex } of frames) {
    const found = frame.columnNumber - shift;
    if (funcIndex === undefined) {
      if (starts.has(found)) continue;
      return `no function begins at offset ${hex(found)}, as ${frame.functionName} does in the profile`;
    }
    const start = bodyStart(module, funcIndex);
    if (start === undefined) {
      return `the profile has a function ${funcIndex}, the module has ${module.functions.length}`;
    }
    if (start !== found || !isStripped) {
      return `function ${funcIndex} begins at offset ${hex(frame.columnNumber)} in the profile, at ${hex(start)} in the module`;
    }
  }
  return undefined;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function name(frames: readonly WasmFrame[], functions: ModuleFunctions): void {
  const { module } = functions;
  const shift = shiftOf(module, frames);
  const byStart = new Map(
    Array.from(module.bodies.start, (start, index) => [start, index + module.importedFunctions]),
  );
  for (const { frame, funcIndex } of frames) {
    const index = funcIndex ?? byStart.get(frame.columnNumber - shift)!;
    const [own] = functions.framesAt({ funcIndex: index }, true);
    frame.functionName = own!.name;
    if (own!.file === undefined || own!.line === undefined) continue;
    frame.url = own!.file;
    frame.lineNumber = own!.line - 1;
    frame.columnNumber = 0;
  }
}
