import { DecodeError } from "../bytes/index.ts";
import type { Sink } from "../bytes/index.ts";
import { InstructionReader, placedInBody, readLocals } from "../wasm/index.ts";
import type { Module } from "../wasm/index.ts";
import { call, globalGet } from "./code.ts";

/** What stands in place of instructions that name functions, or ask for the memory's size. */
export interface SiteChanges {
  /** The new index of a function that is called. */
  readonly called: (index: number) => number;
  /** The new index of a function that `ref.func` names. */
  readonly referenced: (index: number) => number;
  /** For a region: the function and the global that stand for `memory.grow` and `memory.size`. */
  readonly guest?: { readonly grow: number; readonly pages: number } | undefined;
}

const opcode = {
  call: 0x10,
  returnCall: 0x12,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  refFunc: 0xd2,
} as const;

/** Copies bodies with other functions in place of some, without a look at how control flows. */
export class SiteWriter {
  readonly #module: Module;
  readonly #changes: SiteChanges;
  readonly #reader: InstructionReader;

  constructor(module: Module, changes: SiteChanges) {
    this.#module = module;
    this.#changes = changes;
    this.#reader = new InstructionReader(module.bytes);
  }

  /** Appends a body, its locals and its final `end` included. Throws a `DecodeError` that names the function. */
  write(defined: number, sink: Sink): void {
    try {
      this.#write(defined, sink);
    } catch (error) {
      throw placedInBody(this.#module, defined, error);
    }
  }

  #write(defined: number, sink: Sink): void {
    const { bytes, bodies } = this.#module;
    const end = bodies.end[defined]!;
    let copied = bodies.start[defined]!;
    const reader = this.#reader;
    reader.reset(readLocals(bytes, copied, end).codeStart, end);
    while (reader.position < end) {
      reader.next();
      if (!this.#changed()) continue;
      sink.bytes(bytes, copied, reader.start);
      this.#replace(sink);
      copied = reader.position;
    }
    sink.bytes(bytes, copied, end);
  }

  #changed(): boolean {
    switch (this.#reader.code) {
      case opcode.call:
      case opcode.returnCall:
      case opcode.refFunc:
        return true;
      case opcode.memorySize:
      case opcode.memoryGrow:
        return this.#changes.guest !== undefined && this.#reader.index === 0;
      default:
        return false;
    }
  }

  #replace(sink: Sink): void {
    const { code, index, start } = this.#reader;
    const { called, referenced, guest } = this.#changes;
    if (code === opcode.memorySize) globalGet(sink, guest!.pages);
    else if (code === opcode.memoryGrow) call(sink, guest!.grow);
    else {
      if (index >= this.#module.functions.length) {
        throw new DecodeError(`unknown function ${index}`, start);
      }
      sink.byte(code);
      sink.u32(code === opcode.refFunc ? referenced(index) : called(index));
    }
  }
}
