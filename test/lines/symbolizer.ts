import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findSection, InstructionReader, readLocals, sectionId } from "../../src/wasm/index.ts";
import type { Module } from "../../src/wasm/index.ts";

const command = "llvm-symbolizer-16";

/** Whether the tool is here that the lines are compared with. */
export const hasSymbolizer: boolean = spawnSync(command, ["--version"]).status === 0;

/** Gives the offset of every instruction in the file. */
export function instructionOffsets(module: Module): number[] {
  const { bytes, bodies } = module;
  const reader = new InstructionReader(bytes);
  const offsets: number[] = [];
  for (const [nth, start] of bodies.start.entries()) {
    const end = bodies.end[nth]!;
    reader.reset(readLocals(bytes, start, end).codeStart, end);
    while (reader.position < end) {
      offsets.push(reader.position);
      reader.next();
    }
  }
  return offsets;
}

/**
 * Asks llvm-symbolizer for the frames at offsets of the file, one text for each: lines of name and
 * file:line:column, the innermost first, `?` for what is not known.
 */
export function symbolize(module: Module, offsets: readonly number[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "wasmscope-lines-"));
  try {
    const file = join(folder, "module.wasm");
    writeFileSync(file, withoutNames(module));
    // It counts from the code section's content, whatever its manual says of addresses.
    const base = findSection(module, sectionId.code)!.contentStart;
    const input = offsets.map((offset) => `0x${(offset - base).toString(16)}\n`).join("");
    const flags = [`--obj=${file}`, "--inlines", "--functions=linkage", "--no-demangle"];
    const child = spawnSync(command, flags, { input, encoding: "utf8", maxBuffer: 2 ** 30 });
    if (child.status !== 0) throw new Error(`${command}: ${child.stderr}`);
    return child.stdout.replaceAll(/^\?\?/gm, "?").trimEnd().split("\n\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Takes away what llvm-symbolizer would rather believe than the function's own name in the DWARF: the name
 * section and the exports. Only the sections behind the code may keep the tool from reading the file.
 */
function withoutNames(module: Module): Uint8Array {
  const kept = module.sections.filter(
    ({ id, customName }) => id !== sectionId.export && customName !== "name",
  );
  const parts = kept.map(({ start, end }) => module.bytes.subarray(start, end));
  return Buffer.concat([module.bytes.subarray(0, 8), ...parts]);
}
