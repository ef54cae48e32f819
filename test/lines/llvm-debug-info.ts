import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { DebugInfo, SourceFrame } from "../../src/symbols/index.ts";
import { decodeModule, InstructionReader, readLocals } from "../../src/wasm/index.ts";

interface Answer {
  readonly Symbol: readonly {
    readonly FunctionName: string;
    readonly FileName: string;
    readonly Line: number;
  }[];
}

/** The names under which Debian and others install it. */
const commands = ["llvm-symbolizer", "llvm-symbolizer-16"];

/** Names the command that is here, undefined where none is. */
export const llvmSymbolizer: string | undefined = commands.find(
  (command) => spawnSync(command, ["--version"]).status === 0,
);

/** Lists the offsets of all instructions of a module. */
function instructionOffsets(bytes: Uint8Array): number[] {
  const { bodies } = decodeModule(bytes);
  const reader = new InstructionReader(bytes);
  const offsets: number[] = [];
  bodies.start.forEach((start, defined) => {
    const end = bodies.end[defined]!;
    for (reader.reset(readLocals(bytes, start, end).codeStart, end); reader.position < end;) {
      reader.next();
      offsets.push(reader.start);
    }
  });
  return offsets;
}

/** Asks llvm-symbolizer for the frames of every instruction of a module. */
export function llvmDebugInfo(file: string, command: string): DebugInfo {
  const bytes = readFileSync(file);
  const offsets = instructionOffsets(bytes);
  // It counts from the start of the code section's content.
  const base = decodeModule(bytes).sections.find(({ id }) => id === 10)!.contentStart;
  const { stdout } = spawnSync(
    command,
    [`--obj=${file}`, "--inlines", "--no-demangle", "--output-style=JSON"],
    {
      input: offsets.map((offset) => `0x${(offset - base).toString(16)}\n`).join(""),
      encoding: "utf8",
      maxBuffer: 2 ** 30,
    },
  );
  const answers: Answer[] = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const shared = new Map<string, readonly SourceFrame[]>();
  const known = new Map(
    answers.map(({ Symbol }, index) => {
      const frames = Symbol.filter(({ FileName }) => FileName !== "").map((frame) => ({
        name: frame.FunctionName,
        file: frame.FileName,
        line: frame.Line,
      }));
      const key = JSON.stringify(frames);
      if (!shared.has(key)) shared.set(key, frames);
      return [offsets[index]!, shared.get(key)!];
    }),
  );
  return { kind: "dwarf", notes: [], framesAt: (offset) => known.get(offset) ?? [] };
}
