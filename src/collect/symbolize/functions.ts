import type { Frame } from "../../profile/index.ts";
import { ProfileError } from "../../profile/index.ts";
import { openDebugInfo, parseWasmName } from "../../symbols/index.ts";
import type { DebugFiles, DebugInfo, WasmName } from "../../symbols/index.ts";
import { decodeModule } from "../../wasm/index.ts";
import type { Module } from "../../wasm/index.ts";
import { functionFrames } from "../exact/function-names.ts";

/** What was done to the frames of a profile; frames that are alike count once. */
export interface SymbolizeReport {
  /** Frames that have a name now. */
  readonly named: number;
  /** Those among them that have a file and a line. */
  readonly withLines: number;
  /** Why frames of the module have no name or no line: a sentence each, with how many. */
  readonly reasons: ReadonlyMap<string, number>;
}

// Functions mostly begin with code that has no line.
const PROLOGUE = 64;

/** The functions of the module that a profile is of: tells what stands for a frame, and keeps count. */
export class ModuleFunctions {
  readonly module: Module;
  readonly #label: string;
  readonly #frameOf: (funcIndex: number) => Frame;
  readonly #debug: DebugInfo | undefined;
  readonly #known = new Map<string, readonly Frame[] | undefined>();
  readonly #reasons = new Map<string, number>();
  #angledFrom = 0;
  #named = 0;
  #withLines = 0;

  constructor(
    bytes: Uint8Array,
    label: string,
    { symbols, ...files }: DebugFiles & { readonly symbols?: ReadonlyMap<number, string> },
  ) {
    this.module = decodeModule(bytes);
    this.#label = label;
    this.#frameOf = functionFrames(this.module, symbols);
    this.#debug = openDebugInfo(this.module, files);
  }

  /** Returns what was done up to now. */
  get report(): SymbolizeReport {
    return { named: this.#named, withLines: this.#withLines, reasons: this.#reasons };
  }

  /**
   * Returns what a frame's text stands for, the outermost first, undefined when it is no function of a
   * module. Throws a `ProfileError` for an index that the module does not have.
   */
  framesOf(text: string): readonly Frame[] | undefined {
    if (this.#known.has(text)) return this.#known.get(text);
    const name = parseWasmName(text);
    const index = (name?.funcIndex ?? 0) + (name?.angled ? this.#angledFrom : 0);
    const frames = name === undefined ? undefined : this.#frames({ ...name, funcIndex: index });
    this.#known.set(text, frames);
    return frames;
  }

  /**
   * Says that all these texts are of one profile of wasmtime's guest profiler, which counts functions
   * without the imports (its stacks count them all). An index that only makes sense with them shows
   * that it was another version.
   */
  angledAreDefined(texts: readonly string[]): void {
    const { functions, importedFunctions } = this.module;
    const defined = functions.length - importedFunctions;
    const indices = texts.map(parseWasmName).filter((name) => name?.angled);
    const fits = indices.every((name) => name!.funcIndex < defined);
    this.#angledFrom = fits ? importedFunctions : 0;
  }

  /** Returns what stands for a function, with the line at which it begins if `start` is set. */
  framesAt(name: WasmName, start = false): readonly Frame[] {
    const key = `${name.funcIndex} ${name.offset} ${start}`;
    const known = this.#known.get(key);
    if (known) return known;
    const frames = start ? this.#startOf(name.funcIndex) : this.#frames(name);
    this.#known.set(key, frames);
    return frames;
  }

  /** Counts why a frame has no name, or no line. */
  miss(reason: string): void {
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
  }

  #startOf(funcIndex: number): readonly Frame[] {
    const own = this.#functionOf(funcIndex);
    const range = this.#bodyOf(funcIndex);
    if (range === undefined || this.#debug === undefined) return this.#withoutLine([own]);
    const end = Math.min(range.end, range.start + PROLOGUE);
    for (let offset = range.start; offset < end; offset++) {
      const outer = this.#debug.framesAt(offset).at(-1);
      if (outer?.file === undefined || outer.line === undefined) continue;
      this.#withLines++;
      return [{ ...own, file: outer.file, line: outer.line }];
    }
    return this.#withoutLine([own]);
  }

  #frames({ funcIndex, offset }: WasmName): readonly Frame[] {
    const own = this.#functionOf(funcIndex);
    const range = this.#bodyOf(funcIndex);
    if (offset === undefined || range === undefined) return this.#withoutLine([own]);
    if (offset < range.start || offset >= range.end) {
      this.miss(
        "the offset is outside of the function: sections in front of the code were stripped",
      );
      return [own];
    }
    const found = (this.#debug?.framesAt(offset) ?? []).toReversed();
    if (found.length === 0) return this.#withoutLine([own]);
    this.#withLines++;
    return found.map(({ name, mangledName, file, line }, depth): Frame => {
      const place = { ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
      if (depth === 0) return { ...own, ...place };
      const shown = name ?? mangledName ?? "(inlined)";
      return { name: shown, funcIndex, inlined: true, ...place };
    });
  }

  #withoutLine(frames: readonly Frame[]): readonly Frame[] {
    const reason =
      this.#debug === undefined
        ? "the module has no debugging data (.debug_*, a source map)"
        : "the profile says no offset, or the debugging data nothing of it";
    this.miss(`no line: ${reason}`);
    return frames;
  }

  #functionOf(funcIndex: number): Frame {
    const count = this.module.functions.length;
    if (funcIndex >= count) {
      throw new ProfileError(
        `the profile has a function ${funcIndex}, but ${this.#label} has ${count} functions: it is of another module`,
      );
    }
    const frame = this.#frameOf(funcIndex);
    if (frame.name === `func[${funcIndex}]`) this.miss("no name: the module has none for it");
    else this.#named++;
    return frame;
  }

  #bodyOf(funcIndex: number): { readonly start: number; readonly end: number } | undefined {
    const { bodies, importedFunctions } = this.module;
    const start = bodies.start[funcIndex - importedFunctions];
    return start === undefined
      ? undefined
      : { start, end: bodies.end[funcIndex - importedFunctions]! };
  }
}
