import { InstructionReader } from "../wasm/index.ts";

/** `else`, `catch`, `end`, `delegate` and `catch_all` only mark places: nothing is executed there. */
const marks: ReadonlySet<number> = new Set([0x05, 0x07, 0x0b, 0x18, 0x19]);

/** Says whether an instruction is counted as executed, by its code (`Opcode.code`). */
export function isCounted(code: number): boolean {
  return !marks.has(code);
}

/**
 * Visits the instructions of a block that are counted, with their offsets in the original file. One visitor
 * serves all blocks of a module.
 */
export class BlockVisitor {
  readonly #reader: InstructionReader;

  constructor(bytes: Uint8Array) {
    this.#reader = new InstructionReader(bytes);
  }

  /** Visits `instructions` instructions from `offset` on. */
  visit(offset: number, instructions: number, each: (offset: number) => void): void {
    const reader = this.#reader;
    reader.reset(offset, reader.bytes.length);
    for (let left = instructions; left > 0;) {
      reader.next();
      if (!isCounted(reader.code)) continue;
      each(reader.start);
      left--;
    }
  }
}
