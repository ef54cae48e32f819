import { DecodeError } from "../../bytes/index.ts";
import { ByteReader } from "./byte-reader.ts";
import type { LineHeader } from "./line-header.ts";
import { readOldFile } from "./line-header.ts";
import type { LineRows } from "./line-rows.ts";

const standard = {
  copy: 1,
  advancePc: 2,
  advanceLine: 3,
  setFile: 4,
  setColumn: 5,
  negateStatement: 6,
  setBasicBlock: 7,
  constAddPc: 8,
  fixedAdvancePc: 9,
  setPrologueEnd: 10,
  setEpilogueBegin: 11,
  setIsa: 12,
} as const;

const extended = { endSequence: 1, setAddress: 2, defineFile: 3 } as const;

/**
 * Runs a line number program (DWARF 5, 6.2.5) and adds its rows to `rows`, up to the first fault, which is
 * thrown as a `DecodeError`. Files that the program defines are added to the header's.
 */
export function runLineProgram(bytes: Uint8Array, header: LineHeader, rows: LineRows): void {
  new LineMachine(bytes, header, rows).run();
}

class LineMachine {
  readonly #reader: ByteReader;
  readonly #header: LineHeader;
  readonly #rows: LineRows;
  #address = 0;
  #operation = 0;
  #file = 1;
  #line = 1;
  #column = 0;

  constructor(bytes: Uint8Array, header: LineHeader, rows: LineRows) {
    this.#reader = new ByteReader(bytes, header.programStart, header.end);
    this.#header = header;
    this.#rows = rows;
  }

  run(): void {
    const reader = this.#reader;
    const { opcodeBase } = this.#header;
    while (reader.position < reader.end) {
      const opcode = reader.u8();
      if (opcode >= opcodeBase) this.#special(opcode);
      else if (opcode === 0) this.#extended();
      else this.#standard(opcode);
    }
  }

  #special(opcode: number): void {
    const { lineBase, lineRange, opcodeBase } = this.#header;
    // A range of zero would divide by it; such a table has no special opcodes.
    const adjusted = opcode - opcodeBase;
    if (lineRange === 0) throw new DecodeError("a line range of zero", this.#reader.position - 1);
    this.#advance(Math.floor(adjusted / lineRange));
    this.#line += lineBase + (adjusted % lineRange);
    this.#append();
  }

  #standard(opcode: number): void {
    const reader = this.#reader;
    switch (opcode) {
      case standard.copy:
        this.#append();
        return;
      case standard.advancePc:
        this.#advance(reader.uleb());
        return;
      case standard.advanceLine:
        this.#line += reader.sleb();
        return;
      case standard.setFile:
        this.#file = reader.uleb();
        return;
      case standard.setColumn:
        this.#column = reader.uleb();
        return;
      case standard.negateStatement:
      case standard.setBasicBlock:
      case standard.setPrologueEnd:
      case standard.setEpilogueBegin:
        return;
      case standard.constAddPc: {
        const { lineRange, opcodeBase } = this.#header;
        if (lineRange > 0) this.#advance(Math.floor((255 - opcodeBase) / lineRange));
        return;
      }
      case standard.fixedAdvancePc:
        this.#address += reader.u16();
        this.#operation = 0;
        return;
      case standard.setIsa:
        reader.uleb();
        return;
      default:
        for (let left = this.#header.operandCounts[opcode - 1] ?? 0; left > 0; left--)
          reader.uleb();
    }
  }

  #extended(): void {
    const reader = this.#reader;
    const length = reader.uleb();
    if (length === 0) return;
    const next = reader.position + length;
    if (next > reader.end) throw new DecodeError("unexpected end", reader.end);
    const opcode = reader.u8();
    if (opcode === extended.endSequence) {
      this.#rows.endSequence(this.#address);
      this.#reset();
    } else if (opcode === extended.setAddress) {
      this.#address = reader.unsigned(length - 1);
      this.#operation = 0;
    } else if (opcode === extended.defineFile) {
      this.#header.files.push(readOldFile(reader, reader.text()));
    }
    // Discriminators and what vendors add are skipped.
    reader.position = next;
  }

  #reset(): void {
    this.#address = 0;
    this.#operation = 0;
    this.#file = 1;
    this.#line = 1;
    this.#column = 0;
  }

  /** Moves by operations; only very long instruction words have more than one in an instruction. */
  #advance(operations: number): void {
    const { minimumInstructionLength, maximumOperations } = this.#header;
    if (maximumOperations <= 1) {
      this.#address += minimumInstructionLength * operations;
      return;
    }
    const all = this.#operation + operations;
    this.#address += minimumInstructionLength * Math.floor(all / maximumOperations);
    this.#operation = all % maximumOperations;
  }

  #append(): void {
    this.#rows.add(this.#address, this.#file, this.#line, this.#column);
  }
}
